//! A card of any size whose lines have nothing to do with each other, measures that raise one line each,
//! and the same plan as a mixed-integer program: minimise the cost so that the points, capped by section,
//! reach a score within so many months.

use std::collections::BTreeMap;
use std::fmt::Write;

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook, Value};
use xinpei_cultivate::{Request, Wanted};

/// The sections of a card.
const SECTIONS: usize = 5;

/// A number sequence that is the same everywhere (SplitMix64).
pub(crate) struct Seed(u64);

impl Seed {
    fn below(&mut self, n: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n).cast_signed()
    }
}

/// Five bands of a count from 0 to 100: upper edges, exclusive, and points.
struct Line {
    edges: [i64; 4],
    points: [i64; 5],
}

/// A measure that raises one count to a value.
struct Measure {
    line: usize,
    to: i64,
    cost: i64,
    months: u32,
}

pub(crate) struct Card {
    lines: Vec<Line>,
    cap: i64,
    /// What every section has at least.
    pub(crate) floor: i64,
    measures: Vec<Measure>,
}

impl Line {
    fn points(&self, value: i64) -> i64 {
        let band = self.edges.iter().filter(|edge| value >= **edge).count();
        self.points.get(band).copied().unwrap_or(0)
    }
}

impl Card {
    pub(crate) fn new(seed: u64, lines: usize, measures: usize) -> Self {
        let mut seed = Seed(seed);
        let line = |_| {
            let first = 5 + seed.below(20);
            let edges = [first, first + 12, first + 30, first + 45 + seed.below(20)];
            let step = 3 + seed.below(6);
            Line { edges, points: [0, step, 2 * step, 3 * step + seed.below(4), 4 * step + 5] }
        };
        let lines: Vec<Line> = (0..lines).map(line).collect();
        let count = lines.len();
        let measure = |at: usize| Measure {
            line: if at < count { at } else { usize::try_from(seed.below(count as u64)).unwrap_or(0) },
            to: 30 + 10 * seed.below(8),
            cost: 100 * (1 + seed.below(400)),
            months: u32::try_from(1 + seed.below(10)).unwrap_or(1),
        };
        let measures = (0..measures).map(measure).collect();
        // Four fifths of what the lines of a section can have.
        let cap = i64::try_from(count / SECTIONS).unwrap_or(1).max(1) * 24;
        Self { lines, cap, floor: 0, measures }
    }

    /// The rules.
    pub(crate) fn rulebook(&self) -> Result<Rulebook, xinpei::Error> {
        const LABEL: &str = "{en: some}";
        let mut facts = format!("department: d\nlabel: {LABEL}\nfacts:\n");
        let floor = if self.floor > 0 { format!("floor: {}\n", self.floor) } else { String::new() };
        let mut sections: Vec<String> = (0..SECTIONS)
            .map(|s| format!("section: s{s}\nlabel: {LABEL}\nmax: {}\n{floor}characteristics:\n", self.cap))
            .collect();
        for (at, line) in self.lines.iter().enumerate() {
            let _ = writeln!(
                facts,
                "  - {{id: a.f{at}, label: {LABEL}, type: count, range: {{from: 0, to: 100}}, mutability: only_up}}"
            );
            let mut points = String::new();
            for (edge, p) in line.edges.iter().zip(&line.points) {
                let _ = write!(points, "{{below: {edge}, points: {p}}}, ");
            }
            let _ = write!(points, "{{points: {}}}", line.points.last().copied().unwrap_or(0));
            if let Some(section) = sections.get_mut(at % SECTIONS) {
                let _ = writeln!(
                    section,
                    "  - id: a.c{at}\n    label: {LABEL}\n    basis: pilot\n    of: a.f{at}\n    points: [{points}]\n    missing: 0"
                );
            }
        }
        let mut measures = format!("department: d\nlabel: {LABEL}\nmeasures:\n");
        for (at, m) in self.measures.iter().enumerate() {
            let _ = writeln!(
                measures,
                "  - id: m.a{at}\n    label: {LABEL}\n    basis: pilot\n    evidence: {LABEL}\n    when: a.f{0} < {1}\n    effects: [{{fact: a.f{0}, raise_to: {1}}}]\n    cost: {2}\n    duration: {3} months",
                m.line, m.to, m.cost, m.months
            );
        }
        let manifest = "rulebook: card\nversion: \"1\"\nlanguage: 1\ntitle: {en: Card}\nauthority: {en: Bench}\neffective: {from: 2020-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 0, rounding: half_up}\n";
        let grades = "grades:\n  - {id: A, from: 1, label: {en: some}}\n  - {id: B, label: {en: some}}\n";
        let mut texts: Vec<(String, String)> = vec![
            ("rulebook.yaml".into(), manifest.into()),
            ("grades.yaml".into(), grades.into()),
            ("facts/d.yaml".into(), facts),
            ("measures/d.yaml".into(), measures),
        ];
        texts.extend(sections.into_iter().enumerate().map(|(s, text)| (format!("sections/s{s}.yaml"), text)));
        Rulebook::from_files(&RuleFiles::from_texts(texts.iter().map(|(p, t)| (p.as_str(), t.as_str()))))
    }

    /// The values of an enterprise.
    pub(crate) fn enterprise(&self, seed: u64) -> Vec<i64> {
        let mut seed = Seed(seed ^ 0x5eed);
        self.lines.iter().map(|_| seed.below(60)).collect()
    }

    pub(crate) fn dossier(values: &[i64]) -> Dossier {
        let fact = |(at, value): (usize, &i64)| (format!("a.f{at}"), Value::Number(Decimal::from(*value)));
        Dossier { enterprise: "e".into(), facts: values.iter().enumerate().map(fact).collect::<BTreeMap<_, _>>() }
    }

    fn total(&self, values: &[i64]) -> i64 {
        let mut sums = [0; SECTIONS];
        for (at, (line, value)) in self.lines.iter().zip(values).enumerate() {
            if let Some(sum) = sums.get_mut(at % SECTIONS) {
                *sum += line.points(*value);
            }
        }
        sums.iter().map(|sum| (*sum.min(&self.cap)).max(self.floor)).sum()
    }

    /// A score some way between what the enterprise has and what it can reach, in percent of the way.
    pub(crate) fn target(&self, values: &[i64], percent: i64) -> i64 {
        let mut best = values.to_vec();
        for m in &self.measures {
            if let Some(value) = best.get_mut(m.line) {
                *value = m.to.max(*value);
            }
        }
        let (now, most) = (self.total(values), self.total(&best));
        now + ((most - now) * percent / 100).max(1)
    }

    pub(crate) fn request(score: i64, months: u32) -> Request {
        let target = Wanted::Score(Decimal::from(score));
        Request { target, months, further: 0, unlock: 0, ..Request::default() }
    }

    pub(crate) fn as_of() -> Date {
        Date::from_days(20_634)
    }

    /// The least cost by the mixed-integer program; `None` where it has no solution.
    pub(crate) fn least_cost(&self, values: &[i64], score: i64, months: u32) -> Option<i64> {
        let mut variables = ProblemVariables::new();
        let mut cost = Expression::from(0);
        let mut once: Vec<Expression> = self.lines.iter().map(|_| Expression::from(0)).collect();
        let mut sums: Vec<Expression> = (0..SECTIONS).map(|_| Expression::from(0)).collect();
        for (at, (line, value)) in self.lines.iter().zip(values).enumerate() {
            if let Some(sum) = sums.get_mut(at % SECTIONS) {
                *sum += whole(line.points(*value));
            }
        }
        let mut taken = Vec::new();
        for m in self.measures.iter().filter(|m| m.months <= months) {
            let (Some(line), Some(value)) = (self.lines.get(m.line), values.get(m.line)) else { continue };
            let gain = line.points(m.to) - line.points(*value);
            if *value >= m.to || gain <= 0 {
                continue;
            }
            let x = variables.add(variable().binary());
            taken.push((x, m.cost));
            cost += whole(m.cost) * x;
            if let (Some(once), Some(sum)) = (once.get_mut(m.line), sums.get_mut(m.line % SECTIONS)) {
                *once += x;
                *sum += whole(gain) * x;
            }
        }
        let counted: Vec<_> = (0..SECTIONS).map(|_| variables.add(variable().min(0).max(whole(self.cap)))).collect();
        let all: Expression = counted.iter().copied().sum();
        // Whether the floor of a section counts, or what its lines bring.
        let floored: Vec<_> =
            sums.iter().filter(|_| self.floor > 0).map(|_| variables.add(variable().binary())).collect();
        let mut problem = variables.minimise(cost).using(microlp);
        for (at, (y, sum)) in counted.iter().zip(sums).enumerate() {
            match floored.get(at) {
                None => problem.add_constraint(constraint!(*y <= sum)),
                Some(floored) => {
                    problem.add_constraint(constraint!(*y <= sum + whole(self.floor) * *floored));
                    problem.add_constraint(constraint!(*y <= whole(self.cap) - whole(self.cap - self.floor) * *floored))
                }
            };
        }
        for once in once {
            problem.add_constraint(constraint!(once <= 1));
        }
        problem.add_constraint(constraint!(all >= whole(score)));
        let solution = problem.solve().ok()?;
        Some(taken.iter().filter(|(x, _)| solution.value(*x) > 0.5).map(|(_, cost)| cost).sum())
    }
}

impl Card {
    /// Months and costs of the plans that are cheaper than all sooner ones, by a mixed-integer program for
    /// each review day.
    pub(crate) fn front(&self, values: &[i64], score: i64, months: u32) -> Vec<(u32, i64)> {
        let mut front: Vec<(u32, i64)> = Vec::new();
        for month in 0..=months {
            let least = self.least_cost(values, score, month);
            front.extend(least.filter(|cost| front.last().is_none_or(|(_, c)| cost < c)).map(|cost| (month, cost)));
        }
        front
    }
}

/// A whole number as a solver takes it; all of them are small.
fn whole(n: i64) -> f64 {
    i32::try_from(n).map_or(f64::MAX, f64::from)
}
