//! Text for a terminal: columns that line up although a Chinese character is two cells wide.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use unicode_width::UnicodeWidthStr;
use xinpei::explain::words::Noun;
use xinpei::explain::{StepKind, waterfall};
use xinpei_assure::compare::page::{self, Sheet};

use super::comparison::{self, more};
use super::{lines, words};
use crate::comparison::Compared;
use crate::decision::PyDecision;
use crate::language::Lang;
use crate::moved::PyMoved;
use crate::rulebook::Loaded;
use crate::summary::PySummary;

/// Kinds of faults that a summary lists.
pub(super) const FAULTS: usize = 20;

/// Rows of cells; the columns at `right` end where their neighbours begin.
#[derive(Debug, Default)]
struct Columns {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Columns {
    fn right(at: &[usize]) -> Self {
        Self { rows: Vec::new(), right: at.to_vec() }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    fn render(&self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = (*width).max(cell.width());
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let pad = " ".repeat(width - cell.width());
                let (before, after) = if self.right.contains(&at) { (pad.as_str(), "") } else { ("", pad.as_str()) };
                let _ = write!(line, "{before}{cell}{after}  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A text from outside without what would move the cursor or turn the direction of writing.
fn safe(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// A bar of ten cells.
fn bar(part: Decimal, whole: Decimal) -> String {
    let full = usize::try_from((words::thousandths(part, whole).clamp(0, 1000) + 50) / 100).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full.min(10)))
}

/// The waterfall of a decision, and what else it says.
pub(crate) fn decision(this: &PyDecision) -> String {
    let (lang, typed, decision) = (Lang::current(), this.typed(), &this.decision);
    let code = lang.code();
    let mut text = String::new();
    let name = this.name.as_deref().unwrap_or("");
    let _ = writeln!(text, "{}", format!("{} {}", safe(&decision.enterprise), safe(name)).trim_end());
    let (title, version) = (typed.manifest.title.text(code), &decision.rulebook.version);
    let _ = writeln!(text, "{title} {version} · {} {}", lang.noun(Noun::AsOf), decision.as_of);
    let _ = writeln!(text, "{}\n", headline(this, lang).join(" · "));
    let steps = waterfall(typed, decision);
    let mut columns = Columns::right(&[2]);
    for (section, points) in typed.sections.iter().zip(&decision.sections) {
        columns.row([section.label.text(code).into(), String::new(), format!("{} / {}", points.points, points.max)]);
        let rules = typed.characteristics.get(section.characteristics.clone()).unwrap_or_default();
        let scored = decision.characteristics.get(section.characteristics.clone()).unwrap_or_default();
        for (rule, line) in rules.iter().zip(scored) {
            columns.row([
                format!("  {}", rule.label.text(code)),
                safe(&words::value(&this.loaded, rule, line, lang)),
                format!("{} / {}", line.points, line.max),
                bar(line.points, line.max),
            ]);
        }
        for step in steps.iter().filter(|s| s.kind == StepKind::Limit && s.id == section.id) {
            let what = words::limit(step.amount, lang);
            columns.row([format!("  {what}"), String::new(), words::signed(step.amount)]);
        }
    }
    for step in steps.iter().filter(|s| s.kind == StepKind::Rounding) {
        columns.row([lang.noun(Noun::Rounding).into(), String::new(), words::signed(step.amount)]);
    }
    if let Some(score) = decision.score {
        columns.row([lang.noun(Noun::Score).into(), String::new(), score.to_string()]);
    }
    text.push_str(&columns.render());
    let mut part = |title: &str, columns: Columns| {
        if !columns.rows.is_empty() {
            let _ = write!(text, "\n{title}\n{}", columns.render());
        }
    };
    let mut list = Columns::default();
    for fired in &decision.overrides {
        list.row([
            format!("  {}", words::effect(fired, lang)),
            fired.text.text(code).into(),
            words::basis(&fired.basis, lang).to_owned(),
        ]);
    }
    part(lang.nouns(Noun::Override), list);
    let mut list = Columns::right(&[0]);
    for reason in &decision.reasons {
        let lost = reason.lost.map_or_else(String::new, |lost| format!("−{lost}"));
        list.row([format!("  {lost}"), reason.text.text(code).into()]);
    }
    part(lang.nouns(Noun::Reason), list);
    let mut list = Columns::default();
    for follows in &decision.outcomes {
        let until = follows.until.map_or_else(String::new, |until| format!("{} {until}", lang.noun(Noun::Until)));
        let kind = words::kind(&follows.kind, lang);
        list.row([format!("  {kind}"), follows.text.text(code).into(), until]);
    }
    part(lang.nouns(Noun::Outcome), list);
    let mut list = Columns::default();
    for fault in &decision.faults {
        let what = words::fault(fault.kind.word(), lang);
        list.row([format!("  {}", safe(&fault.fact)), what.into(), safe(&fault.value)]);
    }
    part(lang.nouns(Noun::Fault), list);
    text.trim_end().to_owned()
}

/// Status, score, grade and coverage.
pub(super) fn headline(this: &PyDecision, lang: Lang) -> Vec<String> {
    let decision = &this.decision;
    let mut parts = vec![words::status(decision.status, lang).to_owned()];
    if let Some(score) = decision.score {
        parts.push(format!("{} {score}", lang.noun(Noun::Score)));
    }
    if let Some(grade) = &decision.grade {
        let meaning = this.typed().grades.iter().find(|g| g.id == *grade).map_or("", |g| g.label.text(lang.code()));
        parts.push(format!("{} {grade} {meaning}", lang.noun(Noun::Grade)));
    }
    parts.push(format!("{} {}", lang.noun(Noun::Coverage), decision.coverage));
    parts
}

/// What a run comes to.
pub(crate) fn summary(summary: &PySummary) -> String {
    let lang = Lang::current();
    let typed = summary.loaded.rulebook.typed();
    let mut text = format!(
        "{} {} · {} {}\n{} {} · {} {}\n",
        typed.manifest.title.text(lang.code()),
        typed.manifest.version.text,
        lang.noun(Noun::AsOf),
        summary.as_of,
        lang.pick("决定", "decisions"),
        summary.decisions,
        lang.nouns(Noun::Reject),
        summary.rejects
    );
    if let (Some(least), Some(mean), Some(most)) = (summary.least(), summary.mean(), summary.most()) {
        let words = [lang.pick("得分 最低", "score least"), lang.pick("平均", "mean"), lang.pick("最高", "most")];
        let [a, b, c] = words;
        let _ = writeln!(text, "{a} {least} · {b} {mean} · {c} {most}");
    }
    let mut columns = Columns::right(&[1]);
    for (word, count) in summary.status.iter().filter(|(_, count)| *count > 0) {
        columns.row([words::status_word(word, lang).into(), count.to_string(), String::new(), String::new()]);
    }
    for (grade, count) in &summary.grades {
        let meaning = typed.grades.iter().find(|g| g.id == *grade).map_or("", |g| g.label.text(lang.code()));
        let share = bar(Decimal::from(*count), Decimal::from(summary.decisions.max(1)));
        columns.row([grade.clone(), count.to_string(), share, meaning.to_owned()]);
    }
    let _ = write!(text, "\n{}", columns.render());
    if !summary.faults.is_empty() {
        let mut columns = Columns::right(&[2]);
        for ((fact, kind), count) in summary.faults.iter().take(FAULTS) {
            columns.row([format!("  {}", safe(fact)), words::fault(kind, lang).into(), count.to_string()]);
        }
        let _ = write!(text, "\n{}\n{}", lang.nouns(Noun::Fault), columns.render());
        if summary.faults.len() > FAULTS {
            let _ = writeln!(text, "  … {} {}", lang.pick("另有", "more:"), summary.faults.len() - FAULTS);
        }
    }
    for notice in &summary.notices {
        let _ = write!(text, "\n{}", safe(notice));
    }
    text.trim_end().to_owned()
}

/// A comparison: counts, grades, what shifted, and the first that moved.
pub(crate) fn comparison(compared: &Compared) -> String {
    let lang = Lang::current();
    let (report, typed) = (&compared.counted.report, compared.trial.rulebook.typed());
    let mut text = format!("{}\n", page::title(report, lang.code()));
    let mut add = |sheet: &Sheet| {
        let title = if sheet.title.is_empty() { String::new() } else { format!("{}\n", sheet.title) };
        let mut columns = Columns::right(&sheet.right);
        let head = std::iter::once(&sheet.head).filter(|head| !head.is_empty());
        columns.rows.extend(head.chain(&sheet.rows).map(|row| row.iter().map(|cell| safe(cell)).collect()));
        let _ = write!(text, "\n{title}{}", columns.render());
    };
    page::sheets(report, typed, lang.code()).iter().for_each(&mut add);
    let told = compared.told();
    let names: Vec<String> = told.iter().map(|moved| moved.name.clone().unwrap_or_default()).collect();
    let moves: Vec<_> = told.into_iter().map(|moved| moved.moved).collect();
    if let Some(sheet) = page::enterprises(report, &moves, &names, typed, lang.code()) {
        add(&sheet);
        let _ = writeln!(text, "{}", more(report.moved, moves.len(), lang).unwrap_or_default());
    }
    text.trim_end().to_owned()
}

/// One enterprise before and after.
pub(crate) fn moved(this: &PyMoved) -> String {
    let lang = Lang::current();
    let mut text = format!("{}\n", safe(&comparison::line(this, lang)));
    let mut columns = Columns::right(&[1, 3, 4]);
    for [label, old, new, shift] in comparison::shifts(this, lang) {
        columns.row([format!("  {label}"), old, "→".to_owned(), new, shift]);
    }
    text.push_str(&columns.render());
    for line in comparison::rules(this, lang) {
        let _ = writeln!(text, "  {line}");
    }
    text.trim_end().to_owned()
}

/// A rulebook: what it is, and its sections.
pub(crate) fn rulebook(loaded: &Loaded) -> String {
    let (lang, typed) = (Lang::current(), loaded.rulebook.typed());
    let manifest = &typed.manifest;
    let mut text = format!(
        "{} {}\n{} · {} {}\n{}\n\n",
        manifest.title.text(lang.code()),
        manifest.version.text,
        manifest.authority.text(lang.code()),
        lang.pick("施行日", "in force from"),
        manifest.from,
        loaded.rulebook.digest()
    );
    let mut columns = Columns::right(&[2, 3]);
    for section in &typed.sections {
        let most = xinpei::decimal::from_units(section.points.high, section.points.digits).normalize();
        columns.row([
            section.id.to_string(),
            section.label.text(lang.code()).to_owned(),
            section.characteristics.len().to_string(),
            most.to_string(),
        ]);
    }
    text.push_str(&columns.render());
    text.trim_end().to_owned()
}

/// A section: its characteristics and their most points.
pub(crate) fn section(loaded: &Loaded, at: usize) -> String {
    let (lang, typed) = (Lang::current(), loaded.rulebook.typed());
    let Some(section) = typed.sections.get(at) else { return String::new() };
    let mut columns = Columns::right(&[2]);
    for rule in typed.characteristics.get(section.characteristics.clone()).unwrap_or_default() {
        columns.row([
            format!("  {}", rule.id),
            rule.label.text(lang.code()).to_owned(),
            rule.max.normalize().to_string(),
        ]);
    }
    format!("{} {}\n{}", section.id, section.label.text(lang.code()), columns.render()).trim_end().to_owned()
}

/// A characteristic: what it scores, and its rows.
pub(crate) fn characteristic(loaded: &Loaded, at: usize) -> String {
    let (lang, typed) = (Lang::current(), loaded.rulebook.typed());
    let Some(rule) = typed.characteristics.get(at) else { return String::new() };
    let mut columns = Columns::right(&[1]);
    for (condition, points) in lines::rows(loaded, at, lang) {
        columns.row([format!("  {condition}"), points]);
    }
    let of = lines::of(loaded, at);
    format!("{} {}\n{of}\n{}", rule.id, rule.label.text(lang.code()), columns.render()).trim_end().to_owned()
}
