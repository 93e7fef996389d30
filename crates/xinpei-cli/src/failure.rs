//! Why a verb did not end well, and the exit code of it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xinpei::diagnostic::Diagnostics;

use crate::diagnose;
use crate::output::Context;

/// Why a verb did not end well.
pub(crate) enum Failure {
    /// Something was found and has been printed: a mistake, a failed case, a difference.
    Found,
    /// A rulebook that a verb needs has mistakes.
    Rules(PathBuf, Diagnostics),
    /// A mapping has mistakes: the caller erred, in as many places.
    Mapping(Diagnostics),
    /// A caller or the machine erred.
    Error(String),
    /// Nobody reads the results any more.
    Closed,
}

impl Failure {
    /// What the caller erred in.
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::Error(message.into())
    }

    /// An error of the engine while it worked with the rules in `folder`.
    pub(crate) fn of(error: &xinpei::Error, folder: &Path) -> Self {
        match error.diagnostics() {
            Some(diagnostics) => Self::Rules(folder.to_owned(), diagnostics.clone()),
            None => Self::Error(error.to_string()),
        }
    }

    /// An error of reading a department folder.
    pub(crate) fn of_mapping(error: xinpei::Error) -> Self {
        match error.diagnostics() {
            Some(diagnostics) => Self::Mapping(diagnostics.clone()),
            None => Self::Error(error.to_string()),
        }
    }

    /// Says so on stderr, and gives the exit code.
    pub(crate) fn report(self, context: &Context) -> ExitCode {
        match self {
            Self::Found => ExitCode::from(1),
            Self::Rules(folder, diagnostics) => {
                context.notice(&diagnose::render(&folder, &diagnostics, context.err_colours));
                ExitCode::from(1)
            }
            Self::Mapping(diagnostics) => {
                context.notice(&diagnose::render(Path::new(""), &diagnostics, context.err_colours));
                ExitCode::from(2)
            }
            Self::Error(message) => {
                context.notice(&format!("xinpei: {message}"));
                ExitCode::from(2)
            }
            Self::Closed => ExitCode::SUCCESS,
        }
    }
}

/// Writing results failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        // A file tells its name itself.
        match error.get_ref().and_then(|inner| inner.downcast_ref::<xinpei::Error>()) {
            Some(named) => Self::Error(named.to_string()),
            None => Self::Error(format!("cannot write the result: {}", error.to_string().to_lowercase())),
        }
    }
}

impl From<xinpei::Error> for Failure {
    fn from(error: xinpei::Error) -> Self {
        Self::of(&error, Path::new(""))
    }
}
