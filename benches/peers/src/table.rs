//! The table: as text, as TSV, and what it says about the bars.

use std::fmt::Write;

/// One line: a peer in a case.
#[derive(Clone, Debug)]
pub struct Measured {
    pub case: String,
    pub peer: String,
    pub rows: usize,
    /// Median nanoseconds a row, `None` if skipped.
    pub time: Option<f64>,
    /// How many runs the median is of, or why it was skipped.
    pub note: String,
}

/// All lines, grouped by case.
#[derive(Debug, Default)]
pub struct Table {
    pub lines: Vec<Measured>,
}

impl Table {
    /// Adds a median.
    pub fn add(&mut self, case: &str, peer: &str, rows: usize, samples: Vec<f64>) {
        let note = format!("median of {}", samples.len());
        let time = Some(crate::clock::median(samples));
        self.lines.push(Measured { case: case.into(), peer: peer.into(), rows, time, note });
    }

    /// Adds a peer that did not run.
    pub fn skip(&mut self, case: &str, peer: &str, why: &str) {
        let note = format!("skipped: {why}");
        self.lines.push(Measured { case: case.into(), peer: peer.into(), rows: 0, time: None, note });
    }

    /// The time of a peer in a case.
    pub fn time(&self, case: &str, peer: &str) -> Option<f64> {
        self.lines.iter().find(|line| line.case == case && line.peer == peer)?.time
    }

    /// The least time in a case among peers whose name contains a text.
    pub fn least(&self, case: &str, part: &str) -> Option<f64> {
        let found = self.lines.iter().filter(|line| line.case == case && line.peer.contains(part));
        found.filter_map(|line| line.time).min_by(f64::total_cmp)
    }

    /// How many times the time of Xinpei in the same case.
    fn ratio(&self, line: &Measured) -> Option<f64> {
        Some(line.time? / self.time(&line.case, "xinpei")?)
    }

    /// `case peer rows ns_per_row ratio`, one line each; empty where skipped.
    pub fn tsv(&self) -> String {
        let mut text = "case\tpeer\trows\tns_per_row\tratio\n".to_owned();
        for line in &self.lines {
            let time = line.time.map_or_else(String::new, |t| format!("{t:.2}"));
            let ratio = self.ratio(line).map_or_else(String::new, |r| format!("{r:.3}"));
            let _ = writeln!(text, "{}\t{}\t{}\t{time}\t{ratio}", line.case, line.peer, line.rows);
        }
        text
    }

    /// A Markdown table for people, fastest first within a case.
    pub fn text(&self) -> String {
        let mut cases: Vec<&str> = Vec::new();
        for line in &self.lines {
            if !cases.contains(&line.case.as_str()) {
                cases.push(&line.case);
            }
        }
        let mut text = "| case | peer | rows | ns a row | × xinpei | |\n|---|---|--:|--:|--:|---|\n".to_owned();
        for case in cases {
            let mut lines: Vec<&Measured> = self.lines.iter().filter(|line| line.case == case).collect();
            lines.sort_by(|a, b| a.time.unwrap_or(f64::INFINITY).total_cmp(&b.time.unwrap_or(f64::INFINITY)));
            for line in lines {
                let time = line.time.map_or_else(|| "–".to_owned(), short);
                let ratio = self.ratio(line).map_or_else(|| "–".to_owned(), short);
                let peer = if line.peer == "xinpei" { "**xinpei**" } else { &line.peer };
                let rows = if line.rows == 0 { "–".to_owned() } else { thousands(line.rows) };
                let _ = writeln!(text, "| {case} | {peer} | {rows} | {time} | {ratio} | {} |", line.note);
            }
        }
        text
    }
}

/// Three digits that mean something.
fn short(n: f64) -> String {
    match n {
        n if n < 10.0 => format!("{n:.2}"),
        n if n < 100.0 => format!("{n:.1}"),
        n => thousands(n.round() as usize),
    }
}

/// With commas between thousands.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
