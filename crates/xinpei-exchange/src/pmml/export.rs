//! A rulebook as a PMML 4.4 Scorecard.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use xinpei::check::typed::{Comparison, NodeId, Op, Type, Typed};
use xinpei::{Rulebook, decimal};

use crate::card::{Field, FieldKind, Missing, text};
use crate::failure::{Failure, Findings, Item};
use crate::read::{Row, Way, fact, fields, members, refuse_rest, rows};
use crate::samples;

/// Rows of verification in a document.
const ROWS: usize = 60;

/// Writes the scorecard of a rulebook as a PMML 4.4 document, and what reads otherwise than in the rules.
///
/// The rows of verification are made up from the edges of the bands, missing values included, and scored by
/// the rulebook. Facts keep their ids as names of fields.
///
/// # Errors
/// [`Failure::Refused`] with everything that a Scorecard cannot carry exactly.
pub fn export(rulebook: &Rulebook) -> Result<(String, Vec<Item>), Failure> {
    let mut out = Findings::default();
    let typed = rulebook.typed();
    refuse_rest(rulebook, &mut out);
    let rows = rows(rulebook, &mut out);
    let fields = fields(typed, &mut out);
    for fact in rulebook.source().facts.iter().filter(|f| f.kind.text == "date" && f.range.is_some()) {
        out.refuse(0, format!("fact `{}`", fact.id.text), "the range of a date is not carried");
    }
    let mut writer = Writer { typed, text: String::new(), out };
    writer.document(rulebook, &rows, &fields);
    writer.out.settle()?;
    Ok((writer.text, writer.out.notes))
}

/// Text inside an attribute or an element.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    // A reader of XML takes these for blanks unless they are written so.
    text.replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

struct Writer<'a> {
    typed: &'a Typed,
    text: String,
    out: Findings,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{:1$}{text}", "", depth * 2);
    }

    fn document(&mut self, rulebook: &Rulebook, rows: &[Row<'_>], fields: &[(usize, Field)]) {
        let manifest = &self.typed.manifest;
        let count = manifest.reasons;
        self.line(0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        self.line(0, "<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\">");
        let title = escape(manifest.title.text("en"));
        self.line(1, &format!("<Header description=\"{title}\">"));
        let version = escape(&manifest.version.text);
        self.line(2, &format!("<Application name=\"xinpei {}\" version=\"{version}\"/>", escape(&manifest.id.text)));
        self.line(1, "</Header>");
        self.line(1, "<DataDictionary>");
        fields.iter().for_each(|(_, field)| self.field(field));
        self.line(1, "</DataDictionary>");
        let method = match manifest_baseline(rulebook) {
            "max" => "max",
            "mean" => "mean",
            "neutral" => "neutral",
            _ => "other",
        };
        let name = escape(&manifest.id.text);
        self.line(
            1,
            &format!("<Scorecard modelName=\"{name}\" functionName=\"regression\" initialScore=\"0\" useReasonCodes=\"true\" reasonCodeAlgorithm=\"pointsBelow\" baselineMethod=\"{method}\">"),
        );
        self.schema(fields);
        self.output(count);
        self.line(2, "<Characteristics>");
        rows.iter().for_each(|row| self.characteristic(row));
        self.line(2, "</Characteristics>");
        if self.out.refused.is_empty() {
            self.verification(rulebook, rows, fields, count);
        }
        self.line(1, "</Scorecard>");
        self.line(0, "</PMML>");
    }

    fn field(&mut self, field: &Field) {
        let (types, inside) = match &field.kind {
            FieldKind::Number { digits, from, to } => {
                let types =
                    if *digits == 0 { "continuous\" dataType=\"integer" } else { "continuous\" dataType=\"double" };
                let mut inside = Vec::new();
                if *digits > 0 {
                    inside.push(format!("<Extension extender=\"xinpei\" name=\"digits\" value=\"{digits}\"/>"));
                }
                let margin =
                    |key: &str, at: &Option<Decimal>| at.map_or_else(String::new, |at| format!(" {key}=\"{at}\""));
                let (left, right) = (margin("leftMargin", from), margin("rightMargin", to));
                inside.push(format!("<Interval closure=\"closedClosed\"{left}{right}/>"));
                (types, inside)
            }
            FieldKind::Date => ("ordinal\" dataType=\"date", Vec::new()),
            FieldKind::Flag => ("categorical\" dataType=\"boolean", Vec::new()),
            FieldKind::Category(members) => {
                let value = |m: &String| format!("<Value value=\"{}\"/>", escape(m));
                ("categorical\" dataType=\"string", members.iter().map(value).collect())
            }
        };
        let head = format!("<DataField name=\"{}\" optype=\"{types}\"", escape(&field.name));
        if inside.is_empty() {
            return self.line(2, &format!("{head}/>"));
        }
        self.line(2, &format!("{head}>"));
        inside.iter().for_each(|text| self.line(3, text));
        self.line(2, "</DataField>");
    }

    fn schema(&mut self, fields: &[(usize, Field)]) {
        self.line(2, "<MiningSchema>");
        for (_, field) in fields {
            let missing = match &field.missing {
                Missing::Unknown => String::new(),
                Missing::Required => " missingValueTreatment=\"returnInvalid\"".to_owned(),
                Missing::Means(text) => format!(" missingValueReplacement=\"{}\"", escape(text)),
            };
            self.line(
                3,
                &format!(
                    "<MiningField name=\"{}\"{missing} invalidValueTreatment=\"returnInvalid\"/>",
                    escape(&field.name)
                ),
            );
        }
        self.line(2, "</MiningSchema>");
    }

    fn output(&mut self, count: usize) {
        self.line(2, "<Output>");
        self.line(
            3,
            "<OutputField name=\"score\" optype=\"continuous\" dataType=\"double\" feature=\"predictedValue\"/>",
        );
        for rank in 1..=count {
            self.line(3, &format!("<OutputField name=\"reason{rank}\" optype=\"categorical\" dataType=\"string\" feature=\"reasonCode\" rank=\"{rank}\"/>"));
        }
        let typed = self.typed;
        for grade in typed.grades.iter().filter(|g| g.by_override) {
            self.out.note(0, format!("grade `{}`", grade.id), "only overrides reach it; left out");
        }
        let banded: Vec<_> = typed.grades.iter().filter(|g| !g.by_override).collect();
        if banded.len() > 1 {
            self.line(
                3,
                "<OutputField name=\"grade\" optype=\"categorical\" dataType=\"string\" feature=\"transformedValue\">",
            );
            self.line(4, "<Discretize field=\"score\">");
            let mut upper: Option<Decimal> = None;
            for grade in banded {
                let left = grade.from.map_or_else(String::new, |at| format!(" leftMargin=\"{}\"", at.normalize()));
                let right = upper.map_or_else(String::new, |at| format!(" rightMargin=\"{}\"", at.normalize()));
                self.line(5, &format!("<DiscretizeBin binValue=\"{}\">", escape(&grade.id)));
                self.line(6, &format!("<Interval closure=\"closedOpen\"{left}{right}/>"));
                self.line(5, "</DiscretizeBin>");
                upper = grade.from;
            }
            self.line(4, "</Discretize>");
            self.line(3, "</OutputField>");
        }
        self.line(2, "</Output>");
    }

    fn name(&self, fact: usize) -> String {
        self.typed.facts.get(fact).map_or_else(String::new, |f| escape(&f.id))
    }

    fn characteristic(&mut self, row: &Row<'_>) {
        let c = row.characteristic;
        let (id, code, baseline) = (escape(&c.id), escape(&c.code), c.baseline.normalize());
        self.line(3, &format!("<Characteristic name=\"{id}\" reasonCode=\"{code}\" baselineScore=\"{baseline}\">"));
        let missing = c.missing.normalize();
        let facts: Vec<usize> = match &row.way {
            Way::Bands(fact, _) | Way::Members(fact, _) => vec![*fact],
            Way::First(fact, _) => fact.iter().copied().collect(),
            Way::Formula(facts, _) => facts.clone(),
        };
        for fact in facts {
            let test = format!("<SimplePredicate field=\"{}\" operator=\"isMissing\"/>", self.name(fact));
            self.attribute(&missing.to_string(), &test);
        }
        match &row.way {
            Way::Bands(fact, bands) => {
                let name = self.name(*fact);
                for (edge, points) in bands {
                    let test = edge.map_or_else(
                        || "<True/>".to_owned(),
                        |edge| {
                            let operator = if edge.inclusive { "lessOrEqual" } else { "lessThan" };
                            format!(
                                "<SimplePredicate field=\"{name}\" operator=\"{operator}\" value=\"{}\"/>",
                                edge.text()
                            )
                        },
                    );
                    self.attribute(&points.normalize().to_string(), &test);
                }
            }
            Way::Members(fact, members) => {
                let name = self.name(*fact);
                for (member, points) in members {
                    let test =
                        format!("<SimplePredicate field=\"{name}\" operator=\"equal\" value=\"{}\"/>", escape(member));
                    self.attribute(&points.normalize().to_string(), &test);
                }
            }
            Way::First(_, rows) => {
                for (when, points) in rows {
                    let test = match when {
                        Some(when) => self.condition(*when, false).ok_or(()),
                        None => Ok("<True/>".to_owned()),
                    };
                    match test {
                        Ok(test) => self.points(*points, &test, &c.id),
                        Err(()) => self.out.refuse(
                            0,
                            format!("characteristic `{}`", c.id),
                            "a condition is more than comparisons with constants",
                        ),
                    }
                }
            }
            Way::Formula(_, node) => self.points(*node, "<True/>", &c.id),
        }
        self.line(3, "</Characteristic>");
    }

    fn attribute(&mut self, points: &str, test: &str) {
        self.line(4, &format!("<Attribute partialScore=\"{points}\">"));
        self.line(5, test);
        self.line(4, "</Attribute>");
    }

    /// An attribute whose points may be computed.
    fn points(&mut self, points: NodeId, test: &str, id: &str) {
        if let Some(constant) = self.constant(points) {
            return self.attribute(&constant.to_string(), test);
        }
        match self.expression(points) {
            Some(expression) => {
                self.line(4, "<Attribute>");
                self.line(5, test);
                self.line(5, &format!("<ComplexPartialScore>{expression}</ComplexPartialScore>"));
                self.line(4, "</Attribute>");
            }
            None => self.out.refuse(0, format!("characteristic `{id}`"), "its points are more than sums and products"),
        }
    }

    fn constant(&self, id: NodeId) -> Option<Decimal> {
        let node = self.typed.arena.node(id);
        match (&node.op, &node.ty) {
            (Op::Const(units), Type::Number(n)) => Some(decimal::from_units(*units, n.digits).normalize()),
            (Op::Rescale(inner), _) => self.constant(*inner),
            (Op::Neg(inner), _) => self.constant(*inner).map(|c| -c),
            _ => None,
        }
    }

    fn expression(&self, id: NodeId) -> Option<String> {
        if let Some(constant) = self.constant(id) {
            return Some(format!("<Constant>{constant}</Constant>"));
        }
        let apply = |function: &str, parts: &[NodeId]| {
            let parts: Vec<String> = parts.iter().map(|p| self.expression(*p)).collect::<Option<_>>()?;
            Some(format!("<Apply function=\"{function}\">{}</Apply>", parts.concat()))
        };
        match &self.typed.arena.node(id).op {
            Op::Fact(fact) => Some(format!("<FieldRef field=\"{}\"/>", self.name(usize::try_from(*fact).ok()?))),
            Op::Rescale(inner) => self.expression(*inner),
            Op::Neg(inner) => {
                Some(format!("<Apply function=\"*\"><Constant>-1</Constant>{}</Apply>", self.expression(*inner)?))
            }
            Op::Abs(inner) => apply("abs", &[*inner]),
            Op::Add(a, b) => apply("+", &[*a, *b]),
            Op::Sub(a, b) => apply("-", &[*a, *b]),
            Op::Mul(a, b) => apply("*", &[*a, *b]),
            _ => None,
        }
    }

    /// A condition over one fact that is known, or its opposite.
    fn condition(&self, id: NodeId, negated: bool) -> Option<String> {
        let node = self.typed.arena.node(id);
        let both = |and: bool, a: NodeId, b: NodeId| {
            let operator = if and != negated { "and" } else { "or" };
            let (a, b) = (self.condition(a, negated)?, self.condition(b, negated)?);
            Some(format!("<CompoundPredicate booleanOperator=\"{operator}\">{a}{b}</CompoundPredicate>"))
        };
        match &node.op {
            Op::And(a, b) => both(true, *a, *b),
            Op::Or(a, b) => both(false, *a, *b),
            Op::Not(inner) => self.condition(*inner, !negated),
            Op::Fact(fact) if node.ty == Type::Flag => {
                let name = self.name(usize::try_from(*fact).ok()?);
                Some(format!("<SimplePredicate field=\"{name}\" operator=\"equal\" value=\"{}\"/>", !negated))
            }
            Op::In(inner, list) => {
                let at = fact(self.typed, *inner)?;
                let names = members(self.typed, at)?;
                let text: Vec<String> = list
                    .iter()
                    .map(|m| {
                        Some(format!(
                            "&quot;{}&quot;",
                            escape(&names.get(usize::try_from(*m).ok()?)?.replace('"', "\\\""))
                        ))
                    })
                    .collect::<Option<_>>()?;
                let operator = if negated { "isNotIn" } else { "isIn" };
                let (name, count) = (self.name(at), text.len());
                Some(format!(
                    "<SimpleSetPredicate field=\"{name}\" booleanOperator=\"{operator}\"><Array type=\"string\" n=\"{count}\">{}</Array></SimpleSetPredicate>",
                    text.join(" ")
                ))
            }
            Op::Compare(comparison, a, b) => self.comparison(*comparison, *a, *b, negated),
            _ => None,
        }
    }

    fn comparison(&self, comparison: Comparison, a: NodeId, b: NodeId, negated: bool) -> Option<String> {
        let (at, other, turned) = match (fact(self.typed, a), fact(self.typed, b)) {
            (Some(at), None) => (at, b, false),
            (None, Some(at)) => (at, a, true),
            _ => return None,
        };
        let comparison = match (comparison, turned) {
            (Comparison::Lt, true) => Comparison::Gt,
            (Comparison::Le, true) => Comparison::Ge,
            (Comparison::Gt, true) => Comparison::Lt,
            (Comparison::Ge, true) => Comparison::Le,
            (same, _) => same,
        };
        let operator = match (comparison, negated) {
            (Comparison::Eq, false) | (Comparison::Ne, true) => "equal",
            (Comparison::Ne, false) | (Comparison::Eq, true) => "notEqual",
            (Comparison::Lt, false) | (Comparison::Ge, true) => "lessThan",
            (Comparison::Le, false) | (Comparison::Gt, true) => "lessOrEqual",
            (Comparison::Gt, false) | (Comparison::Le, true) => "greaterThan",
            (Comparison::Ge, false) | (Comparison::Lt, true) => "greaterOrEqual",
        };
        let node = self.typed.arena.node(other);
        let value = match (&node.op, &node.ty) {
            (Op::Const(days), Type::Date) => text(decimal::from_units(*days, 0), true),
            (Op::Const(units), Type::Flag | Type::Category(_)) => {
                escape(members(self.typed, at)?.get(usize::try_from(*units).ok()?)?)
            }
            _ => self.constant(other)?.to_string(),
        };
        Some(format!("<SimplePredicate field=\"{}\" operator=\"{operator}\" value=\"{value}\"/>", self.name(at)))
    }

    fn verification(&mut self, rulebook: &Rulebook, rows: &[Row<'_>], fields: &[(usize, Field)], count: usize) {
        let samples = samples::decided(rulebook, rows, fields, ROWS);
        self.line(
            2,
            &format!(
                "<ModelVerification recordCount=\"{}\" fieldCount=\"{}\">",
                samples.len(),
                fields.len() + count + 1
            ),
        );
        self.line(3, "<VerificationFields>");
        for (at, (_, field)) in fields.iter().enumerate() {
            self.line(4, &format!("<VerificationField field=\"{}\" column=\"f{at}\"/>", escape(&field.name)));
        }
        self.line(4, "<VerificationField field=\"score\" column=\"score\" precision=\"1E-9\"/>");
        for rank in 1..=count {
            self.line(4, &format!("<VerificationField field=\"reason{rank}\" column=\"reason{rank}\"/>"));
        }
        self.line(3, "</VerificationFields>");
        self.line(3, "<InlineTable>");
        for sample in samples {
            let mut cells = String::new();
            for (at, value) in sample.values.iter().enumerate() {
                if let Some(value) = value {
                    let _ = write!(cells, "<f{at}>{}</f{at}>", escape(value));
                }
            }
            let _ = write!(cells, "<score>{}</score>", sample.score.normalize());
            for (at, code) in sample.codes.iter().enumerate() {
                let _ = write!(cells, "<reason{0}>{1}</reason{0}>", at + 1, escape(code));
            }
            self.line(4, &format!("<row>{cells}</row>"));
        }
        self.line(3, "</InlineTable>");
        self.line(2, "</ModelVerification>");
    }
}

/// The word for the baseline in the rulebook.
fn manifest_baseline(rulebook: &Rulebook) -> &'static str {
    if rulebook.typed().manifest.own_baseline { "custom" } else { "max" }
}
