//! probe
use std::fs;
use std::path::Path;
use xinpei::author::folder::RuleFiles;
use xinpei::*;
fn collect(folder: &Path, prefix: &str, rules: &mut RuleFiles) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), rules);
        } else {
            rules.files.insert(name, fs::read(&path).unwrap());
        }
    }
}
/// stdin: blocks separated by lines "=== path", each laid over base alone
#[test]
fn zz() {
    let Ok(p) = std::env::var("P") else { return };
    let text = fs::read_to_string(p).unwrap();
    for block in text.split("\n=== ").filter(|b| !b.trim().is_empty()) {
        let (path, body) = block.split_once('\n').unwrap();
        let mut rules = RuleFiles::default();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/base"), "", &mut rules);
        rules.files.insert(path.trim().to_owned(), format!("{body}\n").into_bytes());
        let t = std::time::Instant::now();
        let (r, out) = Rulebook::check(&rules);
        eprintln!("=== {}\n{}", path, body.chars().take(400).collect::<String>());
        for d in out.sorted().iter().take(8) {
            let (l, c) = out.files.line_column(d.span);
            eprintln!(
                "  -> {}:{l}:{c} {} {} [{}] help: {}",
                out.files.path(d.span.file),
                d.code.name(),
                d.message,
                out.files.slice(d.span).chars().take(40).collect::<String>(),
                d.help.as_deref().unwrap_or("NONE")
            );
        }
        if let Some(r) = r {
            let d = r.decide(
                &Dossier::from_json(r#"{"enterprise":"a","facts":{"tax.grade":"A"}}"#).unwrap(),
                Date::parse("2026-06-30").unwrap(),
            );
            eprintln!(
                "  ok {:?} score {:?} {:?}",
                t.elapsed(),
                d.score,
                d.characteristics.iter().map(|c| format!("{}={}", c.id, c.points)).collect::<Vec<_>>()
            );
        }
    }
}
