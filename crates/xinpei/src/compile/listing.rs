//! A compiled program as text, for people and for golden tests.

use std::fmt::Write;

use super::program::{Line, Points, Program, Slot, Step};
use crate::check::typed::{FactKind, NodeId, Op, Type};

impl Program {
    /// The program line by line: each node with its place, its operation and its type.
    #[must_use]
    pub fn listing(&self) -> String {
        let mut out = String::new();
        let typed = &self.typed;
        // Writing into a String cannot fail.
        let _ = writeln!(
            out,
            "program {} {} — {} steps, {} registers",
            typed.manifest.id.text,
            typed.manifest.version.text,
            self.full.steps.iter().filter(|step| !matches!(step, Step::Load(_))).count(),
            self.full.registers
        );
        for step in &self.full.steps {
            match step {
                Step::Given(_) | Step::Load(_) => {}
                Step::Node(id) => self.step(*id, &mut out),
                Step::Group(index) => self.group(*index, &mut out),
            }
        }
        if self.lines.is_none() {
            for (characteristic, id) in typed.characteristics.iter().zip(&self.outputs.points) {
                let _ = writeln!(out, "points {} <- {}", characteristic.id, self.place(*id));
            }
        }
        for (section, id) in typed.sections.iter().zip(&self.outputs.sections) {
            let _ = writeln!(out, "section {} <- {}", section.id, self.place(*id));
        }
        let _ = writeln!(out, "score <- {}", self.place(self.outputs.score));
        let _ = writeln!(out, "grade <- {}", self.place(self.outputs.grade));
        out
    }

    fn step(&self, id: NodeId, out: &mut String) {
        let node = self.arena.node(id);
        let table = node.table.map_or(String::new(), |t| format!(" for each {}", self.fact(t)));
        let _ = writeln!(out, "{} = {} : {}{table}", self.place(id), self.operation(&node.op), ty(&node.ty));
    }

    /// Lines that are scored together; points in units of their section.
    fn group(&self, index: usize, out: &mut String) {
        let Some(lines) = &self.lines else { return };
        let Some(group) = lines.groups.get(index) else { return };
        let list = lines.list.get(group.lines.clone()).unwrap_or_default();
        let names = self.typed.characteristics.get(group.lines.clone()).unwrap_or_default();
        for (line, characteristic) in list.iter().zip(names) {
            let _ = writeln!(out, "points {} <- {}", characteristic.id, self.line(line));
        }
        if let Some(sum) = group.sum {
            let _ = writeln!(out, "{} = sum of the points", self.place(sum));
        }
    }

    fn line(&self, line: &Line) -> String {
        let of = self.place(line.of);
        let points = match &line.points {
            Points::Bands(first, edges, next) => {
                let edges: Vec<String> = edges.iter().map(|e| format!("≤{e}")).collect();
                let points: Vec<i32> = std::iter::once(*first).chain(next.iter().copied()).collect();
                format!("bands({of}, [{}], {points:?})", edges.join(" "))
            }
            Points::Members(points) if points.len() > 16 => format!("members({of}, {} members)", points.len()),
            Points::Members(points) => format!("members({of}, {points:?})"),
            Points::Given(factor) => format!("given({of}, {factor})"),
        };
        format!("{points}, missing {}", line.missing)
    }

    fn fact(&self, fact: u32) -> &str {
        self.typed.facts.get(fact as usize).map_or("?", |f| f.id.as_str())
    }

    fn place(&self, id: NodeId) -> String {
        match self.full.slots.get(id as usize) {
            Some(Slot::Register(_)) => format!("%{id}"),
            Some(Slot::Constant(_)) => match &self.arena.node(id).op {
                Op::Const(units) => format!("{units}"),
                Op::AsOf => "as_of".to_owned(),
                Op::Spread(inner, _) => self.place(*inner),
                _ => "missing".to_owned(),
            },
            Some(Slot::Fact(fact)) => self.fact(*fact).to_owned(),
            Some(Slot::Field(fact, field)) => match self.typed.facts.get(*fact as usize).map(|f| &f.kind) {
                Some(FactKind::Events(events)) => {
                    format!(
                        "{}.{}",
                        self.fact(*fact),
                        events.fields.get(*field as usize).map_or("?", |f| f.id.as_str())
                    )
                }
                _ => "?".to_owned(),
            },
            _ => "-".to_owned(),
        }
    }

    fn operation(&self, op: &Op) -> String {
        let p = |id: &NodeId| self.place(*id);
        match op {
            Op::Aggregate { kind, table, mask, value } => {
                let mask = mask.map_or(String::new(), |m| format!(" where {}", self.place(m)));
                let value = value.map_or(String::new(), |v| format!(" of {}", self.place(v)));
                format!("{kind:?}({}{mask}{value})", self.fact(*table)).to_lowercase()
            }
            Op::Bands(a, edges, points) => {
                let edges: Vec<String> =
                    edges.iter().map(|e| format!("{}{}", if e.inclusive { "≤" } else { "<" }, e.at)).collect();
                format!("bands({}, [{}], {points:?})", p(a), edges.join(" "))
            }
            Op::Members(a, points) if points.len() > 16 => format!("members({}, {} members)", p(a), points.len()),
            Op::Members(a, points) => format!("members({}, {points:?})", p(a)),
            Op::In(a, members) => format!("in({}, {members:?})", p(a)),
            Op::Compare(comparison, a, b) => {
                format!("{}({}, {})", format!("{comparison:?}").to_lowercase(), p(a), p(b))
            }
            Op::Round(a, mode) => format!("round({}, {})", p(a), mode.word()),
            Op::Divide(a, b, mode) => format!("divide({}, {}, {})", p(a), p(b), mode.word()),
            Op::Opaque(function, _) => {
                format!("opaque({})", self.typed.opaque.get(*function as usize).map_or("?", |f| f.id.as_str()))
            }
            other => {
                let name = format!("{other:?}");
                let name = name.split(['(', ' ']).next().unwrap_or("").to_lowercase();
                let operands = match other {
                    Op::Spread(a, _)
                    | Op::Neg(a)
                    | Op::Abs(a)
                    | Op::Rescale(a)
                    | Op::Not(a)
                    | Op::Present(a)
                    | Op::Year(a)
                    | Op::Month(a) => vec![p(a)],
                    Op::Choose(a, b, c) => vec![p(a), p(b), p(c)],
                    Op::Add(a, b) | Op::Sub(a, b) | Op::Mul(a, b) | Op::Min(a, b) | Op::Max(a, b) => vec![p(a), p(b)],
                    Op::And(a, b) | Op::Or(a, b) | Op::Otherwise(a, b) | Op::DaysBetween(a, b) => vec![p(a), p(b)],
                    Op::MonthsBetween(a, b) | Op::YearsBetween(a, b) | Op::AddDays(a, b) | Op::AddMonths(a, b) => {
                        vec![p(a), p(b)]
                    }
                    _ => Vec::new(),
                };
                format!("{name}({})", operands.join(", "))
            }
        }
    }
}

fn ty(ty: &Type) -> String {
    match ty {
        Type::Number(n) => {
            format!("number.{} [{}, {}]{}", n.digits, n.low, n.high, if n.fits_i64() { "" } else { " wide" })
        }
        other => other.noun().trim_start_matches("a ").to_owned(),
    }
}
