//! Random conditions: comparisons, members, connections, and what events satisfy.

use super::dictionary::CATEGORIES;
use super::expression::{AND, ATOM, EQUAL, Gen, LESS, OR, SIGN, Text};
use super::kind::{Kind, Unit};

/// What a comparison or connection of two values comes to, if their ranges decide it.
pub fn decided(a: &Text, sign: &str, b: &Text) -> Option<bool> {
    match sign {
        "&&" if a.decided == Some(false) || b.decided == Some(false) => return Some(false),
        "||" if a.decided == Some(true) || b.decided == Some(true) => return Some(true),
        "&&" | "||" if a.decided.is_some() && b.decided.is_some() => return a.decided,
        _ => {}
    }
    let (Kind::Num(x), Kind::Num(y)) = (&a.kind, &b.kind) else { return None };
    let (x, y) = x.joined(*y)?;
    let (below, above) = (x.high < y.low, x.low > y.high);
    match sign {
        "<" if below || x.low >= y.high => Some(below),
        ">=" if below || x.low >= y.high => Some(!below),
        ">" if above || x.high <= y.low => Some(above),
        "<=" if above || x.high <= y.low => Some(!above),
        "==" if below || above => Some(false),
        "!=" if below || above => Some(true),
        _ => None,
    }
}

impl Gen<'_> {
    pub fn flag(&mut self, depth: usize) -> Text {
        for _ in 0..4 {
            if let Some(text) = self.condition(depth) {
                return text;
            }
        }
        let yes = Text { text: "true".into(), kind: Kind::Flag, level: ATOM, decided: Some(true) };
        self.named(|kind| *kind == Kind::Flag).unwrap_or(yes)
    }

    fn condition(&mut self, depth: usize) -> Option<Text> {
        if depth == 0 {
            return match self.rng.below(3) {
                0 => self.named(|kind| *kind == Kind::Flag),
                1 => self.one_of(0),
                _ => self.comparison(0),
            };
        }
        let inner = depth - 1;
        match self.rng.below(20) {
            0..=4 => self.comparison(inner),
            5 | 6 => self.one_of(inner),
            7..=9 => {
                let (a, b) = (self.flag(inner), self.flag(inner));
                let (sign, level) = if self.rng.percent(50) { ("&&", AND) } else { ("||", OR) };
                Some(self.infix(&a, sign, &b, level, Kind::Flag))
            }
            10 => {
                let a = self.flag(inner);
                Some(Text {
                    text: format!("!{}", a.beside(ATOM)),
                    kind: Kind::Flag,
                    level: SIGN,
                    decided: a.decided.map(|d| !d),
                })
            }
            11 | 12 => {
                let unit = *self.rng.pick(&[Unit::Plain, Unit::Of("cny")]);
                let inside = match self.rng.below(4) {
                    0 => self.num(unit, inner).text,
                    1 => self.date(inner).text,
                    2 => self.flag(inner).text,
                    _ if !self.in_event => self.table_text(inner)?.0,
                    _ => return None,
                };
                Some(Text::atom(format!("present({inside})"), Kind::Flag))
            }
            13 => {
                let (a, b) = (self.flag(inner), self.flag(0));
                Some(Text::atom(format!("otherwise({}, {})", a.text, b.text), Kind::Flag))
            }
            14 => {
                let (a, b, c) = (self.flag(inner), self.flag(inner), self.flag(inner));
                Some(Text::atom(format!("choose({}, {}, {})", a.text, b.text, c.text), Kind::Flag))
            }
            15 | 16 if !self.in_event => {
                let (table, at) = self.table_text(inner)?;
                let name = if self.rng.percent(50) { "any" } else { "all" };
                let body = self.closure(at, |me| me.flag(inner));
                Some(Text::atom(format!("{table}.{name}({})", body.0), Kind::Flag))
            }
            17 => {
                let (a, b) = (self.flag(inner), self.flag(inner));
                let sign = if self.rng.percent(50) { "==" } else { "!=" };
                Some(self.infix(&a, sign, &b, EQUAL, Kind::Flag))
            }
            18 | 19 if self.outside => {
                let fired = self.results.fired.clone()?;
                let text = match self.rng.below(3) {
                    0 => "rated".to_owned(),
                    1 if !fired.is_empty() => format!("fired(\"{}\")", self.rng.pick(&fired)),
                    _ => {
                        let grade = self.rng.pick(&self.results.grades).clone();
                        if self.rng.percent(30) {
                            let other = self.rng.pick(&self.results.grades).clone();
                            let text = format!("grade in [\"{grade}\", \"{other}\"]");
                            return Some(Text { text, kind: Kind::Flag, level: EQUAL, decided: None });
                        }
                        let sign = *self.rng.pick(&[">=", "<", "==", "!=", ">", "<="]);
                        return Some(Text {
                            text: format!("grade {sign} \"{grade}\""),
                            kind: Kind::Flag,
                            level: EQUAL,
                            decided: None,
                        });
                    }
                };
                Some(Text::atom(text, Kind::Flag))
            }
            _ => self.named(|kind| *kind == Kind::Flag),
        }
    }

    fn comparison(&mut self, depth: usize) -> Option<Text> {
        let unit = *self.rng.pick(&[Unit::Plain, Unit::Plain, Unit::Of("cny"), Unit::Of("kwh")]);
        let (a, b) = match self.rng.below(4) {
            0 => (self.date(depth), self.date(depth)),
            _ => (self.num(unit, depth), self.num(unit, depth)),
        };
        if let (Kind::Num(x), Kind::Num(y)) = (&a.kind, &b.kind) {
            x.joined(*y)?;
        }
        let sign = *self.rng.pick(&["==", "!=", "<", "<=", ">", ">="]);
        let level = if sign == "==" || sign == "!=" { EQUAL } else { LESS };
        Some(self.infix(&a, sign, &b, level, Kind::Flag))
    }

    /// A member among others, or a number among others.
    fn one_of(&mut self, depth: usize) -> Option<Text> {
        if self.rng.percent(25) {
            let a = self.num(Unit::Plain, depth);
            let list: Vec<Text> = (0..=self.rng.below(3)).map(|_| self.literal()).collect();
            for item in &list {
                a.num().joined(item.num())?;
            }
            let never = list.iter().all(|item| decided(&a, "==", item) == Some(false));
            let list: Vec<String> = list.into_iter().map(|t| t.text).collect();
            let text = format!("{} in [{}]", a.beside(ATOM), list.join(", "));
            return Some(Text { text, kind: Kind::Flag, level: EQUAL, decided: never.then_some(false) });
        }
        let category = self.any_category()?;
        let a = self.category(category, depth)?;
        let members = CATEGORIES[category];
        let member = *self.rng.pick(members);
        Some(match self.rng.below(4) {
            0 | 1 => {
                let list: Vec<String> =
                    (0..=self.rng.below(3)).map(|_| format!("\"{}\"", self.rng.pick(members))).collect();
                let text = format!("{} in [{}]", a.beside(ATOM), list.join(", "));
                Text { text, kind: Kind::Flag, level: EQUAL, decided: None }
            }
            2 => {
                let b = self.category(category, depth)?;
                self.infix(&a, "!=", &b, EQUAL, Kind::Flag)
            }
            _ => {
                let sign = if self.rng.percent(50) { "==" } else { "!=" };
                Text {
                    text: format!("{} {sign} \"{member}\"", a.beside(LESS)),
                    kind: Kind::Flag,
                    level: EQUAL,
                    decided: None,
                }
            }
        })
    }
}
