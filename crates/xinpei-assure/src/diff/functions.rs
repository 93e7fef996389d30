//! The functions of scripts: their code without comments and layout, and who calls whom.

use std::collections::{BTreeMap, BTreeSet};

use xinpei::author::source::Source;

/// Most pairs of lines that are compared with each other.
const MOST: usize = 1_000_000;

/// The code of each function of the scripts, by name.
pub(super) fn of(source: &Source) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for file in &source.scripts {
        let text = code(source.files.text(*file));
        let mut rest = text.as_str();
        // After the comments are gone, `fn` is a word of its own only where a function starts.
        while let Some(at) = starts(rest) {
            let body = rest.get(at..).unwrap_or("");
            let next = starts(body.get(3..).unwrap_or("")).map_or(body.len(), |n| n + 3);
            let (one, after) = body.split_at(next);
            let name: String = one.get(3..).unwrap_or("").chars().take_while(|c| is_word(*c)).collect();
            all.insert(name, one.trim().to_owned());
            rest = after;
        }
    }
    all
}

fn starts(text: &str) -> Option<usize> {
    text.match_indices("fn ").map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        before.is_none_or(|c| !is_word(c))
    })
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The lines of a function as its author wrote them, without comments and indentation.
pub(super) fn lines(source: &Source, name: &str) -> Vec<String> {
    for file in &source.scripts {
        let text: Vec<&str> = source.files.text(*file).lines().map(str::trim).collect();
        let head = |line: &&str| {
            let rest = line.strip_prefix("private ").unwrap_or(line).strip_prefix("fn ").unwrap_or("");
            rest.strip_prefix(name).is_some_and(|rest| !rest.starts_with(is_word))
        };
        let Some(from) = text.iter().position(head) else { continue };
        let next = |line: &&str| line.starts_with("fn ") || line.starts_with("private fn ");
        let body = text.iter().skip(from + 1).take_while(|line| !next(line));
        let all = text.iter().skip(from).take(1).chain(body);
        return all.filter(|line| !line.is_empty() && !line.starts_with("//")).map(|l| (*l).to_owned()).collect();
    }
    Vec::new()
}

/// Which lines went and which came, `false` and `true`, in the order of the text; equal ones are left out.
pub(super) fn edits(old: &[String], new: &[String]) -> Vec<(bool, String)> {
    // Of functions that nobody would read line by line it is enough to know that they differ.
    if old.len().saturating_mul(new.len()) > MOST {
        return Vec::new();
    }
    // The longest common part of what follows, by line of both.
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    let at = |table: &[usize], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let best = if old.get(i) == new.get(j) {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(slot) = longest.get_mut(i * width + j) {
                *slot = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut list = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => (i, j) = (i + 1, j + 1),
            (Some(a), b) if b.is_none() || at(&longest, i + 1, j) >= at(&longest, i, j + 1) => {
                list.push((false, a.clone()));
                i += 1;
            }
            (_, Some(b)) => {
                list.push((true, b.clone()));
                j += 1;
            }
            _ => return list,
        }
    }
}

/// A script without comments, and without white space that parts no words.
pub(super) fn code(script: &str) -> String {
    let mut out = String::new();
    let mut letters = script.chars().peekable();
    let mut gap = false;
    while let Some(c) = letters.next() {
        match c {
            '/' if letters.peek() == Some(&'/') => {
                while letters.peek().is_some_and(|c| *c != '\n') {
                    letters.next();
                }
                gap = true;
            }
            '/' if letters.peek() == Some(&'*') => {
                letters.next();
                let mut before = ' ';
                for c in letters.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
                gap = true;
            }
            c if c.is_whitespace() => gap = true,
            c => {
                if gap && is_word(c) && out.chars().next_back().is_some_and(is_word) {
                    out.push(' ');
                }
                gap = false;
                out.push(c);
                if matches!(c, '"' | '`' | '\'') {
                    quoted(c, &mut letters, &mut out);
                }
            }
        }
    }
    out
}

/// A text in quotes, as it stands.
fn quoted(quote: char, letters: &mut impl Iterator<Item = char>, out: &mut String) {
    while let Some(c) = letters.next() {
        out.push(c);
        if c == '\\' {
            out.extend(letters.next());
        } else if c == quote {
            return;
        }
    }
}

/// The functions that a text calls, and those that they call.
pub(super) fn called(text: &str, all: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut texts = vec![text.to_owned()];
    while let Some(text) = texts.pop() {
        for (name, code) in all {
            let calls = text.match_indices(name.as_str()).any(|(at, _)| {
                let before = text.get(..at).and_then(|t| t.chars().next_back());
                let after = text.get(at + name.len()..).map_or("", str::trim_start);
                before.is_none_or(|c| !is_word(c)) && after.starts_with('(')
            });
            if calls && found.insert(name.clone()) {
                texts.push(code.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{code, edits};

    #[test]
    fn lines_that_went_and_came() {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let said: Vec<String> = edits(&list("a b c d"), &list("a x c e f"))
            .into_iter()
            .map(|(new, line)| format!("{}{line}", if new { "+" } else { "-" }))
            .collect();
        assert_eq!(said, ["-b", "+x", "-d", "+e", "+f"]);
        assert!(edits(&list("a b"), &list("a b")).is_empty());
    }

    #[test]
    fn comments_and_layout_say_nothing() {
        assert_eq!(code("fn a( x ) { // one\n  x + \"// no\" /* two */ }"), "fn a(x){x+\"// no\"}");
        assert_ne!(code("\"a b\""), code("\"a  b\""));
        assert_eq!(code("let  x = 1;\nreturn x"), "let x=1;return x");
    }
}
