//! Random tables, closures over their events, and what sums them up.

use super::expression::{Gen, Named, Text};
use super::kind::{Kind, Num, Unit};

impl Gen<'_> {
    /// A table, filtered or not: its text and its index.
    pub fn table_text(&mut self, depth: usize) -> Option<(String, usize)> {
        let mut list: Vec<(String, usize)> = Vec::new();
        for named in &self.scope {
            if let Named::Table(name, at) = named {
                list.push((name.clone(), *at));
            }
        }
        if self.outside {
            list.extend(self.tables.iter().enumerate().map(|(at, t)| (t.id.clone(), at)));
        }
        if list.is_empty() {
            return None;
        }
        let (mut text, at) = self.rng.pick(&list).clone();
        while depth > 0 && self.rng.percent(40) {
            let (body, _) = self.closure(at, |me| me.flag(depth - 1));
            text = format!("{text}.filter({body})");
        }
        Some((text, at))
    }

    /// A closure over the events of a table, and what its body is.
    pub fn closure(&mut self, table: usize, body: impl FnOnce(&mut Self) -> Text) -> (String, Kind) {
        let depth = self.scope.len();
        for field in &self.tables[table].fields {
            self.scope.push(Named::Value(Text::atom(format!("c.{}", field.id), field.kind.clone())));
        }
        let before = std::mem::replace(&mut self.in_event, true);
        let body = body(self);
        self.in_event = before;
        self.scope.truncate(depth);
        (format!("|c| {}", body.text), body.kind)
    }

    /// A table summed up beside each event of another: the event at hand is out of sight.
    pub fn other_table(&mut self, unit: Unit, depth: usize) -> Option<Text> {
        let scope = std::mem::take(&mut self.scope);
        self.in_event = false;
        let text = self.aggregate(unit, depth);
        self.in_event = true;
        self.scope = scope;
        text
    }

    pub fn aggregate(&mut self, unit: Unit, depth: usize) -> Option<Text> {
        let (table, at) = self.table_text(depth)?;
        let count = Kind::Num(Num::new(Unit::Plain, 0, 0, 10_000));
        if unit == Unit::Plain && self.rng.percent(50) {
            if self.rng.percent(70) && self.tables[at].order.is_some() {
                let (body, _) = self.closure(at, |me| me.flag(depth));
                return Some(Text::atom(format!("{table}.run({body})"), count));
            }
            return Some(Text::atom(format!("{table}.count()"), count));
        }
        let name = *self.rng.pick(&["sum", "sum", "min", "max"]);
        let (body, kind) = self.closure(at, |me| me.num(unit, depth));
        let Kind::Num(num) = kind else { return None };
        let num = if name == "sum" { num.summed()? } else { num };
        Some(Text::atom(format!("{table}.{name}({body})"), Kind::Num(num)))
    }
}
