//! YAML to be written: calmly, or in any other way that says the same.

use xinpei::author::yaml::{Kind, Node};

use super::rng::Rng;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// A number, `true` or `false`: it must stand without quotes.
    Plain(String),
    /// Any other text.
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

/// Keys behind which a number may be written with `_`.
const NUMBERS: &[&str] =
    &["points", "missing", "max", "floor", "at_least", "at_most", "upto", "below", "from", "start", "baseline"];

impl Yaml {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn plain(text: impl ToString) -> Self {
        Self::Plain(text.to_string())
    }

    /// The tree that the engine read.
    pub fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Scalar { text, plain: true } if text.is_empty() => Self::plain("null"),
            Kind::Scalar { text, plain: true } if stands_plain(text) => Self::plain(text),
            Kind::Scalar { text, .. } => Self::text(text),
            Kind::List(list) => Self::List(list.iter().map(Self::of).collect()),
            Kind::Map(map) => Self::Map(map.iter().map(|(key, node)| (key.text.clone(), Self::of(node))).collect()),
        }
    }

    /// The file, calmly.
    pub fn calm(&self) -> String {
        let mut out = String::new();
        self.block(0, 2, &mut None, "", &mut out);
        out
    }

    /// The same content in another layout: indentation, flow or block, quotes, comments, the order
    /// of keys, `_` in numbers.
    pub fn wild(&self, rng: &mut Rng) -> String {
        let mut out = String::from("# the same rules\n");
        let step = 1 + rng.below(4);
        self.block(0, step, &mut Some(rng), "", &mut out);
        out
    }

    fn entries<'a>(map: &'a [(String, Yaml)], rng: &mut Option<&mut Rng>) -> Vec<&'a (String, Yaml)> {
        let mut entries: Vec<_> = map.iter().collect();
        if let Some(rng) = rng {
            rng.shuffle(&mut entries);
        }
        entries
    }

    fn block(&self, indent: usize, step: usize, rng: &mut Option<&mut Rng>, key: &str, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Self::Map(map) if !map.is_empty() => {
                for (key, value) in Self::entries(map, rng) {
                    comment(&pad, rng, out);
                    out.push_str(&format!("{pad}{}:", quoted_key(key)));
                    value.behind(indent, step, rng, key, out);
                }
            }
            Self::List(list) if !list.is_empty() => {
                for value in list {
                    comment(&pad, rng, out);
                    out.push_str(&format!("{pad}-"));
                    value.behind(indent, step, rng, key, out);
                }
            }
            _ => out.push_str(&format!("{pad}{}\n", self.flow(rng, key))),
        }
    }

    /// The value behind `key:` or `-`.
    fn behind(&self, indent: usize, step: usize, rng: &mut Option<&mut Rng>, key: &str, out: &mut String) {
        let nested = match self {
            Self::Map(map) => !map.is_empty(),
            Self::List(list) => !list.is_empty(),
            _ => false,
        };
        let flow = rng.as_mut().is_some_and(|rng| rng.percent(25));
        if nested && !flow {
            out.push('\n');
            self.block(indent + step, step, rng, key, out);
            return;
        }
        if let (Self::Text(text), Some(rng)) = (self, &mut *rng)
            && rng.percent(15)
            && !text.is_empty()
            && text.split(' ').all(|word| !word.is_empty())
            && !text.contains('\n')
        {
            // A folded block: a line break stands for a space.
            let pad = " ".repeat(indent + step);
            let words = text.replacen(' ', &format!("\n{pad}"), 1);
            out.push_str(&format!(" >-\n{pad}{words}\n"));
            return;
        }
        out.push_str(&format!(" {}\n", self.flow(rng, key)));
    }

    fn flow(&self, rng: &mut Option<&mut Rng>, key: &str) -> String {
        match self {
            Self::Plain(text) => {
                let other = NUMBERS.contains(&key) && rng.as_mut().is_some_and(|rng| rng.percent(50));
                if other { underscored(text) } else { text.clone() }
            }
            Self::Text(text) => {
                let double = rng.as_mut().is_some_and(|rng| rng.percent(50)) || text.contains('\n');
                if double {
                    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
                } else {
                    format!("'{}'", text.replace('\'', "''"))
                }
            }
            Self::List(list) => format!("[{}]", list.iter().map(|v| v.flow(rng, key)).collect::<Vec<_>>().join(", ")),
            Self::Map(map) => {
                let entries: Vec<String> = Self::entries(map, rng)
                    .into_iter()
                    .map(|(k, v)| format!("{}: {}", quoted_key(k), v.flow(rng, k)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }
}

/// Whether quotes would change what a text means.
fn stands_plain(text: &str) -> bool {
    matches!(text, "true" | "false" | "null" | "~") || xinpei::decimal::parse(text).is_ok()
}

fn quoted_key(key: &str) -> String {
    let word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && key.starts_with(|c: char| c.is_ascii_alphabetic());
    if word { key.to_owned() } else { format!("'{}'", key.replace('\'', "''")) }
}

fn comment(pad: &str, rng: &mut Option<&mut Rng>, out: &mut String) {
    if let Some(rng) = rng {
        match rng.below(12) {
            0 => out.push_str(&format!("{pad}# a remark: with {{signs}}\n")),
            1 => out.push('\n'),
            _ => {}
        }
    }
}

/// `10000` as `10_000`, and the other way round.
fn underscored(number: &str) -> String {
    let (sign, body) = number.strip_prefix('-').map_or(("", number), |body| ("-", body));
    let (whole, rest) = body.split_once('.').map_or((body, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    if whole.contains('_') || !whole.chars().all(|c| c.is_ascii_digit()) {
        return number.replace('_', "");
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut left = whole;
    while left.len() > 3 {
        let (head, tail) = left.split_at(left.len() - 3);
        groups.insert(0, tail);
        left = head;
    }
    groups.insert(0, left);
    format!("{sign}{}{rest}", groups.join("_"))
}
