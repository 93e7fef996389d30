//! Products: a grade floor and conditions that become one outcome, limits and rates that are not below
//! zero.

use std::collections::BTreeSet;

use super::dictionary::{MONEY_UNIT, duplicate};
use super::lower::{Failed, Lowered, Lowerer, Stage};
use super::typed::{Condition, NodeId, Numeric, Op, Outcome, Product, Type, Unit};
use crate::author::source::{self, Kind, Node, Source};
use crate::diagnostic::Code;
use crate::label::Label;

/// Most digits after the point of a rate in per cent.
const RATE_DIGITS: u32 = 4;

/// Checks the products and adds an outcome for each.
pub(super) fn check(lowerer: &mut Lowerer<'_>, source: &Source, outcomes: &mut Vec<Outcome>) -> Vec<Product> {
    lowerer.stage = Stage::Grade;
    let others = source.outcomes.iter().map(|o| &o.id.text).chain(source.overrides.iter().map(|o| &o.id.text));
    let mut ids: BTreeSet<&String> = others.collect();
    let mut products = Vec::new();
    for product in &source.products {
        if !ids.insert(&product.id.text) {
            duplicate(&product.id, "override, outcome or product", lowerer.out);
        }
        match lowerer.product(product) {
            Ok((outcome, mut checked)) => {
                checked.outcome = outcomes.len();
                outcomes.push(outcome);
                products.push(checked);
            }
            Err(Failed) => lowerer.dropped(&product.id),
        }
    }
    products
}

impl Lowerer<'_> {
    fn product(&mut self, from: &source::Product) -> Lowered<(Outcome, Product)> {
        if from.floor.is_none() && from.conditions.is_empty() {
            return self.fail(
                Code::OpenProduct,
                from.id.span,
                "the product asks for nothing",
                "write the least grade as `floor`, or `conditions`",
            );
        }
        let floor = from.floor.as_ref().map(|grade| self.floor(grade));
        let conditions: Vec<Lowered<Condition>> = from
            .conditions
            .iter()
            .map(|(label, when)| Ok(Condition { label: label.clone(), when: self.lower_rule(when)? }))
            .collect();
        let limit = self.worth(&from.limit, "the limit");
        let rate = from.rate.as_ref().map(|rate| self.rate(rate));
        let until = from.until.as_ref().map(|node| self.until(node));
        let floor = floor.transpose()?;
        let mut all = Vec::new();
        if let (Some((_, when)), Some(grade)) = (floor, &from.floor) {
            let text = |word: &str| format!("{word} {}", grade.text);
            let label =
                Label::new([("zh", text("信用等级不低于").as_str()), ("en", text("Credit grade at least").as_str())]);
            all.push(Condition { label, when });
        }
        for condition in conditions {
            all.push(condition?);
        }
        let when = self.conjunction(&all.iter().map(|c| c.when).collect::<Vec<_>>());
        let outcome = Outcome {
            id: from.id.text.clone(),
            kind: "product".to_owned(),
            label: from.label.clone(),
            department: from.lender.clone(),
            basis: from.basis.clone(),
            when,
            until: until.transpose()?,
            amount: Some(limit?),
            rate: rate.transpose()?,
            severity: None,
            publicity: None,
        };
        let product = Product {
            outcome: 0,
            floor: floor.map(|(at, _)| at),
            conditions: all,
            collateral: from.collateral.clone(),
        };
        Ok((outcome, product))
    }

    /// A least grade: its place, and the condition that it is reached.
    pub(super) fn floor(&mut self, grade: &source::Text) -> Lowered<(usize, NodeId)> {
        let at = self.grade_index(grade)?;
        let text = format!("grade >= \"{}\"", grade.text);
        let node = Node { span: grade.span, kind: Kind::Scalar { text, plain: true } };
        Ok((at, self.lower_condition(&node, None)?))
    }

    /// All of these, in their order; true where there is none.
    fn conjunction(&mut self, conditions: &[NodeId]) -> NodeId {
        let mut all = None;
        for condition in conditions {
            all = Some(match all {
                None => *condition,
                Some(before) => self.node(Op::And(before, *condition), Type::Flag, None),
            });
        }
        all.unwrap_or_else(|| self.node(Op::Const(1), Type::Flag, None))
    }

    /// The last day of an outcome.
    pub(super) fn until(&mut self, node: &Node) -> Lowered<NodeId> {
        let id = self.lower_value(node, None)?;
        match self.ty(id) {
            Type::Date => Ok(id),
            other => self.fail(
                Code::OutcomeNotADate,
                node.span,
                format!("`until` is {}", other.noun()),
                "write a date, such as add_months(as_of, 12)",
            ),
        }
    }

    /// A number that is not below zero.
    fn not_negative(&mut self, node: &Node, what: &str) -> Lowered<(NodeId, Numeric)> {
        let id = self.lower_value(node, None)?;
        match self.ty(id) {
            Type::Number(numeric) if numeric.low < 0 => self.fail(
                Code::NegativeProduct,
                node.span,
                format!("{what} may be below zero"),
                "write max(…, 0), or declare a narrower `range` for the facts in it",
            ),
            Type::Number(numeric) => Ok((id, numeric)),
            other => self.fail(
                Code::ProductValue,
                node.span,
                format!("{what} is {}", other.noun()),
                "write a number or an expression that gives one",
            ),
        }
    }

    fn worth(&mut self, node: &Node, what: &str) -> Lowered<NodeId> {
        let (id, numeric) = self.not_negative(node, what)?;
        let fits = numeric.unit == Unit::Plain || numeric.unit.join(&Unit::base(MONEY_UNIT)).is_some();
        if !fits || numeric.digits > 2 {
            return self.fail(
                Code::ProductValue,
                node.span,
                format!("{what} is not money"),
                "write yuan with at most two digits after the point, or an expression of facts in money",
            );
        }
        self.rescale(id, 2, node.span)
    }

    fn rate(&mut self, node: &Node) -> Lowered<NodeId> {
        let (id, numeric) = self.not_negative(node, "the rate")?;
        let fits = matches!(numeric.unit, Unit::Any | Unit::Plain) || numeric.unit == Unit::base("percent");
        if !fits || numeric.digits > RATE_DIGITS {
            return self.fail(
                Code::ProductValue,
                node.span,
                "the rate is not a plain number",
                "write per cent a year with at most four digits after the point, such as 3.85",
            );
        }
        Ok(id)
    }
}
