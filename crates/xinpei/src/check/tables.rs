//! Tables of events: filters and sums, each with a closure over one event.

use rhai::{Expr, FnCallExpr, Position, Stmt};

use super::lower::{Lowered, Lowerer, Val};
use super::parse;
use super::typed::{Aggregate, Comparison, NodeId, Numeric, Op, Type};
use crate::diagnostic::{Code, Span, suggest};
use crate::limits;

/// The methods of a table and whether each takes a closure.
const METHODS: &[(&str, bool)] = &[
    ("all", true),
    ("any", true),
    ("count", false),
    ("filter", true),
    ("max", true),
    ("min", true),
    ("run", true),
    ("sum", true),
];

impl Lowerer<'_> {
    pub(super) fn method(
        &mut self,
        value: Val,
        call: &FnCallExpr,
        position: Position,
        start: Position,
    ) -> Lowered<Val> {
        let name = call.name.as_str();
        let at = self.span(position);
        let Val::Table(table, mask) = value else {
            let span = self.span(start);
            return self.fail(
                Code::TypeMismatch,
                span,
                format!("`.{name}(…)` asks for a table of events"),
                "only facts of type `events` have methods",
            );
        };
        let Some((_, closure)) = METHODS.iter().find(|(n, _)| *n == name) else {
            let help = suggest(name, METHODS.iter().map(|(n, _)| *n));
            return self.fail(Code::UnknownFunction, at, format!("a table has no method `{name}`"), help);
        };
        let (body, body_at) = match (call.args.as_slice(), closure) {
            ([], false) => return Ok(Val::Node(self.count(table, mask))),
            ([argument], true) => (self.closure(argument, table, at)?, self.span(argument.start_position())),
            _ => {
                let help = if *closure { format!("write `.{name}(|c| …)`") } else { format!("write `.{name}()`") };
                return self.fail(
                    Code::WrongArguments,
                    at,
                    format!("`.{name}` takes {} arguments", usize::from(*closure)),
                    help,
                );
            }
        };
        let body = self.spread(body, table);
        if name == "filter" {
            let condition = self.condition(body, body_at)?;
            let mask = self.restrict(mask, condition, at)?;
            return Ok(Val::Table(table, Some(mask)));
        }
        let kind = match name {
            "sum" => Aggregate::Sum,
            "min" => Aggregate::Min,
            "max" => Aggregate::Max,
            "any" => Aggregate::Any,
            "all" => Aggregate::All,
            _ => Aggregate::Run,
        };
        Ok(Val::Node(self.aggregate(kind, table, mask, body, body_at)?))
    }

    /// The events of a table, those dated after the as-of date left out: they were not known then.
    pub(super) fn known_events(&mut self, table: u32, position: Position) -> Lowered<Val> {
        let Some(order) = self.dictionary.order(table) else { return Ok(Val::Table(table, None)) };
        let at = self.span(position);
        let dated = self.field(table, order);
        let today = self.node(Op::AsOf, Type::Date, None);
        let before = self.compare(Comparison::Le, Val::Node(dated), Val::Node(today), at)?;
        let yes = self.flag(true);
        let known = self.otherwise(Val::Node(before), Val::Node(yes), at)?;
        Ok(Val::Table(table, Some(known)))
    }

    /// A filter on top of another.
    pub(super) fn restrict(&mut self, mask: Option<NodeId>, condition: NodeId, at: Span) -> Lowered<NodeId> {
        match mask {
            Some(before) => self.both(before, condition, true, at),
            None => Ok(condition),
        }
    }

    pub(super) fn aggregate(
        &mut self,
        kind: Aggregate,
        table: u32,
        mask: Option<NodeId>,
        value: NodeId,
        at: Span,
    ) -> Lowered<NodeId> {
        let most = i128::try_from(limits::EVENTS_PER_ENTERPRISE).unwrap_or(i128::MAX);
        let ty = match (kind, self.ty(value)) {
            (Aggregate::Sum | Aggregate::MonthlyMax, _) => {
                let x = self.numeric(value, at)?;
                let sum =
                    Numeric { low: x.low.min(0).saturating_mul(most), high: x.high.max(0).saturating_mul(most), ..x };
                Type::Number(self.bounded(Some(sum), at)?)
            }
            (Aggregate::Min | Aggregate::Max, ty @ (Type::Number(_) | Type::Date)) => ty,
            (Aggregate::Min | Aggregate::Max, other) => {
                return self.fail(
                    Code::NoOrder,
                    at,
                    format!("{} has no least and no greatest", other.noun()),
                    "only numbers and dates are ordered",
                );
            }
            (Aggregate::Any | Aggregate::All, _) => {
                self.condition(value, at)?;
                Type::Flag
            }
            (Aggregate::Run, _) => {
                self.condition(value, at)?;
                if !self.dictionary.ordered(table) {
                    return self.fail(
                        Code::MonthNeedsOrder,
                        at,
                        "`run` needs a table with an order",
                        "write `order: FIELD` in the dictionary",
                    );
                }
                Type::Number(Numeric::plain(0, 0, most))
            }
            (Aggregate::Count, _) => Type::Number(Numeric::plain(0, 0, most)),
        };
        Ok(self.node(Op::Aggregate { kind, table, mask, value: Some(value) }, ty, None))
    }

    /// The value of a closure for each event of a table.
    fn closure(&mut self, argument: &Expr, table: u32, at: Span) -> Lowered<NodeId> {
        // A closure that reads outer names stands as a block that shares them and curries.
        let curried = match argument {
            Expr::Stmt(block) => block.statements().iter().find_map(|s| match s {
                Stmt::Expr(e) => match &**e {
                    Expr::FnCall(call, _) if call.name == "curry" => Some(call.args.as_slice()),
                    _ => None,
                },
                _ => None,
            }),
            other => Some(std::slice::from_ref(other)),
        };
        let pointer = curried.and_then(<[Expr]>::first);
        let name = match pointer {
            Some(Expr::DynamicConstant(value, _)) => {
                value.clone().try_cast::<rhai::FnPtr>().map(|f| f.fn_name().to_owned())
            }
            _ => None,
        };
        let found = name.and_then(|name| {
            let tree = self.trees.last()?;
            parse::function(tree, &name)
        });
        let Some((parameters, body)) = found else {
            return self.fail(Code::TypeMismatch, at, "a closure is asked here", "write `|c| c.field …`");
        };
        // The captured names come before the event.
        let Some(event) = parameters.last().filter(|_| curried.is_some_and(|c| c.len() == parameters.len())) else {
            return self.fail(Code::WrongArguments, at, "the closure takes one event", "write `|c| …`");
        };
        let scope = self.scope.clone();
        let outer = self.event;
        self.hide(table);
        let floor = std::mem::replace(&mut self.floor, self.scope.len() + 1);
        self.scope.push((event.clone(), Val::Event(table)));
        let result = self.block_value(&body, Position::NONE);
        self.floor = floor;
        self.scope = scope;
        self.event = outer;
        let id = self.value(result?, at)?;
        Ok(self.spread(id, table))
    }

    /// Inside a closure over a table, what belongs to an outer event of the same table cannot be
    /// read: both events would be the same column.
    fn hide(&mut self, table: u32) {
        for (_, value) in &mut self.scope {
            let outer = match value {
                Val::Event(other) => *other == table,
                Val::Node(id) => self.arena.node(*id).table == Some(table),
                _ => false,
            };
            if outer {
                *value = Val::OuterEvent;
            }
        }
        self.event = self.event.filter(|other| *other != table);
    }
}
