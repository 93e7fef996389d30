//! Decisions and rejects as lines of JSON and as CSV.

use std::io::{self, Write};

use xinpei::{Decision, Rulebook};

use crate::reject::Reject;

/// Writes a decision as one line of JSON, its canonical form.
///
/// # Errors
/// When writing fails.
pub fn json_line(out: &mut impl Write, decision: &Decision) -> io::Result<()> {
    out.write_all(decision.to_json().as_bytes())?;
    out.write_all(b"\n")
}

/// Decisions as CSV, one a row.
///
/// Columns: `enterprise`, `status`, `score`, `grade`, `coverage`, the points of each section as
/// `section:ID`, `reasons`, `overrides` and `outcomes` (codes and ids, joined by `;`), `faults` (how
/// many) and `receipt`. Score and grade of an unrated enterprise are empty.
#[derive(Debug)]
pub struct DecisionCsv<W: Write> {
    writer: csv::Writer<W>,
    sections: Vec<String>,
}

impl<W: Write> DecisionCsv<W> {
    /// Starts with the header.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(out: W, rulebook: &Rulebook) -> io::Result<Self> {
        let sections: Vec<String> = rulebook.typed().sections.iter().map(|s| s.id.clone()).collect();
        let mut writer = csv::Writer::from_writer(out);
        let titles = sections.iter().map(|id| format!("section:{id}"));
        let header =
            ["enterprise", "status", "score", "grade", "coverage"].map(str::to_owned).into_iter().chain(titles);
        let header = header.chain(["reasons", "overrides", "outcomes", "faults", "receipt"].map(str::to_owned));
        writer.write_record(header.collect::<Vec<_>>()).map_err(cause)?;
        Ok(Self { writer, sections })
    }

    /// Writes the row of a decision.
    ///
    /// # Errors
    /// When writing fails.
    pub fn decision(&mut self, decision: &Decision) -> io::Result<()> {
        fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
            words.collect::<Vec<_>>().join(";")
        }
        let points = |id: &String| {
            decision.sections.iter().find(|s| s.id == *id).map_or_else(String::new, |s| s.points.to_string())
        };
        let mut row = vec![
            decision.enterprise.clone(),
            decision.status.word().to_owned(),
            decision.score.map_or_else(String::new, |s| s.to_string()),
            decision.grade.clone().unwrap_or_default(),
            decision.coverage.to_string(),
        ];
        row.extend(self.sections.iter().map(points));
        row.extend([
            join(decision.reasons.iter().map(|r| r.code.as_str())),
            join(decision.overrides.iter().map(|o| o.id.as_str())),
            join(decision.outcomes.iter().map(|o| o.id.as_str())),
            decision.faults.len().to_string(),
            decision.receipt.clone(),
        ]);
        self.writer.write_record(row).map_err(cause)
    }

    /// Writes what is still held back and gives the writer back.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|e| io::Error::new(e.error().kind(), e.error().to_string()))
    }
}

/// Writes rejects as CSV with a header: `file`, `line`, `enterprise`, `reason`.
///
/// # Errors
/// When writing fails.
pub fn rejects(out: &mut impl Write, rejects: &[Reject]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["file", "line", "enterprise", "reason"]).map_err(cause)?;
    for reject in rejects {
        writer
            .write_record([&reject.file, &reject.line.to_string(), &reject.enterprise, &reject.reason])
            .map_err(cause)?;
    }
    writer.flush()
}

fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RULES, rulebook};
    use xinpei::{Date, Dossier};

    fn decisions() -> (Rulebook, Vec<Decision>) {
        let rulebook = rulebook(RULES);
        let as_of = Date::parse("2026-06-30").unwrap();
        let texts = [
            r#"{"enterprise": "91110000600037341L", "facts": {"tax.grade": "A", "court.cases": []}}"#,
            r#"{"enterprise": "91000000MA00000157", "facts": {"tax.grade": "B", "court.dishonest": true, "tax.arrears": -1}}"#,
        ];
        let decisions = texts.map(|text| rulebook.decide(&Dossier::from_json(text).unwrap(), as_of)).to_vec();
        (rulebook, decisions)
    }

    /// First row: 60 for grade A and 40 without open cases. Second row: 10 for another grade and 5
    /// because nothing is known of cases; dishonest caps at C; −1 lies outside the range. Of the
    /// 50 + 40 points between worst and best, 50 rest on a known grade: 0.55.
    #[test]
    fn a_row_a_decision() {
        let (rulebook, decisions) = decisions();
        let mut csv = DecisionCsv::new(Vec::new(), &rulebook).unwrap();
        for decision in &decisions {
            csv.decision(decision).unwrap();
        }
        let text = String::from_utf8(csv.finish().unwrap()).unwrap();
        let expected = format!(
            "enterprise,status,score,grade,coverage,section:tax,reasons,overrides,outcomes,faults,receipt\n\
             91110000600037341L,rated,100,A,1.00,100,,,,0,{}\n\
             91000000MA00000157,refer,15,C,0.55,15,court.dishonest;tax.grade;court.open,court.dishonest,,1,{}\n",
            decisions[0].receipt, decisions[1].receipt
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn lines_of_json_are_the_canonical_form() {
        let (_, decisions) = decisions();
        let mut out = Vec::new();
        for decision in &decisions {
            json_line(&mut out, decision).unwrap();
        }
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), decisions.iter().map(Decision::to_json).collect::<Vec<_>>());
    }

    #[test]
    fn rejects_are_quoted_where_needed() {
        let list = [Reject { file: "a.csv".into(), line: 3, enterprise: "x,y".into(), reason: "the \"row\"".into() }];
        let mut out = Vec::new();
        rejects(&mut out, &list).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "file,line,enterprise,reason\na.csv,3,\"x,y\",\"the \"\"row\"\"\"\n"
        );
    }
}
