//! The functions of scripts: their code without comments and layout, and who calls whom.

use std::collections::{BTreeMap, BTreeSet};

use xinpei::author::source::Source;

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
    use super::code;

    #[test]
    fn comments_and_layout_say_nothing() {
        assert_eq!(code("fn a( x ) { // one\n  x + \"// no\" /* two */ }"), "fn a(x){x+\"// no\"}");
        assert_ne!(code("\"a b\""), code("\"a  b\""));
        assert_eq!(code("let  x = 1;\nreturn x"), "let x=1;return x");
    }
}
