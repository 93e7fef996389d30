//! How far a run is, for whoever watches. Rates are said, and never written into a result.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};

use crate::language::Lang;
use crate::output::Context;

/// A run that ends sooner says nothing of its rate.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// The counter of rows.
pub(super) struct Progress {
    bar: ProgressBar,
    start: Instant,
    lang: Lang,
    watched: bool,
}

impl Progress {
    /// Starts to count, up to `total` if that is known; shows it where somebody watches and nothing
    /// else runs over the same screen.
    pub(super) fn new(context: &Context, total: Option<u64>, busy: bool) -> Self {
        let watched = context.watched && !busy;
        let rows = context.lang.pick("行", "rows");
        let left = context.lang.pick("剩余", "left");
        let bar = match total {
            _ if !watched => ProgressBar::hidden(),
            Some(total) => styled(
                ProgressBar::new(total),
                &format!("{{bar:30}} {{human_pos}} / {{human_len}} {rows}  {{per_sec}}  {left} {{eta}}"),
            ),
            None => styled(
                ProgressBar::new_spinner(),
                &format!("{{spinner}} {{human_pos}} {rows}  {{per_sec}}  {{elapsed}}"),
            ),
        };
        Self { bar, start: Instant::now(), lang: context.lang, watched }
    }

    /// So many rows more are done.
    pub(super) fn add(&self, rows: u64) {
        self.bar.inc(rows);
    }

    /// Takes the counter away; what to say of the whole run.
    pub(super) fn finish(&self, rows: u64) -> Option<String> {
        self.bar.finish_and_clear();
        let took = self.start.elapsed();
        if !self.watched || took < WORTH_TELLING {
            return None;
        }
        let rate = u128::from(rows) * 1000 / took.as_millis().max(1);
        let (rows, rate) = (HumanCount(rows), HumanCount(u64::try_from(rate).unwrap_or(u64::MAX)));
        Some(match self.lang {
            Lang::Zh => format!("{rows} 行，用时 {} 秒，每秒 {rate} 行", took.as_secs()),
            Lang::En => format!("{rows} rows in {}, {rate} a second", HumanDuration(took)),
        })
    }
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("█▉▊▋▌▍▎▏ ")),
        Err(_) => ProgressBar::hidden(),
    }
}
