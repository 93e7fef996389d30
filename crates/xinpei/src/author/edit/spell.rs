//! Values as YAML text that reads back as the same value.

use std::fmt::Write;

use super::Tree;
use crate::date::Date;
use crate::decimal;

/// Whether a text without quotes would be taken for something else than a text.
pub(super) fn special(text: &str) -> bool {
    const WORDS: &[&str] = &["", "~", "null", "true", "false", "yes", "no", "on", "off"];
    WORDS.contains(&text.to_ascii_lowercase().as_str()) || decimal::parse(text).is_ok() || Date::parse(text).is_some()
}

/// A single value; `old` is the text that it takes the place of, whose quotes are kept.
pub(super) fn scalar(tree: &Tree, flow: bool, old: &str) -> String {
    match tree {
        Tree::Number(text) => text.clone(),
        Tree::Flag(flag) => flag.to_string(),
        Tree::Date(date) => date.to_string(),
        Tree::Text(text) => {
            let quote = old.chars().next().filter(|c| matches!(c, '"' | '\''));
            match quote {
                None if !special(text) && is_plain(text, flow) => text.clone(),
                Some('\'') if !text.chars().any(char::is_control) => single(text),
                // A text that looks like a number stands in double quotes, as versions do.
                None if !special(text) && !text.chars().any(char::is_control) => single(text),
                _ => double(text),
            }
        }
        Tree::List(_) | Tree::Map(_) => inline(tree),
    }
}

/// A key of a map.
pub(super) fn key(text: &str, flow: bool) -> String {
    if is_plain(text, flow) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        double(text)
    } else {
        single(text)
    }
}

/// A value on one line: lists in brackets, maps in braces.
pub(super) fn inline(tree: &Tree) -> String {
    match tree {
        Tree::List(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Tree::Map(map) => {
            let entry = |(k, tree): &(String, Tree)| format!("{}: {}", key(k, true), inline(tree));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        single => scalar(single, true, ""),
    }
}

/// Whether a text can stand without quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let mut letters = text.chars();
    let (Some(first), second) = (letters.next(), letters.next()) else { return false };
    let brackets = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}');
    let starts = match first {
        '-' | '?' | ':' => second.is_some_and(|c| !(c.is_whitespace() || flow && brackets(c))),
        c => !brackets(c) && !matches!(c, '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'),
    };
    starts
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.contains(" #")
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !(flow && text.contains(brackets))
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
