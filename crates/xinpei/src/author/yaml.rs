//! YAML text → a tree of values, each with its place; strict about everything YAML lets slip.

use std::collections::{BTreeMap, HashMap};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle};

use crate::diagnostic::{Code, Diagnostics, Span, tidy};
use crate::limits;

/// One value of a YAML file and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is. Scalars stay text: what they mean is the reader's matter.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar; `plain` when it is not quoted.
    Scalar {
        /// The text, escapes resolved.
        text: String,
        /// Not quoted and not a block scalar.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file, keys unique.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug)]
pub struct Key {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Node {
    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The values of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn map(&self) -> Option<&[(Key, Self)]> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }

    /// Whether it is an unquoted `null`, `~` or nothing at all.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// The place of `len` bytes at byte `start` of a scalar's text; the place of the whole scalar
    /// where the file spells it with escapes.
    #[must_use]
    pub fn inner(&self, start: usize, len: usize, files: &crate::diagnostic::Files) -> Span {
        let raw = files.slice(self.span);
        let text = self.text().unwrap_or("");
        let head = match raw.chars().next() {
            Some('|' | '>') => raw.find('\n').unwrap_or(0),
            Some('"' | '\'') => 1,
            _ => 0,
        };
        let body = raw.get(head..).unwrap_or("");
        // Folding and indentation change white space only: the other characters keep their order.
        let mut places = solid(body);
        let Some(before) = text.get(..start).filter(|_| solid(text).zip(solid(body)).all(|((_, a), (_, b))| a == b))
        else {
            return self.span;
        };
        match places.nth(solid(before).count()) {
            Some((at, _)) => self.span.part(head + at, len),
            None => self.span.part(raw.len(), 0),
        }
    }

    fn depth(&self) -> usize {
        let inner = match &self.kind {
            Kind::Scalar { .. } => return 0,
            Kind::List(list) => list.iter().map(Self::depth).max(),
            Kind::Map(map) => map.iter().map(|(_, node)| node.depth()).max(),
        };
        1 + inner.unwrap_or(0)
    }

    fn size(&self) -> usize {
        match &self.kind {
            Kind::Scalar { .. } => 1,
            Kind::List(list) => 1 + list.iter().map(Self::size).sum::<usize>(),
            Kind::Map(map) => 1 + map.iter().map(|(_, node)| 1 + node.size()).sum::<usize>(),
        }
    }
}

/// The characters of a text that are no white space, with their places.
fn solid(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| !c.is_whitespace())
}

/// Reads the text of file number `file`. `None` when there is nothing to go on with.
pub fn parse(file: u32, text: &str, out: &mut Diagnostics) -> Option<Node> {
    let whole = Span { file, start: 0, end: 1 };
    if text.len() > limits::RULE_FILE_BYTES {
        out.error(Code::FileTooLarge, whole, format!("the file has {} bytes", text.len()))
            .help(format!("split it; a rule file has at most {} bytes", limits::RULE_FILE_BYTES));
        return None;
    }
    if text.starts_with('\u{feff}') {
        out.error(Code::ByteOrderMark, whole, "the file starts with a byte order mark")
            .help("save it as UTF-8 without BOM");
        return None;
    }
    if let Some(at) = text.find('\r') {
        out.error(
            Code::CarriageReturn,
            Span { file, start: offset(at), end: offset(at + 1) },
            "a line ends with a carriage return",
        )
        .help("save the file with line feeds alone (LF), as git does by default");
        return None;
    }
    if !tabs_are_fine(file, text, out) || !depth_is_fine(file, text, out) {
        return None;
    }
    Builder { file, text, out, stack: Vec::new(), anchors: BTreeMap::new(), root: None, nodes: 0, aliased: 0 }.run()
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Tabs in indentation make YAML read differently from what people see.
fn tabs_are_fine(file: u32, text: &str, out: &mut Diagnostics) -> bool {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indent).and_then(|i| i.find('\t')) {
            out.error(
                Code::TabIndent,
                Span { file, start: offset(at + tab), end: offset(at + tab + 1) },
                "a tab in the indentation",
            )
            .help("indent with two spaces");
            return false;
        }
        at += line.len();
    }
    true
}

/// Refuses absurd nesting before the parser sees it: brackets by count, blocks by indentation.
fn depth_is_fine(file: u32, text: &str, out: &mut Diagnostics) -> bool {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let opening =
            line.bytes().take_while(|b| matches!(b, b' ' | b'-' | b'[' | b'{' | b'?')).filter(|b| *b != b' ').count();
        if opening > limits::YAML_DEPTH {
            too_deep(Span { file, start: offset(at), end: offset(at + 1) }, out);
            return false;
        }
        at += line.len();
    }
    true
}

fn too_deep(span: Span, out: &mut Diagnostics) {
    out.error(Code::TooDeep, span, "lists and maps are nested too deeply")
        .help(format!("at most {} levels", limits::YAML_DEPTH));
}

/// A list or map that is still open.
struct Open {
    span: Span,
    anchor: usize,
    list: Vec<Node>,
    map: Option<Vec<(Key, Node)>>,
    seen: HashMap<String, Span>,
    key: Option<Key>,
}

struct Builder<'a> {
    file: u32,
    text: &'a str,
    out: &'a mut Diagnostics,
    stack: Vec<Open>,
    /// Values that aliases may repeat; `None` for one that is too large to be repeated.
    anchors: BTreeMap<usize, Option<Node>>,
    root: Option<Node>,
    nodes: usize,
    aliased: usize,
}

impl Builder<'_> {
    fn run(mut self) -> Option<Node> {
        let mut documents = 0;
        for next in Parser::new_from_str(self.text) {
            let (event, span) = match next {
                Ok(next) => next,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
                    let span = Span { file: self.file, start: offset(at), end: offset(at + 1) };
                    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
                        too_deep(span, self.out);
                        return None;
                    }
                    self.out.error(Code::YamlSyntax, span, tidy(&error.info()))
                        .help("check indentation, quotes and colons; quote a text that starts with a bracket, `!`, `&`, `*`, `%` or `@`");
                    return None;
                }
            };
            let span = self.span(span);
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        self.out
                            .error(Code::NotOneDocument, span, "a second document in one file")
                            .help("put it into a file of its own");
                        return None;
                    }
                }
                Event::Scalar(text, style, anchor, tag) => {
                    if tag.is_some() {
                        self.tag(span);
                        return None;
                    }
                    let kind = Kind::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                    self.add(Node { span, kind }, anchor)?;
                }
                Event::SequenceStart(_, anchor, tag) => self.open(span, anchor, tag.is_some(), false)?,
                Event::MappingStart(_, anchor, tag) => self.open(span, anchor, tag.is_some(), true)?,
                Event::SequenceEnd | Event::MappingEnd => {
                    let open = self.stack.pop()?;
                    let mut whole = open.span;
                    whole.end = span.end.max(whole.end);
                    let kind = match open.map {
                        Some(map) => Kind::Map(map),
                        None => Kind::List(open.list),
                    };
                    self.add(Node { span: whole, kind }, open.anchor)?;
                }
                Event::Alias(id) => self.alias(id, span)?,
                _ => {}
            }
        }
        if self.root.is_none() {
            self.out
                .error(Code::NotOneDocument, Span { file: self.file, start: 0, end: 0 }, "the file is empty")
                .help("write its content, or remove the file");
        }
        self.root
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span { file: self.file, start: offset(range.start), end: offset(range.end) }
    }

    fn tag(&mut self, span: Span) {
        // The span is that of the value behind the tag.
        let before = self.text.get(..usize::try_from(span.start).unwrap_or(0)).unwrap_or("");
        let start =
            before.rfind('!').map_or(before.len(), |at| before.get(..at).map_or(at, |b| b.trim_end_matches('!').len()));
        let span = if before.get(start..).is_some_and(|tag| tag.split_whitespace().count() == 1) {
            Span { start: offset(start), end: offset(before.trim_end().len()), ..span }
        } else {
            span
        };
        self.out
            .error(Code::TagOrMerge, span, "a tag is not part of the rule format")
            .help("to write an expression that starts with `!`, quote it: '!present(x)'");
    }

    fn open(&mut self, span: Span, anchor: usize, tagged: bool, map: bool) -> Option<()> {
        if tagged {
            self.tag(span);
            return None;
        }
        if self.stack.len() >= limits::YAML_DEPTH {
            too_deep(span, self.out);
            return None;
        }
        let map = map.then(Vec::new);
        self.stack.push(Open { span, anchor, list: Vec::new(), map, seen: HashMap::new(), key: None });
        Some(())
    }

    fn alias(&mut self, id: usize, span: Span) -> Option<()> {
        let Some(known) = self.anchors.get(&id) else {
            self.out
                .error(Code::TooManyAliases, span, "an alias inside the value that it repeats")
                .help("write the value out");
            return None;
        };
        let mut node = known.clone();
        self.aliased += node.as_ref().map_or(limits::ALIAS_NODES + 1, Node::size);
        let Some(node) = node.as_mut().filter(|_| self.aliased <= limits::ALIAS_NODES) else {
            self.out
                .error(Code::TooManyAliases, span, format!("aliases add more than {} values", limits::ALIAS_NODES))
                .help("write the values out, or use fewer aliases");
            return None;
        };
        if self.stack.len() + node.depth() > limits::YAML_DEPTH {
            too_deep(span, self.out);
            return None;
        }
        node.span = span;
        self.add(node.clone(), 0)
    }

    fn add(&mut self, node: Node, anchor: usize) -> Option<()> {
        self.nodes += 1;
        if self.nodes > limits::YAML_NODES {
            self.out
                .error(Code::TooManyValues, node.span, format!("more than {} values in one file", limits::YAML_NODES))
                .help("split the file");
            return None;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.size() <= limits::ALIAS_NODES).then(|| node.clone()));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        let Some(map) = &mut open.map else {
            open.list.push(node);
            return Some(());
        };
        let Some(key) = open.key.take() else {
            let Kind::Scalar { text, .. } = node.kind else {
                self.out.error(Code::WrongShape, node.span, "a key must be a plain text").help("write `key: value`");
                return None;
            };
            if text == "<<" {
                self.out
                    .error(Code::TagOrMerge, node.span, "a merge key (`<<`) is not part of the rule format")
                    .help("write the keys out");
                return None;
            }
            open.key = Some(Key { text, span: node.span });
            return Some(());
        };
        if let Some(first) = open.seen.get(&key.text) {
            let (line, _) = line_of(self.text, first.start);
            self.out
                .error(Code::DuplicateKey, key.span, format!("the key `{}` stands twice", key.text))
                .help(format!("it stands in line {line} already; remove one"));
        } else {
            open.seen.insert(key.text.clone(), key.span);
            map.push((key, node));
        }
        Some(())
    }
}

fn line_of(text: &str, start: u32) -> (usize, usize) {
    let at = usize::try_from(start).unwrap_or(0).min(text.len());
    (text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1, at)
}
