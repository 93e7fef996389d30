//! Whether two expressions of two rulebooks mean the same: their nodes are compared, not their words.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::check::typed::{FactKind, NodeId, Op, OpaqueArgument, ResultRef, Type, Typed};
use xinpei::decimal;

/// Two rulebooks whose expressions are compared.
pub(super) struct Meaning<'a> {
    pub(super) old: &'a Typed,
    pub(super) new: &'a Typed,
    /// Code of the functions of both, by name.
    pub(super) code: (BTreeMap<String, String>, BTreeMap<String, String>),
    known: RefCell<BTreeMap<(NodeId, NodeId), bool>>,
}

impl<'a> Meaning<'a> {
    pub(super) const fn new(
        old: &'a Typed,
        new: &'a Typed,
        code: (BTreeMap<String, String>, BTreeMap<String, String>),
    ) -> Self {
        Self { old, new, code, known: RefCell::new(BTreeMap::new()) }
    }

    /// Whether a function and all that it calls have the same code.
    fn same_code(&self, name: &str) -> bool {
        let (old, new) = &self.code;
        let of = |name: &str| old.get(name).filter(|code| new.get(name) == Some(code));
        of(name).is_some_and(|code| super::functions::called(code, new).iter().all(|name| of(name).is_some()))
    }

    pub(super) fn same_option(&self, a: Option<NodeId>, b: Option<NodeId>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.same(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// Whether two expressions mean the same.
    pub(super) fn same(&self, a: NodeId, b: NodeId) -> bool {
        if let Some(known) = self.known.borrow().get(&(a, b)) {
            return *known;
        }
        let same = self.alike(a, b);
        self.known.borrow_mut().insert((a, b), same);
        same
    }

    fn alike(&self, a: NodeId, b: NodeId) -> bool {
        let (x, y) = (self.old.arena.node(a), self.new.arena.node(b));
        if x.table.map(|t| self.fact(self.old, t)) != y.table.map(|t| self.fact(self.new, t)) || !kin(&x.ty, &y.ty) {
            return false;
        }
        let both = |a1: NodeId, a2: NodeId, b1: NodeId, b2: NodeId| self.same(a1, b1) && self.same(a2, b2);
        match (&x.op, &y.op) {
            (Op::Missing, Op::Missing) | (Op::AsOf, Op::AsOf) => true,
            (Op::Const(p), Op::Const(q)) => self.constant(self.old, *p, &x.ty) == self.constant(self.new, *q, &y.ty),
            (Op::Fact(p), Op::Fact(q)) => self.fact(self.old, *p) == self.fact(self.new, *q),
            (Op::Field(p, f), Op::Field(q, g)) => field(self.old, *p, *f) == field(self.new, *q, *g),
            (Op::Spread(p, s), Op::Spread(q, t)) => {
                self.fact(self.old, *s) == self.fact(self.new, *t) && self.same(*p, *q)
            }
            (Op::Result(p), Op::Result(q)) => result(self.old, *p) == result(self.new, *q),
            (Op::Neg(p), Op::Neg(q)) | (Op::Abs(p), Op::Abs(q)) | (Op::Not(p), Op::Not(q)) => self.same(*p, *q),
            (Op::Present(p), Op::Present(q)) | (Op::Year(p), Op::Year(q)) | (Op::Month(p), Op::Month(q)) => {
                self.same(*p, *q)
            }
            (Op::Rescale(p), Op::Rescale(q)) => digits(&x.ty) == digits(&y.ty) && self.same(*p, *q),
            (Op::Round(p, m), Op::Round(q, n)) => m == n && digits(&x.ty) == digits(&y.ty) && self.same(*p, *q),
            (Op::Divide(p, r, m), Op::Divide(q, s, n)) => {
                m == n && digits(&x.ty) == digits(&y.ty) && both(*p, *r, *q, *s)
            }
            (Op::Compare(m, p, r), Op::Compare(n, q, s)) => m == n && both(*p, *r, *q, *s),
            (Op::In(p, list), Op::In(q, other)) => {
                self.same(*p, *q) && self.names(self.old, *p, list) == self.names(self.new, *q, other)
            }
            (Op::Add(p, r), Op::Add(q, s))
            | (Op::Sub(p, r), Op::Sub(q, s))
            | (Op::Mul(p, r), Op::Mul(q, s))
            | (Op::Min(p, r), Op::Min(q, s))
            | (Op::Max(p, r), Op::Max(q, s))
            | (Op::And(p, r), Op::And(q, s))
            | (Op::Or(p, r), Op::Or(q, s))
            | (Op::Otherwise(p, r), Op::Otherwise(q, s))
            | (Op::DaysBetween(p, r), Op::DaysBetween(q, s))
            | (Op::MonthsBetween(p, r), Op::MonthsBetween(q, s))
            | (Op::YearsBetween(p, r), Op::YearsBetween(q, s))
            | (Op::AddDays(p, r), Op::AddDays(q, s))
            | (Op::AddMonths(p, r), Op::AddMonths(q, s)) => both(*p, *r, *q, *s),
            (Op::Choose(p, r, t), Op::Choose(q, s, u)) => both(*p, *r, *q, *s) && self.same(*t, *u),
            (
                Op::Aggregate { kind: k, table: t, mask: m, value: v },
                Op::Aggregate { kind: l, table: u, mask: n, value: w },
            ) => {
                k == l
                    && self.fact(self.old, *t) == self.fact(self.new, *u)
                    && self.same_option(*m, *n)
                    && self.same_option(*v, *w)
            }
            (Op::Opaque(f, list), Op::Opaque(g, other)) => self.opaque(*f, list, *g, other),
            (Op::Bands(p, edges, points), Op::Bands(q, others, values)) => {
                let at = |ty: &Type, at: i128| decimal::from_units(at, digits(ty)).normalize();
                let (s, t) = (&self.old.arena.node(*p).ty, &self.new.arena.node(*q).ty);
                let edges = edges.iter().map(|e| (at(s, e.at), e.inclusive));
                let others = others.iter().map(|e| (at(t, e.at), e.inclusive));
                self.same(*p, *q) && edges.eq(others) && amounts(points, &x.ty) == amounts(values, &y.ty)
            }
            (Op::Members(p, points), Op::Members(q, values)) => {
                let named = |typed: &Typed, id: NodeId, list: Vec<Decimal>| -> BTreeMap<String, Decimal> {
                    members(typed, &typed.arena.node(id).ty).into_iter().zip(list).collect()
                };
                self.same(*p, *q)
                    && named(self.old, *p, amounts(points, &x.ty)) == named(self.new, *q, amounts(values, &y.ty))
            }
            _ => false,
        }
    }

    fn opaque(&self, f: u32, list: &[OpaqueArgument], g: u32, other: &[OpaqueArgument]) -> bool {
        let function = |typed: &'a Typed, index: u32| typed.opaque.get(usize::try_from(index).ok()?);
        let (Some(f), Some(g)) = (function(self.old, f), function(self.new, g)) else { return false };
        let argument = |(a, b): (&OpaqueArgument, &OpaqueArgument)| match (a, b) {
            (OpaqueArgument::Value(a), OpaqueArgument::Value(b)) => self.same(*a, *b),
            (OpaqueArgument::Table(t, m), OpaqueArgument::Table(u, n)) => {
                self.fact(self.old, *t) == self.fact(self.new, *u) && self.same_option(*m, *n)
            }
            _ => false,
        };
        // What an opaque function does is its text, and that of all it may call.
        f.id == g.id && self.same_code(&f.id) && list.len() == other.len() && list.iter().zip(other).all(argument)
    }

    fn fact<'t>(&self, typed: &'t Typed, index: u32) -> &'t str {
        usize::try_from(index).ok().and_then(|i| typed.facts.get(i)).map_or("", |fact| fact.id.as_str())
    }

    fn names(&self, typed: &Typed, id: NodeId, list: &[u32]) -> Vec<String> {
        let all = members(typed, &typed.arena.node(id).ty);
        let mut names: Vec<String> = list.iter().filter_map(|i| all.get(usize::try_from(*i).ok()?)).cloned().collect();
        names.sort();
        names
    }

    fn constant(&self, typed: &Typed, value: i128, ty: &Type) -> String {
        match ty {
            Type::Number(numeric) => decimal::from_units(value, numeric.digits).normalize().to_string(),
            Type::Category(_) => {
                usize::try_from(value).ok().and_then(|i| members(typed, ty).into_iter().nth(i)).unwrap_or_default()
            }
            // The worst grade has rank 0.
            Type::Grade => {
                let rank = usize::try_from(value).ok();
                rank.and_then(|r| typed.grades.iter().rev().nth(r)).map_or_else(String::new, |g| g.id.clone())
            }
            Type::Flag | Type::Date => value.to_string(),
        }
    }
}

/// Whether two types are of one kind, whatever their ranges.
fn kin(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Number(_), Type::Number(_)) | (Type::Category(_), Type::Category(_)) => true,
        (a, b) => a == b,
    }
}

fn digits(ty: &Type) -> u32 {
    ty.number().map_or(0, |n| n.digits)
}

fn amounts(points: &[i64], ty: &Type) -> Vec<Decimal> {
    points.iter().map(|p| decimal::from_units((*p).into(), digits(ty)).normalize()).collect()
}

/// The names of what a category or a flag can be, in their order.
pub(super) fn members(typed: &Typed, ty: &Type) -> Vec<String> {
    match ty {
        Type::Flag => vec!["false".to_owned(), "true".to_owned()],
        Type::Category(index) => {
            let category = usize::try_from(*index).ok().and_then(|i| typed.categories.get(i));
            category.map_or_else(Vec::new, |members| members.names().map(str::to_owned).collect())
        }
        _ => Vec::new(),
    }
}

fn field(typed: &Typed, fact: u32, field: u32) -> Option<(&str, &str)> {
    let fact = typed.facts.get(usize::try_from(fact).ok()?)?;
    let FactKind::Events(events) = &fact.kind else { return None };
    Some((fact.id.as_str(), events.fields.get(usize::try_from(field).ok()?)?.id.as_str()))
}

fn result(typed: &Typed, result: ResultRef) -> (u8, Option<&str>) {
    let at = |i: u32| usize::try_from(i).ok();
    match result {
        ResultRef::Score => (0, None),
        ResultRef::Grade => (1, None),
        ResultRef::Section(i) => (2, at(i).and_then(|i| typed.sections.get(i)).map(|s| s.id.as_str())),
        ResultRef::Points(i) => (3, at(i).and_then(|i| typed.characteristics.get(i)).map(|c| c.id.as_str())),
        ResultRef::Fired(i) => (4, at(i).and_then(|i| typed.overrides.get(i)).map(|o| o.id.as_str())),
        ResultRef::Rated => (5, None),
    }
}
