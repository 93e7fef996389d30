//! Measures: effects that their facts allow, costs and durations that are not below zero, and
//! prerequisites without a circle.

use std::collections::{BTreeMap, BTreeSet};

use rhai::Position;

use super::dictionary::duplicate;
use super::lower::{Failed, Lowered, Lowerer, Stage, Val};
use super::typed::{
    Change, Duration, FactKind, Measure, Mutability, NodeId, Numeric, Op, OpaqueArgument, Type, Unit, Way,
};
use crate::author::source::{self, Source};
use crate::diagnostic::{Code, Span, suggest};

/// The facts, and fields of tables, that rules read.
struct Read {
    facts: BTreeSet<u32>,
    fields: BTreeSet<(u32, u32)>,
}

pub(super) fn check(lowerer: &mut Lowerer<'_>, source: &Source) -> Vec<Measure> {
    let read = lowerer.read();
    lowerer.stage = Stage::Facts;
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for (at, measure) in source.measures.iter().enumerate() {
        if index.contains_key(&measure.id.text) {
            duplicate(&measure.id, "measure", lowerer.out);
        } else {
            index.insert(measure.id.text.clone(), at);
        }
    }
    let mut measures = Vec::new();
    for measure in &source.measures {
        match lowerer.measure(measure, &index, &read) {
            Ok(checked) => measures.push(checked),
            Err(Failed) => lowerer.dropped(&measure.id),
        }
    }
    if measures.len() == source.measures.len() {
        circles(lowerer, source, &measures);
    }
    measures
}

/// Reports measures that require each other, one for each circle.
fn circles(lowerer: &mut Lowerer<'_>, source: &Source, measures: &[Measure]) {
    let mut settled = BTreeSet::new();
    loop {
        let ready: Vec<usize> = (0..measures.len())
            .filter(|at| !settled.contains(at))
            .filter(|at| measures.get(*at).is_some_and(|m| m.requires.iter().all(|r| settled.contains(r))))
            .collect();
        if ready.is_empty() {
            break;
        }
        settled.extend(ready);
    }
    // Of the rest, those on a circle reach themselves.
    let mut told = BTreeSet::new();
    for start in 0..measures.len() {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            for next in measures.get(at).map(|m| m.requires.as_slice()).unwrap_or_default() {
                if seen.insert(*next) {
                    open.push(*next);
                }
            }
        }
        if !seen.contains(&start) || told.contains(&start) {
            continue;
        }
        told.extend(seen);
        if let Some(span) = source.measures.get(start).and_then(|m| m.requires.first()).map(|r| r.span) {
            lowerer
                .out
                .error(Code::CircularMeasures, span, "these measures wait for each other")
                .help("take one of them out of `requires`");
        }
    }
}

impl Lowerer<'_> {
    /// What the rules lowered so far read.
    fn read(&self) -> Read {
        let mut read = Read { facts: BTreeSet::new(), fields: BTreeSet::new() };
        for id in 0..self.arena.len() {
            match &self.arena.node(NodeId::try_from(id).unwrap_or(0)).op {
                Op::Fact(fact) => drop(read.facts.insert(*fact)),
                Op::Field(table, field) => {
                    read.facts.insert(*table);
                    read.fields.insert((*table, *field));
                }
                Op::Aggregate { table, .. } => drop(read.facts.insert(*table)),
                Op::Opaque(_, arguments) => {
                    for argument in arguments {
                        // A function that is not analysed may read every field.
                        if let OpaqueArgument::Table(table, _) = argument {
                            read.facts.insert(*table);
                            let fields = self.dictionary.field_names(*table).len();
                            read.fields.extend((0..u32::try_from(fields).unwrap_or(0)).map(|f| (*table, f)));
                        }
                    }
                }
                _ => {}
            }
        }
        read
    }

    fn measure(&mut self, from: &source::Measure, index: &BTreeMap<String, usize>, read: &Read) -> Lowered<Measure> {
        let requires = self.others(&from.requires, index);
        let excludes = self.others(&from.excludes, index);
        let when = from.when.as_ref().map(|node| self.lower_rule(node)).transpose();
        let cost = self.cost_of(&from.cost);
        let duration = self.duration(&from.duration);
        let earliest = from.earliest.as_ref().map(|node| self.first_day(node)).transpose();
        let effects: Vec<Lowered<Change>> =
            from.effects.iter().map(|effect| self.change(effect, from.continuing, read)).collect();
        let (requires, excludes) = (requires?, excludes?);
        if let Some(both) = requires.iter().find(|r| excludes.contains(r)) {
            let span = from.excludes.iter().find(|e| index.get(&e.text) == Some(both)).map_or(from.id.span, |e| e.span);
            return self.fail(
                Code::ContradictoryMeasures,
                span,
                "this measure is required as well",
                "take it out of `requires` or of `excludes`",
            );
        }
        if from.continuing && from.times > 1 {
            return self.fail(
                Code::EveryMonth,
                from.id.span,
                "a continuing measure is taken once",
                "remove `times` or `continuing`",
            );
        }
        Ok(Measure {
            id: from.id.text.clone(),
            label: from.label.clone(),
            department: from.department.clone(),
            basis: from.basis.clone(),
            actor: from.actor.clone(),
            evidence: from.evidence.clone(),
            when: when?,
            effects: effects.into_iter().collect::<Lowered<_>>()?,
            cost: cost?,
            duration: duration?,
            earliest: earliest?,
            requires,
            excludes,
            times: from.times,
            continuing: from.continuing,
        })
    }

    /// Measures by id, rising.
    fn others(&mut self, names: &[source::Text], index: &BTreeMap<String, usize>) -> Lowered<Vec<usize>> {
        let mut list = Vec::new();
        for name in names {
            match index.get(&name.text) {
                Some(at) => list.push(*at),
                None if self.dictionary.may_be_broken(&name.text, "measures/") => return Err(Failed),
                None => {
                    let help = suggest(&name.text, index.keys().map(String::as_str));
                    return self.fail(
                        Code::UnknownMeasure,
                        name.span,
                        format!("there is no measure `{}`", name.text),
                        help,
                    );
                }
            }
        }
        list.sort_unstable();
        list.dedup();
        Ok(list)
    }

    /// A number that is not below zero, with its unit.
    fn amount(&mut self, node: &source::Node, what: &str) -> Lowered<(NodeId, Numeric)> {
        let id = self.lower_value(node, None)?;
        let Type::Number(numeric) = self.ty(id) else {
            let noun = self.ty(id).noun();
            return self.fail(
                Code::MeasureValue,
                node.span,
                format!("{what} is {noun}"),
                "write a number or an expression that gives one",
            );
        };
        if numeric.low < 0 {
            return self.fail(
                Code::NegativeCost,
                node.span,
                format!("{what} may be below zero"),
                "write max(…, 0), or declare a narrower `range` for the facts in it",
            );
        }
        Ok((id, numeric))
    }

    fn cost_of(&mut self, node: &source::Node) -> Lowered<NodeId> {
        let (id, numeric) = self.amount(node, "the cost")?;
        let money = Unit::base(super::dictionary::MONEY_UNIT);
        let fits = numeric.unit == Unit::Plain || numeric.unit.join(&money).is_some();
        if !fits || numeric.digits > 2 {
            return self.fail(
                Code::MeasureValue,
                node.span,
                "the cost is not money",
                "write yuan with at most two digits after the point, or an expression of facts in money",
            );
        }
        self.rescale(id, 2, node.span)
    }

    fn duration(&mut self, node: &source::Node) -> Lowered<Duration> {
        if let Some((days, months)) = node.text().and_then(source::parse_duration) {
            let constant = |me: &mut Self, n: u16| me.constant(n.into(), 0, Unit::Any);
            return Ok(match months {
                0 => Duration::Days(constant(self, days)),
                _ => Duration::Months(constant(self, months)),
            });
        }
        if let Some(text) = node.text().filter(|text| source::is_amount_of_time(text)) {
            let (message, help) = (format!("`{text}` is not a duration"), source::duration_help(text));
            return self.fail(Code::NotADuration, node.span, message, help);
        }
        let (id, numeric) = self.amount(node, "the duration")?;
        let unit = |name: &str| numeric.unit == Unit::base(name);
        if numeric.digits == 0 && unit("month") {
            return Ok(Duration::Months(id));
        }
        if numeric.digits == 0 && (unit("day") || numeric.unit == Unit::Any) {
            return Ok(Duration::Days(id));
        }
        self.fail(
            Code::MeasureValue,
            node.span,
            "the duration is not a whole number of days or months",
            "write `30 days`, `2 months`, or an expression in days or months",
        )
    }

    fn first_day(&mut self, node: &source::Node) -> Lowered<NodeId> {
        let id = self.lower_value(node, None)?;
        match self.ty(id) {
            Type::Date => Ok(id),
            other => self.fail(
                Code::MeasureValue,
                node.span,
                format!("the first day is {}", other.noun()),
                "write a date, such as add_months(as_of, 3)",
            ),
        }
    }

    fn change(&mut self, change: &source::Change, continuing: bool, read: &Read) -> Lowered<Change> {
        match change {
            source::Change::Fact(name, way, value) => self.change_fact(name, *way, value, read),
            source::Change::Set { table: name, filter, fields } => {
                let table = self.table(name)?;
                let mask = self.matching(table, filter.as_ref(), name.span)?;
                let mut list = Vec::new();
                for (field, value) in fields {
                    let at = self.field_named(table, field)?;
                    let free = self.dictionary.fact_at(table).and_then(|f| f.fields.get(at as usize).copied());
                    if free != Some(Mutability::Free) {
                        return self.immutable(field.span, "a field", "the field");
                    }
                    if !read.fields.contains(&(table, at)) && self.dictionary.sound() {
                        return self.unread(field);
                    }
                    let id = self.fitting(table, Some(at), value, Some(table))?;
                    list.push((at, self.spread(id, table)));
                }
                Ok(Change::Set { table, mask, fields: list })
            }
            source::Change::Remove(name, filter) => {
                let table = self.table(name)?;
                if self.dictionary.fact_at(table).is_some_and(|f| f.forbidden.is_some()) {
                    return self.forbidden(table, name.span);
                }
                self.may(table, name.span, &[Mutability::OnlyDown, Mutability::Free])?;
                self.is_read(table, name, read)?;
                let mask = self.matching(table, filter.as_ref(), name.span)?;
                Ok(Change::Remove { table, mask })
            }
            source::Change::Add { table: name, fields, monthly } => {
                let table = self.table(name)?;
                self.may(table, name.span, &[Mutability::OnlyUp, Mutability::Free])?;
                self.is_read(table, name, read)?;
                let order = self.dictionary.order(table);
                let month = match monthly {
                    None => None,
                    Some(span) if !continuing || order.is_none() => {
                        return self.fail(
                            Code::EveryMonth,
                            *span,
                            "an event in each month needs a continuing measure and a table with an order",
                            "write `continuing: true` in the measure, and `order: FIELD` in the dictionary",
                        );
                    }
                    Some(_) => order,
                };
                let mut list = Vec::new();
                for (field, value) in fields {
                    let at = self.field_named(table, field)?;
                    if month == Some(at) {
                        return self.fail(
                            Code::EveryMonth,
                            field.span,
                            "the field that orders the events takes the first day of each month",
                            "remove it",
                        );
                    }
                    list.push((at, self.fitting(table, Some(at), value, None)?));
                }
                Ok(Change::Add { table, fields: list, monthly: month })
            }
        }
    }

    fn change_fact(&mut self, name: &source::Text, way: Way, value: &source::Node, read: &Read) -> Lowered<Change> {
        let Some(fact) = self.dictionary.fact(&name.text) else { return self.no_fact(name) };
        let Some(FactKind::Value(kind)) = self.dictionary.kind(fact).cloned() else {
            return self.fail(
                Code::TableAsValue,
                name.span,
                "a table stands where one value is asked",
                "write `events:` instead of `fact:`",
            );
        };
        let definition = self.dictionary.fact_at(fact);
        if definition.is_some_and(|f| f.forbidden.is_some()) {
            return self.forbidden(fact, name.span);
        }
        let mutability = definition.map_or(Mutability::Immutable, |f| f.mutability);
        self.is_read(fact, name, read)?;
        let ordered = matches!(kind.ty, Type::Number(_) | Type::Date);
        if way != Way::Set && !ordered || way == Way::Add && kind.ty == Type::Date {
            return self.fail(
                Code::TypeMismatch,
                name.span,
                format!("{} cannot change this way", kind.ty.noun()),
                "write `set`",
            );
        }
        let id = if way == Way::Add { self.step_of(&kind.ty, value)? } else { self.fitting(fact, None, value, None)? };
        let constant = |me: &Self| match me.arena.node(id).op {
            Op::Const(units) => Some(units),
            _ => None,
        };
        let sign = |me: &Self| me.arena.node(id).ty.number().map(|n| (n.low >= 0, n.high <= 0));
        let fits = match (mutability, way) {
            (Mutability::Free, _) => true,
            (Mutability::OnlyUp, Way::RaiseTo) | (Mutability::OnlyDown, Way::ReduceTo) => true,
            (Mutability::OnlyUp, Way::Add) => sign(self).is_some_and(|s| s.0),
            (Mutability::OnlyDown, Way::Add) => sign(self).is_some_and(|s| s.1),
            (Mutability::OnlyUp, Way::Set) => kind.ty == Type::Flag && constant(self) == Some(1),
            (Mutability::OnlyDown, Way::Set) => kind.ty == Type::Flag && constant(self) == Some(0),
            _ => false,
        };
        if !fits {
            return match mutability {
                Mutability::OnlyUp => self.direction(name.span, "rise", "raise_to"),
                Mutability::OnlyDown => self.direction(name.span, "fall", "reduce_to"),
                _ => self.immutable(name.span, "a fact", "the fact"),
            };
        }
        Ok(Change::Fact { fact, way, value: id })
    }

    /// The events that a filter finds, those dated after the as-of date left out.
    fn matching(&mut self, table: u32, filter: Option<&source::Node>, at: Span) -> Lowered<Option<NodeId>> {
        let Val::Table(_, known) = self.known_events(table, Position::NONE)? else { return Err(Failed) };
        let Some(filter) = filter else { return Ok(known) };
        let condition = self.lower_condition(filter, Some(table))?;
        let condition = self.spread(condition, table);
        self.restrict(known, condition, at).map(Some)
    }

    /// A value that a fact or a field can hold, in its units.
    fn fitting(&mut self, fact: u32, field: Option<u32>, value: &source::Node, event: Option<u32>) -> Lowered<NodeId> {
        let ty = match field {
            Some(field) => self.dictionary.field_type(fact, field),
            None => match self.dictionary.kind(fact) {
                Some(FactKind::Value(kind)) => kind.ty.clone(),
                _ => return Err(Failed),
            },
        };
        if let Type::Category(category) = &ty {
            // A member may stand without quotes, as everywhere outside expressions.
            let text = value.text().unwrap_or("").trim();
            if let Some(index) = self.dictionary.members(*category).index(text) {
                return Ok(self.node(Op::Const(index.into()), ty, None));
            }
            let beside = match field {
                Some(field) => self.field(fact, field),
                None => self.node(Op::Fact(fact), ty.clone(), None),
            };
            if let Val::Text(text, at) = self.lower(value, event)? {
                return self.member(&text, beside, at);
            }
        }
        let id = self.lower_value(value, event)?;
        match (&ty, self.ty(id)) {
            (Type::Number(wanted), Type::Number(_)) => {
                let id = self.in_units(id, wanted, value.span)?;
                let given = self.numeric(id, value.span)?;
                if given.low < wanted.low || given.high > wanted.high {
                    return self.fail(
                        Code::EffectOutOfRange,
                        value.span,
                        "this may lie outside the range of the fact",
                        "keep it inside with min(…) and max(…)",
                    );
                }
                Ok(id)
            }
            (wanted, given) if *wanted == given => Ok(id),
            (wanted, given) => self.fail(
                Code::TypeMismatch,
                value.span,
                format!("{} stands where {} is asked", given.noun(), wanted.noun()),
                "write a value that the fact can hold",
            ),
        }
    }

    /// An amount by which a fact changes; one that never fits into its range is a mistake.
    fn step_of(&mut self, ty: &Type, value: &source::Node) -> Lowered<NodeId> {
        let id = self.lower_value(value, None)?;
        let Type::Number(wanted) = ty else { return Err(Failed) };
        let id = self.in_units(id, wanted, value.span)?;
        let given = self.numeric(id, value.span)?;
        let width = wanted.high - wanted.low;
        if given.low > width || given.high < -width {
            return self.fail(
                Code::EffectOutOfRange,
                value.span,
                "the fact always leaves its range",
                "write a smaller amount",
            );
        }
        Ok(id)
    }

    /// A number in the digits and the unit of a fact.
    fn in_units(&mut self, id: NodeId, wanted: &Numeric, at: Span) -> Lowered<NodeId> {
        let given = self.numeric(id, at)?;
        if given.unit.join(&wanted.unit).is_none() {
            return self.fail(
                Code::UnitMismatch,
                at,
                format!("this is in {}, the fact in {}", given.unit, wanted.unit),
                "write a value in the unit of the fact",
            );
        }
        if given.digits > wanted.digits {
            return self.fail(
                Code::TooManyFractionDigits,
                at,
                format!("this has {} digits after the point, the fact has {}", given.digits, wanted.digits),
                format!("write round(…, {})", wanted.digits),
            );
        }
        self.rescale(id, wanted.digits, at)
    }

    fn table(&mut self, name: &source::Text) -> Lowered<u32> {
        let Some(fact) = self.dictionary.fact(&name.text) else { return self.no_fact(name) };
        match self.dictionary.kind(fact) {
            Some(FactKind::Events(_)) => Ok(fact),
            _ => self.fail(
                Code::TableAsValue,
                name.span,
                "one value stands where a table is asked",
                "write `fact:` instead of `events:`",
            ),
        }
    }

    fn no_fact<T>(&mut self, name: &source::Text) -> Lowered<T> {
        if self.dictionary.may_be_broken(&name.text, "facts/") {
            return Err(Failed);
        }
        let help = suggest(&name.text, self.dictionary.facts.iter().map(|f| f.id.as_str()));
        self.fail(Code::UnknownName, name.span, format!("there is no fact `{}`", name.text), help)
    }

    fn field_named(&mut self, table: u32, field: &source::Text) -> Lowered<u32> {
        match self.dictionary.field(table, &field.text) {
            Some(at) => Ok(at),
            None => {
                let names = self.dictionary.field_names(table);
                let help = suggest(&field.text, names.iter().map(String::as_str));
                self.fail(Code::UnknownField, field.span, format!("the event has no field `{}`", field.text), help)
            }
        }
    }

    /// Whether the records of a table may come or go.
    fn may(&mut self, table: u32, at: Span, allowed: &[Mutability]) -> Lowered<()> {
        let mutability = self.dictionary.fact_at(table).map_or(Mutability::Immutable, |f| f.mutability);
        if allowed.contains(&mutability) { Ok(()) } else { self.immutable(at, "a table", "the table") }
    }

    fn is_read(&mut self, fact: u32, name: &source::Text, read: &Read) -> Lowered<()> {
        if read.facts.contains(&fact) || !self.dictionary.sound() { Ok(()) } else { self.unread(name) }
    }

    fn unread<T>(&mut self, name: &source::Text) -> Lowered<T> {
        self.fail(
            Code::EffectUnread,
            name.span,
            format!("no rule reads `{}`", name.text),
            "remove the effect: it changes no point and no grade",
        )
    }

    fn immutable<T>(&mut self, at: Span, what: &str, the: &str) -> Lowered<T> {
        self.fail(
            Code::ImmutableFact,
            at,
            format!("{what} may not change this way"),
            format!("remove the effect, or give {the} another `mutability` in the dictionary"),
        )
    }

    fn direction<T>(&mut self, at: Span, verb: &str, key: &str) -> Lowered<T> {
        self.fail(
            Code::ImmutableFact,
            at,
            format!("this fact may only {verb}"),
            format!("write `{key}`, or an amount of the right sign behind `add`; a flag takes one value only"),
        )
    }

    fn forbidden<T>(&mut self, fact: u32, at: Span) -> Lowered<T> {
        let label = self.dictionary.fact_at(fact).and_then(|f| f.forbidden.clone());
        let text = label.map_or_else(String::new, |l| l.text("en").to_owned());
        self.fail(
            Code::ForbiddenAdvice,
            at,
            "the dictionary forbids this advice",
            format!("remove the effect: {}", crate::diagnostic::tidy(&text)),
        )
    }
}
