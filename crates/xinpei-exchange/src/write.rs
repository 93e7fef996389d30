//! A card as rule files, checked, and proved by its own examples.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use xinpei::author::edit::Tree;
use xinpei::author::folder::RuleFiles;
use xinpei::diagnostic::Severity;
use xinpei::{Date, Decision, Dossier, Error, Rulebook, Value};

use crate::card::{Card, Case, FieldKind, Line, Missing, Points, Scored};
use crate::failure::{Failure, Findings, Imported, Item};

/// Most digits of a score.
const SCORE_DIGITS: u32 = 6;

/// What a rulebook says about itself and a foreign card does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The id of the rulebook.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The first day in force.
    pub from: Date,
    /// Who issues it.
    pub authority: String,
    /// Whether enterprises are named by their unified social credit code.
    pub uscc: bool,
}

impl Heading {
    /// A heading: in force from 2000-01-01, issued by nobody yet, any key.
    #[must_use]
    pub fn new(id: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            from: Date::from_days(10_957),
            authority: String::new(),
            uscc: false,
        }
    }
}

/// The day on which cards are tried; no rule of an imported card looks at the date.
fn some_day(heading: &Heading) -> Date {
    heading.from
}

impl Card {
    /// Makes rule files of the card.
    ///
    /// ```
    /// use xinpei_exchange::{Baseline, Card, Edge, Field, FieldKind, Heading, Line, Missing, Scored};
    ///
    /// let field = Field {
    ///     id: "firm.arrears".into(),
    ///     name: "Arrears".into(),
    ///     kind: FieldKind::Number { digits: 2, from: Some(0.into()), to: None },
    ///     missing: Missing::Unknown,
    /// };
    /// let none = Edge { at: 0.into(), inclusive: true, date: false };
    /// let line = Line {
    ///     id: "firm.arrears".into(),
    ///     name: "Arrears".into(),
    ///     scored: Scored::Bands("firm.arrears".into(), vec![(Some(none), 60.into()), (None, 20.into())]),
    ///     missing: 0.into(),
    ///     baseline: None,
    ///     code: None,
    /// };
    /// let card = Card {
    ///     title: "A card".into(),
    ///     basis: "pilot".into(),
    ///     note: None,
    ///     fields: vec![field],
    ///     lines: vec![line],
    ///     reasons: 4,
    ///     baseline: Baseline::Max,
    ///     grades: vec![],
    ///     cases: vec![],
    /// };
    /// let imported = card.rules(&Heading::new("mycounty", "2026.1")).unwrap();
    /// let rulebook = xinpei::Rulebook::from_files(&imported.files).unwrap();
    /// assert_eq!(rulebook.typed().characteristics.len(), 1);
    /// ```
    ///
    /// # Errors
    /// [`Failure::Refused`] with what the rule format does not bear, and with examples that do not come out.
    pub fn rules(&self, heading: &Heading) -> Result<Imported, Failure> {
        finish(self, heading, Findings::default())
    }
}

/// Makes rule files of a card. What the rules do not bear, and examples that do not come out, are refused.
pub(crate) fn finish(card: &Card, heading: &Heading, mut findings: Findings) -> Result<Imported, Failure> {
    findings.settle()?;
    let digits = card.digits();
    if digits > SCORE_DIGITS {
        findings.note(
            0,
            "score",
            format!("points have {digits} digits; their sum is rounded to {SCORE_DIGITS}, half up"),
        );
    }
    let mut files = render(card, heading);
    let rulebook = checked(&files, &mut findings);
    findings.settle()?;
    let Some(rulebook) = rulebook else { return Err(Error::input("the rules that come out cannot be used").into()) };
    let mut cases = Vec::new();
    for case in &card.cases {
        let decision = rulebook.decide(&dossier(case), some_day(heading));
        match differs(case, &decision) {
            Some(what) => findings.refuse(0, format!("example {}", case.id), what),
            None => cases.push(Case { score: decision.score.filter(|_| case.score.is_some()), ..case.clone() }),
        }
    }
    findings.settle()?;
    if !cases.is_empty() {
        files.files.insert("cases/examples.yaml".to_owned(), case_file(&cases, card, heading).into_bytes());
        checked(&files, &mut findings);
        findings.settle()?;
    }
    let names = card.fields.iter().map(|field| (field.name.clone(), field.id.clone())).collect();
    Ok(Imported { files, names, notes: findings.notes })
}

/// The rulebook of files; mistakes become refusals.
fn checked(files: &RuleFiles, findings: &mut Findings) -> Option<Rulebook> {
    let (rulebook, diagnostics) = Rulebook::check(files);
    for diagnostic in diagnostics.sorted() {
        if diagnostic.severity == Severity::Error {
            let (line, _) = diagnostics.files.line_column(diagnostic.span);
            let path = diagnostics.files.path(diagnostic.span.file);
            let help = diagnostic.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
            let what = format!("{} ({}){help}", diagnostic.message, diagnostic.code.name());
            findings.refused.push(Item::new(format!("{path}:{line} of the rules that would come out"), what));
        }
    }
    rulebook
}

fn dossier(case: &Case) -> Dossier {
    let facts: BTreeMap<String, Value> =
        case.facts.iter().map(|(id, text)| (id.clone(), Value::Text(text.clone()))).collect();
    Dossier { enterprise: xinpei::cases::ENTERPRISE.to_owned(), facts }
}

/// What differs between an example and the decision by the rules.
fn differs(case: &Case, decision: &Decision) -> Option<String> {
    if let Some(fault) = decision.faults.first().filter(|_| case.score.is_some()) {
        return Some(format!("its value `{}` of `{}` is a fault: {}", fault.value, fault.fact, fault.kind.word()));
    }
    match (case.score, decision.score) {
        (None, _) if decision.faults.is_empty() => {
            return Some("it expects no result, and the rules give one".to_owned());
        }
        (None, _) => return None,
        (Some(expected), Some(score))
            if expected.checked_sub(score).is_some_and(|apart| apart.abs() <= case.tolerance) => {}
        (Some(expected), score) => {
            let score = score.map_or_else(|| "none".to_owned(), |s| s.normalize().to_string());
            return Some(format!("it expects the score {}, and the rules give {score}", expected.normalize()));
        }
    }
    if let (Some(expected), grade) = (&case.grade, &decision.grade)
        && Some(expected) != grade.as_ref()
    {
        return Some(format!(
            "it expects the grade {expected}, and the rules give {}",
            grade.as_deref().unwrap_or("none")
        ));
    }
    let codes: Vec<String> = decision.reasons.iter().map(|r| r.code.clone()).collect();
    let expected = case.reasons.as_ref().filter(|expected| **expected != codes)?;
    Some(format!("it expects the reasons [{}], and the rules give [{}]", expected.join(", "), codes.join(", ")))
}

/// A label in both languages.
fn label(zh: &str, en: &str) -> Tree {
    Tree::map([("zh", Tree::text(zh)), ("en", Tree::text(en))])
}

fn number(value: Decimal) -> Tree {
    Tree::number(value.normalize().to_string())
}

/// Lines `key: value`, each on its own line behind an indent.
struct Block(String);

impl Block {
    fn put(&mut self, indent: &str, key: &str, value: &Tree) {
        let _ = writeln!(self.0, "{indent}{key}: {}", value.inline());
    }

    fn raw(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}

fn render(card: &Card, heading: &Heading) -> RuleFiles {
    let mut files = RuleFiles::default();
    let mut put = |path: &str, text: String| drop(files.files.insert(path.to_owned(), text.into_bytes()));
    put("rulebook.yaml", manifest(card, heading));
    for (department, text) in fact_files(card) {
        put(&format!("facts/{department}.yaml"), text);
    }
    put("sections/score.yaml", section(card));
    put("grades.yaml", grades(card));
    files
}

fn manifest(card: &Card, heading: &Heading) -> String {
    let mut out = Block(String::new());
    out.put("", "rulebook", &Tree::text(&heading.id));
    out.put("", "version", &Tree::text(&heading.version));
    out.put("", "language", &Tree::number("1"));
    out.put("", "title", &label(&card.title, &card.title));
    let authority = if heading.authority.is_empty() {
        label("请填写发布单位", "Name the issuing body here")
    } else {
        label(&heading.authority, &heading.authority)
    };
    out.put("", "authority", &authority);
    out.put("", "effective", &Tree::map([("from", Tree::Date(heading.from))]));
    out.raw("languages: [zh, en]");
    out.put("", "key", &Tree::text(if heading.uscc { "uscc" } else { "text" }));
    if let Some(note) = &card.note {
        out.put("", "note", &label(note, note));
    }
    let digits = card.digits().min(SCORE_DIGITS);
    out.put(
        "",
        "score",
        &Tree::map([("digits", Tree::number(digits.to_string())), ("rounding", Tree::text("half_up"))]),
    );
    let reasons = [("count", Tree::number(card.reasons.to_string())), ("baseline", Tree::text(card.baseline.word()))];
    out.put("", "reasons", &Tree::map(reasons));
    out.0
}

/// Files of facts by department, which is the first word of their ids.
fn fact_files(card: &Card) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for field in &card.fields {
        let department = field.id.split('.').next().unwrap_or_default().to_owned();
        if !files.iter().any(|(d, _)| *d == department) {
            let mut out = Block(String::new());
            out.put("", "department", &Tree::text(&department));
            out.put("", "label", &label(&department, &department));
            out.raw("facts:");
            files.push((department.clone(), out.0));
        }
        let Some((_, text)) = files.iter_mut().find(|(d, _)| *d == department) else { continue };
        let mut pairs = vec![("id", Tree::text(&field.id)), ("label", label(&field.name, &field.name))];
        match &field.kind {
            FieldKind::Number { digits, from, to } => {
                pairs.extend([("type", Tree::text("number")), ("digits", Tree::number(digits.to_string()))]);
                let edges: Vec<(&str, Tree)> =
                    [("from", from), ("to", to)].into_iter().filter_map(|(k, v)| Some((k, number((*v)?)))).collect();
                if !edges.is_empty() {
                    pairs.push(("range", Tree::map(edges)));
                }
            }
            FieldKind::Date => pairs.push(("type", Tree::text("date"))),
            FieldKind::Flag => pairs.push(("type", Tree::text("flag"))),
            FieldKind::Category(members) => {
                pairs.push(("type", Tree::text("category")));
                pairs.push(("members", Tree::List(members.iter().map(Tree::text).collect())));
            }
        }
        match &field.missing {
            Missing::Unknown => {}
            Missing::Required => pairs.push(("missing", Tree::text("required"))),
            Missing::Means(text) => {
                let value = match &field.kind {
                    FieldKind::Category(_) => Tree::text(text),
                    FieldKind::Flag => Tree::Flag(text == "true"),
                    FieldKind::Date => Date::parse(text).map_or_else(|| Tree::text(text), Tree::Date),
                    FieldKind::Number { .. } => Tree::number(text),
                };
                pairs.push(("missing", Tree::map([("means", value)])));
            }
        }
        let _ = writeln!(text, "  - {}", Tree::map(pairs).inline());
    }
    files
}

fn section(card: &Card) -> String {
    let mut out = Block(String::new());
    out.raw("section: score");
    out.put("", "label", &label("得分", "Score"));
    out.raw("characteristics:");
    for line in &card.lines {
        characteristic(&mut out, line, card);
    }
    out.0
}

fn characteristic(out: &mut Block, line: &Line, card: &Card) {
    let _ = writeln!(out.0, "  - id: {}", Tree::text(&line.id).inline());
    let indent = "    ";
    out.put(indent, "label", &label(&line.name, &line.name));
    out.put(indent, "basis", &Tree::text(&card.basis));
    match &line.scored {
        Scored::Bands(of, bands) => {
            out.put(indent, "of", &Tree::text(of));
            out.raw("    points:");
            for (edge, points) in bands {
                let mut pairs = Vec::new();
                if let Some(edge) = edge {
                    let at = if edge.date { Date::parse(&edge.text()).map(Tree::Date) } else { None };
                    pairs.push((if edge.inclusive { "upto" } else { "below" }, at.unwrap_or_else(|| number(edge.at))));
                }
                pairs.push(("points", number(*points)));
                let _ = writeln!(out.0, "      - {}", Tree::map(pairs).inline());
            }
        }
        Scored::Members(of, members) => {
            out.put(indent, "of", &Tree::text(of));
            let pairs = members.iter().map(|(name, points)| (name.clone(), number(*points))).collect();
            out.put(indent, "points", &Tree::Map(pairs));
        }
        Scored::First(rows) => {
            out.raw("    first:");
            for (when, points) in rows {
                let mut pairs: Vec<(&str, Tree)> = when.iter().map(|when| ("when", Tree::text(when))).collect();
                pairs.push((
                    "points",
                    match points {
                        Points::Number(points) => number(*points),
                        Points::Expression(text, _) => Tree::text(text),
                    },
                ));
                let _ = writeln!(out.0, "      - {}", Tree::map(pairs).inline());
            }
        }
    }
    out.put(indent, "missing", &number(line.missing));
    if let Some(baseline) = line.baseline {
        out.put(indent, "baseline", &number(baseline));
    }
    if let Some(code) = &line.code {
        out.put(indent, "reason", &Tree::map([("code", Tree::text(code))]));
    }
}

fn grades(card: &Card) -> String {
    if card.grades.is_empty() {
        return "grades:\n  - {id: scored, label: {zh: 已评分, en: Scored}}   # the card has no grades\n".to_owned();
    }
    let mut out = Block("grades:\n".to_owned());
    for grade in &card.grades {
        let mut pairs = vec![("id", Tree::text(&grade.id))];
        pairs.extend(grade.from.map(|from| ("from", number(from))));
        pairs.push(("label", label(&grade.id, &grade.id)));
        out.raw(&format!("  - {}", Tree::map(pairs).inline()));
    }
    out.0
}

fn case_file(cases: &[Case], card: &Card, heading: &Heading) -> String {
    let mut out = Block(String::new());
    out.put("", "as_of", &Tree::Date(some_day(heading)));
    out.raw("cases:");
    for case in cases {
        let _ = writeln!(out.0, "  - id: {}", Tree::text(&case.id).inline());
        out.put("    ", "note", &Tree::text(&case.note));
        let facts: Vec<(String, Tree)> = case
            .facts
            .iter()
            .map(|(id, text)| {
                let exact = card.field(id).is_some_and(|f| matches!(f.kind, FieldKind::Number { .. }));
                (id.clone(), if exact { Tree::number(text) } else { Tree::text(text) })
            })
            .collect();
        if !facts.is_empty() {
            out.put("    ", "facts", &Tree::Map(facts));
        }
        let mut expect = Vec::new();
        match case.score {
            Some(score) => expect.push(("score", number(score))),
            None => expect.push(("status", Tree::text("refer"))),
        }
        expect.extend(case.grade.iter().map(|grade| ("grade", Tree::text(grade))));
        expect.extend(case.reasons.iter().map(|codes| ("reasons", Tree::List(codes.iter().map(Tree::text).collect()))));
        out.put("    ", "expect", &Tree::map(expect));
    }
    out.0
}
