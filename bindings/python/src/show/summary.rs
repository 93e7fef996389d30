//! What a run comes to, as HTML.

use rust_decimal::Decimal;
use xinpei::explain::words::Noun;

use super::page::{Page, bar};
use super::text::FAULTS;
use super::words;
use crate::language::Lang;
use crate::summary::PySummary;

/// Counts of statuses, grades, reasons and faults.
pub(crate) fn summary(summary: &PySummary) -> String {
    let (lang, typed) = (Lang::current(), summary.loaded.rulebook.typed());
    let code = lang.code();
    let mut page = Page::new();
    let (title, version) = (typed.manifest.title.text(code), &typed.manifest.version.text);
    page.open("p", "");
    page.tagged("b", "", &format!("{title} {version} · {} {}", lang.noun(Noun::AsOf), summary.as_of));
    page.close("p");
    let mut parts = vec![
        format!("{} {}", lang.pick("决定", "decisions"), summary.decisions),
        format!("{} {}", lang.nouns(Noun::Reject), summary.rejects),
    ];
    for (word, count) in summary.status.iter().filter(|(_, count)| *count > 0) {
        parts.push(format!("{} {count}", words::status_word(word, lang)));
    }
    if let (Some(least), Some(mean), Some(most)) = (summary.least(), summary.mean(), summary.most()) {
        parts.push(format!("{} {least} – {most}, {} {mean}", lang.noun(Noun::Score), lang.pick("平均", "mean")));
    }
    page.tagged("p", "", &parts.join(" · "));
    page.open("table", "");
    page.head(&[(lang.noun(Noun::Grade), false), ("", false), (lang.pick("户数", "enterprises"), true), ("", false)]);
    let all = Decimal::from(summary.decisions.max(1));
    for (grade, count) in &summary.grades {
        let meaning = typed.grades.iter().find(|g| g.id == *grade).map_or("", |g| g.label.text(code));
        page.open("tr", "");
        page.tagged("td", "", grade);
        page.tagged("td", "", meaning);
        page.tagged("td", "xp-n", &count.to_string());
        page.open("td", "");
        page.raw(&bar(0, words::thousandths(Decimal::from(*count), all), "#2563eb"));
        page.close("td");
        page.close("tr");
    }
    page.close("table");
    if !summary.reasons.is_empty() {
        page.open("table", "");
        page.head(&[(lang.noun(Noun::Reason), false), (lang.pick("次数", "times"), true)]);
        for (reason, count) in summary.reasons.iter().take(10) {
            page.row("", &[(reason, false), (&count.to_string(), true)]);
        }
        page.close("table");
    }
    if !summary.faults.is_empty() {
        page.open("table", "");
        page.head(&[(lang.noun(Noun::Fault), false), ("", false), (lang.pick("次数", "times"), true)]);
        for ((fact, kind), count) in summary.faults.iter().take(FAULTS) {
            page.row("xp-warn", &[(fact, false), (words::fault(kind, lang), false), (&count.to_string(), true)]);
        }
        page.close("table");
        if summary.faults.len() > FAULTS {
            let more = format!("… {} {}", lang.pick("另有", "more:"), summary.faults.len() - FAULTS);
            page.tagged("p", "xp-dim", &more);
        }
    }
    for notice in &summary.notices {
        page.tagged("p", "xp-dim", notice);
    }
    page.finish()
}
