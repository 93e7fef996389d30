//! Rows that became no part of any decision, and why.

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file, as the mapping or the caller names it.
    pub file: String,
    /// The line on which the row starts, counted from 1.
    pub line: u64,
    /// The key as it came, or nothing.
    pub enterprise: String,
    /// Why, in one line.
    pub reason: String,
}

/// A key in its plain form, or why it is none.
pub(crate) fn key(text: &str, uscc: bool) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the row names no enterprise".into());
    }
    if !uscc {
        return Ok(text.to_owned());
    }
    let code = xinpei::uscc::normalise(text);
    match xinpei::uscc::check(&code) {
        Ok(()) => Ok(code),
        Err(e) => Err(format!("the code is wrong: {e}")),
    }
}
