//! Where results and notices go.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::Path;

use console::{Style, Term};
use serde::Serialize;
use xinpei_tables::Output;

use crate::columns::safe;
use crate::failure::Failure;
use crate::language::Lang;

/// The language, and what the terminal can do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// The language of texts.
    pub(crate) lang: Lang,
    /// Whether results may have colours.
    pub(crate) colours: bool,
    /// Whether notices may have colours.
    pub(crate) err_colours: bool,
    /// Columns of the terminal that shows the results, if it is one.
    pub(crate) width: Option<usize>,
    /// Whether somebody watches the notices.
    pub(crate) watched: bool,
}

impl Context {
    /// Looks at the terminal.
    pub(crate) fn new(lang: Lang) -> Self {
        let plain =
            env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) || env::var_os("TERM").is_some_and(|v| v == "dumb");
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let width = out.then(|| Term::stdout().size_checked()).flatten().map(|(_, columns)| usize::from(columns));
        Self { lang, colours: out && !plain, err_colours: err && !plain, width, watched: err }
    }

    /// For results that no terminal shows: no colours, nothing cut.
    pub(crate) const fn plain(self) -> Self {
        Self { colours: false, width: None, ..self }
    }

    /// A text in a style, where results may have colours.
    pub(crate) fn paint(&self, text: &str, style: Style) -> String {
        style.force_styling(self.colours).apply_to(text).to_string()
    }

    /// Text that steps back.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint(text, Style::new().dim())
    }

    /// Text that stands out.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }

    /// Prints a text for people, beside the results.
    pub(crate) fn notice(&self, text: &str) {
        // Where stderr is closed there is nobody to tell.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Prints what a reader should know about the files of an input.
    pub(crate) fn notices(&self, notices: &[xinpei_tables::Notice]) {
        for notice in notices {
            self.notice(&format!(
                "{}{}",
                self.lang.pick("提示：", "notice: "),
                safe(&crate::words::notice(notice, self.lang))
            ));
        }
    }
}

/// Where results go: stdout, or a file that stands there whole or not at all.
pub(crate) enum Destination {
    Stdout(BufWriter<Stdout>),
    File(Box<Output>),
}

impl Destination {
    /// Opens a file, or stdout. `inputs` are read meanwhile and must not be overwritten.
    pub(crate) fn open<'a>(file: Option<&Path>, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Self, Failure> {
        Ok(match file {
            None => Self::Stdout(BufWriter::with_capacity(64 * 1024, io::stdout())),
            Some(path) => Self::File(Box::new(Output::create(path, inputs)?)),
        })
    }

    /// Everything is written.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Stdout(mut out) => out.flush()?,
            Self::File(output) => output.commit()?,
        }
        Ok(())
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(output) => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(output) => output.flush(),
        }
    }
}

/// Refuses to write into the folder of the rules that are read.
pub(crate) fn outside(file: Option<&Path>, rules: &Path) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Ok(folder), Ok(rules)) = (folder.canonicalize(), rules.canonicalize()) else { return Ok(()) };
    if folder.starts_with(&rules) {
        return Err(Failure::error(format!("`{}` is among the rules; write somewhere else", file.display())));
    }
    Ok(())
}

/// Prints a result as text.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = Destination::open(None, [])?;
    writeln!(out, "{}", text.trim_end_matches('\n'))?;
    out.finish()
}

/// Prints a result as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string_pretty(value).map_err(|e| Failure::error(format!("cannot write the result: {e}")))?)
}
