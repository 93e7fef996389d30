//! Builds nodes of scoring: exact decimals become whole numbers of one unit.

use rust_decimal::Decimal;

use crate::check::typed::{Arena, Comparison, Node, NodeId, Numeric, Op, Type};
use crate::decimal;
use crate::limits;

/// The arena of a program being compiled.
pub(super) struct Graph {
    pub(super) arena: Arena,
}

impl Graph {
    pub(super) fn new(arena: Arena) -> Self {
        Self { arena }
    }

    pub(super) fn add(&mut self, op: Op, ty: Type) -> NodeId {
        self.arena.add(Node { op, ty, table: None })
    }

    pub(super) fn numeric(&self, id: NodeId) -> Numeric {
        self.arena.node(id).ty.number().cloned().unwrap_or(Numeric::plain(0, 0, 1))
    }

    /// A constant with so many digits; the checker proved that none is lost.
    pub(super) fn decimal(&mut self, value: Decimal, digits: u32) -> NodeId {
        self.whole(decimal::to_units(value, digits).unwrap_or(0), digits)
    }

    pub(super) fn whole(&mut self, units: i128, digits: u32) -> NodeId {
        self.add(Op::Const(units), Type::Number(Numeric::plain(digits, units, units)))
    }

    pub(super) fn flag(&mut self, value: bool) -> NodeId {
        self.add(Op::Const(i128::from(value)), Type::Flag)
    }

    pub(super) fn missing(&mut self, ty: Type) -> NodeId {
        self.add(Op::Missing, ty)
    }

    /// The number with at least so many digits.
    pub(super) fn rescale(&mut self, id: NodeId, digits: u32) -> NodeId {
        let numeric = self.numeric(id);
        if numeric.digits >= digits {
            return id;
        }
        let node = self.arena.node(id).clone();
        if let (Op::Const(units), Some(factor)) = (&node.op, decimal::pow10(digits - numeric.digits)) {
            return self.whole(units * factor, digits);
        }
        // The checker proved that points fit; a range that does not is kept as wide as can be.
        let most = limits::MAGNITUDE;
        let wide = numeric.with_digits(digits).unwrap_or(Numeric::plain(digits, -most, most));
        self.add(Op::Rescale(id), Type::Number(wide))
    }

    fn aligned(&mut self, a: NodeId, b: NodeId) -> (NodeId, NodeId, u32) {
        let digits = self.numeric(a).digits.max(self.numeric(b).digits);
        (self.rescale(a, digits), self.rescale(b, digits), digits)
    }

    fn arithmetic(
        &mut self,
        a: NodeId,
        b: NodeId,
        op: fn(NodeId, NodeId) -> Op,
        range: fn(&Numeric, &Numeric) -> (i128, i128),
    ) -> NodeId {
        let (a, b, digits) = self.aligned(a, b);
        let (low, high) = range(&self.numeric(a), &self.numeric(b));
        self.add(op(a, b), Type::Number(Numeric::plain(digits, low, high)))
    }

    pub(super) fn sum(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.arithmetic(a, b, Op::Add, |x, y| (x.low + y.low, x.high + y.high))
    }

    pub(super) fn difference(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.arithmetic(a, b, Op::Sub, |x, y| (x.low - y.high, x.high - y.low))
    }

    pub(super) fn least(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.arithmetic(a, b, Op::Min, |x, y| (x.low.min(y.low), x.high.min(y.high)))
    }

    pub(super) fn greatest(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.arithmetic(a, b, Op::Max, |x, y| (x.low.max(y.low), x.high.max(y.high)))
    }

    pub(super) fn compare(&mut self, comparison: Comparison, a: NodeId, b: NodeId) -> NodeId {
        let (a, b, _) = self.aligned(a, b);
        self.add(Op::Compare(comparison, a, b), Type::Flag)
    }

    /// The second value where the condition is true, the third where it is false.
    pub(super) fn choose(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        if self.arena.node(yes).ty.number().is_none() {
            let ty = self.arena.node(yes).ty.clone();
            return self.add(Op::Choose(condition, yes, no), ty);
        }
        let (yes, no, digits) = self.aligned(yes, no);
        let (x, y) = (self.numeric(yes), self.numeric(no));
        let ty = Numeric::plain(digits, x.low.min(y.low), x.high.max(y.high));
        self.add(Op::Choose(condition, yes, no), Type::Number(ty))
    }

    pub(super) fn otherwise(&mut self, value: NodeId, default: NodeId) -> NodeId {
        if self.arena.node(value).ty.number().is_none() {
            let ty = self.arena.node(value).ty.clone();
            return self.add(Op::Otherwise(value, default), ty);
        }
        let (value, default, digits) = self.aligned(value, default);
        let (x, y) = (self.numeric(value), self.numeric(default));
        let ty = Numeric::plain(digits, x.low.min(y.low), x.high.max(y.high));
        self.add(Op::Otherwise(value, default), Type::Number(ty))
    }

    pub(super) fn and(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.add(Op::And(a, b), Type::Flag)
    }

    pub(super) fn or(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.add(Op::Or(a, b), Type::Flag)
    }

    pub(super) fn not(&mut self, a: NodeId) -> NodeId {
        self.add(Op::Not(a), Type::Flag)
    }

    pub(super) fn present(&mut self, a: NodeId) -> NodeId {
        self.add(Op::Present(a), Type::Flag)
    }
}
