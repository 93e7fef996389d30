//! A whole random rulebook.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;

use super::dictionary::{self, Fact, Table};
use super::expression::{Gen, MODES, Results, Text};
use super::kind::{Kind, Num, Unit};
use super::rng::Rng;
use super::yaml::Yaml;

/// A rulebook to be written, and what dossiers need to know about it.
#[derive(Clone, Debug)]
pub struct Book {
    pub files: BTreeMap<String, Yaml>,
    pub scripts: BTreeMap<String, String>,
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
    /// Edges of bands, by the text of what is banded.
    pub edges: Vec<(String, i128)>,
}

impl Book {
    fn with(&self, write: &mut dyn FnMut(&Yaml) -> String) -> RuleFiles {
        let mut texts: Vec<(String, String)> =
            self.files.iter().map(|(path, yaml)| (path.clone(), write(yaml))).collect();
        texts.extend(self.scripts.clone());
        RuleFiles::from_texts(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// The rule files, calmly laid out.
    #[must_use]
    pub fn calm(&self) -> RuleFiles {
        self.with(&mut Yaml::calm)
    }

    /// The same rules in another layout.
    pub fn wild(&self, rng: &mut Rng) -> RuleFiles {
        self.with(&mut |yaml| yaml.wild(rng))
    }

    /// All texts in one, to be shown when a test fails.
    #[must_use]
    pub fn shown(&self) -> String {
        let files = self.calm();
        files.files.iter().map(|(path, text)| format!("--- {path}\n{}", String::from_utf8_lossy(text))).collect()
    }
}

fn map(keys: Vec<(&str, Yaml)>) -> Yaml {
    Yaml::Map(keys.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

/// A plain number that a decimal lies in, with at least so many digits.
fn numeric(least: Decimal, most: Decimal, digits: u32) -> Num {
    let digits = digits.max(least.normalize().scale()).max(most.normalize().scale());
    Num::new(Unit::Plain, digits, crate::oracle::units(least, digits), crate::oracle::units(most, digits))
}

/// The rulebook of a seed.
#[must_use]
pub fn book(seed: u64) -> Book {
    book_of(&mut Rng::new(seed))
}

/// The rulebook of the numbers to come.
#[must_use]
pub fn book_of(rng: &mut Rng) -> Book {
    let mut book = Book {
        files: BTreeMap::new(),
        scripts: BTreeMap::new(),
        facts: Vec::new(),
        tables: Vec::new(),
        edges: Vec::new(),
    };
    facts(rng, &mut book);
    let (digits, mode, own_baseline) = (u32::try_from(rng.below(4)).expect("small"), *rng.pick(MODES), rng.percent(30));
    manifest(rng, &mut book, digits, mode, own_baseline);
    let (all_facts, all_tables) = (book.facts.clone(), book.tables.clone());
    let mut gen_ = Gen::new(rng, &all_facts, &all_tables);
    let score = sections(&mut gen_, &mut book, own_baseline, digits, mode);
    grades(&mut gen_, &mut book, score);
    outcomes(&mut gen_, &mut book);
    if !gen_.opaque.is_empty() {
        book.files.insert("scripts/functions.yaml".into(), map(vec![("functions", Yaml::List(gen_.opaque))]));
    }
    if !gen_.scripts.is_empty() {
        book.scripts.insert("scripts/all.rhai".into(), gen_.scripts);
    }
    book
}

/// The facts of a seed with lines that show the values of expressions, and those expressions.
#[must_use]
pub fn expressions(seed: u64) -> (Book, Vec<Text>) {
    let rng = &mut Rng::new(seed);
    let mut book = Book {
        files: BTreeMap::new(),
        scripts: BTreeMap::new(),
        facts: Vec::new(),
        tables: Vec::new(),
        edges: Vec::new(),
    };
    facts(rng, &mut book);
    manifest(rng, &mut book, 0, "half_up", false);
    let (all_facts, all_tables) = (book.facts.clone(), book.tables.clone());
    let mut gen_ = Gen::new(rng, &all_facts, &all_tables);
    let mut texts = Vec::new();
    let mut lines = Vec::new();
    while texts.len() < 12 {
        let depth = 1 + gen_.rng.below(4);
        let text = match gen_.rng.below(6) {
            0 => gen_.flag(depth),
            1 => gen_.date(depth),
            _ => {
                let unit = *gen_.rng.pick(&[Unit::Plain, Unit::Plain, Unit::Of("cny")]);
                gen_.num(unit, depth)
            }
        };
        let mut keys = vec![
            ("id", Yaml::text(format!("s.c{}", texts.len()))),
            ("label", dictionary::label(gen_.rng)),
            ("basis", Yaml::text("pilot")),
        ];
        let open = Yaml::List(vec![map(vec![("points", Yaml::plain(1))])]);
        match &text.kind {
            Kind::Flag => keys.extend([
                ("of", Yaml::text(&text.text)),
                ("points", map(vec![("true", Yaml::plain(1)), ("else", Yaml::plain(2))])),
            ]),
            _ => keys.extend([("of", Yaml::text(&text.text)), ("points", open)]),
        }
        keys.push(("missing", Yaml::plain(0)));
        lines.push(map(keys));
        texts.push(text);
    }
    let section = vec![
        ("section", Yaml::text("s")),
        ("label", dictionary::label(gen_.rng)),
        ("characteristics", Yaml::List(lines)),
    ];
    book.files.insert("sections/s.yaml".into(), map(section));
    let grade = map(vec![("id", Yaml::text("A")), ("label", dictionary::label(gen_.rng))]);
    book.files.insert("grades.yaml".into(), map(vec![("grades", Yaml::List(vec![grade]))]));
    if !gen_.opaque.is_empty() {
        book.files.insert("scripts/functions.yaml".into(), map(vec![("functions", Yaml::List(gen_.opaque))]));
    }
    if !gen_.scripts.is_empty() {
        book.scripts.insert("scripts/all.rhai".into(), gen_.scripts);
    }
    (book, texts)
}

fn facts(rng: &mut Rng, book: &mut Book) {
    let names = ["money", "money", "number", "number", "count", "date", "flag", "category"];
    for department in 0..1 + rng.below(3) {
        let group = format!("g{department}");
        let mut list = Vec::new();
        for at in 0..3 + rng.below(6) {
            let name = *rng.pick(&names);
            let (fact, yaml) = dictionary::fact(rng, format!("{group}.{name}{at}"), name);
            book.facts.push(fact);
            list.push(yaml);
        }
        for at in 0..usize::from(department == 0) + rng.below(2) {
            let (table, yaml) = dictionary::table(rng, format!("{group}.t{at}"));
            book.tables.push(table);
            list.push(yaml);
        }
        rng.shuffle(&mut list);
        let file = map(vec![
            ("department", Yaml::text(&group)),
            ("label", dictionary::label(rng)),
            ("refresh", Yaml::text("1 month")),
            ("facts", Yaml::List(list)),
        ]);
        book.files.insert(format!("facts/{group}.yaml"), file);
    }
}

fn manifest(rng: &mut Rng, book: &mut Book, digits: u32, mode: &str, own_baseline: bool) {
    let mut keys = vec![
        ("rulebook", Yaml::text("random")),
        ("version", Yaml::text("1")),
        ("language", Yaml::plain(1)),
        ("title", dictionary::label(rng)),
        ("authority", dictionary::label(rng)),
        ("effective", map(vec![("from", Yaml::plain("2000-01-01"))])),
        ("languages", Yaml::List(vec![Yaml::text("zh"), Yaml::text("en")])),
        ("key", Yaml::text("text")),
        ("score", map(vec![("digits", Yaml::plain(digits)), ("rounding", Yaml::text(mode))])),
    ];
    let baseline = if own_baseline { *rng.pick(&["mean", "neutral", "custom"]) } else { "max" };
    if own_baseline || rng.percent(50) {
        keys.push(("reasons", map(vec![("count", Yaml::plain(rng.below(6))), ("baseline", Yaml::text(baseline))])));
    }
    if rng.percent(40) {
        let floor = *rng.pick(&["0.5", "0.333333333333333333", "0", "1", "0.75", "0.2"]);
        keys.push(("coverage", map(vec![("unrated_below", Yaml::plain(floor))])));
    }
    book.files.insert("rulebook.yaml".into(), map(keys));
}

/// Writes the sections; the range of the score.
fn sections(gen_: &mut Gen<'_>, book: &mut Book, own_baseline: bool, digits: u32, mode: &str) -> Num {
    let mut total = Num::new(Unit::Plain, 0, 0, 0);
    let mut results = Results::default();
    for section in 0..1 + gen_.rng.below(3) {
        let mut lines = Vec::new();
        let mut sum = Num::new(Unit::Plain, 0, 0, 0);
        for at in 0..1 + gen_.rng.below(5) {
            let depth = gen_.rng.below(4);
            let line = gen_.line(depth);
            let missing = gen_.points();
            let id = format!("s{section}.c{at}");
            let mut keys = vec![
                ("id".to_owned(), Yaml::text(&id)),
                ("label".into(), dictionary::label(gen_.rng)),
                ("basis".into(), Yaml::text("pilot")),
            ];
            keys.extend(line.keys);
            keys.push(("missing".into(), Yaml::plain(missing)));
            if own_baseline {
                keys.push(("baseline".into(), Yaml::plain(gen_.points())));
            }
            if gen_.rng.percent(30) {
                let code = *gen_.rng.pick(&["r.one", "r.two", "甲"]);
                keys.push((
                    "reason".into(),
                    map(vec![("code", Yaml::text(code)), ("text", dictionary::label(gen_.rng))]),
                ));
            }
            book.edges.extend(line.edges);
            lines.push(Yaml::Map(keys));
            let points = numeric(line.least.min(missing), line.most.max(missing), line.digits);
            sum = sum.add(points).expect("points are small");
            results.points.push((id, points));
        }
        let id = format!("s{section}");
        let mut keys = vec![("section", Yaml::text(&id)), ("label", dictionary::label(gen_.rng))];
        let (floor, max) = (gen_.points(), gen_.points() + Decimal::ONE_HUNDRED);
        let (mut low, mut high) =
            (Decimal::from_i128_with_scale(sum.low, sum.digits), Decimal::from_i128_with_scale(sum.high, sum.digits));
        let mut edges = Vec::new();
        if gen_.rng.percent(50) {
            keys.push(("max", Yaml::plain(max)));
            (low, high) = (low.min(max), high.min(max));
            edges.push(max);
        }
        if gen_.rng.percent(50) {
            let floor = floor.min(max);
            keys.push(("floor", Yaml::plain(floor)));
            (low, high) = (low.max(floor), high.max(floor));
            edges.push(floor);
        }
        let digits = edges.iter().map(|e| e.normalize().scale()).max().unwrap_or(0).max(sum.digits);
        let points = numeric(low, high, digits);
        total = total.add(points).expect("points are small");
        results.sections.push((id.clone(), points));
        keys.push(("characteristics", Yaml::List(lines)));
        book.files.insert(format!("sections/{section}.yaml"), map(keys));
    }
    let score = total.round(digits, mode).expect("points are small");
    results.score = Some(score);
    gen_.results = results;
    score
}

fn grades(gen_: &mut Gen<'_>, book: &mut Book, score: Num) {
    let names = ["AAA", "AA", "A", "B", "C", "D"];
    let count = 2 + gen_.rng.below(5);
    let mut froms: Vec<i128> = (1..count).map(|_| gen_.rng.between(score.low - 5, score.high)).collect();
    froms.sort_unstable_by(|a, b| b.cmp(a));
    froms.dedup();
    let mut list = Vec::new();
    let mut ids = Vec::new();
    for (at, name) in names.iter().take(froms.len() + 1).enumerate() {
        let mut keys = vec![("id", Yaml::text(*name))];
        if let Some(from) = froms.get(at) {
            // Sometimes an edge between two scores.
            let between = gen_.rng.percent(15) && *from < score.high;
            let edge = if between {
                Decimal::from_i128_with_scale(from * 10 + 3, score.digits + 1)
            } else {
                Decimal::from_i128_with_scale(*from, score.digits)
            };
            keys.push(("from", Yaml::plain(edge)));
        }
        keys.push(("label", dictionary::label(gen_.rng)));
        ids.push((*name).to_owned());
        list.push(map(keys));
    }
    if gen_.rng.percent(40) {
        let at = gen_.rng.below(list.len() + 1);
        list.insert(
            at,
            map(vec![("id", Yaml::text("M")), ("by", Yaml::text("override")), ("label", dictionary::label(gen_.rng))]),
        );
        ids.insert(at, "M".to_owned());
    }
    gen_.results.grades = ids.clone();
    let mut keys = vec![("grades", Yaml::List(list))];
    let mut overrides = Vec::new();
    let mut fired = Vec::new();
    for at in 0..gen_.rng.below(6) {
        let depth = gen_.rng.below(4);
        let when = gen_.flag(depth);
        let (name, effect) = match gen_.rng.below(8) {
            0..=2 => ("cap", Yaml::text(gen_.rng.pick(&ids))),
            3 | 4 => ("veto", Yaml::text(gen_.rng.pick(&ids))),
            5 | 6 => ("notch", Yaml::plain(*gen_.rng.pick(&[-2, -1, 1, 2]))),
            _ => ("unrated", Yaml::plain(true)),
        };
        let id = format!("o.r{at}");
        overrides.push(map(vec![
            ("id", Yaml::text(&id)),
            ("label", dictionary::label(gen_.rng)),
            ("basis", Yaml::text("第1条")),
            ("when", Yaml::text(when.text)),
            (name, effect),
        ]));
        fired.push(id);
    }
    if !overrides.is_empty() {
        keys.push(("overrides", Yaml::List(overrides)));
    }
    gen_.results.fired = Some(fired);
    book.files.insert("grades.yaml".into(), map(keys));
}

fn outcomes(gen_: &mut Gen<'_>, book: &mut Book) {
    let kinds = ["entitlement", "sanction", "alert", "listing", "product"];
    for file in 0..gen_.rng.below(3) {
        let mut list = Vec::new();
        for at in 0..1 + gen_.rng.below(3) {
            let depth = gen_.rng.below(4);
            let when = gen_.flag(depth);
            let mut keys = vec![
                ("id", Yaml::text(format!("w{file}.x{at}"))),
                ("kind", Yaml::text(*gen_.rng.pick(&kinds))),
                ("label", dictionary::label(gen_.rng)),
                ("basis", Yaml::text("pilot")),
                ("when", Yaml::text(when.text)),
            ];
            if gen_.rng.percent(50) {
                keys.push(("until", Yaml::text(gen_.date(depth).text)));
            }
            if gen_.rng.percent(50) {
                let unit = *gen_.rng.pick(&[Unit::Plain, Unit::Of("cny")]);
                keys.push(("amount", Yaml::text(gen_.num(unit, depth).text)));
            }
            list.push(map(keys));
        }
        let file_yaml = map(vec![
            ("department", Yaml::text("industry")),
            ("label", dictionary::label(gen_.rng)),
            ("outcomes", Yaml::List(list)),
        ]);
        book.files.insert(format!("outcomes/w{file}.yaml"), file_yaml);
    }
}
