//! A difference as a text for people.

use std::fmt::Write;

use super::{Action, Difference, Kind};

pub(super) fn render(difference: &Difference, language: &str) -> String {
    let zh = language == "zh";
    let pick = |zh_text: &'static str, en_text: &'static str| if zh { zh_text } else { en_text };
    let (old, new) = (&difference.old, &difference.new);
    let mut text = String::new();
    let name = if old.id == new.id { String::new() } else { format!("{} ", new.id) };
    let _ = writeln!(text, "{} {} → {name}{}  {}", old.id, old.version, new.version, new.title.text(language));
    if difference.is_empty() {
        let line = if old.digest == new.digest {
            pick("两份规则内容相同。", "Both say the same.")
        } else {
            pick("两份规则只在备注上不同。", "They differ in remarks only.")
        };
        let _ = writeln!(text, "\n{line}");
        return text;
    }
    let mut before = None;
    for change in &difference.changes {
        if before != Some(change.kind) {
            let _ = writeln!(text, "\n{}", heading(change.kind, zh));
            before = Some(change.kind);
        }
        let label = change.label.text(language);
        let mut head = change.id.clone();
        if !label.is_empty() && label != head && change.kind != Kind::Rulebook {
            head = if head.is_empty() { label.to_owned() } else { format!("{label}  {head}") };
        }
        match change.action {
            Action::Added => head.push_str(pick("  【新增】", "  (new)")),
            Action::Removed => head.push_str(pick("  【删去】", "  (removed)")),
            Action::Changed => {}
        }
        let indent = if head.is_empty() {
            "  "
        } else {
            let _ = writeln!(text, "  {head}");
            "    "
        };
        for detail in &change.details {
            let _ = writeln!(text, "{indent}{}", detail.text.text(language));
        }
    }
    text
}

const fn heading(kind: Kind, zh: bool) -> &'static str {
    let (chinese, english) = match kind {
        Kind::Rulebook => ("规则本身", "Rulebook"),
        Kind::Section => ("部分", "Sections"),
        Kind::Characteristic => ("指标", "Characteristics"),
        Kind::Grade => ("等级", "Grades"),
        Kind::Override => ("特别规定", "Overrides"),
        Kind::Outcome => ("应用措施", "Outcomes"),
        Kind::Product => ("产品", "Products"),
        Kind::Tier => ("梯度", "Tiers"),
        Kind::Cultivation => ("培植规则", "Rules of cultivation"),
        Kind::Department => ("部门", "Departments"),
        Kind::Fact => ("事实", "Facts"),
        Kind::Function => ("函数", "Functions"),
    };
    if zh { chinese } else { english }
}
