//! Diagnostics as pictures of the lines they point at, and as JSON.

use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use xinpei::diagnostic::{Diagnostic, Diagnostics, Severity, Span};

/// A diagnostic as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    code: &'static str,
    severity: &'static str,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// All diagnostics of the rulebook in `folder`, as JSON.
pub(crate) fn records(folder: &Path, diagnostics: &Diagnostics) -> Vec<Record> {
    let record = |d: &&Diagnostic| {
        let (line, column) = diagnostics.files.line_column(d.span);
        let placed = has_place(diagnostics, d);
        Record {
            code: d.code.name(),
            severity: if d.severity == Severity::Error { "error" } else { "note" },
            file: path_of(folder, diagnostics, d),
            line: placed.then_some(line),
            column: placed.then_some(column),
            message: d.message.clone(),
            help: d.help.clone(),
        }
    };
    diagnostics.sorted().iter().map(record).collect()
}

/// All diagnostics of the rulebook in `folder`, each with a picture of its line.
pub(crate) fn render(folder: &Path, diagnostics: &Diagnostics, colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Unicode);
    let mut text = String::new();
    for diagnostic in diagnostics.sorted() {
        text.push_str(&renderer.render(&[group(folder, diagnostics, diagnostic)]));
        text.push_str("\n\n");
    }
    if diagnostics.left_out > 0 {
        text.push_str(&format!("and {} more\n", diagnostics.left_out));
    }
    text.trim_end().to_owned()
}

fn group<'a>(folder: &Path, diagnostics: &'a Diagnostics, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = if diagnostic.severity == Severity::Error { Level::ERROR } else { Level::NOTE };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name());
    let path = path_of(folder, diagnostics, diagnostic);
    let text = diagnostics.files.text(diagnostic.span.file);
    let group = if has_place(diagnostics, diagnostic) {
        let snippet = Snippet::source(text).path(path);
        title.element(snippet.annotation(AnnotationKind::Primary.span(visible(text, diagnostic.span))))
    } else {
        title.element(annotate_snippets::Origin::path(path))
    };
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// Whether there is a line to point at: a file that is missing, or empty, has none.
fn has_place(diagnostics: &Diagnostics, diagnostic: &Diagnostic) -> bool {
    !diagnostics.files.text(diagnostic.span.file).is_empty()
}

fn path_of(folder: &Path, diagnostics: &Diagnostics, diagnostic: &Diagnostic) -> String {
    folder.join(diagnostics.files.path(diagnostic.span.file)).display().to_string()
}

/// The bytes of a span on its first line: a picture of one line says where.
fn visible(text: &str, span: Span) -> std::ops::Range<usize> {
    let whole = |at: u32| {
        let mut at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (whole(span.start), whole(span.end.max(span.start)));
    let line = text.get(start..end).and_then(|s| s.find('\n')).map_or(end, |at| start + at);
    start..line
}
