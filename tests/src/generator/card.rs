//! Random characteristics: every way to score, within the range of what is scored.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::dictionary::CATEGORIES;
use super::expression::{Gen, MODES, Text};
use super::kind::{Kind, Num, Unit};
use super::yaml::Yaml;

/// A characteristic: its keys, and the least and most points of a known answer.
pub struct Line {
    pub keys: Vec<(String, Yaml)>,
    pub least: Decimal,
    pub most: Decimal,
    /// Digits of its known points.
    pub digits: u32,
    /// Edges of bands of a fact, for dossiers: the fact and the edge in its units or days.
    pub edges: Vec<(String, i128)>,
}

fn key(name: &str, value: Yaml) -> (String, Yaml) {
    (name.to_owned(), value)
}

/// Bands: the edge's key and text, and points.
type Bands = Vec<(Option<(String, Yaml)>, Decimal)>;

impl Gen<'_> {
    pub fn points(&mut self) -> Decimal {
        let digits = *self.rng.pick(&[0, 0, 0, 1, 2]);
        let low = if self.rng.percent(15) { -50 } else { 0 };
        Decimal::from_i128_with_scale(self.rng.between(low * 10_i128.pow(digits), 100 * 10_i128.pow(digits)), digits)
    }

    pub fn line(&mut self, depth: usize) -> Line {
        loop {
            let line = match self.rng.below(9) {
                0..=2 => self.bands_line(depth),
                3 => self.members_line(depth),
                4 => self.grid_line(depth),
                5 => self.first_line(depth),
                6 | 7 => self.each_line(depth),
                _ => self.formula_line(depth),
            };
            if let Some(line) = line {
                return line;
            }
        }
    }

    /// What bands are of: a fact, or an expression, or a date.
    fn banded(&mut self, depth: usize) -> Text {
        match self.rng.below(6) {
            0 => self.date(depth),
            1 | 2 => {
                let unit = *self.rng.pick(&[Unit::Plain, Unit::Of("cny"), Unit::Of("kwh"), Unit::Of("person")]);
                self.num(unit, 0)
            }
            _ => {
                let unit = *self.rng.pick(&[Unit::Plain, Unit::Of("cny")]);
                self.num(unit, depth)
            }
        }
    }

    /// Greatest values of bands, rising, inside a range.
    fn tops(&mut self, low: i128, high: i128, around: i128) -> Vec<i128> {
        let mut tops = Vec::new();
        for _ in 0..1 + self.rng.below(4) {
            let near = match self.rng.below(4) {
                0 => self.rng.between(low, high - 1),
                1 => *self.rng.pick(&[low, high - 1, 0]),
                _ => self.rng.between(-around, around * 10),
            };
            if (low..high).contains(&near) {
                tops.push(near);
            }
        }
        tops.sort_unstable();
        tops.dedup();
        tops
    }

    fn bands_of(&mut self, of: &Text, edges: &mut Vec<(String, i128)>) -> Option<Bands> {
        let mut bands = Vec::new();
        let (low, high, around, num) = match &of.kind {
            Kind::Num(num) => (num.low, num.high, 10_i128.pow(num.digits + 2), Some(*num)),
            // Days from 2000 to 2030.
            Kind::Date => (10_957, 22_280, 1, None),
            _ => return None,
        };
        if high - low < 2 {
            return None;
        }
        for top in self.tops(low, high, around) {
            let inclusive = self.rng.percent(50);
            let at = if inclusive { top } else { top + 1 };
            let edge = match num {
                Some(num) if num.digits < 15 && top.abs() < 10_i128.pow(20) && self.rng.percent(8) => {
                    // An edge between two values.
                    Decimal::from_i128_with_scale(top * 10 + 5, num.digits + 1).to_string()
                }
                Some(num) => Decimal::from_i128_with_scale(at, num.digits).to_string(),
                None => xinpei::Date::from_days(i32::try_from(at).ok()?).to_string(),
            };
            edges.push((of.text.clone(), at));
            let edge = key(if inclusive { "upto" } else { "below" }, Yaml::plain(edge));
            let points = self.points();
            bands.push((Some(edge), points));
        }
        let points = self.points();
        bands.push((None, points));
        Some(bands)
    }

    fn written(bands: Bands) -> Yaml {
        let row = |(edge, points): (Option<(String, Yaml)>, Decimal)| {
            Yaml::Map(edge.into_iter().chain([key("points", Yaml::plain(points))]).collect())
        };
        Yaml::List(bands.into_iter().map(row).collect())
    }

    fn bands_line(&mut self, depth: usize) -> Option<Line> {
        let of = self.banded(depth);
        let mut edges = Vec::new();
        let mut bands = self.bands_of(&of, &mut edges)?;
        let mut keys = vec![key("of", Yaml::text(&of.text))];
        if self.facts.iter().any(|f| f.id == of.text) && self.rng.percent(30) {
            // A promise that is kept: points sorted.
            let mut points: Vec<Decimal> = bands.iter().map(|(_, p)| *p).collect();
            points.sort();
            let rises = self.rng.percent(50);
            if !rises {
                points.reverse();
            }
            bands.iter_mut().zip(points).for_each(|((_, p), sorted)| *p = sorted);
            keys.push(key(if rises { "rises_with" } else { "falls_with" }, Yaml::text(&of.text)));
        }
        let all: Vec<Decimal> = bands.iter().map(|(_, p)| *p).collect();
        keys.push(key("points", Self::written(bands)));
        Some(Self::finished(keys, &all, edges))
    }

    fn finished(keys: Vec<(String, Yaml)>, points: &[Decimal], edges: Vec<(String, i128)>) -> Line {
        let digits = points.iter().map(|p| p.normalize().scale()).max().unwrap_or(0);
        let least = points.iter().copied().min().unwrap_or_default();
        let most = points.iter().copied().max().unwrap_or_default();
        Line { keys, least, most, digits, edges }
    }

    /// Points of members, all of them or some and the rest.
    fn members_of(&mut self, names: &[&str]) -> (Yaml, Vec<Decimal>) {
        let mut map = Vec::new();
        let mut all = Vec::new();
        let left_out = if self.rng.percent(40) { 1 + self.rng.below(names.len()) } else { 0 };
        let mut listed: Vec<&str> = names.iter().copied().skip(left_out).collect();
        self.rng.shuffle(&mut listed);
        for name in listed {
            let points = self.points();
            all.push(points);
            map.push(key(name, Yaml::plain(points)));
        }
        if left_out > 0 {
            let points = self.points();
            all.push(points);
            map.push(key("else", Yaml::plain(points)));
        }
        (Yaml::Map(map), all)
    }

    fn members_line(&mut self, depth: usize) -> Option<Line> {
        let (of, names): (Text, Vec<&str>) = if self.rng.percent(50) {
            (self.flag(depth), vec!["false", "true"])
        } else {
            let category = self.any_category()?;
            (self.category(category, depth)?, CATEGORIES[category].to_vec())
        };
        let (points, all) = self.members_of(&names);
        Some(Self::finished(vec![key("of", Yaml::text(&of.text)), key("points", points)], &all, Vec::new()))
    }

    fn grid_line(&mut self, depth: usize) -> Option<Line> {
        let (first, second) = (self.banded(depth), self.banded(depth));
        let mut edges = Vec::new();
        let rows = self.bands_of(&first, &mut edges)?;
        let mut all = Vec::new();
        let mut list = Vec::new();
        for (edge, _) in rows {
            let inner = self.bands_of(&second, &mut edges)?;
            all.extend(inner.iter().map(|(_, p)| *p));
            list.push(Yaml::Map(edge.into_iter().chain([key("by", Self::written(inner))]).collect()));
        }
        let of = Yaml::List(vec![Yaml::text(&first.text), Yaml::text(&second.text)]);
        Some(Self::finished(vec![key("of", of), key("points", Yaml::List(list))], &all, edges))
    }

    /// An expression that is points: plain, few digits, between two limits.
    fn point_value(&mut self, depth: usize, low: i128, high: i128) -> Option<Text> {
        let value = self.num(Unit::Plain, depth);
        let digits = u32::try_from(self.rng.below(4)).ok()?;
        let num = value.num().round(digits, "half_up")?;
        let high_num = Num::new(Unit::Any, 0, high, high);
        let low_num = Num::new(Unit::Any, 0, low, low);
        let num = num.extreme(high_num, true)?.extreme(low_num, false)?;
        Some(Text::atom(format!("max(min(round({}, {digits}), {high}), {low})", value.text), Kind::Num(num)))
    }

    fn ends(num: Num) -> [Decimal; 2] {
        [Decimal::from_i128_with_scale(num.low, num.digits), Decimal::from_i128_with_scale(num.high, num.digits)]
    }

    fn first_line(&mut self, depth: usize) -> Option<Line> {
        let mut rows = Vec::new();
        let mut all = Vec::new();
        let mut digits = 0;
        let mut seen: Vec<BTreeSet<String>> = Vec::new();
        for _ in 0..1 + self.rng.below(3) {
            let when = self.flag(depth);
            // The same condition twice is a mistake, whatever its spelling: each is about other facts.
            let about: BTreeSet<String> = when
                .text
                .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '"')))
                .filter(|word| {
                    word.contains('"') || word.contains('.') && word.starts_with(|c: char| c.is_alphabetic())
                })
                .filter(|word| !MODES.contains(&word.trim_matches('"')))
                .map(str::to_owned)
                .collect();
            if about.is_empty() || seen.contains(&about) || when.decided.is_some() {
                return None;
            }
            seen.push(about);
            rows.push(Yaml::Map(vec![
                key("when", Yaml::text(&when.text)),
                key("points", self.some_points(depth, &mut all, &mut digits)?),
            ]));
        }
        rows.push(Yaml::Map(vec![key("points", self.some_points(depth, &mut all, &mut digits)?)]));
        let mut line = Self::finished(vec![key("first", Yaml::List(rows))], &all, Vec::new());
        line.digits = line.digits.max(digits);
        Some(line)
    }

    fn some_points(&mut self, depth: usize, all: &mut Vec<Decimal>, digits: &mut u32) -> Option<Yaml> {
        if self.rng.percent(60) {
            let points = self.points();
            all.push(points);
            *digits = points.scale().max(*digits);
            return Some(Yaml::plain(points));
        }
        let value = self.point_value(depth, -20, 80)?;
        all.extend(Self::ends(value.num()));
        *digits = value.num().digits.max(*digits);
        Some(Yaml::text(value.text))
    }

    /// Deductions for each event: field names stand for the event.
    fn each_line(&mut self, depth: usize) -> Option<Line> {
        let at = self.rng.below(self.tables.len());
        let table = self.tables[at].clone();
        let scope = self.scope.len();
        for field in &table.fields {
            self.scope.push(super::expression::Named::Value(Text::atom(&field.id, field.kind.clone())));
        }
        let before = std::mem::replace(&mut self.in_event, true);
        let line = self.each_of(&table, depth);
        self.in_event = before;
        self.scope.truncate(scope);
        line
    }

    fn each_of(&mut self, table: &super::dictionary::Table, depth: usize) -> Option<Line> {
        let mut keys = vec![key("each", Yaml::text(&table.id))];
        if self.rng.percent(60) {
            keys.push(key("where", Yaml::text(self.flag(depth).text)));
        }
        let (start, at_most) = (self.points().abs(), self.points().abs());
        let mut digits = 0;
        let mut edges = Vec::new();
        let deduct = match self.rng.below(4) {
            0 => Yaml::plain(self.points().abs()),
            1 => {
                let value = self.point_value(depth, 0, 40)?;
                digits = value.num().digits;
                Yaml::text(value.text)
            }
            2 => {
                let unit = *self.rng.pick(&[Unit::Plain, Unit::Of("cny")]);
                let of = self.num(unit, depth);
                let mut bands = self.bands_of(&of, &mut edges)?;
                bands.iter_mut().for_each(|(_, points)| *points = points.abs());
                digits = bands.iter().map(|(_, p)| p.normalize().scale()).max()?;
                Yaml::Map(vec![key("of", Yaml::text(of.text)), key("points", Self::written(bands))])
            }
            _ => {
                let category = self.any_category()?;
                let of = self.category(category, 0)?;
                let (points, all) = self.members_of(CATEGORIES[category]);
                if all.iter().any(|p| *p < Decimal::ZERO) {
                    return None;
                }
                digits = all.iter().map(|p| p.normalize().scale()).max()?;
                Yaml::Map(vec![key("of", Yaml::text(of.text)), key("points", points)])
            }
        };
        keys.push(key("start", Yaml::plain(start)));
        keys.push(key("deduct", deduct));
        match self.rng.below(5) {
            0 | 3 if table.order.is_some() => keys.push(key("per", Yaml::text("month"))),
            1 => keys.push(key("per", Yaml::text("once"))),
            2 => keys.push(key("per", Yaml::text("event"))),
            _ => {}
        }
        keys.push(key("at_most", Yaml::plain(at_most)));
        let mut line = Self::finished(keys, &[start, start - at_most], Vec::new());
        line.digits = line.digits.max(digits);
        Some(line)
    }

    fn formula_line(&mut self, depth: usize) -> Option<Line> {
        let value = self.num(Unit::Plain, depth + 1);
        // Points have at most nine digits, and the limits are brought to the digits of the formula.
        let (text, num) = match value.num() {
            num if num.digits <= 6 && num.with_digits(9).is_some() => (value.text, num),
            num => {
                (format!("round({}, 2)", value.text), num.round(2, "half_up").filter(|n| n.with_digits(6).is_some())?)
            }
        };
        let (a, b) = (self.points(), self.points());
        let (at_least, at_most) = (a.min(b), a.max(b));
        let keys = vec![
            key("formula", Yaml::text(text)),
            key("at_least", Yaml::plain(at_least)),
            key("at_most", Yaml::plain(at_most)),
        ];
        let mut line = Self::finished(keys, &[at_least, at_most], Vec::new());
        line.digits = line.digits.max(num.digits);
        Some(line)
    }
}
