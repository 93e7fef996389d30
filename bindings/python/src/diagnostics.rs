//! Mistakes of rule authors as objects: code, place, help and the line.

use std::fmt::Write as _;
use std::path::Path;

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use unicode_width::UnicodeWidthStr;
use xinpei::diagnostic::{Diagnostic, Diagnostics, Severity};

use crate::show;

/// One mistake of a rule author, or a note.
#[pyclass(frozen, eq, name = "Diagnostic", module = "xinpei")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PyDiagnostic {
    /// Which kind of mistake, such as `X0404`.
    #[pyo3(get)]
    pub(crate) code: String,
    /// `error` or `note`.
    #[pyo3(get)]
    pub(crate) severity: String,
    /// The file.
    #[pyo3(get)]
    pub(crate) file: String,
    /// The line, counted from 1; `None` where there is no line to point at.
    #[pyo3(get)]
    pub(crate) line: Option<usize>,
    /// The column, in characters, counted from 1.
    #[pyo3(get)]
    pub(crate) column: Option<usize>,
    /// What is wrong.
    #[pyo3(get)]
    pub(crate) message: String,
    /// What to do about it.
    #[pyo3(get)]
    pub(crate) help: Option<String>,
    /// The line of the file.
    #[pyo3(get)]
    pub(crate) text: String,
    /// How many characters of the line are meant.
    #[pyo3(get)]
    pub(crate) length: usize,
}

impl PyDiagnostic {
    fn of(diagnostic: &Diagnostic, all: &Diagnostics, folder: &str) -> Self {
        let file = Path::new(folder).join(all.files.path(diagnostic.span.file)).display().to_string();
        let (line, column) = all.files.line_column(diagnostic.span);
        let whole = all.files.text(diagnostic.span.file);
        let text = whole.lines().nth(line.saturating_sub(1)).unwrap_or("").to_owned();
        let here = all.files.slice(diagnostic.span).lines().next().unwrap_or("").chars().count();
        let placed = !whole.is_empty();
        Self {
            code: diagnostic.code.name().to_owned(),
            severity: if diagnostic.severity == Severity::Error { "error" } else { "note" }.to_owned(),
            file,
            line: placed.then_some(line),
            column: placed.then_some(column),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            text,
            length: here.max(1),
        }
    }

    /// The file, and line and column where they are known.
    pub(crate) fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            _ => self.file.clone(),
        }
    }

    /// The line before the mistake, the mistake, and what is behind it.
    pub(crate) fn cut(&self) -> (String, String, String) {
        let start = self.column.unwrap_or(1).saturating_sub(1);
        let take = |from: usize, most: usize| self.text.chars().skip(from).take(most).collect::<String>();
        (take(0, start), take(start, self.length), take(start.saturating_add(self.length), usize::MAX))
    }

    /// The mistake with a picture of its line.
    pub(crate) fn picture(&self) -> String {
        let mut out = format!("{}[{}]: {}\n", self.severity, self.code, self.message);
        let number = self.line.map(|line| line.to_string()).unwrap_or_default();
        let margin = " ".repeat(number.len());
        let _ = writeln!(out, "{margin}--> {}", self.place());
        if self.line.is_some() {
            let (before, here, _) = self.cut();
            let carets = "^".repeat(here.width().max(1));
            let _ = writeln!(out, "{margin} |\n{number} | {}", self.text);
            let _ = writeln!(out, "{margin} | {}{carets}", " ".repeat(before.width()));
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "{margin} = help: {help}");
        }
        out
    }
}

#[pymethods]
impl PyDiagnostic {
    #[new]
    #[pyo3(signature = (code, severity, file, line, column, message, help, text, length))]
    #[expect(clippy::too_many_arguments, reason = "a record of its fields, made again by pickle")]
    fn new(
        code: String,
        severity: String,
        file: String,
        line: Option<usize>,
        column: Option<usize>,
        message: String,
        help: Option<String>,
        text: String,
        length: usize,
    ) -> Self {
        Self { code, severity, file, line, column, message, help, text, length }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let this = slf.get();
        let fields = (
            &this.code,
            &this.severity,
            &this.file,
            this.line,
            this.column,
            &this.message,
            &this.help,
            &this.text,
            this.length,
        );
        Ok((slf.get_type().into_any(), fields.into_pyobject(slf.py())?))
    }

    fn __str__(&self) -> String {
        self.picture().trim_end().to_owned()
    }

    fn __repr__(&self) -> String {
        format!("<Diagnostic {} {}: {}>", self.code, self.place(), self.message)
    }

    fn _repr_html_(&self) -> String {
        show::diagnostics(std::slice::from_ref(self))
    }
}

/// What diagnostics are made again of.
type Fields<'py> = (Vec<Bound<'py, PyDiagnostic>>, usize);

/// Mistakes and notes, in the order of files and lines.
#[pyclass(frozen, sequence, name = "Diagnostics", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyDiagnostics {
    pub(crate) list: Vec<PyDiagnostic>,
    /// How many more there were than are kept.
    left_out: usize,
}

impl PyDiagnostics {
    pub(crate) fn of(diagnostics: &Diagnostics, folder: &str) -> Self {
        let list = diagnostics.sorted().into_iter().map(|d| PyDiagnostic::of(d, diagnostics, folder)).collect();
        Self { list, left_out: diagnostics.left_out }
    }

    /// All of them as one text.
    pub(crate) fn text(&self) -> String {
        let pictures: Vec<String> = self.list.iter().map(PyDiagnostic::picture).collect();
        let mut text = pictures.join("\n");
        if self.left_out > 0 {
            let _ = writeln!(text, "and {} more", self.left_out);
        }
        text.trim_end().to_owned()
    }

    /// What an exception says: how many mistakes there are, and each; notes are no mistakes.
    pub(crate) fn message(&self) -> String {
        let list: Vec<PyDiagnostic> = self.list.iter().filter(|d| d.severity == "error").cloned().collect();
        let mistakes = Self { list, left_out: self.left_out };
        let count = mistakes.list.len() + self.left_out;
        format!("{count} mistake{}\n{}", if count == 1 { "" } else { "s" }, mistakes.text())
    }
}

#[pymethods]
impl PyDiagnostics {
    #[new]
    #[pyo3(signature = (list, left_out=0))]
    fn new(list: Vec<PyRef<'_, PyDiagnostic>>, left_out: usize) -> Self {
        Self { list: list.iter().map(|d| (**d).clone()).collect(), left_out }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields<'py>)> {
        let list = slf.get().list.iter().map(|d| Bound::new(slf.py(), d.clone())).collect::<PyResult<_>>()?;
        Ok((slf.get_type().into_any(), (list, slf.get().left_out)))
    }

    fn __len__(&self) -> usize {
        self.list.len()
    }

    fn __getitem__(&self, index: isize) -> PyResult<PyDiagnostic> {
        let at = if index < 0 { self.list.len().checked_add_signed(index) } else { usize::try_from(index).ok() };
        at.and_then(|at| self.list.get(at)).cloned().ok_or_else(|| PyIndexError::new_err("there are not so many"))
    }

    fn __str__(&self) -> String {
        self.text()
    }

    fn __repr__(&self) -> String {
        format!("<Diagnostics: {}>", self.list.len())
    }

    fn _repr_html_(&self) -> String {
        show::diagnostics(&self.list)
    }
}
