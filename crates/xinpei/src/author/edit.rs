//! Changes of single values in rule files: only the lines that must change are touched.

mod address;
mod patch;
mod places;
mod spell;

use std::collections::BTreeMap;

use self::address::{Step, Target};
use super::folder::RuleFiles;
use super::shape::Form;
use super::yaml::{self, Kind, Node};
use super::{format, read};
use crate::date::Date;
use crate::decimal;
use crate::diagnostic::Diagnostics;
use crate::error::Error;

/// A new value for a field of a rule.
///
/// ```
/// use xinpei::author::edit::{Change, Tree};
/// use xinpei::author::folder::RuleFiles;
///
/// # fn main() -> Result<(), xinpei::Error> {
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/yuanhe/2026.1");
/// let files = RuleFiles::read(folder.as_ref())?;
/// let changed = files.with_changes(&[
///     Change::set("tax.arrears", "points[1].points", Tree::number("35")),
///     Change::set("grades.AA", "from", Tree::number("870")),
/// ])?;
/// # assert_ne!(files.files, changed.files);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which rule: the id of a characteristic, a section, an override, an outcome, a product, a measure
    /// or a fact; `grades.AA` for a grade, `functions.NAME` for a function, `rulebook` for
    /// `rulebook.yaml`. Where one id names several, the one that has the field is meant, and a measure
    /// or a fact only if no other rule has it; `characteristics.ID`, `sections.ID`, `overrides.ID`,
    /// `outcomes.ID`, `products.ID`, `measures.ID` and `facts.ID` always name one.
    pub rule: String,
    /// Which field, as a path: `missing`, `points[1].points`, `points.A`, `reason.text.zh`. Entries of
    /// a list count from 0, or go by their id; a key with a point or a bracket stands in `["…"]`. Empty
    /// when `rule` has the field behind the id.
    pub field: String,
    /// The value; `None` removes the key or the entry.
    pub value: Option<Tree>,
}

impl Change {
    /// Sets a field, which may be absent so far.
    pub fn set(rule: impl Into<String>, field: impl Into<String>, value: Tree) -> Self {
        Self { rule: rule.into(), field: field.into(), value: Some(value) }
    }

    /// Takes a key or an entry away.
    pub fn remove(rule: impl Into<String>, field: impl Into<String>) -> Self {
        Self { rule: rule.into(), field: field.into(), value: None }
    }

    /// How a message names it.
    fn name(&self) -> String {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        format!("{}{dot}{}", self.rule, self.field)
    }
}

/// A value as a change gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// An exact decimal, as its text: digits, sign, point, `_` between digits.
    Number(String),
    /// A text: a label, an expression, a member, a grade.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A civil date.
    Date(Date),
    /// A list.
    List(Vec<Tree>),
    /// A map: pairs of key and value, keys unique. Order carries no meaning.
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// A number by its text.
    pub fn number(text: impl Into<String>) -> Self {
        Self::Number(text.into())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A map from pairs of key and value.
    pub fn map<'a>(pairs: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// The value on one line, as rule files write it: lists in brackets, maps in braces.
    ///
    /// ```
    /// use xinpei::author::edit::Tree;
    /// let band = Tree::map([("upto", Tree::number("0.50")), ("points", Tree::number("8"))]);
    /// assert_eq!(band.inline(), "{upto: 0.50, points: 8}");
    /// assert_eq!(Tree::text("no").inline(), "\"no\"");
    /// ```
    #[must_use]
    pub fn inline(&self) -> String {
        spell::inline(self)
    }

    /// What is wrong with it, whatever its place.
    fn fault(&self, depth: usize) -> Option<String> {
        if depth > crate::limits::YAML_DEPTH {
            return Some("lists and maps are nested too deeply".to_owned());
        }
        match self {
            Self::Number(text) => {
                decimal::parse(text).is_err().then(|| format!("`{text}` is not an exact decimal number"))
            }
            Self::Text(_) | Self::Flag(_) | Self::Date(_) => None,
            Self::List(list) => list.iter().find_map(|tree| tree.fault(depth + 1)),
            Self::Map(map) => {
                let twice = map.iter().enumerate().find(|(i, (key, _))| map.iter().take(*i).any(|(k, _)| k == key));
                if let Some((_, (key, _))) = twice {
                    return Some(format!("the key `{key}` stands twice"));
                }
                map.iter().find_map(|(_, tree)| tree.fault(depth + 1))
            }
        }
    }

    /// The tree that a parser makes of it.
    fn node(&self) -> Node {
        let plain = |text: String| Kind::Scalar { text, plain: true };
        let kind = match self {
            Self::Number(text) => plain(text.clone()),
            Self::Text(text) => Kind::Scalar { text: text.clone(), plain: !spell::special(text) },
            Self::Flag(flag) => plain(flag.to_string()),
            Self::Date(date) => plain(date.to_string()),
            Self::List(list) => Kind::List(list.iter().map(Self::node).collect()),
            Self::Map(map) => {
                let key = |text: &String| yaml::Key { text: text.clone(), span: Default::default() };
                Kind::Map(map.iter().map(|(k, tree)| (key(k), tree.node())).collect())
            }
        };
        Node { span: Default::default(), kind }
    }
}

/// A rule file that may be changed.
struct File {
    text: String,
    root: Node,
    form: &'static Form,
}

impl RuleFiles {
    /// The same files with changes, one after the other. Only the lines that must change are touched:
    /// comments, order, quotes and the layout of everything else stay. What comes out belongs to no
    /// folder yet: `id`, `version` and `lock` are `None`. Whether the changed rules are right is
    /// told by [`crate::Rulebook::check`].
    ///
    /// # Errors
    /// When a change names a rule or a field that there is not (the message has the nearest names), its
    /// value is no value, or the field is written through an alias; and when the files are no YAML
    /// ([`Error::diagnostics`]).
    pub fn with_changes(&self, changes: &[Change]) -> Result<Self, Error> {
        let mut open: BTreeMap<&str, File> = BTreeMap::new();
        for (path, bytes) in &self.files {
            let Some((_, form)) = format::KINDS.iter().find(|(kind, _)| read::is_kind(path, kind)) else { continue };
            if path.starts_with("cases/") {
                continue;
            }
            let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
            let mut out = Diagnostics::default();
            let read = text.and_then(|text| Some((yaml::parse(0, &text, &mut out)?, text)));
            match read.filter(|_| !out.has_errors()) {
                Some((root, text)) => drop(open.insert(path, File { text, root, form })),
                None => return Err(self.unreadable()),
            }
        }
        let mut files = self.files.clone();
        for change in changes {
            if let Some(fault) = change.value.as_ref().and_then(|tree| tree.fault(0)) {
                return Err(Error::input(format!("{fault}, in the change of `{}`", change.name())));
            }
            let (target, steps) = address::find(&open, change)?;
            let Some(file) = open.get_mut(target.file.as_str()) else { continue };
            file.change(change, &target, &steps)?;
            files.insert(target.file.clone(), file.text.clone().into_bytes());
        }
        Ok(Self { id: None, version: None, files, lock: None })
    }

    /// The mistakes that keep files from being read at all.
    fn unreadable(&self) -> Error {
        let mut out = Diagnostics::default();
        drop(read::read(self, &mut out));
        Error::rules(out)
    }
}

impl File {
    fn change(&mut self, change: &Change, target: &Target, steps: &[Step]) -> Result<(), Error> {
        let path: Vec<Step> = target.path.iter().chain(steps).cloned().collect();
        let text = patch::patch(&self.text, &self.root, self.form, &path, change.value.as_ref())
            .map_err(|why| Error::input(why.message(change, &target.file, &self.text)))?;
        let mut expected = self.root.clone();
        address::put(&mut expected, &path, change.value.as_ref().map(Tree::node));
        let mut out = Diagnostics::default();
        let root = yaml::parse(0, &text, &mut out).filter(|_| !out.has_errors());
        // The text was cut by hand, so it is read again: it must say what was asked for, and no more.
        match root.filter(|root| same(&expected, root)) {
            Some(root) => {
                self.text = text;
                self.root = root;
                Ok(())
            }
            None => Err(Error::input(format!(
                "`{}` cannot be changed by itself: `{}` repeats its value by an anchor and an alias, or writes it in an unusual way; write the value out there first",
                change.name(),
                target.file
            ))),
        }
    }
}

/// Whether two trees say the same, keys in any order.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Scalar { text: x, plain: p }, Kind::Scalar { text: y, plain: q }) => {
            (x == y && (p == q || !spell::special(x)))
                || (*p && *q && decimal::parse(x).is_ok_and(|x| decimal::parse(y).is_ok_and(|y| x == y)))
        }
        (Kind::List(x), Kind::List(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Kind::Map(x), Kind::Map(y)) => {
            x.len() == y.len() && x.iter().all(|(key, x)| b.get(&key.text).is_some_and(|y| same(x, y)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
