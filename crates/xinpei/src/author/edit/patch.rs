//! Cuts a new value into the text of a file, and leaves everything else as it stands.

use std::ops::Range;

use super::super::shape::Form;
use super::super::yaml::{Key, Kind, Node};
use super::address::{self, Step};
use super::places::{start, start_of, to};
use super::{Change, Tree, same, spell};
use crate::diagnostic::suggest;

/// Why a value cannot be put where a change wants it.
pub(super) enum Why {
    /// The way leads through an alias, which starts at this byte.
    Alias(usize),
    /// In words.
    Words(String),
}

impl Why {
    pub(super) fn message(&self, change: &Change, file: &str, text: &str) -> String {
        match self {
            Self::Alias(at) => {
                let line = text.bytes().take(*at).filter(|b| *b == b'\n').count() + 1;
                format!(
                    "`{}` is written as an alias in `{file}`, line {line}; write the value out there first",
                    change.name()
                )
            }
            Self::Words(words) => format!("{words}, in the change of `{}`", change.name()),
        }
    }
}

/// The text with a value changed, added or taken away.
pub(super) fn patch(text: &str, root: &Node, form: &Form, path: &[Step], value: Option<&Tree>) -> Result<String, Why> {
    let mut patch = Patch { text, edits: Vec::new() };
    patch.walk(root, form, path, value, Around { flow: false, column: None })?;
    Ok(patch.apply(0..text.len()))
}

/// What surrounds a value.
#[derive(Clone, Copy)]
struct Around {
    /// Whether it stands inside brackets or braces.
    flow: bool,
    /// The column of its key, where that starts a line or an entry.
    column: Option<usize>,
}

/// Ranges of the text and what takes their place.
pub(super) struct Patch<'a> {
    pub(super) text: &'a str,
    edits: Vec<(Range<usize>, String)>,
}

/// An entry of a collection in brackets or braces, as it will be.
struct Piece {
    /// Its index so far, if it was there.
    was: Option<usize>,
    text: String,
}

impl Patch<'_> {
    fn apply(mut self, range: Range<usize>) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut out = String::new();
        let mut at = range.start;
        for (edit, new) in &self.edits {
            // One that overlaps is left out; the caller reads the result again and sees it.
            if edit.start >= at && edit.end <= range.end {
                out.push_str(self.part(at..edit.start));
                out.push_str(new);
                at = edit.end;
            }
        }
        out.push_str(self.part(at..range.end));
        out
    }

    fn walk(
        &mut self,
        node: &Node,
        form: &Form,
        path: &[Step],
        value: Option<&Tree>,
        around: Around,
    ) -> Result<(), Why> {
        let form = form.for_node(node);
        let Some((step, rest)) = path.split_first() else {
            if let Some(tree) = value {
                self.reconcile(node, form, tree, around);
            }
            return Ok(());
        };
        if self.is_alias(node) {
            return Err(Why::Alias(start(node)));
        }
        let flow = around.flow || self.is_flow(node);
        match (&node.kind, step) {
            (Kind::List(list), step) => {
                let at = address::entry(list, step).ok_or_else(|| no_entry(list, step))?;
                match (list.get(at), value) {
                    (Some(_), None) if rest.is_empty() => {
                        let kept = list.iter().enumerate().filter(|(i, _)| *i != at).map(|(i, _)| i);
                        self.drop_items(node, list, kept.collect(), at, around)
                    }
                    (Some(item), value) => self.walk(item, form.item(), rest, value, Around { flow, column: None })?,
                    (None, _) => {}
                }
            }
            (Kind::Map(map), Step::Key(name)) => {
                let found = map.iter().position(|(key, _)| key.text == *name);
                match (found.and_then(|at| map.get(at)), value) {
                    (Some(_), None) if rest.is_empty() => self.change_keys(node, map, form, &[], &[name], around),
                    (Some((key, child)), value) => {
                        let inner = Around { flow, column: (!flow).then(|| self.column(start_of(key))) };
                        self.walk(child, form.value(name), rest, value, inner)?;
                    }
                    (None, value) => {
                        known_key(map, form, name, value.is_none())?;
                        let tree = value.map(|tree| nest(rest, tree)).transpose()?;
                        if let Some(tree) = tree {
                            self.change_keys(node, map, form, &[(name, &tree)], &[], around);
                        }
                    }
                }
            }
            (Kind::Map(_), Step::Index(index)) => {
                return Err(Why::Words(format!("a map has keys and no entry [{index}]")));
            }
            (Kind::Scalar { .. }, step) => {
                return Err(Why::Words(format!("a single value has no {}", said(step))));
            }
        }
        Ok(())
    }

    /// Makes a value say what a tree says, with as little change as can be.
    fn reconcile(&mut self, node: &Node, form: &Form, tree: &Tree, around: Around) {
        let form = form.for_node(node);
        if same(node, &tree.node()) {
            return;
        }
        match (&node.kind, tree) {
            _ if self.is_alias(node) => {}
            (Kind::Map(map), Tree::Map(new)) if new.iter().any(|(k, _)| map.iter().any(|(key, _)| key.text == *k)) => {
                let flow = around.flow || self.is_flow(node);
                for (key, child) in map {
                    if let Some((_, tree)) = new.iter().find(|(k, _)| *k == key.text) {
                        let inner = Around { flow, column: (!flow).then(|| self.column(start_of(key))) };
                        self.reconcile(child, form.value(&key.text), tree, inner);
                    }
                }
                let added: Vec<_> = new.iter().filter(|(k, _)| !map.iter().any(|(key, _)| key.text == *k)).collect();
                let added: Vec<_> = added.iter().map(|(k, tree)| (k.as_str(), tree)).collect();
                let gone = map.iter().map(|(key, _)| key.text.as_str());
                let gone: Vec<_> = gone.filter(|key| !new.iter().any(|(k, _)| k == key)).collect();
                return self.change_keys(node, map, form, &added, &gone, around);
            }
            (Kind::List(old), Tree::List(new)) if !old.is_empty() && !new.is_empty() => {
                return self.change_items(node, old, form, new, around);
            }
            _ => {}
        }
        self.rewrite(node, tree, around);
    }

    /// Adds keys to a map and takes keys away; of an equal number the new take the lines of the old.
    fn change_keys(
        &mut self,
        node: &Node,
        map: &[(Key, Node)],
        form: &Form,
        added: &[(&str, &Tree)],
        gone: &[&str],
        around: Around,
    ) {
        let flow = around.flow || self.is_flow(node);
        let renamed = if added.len() == gone.len() { added.len() } else { 0 };
        for ((name, tree), old) in added.iter().zip(gone).take(renamed) {
            if let Some((key, child)) = map.iter().find(|(key, _)| key.text == *old) {
                self.edits.push((start_of(key)..to(key.span.end), spell::key(name, flow)));
                let inner = Around { flow, column: (!flow).then(|| self.column(start_of(key))) };
                self.reconcile(child, form.value(name), tree, inner);
            }
        }
        if renamed > 0 || (added.is_empty() && gone.is_empty()) {
            return;
        }
        let kept: Vec<usize> =
            map.iter().enumerate().filter(|(_, (k, _))| !gone.contains(&k.text.as_str())).map(|(i, _)| i).collect();
        if self.is_flow(node) || map.is_empty() {
            let mut pieces: Vec<Piece> = Vec::new();
            for at in &kept {
                if let Some((key, child)) = map.get(*at) {
                    let end = self.range(child).end.max(to(key.span.end));
                    let text = self.changed(start_of(key)..end);
                    pieces.push(Piece { was: Some(*at), text });
                }
            }
            for (name, tree) in added {
                let text = format!("{}: {}", spell::key(name, true), spell::inline(tree));
                let names =
                    pieces.iter().map(|p| p.was.and_then(|at| map.get(at)).map_or("", |(k, _)| k.text.as_str()));
                pieces.insert(after(form, name, names), Piece { was: None, text });
            }
            let ends = map.iter().map(|(key, child)| start_of(key)..self.range(child).end.max(to(key.span.end)));
            let ends = ends.collect();
            return self.enclose(node, ends, &pieces);
        }
        if kept.is_empty() {
            return self.rewrite(node, &Tree::Map(Vec::new()), around);
        }
        for name in gone {
            let Some(at) = map.iter().position(|(key, _)| key.text == *name) else { continue };
            let Some((key, child)) = map.get(at) else { continue };
            let start = start_of(key);
            if self.blank_before(start) {
                self.edits.push((self.line_start(start)..self.next_line(self.end(key, child)), String::new()));
            } else if let Some((next, _)) = map.get(at + 1) {
                self.edits.push((start..start_of(next), String::new()));
            } else {
                return self.rewrite(node, &Tree::Map(Vec::new()), around);
            }
        }
        for (name, tree) in added {
            let names = kept.iter().map(|at| map.get(*at).map_or("", |(key, _)| key.text.as_str()));
            let before = after(form, name, names);
            let Some((key, child)) = kept.get(before.saturating_sub(1)).and_then(|at| map.get(*at)) else { continue };
            let column = self.column(start_of(key));
            let at = self.line_end(self.end(key, child));
            self.edits.push((at..at, format!("\n{}{}", " ".repeat(column), entry(name, tree, column))));
        }
    }

    /// Makes a list say what another says: entries that stay keep their lines.
    fn change_items(&mut self, node: &Node, old: &[Node], form: &Form, new: &[Tree], around: Around) {
        let head = old.iter().zip(new).take_while(|(a, b)| kin(a, b)).count();
        let rest = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| kin(a, b)).count();
        let pairs = old.len().min(new.len()) - tail;
        let flow = around.flow || self.is_flow(node);
        let ends = old.iter().rev().zip(new.iter().rev()).take(tail);
        for (a, b) in old.iter().zip(new).take(pairs).chain(ends) {
            self.reconcile(a, form.item(), b, Around { flow, column: None });
        }
        if old.len() == new.len() {
            return;
        }
        if new.len() < old.len() {
            let kept = (0..pairs).chain(old.len() - tail..old.len()).collect();
            return self.drop_items(node, old, kept, pairs, around);
        }
        let added = new.get(pairs..new.len() - tail).unwrap_or_default();
        if self.is_flow(node) {
            let mut pieces = self.pieces(old, 0..pairs);
            pieces.extend(added.iter().map(|tree| Piece { was: None, text: spell::inline(tree) }));
            pieces.extend(self.pieces(old, pairs..old.len()));
            let ends = old.iter().map(|item| self.range(item)).collect();
            return self.enclose(node, ends, &pieces);
        }
        // New entries follow the style of the one before them.
        let Some(beside) = old.get(pairs.saturating_sub(1)) else { return };
        let Some(dash) = self.dash(beside) else { return };
        let indent = " ".repeat(self.column(dash));
        let column = self.column(self.range(beside).start);
        let block = matches!(beside.kind, Kind::Map(_)) && !self.is_flow(beside) && !self.is_alias(beside);
        let item = |tree: &Tree| match tree {
            Tree::Map(map) if block && !map.is_empty() => {
                let gap = " ".repeat(column.saturating_sub(indent.len() + 1));
                format!("{indent}-{gap}{}", entries(map, column))
            }
            Tree::List(_) | Tree::Map(_) => format!("{indent}- {}", spell::inline(tree)),
            single => format!("{indent}- {}", spell::scalar(single, false, "")),
        };
        let lines: Vec<String> = added.iter().map(item).collect();
        if pairs > 0 {
            let at = self.line_end(self.range(beside).end);
            self.edits.push((at..at, format!("\n{}", lines.join("\n"))));
        } else {
            let at = self.line_start(dash);
            self.edits.push((at..at, format!("{}\n", lines.join("\n"))));
        }
    }

    /// Takes all entries out of a list but the kept ones; those that go follow one another from `from` on.
    fn drop_items(&mut self, node: &Node, list: &[Node], kept: Vec<usize>, from: usize, around: Around) {
        if kept.is_empty() {
            return self.rewrite(node, &Tree::List(Vec::new()), around);
        }
        if self.is_flow(node) {
            let pieces = kept.iter().flat_map(|at| self.pieces(list, *at..*at + 1)).collect::<Vec<_>>();
            let ends = list.iter().map(|item| self.range(item)).collect();
            return self.enclose(node, ends, &pieces);
        }
        for item in list.iter().skip(from).take(list.len() - kept.len()) {
            match self.dash(item) {
                Some(dash) if self.blank_before(dash) => {
                    let end = self.next_line(self.range(item).end);
                    self.edits.push((self.line_start(dash)..end, String::new()));
                }
                // The first entry of a list inside an entry: the next one moves up.
                Some(dash) => {
                    let end = self.next_line(self.range(item).end);
                    let next = self.text.get(end..).map_or(end, |t| end + t.len() - t.trim_start_matches(' ').len());
                    self.edits.push((dash..next, String::new()));
                }
                None => {}
            }
        }
    }

    fn pieces(&self, list: &[Node], range: Range<usize>) -> Vec<Piece> {
        let items = list.iter().enumerate().skip(range.start).take(range.len());
        items.map(|(at, item)| Piece { was: Some(at), text: self.changed(self.range(item)) }).collect()
    }

    /// Writes the entries of a collection in brackets or braces anew, between the same brackets and with
    /// what stood between neighbours so far.
    fn enclose(&mut self, node: &Node, old: Vec<Range<usize>>, pieces: &[Piece]) {
        let whole = self.range(node);
        let inner = whole.start + 1..whole.end.saturating_sub(1);
        let first = old.first().map_or(inner.end, |r| r.start);
        let last = old.last().map_or(inner.end, |r| r.end);
        let between = |at: usize| Some(self.part(old.get(at)?.end..old.get(at + 1)?.start).to_owned());
        let usual = match between(0) {
            Some(gap) if !gap.contains('#') => gap,
            Some(gap) => format!(",\n{}", gap.rsplit('\n').next().unwrap_or("")),
            None => ", ".to_owned(),
        };
        let mut text = String::new();
        let mut before: Option<usize> = None;
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                let neighbours = before.zip(piece.was).filter(|(a, b)| a + 1 == *b).map(|(a, _)| a);
                text.push_str(&neighbours.and_then(between).unwrap_or_else(|| usual.clone()));
            }
            text.push_str(&piece.text);
            before = piece.was;
        }
        // What was to change inside has been taken into the pieces.
        self.edits.retain(|(range, _)| range.start < whole.start || range.end > whole.end);
        let text = format!("{}{text}{}", self.part(whole.start..first), self.part(last..whole.end));
        self.edits.push((whole, text));
    }

    /// The text of a range with the edits inside it.
    fn changed(&self, range: Range<usize>) -> String {
        let inside = |edit: &&(Range<usize>, String)| edit.0.start >= range.start && edit.0.end <= range.end;
        let edits = self.edits.iter().filter(inside).cloned().collect();
        Patch { text: self.text, edits }.apply(range)
    }

    /// Writes a value anew.
    fn rewrite(&mut self, node: &Node, tree: &Tree, around: Around) {
        let mut range = self.range(node);
        let old = self.part(range.clone());
        let new = match tree {
            Tree::List(list) if rows(list) && !around.flow => match around.column {
                Some(column) => {
                    let before = self.part(0..range.start).trim_end_matches([' ', '\n']);
                    if before.ends_with(':') {
                        range.start = before.len();
                    }
                    lines(list, column + 2)
                }
                None => spell::inline(tree),
            },
            Tree::Map(map) if matches!(node.kind, Kind::Map(_)) && !self.is_flow(node) && !map.is_empty() => {
                entries(map, self.column(range.start))
            }
            Tree::List(_) | Tree::Map(_) => {
                let before = self.part(0..range.start).trim_end_matches([' ', '\n']);
                if !around.flow && before.ends_with(':') && self.blank_before(range.start) {
                    range.start = before.len();
                    format!(" {}", spell::inline(tree))
                } else {
                    spell::inline(tree)
                }
            }
            single => {
                let before = self.part(0..range.start).trim_end_matches([' ', '\n']);
                let own_line = !around.flow && before.ends_with(':') && self.blank_before(range.start);
                let gap = if own_line { " " } else { "" };
                if own_line {
                    range.start = before.len();
                }
                format!("{gap}{}", spell::scalar(single, around.flow, old))
            }
        };
        // A value that was not written at all stands right behind its colon.
        let gap = if old.is_empty() && self.part(0..range.start).ends_with(':') { " " } else { "" };
        self.edits.push((range, format!("{gap}{new}")));
    }
}

/// Whether an entry of a list is the same as another but for its points: the same band.
fn kin(node: &Node, tree: &Tree) -> bool {
    match (&node.kind, tree) {
        (Kind::Map(old), Tree::Map(new)) => {
            let other = |key: &str| new.iter().find(|(k, _)| k == key).map(|(_, tree)| tree);
            let fits = |(key, value): &(Key, Node)| {
                other(&key.text).is_some_and(|tree| key.text == "points" || same(value, &tree.node()))
            };
            old.len() == new.len() && old.iter().all(fits)
        }
        _ => same(node, &tree.node()),
    }
}

/// Whether a list has a line for each entry.
fn rows(list: &[Tree]) -> bool {
    list.iter().any(|tree| matches!(tree, Tree::Map(_)))
}

/// A key and its value from a column on.
fn entry(name: &str, tree: &Tree, column: usize) -> String {
    let name = spell::key(name, false);
    match tree {
        Tree::List(list) if rows(list) => format!("{name}:{}", lines(list, column + 2)),
        Tree::List(_) | Tree::Map(_) => format!("{name}: {}", spell::inline(tree)),
        single => format!("{name}: {}", spell::scalar(single, false, "")),
    }
}

fn entries(map: &[(String, Tree)], column: usize) -> String {
    let all: Vec<String> = map.iter().map(|(name, tree)| entry(name, tree, column)).collect();
    all.join(&format!("\n{}", " ".repeat(column)))
}

/// The entries of a list, each on a line of its own.
fn lines(list: &[Tree], column: usize) -> String {
    list.iter().map(|tree| format!("\n{}- {}", " ".repeat(column), spell::inline(tree))).collect()
}

/// Where a key belongs among others: behind those that the format names before it.
fn after<'a>(form: &Form, name: &str, others: impl Iterator<Item = &'a str>) -> usize {
    let others: Vec<&str> = others.collect();
    match form {
        Form::Map(shape) => {
            let rank = |name: &str| shape.keys.iter().position(|key| key.name == name);
            others.iter().rposition(|other| rank(other) < rank(name)).map_or(0, |at| at + 1)
        }
        // `else` takes the rest, so it stays last.
        _ => others.len() - usize::from(others.last() == Some(&"else")),
    }
}

/// A value below the steps that lead to it.
fn nest(steps: &[Step], tree: &Tree) -> Result<Tree, Why> {
    let mut tree = tree.clone();
    for step in steps.iter().rev() {
        tree = match step {
            Step::Key(key) => Tree::Map(vec![(key.clone(), tree)]),
            Step::Index(_) => return Err(Why::Words("there is no list yet; give the whole list".to_owned())),
        };
    }
    Ok(tree)
}

fn said(step: &Step) -> String {
    match step {
        Step::Key(key) => format!("field `{key}`"),
        Step::Index(index) => format!("entry [{index}]"),
    }
}

fn no_entry(list: &[Node], step: &Step) -> Why {
    let ids: Vec<&str> = list.iter().filter_map(|node| node.get("id").and_then(Node::text)).collect();
    Why::Words(match step {
        Step::Key(key) if !ids.is_empty() => {
            format!("the list has no entry `{key}`; {}", suggest(key, ids.iter().copied()))
        }
        step => format!("the list has no {}; its entries are [0] to [{}]", said(step), list.len().saturating_sub(1)),
    })
}

/// Whether a key may be added, or is there to be removed.
fn known_key(map: &[(Key, Node)], form: &Form, name: &str, remove: bool) -> Result<(), Why> {
    let there: Vec<&str> = map.iter().map(|(key, _)| key.text.as_str()).collect();
    match form {
        Form::Map(shape) if !shape.keys.iter().any(|key| key.name == name) => {
            let keys = shape.keys.iter().map(|key| key.name);
            Err(Why::Words(format!("{} has no field `{name}`; {}", shape.name, suggest(name, keys))))
        }
        _ if remove => {
            Err(Why::Words(format!("there is no `{name}` to remove; {}", suggest(name, there.iter().copied()))))
        }
        _ => Ok(()),
    }
}
