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
            let _ = writeln!(text, "\n{}", change.kind.heading(zh));
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
