//! What happens when somebody stops the command.

use std::io::{self, Write};
use std::process;

use xinpei_tables::Output;

use crate::failure::Failure;
use crate::output::Context;

/// The exit code of a command that was stopped, as shells count it for Ctrl-C.
const STOPPED: i32 = 130;

/// From now on Ctrl-C (and a request to terminate) leaves nothing half-written behind.
///
/// INVARIANT: whoever puts a file in its place holds the lock that `abandon_all` takes, so either the
/// whole file is there or nothing is.
pub(crate) fn tidily(context: &Context) -> Result<(), Failure> {
    let watched = context.watched;
    ctrlc::set_handler(move || {
        Output::abandon_all();
        if watched {
            // The cursor stands behind the counter of rows.
            let _ = writeln!(io::stderr());
        }
        process::exit(STOPPED);
    })
    .map_err(|e| Failure::error(format!("cannot prepare for Ctrl-C: {}", e.to_string().to_lowercase())))
}
