//! Where values stand in the text of a file.

use std::ops::Range;

use super::super::yaml::{Key, Kind, Node};
use super::patch::Patch;

impl Patch<'_> {
    pub(super) fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    pub(super) fn is_alias(&self, node: &Node) -> bool {
        self.part(start(node)..self.text.len()).starts_with('*')
    }

    pub(super) fn is_flow(&self, node: &Node) -> bool {
        let first = self.part(start(node)..self.text.len()).starts_with(['[', '{']);
        first && !matches!(node.kind, Kind::Scalar { .. })
    }

    /// From the first to the last byte of a value, without the anchor before it and the comment behind.
    pub(super) fn range(&self, node: &Node) -> Range<usize> {
        let span = start(node)..to(node.span.end);
        if self.is_alias(node) || self.is_flow(node) {
            return span;
        }
        match &node.kind {
            Kind::Scalar { plain, .. } => {
                let end = span.start + self.part(span.clone()).trim_end().len();
                let start = if *plain { span.start } else { self.header(span.start).unwrap_or(span.start) };
                start..end.max(start)
            }
            Kind::List(list) => {
                let start = list.first().and_then(|item| self.dash(item)).unwrap_or(span.start);
                start..list.last().map_or(span.end, |item| self.range(item).end)
            }
            Kind::Map(map) => {
                let start = map.first().map_or(span.start, |(key, _)| start_of(key));
                start..map.last().map_or(span.end, |(key, child)| self.end(key, child))
            }
        }
    }

    /// Where the value behind a key ends, or its colon where there is none.
    pub(super) fn end(&self, key: &Key, child: &Node) -> usize {
        let after = to(key.span.end);
        let colon = self.part(after..self.text.len()).find(':').map_or(after, |at| after + at + 1);
        self.range(child).end.max(colon)
    }

    /// The `|` or `>` on the line before a block of text.
    pub(super) fn header(&self, start: usize) -> Option<usize> {
        let line = self.line_start(start).checked_sub(1).filter(|_| self.blank_before(start))?;
        let from = self.line_start(line);
        let before = self.part(from..line);
        let code = before.split(" #").next()?.trim_end();
        let head = code.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
        head.ends_with(['|', '>']).then(|| from + head.len() - 1)
    }

    /// The `-` before an entry of a list.
    pub(super) fn dash(&self, item: &Node) -> Option<usize> {
        let mut before = self.part(0..self.range(item).start).trim_end_matches([' ', '\n']);
        if let Some(anchor) = before.rsplit([' ', '\n']).next().filter(|word| word.starts_with('&')) {
            before = self.part(0..before.len() - anchor.len()).trim_end_matches([' ', '\n']);
        }
        before.ends_with('-').then(|| before.len() - 1)
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.part(0..at).rfind('\n').map_or(0, |at| at + 1)
    }

    pub(super) fn line_end(&self, at: usize) -> usize {
        self.part(at..self.text.len()).find('\n').map_or(self.text.len(), |n| at + n)
    }

    pub(super) fn next_line(&self, at: usize) -> usize {
        (self.line_end(at) + 1).min(self.text.len())
    }

    pub(super) fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    pub(super) fn blank_before(&self, at: usize) -> bool {
        self.part(self.line_start(at)..at).trim().is_empty()
    }
}

pub(super) fn to(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

pub(super) fn start(node: &Node) -> usize {
    to(node.span.start)
}

pub(super) fn start_of(key: &Key) -> usize {
    to(key.span.start)
}
