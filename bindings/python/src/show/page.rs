//! A piece of HTML, everything in it escaped, with its own CSS and no script.

use std::fmt::Write as _;

/// Rules of looks. They name nothing outside, follow the light or dark of the notebook by inheriting its
/// colours, and hold only inside `.xp`.
const STYLE: &str = "<style>\
.xp{font-size:13px;line-height:1.5}\
.xp table{border-collapse:collapse;margin:.4em 0;font-size:inherit}\
.xp th,.xp td{padding:.15em .7em;text-align:left;vertical-align:baseline;border:0;background:none;min-width:5em}\
.xp thead th{border-bottom:1px solid currentColor}\
.xp td.xp-n,.xp th.xp-n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\
.xp tr.xp-head td{font-weight:600;border-top:1px solid rgba(128,128,128,.4)}\
.xp .xp-dim{opacity:.65}\
.xp .xp-grade{font-size:22px;font-weight:600}\
.xp .xp-warn{color:#b45309}\
.xp .xp-bad{color:#b91c1c}\
.xp pre{margin:.2em 0;padding:.4em .7em;background:rgba(128,128,128,.12);overflow-x:auto}\
.xp mark{background:rgba(220,38,38,.25);color:inherit}\
.xp p{margin:.2em 0}\
.xp .xp-diagnostic{border-left:3px solid #b91c1c;padding-left:.8em;margin:.6em 0}\
.xp .xp-note{border-left-color:#64748b}\
.xp svg{vertical-align:middle}\
</style>";

/// A piece of HTML that grows.
#[derive(Debug)]
pub(super) struct Page(String);

impl Page {
    /// An empty page.
    pub(super) fn new() -> Self {
        Self(format!("<div class=\"xp\">{STYLE}"))
    }

    /// A text, escaped.
    pub(super) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Not shown, and some turn the direction of what follows.
                c if (c.is_control() && c != '\n' && c != '\t') || is_direction(c) => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, tag: &str, class: &str) {
        if class.is_empty() {
            let _ = write!(self.0, "<{tag}>");
        } else {
            let _ = write!(self.0, "<{tag} class=\"{class}\">");
        }
    }

    /// Closes an element.
    pub(super) fn close(&mut self, tag: &str) {
        let _ = write!(self.0, "</{tag}>");
    }

    /// An element with a text.
    pub(super) fn tagged(&mut self, tag: &str, class: &str, text: &str) {
        self.open(tag, class);
        self.text(text);
        self.close(tag);
    }

    /// A row of a table; cells whose text is a number by the flag beside it.
    pub(super) fn row(&mut self, class: &str, cells: &[(&str, bool)]) {
        self.open("tr", class);
        for (text, number) in cells {
            self.tagged("td", if *number { "xp-n" } else { "" }, text);
        }
        self.close("tr");
    }

    /// The head of a table.
    pub(super) fn head(&mut self, cells: &[(&str, bool)]) {
        self.open("thead", "");
        self.open("tr", "");
        for (text, number) in cells {
            self.tagged("th", if *number { "xp-n" } else { "" }, text);
        }
        self.close("tr");
        self.close("thead");
    }

    /// HTML that was made here and needs no escape.
    pub(super) fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// The page.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</div>");
        self.0
    }
}

/// Marks that turn the direction of text.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A bar of a chart: from one thousandth of the width to another, in whole pixels. Nothing has no bar.
pub(super) fn bar(from: i128, to: i128, colour: &str) -> String {
    const WIDTH: i128 = 160;
    let at = |share: i128| share.clamp(0, 1000) * WIDTH / 1000;
    let mut chart = format!(
        "<svg width=\"{WIDTH}\" height=\"12\" viewBox=\"0 0 {WIDTH} 12\" role=\"img\">\
         <rect x=\"0\" y=\"5\" width=\"{WIDTH}\" height=\"2\" fill=\"currentColor\" opacity=\"0.15\"/>"
    );
    if from != to {
        let (left, right) = (at(from.min(to)), at(from.max(to)));
        let width = (right - left).max(1);
        let _ = write!(chart, "<rect x=\"{left}\" y=\"1\" width=\"{width}\" height=\"10\" fill=\"{colour}\"/>");
    }
    chart.push_str("</svg>");
    chart
}
