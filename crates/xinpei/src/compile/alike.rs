//! What two programs compute alike: which lines of the card differ, and what follows from them.
//!
//! Two nodes are compared by what they compute, never by name: the same operation on operands that
//! are compared in turn. Declared ranges are left out, for they say what a value can be and not what
//! it is; a band with other points changes the range of every sum above it. The walk stops at what
//! the lines of the card produce (points, sums, coverage), which is compared line by line.

use std::collections::BTreeMap;

use super::lines::{Line, Points};
use super::program::{Lines, NodeId, Op, OpaqueArgument, Program, Type};

/// Deepest chain of operations that is compared; whatever is deeper counts as different.
const DEPTH: usize = 300;

/// How two values are related, on the same facts and the same date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// Nothing is known.
    Different,
    /// They are the same wherever every changed line is.
    Follows,
    /// They are always the same.
    Same,
}

/// A comparison of two programs over one dictionary.
pub(crate) struct Alike<'p> {
    before: &'p Program,
    after: &'p Program,
    /// The lines that differ, rising; `None` where the cards cannot be compared line by line.
    pub(crate) changed: Option<Vec<usize>>,
    /// Pairs of nodes compared so far, the changed program's first.
    known: BTreeMap<(NodeId, NodeId), Likeness>,
    scripts: bool,
}

impl<'p> Alike<'p> {
    pub(crate) fn new(before: &'p Program, after: &'p Program) -> Self {
        let scripts = before.typed.script == after.typed.script
            && format!("{:?}", before.typed.opaque) == format!("{:?}", after.typed.opaque);
        let mut alike = Self { before, after, changed: None, known: BTreeMap::new(), scripts };
        if before.dictionary.same(&after.dictionary)
            && let (Some(old), Some(new)) = (&before.lines, &after.lines)
        {
            alike.lines(old, new);
        }
        alike
    }

    /// How a node of the changed program is related to one of the program before.
    pub(crate) fn of(&mut self, new: NodeId, old: NodeId) -> Likeness {
        self.walk(new, old, 0)
    }

    /// The pairs of nodes that are always the same, as far as they were compared.
    pub(crate) fn same(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.known.iter().filter(|(_, likeness)| **likeness == Likeness::Same).map(|(pair, _)| *pair)
    }

    /// Compares the cards line by line, and settles what the lines produce.
    fn lines(&mut self, old: &Lines, new: &Lines) {
        let (before, after) = (self.before, self.after);
        let sections = |program: &Program| -> Vec<_> {
            program.typed.sections.iter().map(|section| section.characteristics.clone()).collect()
        };
        let digits = |program: &Program| -> Vec<_> {
            program.outputs.sums.iter().map(|id| program.arena.node(*id).ty.number().map(|n| n.digits)).collect()
        };
        let comparable = sections(before) == sections(after)
            && digits(before) == digits(after)
            && old.list.len() == new.list.len()
            && (old.codes, old.code_bits, old.shared_codes) == (new.codes, new.code_bits, new.shared_codes)
            && before.codes.digits == after.codes.digits
            && old.list.iter().zip(&new.list).all(|(old, new)| old.code == new.code && old.factor == new.factor);
        if !comparable {
            return;
        }
        let mut changed = Vec::new();
        for (index, (a, b)) in old.list.iter().zip(&new.list).enumerate() {
            if self.of(b.of, a.of) != Likeness::Same || !same_line(a, b) {
                changed.push(index);
            }
        }
        let (past, now) = (&before.outputs, &after.outputs);
        let likeness = |differs: bool| if differs { Likeness::Follows } else { Likeness::Same };
        let mut settled = Vec::new();
        for (index, pair) in now.points.iter().zip(&past.points).enumerate() {
            settled.push((pair, likeness(changed.contains(&index))));
        }
        for (index, pair) in now.known.iter().zip(&past.known).enumerate() {
            settled.push((pair, likeness(changed.contains(&index))));
        }
        for (section, pair) in after.typed.sections.iter().zip(now.sums.iter().zip(&past.sums)) {
            settled.push((pair, likeness(section.characteristics.clone().any(|line| changed.contains(&line)))));
        }
        let weights = old.list.iter().zip(&new.list).all(|(a, b)| a.weight == b.weight);
        let unit = |program: &Program| program.arena.node(program.outputs.present).ty.number().map(|n| n.digits);
        let covered = weights && past.attainable == now.attainable && unit(before) == unit(after);
        let present = if covered { likeness(!changed.is_empty()) } else { Likeness::Different };
        settled.push(((&now.present, &past.present), present));
        for ((new, old), likeness) in settled {
            // Lines that are written alike may share a node, of which one may have changed.
            let known = self.known.entry((*new, *old)).or_insert(likeness);
            *known = (*known).min(likeness);
        }
        self.changed = Some(changed);
    }

    fn walk(&mut self, new: NodeId, old: NodeId, depth: usize) -> Likeness {
        if let Some(known) = self.known.get(&(new, old)) {
            return *known;
        }
        if depth > DEPTH {
            return Likeness::Different;
        }
        let (a, b) = (self.after.arena.node(new), self.before.arena.node(old));
        let mut likeness = Likeness::Different;
        if a.table == b.table && same_type(&a.ty, &b.ty) && self.same_op(&a.op, &b.op) {
            let (x, y) = (self.after.arena.operands(new), self.before.arena.operands(old));
            likeness = if x.len() == y.len() { Likeness::Same } else { Likeness::Different };
            for (x, y) in x.into_iter().zip(y) {
                likeness = likeness.min(self.walk(x, y, depth + 1));
            }
        }
        self.known.insert((new, old), likeness);
        likeness
    }

    /// Whether two operations are the same but for their operands.
    fn same_op(&self, new: &Op, old: &Op) -> bool {
        match (new, old) {
            (Op::Const(a), Op::Const(b)) => a == b,
            (Op::Fact(a), Op::Fact(b)) | (Op::Spread(_, a), Op::Spread(_, b)) => a == b,
            (Op::Field(a, x), Op::Field(b, y)) => a == b && x == y,
            (Op::Result(a), Op::Result(b)) => a == b,
            (Op::Round(_, a), Op::Round(_, b)) | (Op::Divide(_, _, a), Op::Divide(_, _, b)) => a == b,
            (Op::In(_, a), Op::In(_, b)) => a == b,
            (Op::Compare(a, ..), Op::Compare(b, ..)) => a == b,
            (Op::Bands(_, a, x), Op::Bands(_, b, y)) => a == b && x == y,
            (Op::Members(_, a), Op::Members(_, b)) => a == b,
            (
                Op::Aggregate { kind, table, mask, value },
                Op::Aggregate { kind: kind_b, table: table_b, mask: mask_b, value: value_b },
            ) => {
                kind == kind_b
                    && table == table_b
                    && mask.is_some() == mask_b.is_some()
                    && value.is_some() == value_b.is_some()
            }
            (Op::Opaque(a, x), Op::Opaque(b, y)) => {
                let shape = |list: &[OpaqueArgument]| -> Vec<_> {
                    let one = |argument: &OpaqueArgument| match argument {
                        OpaqueArgument::Value(_) => None,
                        OpaqueArgument::Table(table, mask) => Some((*table, mask.is_some())),
                    };
                    list.iter().map(one).collect()
                };
                self.scripts && a == b && shape(x) == shape(y)
            }
            _ => std::mem::discriminant(new) == std::mem::discriminant(old),
        }
    }
}

/// Whether two lines give the same points and losses for the same value.
fn same_line(a: &Line, b: &Line) -> bool {
    let points = match (&a.points, &b.points) {
        (Points::Bands(first, edges, next), Points::Bands(first_b, edges_b, next_b)) => {
            first == first_b && edges == edges_b && next == next_b
        }
        (Points::Members(a), Points::Members(b)) => a == b,
        (Points::Given(a), Points::Given(b)) => a == b,
        _ => false,
    };
    points && (a.missing, a.baseline, a.weight, a.scale) == (b.missing, b.baseline, b.weight, b.scale)
}

/// Whether two types are the same but for the range of a number.
fn same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Number(a), Type::Number(b)) => a.digits == b.digits,
        _ => a == b,
    }
}
