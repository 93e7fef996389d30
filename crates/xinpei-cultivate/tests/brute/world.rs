//! A small random rulebook with measures, one enterprise, and what is asked.

use std::collections::BTreeMap;
use std::fmt::Write;

use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook, Value};
use xinpei_cultivate::{Request, Wanted};

/// A fixed sequence of numbers for each seed.
#[derive(Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    pub(crate) fn below(&mut self, n: i64) -> i64 {
        (self.next() % n as u64) as i64
    }

    pub(crate) fn percent(&mut self, n: i64) -> bool {
        self.below(100) < n
    }
}

/// One effect, as the generator wrote it.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// A count is set, added to, lowered or raised: fact, way, amount, and whether another count is added to
    /// the amount.
    Count(usize, &'static str, i64, Option<usize>),
    Flag(usize, bool),
    Category(&'static str),
    /// Open cases become done, and cost what the number says from then on.
    Close(i64),
    /// Cases of less than so much leave the table.
    Remove(i64),
    Add(&'static str, i64),
    Monthly(i64),
}

#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) id: String,
    pub(crate) when: Option<(usize, i64)>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) cost: i64,
    /// Yuan for each unit of a count.
    pub(crate) cost_per: Option<(usize, i64)>,
    pub(crate) days: i64,
    pub(crate) months: i64,
    pub(crate) earliest: Option<i64>,
    pub(crate) requires: Vec<String>,
    pub(crate) excludes: Vec<String>,
    pub(crate) times: i64,
    pub(crate) continuing: bool,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) measures: Vec<Measure>,
    lines: Vec<(usize, String)>,
    sections: Vec<(Option<i64>, Option<i64>)>,
    grades: String,
    pub(crate) dossier: Dossier,
    pub(crate) as_of: Date,
    pub(crate) request: Request,
    /// Lists are written backwards, and fields of the files in another order.
    backwards: bool,
}

pub(crate) const COUNTS: usize = 5;
pub(crate) const MOST: i64 = 20;

pub(crate) fn count(at: usize) -> String {
    format!("n.c{at}")
}

fn condition(rng: &mut Rng, results: bool) -> String {
    match rng.below(if results { 9 } else { 6 }) {
        0 => format!("n.c{} >= {}", rng.below(COUNTS as i64), 1 + rng.below(12)),
        1 => format!("n.c{} < {}", rng.below(COUNTS as i64), 1 + rng.below(12)),
        2 => format!("f.x{}", rng.below(2)),
        3 => "k.class == \"C\"".into(),
        4 => "t.cases.filter(|c| c.status == \"open\").count() > 1".into(),
        5 => format!("months_since(d.founded) < {}", 10 + rng.below(8)),
        6 => format!("section(\"s0\") < {}", 5 + rng.below(30)),
        7 => format!("score >= {} && f.x0", 20 + rng.below(60)),
        _ => format!("n.c0 > {} && section(\"s0\") < {}", rng.below(8), 10 + rng.below(40)),
    }
}

fn bands(rng: &mut Rng, rising: bool) -> String {
    let mut edges: Vec<i64> = (0..1 + rng.below(3)).map(|_| 1 + rng.below(15)).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut points: Vec<i64> = (0..=edges.len()).map(|_| rng.below(41)).collect();
    if rng.percent(75) {
        points.sort_unstable();
        if !rising {
            points.reverse();
        }
    }
    let half = if rng.percent(20) { ".5" } else { "" };
    let mut text = String::from("[");
    for (edge, points) in edges.iter().zip(&points) {
        write!(text, "{{below: {edge}, points: {points}{half}}}, ").unwrap();
    }
    write!(text, "{{points: {}}}]", points[edges.len()]).unwrap();
    text
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let rng = &mut rng;
        let sections: Vec<_> = (0..1 + rng.below(3))
            .map(|_| (rng.percent(45).then(|| 20 + rng.below(60)), rng.percent(30).then(|| rng.below(15) - 5)))
            .collect();
        let mut lines = Vec::new();
        for at in 0..5 + rng.below(5) {
            let section =
                if at < sections.len() as i64 { at as usize } else { rng.below(sections.len() as i64) as usize };
            let c = |rng: &mut Rng| count(rng.below(COUNTS as i64) as usize);
            let rising = rng.percent(80);
            let way = match rng.below(10) {
                0..=2 => format!("of: {}\n    points: {}", c(rng), bands(rng, rising)),
                3 => format!("of: {} + {}\n    points: {}", c(rng), c(rng), bands(rng, rising)),
                4 => format!(
                    "of: f.x{}\n    points: {{true: {}, false: {}}}",
                    rng.below(2),
                    10 + rng.below(30),
                    rng.below(20)
                ),
                5 => format!(
                    "of: k.class\n    points: {{A: {}, B: {}, C: {}}}",
                    20 + rng.below(20),
                    10 + rng.below(15),
                    rng.below(10)
                ),
                6 => format!(
                    "each: t.cases\n    where: status == \"open\" && months_since(made) < {}\n    start: 30\n    deduct: {}\n    at_most: 30",
                    8 + rng.below(10),
                    5 + rng.below(12)
                ),
                7 => format!("formula: {} * 1.5 - {}\n    at_least: -5\n    at_most: 25", c(rng), rng.below(9)),
                8 => format!("of: months_since(d.founded)\n    points: {}", bands(rng, rising)),
                _ => format!(
                    "of: t.cases.filter(|c| months_since(c.made) < 6).count()\n    points: {}",
                    bands(rng, rising)
                ),
            };
            lines.push((section, way));
        }
        let mut measures: Vec<Measure> = Vec::new();
        let mut copies = 0;
        for at in 0..3 + rng.below(4) {
            let times = if rng.percent(15) { 2 } else { 1 };
            copies += times;
            if copies > 6 {
                break;
            }
            let effect = |rng: &mut Rng, continuing: bool| {
                let c = rng.below(COUNTS as i64) as usize;
                let way = ["set", "set", "add", "add", "add", "add", "reduce_to", "raise_to", "raise_to", "raise_to"]
                    [rng.below(10) as usize];
                let other = rng.percent(25).then(|| rng.below(COUNTS as i64) as usize);
                match rng.below(if continuing { 13 } else { 12 }) {
                    0..=4 => Effect::Count(c, way, rng.below(14) - if way == "add" { 2 } else { 0 }, other),
                    5 | 6 => Effect::Flag(rng.below(2) as usize, rng.percent(70)),
                    7 => Effect::Category(["A", "B", "C"][rng.below(3) as usize]),
                    8 | 9 => Effect::Close(rng.below(50)),
                    10 => Effect::Remove(1 + rng.below(60)),
                    11 => Effect::Add(["open", "done"][rng.below(2) as usize], rng.below(100)),
                    _ => Effect::Monthly(rng.below(100)),
                }
            };
            let continuing = times == 1 && rng.percent(20);
            let (days, months) = if rng.percent(50) { (1 + rng.below(45), 0) } else { (0, 1 + rng.below(2)) };
            let names: Vec<String> = measures.iter().map(|m| m.id.clone()).collect();
            let pick = |rng: &mut Rng, share: i64| -> Vec<String> {
                if names.is_empty() || !rng.percent(share) {
                    return Vec::new();
                }
                vec![names[rng.below(names.len() as i64) as usize].clone()]
            };
            let requires = pick(rng, 25);
            let excludes: Vec<String> = pick(rng, 30).into_iter().filter(|e| !requires.contains(e)).collect();
            measures.push(Measure {
                id: format!("m.a{at}"),
                when: rng.percent(15).then(|| (rng.below(COUNTS as i64) as usize, rng.below(6))),
                effects: (0..1 + rng.below(2)).map(|_| effect(rng, continuing)).collect(),
                cost: rng.below(4) * rng.below(60),
                cost_per: rng.percent(20).then(|| (rng.below(COUNTS as i64) as usize, 1 + rng.below(9))),
                days,
                months,
                earliest: rng.percent(20).then(|| rng.below(5) - 1),
                requires,
                excludes,
                times,
                continuing,
            });
        }
        let mut facts = BTreeMap::new();
        for at in 0..COUNTS {
            if !rng.percent(6) {
                facts.insert(count(at), Value::Number(Decimal::from(rng.below(10))));
            }
        }
        for at in 0..2 {
            facts.insert(format!("f.x{at}"), Value::Flag(rng.percent(35)));
        }
        facts.insert("k.class".into(), Value::Text(["A", "B", "C", "C"][rng.below(4) as usize].into()));
        let as_of = Date::new(2026, 1 + rng.below(12) as i8, 1 + rng.below(28) as i8).unwrap();
        facts.insert("d.founded".into(), Value::Date(as_of.add_months(-(rng.below(20) as i32))));
        let case = |rng: &mut Rng| {
            BTreeMap::from([
                (
                    "made".to_owned(),
                    Value::Date(Date::from_days(
                        as_of.add_months(-(rng.below(16) as i32)).days() - rng.below(20) as i32,
                    )),
                ),
                ("status".to_owned(), Value::Text(["open", "done"][rng.below(2) as usize].into())),
                ("due".to_owned(), Value::Number(Decimal::from(rng.below(100)))),
            ])
        };
        if !rng.percent(6) {
            facts.insert("t.cases".into(), Value::Events((0..rng.below(4)).map(|_| case(rng)).collect()));
        }
        let target = match rng.below(6) {
            0 => Wanted::Grade("G0".into()),
            1 => Wanted::Score(Decimal::ZERO),
            _ => Wanted::NextGrade,
        };
        let request =
            Request { target, months: 2 + rng.below(4) as u32, allow_dips: rng.percent(50), ..Request::default() };
        let dossier = Dossier { enterprise: "e".into(), facts };
        let grades = "grades:\n  - {id: last, label: {en: grade}}\n".to_owned();
        let mut world = Self { seed, measures, lines, sections, grades, dossier, as_of, request, backwards: false };
        // Edges lie around what the enterprise has, so that a few measures matter.
        let (start, most) = world.standing();
        let near = |rng: &mut Rng| start - 15 + rng.below(55);
        let mut edges: Vec<i64> = (0..4).map(|_| near(rng)).filter(|e| *e <= most).collect();
        edges.sort_unstable();
        edges.dedup();
        edges.reverse();
        let mut grades = String::from("grades:\n");
        for (at, edge) in edges.iter().enumerate() {
            writeln!(grades, "  - {{id: G{at}, from: {edge}, label: {{en: grade}}}}").unwrap();
        }
        grades.push_str("  - {id: last, label: {en: grade}}\n");
        if rng.percent(60) {
            grades.push_str("overrides:\n");
            for at in 0..1 + rng.below(3) {
                let grade = match rng.below(edges.len() as i64 + 1) {
                    n if n < edges.len() as i64 => format!("G{n}"),
                    _ => "last".into(),
                };
                let effect = match rng.below(10) {
                    0..=4 => format!("cap: {grade}"),
                    5 | 6 => format!("veto: {grade}"),
                    7 => format!("notch: {}", 1 + rng.below(2)),
                    8 => "notch: -1".into(),
                    _ => "unrated: true".into(),
                };
                let when = condition(rng, true);
                writeln!(
                    grades,
                    "  - id: o.r{at}\n    label: {{en: override}}\n    basis: pilot\n    when: '{when}'\n    {effect}"
                )
                .unwrap();
            }
        }
        if let (Wanted::Grade(_), true) = (&world.request.target, edges.is_empty()) {
            world.request.target = Wanted::NextGrade;
        }
        if let Wanted::Score(score) = &mut world.request.target {
            *score = Decimal::new(start * 10 + rng.below(400) - 20, 1);
        }
        world.grades = grades;
        world
    }

    /// The points that the enterprise has, and the most that the card has.
    fn standing(&self) -> (i64, i64) {
        let rulebook = self.rulebook();
        let score = rulebook.decide(&self.dossier, self.as_of).score.unwrap();
        let most = i64::try_from(rulebook.typed().score.high / 10).unwrap();
        (i64::try_from(score.floor().mantissa()).unwrap(), most)
    }

    /// The same rules with their lists in another order.
    pub(crate) fn turned(&self) -> Self {
        let mut turned = self.clone();
        turned.backwards = true;
        turned.measures.reverse();
        turned
    }

    /// The same world without one measure that no other requires: the first of these, if there is one, or
    /// else the last of all.
    pub(crate) fn without_one(&self, first: &[&str]) -> Option<Self> {
        let mut fewer = self.clone();
        let needless = |at: &usize| !self.measures.iter().any(|m| m.requires.contains(&self.measures[*at].id));
        let named = |at: &usize| first.contains(&self.measures[*at].id.as_str());
        let all = || (0..self.measures.len()).rev().filter(needless);
        let at = all().find(named).or_else(|| all().next())?;
        let gone = fewer.measures.remove(at).id;
        fewer.measures.iter_mut().for_each(|m| m.excludes.retain(|e| *e != gone));
        (!fewer.measures.is_empty()).then_some(fewer)
    }

    /// Whether the dictionary lets measures change a fact.
    pub(crate) fn mutable(&self, fact: &str) -> bool {
        fact != "d.founded"
    }

    fn effect(effect: &Effect) -> String {
        match effect {
            Effect::Count(c, way, amount, other) => {
                let amount = match other {
                    None => amount.to_string(),
                    Some(other) if *way == "add" => format!("n.c{other} - {MOST} + {amount}"),
                    Some(other) => format!("min(max(n.c{other} + {amount}, 0), {MOST})"),
                };
                format!("{{fact: n.c{c}, {way}: '{amount}'}}")
            }
            Effect::Flag(x, value) => format!("{{fact: f.x{x}, set: {value}}}"),
            Effect::Category(member) => format!("{{fact: k.class, set: {member}}}"),
            Effect::Close(due) => {
                format!(
                    "{{events: t.cases, where: 'status == \"open\"', set: {{status: done, due: 'max(due - {due}, 0)'}}}}"
                )
            }
            Effect::Remove(due) => format!("{{events: t.cases, where: 'due < {due}', remove: true}}"),
            Effect::Add(status, due) => {
                format!("{{events: t.cases, add: {{made: as_of, status: {status}, due: {due}}}}}")
            }
            Effect::Monthly(due) => {
                format!("{{events: t.cases, every: month, add: {{status: done, due: {due}}}}}")
            }
        }
    }

    fn measure(m: &Measure) -> String {
        let mut text =
            format!("  - id: {}\n    label: {{en: measure}}\n    basis: pilot\n    evidence: {{en: proof}}\n", m.id);
        if let Some((c, n)) = m.when {
            writeln!(text, "    when: n.c{c} >= {n}").unwrap();
        }
        let effects: Vec<String> = m.effects.iter().map(Self::effect).collect();
        writeln!(text, "    effects: [{}]", effects.join(", ")).unwrap();
        match m.cost_per {
            Some((c, n)) => writeln!(text, "    cost: {} + n.c{c} * {n}", m.cost).unwrap(),
            None => writeln!(text, "    cost: {}", m.cost).unwrap(),
        }
        match m.months {
            0 => writeln!(text, "    duration: {} days", m.days).unwrap(),
            n => writeln!(text, "    duration: {n} months").unwrap(),
        }
        if let Some(n) = m.earliest {
            writeln!(text, "    earliest: 'add_months(as_of, {n})'").unwrap();
        }
        for (key, list) in [("requires", &m.requires), ("excludes", &m.excludes)] {
            if !list.is_empty() {
                writeln!(text, "    {key}: [{}]", list.join(", ")).unwrap();
            }
        }
        if m.times > 1 {
            writeln!(text, "    times: {}", m.times).unwrap();
        }
        if m.continuing {
            text.push_str("    continuing: true\n");
        }
        text
    }

    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        files.insert(
            "rulebook.yaml".to_owned(),
            "rulebook: small\nversion: \"1\"\nlanguage: 1\ntitle: {en: Small}\nauthority: {en: Test}\neffective: {from: 2000-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 1, rounding: half_up}\n".into(),
        );
        let mut facts: Vec<String> = (0..COUNTS)
            .map(|c| format!("  - {{id: n.c{c}, label: {{en: count}}, type: count, range: {{from: 0, to: {MOST}}}, mutability: free}}\n"))
            .collect();
        for x in 0..2 {
            facts.push(format!("  - {{id: f.x{x}, label: {{en: flag}}, type: flag, mutability: free}}\n"));
        }
        facts.push(
            "  - {id: k.class, label: {en: class}, type: category, members: [A, B, C], mutability: free}\n".into(),
        );
        facts.push("  - {id: d.founded, label: {en: founded}, type: date, mutability: time_driven}\n".into());
        facts.push("  - id: t.cases\n    label: {en: cases}\n    type: events\n    order: made\n    mutability: free\n    fields:\n      - {id: made, label: {en: made}, type: date}\n      - {id: status, label: {en: status}, type: category, members: [open, done], mutability: free}\n      - {id: due, label: {en: due}, type: money, range: {from: 0, to: 1000}, mutability: free}\n".into());
        let mut lines: Vec<(usize, String)> = self
            .lines
            .iter()
            .enumerate()
            .map(|(at, (section, way))| {
                (
                    *section,
                    format!("  - id: l.x{at}\n    label: {{en: line}}\n    basis: pilot\n    {way}\n    missing: 3\n"),
                )
            })
            .collect();
        // Everything is read by some rule, so that no effect is refused: an outcome names all facts.
        let all = "n.c0 + n.c1 + n.c2 + n.c3 + n.c4 > 1_000 || f.x0 && f.x1 && k.class == \"A\" && t.cases.any(|c| c.status == \"open\" && c.due > 5)";
        files.insert(
            "outcomes/a.yaml".into(),
            format!("department: d\nlabel: {{en: d}}\noutcomes:\n  - {{id: w.all, kind: alert, label: {{en: all}}, basis: pilot, when: '{all}'}}\n"),
        );
        if self.backwards {
            facts.reverse();
            lines.reverse();
        }
        files.insert("facts/a.yaml".into(), format!("department: d\nlabel: {{en: d}}\nfacts:\n{}", facts.concat()));
        for (at, (max, floor)) in self.sections.iter().enumerate() {
            let mut text = format!("section: s{at}\nlabel: {{en: section}}\n");
            if let Some(max) = max {
                writeln!(text, "max: {max}").unwrap();
            }
            if let Some(floor) = floor {
                writeln!(text, "floor: {floor}").unwrap();
            }
            text.push_str("characteristics:\n");
            lines.iter().filter(|(s, _)| *s == at).for_each(|(_, line)| text.push_str(line));
            files.insert(format!("sections/{at}.yaml"), text);
        }
        files.insert("grades.yaml".into(), self.grades.clone());
        let measures: String = self.measures.iter().map(Self::measure).collect();
        files.insert("measures/a.yaml".into(), format!("department: d\nlabel: {{en: d}}\nmeasures:\n{measures}"));
        files
    }

    pub(crate) fn text(&self) -> String {
        self.files().iter().map(|(path, text)| format!("--- {path}\n{text}")).collect()
    }

    pub(crate) fn rulebook(&self) -> Rulebook {
        let files = self.files();
        let mut rules = RuleFiles::from_texts(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
        rules.id = Some("small".into());
        match Rulebook::from_files(&rules) {
            Ok(rulebook) => rulebook,
            Err(error) => {
                let list: Vec<String> = error
                    .diagnostics()
                    .map(|d| d.sorted().iter().map(|d| format!("{} {}", d.code.name(), d.message)).collect())
                    .unwrap_or_default();
                panic!("seed {}: {list:?}\n{}", self.seed, self.text())
            }
        }
    }
}
