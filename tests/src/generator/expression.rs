//! Random expressions of every operator and function, with their types.

use super::condition::decided;
use super::dictionary::{CATEGORIES, Fact, Table};
use super::kind::{Kind, Num, Unit};
use super::rng::Rng;

/// An expression: its text, its type, and how tightly its outermost operator binds.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub kind: Kind,
    pub level: u8,
    /// What a condition comes to, where the ranges decide it.
    pub decided: Option<bool>,
}

pub const OR: u8 = 0;
pub const AND: u8 = 1;
pub const EQUAL: u8 = 2;
pub const LESS: u8 = 3;
pub const SUM: u8 = 4;
pub const PRODUCT: u8 = 5;
pub const SIGN: u8 = 6;
pub const ATOM: u8 = 7;

pub const MODES: &[&str] = &["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"];

impl Text {
    pub fn atom(text: impl Into<String>, kind: Kind) -> Self {
        Self { text: text.into(), kind, level: ATOM, decided: None }
    }

    pub fn num(&self) -> Num {
        match &self.kind {
            Kind::Num(num) => *num,
            other => panic!("{other:?} is not a number"),
        }
    }

    /// The text where an operator of this level stands beside it.
    pub fn beside(&self, level: u8) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// A name in scope: a variable, or a field of the event at hand.
#[derive(Clone, Debug)]
pub enum Named {
    Value(Text),
    /// A table given to a function.
    Table(String, usize),
}

/// What an expression may use of the results of scoring.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub score: Option<Num>,
    pub sections: Vec<(String, Num)>,
    pub points: Vec<(String, Num)>,
    /// Only once the grade is known.
    pub fired: Option<Vec<String>>,
    pub grades: Vec<String>,
}

/// Generates expressions over a dictionary.
pub struct Gen<'a> {
    pub rng: &'a mut Rng,
    pub facts: &'a [Fact],
    pub tables: &'a [Table],
    pub results: Results,
    /// Names in scope, innermost last.
    pub scope: Vec<Named>,
    /// Whether facts can be named: not inside a function.
    pub outside: bool,
    /// Whether an event is at hand, so that tables stay away.
    pub in_event: bool,
    /// The functions written so far.
    pub scripts: String,
    pub functions: usize,
    /// Declarations of opaque functions.
    pub opaque: Vec<super::yaml::Yaml>,
}

impl<'a> Gen<'a> {
    pub fn new(rng: &'a mut Rng, facts: &'a [Fact], tables: &'a [Table]) -> Self {
        Self {
            rng,
            facts,
            tables,
            results: Results::default(),
            scope: Vec::new(),
            outside: true,
            in_event: false,
            scripts: String::new(),
            functions: 0,
            opaque: Vec::new(),
        }
    }
}

impl Gen<'_> {
    /// A condition, a number, a date or a member.
    pub fn of_kind(&mut self, kind: &Kind, depth: usize) -> Text {
        match kind {
            Kind::Num(num) => self.num(num.unit, depth),
            Kind::Flag => self.flag(depth),
            Kind::Date => self.date(depth),
            Kind::Category(category) => self.category(*category, depth).expect("asked only where there is one"),
        }
    }

    /// Names of this type: facts, variables, fields.
    pub fn named(&mut self, fits: impl Fn(&Kind) -> bool) -> Option<Text> {
        let mut list: Vec<Text> = Vec::new();
        for named in &self.scope {
            match named {
                // What is at hand is used more often than what is far away.
                Named::Value(text) if fits(&text.kind) => list.extend([text.clone(), text.clone(), text.clone()]),
                _ => {}
            }
        }
        if self.outside {
            list.extend(self.facts.iter().filter(|f| fits(&f.kind)).map(|f| Text::atom(&f.id, f.kind.clone())));
        }
        if list.is_empty() { None } else { Some(self.rng.pick(&list).clone()) }
    }

    pub fn literal(&mut self) -> Text {
        let digits = *self.rng.pick(&[0, 0, 0, 1, 2, 3]);
        let size = *self.rng.pick(&[3, 10, 100, 20_000]);
        let least = if self.rng.percent(20) { -size } else { 0 };
        let units = self.rng.between(least, size);
        let value = rust_decimal::Decimal::from_i128_with_scale(units, digits);
        let mut text = value.to_string();
        if digits == 0 && units >= 10_000 {
            text = format!("{}_{:03}", units / 1000, units % 1000);
        }
        let level = if units < 0 { SIGN } else { ATOM };
        Text { text, kind: Kind::Num(Num::new(Unit::Any, digits, units, units)), level, decided: None }
    }

    pub fn infix(&mut self, a: &Text, sign: &str, b: &Text, level: u8, kind: Kind) -> Text {
        // The right operand of the same level needs brackets: a - (b - c).
        let text = format!("{} {sign} {}", a.beside(level), b.beside(level + 1));
        let decided = decided(a, sign, b);
        let (text, level) = if self.rng.percent(10) { (format!("({text})"), ATOM) } else { (text, level) };
        Text { text, kind, level, decided }
    }

    fn leaf(&mut self, unit: Unit) -> Text {
        if self.rng.percent(15) {
            return self.literal();
        }
        self.named(|kind| matches!(kind, Kind::Num(n) if n.unit == unit)).unwrap_or_else(|| self.literal())
    }

    /// A number with this unit, or a literal.
    pub fn num(&mut self, unit: Unit, depth: usize) -> Text {
        if depth == 0 {
            return self.leaf(unit);
        }
        for _ in 0..4 {
            if let Some(text) = self.composed(unit, depth - 1) {
                return text;
            }
        }
        self.leaf(unit)
    }

    /// A number of several parts; `None` where the parts do not fit.
    fn composed(&mut self, unit: Unit, depth: usize) -> Option<Text> {
        let call = |name: &str, arguments: &[&str], num: Num| {
            Some(Text::atom(format!("{name}({})", arguments.join(", ")), Kind::Num(num)))
        };
        match self.rng.below(26) {
            0..=2 => Some(self.leaf(unit)),
            3 | 4 => {
                let (a, b) = (self.num(unit, depth), self.num(unit, depth));
                let num = a.num().add(b.num())?;
                Some(self.infix(&a, "+", &b, SUM, Kind::Num(num)))
            }
            5 | 6 => {
                let (a, b) = (self.num(unit, depth), self.num(unit, depth));
                let num = a.num().add(b.num().negate())?;
                Some(self.infix(&a, "-", &b, SUM, Kind::Num(num)))
            }
            7 | 8 | 24 => {
                let (mut a, mut b) = (self.num(unit, depth), self.num(Unit::Plain, depth));
                if self.rng.percent(50) {
                    std::mem::swap(&mut a, &mut b);
                }
                let num = a.num().multiply(b.num())?;
                Some(self.infix(&a, "*", &b, PRODUCT, Kind::Num(num)))
            }
            9 => {
                let a = self.num(unit, depth);
                let num = a.num().negate();
                Some(Text { text: format!("-{}", a.beside(ATOM)), kind: Kind::Num(num), level: SIGN, decided: None })
            }
            10 => {
                let a = self.num(unit, depth);
                call("abs", &[&a.text], a.num().abs())
            }
            11 | 12 => {
                let (a, b) = (self.num(unit, depth), self.num(unit, depth));
                let least = self.rng.percent(50);
                call(if least { "min" } else { "max" }, &[&a.text, &b.text], a.num().extreme(b.num(), least)?)
            }
            13 => {
                let a = self.num(unit, depth);
                let (digits, mode) = (u32::try_from(self.rng.below(5)).ok()?, *self.rng.pick(MODES));
                let (digits_text, mode_text) = (digits.to_string(), format!("\"{mode}\""));
                if self.rng.percent(40) {
                    call("round", &[&a.text, &digits_text], a.num().round(digits, "half_up")?)
                } else {
                    call("round", &[&a.text, &digits_text, &mode_text], a.num().round(digits, mode)?)
                }
            }
            14 | 15 => self.division(unit, depth),
            16 => {
                let condition = self.flag(depth);
                let (a, b) = (self.num(unit, depth), self.num(unit, depth));
                call("choose", &[&condition.text, &a.text, &b.text], a.num().either(b.num())?)
            }
            17 => {
                let (a, b) = (self.num(unit, depth), self.num(unit, depth));
                call("otherwise", &[&a.text, &b.text], a.num().either(b.num())?)
            }
            18 if unit == Unit::Plain => {
                let other = *self.rng.pick(&[Unit::Of("cny"), Unit::Of("person"), Unit::Of("kwh")]);
                let a = self.num(other, depth);
                call("bare", &[&a.text], Num { unit: Unit::Plain, ..a.num() })
            }
            19 if unit == Unit::Plain => self.of_dates(depth),
            20 | 21 | 25 if !self.in_event => self.aggregate(unit, depth),
            20 if self.outside && depth < 2 => self.other_table(unit, depth),
            22 if self.outside && !self.in_event => {
                if unit == Unit::Plain && self.rng.percent(15) {
                    self.opaque_call(depth)
                } else {
                    self.call(unit, depth)
                }
            }
            23 if unit == Unit::Plain && self.outside => self.result(),
            _ => None,
        }
    }

    fn division(&mut self, unit: Unit, depth: usize) -> Option<Text> {
        let (a, b) = match unit {
            Unit::Of(_) => (unit, Unit::Plain),
            _ => {
                let both = *self.rng.pick(&[Unit::Plain, Unit::Of("cny"), Unit::Of("kwh")]);
                (both, both)
            }
        };
        let ties = unit != Unit::Plain || a == Unit::Plain;
        let (a, b) = if ties && self.rng.percent(40) {
            // A quotient that often lies in the middle between two numbers.
            let (text, units) = *self.rng.pick(&[("2", 2), ("4", 4), ("8", 8), ("20", 20), ("-2", -2), ("1000", 1000)]);
            (self.num(a, depth.min(1)), Text::atom(text, Kind::Num(Num::new(Unit::Any, 0, units, units))))
        } else {
            (self.num(a, depth), self.num(b, depth))
        };
        let (digits, mode) = (u32::try_from(self.rng.below(5)).ok()?, *self.rng.pick(MODES));
        let num = a.num().divide(b.num(), digits)?;
        if num.unit != unit {
            return None;
        }
        let quotient = format!("{} / {}", a.beside(PRODUCT), b.beside(SIGN));
        let mode = if mode == "half_up" { String::new() } else { format!(", \"{mode}\"") };
        Some(Text::atom(format!("round({quotient}, {digits}{mode})"), Kind::Num(num)))
    }

    /// A number that dates lead to.
    fn of_dates(&mut self, depth: usize) -> Option<Text> {
        let (a, b) = (self.date(depth), self.date(depth));
        let plain = |low, high| Kind::Num(Num::new(Unit::Plain, 0, low, high));
        let (text, kind) = match self.rng.below(7) {
            0 => (format!("bare(days_since({}))", a.text), plain(-110_000, 110_000)),
            1 => (format!("bare(months_since({}))", a.text), plain(-3928, 3928)),
            2 => (format!("bare(years_since({}))", a.text), plain(-301, 301)),
            3 => (format!("bare(days_between({}, {}))", a.text, b.text), plain(-110_000, 110_000)),
            4 => (format!("bare(months_between({}, {}))", a.text, b.text), plain(-3928, 3928)),
            5 => (format!("year({})", a.text), plain(1_000, 9_999)),
            _ => (format!("month({})", a.text), plain(1, 12)),
        };
        Some(Text::atom(text, kind))
    }

    /// A result of scoring.
    fn result(&mut self) -> Option<Text> {
        let score = self.results.score?;
        let (text, num) = match self.rng.below(3) {
            0 => ("score".to_owned(), score),
            1 => {
                let (id, num) = self.rng.pick(&self.results.sections).clone();
                (format!("section(\"{id}\")"), num)
            }
            _ => {
                let (id, num) = self.rng.pick(&self.results.points).clone();
                (format!("points(\"{id}\")"), num)
            }
        };
        Some(Text::atom(text, Kind::Num(num)))
    }

    pub fn date(&mut self, depth: usize) -> Text {
        if depth > 0 {
            match self.rng.below(9) {
                0 => {
                    let (a, n) = (self.date(depth - 1), self.rng.between(-400, 400));
                    return Text::atom(format!("add_days({}, {n})", a.text), Kind::Date);
                }
                1 => {
                    let (a, n) = (self.date(depth - 1), self.rng.between(-40, 40));
                    return Text::atom(format!("add_months({}, {n})", a.text), Kind::Date);
                }
                2 => {
                    // As many days or months as another number says, rounded to a whole one.
                    let (a, n) = (self.date(depth - 1), self.num(Unit::Plain, depth - 1));
                    let name = if self.rng.percent(50) { "add_days" } else { "add_months" };
                    if n.num().round(0, "half_up").is_some() {
                        return Text::atom(format!("{name}({}, round({}, 0))", a.text, n.text), Kind::Date);
                    }
                }
                3 => {
                    let (a, b) = (self.date(depth - 1), self.date(depth - 1));
                    let name = *self.rng.pick(&["min", "max", "otherwise"]);
                    return Text::atom(format!("{name}({}, {})", a.text, b.text), Kind::Date);
                }
                4 => {
                    let (c, a, b) = (self.flag(depth - 1), self.date(depth - 1), self.date(depth - 1));
                    return Text::atom(format!("choose({}, {}, {})", c.text, a.text, b.text), Kind::Date);
                }
                _ => {}
            }
        }
        let literal = *self.rng.pick(&["2024-02-29", "2025-01-31", "2026-06-30", "1999-12-31", "2100-02-28"]);
        match self.rng.below(10) {
            0 => Text::atom(format!("date(\"{literal}\")"), Kind::Date),
            1 | 2 if self.outside => Text::atom("as_of", Kind::Date),
            _ => self
                .named(|kind| *kind == Kind::Date)
                .unwrap_or_else(|| Text::atom(format!("date(\"{literal}\")"), Kind::Date)),
        }
    }

    /// A member of a category, if there is a name for one.
    pub fn category(&mut self, category: usize, depth: usize) -> Option<Text> {
        let name = self.named(|kind| *kind == Kind::Category(category))?;
        let member = *self.rng.pick(CATEGORIES[category]);
        if depth == 0 {
            return Some(name);
        }
        let kind = Kind::Category(category);
        Some(match self.rng.below(6) {
            0 => Text::atom(format!("otherwise({}, \"{member}\")", name.text), kind),
            1 => {
                let condition = self.flag(depth - 1);
                Text::atom(format!("choose({}, {}, \"{member}\")", condition.text, name.text), kind)
            }
            _ => name,
        })
    }

    /// A category that has a name here.
    pub fn any_category(&mut self) -> Option<usize> {
        match self.named(|kind| matches!(kind, Kind::Category(_)))?.kind {
            Kind::Category(category) => Some(category),
            _ => None,
        }
    }
}
