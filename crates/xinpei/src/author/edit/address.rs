//! Finds the place that a change names.

use std::collections::BTreeMap;

use super::super::read;
use super::super::shape::Form;
use super::super::yaml::{Kind, Node};
use super::{Change, File};
use crate::diagnostic::suggest;
use crate::error::Error;

/// One step into a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a map, or the id of an entry of a list.
    Key(String),
    /// An entry of a list.
    Index(usize),
}

/// Something that a change can name.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Its names: that of the kind before the id, then the id alone if that is enough.
    names: Vec<String>,
    /// Whether rules of the same name come first.
    last: bool,
    /// The file.
    pub(super) file: String,
    /// The way to it inside the file.
    pub(super) path: Vec<Step>,
}

/// Lists of rules: the kind of file, the key of the list, whether the id alone is a name, and whether
/// rules of the same name come first.
const LISTS: &[(&str, &str, bool, bool)] = &[
    ("sections/", "characteristics", true, false),
    ("grades.yaml", "grades", false, false),
    ("grades.yaml", "overrides", true, false),
    ("outcomes/", "outcomes", true, false),
    ("measures/", "measures", true, true),
    ("products/", "products", true, false),
    ("scripts/functions.yaml", "functions", false, false),
    ("facts/", "facts", true, true),
];

fn targets(files: &BTreeMap<&str, File>) -> Vec<Target> {
    let mut all = Vec::new();
    for (path, file) in files {
        let mut add = |names, path_in: Vec<Step>, last| {
            all.push(Target { names, last, file: (*path).to_owned(), path: path_in });
        };
        if *path == "rulebook.yaml" {
            add(vec!["rulebook".to_owned()], Vec::new(), false);
        }
        if let Some(id) = file.root.get("section").and_then(Node::text)
            && read::is_kind(path, "sections/")
        {
            add(vec![format!("sections.{id}"), id.to_owned()], Vec::new(), false);
        }
        for (kind, key, short, last) in LISTS.iter().filter(|(kind, ..)| read::is_kind(path, kind)) {
            if *kind == "grades.yaml" && file.root.get(key).is_some() {
                add(vec![(*key).to_owned()], vec![Step::Key((*key).to_owned())], false);
            }
            for (index, node) in file.root.get(key).and_then(Node::list).unwrap_or_default().iter().enumerate() {
                let Some(id) = node.get("id").and_then(Node::text) else { continue };
                let mut names = vec![format!("{key}.{id}")];
                names.extend(short.then(|| id.to_owned()));
                add(names, vec![Step::Key((*key).to_owned()), Step::Index(index)], *last);
            }
        }
    }
    all
}

/// The rule that a change names, and the steps from there to the field.
pub(super) fn find(files: &BTreeMap<&str, File>, change: &Change) -> Result<(Target, Vec<Step>), Error> {
    let all = targets(files);
    let mut found: Vec<(&Target, usize)> = Vec::new();
    for target in &all {
        let fit = target.names.iter().filter(|name| match change.rule.strip_prefix(name.as_str()) {
            Some("") => true,
            Some(rest) => change.field.is_empty() && rest.starts_with(['.', '[']),
            None => false,
        });
        found.extend(fit.map(String::len).max().map(|length| (target, length)));
    }
    // The longest name: what is left of the rule begins the field.
    let longest = found.iter().map(|(_, length)| *length).max().unwrap_or(0);
    found.retain(|(_, length)| *length == longest);
    if found.is_empty() {
        let rule = &change.rule;
        let known: Vec<&str> = all.iter().filter_map(|t| t.names.last()).map(String::as_str).collect();
        return Err(Error::input(format!(
            "the rulebook has no rule `{rule}`; {}",
            suggest(rule, known.iter().copied())
        )));
    }
    let rest = change.rule.get(longest..).unwrap_or("");
    let field = if rest.is_empty() { change.field.as_str() } else { rest.trim_start_matches('.') };
    let steps = steps(field)?;
    if steps.is_empty() {
        return Err(Error::input(format!("the change of `{}` names no field; such as `missing`", change.rule)));
    }
    let knows = |target: &Target| match steps.first() {
        Some(Step::Key(key)) => fields(files, target).is_none_or(|keys| keys.contains(&key.as_str())),
        _ => true,
    };
    if found.len() > 1 {
        let knowing: Vec<_> = found.iter().copied().filter(|(target, _)| knows(target)).collect();
        if !knowing.is_empty() {
            found = knowing;
        }
        if found.iter().any(|(target, _)| !target.last) {
            found.retain(|(target, _)| !target.last);
        }
    }
    match found.as_slice() {
        [(target, _)] => Ok(((*target).clone(), steps)),
        several => {
            let names: Vec<String> =
                several.iter().filter_map(|(t, _)| t.names.first()).map(|n| format!("`{n}`")).collect();
            Err(Error::input(format!(
                "`{}` is the id of several rules with the field `{field}`; write {}",
                change.rule,
                names.join(" or ")
            )))
        }
    }
}

/// The keys that a rule may have, if they are fixed.
fn fields(files: &BTreeMap<&str, File>, target: &Target) -> Option<Vec<&'static str>> {
    let mut form = files.get(target.file.as_str())?.form;
    for step in &target.path {
        form = match step {
            Step::Key(key) => form.value(key),
            Step::Index(_) => form.item(),
        };
    }
    match form {
        Form::Map(shape) => Some(shape.keys.iter().map(|key| key.name).collect()),
        _ => None,
    }
}

/// The steps of a field: keys parted by points, entries of lists in brackets, odd keys in brackets and
/// quotes.
fn steps(field: &str) -> Result<Vec<Step>, Error> {
    let wrong = || Error::input(format!("`{field}` is not the path of a field, such as `points[1].points`"));
    let mut steps = Vec::new();
    let mut rest = field.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, after) = quoted.split_once("\"]").ok_or_else(wrong)?;
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('[') {
            let (index, after) = inside.split_once(']').ok_or_else(wrong)?;
            steps.push(Step::Index(index.trim().parse().map_err(|_| wrong())?));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if key.is_empty() {
                return Err(wrong());
            }
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some("") => return Err(wrong()),
            Some(after) => rest = after,
            None if rest.is_empty() || rest.starts_with('[') => {}
            None => return Err(wrong()),
        }
    }
    Ok(steps)
}

/// The entry of a list that a step names.
pub(super) fn entry(list: &[Node], step: &Step) -> Option<usize> {
    match step {
        Step::Index(index) => (*index < list.len()).then_some(*index),
        Step::Key(id) => list.iter().position(|node| node.get("id").and_then(Node::text) == Some(id)),
    }
}

/// Puts a value into a tree, or takes it away.
pub(super) fn put(node: &mut Node, path: &[Step], value: Option<Node>) {
    let Some((step, rest)) = path.split_first() else {
        if let Some(value) = value {
            *node = value;
        }
        return;
    };
    match (&mut node.kind, step) {
        (Kind::List(list), step) => {
            let Some(at) = entry(list, step) else { return };
            if rest.is_empty() && value.is_none() {
                list.remove(at);
            } else if let Some(node) = list.get_mut(at) {
                put(node, rest, value);
            }
        }
        (Kind::Map(map), Step::Key(key)) => {
            let at = map.iter().position(|(k, _)| k.text == *key);
            match at {
                Some(at) if rest.is_empty() && value.is_none() => drop(map.remove(at)),
                Some(at) => {
                    if let Some((_, node)) = map.get_mut(at) {
                        put(node, rest, value);
                    }
                }
                None => {
                    let mut inner = Node { span: node.span, kind: Kind::Map(Vec::new()) };
                    put(&mut inner, rest, value);
                    map.push((super::yaml::Key { text: key.clone(), span: node.span }, inner));
                }
            }
        }
        _ => {}
    }
}
