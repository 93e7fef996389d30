//! What a caller or the machine got wrong.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostics;

/// An error of the caller or the machine. Mistakes of rule authors travel as [`Diagnostics`],
/// what is wrong with one enterprise's data as [`crate::Fault`]s in its decision.
///
/// ```
/// let error = xinpei::Rulebook::load("no/such/folder").unwrap_err();
/// assert!(error.is_input());
/// assert_eq!(error.to_string(), "`no/such/folder` is not a folder");
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

enum Inner {
    Input(String),
    Io(String, std::io::Error),
    Rules(Diagnostics),
}

impl Error {
    /// Something the caller gave cannot be used.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self(Arc::new(Inner::Input(message.into())))
    }

    /// A file could not be read.
    #[must_use]
    pub fn read(path: &Path, cause: std::io::Error) -> Self {
        Self(Arc::new(Inner::Io(format!("cannot read `{}`", path.display()), cause)))
    }

    /// A file could not be written.
    #[must_use]
    pub fn write(path: &Path, cause: std::io::Error) -> Self {
        Self(Arc::new(Inner::Io(format!("cannot write `{}`", path.display()), cause)))
    }

    /// A rulebook has mistakes.
    #[must_use]
    pub fn rules(diagnostics: Diagnostics) -> Self {
        Self(Arc::new(Inner::Rules(diagnostics)))
    }

    /// Whether something the caller gave cannot be used.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(*self.0, Inner::Input(_))
    }

    /// Whether reading or writing failed.
    #[must_use]
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Inner::Io(..))
    }

    /// The mistakes of a rulebook, if that is what is wrong.
    #[must_use]
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match &*self.0 {
            Inner::Rules(diagnostics) => Some(diagnostics),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Inner::Input(message) => f.write_str(message),
            Inner::Io(message, cause) => write!(f, "{message}: {}", cause.to_string().to_lowercase()),
            Inner::Rules(diagnostics) => {
                let list = diagnostics.sorted();
                let count = list.len();
                write!(f, "{count} mistake{}", if count == 1 { "" } else { "s" })?;
                if let Some(first) = list.first() {
                    let (line, column) = diagnostics.files.line_column(first.span);
                    write!(
                        f,
                        "; the first: {}:{line}:{column}: {} [{}]",
                        diagnostics.files.path(first.span.file),
                        first.message,
                        first.code.name()
                    )?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Inner::Io(_, cause) => Some(cause),
            _ => None,
        }
    }
}
