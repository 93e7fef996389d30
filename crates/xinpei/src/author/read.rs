//! Rule files → [`Source`]: the tree of every file is checked by its form, then taken apart.

mod card;
mod dictionary;
mod measures;
mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::folder::RuleFiles;
use super::shape::{self, Form};
use super::source::{self, LANGUAGE, Manifest, Number, Source, Text};
use super::yaml::{self, Node};
use super::{digest, format};
use crate::date::Date;
use crate::decimal::{self, Rounding};
use crate::diagnostic::{Code, Diagnostics, Files, Severity, Span, suggest};
use crate::label::Label;
use crate::limits;

/// A file that was read.
struct Parsed {
    path: String,
    root: Node,
}

/// What readers of single values share.
struct Reader<'a> {
    languages: &'a [String],
    /// Ids of facts and rules that could not be read.
    unread: BTreeSet<String>,
    out: &'a mut Diagnostics,
}

/// Reads all files of a rulebook. The source is there unless there are too many files: what could
/// not be read is left out or stands in for, and the diagnostics say whether it may be used.
pub fn read(rules: &RuleFiles, out: &mut Diagnostics) -> Option<Source> {
    let mut files = Files::default();
    let mut scripts = Vec::new();
    let mut parsed = Vec::new();
    if rules.files.len() > limits::RULEBOOK_FILES {
        let first = rules.files.keys().nth(limits::RULEBOOK_FILES).cloned().unwrap_or_default();
        files.push(first, String::new());
        out.files = Arc::new(files);
        out.error(
            Code::TooManyFiles,
            Span::default(),
            format!("the rulebook has more than {} files", limits::RULEBOOK_FILES),
        )
        .help("check that this is the folder of one version; join files");
        return None;
    }
    for (path, bytes) in &rules.files {
        let known = format::KINDS.iter().any(|(kind, _)| is_kind(path, kind));
        let script = path.starts_with("scripts/") && path.ends_with(".rhai");
        if bytes.len() > limits::RULE_FILE_BYTES {
            let file = files.push(path.clone(), String::new());
            out.error(
                Code::FileTooLarge,
                Span { file, start: 0, end: 0 },
                format!("the file has more than {} bytes", limits::RULE_FILE_BYTES),
            )
            .help("split it");
            continue;
        }
        let Some(text) = text_of(path, bytes, &mut files, out) else { continue };
        let file = files.push(path.clone(), text.to_owned());
        let span = Span { file, start: 0, end: 0 };
        if script {
            scripts.push(file);
        } else if known {
            if let Some(root) = yaml::parse(file, text, out) {
                parsed.push(Parsed { path: path.clone(), root });
            }
        } else {
            out.error(Code::UnknownFile, span, format!("the rule format has no file `{path}`")).help(
                "known here: `rulebook.yaml`, `grades.yaml`, `facts/*.yaml`, `sections/*.yaml`, `outcomes/*.yaml`, `products/*.yaml`, `tiers.yaml`, `measures/*.yaml`, `scripts/*.rhai`, `scripts/functions.yaml`, `cases/*.yaml`",
            );
        }
    }
    // What is missing has no place in any file: it gets an empty file of its own.
    for (needed, why) in
        [("rulebook.yaml", "says who issued the rules and when they are in force"), ("grades.yaml", "names the grades")]
    {
        if !rules.files.contains_key(needed) {
            let file = files.push(needed.to_owned(), String::new());
            out.error(Code::MissingFile, Span { file, start: 0, end: 0 }, format!("the rulebook lacks `{needed}`"))
                .help(format!("it {why}"));
        }
    }
    for (folder, why) in [("facts/", "the dictionary"), ("sections/", "the scorecard")] {
        if !rules.files.keys().any(|p| p.starts_with(folder)) {
            let file = files.push(folder.to_owned(), String::new());
            out.error(
                Code::MissingFile,
                Span { file, start: 0, end: 0 },
                format!("the rulebook has no file in `{folder}`"),
            )
            .help(format!("it holds {why}"));
        }
    }
    let files = Arc::new(files);
    out.files = Arc::clone(&files);
    let form_of =
        |path: &str| format::KINDS.iter().find(|(kind, _)| is_kind(path, kind)).map_or(&Form::Any, |(_, form)| *form);
    let trees: Vec<_> = parsed.iter().map(|p| (p.path.as_str(), &p.root, form_of(&p.path))).collect();
    let digest = digest::rulebook(&trees, &scripts, &files);
    let root = parsed.iter().find(|p| p.path == "rulebook.yaml");
    let languages = root.map_or_else(Vec::new, |root| languages(&root.root, out));
    for Parsed { path, root } in &parsed {
        shape::check(root, form_of(path), &languages, out);
    }
    let nothing = Node { span: Span::default(), kind: yaml::Kind::Map(Vec::new()) };
    let mut reader = Reader { languages: &languages, unread: BTreeSet::new(), out };
    let manifest = reader.manifest(root.map_or(&nothing, |root| &root.root), rules);
    let sound = root.is_some_and(|root| {
        !reader.out.sorted().iter().any(|d| d.span.file == root.root.span.file && d.severity == Severity::Error)
    });
    let of = |kind: &'static str| parsed.iter().filter(move |p| is_kind(&p.path, kind)).map(|p| &p.root);
    let mut source = Source {
        files,
        manifest,
        departments: Vec::new(),
        facts: Vec::new(),
        sections: Vec::new(),
        grades: Vec::new(),
        overrides: Vec::new(),
        outcomes: Vec::new(),
        products: Vec::new(),
        tiers: None,
        measures: Vec::new(),
        scripts,
        functions: Vec::new(),
        unread: BTreeSet::new(),
        lost: BTreeSet::new(),
        cases: of("cases/").cloned().collect(),
        digest,
    };
    for (kind, _) in format::KINDS {
        let there = rules.files.keys().filter(|path| is_kind(path, kind)).count();
        if there == 0 || there > of(kind).count() {
            source.lost.insert(kind);
        }
    }
    if !sound {
        source.lost.insert("rulebook.yaml");
    }
    let is_script = |path: &&String| path.starts_with("scripts/") && path.ends_with(".rhai");
    if rules.files.keys().filter(is_script).count() > source.scripts.len() {
        source.lost.insert("scripts/");
    }
    of("facts/").for_each(|root| reader.facts(root, &mut source));
    for root in of("sections/") {
        match reader.section(root) {
            Some(section) => source.sections.push(section),
            None => drop(source.lost.insert("sections/")),
        }
    }
    of("grades.yaml").for_each(|root| reader.grades(root, &mut source));
    source.outcomes = of("outcomes/").flat_map(|root| reader.outcomes(root)).collect();
    source.products = of("products/").flat_map(|root| reader.products(root)).collect();
    source.tiers = of("tiers.yaml").find_map(|root| reader.tiers(root));
    source.measures = of("measures/").flat_map(|root| reader.measures(root)).collect();
    source.functions = of("scripts/functions.yaml").flat_map(|root| reader.functions(root)).collect();
    source.unread = reader.unread;
    Some(source)
}

pub(super) fn is_kind(path: &str, kind: &str) -> bool {
    match kind.strip_suffix('/') {
        Some(folder) => path
            .strip_prefix(folder)
            .and_then(|p| p.strip_prefix('/'))
            .is_some_and(|name| name.ends_with(".yaml") && !name.contains('/')),
        None => path == kind,
    }
}

fn text_of<'a>(path: &str, bytes: &'a [u8], files: &mut Files, out: &mut Diagnostics) -> Option<&'a str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let file = files.push(
                path.to_owned(),
                String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default()).into_owned(),
            );
            let at = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            out.error(Code::NotUtf8, Span { file, start: at, end: at }, "the file is not UTF-8 from here on")
                .help("save it as UTF-8");
            None
        }
    }
}

/// The languages of every label; none where one of them cannot be read, so that no label is blamed.
fn languages(root: &Node, out: &mut Diagnostics) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for node in root.get("languages").and_then(Node::list).unwrap_or_default() {
        let Some(word) = node.text().filter(|t| shape::is_word(t)) else { return Vec::new() };
        if languages.iter().any(|l| l == word) {
            out.error(Code::DuplicateMember, node.span, format!("the language `{word}` stands twice"))
                .help("remove one");
        } else {
            languages.push(word.to_owned());
        }
    }
    languages
}

impl Reader<'_> {
    /// The manifest; what is missing was reported, and something harmless stands in for it.
    fn manifest(&mut self, root: &Node, rules: &RuleFiles) -> Manifest {
        let nameless = || Text { text: String::new(), span: root.span.part(0, 0) };
        let id = text(root, "rulebook").unwrap_or_else(nameless);
        let version = text(root, "version").unwrap_or_else(nameless);
        for (what, written, folder) in [("id", &id, &rules.id), ("version", &version, &rules.version)] {
            if let Some(folder) = folder.as_ref().filter(|f| **f != written.text && !written.text.is_empty()) {
                self.out
                    .error(
                        Code::NotTheFolder,
                        written.span,
                        format!("the {what} is `{}`, the folder says `{folder}`", written.text),
                    )
                    .help("rename one of them: rules/<id>/<version>/");
            }
        }
        if let Some(language) = number(root, "language")
            && language.value != Decimal::from(LANGUAGE)
            && language.value.fract().is_zero()
        {
            self.out
                .error(
                    Code::UnknownLanguageVersion,
                    language.span,
                    format!("this engine does not read language {}", language.value),
                )
                .help(format!("write `language: {LANGUAGE}`"));
        }
        let window = root.get("effective");
        let from = window.and_then(|w| date(w, "from"));
        let to = window.and_then(|w| date(w, "to"));
        let window = window.map_or(root.span.part(0, 0), |w| w.span);
        if from.is_some_and(|from| to.is_some_and(|to| to < from)) {
            self.out
                .error(Code::EmptyWindow, window, "the window ends before it starts")
                .help("`to` is the last day in force, `from` the first");
        }
        let score = root.get("score");
        let digits = score.and_then(|s| self.small(s, "digits", 6)).unwrap_or(0);
        let rounding = score.and_then(|s| Rounding::from_word(s.get("rounding")?.text()?)).unwrap_or(Rounding::HalfUp);
        let reasons = root.get("reasons");
        let count = reasons.and_then(|r| self.small(r, "count", 100)).unwrap_or(4);
        let baseline = reasons.and_then(|r| r.get("baseline")).and_then(Node::text).unwrap_or("max");
        let unrated_below = root.get("coverage").and_then(|c| number(c, "unrated_below"));
        if let Some(floor) = unrated_below
            && (floor.value < Decimal::ZERO || floor.value > Decimal::ONE)
        {
            self.out
                .error(Code::ReversedRange, floor.span, "a coverage lies between 0 and 1")
                .help("write a share, such as 0.60");
        }
        Manifest {
            id,
            version,
            title: self.label(root, "title"),
            authority: self.label(root, "authority"),
            from: from.unwrap_or(crate::date::FIRST),
            to,
            window,
            languages: self.languages.to_vec(),
            uscc: root.get("key").and_then(Node::text) == Some("uscc"),
            partial: root.get("partial").map(|_| self.label(root, "partial")),
            digits,
            rounding,
            reasons: usize::try_from(count).unwrap_or(4),
            own_baseline: baseline != "max",
            unrated_below,
        }
    }

    /// A small whole number behind a key.
    fn small(&mut self, node: &Node, key: &str, most: u32) -> Option<u32> {
        let number = number(node, key)?;
        match u32::try_from(number.value).ok().filter(|n| *n <= most && number.value.fract().is_zero()) {
            Some(n) => Some(n),
            None => {
                self.out
                    .error(Code::TooManyDigits, number.span, format!("`{key}` lies between 0 and {most}"))
                    .help(format!("write a whole number up to {most}"));
                None
            }
        }
    }

    /// The label behind a key, in the rulebook's order of languages.
    fn label(&self, node: &Node, key: &str) -> Label {
        let Some(node) = node.get(key) else { return Label::default() };
        self.label_of(node)
    }

    fn label_of(&self, node: &Node) -> Label {
        Label::new(self.languages.iter().filter_map(|l| Some((l.as_str(), node.get(l)?.text()?.trim()))))
    }

    fn unknown_word(&mut self, span: Span, word: &str, known: &[&str]) {
        self.out
            .error(Code::UnknownWord, span, format!("`{word}` cannot stand here"))
            .help(suggest(word, known.iter().copied()));
    }
}

/// What was read from a map; its id is noted where that failed.
fn noted<T>(read: Option<T>, node: &Node, unread: &mut BTreeSet<String>) -> Option<T> {
    if let (None, Some(id)) = (&read, node.get("id").and_then(Node::text)) {
        unread.insert(id.to_owned());
    }
    read
}

/// The text behind a key.
fn text(node: &Node, key: &str) -> Option<Text> {
    let node = node.get(key)?;
    Some(Text { text: node.text()?.to_owned(), span: node.span })
}

/// The number behind a key.
fn number(node: &Node, key: &str) -> Option<Number> {
    number_of(node.get(key)?)
}

fn number_of(node: &Node) -> Option<Number> {
    Some(Number { value: decimal::parse(node.text()?).ok()?, span: node.span })
}

fn date(node: &Node, key: &str) -> Option<Date> {
    Date::parse(node.get(key)?.text()?)
}

/// Entries of a list that are maps; anything else was reported by its form.
fn maps<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    node.get(key).and_then(Node::list).unwrap_or_default().iter().filter(|n| n.map().is_some())
}

/// The form of the files of a folder, for the JSON Schema.
#[must_use]
pub fn kinds() -> BTreeMap<&'static str, &'static Form> {
    format::KINDS.iter().map(|(kind, form)| (*kind, *form)).collect()
}

/// A word of a fixed list: its place and whether it is known. Used by the readers below.
fn one_of<'a>(node: &'a Node, keys: &[&str]) -> Vec<(&'a str, Span)> {
    let map = node.map().unwrap_or_default();
    map.iter().filter(|(k, _)| keys.contains(&k.text.as_str())).map(|(k, _)| (k.text.as_str(), k.span)).collect()
}

/// The values of a range: `None` edges are open.
fn range(node: &Node) -> Option<(Option<Node>, Option<Node>, Span)> {
    let range = node.get("range")?;
    Some((range.get("from").cloned(), range.get("to").cloned(), range.span))
}

/// A band's edge: `upto` is inclusive, `below` is exclusive.
fn edge(node: &Node) -> Option<source::Edge> {
    let upto = node.get("upto").map(|n| source::Edge { node: n.clone(), inclusive: true });
    upto.or_else(|| node.get("below").map(|n| source::Edge { node: n.clone(), inclusive: false }))
}
