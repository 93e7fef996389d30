//! Rows that became no part of any decision, and why.

use std::borrow::Cow;

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file, as the mapping or the caller names it.
    pub file: String,
    /// The line on which the row starts, counted from 1; in a file of columns the number of the row.
    pub line: u64,
    /// The key as it came, or nothing.
    pub enterprise: String,
    /// Why, in one line.
    pub reason: String,
}

/// A key in its plain form, or why it is none.
pub(crate) fn key(text: &str, uscc: bool) -> Result<Cow<'_, str>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the row names no enterprise".into());
    }
    if !uscc || xinpei::uscc::check(text).is_ok() {
        return Ok(Cow::Borrowed(text));
    }
    let code = xinpei::uscc::normalise(text);
    match xinpei::uscc::check(&code) {
        Ok(()) => Ok(Cow::Owned(code)),
        Err(e) => Err(format!("the code is wrong: {e}")),
    }
}
