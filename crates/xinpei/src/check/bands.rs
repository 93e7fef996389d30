//! Points by band and by member: edges that rise, no gap, no overlap, nothing unreachable.

use rust_decimal::Decimal;

use super::card::spanning;
use super::lower::{Failed, Lowered, Lowerer};
use super::typed::{Band, Edge, NodeId, Numeric, Op, Scoring, Type};
use crate::author::source;
use crate::date::Date;
use crate::decimal;
use crate::diagnostic::{Code, Span, suggest};

impl Lowerer<'_> {
    pub(super) fn points_of(
        &mut self,
        of: &[source::Node],
        points: &source::Points,
    ) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        let mut ids = Vec::new();
        for node in of {
            ids.push(self.lower_value(node, None)?);
        }
        match (ids.as_slice(), points) {
            ([id], source::Points::Bands(rows, span)) => {
                let bands = self.bands(*id, rows, *span)?;
                let known = spanning(bands.iter().map(|b| b.points));
                Ok((Scoring::Bands(*id, bands), ids, known))
            }
            ([id], source::Points::Members(rows, span)) => {
                let members = self.member_points(*id, rows, *span)?;
                let known = spanning(members.iter().copied());
                Ok((Scoring::Members(*id, members), ids, known))
            }
            ([id, second], source::Points::Bands(rows, span)) => {
                let edges = self.edges(*id, rows, *span);
                let inner: Vec<Lowered<Vec<Band>>> =
                    rows.iter().map(|row| self.bands(*second, &row.by, row.span)).collect();
                let inner: Lowered<Vec<Vec<Band>>> = inner.into_iter().collect();
                let grid: Vec<(Option<Edge>, Vec<Band>)> = edges?.into_iter().zip(inner?).collect();
                let all: Vec<Decimal> = grid.iter().flat_map(|(_, bands)| bands.iter().map(|b| b.points)).collect();
                let known = spanning(all.into_iter());
                Ok((Scoring::Grid(*id, *second, grid), ids, known))
            }
            (_, source::Points::Members(_, span)) => self.fail(
                Code::BadBand,
                *span,
                "two variables are scored by bands",
                "write `points` as a list of bands with `by`",
            ),
            (_, source::Points::Bands(_, span)) => self.fail(
                Code::BadBand,
                *span,
                "one or two expressions are scored by bands",
                "see rules/FORMAT.md, section 4",
            ),
        }
    }

    fn bands(&mut self, id: NodeId, rows: &[source::Band], at: Span) -> Lowered<Vec<Band>> {
        let edges = self.edges(id, rows, at)?;
        let bands =
            edges.into_iter().zip(rows).filter_map(|(edge, row)| Some(Band { edge, points: row.points?.value }));
        let bands: Vec<Band> = bands.collect();
        if bands.len() == rows.len() { Ok(bands) } else { Err(Failed) }
    }

    /// Upper edges in units of what is banded: rising, the last one open, each band reachable.
    fn edges(&mut self, id: NodeId, rows: &[source::Band], at: Span) -> Lowered<Vec<Option<Edge>>> {
        let ty = self.ty(id);
        if !matches!(ty, Type::Number(_) | Type::Date) {
            return self.fail(
                Code::BadBand,
                at,
                format!("{} has no bands", ty.noun()),
                "write the points of each member: `{A: 80, B: 60}`",
            );
        }
        let mut edges = Vec::new();
        let mut failed = false;
        let mut before: Option<Edge> = None;
        let last = rows.len().saturating_sub(1);
        for (i, row) in rows.iter().enumerate() {
            let Some(written) = &row.edge else {
                if i < last {
                    let span = rows.get(i + 1).map_or(at, |r| r.span);
                    self.out
                        .error(Code::UnreachableBand, span, "nothing reaches this band")
                        .help("the band above it is open; put it last");
                    failed = true;
                }
                edges.push(None);
                continue;
            };
            let span = written.node.span;
            let Some(edge) = edge_units(&ty, written) else {
                let text = written.node.text().unwrap_or("");
                if ty == Type::Date {
                    self.out
                        .error(Code::NotADate, span, format!("`{text}` is not a date of the calendar"))
                        .help("dates are banded here; write it as 2026-06-30");
                } else {
                    self.out
                        .error(Code::BadBand, span, format!("the edge `{text}` is not a number"))
                        .help("numbers are banded here; write it as 10_000 or 0.35");
                }
                failed = true;
                continue;
            };
            // The greatest unit that a band holds.
            let top = |e: Edge| e.at - i128::from(!e.inclusive);
            if before.is_some_and(|b| (b.at, b.inclusive) >= (edge.at, edge.inclusive)) {
                self.out
                    .error(Code::BadEdgeOrder, span, "this edge does not lie above the one before")
                    .help("write the bands from the lowest to the highest");
                failed = true;
            } else if before.is_some_and(|b| top(b) >= top(edge)) {
                self.out
                    .error(Code::UnreachableBand, span, "nothing reaches this band")
                    .help("no value lies between this edge and the one before");
                failed = true;
            } else if let Type::Number(n) = &ty
                && (edge.at < n.low || (edge.at == n.low && !edge.inclusive))
            {
                let low = decimal::from_units(n.low, n.digits);
                self.out
                    .error(Code::UnreachableBand, span, "nothing reaches this band")
                    .help(format!("the value is never below {low}"));
                failed = true;
            }
            before = Some(edge);
            edges.push(Some(edge));
        }
        match rows.last() {
            Some(row) if row.edge.is_some() => {
                self.out
                    .error(Code::OpenBandMissing, row.span, "the last band is not open")
                    .help("add a last line without edge: `- {points: …}`");
                failed = true;
            }
            Some(row) => {
                if let (Some(edge), Type::Number(n)) = (before, &ty)
                    && (edge.at > n.high || (edge.at == n.high && edge.inclusive))
                {
                    let high = decimal::from_units(n.high, n.digits);
                    self.out
                        .error(Code::UnreachableBand, row.span, "nothing reaches this band")
                        .help(format!("the value is never above {high}; let the band before be the open one"));
                    failed = true;
                }
            }
            None => failed = true,
        }
        if failed { Err(Failed) } else { Ok(edges) }
    }

    /// Points in the order of the members; for a flag `false` first.
    fn member_points(
        &mut self,
        id: NodeId,
        rows: &[(source::Text, source::Number)],
        at: Span,
    ) -> Lowered<Vec<Decimal>> {
        let names: Vec<String> = match self.ty(id) {
            Type::Flag => vec!["false".into(), "true".into()],
            Type::Category(category) => self.dictionary.members(category).names().map(str::to_owned).collect(),
            other => {
                return self.fail(
                    Code::BadBand,
                    at,
                    format!("{} has no members", other.noun()),
                    "write a list of bands: `- {upto: …, points: …}`",
                );
            }
        };
        let index: std::collections::BTreeMap<&str, usize> =
            names.iter().enumerate().map(|(i, n)| (n.as_str(), i)).collect();
        let mut points: Vec<Option<Decimal>> = vec![None; names.len()];
        let mut rest = None;
        let mut failed = false;
        for (name, number) in rows {
            match index.get(name.text.as_str()).and_then(|i| points.get_mut(*i)) {
                Some(slot) => *slot = Some(number.value),
                None if name.text == "else" => rest = Some((number.value, name.span)),
                None => {
                    self.out
                        .error(Code::UnknownPointsMember, name.span, format!("`{}` is no member", name.text))
                        .help(suggest(&name.text, names.iter().map(String::as_str)));
                    failed = true;
                }
            }
        }
        let gaps: Vec<&str> = names.iter().zip(&points).filter(|(_, p)| p.is_none()).map(|(n, _)| n.as_str()).collect();
        match rest {
            None if !gaps.is_empty() => {
                let shown: Vec<String> = gaps.iter().take(8).map(|g| format!("`{g}`")).collect();
                self.out
                    .error(Code::MemberWithoutPoints, at, format!("no points for {}", shown.join(", ")))
                    .help("list every member, or write `else`");
                failed = true;
            }
            Some((_, span)) if gaps.is_empty() => {
                self.out
                    .error(Code::ElseUnreachable, span, "nothing is left for `else`")
                    .help("all members are listed; remove it");
                failed = true;
            }
            _ => {}
        }
        if failed {
            return Err(Failed);
        }
        Ok(points.into_iter().map(|p| p.or(rest.map(|r| r.0)).unwrap_or_default()).collect())
    }

    /// What an event costs by band or member.
    pub(super) fn cost(&mut self, of: &source::Node, points: &source::Points, table: u32) -> Lowered<NodeId> {
        let id = self.lower_value(of, Some(table))?;
        let id = self.spread(id, table);
        let units = |list: &[Decimal]| -> Option<(Numeric, Vec<i64>)> {
            let range = spanning(list.iter().copied());
            let units: Option<Vec<i64>> =
                list.iter().map(|p| i64::try_from(decimal::to_units(*p, range.digits)?).ok()).collect();
            Some((range, units?))
        };
        let (op, range) = match points {
            source::Points::Bands(rows, span) => {
                let bands = self.bands(id, rows, *span)?;
                let list: Vec<Decimal> = bands.iter().map(|b| b.points).collect();
                let Some((range, units)) = units(&list) else { return self.points_fit(None, *span).map(|_| id) };
                let edges: Vec<Edge> = bands.iter().filter_map(|b| b.edge).collect();
                (Op::Bands(id, edges.into(), units.into()), range)
            }
            source::Points::Members(rows, span) => {
                let members = self.member_points(id, rows, *span)?;
                let Some((range, units)) = units(&members) else { return self.points_fit(None, *span).map(|_| id) };
                (Op::Members(id, units.into()), range)
            }
        };
        Ok(self.node(op, Type::Number(range), Some(table)))
    }
}

/// An edge in units of the banded type. An edge between two units is the lower one, inclusive.
fn edge_units(ty: &Type, edge: &source::Edge) -> Option<Edge> {
    let text = edge.node.text()?;
    match ty {
        Type::Date => Date::parse(text).map(|d| Edge { at: i128::from(d.days()), inclusive: edge.inclusive }),
        Type::Number(n) => {
            let value = decimal::parse(text).ok()?;
            match decimal::to_units(value, n.digits) {
                Some(at) => Some(Edge { at, inclusive: edge.inclusive }),
                None => {
                    let factor = decimal::pow10(value.scale().checked_sub(n.digits)?)?;
                    Some(Edge {
                        at: decimal::divide(value.mantissa(), factor, decimal::Rounding::Floor)?,
                        inclusive: true,
                    })
                }
            }
        }
        _ => None,
    }
}
