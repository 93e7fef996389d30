//! Ids for names of other programs.

use std::collections::BTreeSet;

use xinpei::author::shape::{is_dotted, is_word};

/// Words that the expression language keeps for itself.
const RESERVED: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "const",
    "continue",
    "default",
    "do",
    "each",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "curry",
    "call",
    "debug",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "func",
];

/// Ids that were given so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// An id of two words: the name itself where it is one, or its letters and digits behind `first`.
    pub(crate) fn id(&mut self, first: &str, name: &str, otherwise: &str) -> String {
        let free = |name: &str| name.split('.').all(|word| !RESERVED.contains(&word));
        let wanted =
            if is_dotted(name) && free(name) { name.to_owned() } else { format!("{first}.{}", word(name, otherwise)) };
        let mut id = wanted.clone();
        let mut count = 2;
        while !self.taken.insert(id.clone()) {
            id = format!("{wanted}_{count}");
            count += 1;
        }
        id
    }
}

/// The letters and digits of a name as one word: `departmentScore` is `department_score`.
pub(crate) fn word(name: &str, otherwise: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && small {
                out.push('_');
            }
            small = c.is_ascii_lowercase() || c.is_ascii_digit();
            out.push(c.to_ascii_lowercase());
        } else {
            small = false;
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        }
    }
    let out = out.trim_end_matches('_');
    let out = if is_word(out) {
        out.to_owned()
    } else if out.is_empty() {
        otherwise.to_owned()
    } else {
        format!("{otherwise}_{out}")
    };
    if RESERVED.contains(&out.as_str()) { format!("{out}_") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        let mut names = Names::default();
        let ids: Vec<String> = [
            "departmentScore",
            "mean radius",
            "Mean Radius",
            "年龄",
            "tax.grade",
            "tax.default",
            "default",
            "2nd",
            "AGE",
        ]
        .iter()
        .map(|name| names.id("model", name, "field"))
        .collect();
        let expected = [
            "model.department_score",
            "model.mean_radius",
            "model.mean_radius_2",
            "model.field",
            "tax.grade",
            "model.tax_default",
            "model.default_",
            "model.field_2nd",
            "model.age",
        ];
        assert_eq!(ids, expected);
    }
}
