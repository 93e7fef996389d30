//! A small random rulebook with measures, one enterprise, and what is asked.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook, Value};
use xinpei_cultivate::{Request, Wanted};

use crate::draw::{bands, condition, measure, shuffle};

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

/// A number that an effect writes, or adds to a count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Amount {
    Plain(i64),
    /// Another count and so much more.
    Other(usize, i64),
    /// A function of two counts, which is lowered.
    Topped(usize, usize),
    /// A function of two counts, which only an interpreter computes.
    Uneven(usize, usize),
    /// How many cases are open: a function over the table.
    Waiting,
    /// How many cases are about 50 yuan or more, as an interpreter counts them.
    Large,
    /// The age on the day of the effect.
    Age,
}

/// One effect, as the generator wrote it.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// A count is set, added to, lowered or raised: fact, way, amount.
    Count(usize, &'static str, Amount),
    Flag(usize, bool),
    Category(&'static str),
    /// Open cases become done, and cost what the number says from then on.
    Close(i64),
    /// Cases of less than so much leave the table.
    Remove(i64),
    Add(&'static str, i64),
    Monthly(i64),
}

/// What is added to the cost of a measure, in yuan.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extra {
    /// So much for each unit of a count.
    Count(usize, i64),
    /// So much for each open case.
    Waiting(i64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    Days(i64),
    Months(i64),
    /// The days that the dossier says, and so many more.
    Fact(i64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Earliest {
    /// Months after the as-of date.
    Today(i64),
    /// Months after the founding.
    Founded(i64),
}

#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) id: String,
    pub(crate) when: Option<(usize, i64)>,
    pub(crate) effects: Vec<Effect>,
    /// In fen.
    pub(crate) cost: i64,
    pub(crate) extra: Option<Extra>,
    pub(crate) length: Length,
    pub(crate) earliest: Option<Earliest>,
    pub(crate) requires: Vec<String>,
    pub(crate) excludes: Vec<String>,
    pub(crate) times: i64,
    pub(crate) continuing: bool,
}

impl Measure {
    /// The facts that it changes.
    pub(crate) fn writes(&self) -> BTreeSet<String> {
        let fact = |effect: &Effect| match effect {
            Effect::Count(c, ..) => count(*c),
            Effect::Flag(x, _) => format!("f.x{x}"),
            Effect::Category(_) => "k.class".to_owned(),
            Effect::Close(_) | Effect::Remove(_) | Effect::Add(..) | Effect::Monthly(_) => "t.cases".to_owned(),
        };
        self.effects.iter().map(fact).collect()
    }

    /// The facts that its effects read.
    pub(crate) fn reads(&self) -> BTreeSet<String> {
        let facts = |effect: &Effect| match effect {
            Effect::Count(_, _, Amount::Other(c, _)) => vec![count(*c)],
            Effect::Count(_, _, Amount::Topped(a, b) | Amount::Uneven(a, b)) => vec![count(*a), count(*b)],
            Effect::Count(_, _, Amount::Waiting | Amount::Large) => vec!["t.cases".to_owned()],
            _ => Vec::new(),
        };
        self.effects.iter().flat_map(facts).collect()
    }

    /// Whether it matters which of two comes first.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.writes(), other.writes());
        !mine.is_disjoint(&theirs) || !mine.is_disjoint(&other.reads()) || !theirs.is_disjoint(&self.reads())
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) measures: Vec<Measure>,
    /// How many of them stand in the first file.
    pub(crate) split: usize,
    /// Section, id, and how the line scores.
    pub(crate) lines: Vec<(usize, String, String)>,
    pub(crate) sections: Vec<(Option<i64>, Option<i64>)>,
    /// In which order the files of the sections stand.
    pub(crate) places: Vec<usize>,
    pub(crate) grades: String,
    pub(crate) overrides: Vec<String>,
    /// Facts in the order of the dictionary.
    pub(crate) facts: Vec<String>,
    /// How facts and fields may change; `free` where nothing else is said.
    pub(crate) mutability: BTreeMap<String, &'static str>,
    /// Facts about which advice is forbidden.
    pub(crate) forbidden: BTreeSet<String>,
    /// Below this coverage, in percent, nobody is rated.
    pub(crate) coverage: Option<i64>,
    pub(crate) dossier: Dossier,
    pub(crate) as_of: Date,
    pub(crate) request: Request,
}

pub(crate) const COUNTS: usize = 5;
pub(crate) const MOST: i64 = 20;
/// The greatest age, in months.
pub(crate) const OLDEST: i64 = 40;

pub(crate) fn count(at: usize) -> String {
    format!("n.c{at}")
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let rng = &mut rng;
        let sections: Vec<_> = (0..1 + rng.below(3))
            .map(|_| (rng.percent(45).then(|| 20 + rng.below(60)), rng.percent(30).then(|| rng.below(15) - 5)))
            .collect();
        // An interpreter is slow; a few worlds with it are enough.
        let script = rng.percent(12);
        let mut lines = Vec::new();
        for at in 0..5 + rng.below(5) {
            let section =
                if at < sections.len() as i64 { at as usize } else { rng.below(sections.len() as i64) as usize };
            lines.push((section, format!("l.x{at}"), Self::way(rng, script)));
        }
        let mut measures: Vec<Measure> = Vec::new();
        let mut copies = 0;
        for at in 0..3 + rng.below(4) {
            let times = if rng.percent(15) { 2 } else { 1 };
            copies += times;
            if copies > 6 {
                break;
            }
            measures.push(measure(rng, at, times, script, &measures));
        }
        let as_of = Date::new(2026, 1 + rng.below(12) as i8, 1 + rng.below(28) as i8).unwrap();
        let dossier = Dossier { enterprise: "e".into(), facts: Self::values(rng, as_of) };
        let target = match rng.below(6) {
            0 => Wanted::Grade("G0".into()),
            1 => Wanted::Score(Decimal::ZERO),
            _ => Wanted::NextGrade,
        };
        let request =
            Request { target, months: 2 + rng.below(4) as u32, allow_dips: rng.percent(50), ..Request::default() };
        let mut facts: Vec<String> = (0..COUNTS).map(count).collect();
        facts.extend(["f.x0", "f.x1", "k.class", "d.founded", "a.age", "w.days", "t.cases"].map(str::to_owned));
        let coverage = rng.percent(12).then(|| 60 + rng.below(40));
        let mut world = Self {
            seed,
            split: rng.below(measures.len() as i64 + 1) as usize,
            measures,
            lines,
            places: (0..sections.len()).collect(),
            sections,
            grades: "grades:\n  - {id: last, label: {en: grade}}\n".to_owned(),
            overrides: Vec::new(),
            facts,
            mutability: BTreeMap::new(),
            forbidden: BTreeSet::new(),
            coverage: None,
            dossier,
            as_of,
            request,
        };
        world.grade(rng);
        world.coverage = coverage;
        world
    }

    /// How a line scores.
    fn way(rng: &mut Rng, script: bool) -> String {
        let c = |rng: &mut Rng| count(rng.below(COUNTS as i64) as usize);
        let rising = rng.percent(80);
        match rng.below(13) {
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
            9 => format!("of: a.age\n    points: {}", bands(rng, rising)),
            10 if script => format!("of: uneven({}, {})\n    points: {}", c(rng), c(rng), bands(rng, rising)),
            10 => format!("of: topped({}, {})\n    points: {}", c(rng), c(rng), bands(rng, rising)),
            11 if script => format!("of: large(t.cases)\n    points: {}", bands(rng, !rising)),
            11 => format!("of: waiting(t.cases)\n    points: {}", bands(rng, !rising)),
            _ => {
                format!("of: t.cases.filter(|c| months_since(c.made) < 6).count()\n    points: {}", bands(rng, rising))
            }
        }
    }

    /// What is known of the enterprise.
    fn values(rng: &mut Rng, as_of: Date) -> BTreeMap<String, Value> {
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
        facts.insert("d.founded".into(), Value::Date(as_of.add_months(-(rng.below(20) as i32))));
        if !rng.percent(6) {
            let age = if rng.percent(20) { OLDEST - rng.below(4) } else { rng.below(16) };
            facts.insert("a.age".into(), Value::Number(Decimal::from(age)));
        }
        if !rng.percent(6) {
            facts.insert("w.days".into(), Value::Number(Decimal::from(rng.below(40))));
        }
        let case = |rng: &mut Rng| {
            let made = as_of.add_months(-(rng.below(16) as i32)).days() - rng.below(20) as i32;
            BTreeMap::from([
                ("made".to_owned(), Value::Date(Date::from_days(made))),
                ("status".to_owned(), Value::Text(["open", "done"][rng.below(2) as usize].into())),
                ("due".to_owned(), Value::Number(Decimal::from(rng.below(100)))),
            ])
        };
        if !rng.percent(6) {
            facts.insert("t.cases".into(), Value::Events((0..rng.below(4)).map(|_| case(rng)).collect()));
        }
        facts
    }

    /// Edges of grades around what the enterprise has, so that a few measures matter; and overrides.
    fn grade(&mut self, rng: &mut Rng) {
        let (start, most) = self.standing();
        let near = |rng: &mut Rng| start - 15 + rng.below(55);
        let mut edges: Vec<i64> = (0..4).map(|_| near(rng)).filter(|e| *e <= most).collect();
        edges.sort_unstable();
        edges.dedup();
        edges.reverse();
        self.grades = String::from("grades:\n");
        for (at, edge) in edges.iter().enumerate() {
            self.grades.push_str(&format!("  - {{id: G{at}, from: {edge}, label: {{en: grade}}}}\n"));
        }
        self.grades.push_str("  - {id: last, label: {en: grade}}\n");
        if rng.percent(60) {
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
                let when = condition(rng, self.lines.len() as i64);
                self.overrides.push(format!(
                    "  - id: o.r{at}\n    label: {{en: override}}\n    basis: pilot\n    when: '{when}'\n    {effect}\n"
                ));
            }
        }
        if let (Wanted::Grade(_), true) = (&self.request.target, edges.is_empty()) {
            self.request.target = Wanted::NextGrade;
        }
        if let Wanted::Score(score) = &mut self.request.target {
            *score = Decimal::new(start * 10 + rng.below(400) - 20, 1);
        }
    }

    /// The points that the enterprise has, and the most that the card has.
    fn standing(&self) -> (i64, i64) {
        let rulebook = self.rulebook();
        let score = rulebook.decide(&self.dossier, self.as_of).score.unwrap();
        let most = i64::try_from(rulebook.typed().score.high / 10).unwrap();
        (i64::try_from(score.floor().mantissa()).unwrap(), most)
    }

    /// The same rules with their lists in another order, and measures in other files.
    pub(crate) fn shuffled(&self, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut other = self.clone();
        shuffle(&mut rng, &mut other.measures);
        shuffle(&mut rng, &mut other.lines);
        shuffle(&mut rng, &mut other.places);
        shuffle(&mut rng, &mut other.overrides);
        shuffle(&mut rng, &mut other.facts);
        other.split = rng.below(other.measures.len() as i64 + 1) as usize;
        other
    }

    /// The same world with two of its measures slower, and for each one more that does the same soon and for more.
    pub(crate) fn hurried(&self) -> Self {
        let mut other = self.clone();
        let count = self.measures.len();
        for (name, at) in [("m.f0", self.seed as usize % count), ("m.f1", (self.seed as usize + 1) % count)] {
            let slow = &mut other.measures[at];
            slow.length = Length::Months(2);
            let mut fast = slow.clone();
            fast.length = Length::Days(9);
            fast.cost += 3_000;
            fast.excludes = vec![slow.id.clone()];
            fast.id = name.into();
            fast.times = 1;
            fast.earliest = None;
            other.measures.push(fast);
        }
        other
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

    pub(crate) fn text(&self) -> String {
        self.files().iter().map(|(path, text)| format!("--- {path}\n{text}")).collect()
    }

    /// The rulebook, or the codes of all mistakes in it.
    pub(crate) fn checked(&self) -> Result<Rulebook, Vec<String>> {
        let files = self.files();
        let mut rules = RuleFiles::from_texts(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
        rules.id = Some("small".into());
        Rulebook::from_files(&rules).map_err(|error| {
            let list = error.diagnostics().map(|d| d.sorted()).unwrap_or_default();
            list.iter().map(|d| format!("{} {}", d.code.name(), d.message)).collect()
        })
    }

    pub(crate) fn rulebook(&self) -> Rulebook {
        self.checked().unwrap_or_else(|list| panic!("seed {}: {list:?}\n{}", self.seed, self.text()))
    }
}
