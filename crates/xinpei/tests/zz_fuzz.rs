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
struct R(u64);
impl R {
    fn n(&mut self, m: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % (m.max(1) as u64)) as usize
    }
}
const POOL: &[&str] = &[
    "0",
    "-1",
    "1",
    "9999999999999999999999999999",
    "0.000000001",
    "-79228162514264337593543950335",
    "1_000_000_000_000",
    "999999999999.999999999",
    "1e5",
    "0x1",
    "true",
    "false",
    "tax.arrears",
    "power.used",
    "staff.insured",
    "staff.share",
    "firm.founded",
    "court.dishonest",
    "court.cases",
    "fines.paid",
    "tax.grade",
    "as_of",
    "score",
    "grade",
    "rated",
    "section(\"tax\")",
    "points(\"tax.grade\")",
    "fired(\"court.dishonest\")",
    "round(tax.arrears / staff.insured, 9)",
    "round(staff.share, 0)",
    "abs(",
    "min(",
    "max(",
    "choose(",
    "otherwise(",
    "present(",
    "days_since(",
    "months_since(firm.founded)",
    "years_since(firm.founded)",
    "add_days(",
    "add_months(as_of, 999999999)",
    "add_days(as_of, -999999999)",
    "year(",
    "month(",
    "date(\"2026-01-01\")",
    "date(\"9999-12-31\")",
    "bare(",
    ")",
    "(",
    "+",
    "-",
    "*",
    "/",
    "==",
    "<",
    ">=",
    "&&",
    "||",
    "!",
    "in [\"A\"]",
    ".count()",
    ".filter(|c| c.due > 3)",
    ".sum(|c| c.due)",
    ".max(|c| c.filed)",
    ".run(|c| true)",
    ".any(|c| c.status == \"open\")",
    "\"A\"",
    "~",
    "[]",
    "{}",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "\n",
    "  ",
    "'",
    "\"",
    "&a",
    "*a",
    "!x",
    "<<",
    "#",
    "|",
    "money",
    "number",
    "count",
    "date",
    "flag",
    "category",
    "events",
    "unit: kwh",
    "digits: 9",
    "range: {from: -1, to: 1}",
    "missing: {means: 0}",
    "month",
    "once",
    "else",
    "A",
    "B",
    "upto",
    "below",
    "by",
    "when",
    "first",
    "each",
    "of",
    "税",
    "\u{3000}",
    "\t",
    "let x = 1;",
    "if",
    "else",
    "for c in cases",
    "return",
    "switch",
    "=>",
    "_",
    "while",
    "fn",
    "x",
    "n += 1;",
    "9223372036854775807",
    "-9223372036854775808",
];
#[test]
fn zz_fuzz() {
    let Ok(n) = std::env::var("N") else { return };
    let n: usize = n.parse().unwrap();
    let seed: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut base = RuleFiles::default();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/base"), "", &mut base);
    if let Ok(extra) = std::env::var("EXTRA") {
        base.files.clear();
        collect(Path::new(&extra), "", &mut base);
    }
    let paths: Vec<String> = base.files.keys().cloned().collect();
    let mut ok = 0;
    let mut seen = std::collections::BTreeSet::new();
    let mut codes = std::collections::BTreeMap::<&str, usize>::new();
    std::panic::set_hook(Box::new(|i| {
        eprintln!("PANIC {i}");
    }));
    for i in 0..n {
        let mut r = R(0x9E3779B97F4A7C15u64.wrapping_mul(i as u64 + 1 + seed * 1_000_003) | 1);
        for _ in 0..5 {
            r.n(2);
        }
        let mut rules = base.clone();
        for _ in 0..1 + r.n(3) {
            let p = &paths[r.n(paths.len())];
            let text = String::from_utf8(rules.files[p].clone()).unwrap();
            // split into tokens
            let mut tokens: Vec<String> = Vec::new();
            for c in text.chars() {
                let word = c.is_alphanumeric() || c == '_' || c == '.';
                match tokens.last_mut() {
                    Some(t)
                        if word && t.chars().last().is_some_and(|l| l.is_alphanumeric() || l == '_' || l == '.') =>
                    {
                        t.push(c)
                    }
                    _ => tokens.push(c.to_string()),
                }
            }
            let at = r.n(tokens.len());
            match r.n(6) {
                0 => {
                    tokens.remove(at);
                }
                1 => {
                    let t = POOL[r.n(POOL.len())].to_string();
                    tokens.insert(at, t);
                }
                2 => {
                    let b = r.n(tokens.len());
                    tokens.swap(at, b);
                }
                3 => {
                    let t = format!(" {} {} ", POOL[r.n(POOL.len())], POOL[r.n(POOL.len())]);
                    tokens[at] = t;
                }
                _ => {
                    // replace a word
                    let words: Vec<usize> = (0..tokens.len())
                        .filter(|t| tokens[*t].chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.'))
                        .collect();
                    if !words.is_empty() {
                        let w = words[r.n(words.len())];
                        tokens[w] = POOL[r.n(POOL.len())].to_string();
                    }
                }
            }
            rules.files.insert(p.clone(), tokens.concat().into_bytes());
        }
        let t = std::time::Instant::now();
        let got = std::panic::catch_unwind(|| {
            let (book, out) = Rulebook::check(&rules);
            let mut c = Vec::new();
            for d in out.sorted() {
                let (l, col) = out.files.line_column(d.span);
                assert!(
                    l >= 1
                        && col >= 1
                        && (d.span.end as usize)
                            <= out.files.text(d.span.file).len().max(d.span.start as usize + 1) + 1,
                    "span {d:?}"
                );
                c.push((d.code.name(), d.help.is_none().then(|| d.message.clone())));
            }
            assert!(book.is_some() || out.has_errors(), "silent failure");
            if let Some(book) = &book {
                for json in [
                    r#"{"enterprise":"a","facts":{}}"#,
                    r#"{"enterprise":"a","facts":{"tax.grade":"A","tax.arrears":"10000000","tax.paid":"5","power.used":"1000000","staff.share":"1","staff.insured":"1000000000","firm.founded":"1900-01-01","court.dishonest":true,"court.cases":[{"filed":"2026-01-31","status":"open","due":"1000000"},{"filed":"2025-02-28","status":"performed","due":"0"}],"fines.paid":[]}}"#,
                ] {
                    let d = book.decide(&Dossier::from_json(json).unwrap(), Date::parse("2026-06-30").unwrap());
                    let _ = d.to_json();
                }
            }
            (book.is_some(), c)
        });
        if t.elapsed().as_secs() > 3 {
            eprintln!("SLOW {i} {:?}", t.elapsed());
        }
        match got {
            Ok((b, c)) => {
                ok += usize::from(b);
                for (code, nohelp) in c {
                    *codes.entry(code).or_default() += 1;
                    if let Some(m) = nohelp
                        && seen.insert(m.chars().take(30).collect::<String>())
                    {
                        eprintln!("NOHELP {code} {m}");
                    }
                }
            }
            Err(_) => {
                eprintln!("CASE {i}");
                fs::create_dir_all(format!("/tmp/fz/{i}")).unwrap();
                for (p, b) in &rules.files {
                    if base.files.get(p) != Some(b) {
                        let q = format!("/tmp/fz/{i}/{}", p.replace('/', "__"));
                        fs::write(q, b).unwrap();
                    }
                }
            }
        }
    }
    eprintln!("ok {ok} of {n}; codes {codes:?}");
}

fn num(r: &mut R, d: usize, ev: bool) -> String {
    let lits = ["0","1","-1","0.5","9999999999999999999999999999","-9999999999999999999999999999","0.000000000000000001","1_000_000_000_000","-0.000000001","1000000000.000000001","79228162514264337593543950335","7922816251426433759354395033"];
    let facts = ["bare(tax.arrears)","bare(power.used)","staff.share","bare(staff.insured)","bare(big.a)","bare(big.b)","bare(big.c)","big.d","bare(days_since(firm.founded))","year(as_of)","court.cases.count()"];
    if d == 0 || r.n(8) == 0 { return if r.n(3) == 0 { lits[r.n(lits.len())].into() } else if ev && r.n(2) == 0 { "bare(c.due)".into() } else { facts[r.n(facts.len())].into() }; }
    let d = d - 1;
    match r.n(15) {
        0 | 1 => format!("({} + {})", num(r, d, ev), num(r, d, ev)),
        2 | 3 => format!("({} - {})", num(r, d, ev), num(r, d, ev)),
        4 | 5 => format!("({} * {})", num(r, d, ev), num(r, d, ev)),
        6 | 7 => format!("round({} / {}, {})", num(r, d, ev), num(r, d, ev), r.n(10)),
        8 => format!("round({}, {}, \"{}\")", num(r, d, ev), r.n(10), ["up","down","floor","ceiling","half_even"][r.n(5)]),
        9 => format!("abs({})", num(r, d, ev)),
        10 => format!("-{}", num(r, d, ev)),
        11 => format!("{}({}, {})", ["min","max","otherwise"][r.n(3)], num(r, d, ev), num(r, d, ev)),
        12 => format!("choose({}, {}, {})", cond(r, d, ev), num(r, d, ev), num(r, d, ev)),
        13 if !ev => format!("court.cases.{}(|c| {})", ["sum","min","max"][r.n(3)], num(r, d, true)),
        13 => format!("bare(months_between(c.filed, add_days(as_of, {})))", num(r, d, ev)),
        _ => format!("bare(days_between(add_months(as_of, round({}, 0)), firm.founded))", num(r, d, ev)),
    }
}
fn cond(r: &mut R, d: usize, ev: bool) -> String {
    if d == 0 { return ["court.dishonest","tax.grade == \"A\"","true"][r.n(3)].into(); }
    let d = d - 1;
    match r.n(6) {
        0 => format!("({} && {})", cond(r, d, ev), cond(r, d, ev)),
        1 => format!("!{}", cond(r, d, ev)),
        2 => format!("present({})", num(r, d, ev)),
        3 => format!("{} in [{}, {}]", num(r, d, ev), num(r, d, ev), num(r, d, ev)),
        _ => format!("({} {} {})", num(r, d, ev), ["<","<=","==","!=",">",">="][r.n(6)], num(r, d, ev)),
    }
}
#[test]
fn zz_expr() {
    let Ok(n) = std::env::var("M") else { return };
    let n: usize = n.parse().unwrap();
    let seed: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut base = RuleFiles::default();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/base"), "", &mut base);
    base.files.insert("facts/b.yaml".into(), "department: big\nlabel: {zh: a, en: b}\nfacts:\n  - {id: big.a, label: {zh: a, en: b}, type: number, digits: 9, range: {from: -9_000_000_000, to: 9_000_000_000}}\n  - {id: big.b, label: {zh: a, en: b}, type: number, digits: 0, range: {from: -900_000_000_000_000_000, to: 900_000_000_000_000_000}}\n  - {id: big.c, label: {zh: a, en: b}, type: money}\n  - {id: big.d, label: {zh: a, en: b}, type: number, digits: 9, range: {from: 0, to: 0.000000001}}\n".into());
    std::panic::set_hook(Box::new(|i| { eprintln!("PANIC {i}"); }));
    let mut ok = 0; let mut codes = std::collections::BTreeMap::<String, usize>::new();
    for i in 0..n {
        let mut r = R(0x9E3779B97F4A7C15u64.wrapping_mul(i as u64 + 1 + seed * 1_000_003) | 1);
        for _ in 0..5 { r.n(2); }
        let depth = 2 + r.n(4);
        let e = num(&mut r, depth, false);
        let c = cond(&mut r, depth, false);
        let body = format!("section: tax\nlabel: {{zh: a, en: b}}\ncharacteristics:\n  - {{id: tax.a, label: {{zh: a, en: b}}, basis: pilot, formula: '{e}', at_least: -10, at_most: 10.5, missing: 0}}\n  - id: tax.b\n    label: {{zh: a, en: b}}\n    basis: pilot\n    missing: 0\n    first:\n      - {{when: '{c}', points: 3}}\n      - {{points: 1}}\n");
        let mut rules = base.clone();
        rules.files.insert("sections/a.yaml".into(), body.into_bytes());
        let got = std::panic::catch_unwind(|| {
            let (book, out) = Rulebook::check(&rules);
            assert!(book.is_some() || out.has_errors(), "silent failure");
            if let Some(book) = &book {
                for (a, b, m) in [("9000000000","900000000000000000","1000000000000.00"), ("-9000000000","-900000000000000000","-1000000000000.00"), ("0","0","0")] {
                    let json = format!(r#"{{"enterprise":"a","facts":{{"big.a":"{a}","big.b":"{b}","big.c":"{m}","big.d":"0.000000001","tax.grade":"A","tax.arrears":"10000000","tax.paid":"5","power.used":"1000000","staff.share":"1","staff.insured":"1000000000","firm.founded":"1900-01-01","court.dishonest":true,"court.cases":[{{"filed":"2026-01-31","status":"open","due":"1000000"}},{{"filed":"2025-02-28","status":"performed","due":"0"}}],"fines.paid":[]}}}}"#);
                    let d = book.decide(&Dossier::from_json(&json).unwrap(), Date::parse("2026-06-30").unwrap());
                    let _ = d.to_json();
                    assert!(d.faults.is_empty(), "{:?}", d.faults);
                }
            }
            (book.is_some(), out.sorted().iter().map(|d| format!("{} {}", d.code.name(), d.message.chars().take(40).collect::<String>())).collect::<Vec<_>>())
        });
        match got { Ok((b, c)) => { ok += usize::from(b); for c in c { *codes.entry(c).or_default() += 1; } } Err(_) => eprintln!("CASE {i}\n  {e}\n  {c}") }
    }
    eprintln!("ok {ok} of {n}; codes {codes:#?}");
}
