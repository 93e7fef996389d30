//! Rules as HTML.

use super::page::Page;
use super::{lines, words};
use crate::language::Lang;
use crate::rulebook::Loaded;
use xinpei::explain::words::Noun;

/// A rulebook: what it is, its sections, grades and overrides.
pub(crate) fn rulebook(loaded: &Loaded) -> String {
    let (lang, typed, source) = (Lang::current(), loaded.rulebook.typed(), loaded.rulebook.source());
    let (code, manifest) = (lang.code(), &typed.manifest);
    let mut page = Page::new();
    page.open("p", "");
    page.tagged("b", "", &format!("{} {}", manifest.title.text(code), manifest.version.text));
    page.close("p");
    let until = manifest.to.map_or_else(String::new, |to| format!(" – {to}"));
    let about =
        format!("{} · {} {}{until}", manifest.authority.text(code), lang.pick("施行", "in force"), manifest.from);
    page.tagged("p", "", &about);
    page.tagged("p", "xp-dim", &loaded.rulebook.digest());
    page.open("table", "");
    page.head(&[
        (lang.noun(Noun::Section), false),
        ("", false),
        (lang.nouns(Noun::Characteristic), true),
        (lang.pick("满分", "most"), true),
    ]);
    for section in &typed.sections {
        let most = xinpei::decimal::from_units(section.points.high, section.points.digits).normalize().to_string();
        let count = section.characteristics.len().to_string();
        page.row("", &[(&section.id, false), (section.label.text(code), false), (&count, true), (&most, true)]);
    }
    page.close("table");
    page.open("table", "");
    page.head(&[(lang.noun(Noun::Grade), false), (lang.pick("不低于", "from"), true), ("", false)]);
    for grade in &typed.grades {
        let from = match grade.from {
            Some(from) => from.to_string(),
            None if grade.by_override => lang.pick("仅由一票否决与调整", "by override").to_owned(),
            None => String::new(),
        };
        page.row("", &[(&grade.id, false), (&from, true), (grade.label.text(code), false)]);
    }
    page.close("table");
    if !source.overrides.is_empty() {
        page.open("table", "");
        page.head(&[
            (lang.noun(Noun::Override), false),
            ("", false),
            (lang.noun(Noun::Condition), false),
            (lang.noun(Noun::Basis), false),
        ]);
        for rule in &source.overrides {
            let when = rule.when.text().unwrap_or("");
            page.row(
                "",
                &[
                    (&rule.id.text, false),
                    (rule.label.text(code), false),
                    (when, false),
                    (words::basis(&rule.basis, lang), false),
                ],
            );
        }
        page.close("table");
    }
    page.finish()
}

/// A section: its characteristics.
pub(crate) fn section(loaded: &Loaded, at: usize) -> String {
    let (lang, typed) = (Lang::current(), loaded.rulebook.typed());
    let code = lang.code();
    let mut page = Page::new();
    let Some(section) = typed.sections.get(at) else { return page.finish() };
    page.tagged("p", "", &format!("{} · {}", section.id, section.label.text(code)));
    page.open("table", "");
    page.head(&[
        (lang.noun(Noun::Characteristic), false),
        ("", false),
        (lang.noun(Noun::Scored), false),
        (lang.pick("最低", "least"), true),
        (lang.pick("最高", "most"), true),
        (lang.noun(Noun::Missing), true),
    ]);
    let first = section.characteristics.start;
    let rules = typed.characteristics.get(section.characteristics.clone()).unwrap_or_default();
    for (line, rule) in rules.iter().enumerate() {
        let of = lines::of(loaded, first + line);
        let numbers = [rule.min, rule.max, rule.missing].map(|n| n.normalize().to_string());
        let [least, most, missing] = &numbers;
        page.row(
            "",
            &[
                (&rule.id, false),
                (rule.label.text(code), false),
                (&of, false),
                (least, true),
                (most, true),
                (missing, true),
            ],
        );
    }
    page.close("table");
    page.finish()
}

/// A characteristic: what it scores, and its rows.
pub(crate) fn characteristic(loaded: &Loaded, at: usize) -> String {
    let (lang, typed) = (Lang::current(), loaded.rulebook.typed());
    let mut page = Page::new();
    let Some(rule) = typed.characteristics.get(at) else { return page.finish() };
    page.open("p", "");
    page.tagged("b", "", rule.label.text(lang.code()));
    page.text(&format!(" · {}", rule.id));
    page.close("p");
    page.tagged("p", "xp-dim", words::basis(&rule.basis, lang));
    let of = lines::of(loaded, at);
    if !of.is_empty() {
        page.tagged("pre", "", &of);
    }
    page.open("table", "");
    page.head(&[(lang.noun(Noun::Condition), false), (lang.pick("分值", "points"), true)]);
    for (condition, points) in lines::rows(loaded, at, lang) {
        page.row("", &[(&condition, false), (&points, true)]);
    }
    page.close("table");
    page.finish()
}
