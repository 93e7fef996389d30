//! Trial: checks a rulebook and runs its cases.
fn main() {
    for path in std::env::args().skip(1) {
        let files = xinpei::author::folder::RuleFiles::read(path.as_ref()).unwrap();
        let t = std::time::Instant::now();
        let (rb, d) = xinpei::Rulebook::check(&files);
        println!("{path}: {:?}", t.elapsed());
        for x in d.sorted() {
            let (l, c) = d.files.line_column(x.span);
            println!(
                "{}:{l}:{c} {} {} | {}",
                d.files.path(x.span.file),
                x.code.name(),
                x.message,
                x.help.clone().unwrap_or_default()
            );
        }
        if let Some(rb) = rb {
            let r = xinpei::cases::run(&rb);
            let bad: Vec<_> = r.iter().filter(|c| !c.failures.is_empty()).collect();
            for b in &bad {
                println!("{}:{} {} {:#?}", b.file, b.line, b.id, b.failures);
            }
            println!("{} passed, {} failed", r.len() - bad.len(), bad.len());
            if std::env::var("LIST").is_ok() {
                println!("{}", rb.program().listing());
            }
        }
    }
}
