//! The grammar of a file as data: one description checks it and becomes its JSON Schema.

use crate::date::Date;
use crate::decimal;
use crate::diagnostic::{Code, Diagnostics, suggest};

use super::yaml::{Kind, Node};

/// What may stand at a place.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A text that is not empty.
    Text,
    /// An exact decimal.
    Number,
    /// A whole number.
    Whole,
    /// `2026-06-30`.
    Date,
    /// `true` or `false`.
    Flag,
    /// One lower-case word.
    Word,
    /// Two lower-case words joined by a point.
    Dotted,
    /// An expression.
    Expression,
    /// One text in each language.
    Label,
    /// `3 months`, `10 days`.
    Duration,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any scalar.
    Scalar,
    /// Anything.
    Any,
    /// A list, not empty.
    List(&'static Form),
    /// A list of names, perhaps none.
    Names,
    /// A map with the keys of a shape.
    Map(&'static Shape),
    /// A map with any keys.
    Dict(&'static Form),
    /// The first form that fits a scalar, a list or a map, whichever stands there.
    Either(&'static [Form]),
}

/// A map with fixed keys.
#[derive(Debug)]
pub struct Shape {
    /// What it describes, for messages.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [Field],
}

/// One key of a [`Shape`].
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What stands behind it.
    pub form: Form,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, for editors.
    pub doc: &'static str,
}

/// A key that must be there.
#[must_use]
pub const fn must(name: &'static str, form: Form, doc: &'static str) -> Field {
    Field { name, form, required: true, doc }
}

/// A key that may be there.
#[must_use]
pub const fn may(name: &'static str, form: Form, doc: &'static str) -> Field {
    Field { name, form, required: false, doc }
}

/// Which of the three kinds of YAML value a form asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Scalar,
    List,
    Map,
    Any,
}

impl Form {
    fn want(&self) -> Want {
        match self {
            Self::Any | Self::Either(_) => Want::Any,
            Self::List(_) | Self::Names => Want::List,
            Self::Map(_) | Self::Dict(_) | Self::Label => Want::Map,
            _ => Want::Scalar,
        }
    }

    /// The form that fits a value: of several, the first that fits its kind.
    #[must_use]
    pub fn for_node(&self, node: &Node) -> &Self {
        let Self::Either(forms) = self else { return self };
        let here = match node.kind {
            Kind::Scalar { .. } => Want::Scalar,
            Kind::List(_) => Want::List,
            Kind::Map(_) => Want::Map,
        };
        forms.iter().find(|f| f.want() == here || f.want() == Want::Any).unwrap_or(&Self::Any)
    }

    /// The form of the entries of a list.
    #[must_use]
    pub const fn item(&self) -> &Self {
        match self {
            Self::List(item) => item,
            _ => &Self::Any,
        }
    }

    /// The form of the value behind a key.
    #[must_use]
    pub fn value(&self, key: &str) -> &Self {
        match self {
            Self::Map(shape) => shape.keys.iter().find(|k| k.name == key).map_or(&Self::Any, |k| &k.form),
            Self::Dict(value) => value,
            _ => &Self::Any,
        }
    }

    const fn noun(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::Date => "a date",
            Self::Flag => "`true` or `false`",
            Self::Word => "an id of one word",
            Self::Dotted => "an id of two words (`tax.grade`)",
            Self::Expression => "an expression",
            Self::Label => "a label in each language (`{zh: …, en: …}`)",
            Self::Duration => "a duration (`1 month`, `30 days`)",
            Self::Choice(_) => "a word",
            Self::Scalar => "a single value",
            Self::Any => "a value",
            Self::List(_) | Self::Names => "a list",
            Self::Map(_) | Self::Dict(_) => "a map",
            Self::Either(_) => "another kind of value",
        }
    }
}

/// Checks a value against a form; reports every mistake, stops at none.
pub fn check(node: &Node, form: &Form, languages: &[String], out: &mut Diagnostics) {
    // What is not written at all is read as `~`.
    if node.is_null() && node.span.start == node.span.end && !matches!(form, Form::Any) {
        out.error(Code::EmptyText, node.span, "there is no value").help("write one behind the key, or remove the key");
        return;
    }
    if let Form::Either(forms) = form {
        let here = match node.kind {
            Kind::Scalar { .. } => Want::Scalar,
            Kind::List(_) => Want::List,
            Kind::Map(_) => Want::Map,
        };
        match forms.iter().find(|f| f.want() == here || f.want() == Want::Any) {
            Some(form) => check(node, form, languages, out),
            None => {
                let nouns: Vec<&str> = forms.iter().map(Form::noun).collect();
                out.error(Code::WrongShape, node.span, format!("this should be {}", nouns.join(" or ")))
                    .help("see rules/FORMAT.md");
            }
        }
        return;
    }
    match (&node.kind, form) {
        (_, Form::Any) => {}
        (Kind::List(list), Form::List(item)) => {
            if list.is_empty() {
                out.error(Code::EmptyList, node.span, "the list is empty")
                    .help("write at least one entry, or remove the key");
            }
            for node in list {
                check(node, item, languages, out);
            }
        }
        (Kind::List(list), Form::Names) => {
            for node in list {
                check(node, &Form::Text, languages, out);
            }
        }
        (Kind::Map(map), Form::Dict(item)) => {
            if map.is_empty() {
                out.error(Code::EmptyList, node.span, "the map is empty")
                    .help("write at least one entry, or remove the key");
            }
            for (_, node) in map {
                check(node, item, languages, out);
            }
        }
        (Kind::Map(_), Form::Map(shape)) => check_map(node, shape, languages, out),
        (Kind::Map(_), Form::Label) => check_label(node, languages, out),
        (Kind::Scalar { text, plain }, _) if form.want() == Want::Scalar => check_scalar(node, text, *plain, form, out),
        _ => {
            out.error(Code::WrongShape, node.span, format!("this should be {}", form.noun())).help(match form.want() {
                Want::List => "a list has one entry a line, each behind `- `, or stands in `[…]`",
                Want::Map => "a map has one `key: value` a line, or stands in `{…}`",
                _ => "write a single value; quote a text that holds `: ` or starts with a bracket",
            });
        }
    }
}

fn check_map(node: &Node, shape: &Shape, languages: &[String], out: &mut Diagnostics) {
    for (key, value) in node.map().unwrap_or_default() {
        match shape.keys.iter().find(|k| k.name == key.text) {
            Some(field) => check(value, &field.form, languages, out),
            None => out
                .error(Code::UnknownKey, key.span, format!("{} has no key `{}`", shape.name, key.text))
                .help(suggest(&key.text, shape.keys.iter().map(|k| k.name))),
        }
    }
    for field in shape.keys.iter().filter(|k| k.required && node.get(k.name).is_none()) {
        out.error(Code::MissingKey, node.span.part(0, 1), format!("{} lacks the key `{}`", shape.name, field.name))
            .help(format!("`{}` is {}: {}", field.name, field.form.noun(), field.doc));
    }
}

fn check_label(node: &Node, languages: &[String], out: &mut Diagnostics) {
    for (key, value) in node.map().unwrap_or_default() {
        // Without languages the manifest is at fault, not every label.
        if !languages.is_empty() && !languages.contains(&key.text) {
            out.error(
                Code::UnknownLanguage,
                key.span,
                format!("the rulebook does not list the language `{}`", key.text),
            )
            .help(suggest(&key.text, languages.iter().map(String::as_str)));
        }
        check(value, &Form::Text, languages, out);
    }
    for language in languages {
        if node.get(language).is_none() {
            out.error(Code::MissingLanguage, node.span, format!("the label lacks the language `{language}`"))
                .help(format!("add `{language}: …`"));
        }
    }
}

fn check_scalar(node: &Node, text: &str, plain: bool, form: &Form, out: &mut Diagnostics) {
    let span = node.span;
    match form {
        Form::Text | Form::Expression if text.trim().is_empty() || node.is_null() => {
            out.error(Code::EmptyText, span, "the text is empty").help(format!("write {}", form.noun()));
        }
        Form::Number | Form::Whole => match decimal::parse(text) {
            Ok(value) if matches!(form, Form::Whole) && !value.fract().is_zero() => {
                out.error(Code::NotANumber, span, format!("`{text}` is not a whole number"))
                    .help("write it without a fraction");
            }
            Ok(_)
                if text.trim_start_matches(['+', '-']).starts_with('0')
                    && text.trim_start_matches(['+', '-']).as_bytes().get(1).is_some_and(|b| *b != b'.') =>
            {
                out.error(Code::NotANumber, span, format!("`{text}` starts with a zero"))
                    .help("write it without: a zero in front means base eight to some readers");
            }
            Ok(_) if !plain => {
                out.error(Code::NotANumber, span, "the number is quoted").help("write it without quotes");
            }
            Ok(_) => {}
            Err(decimal::NumberError::Digits) => {
                out.error(Code::TooManyDigits, span, format!("`{text}` has more digits than can be kept exactly"))
                    .help("at most 28 digits, 18 of them after the point");
            }
            Err(decimal::NumberError::Syntax) => {
                out.error(Code::NotANumber, span, format!("`{text}` is not a decimal number"))
                    .help("digits with `_` between them and an optional fraction, such as 10_000 or -0.35");
            }
        },
        Form::Date if Date::parse(text).is_none() => {
            out.error(Code::NotADate, span, format!("`{text}` is not a date of the calendar"))
                .help("write it as 2026-06-30");
        }
        Form::Flag if !plain || !matches!(text, "true" | "false") => {
            out.error(Code::NotABoolean, span, format!("`{text}` is not `true` or `false`"))
                .help("write `true` or `false`, without quotes");
        }
        Form::Word if !is_word(text) => {
            out.error(Code::NotAnId, span, format!("`{text}` is not an id of one word"))
                .help("lower-case letters, digits and `_`, starting with a letter");
        }
        Form::Dotted if !is_dotted(text) => {
            out.error(Code::NotAnId, span, format!("`{text}` is not an id of two words"))
                .help("two words joined by a point, such as `tax.grade`; lower-case letters, digits and `_`");
        }
        Form::Choice(words) if !words.contains(&text) => {
            out.error(Code::UnknownWord, span, format!("`{text}` cannot stand here"))
                .help(suggest(text, words.iter().copied()));
        }
        Form::Duration if parse_duration(text).is_none() => {
            out.error(Code::NotADuration, span, format!("`{text}` is not a duration")).help(duration_help(text));
        }
        _ => {}
    }
}

/// Whether a text is one lower-case word.
#[must_use]
pub fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a text is two lower-case words joined by a point.
#[must_use]
pub fn is_dotted(text: &str) -> bool {
    text.split_once('.').is_some_and(|(a, b)| is_word(a) && is_word(b))
}

/// A number of days and a number of months, one of them zero.
#[must_use]
pub fn parse_duration(text: &str) -> Option<(u16, u16)> {
    let (number, unit) = text.split_once(' ')?;
    let number: u16 = number.parse().ok().filter(|n| *n > 0)?;
    match unit {
        "day" | "days" => Some((number, 0)),
        "month" | "months" => Some((0, number)),
        _ => None,
    }
}

/// What to write instead of a text that is no duration: weeks, quarters and years become days and months.
#[must_use]
pub fn duration_help(text: &str) -> String {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: Option<u16> = number.parse().ok().filter(|n| *n > 0);
    let (times, plural) = match unit.trim().to_lowercase().as_str() {
        "day" | "days" | "d" | "天" | "日" => (1, "days"),
        "week" | "weeks" | "w" | "周" | "星期" => (7, "days"),
        "month" | "months" | "月" | "个月" => (1, "months"),
        "quarter" | "quarters" | "季" | "季度" | "个季度" => (3, "months"),
        "year" | "years" | "y" | "年" => (12, "months"),
        _ => (0, ""),
    };
    match number.and_then(|n| n.checked_mul(times)).filter(|n| *n > 0) {
        Some(1) => format!("days and months are known: write `1 {}`", plural.trim_end_matches('s')),
        Some(number) => format!("days and months are known: write `{number} {plural}`"),
        None => "write `30 days` or `1 month`".to_owned(),
    }
}

/// Whether a text is a number with a word behind it, as a duration is, and no expression.
#[must_use]
pub fn is_amount_of_time(text: &str) -> bool {
    let rest = text.trim().trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = rest.trim_start();
    rest.len() < text.trim().len() && !unit.is_empty() && unit.chars().all(char::is_alphabetic)
}
