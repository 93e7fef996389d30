//! Rejects as CSV, one after the other.

use std::io::{self, Write};

use crate::reject::Reject;
use crate::write::csv_cause;

/// Writes rejects as CSV with a header: `file`, `line`, `enterprise`, `reason`.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use xinpei_tables::{Reject, RejectCsv};
/// let reject = Reject { file: "a.csv".into(), line: 3, enterprise: "x,y".into(), reason: "the \"row\"".into() };
/// let mut out = RejectCsv::new(Vec::new())?;
/// out.write(&reject)?;
/// assert_eq!(out.finish()?, b"file,line,enterprise,reason\na.csv,3,\"x,y\",\"the \"\"row\"\"\"\n");
/// # Ok(()) }
/// ```
pub struct RejectCsv<W: Write>(csv::Writer<W>);

impl<W: Write> std::fmt::Debug for RejectCsv<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RejectCsv").finish_non_exhaustive()
    }
}

impl<W: Write> RejectCsv<W> {
    /// Starts with the header.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["file", "line", "enterprise", "reason"]).map_err(csv_cause)?;
        Ok(Self(writer))
    }

    /// Writes a reject.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let line = reject.line.to_string();
        // The key comes from the input, and a spreadsheet would run what looks like a formula.
        let key = if reject.enterprise.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{}", reject.enterprise)
        } else {
            reject.enterprise.clone()
        };
        self.0.write_record([&reject.file, &line, &key, &reject.reason]).map_err(csv_cause)
    }

    /// Writes what is still held back and gives the output back, which is to be committed then.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.0.flush()?;
        self.0.into_inner().map_err(|e| io::Error::new(e.error().kind(), e.error().to_string()))
    }
}
