//! tmp
fn main() {
    let as_of = xinpei::Date::parse("2026-06-30").unwrap();
    let mapping = xinpei_tables::Mapping::read(std::path::Path::new("/tmp/perf")).unwrap();
    let rulebook = xinpei::Rulebook::load("/tmp/perf/rules/small/1").unwrap();
    let t = std::time::Instant::now();
    let d = xinpei_tables::Delivery::read(&mapping, &rulebook, as_of).unwrap();
    println!("{:?} rows {} rejects {} faults {}", t.elapsed(), d.batch.rows(), d.rejects.len(), d.batch.faults.len());
    let t = std::time::Instant::now();
    println!("{} sources {:?}", d.sources(&d.batch.enterprises[5]).unwrap().len(), t.elapsed());
}
