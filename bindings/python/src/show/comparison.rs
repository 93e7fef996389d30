//! Differences and comparisons as HTML.

use std::fmt::Write as _;

use xinpei_assure::compare::page::{self, Sheet};
use xinpei_assure::compare::{Matrix, ShiftKind};
use xinpei_assure::diff::{Action, Difference, Kind};
use xinpei_assure::words::{number, signed};

use super::page::Page;
use crate::comparison::Compared;
use crate::language::Lang;
use crate::moved::PyMoved;

/// A difference: the rules that changed, by kind.
pub(crate) fn difference(difference: &Difference) -> String {
    let lang = Lang::current();
    let code = lang.code();
    let mut page = Page::new();
    let mut lines = difference.text(code);
    if !difference.is_empty() {
        lines.truncate(lines.find('\n').unwrap_or(lines.len()));
    }
    for line in lines.lines().filter(|line| !line.is_empty()) {
        page.tagged("p", "", line);
    }
    let mut before = None;
    for change in &difference.changes {
        if before != Some(change.kind) {
            if before.is_some() {
                page.close("table");
            }
            page.open("table", "");
            page.head(&[(&change.kind.heading(lang == Lang::Zh), false), ("", false)]);
            before = Some(change.kind);
        }
        let label = change.label.text(code);
        let label = if change.kind == Kind::Rulebook { "" } else { label };
        let action = match change.action {
            Action::Added => lang.pick("新增", "new"),
            Action::Removed => lang.pick("删去", "removed"),
            Action::Changed => "",
        };
        page.row("xp-head", &[(format!("{label} {}", change.id).trim(), false), (action, false)]);
        for detail in &change.details {
            page.row("", &[("", false), (detail.text.text(code), false)]);
        }
    }
    if before.is_some() {
        page.close("table");
    }
    page.finish()
}

/// A comparison: counts, the matrix with its moves shaded, what shifted, and the first that moved.
pub(crate) fn comparison(compared: &Compared) -> String {
    let lang = Lang::current();
    let (report, typed) = (&compared.counted.report, compared.trial.rulebook.typed());
    let mut page = Page::new();
    page.open("p", "");
    page.tagged("b", "", &page::title(report, lang.code()));
    page.close("p");
    for (at, sheet) in page::sheets(report, typed, lang.code()).iter().enumerate() {
        // The second is the matrix: the first has the counts.
        if at == 1 { matrix(&mut page, sheet, &report.matrix) } else { table(&mut page, sheet) }
    }
    let told = compared.told();
    let names: Vec<String> = told.iter().map(|m| m.name.clone().unwrap_or_default()).collect();
    let moves: Vec<_> = told.into_iter().map(|m| m.moved).collect();
    if let Some(sheet) = page::enterprises(report, &moves, &names, typed, lang.code()) {
        table(&mut page, &sheet);
        if let Some(more) = more(report.moved, moves.len(), lang) {
            page.tagged("p", "xp-dim", &more);
        }
    }
    page.finish()
}

/// How many moved enterprises are not told.
pub(super) fn more(moved: u64, told: usize, lang: Lang) -> Option<String> {
    let more = moved.saturating_sub(u64::try_from(told).unwrap_or(u64::MAX));
    let text = match lang {
        Lang::Zh => format!("另有 {more} 户：moves({moved})"),
        Lang::En => format!("and {more} more: moves({moved})"),
    };
    (more > 0).then_some(text)
}

fn table(page: &mut Page, sheet: &Sheet) {
    if !sheet.title.is_empty() {
        page.tagged("p", "", &sheet.title);
    }
    page.open("table", "");
    let number = |at: usize| sheet.right.contains(&at);
    if !sheet.head.is_empty() {
        page.head(&sheet.head.iter().enumerate().map(|(at, cell)| (cell.as_str(), number(at))).collect::<Vec<_>>());
    }
    for row in &sheet.rows {
        page.row("", &row.iter().enumerate().map(|(at, cell)| (cell.trim_start(), number(at))).collect::<Vec<_>>());
    }
    page.close("table");
}

/// The matrix; enterprises that stay are dim, those that fall are marked.
fn matrix(page: &mut Page, sheet: &Sheet, matrix: &Matrix) {
    page.tagged("p", "", &sheet.title);
    page.open("table", "");
    page.head(&sheet.head.iter().enumerate().map(|(at, cell)| (cell.as_str(), at > 0)).collect::<Vec<_>>());
    let shown: Vec<usize> = (0..matrix.new.len())
        .filter(|at| matrix.counts.iter().any(|row| row.get(*at).is_some_and(|c| *c > 0)))
        .collect();
    let froms = matrix.old.iter().zip(&matrix.counts).filter(|(_, cells)| cells.iter().any(|count| *count > 0));
    for ((from, _), row) in froms.zip(&sheet.rows) {
        page.open("tr", "");
        for (at, cell) in row.iter().enumerate() {
            let to = at.checked_sub(1).and_then(|at| shown.get(at)).and_then(|at| Some((*at, matrix.new.get(*at)?)));
            let stays = to.is_some_and(|(_, to)| to == from);
            let place = matrix.new.iter().position(|grade| grade == from);
            let falls = to.zip(place).is_some_and(|((to, _), from)| to > from) && cell != "·";
            let class = match (at, stays, falls) {
                (0, ..) => "",
                (_, true, _) => "xp-n xp-dim",
                (_, _, true) => "xp-n xp-bad",
                _ => "xp-n",
            };
            page.tagged("td", class, cell);
        }
        page.close("tr");
    }
    if let Some(last) = sheet.rows.last() {
        page.row("xp-head", &last.iter().enumerate().map(|(at, cell)| (cell.as_str(), at > 0)).collect::<Vec<_>>());
    }
    page.close("table");
}

/// One enterprise before and after: standing, and each shift.
pub(crate) fn moved(this: &PyMoved) -> String {
    let lang = Lang::current();
    let mut page = Page::new();
    page.tagged("p", "", &line(this, lang));
    page.open("table", "");
    let noun = lang.pick("由来", "what");
    page.head(&[(noun, false), (lang.pick("原", "before"), true), (lang.pick("新", "after"), true), ("", true)]);
    for [label, old, new, shift] in shifts(this, lang) {
        page.row("", &[(&label, false), (&old, true), (&new, true), (&shift, true)]);
    }
    page.close("table");
    for text in rules(this, lang) {
        page.tagged("p", "", &text);
    }
    page.finish()
}

/// Who, and where it stood and stands.
pub(super) fn line(this: &PyMoved, lang: Lang) -> String {
    let (old, new) = (page::standing(&this.moved.old, lang.code()), page::standing(&this.moved.new, lang.code()));
    let mut line = this.moved.enterprise.clone();
    if let Some(name) = &this.name {
        let _ = write!(line, " {name}");
    }
    let _ = write!(line, "  {old} → {new}");
    line
}

/// Each shift: what, before, after, difference.
pub(super) fn shifts(this: &PyMoved, lang: Lang) -> Vec<[String; 4]> {
    let typed = this.trial.rulebook.typed();
    let of = |kind: ShiftKind, id: &str| page::noun(kind, id, typed, lang.code());
    let all = this.moved.shifts.iter();
    all.map(|s| [of(s.kind, &s.id), number(s.old), number(s.new), signed(s.shift)]).collect()
}

/// Overrides and outcomes that came and went.
pub(super) fn rules(this: &PyMoved, lang: Lang) -> Vec<String> {
    let typed = this.trial.rulebook.typed();
    let code = lang.code();
    let fired = |id: &String| typed.overrides.iter().find(|o| o.id == *id).map(|o| o.label.text(code));
    let follows = |id: &String| typed.outcomes.iter().find(|o| o.id == *id).map(|o| o.label.text(code));
    let moved = &this.moved;
    let mut all = Vec::new();
    let mut add = |sign: &str, ids: &[String], label: &dyn Fn(&String) -> Option<String>| {
        all.extend(ids.iter().map(|id| format!("{sign} {}", label(id).unwrap_or_else(|| id.clone()))));
    };
    let (a, b) = (|id: &String| fired(id).map(str::to_owned), |id: &String| follows(id).map(str::to_owned));
    add("+", &moved.overrides_gained, &a);
    add("−", &moved.overrides_lost, &a);
    add("+", &moved.outcomes_gained, &b);
    add("−", &moved.outcomes_lost, &b);
    for change in &moved.outcomes_changed {
        let label = b(&change.id).unwrap_or_else(|| change.id.clone());
        let pair = |(old, new): &(Option<String>, Option<String>)| {
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
            (old != new).then(|| format!("{} → {}", side(old), side(new)))
        };
        let parts: Vec<String> = [pair(&change.until), pair(&change.amount)].into_iter().flatten().collect();
        all.push(format!("{label}: {}", parts.join(", ")));
    }
    all
}
