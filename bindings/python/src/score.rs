//! Whatever was given → decisions as columns.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use arrow_array::{RecordBatch, UInt32Array};
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyString;
use xinpei::arrow::{Columns, decisions};
use xinpei::{Batch, Date, Error, Rulebook, Scratch};
use xinpei_tables::{Lane, Portion, Reject};

use crate::data::{self, Input, Source};
use crate::decisions::{PyDecisions, Run};
use crate::errors;
use crate::kept::{Kept, Part, ROWS};
use crate::mapping::Options;
use crate::rulebook::Loaded;
use crate::value;

/// What summaries, faults and looking up need.
const ALWAYS: &str = "enterprise,status,score,grade,faults";

/// Most threads that one call uses.
const THREADS: usize = 64;
/// How long a thread that waits for the others does not look for Ctrl-C.
const PAUSE: Duration = Duration::from_millis(50);

/// The date that is decided on, or the column with the date of each row.
#[derive(Clone, Debug)]
pub(crate) enum AsOf {
    Date(Date),
    Column(String),
}

impl AsOf {
    pub(crate) fn parse(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>()
            && let Some(column) = text.to_str()?.strip_prefix("column:")
        {
            return Ok(Self::Column(column.to_owned()));
        }
        value::date(value, "`as_of`").map(Self::Date)
    }

    /// The column with the date of each row.
    pub(crate) fn column(&self) -> Option<&str> {
        match self {
            Self::Date(_) => None,
            Self::Column(column) => Some(column),
        }
    }

    /// The one date, or a date on which the rulebook is in force where each row has its own.
    pub(crate) fn date(&self, loaded: &Loaded) -> Date {
        match self {
            Self::Date(date) => *date,
            Self::Column(_) => loaded.rulebook.typed().manifest.from,
        }
    }
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Column(column) => write!(f, "column:{column}"),
        }
    }
}

/// What a call asks for.
pub(crate) struct Call<'a, 'py> {
    pub(crate) data: &'a Bound<'py, PyAny>,
    pub(crate) as_of: AsOf,
    pub(crate) columns: Option<&'a Bound<'py, PyAny>>,
    pub(crate) options: Options,
    pub(crate) encoding: &'a str,
    pub(crate) threads: usize,
}

/// An input that is open, and what is made of it.
pub(crate) struct Work<'a> {
    loaded: &'a Loaded,
    pub(crate) as_of: Date,
    input: Input,
    pub(crate) source: Source,
    pub(crate) asked: Columns,
    /// The columns that were asked for, and what summaries need.
    made: Columns,
    /// Rows that were left out before the first portion.
    pub(crate) start: Vec<Reject>,
    threads: usize,
}

fn wanted(columns: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    let Some(columns) = columns else { return Ok(None) };
    if columns.cast::<PyString>().is_ok() {
        return Ok(Some(columns.extract()?));
    }
    let list: Vec<String> =
        columns.extract().map_err(|_| errors::input("`columns` is a text such as \"enterprise,score\", or a list"))?;
    Ok(Some(list.join(",")))
}

/// An error of the engine, or Ctrl-C.
pub(crate) fn of(error: &Error) -> PyErr {
    // A stream that Python makes hands Ctrl-C on as a text.
    if error.to_string().contains("KeyboardInterrupt") {
        return PyKeyboardInterrupt::new_err(());
    }
    errors::of(error, Path::new(""))
}

impl<'a> Work<'a> {
    pub(crate) fn open(py: Python<'_>, loaded: &'a Loaded, call: &Call<'_, '_>) -> PyResult<Self> {
        let rulebook = &loaded.rulebook;
        let asked = match wanted(call.columns)? {
            None => Columns::standard(rulebook),
            Some(text) => Columns::parse(&text, rulebook).map_err(|e| of(&e))?,
        };
        let names: Vec<String> = asked.schema().fields().iter().map(|f| f.name().clone()).collect();
        let made = Columns::parse(&format!("{},{ALWAYS}", names.join(",")), rulebook).map_err(|e| of(&e))?;
        let as_of = call.as_of.date(loaded);
        let (mut input, source) =
            data::open(py, call.data, loaded, (as_of, call.as_of.column()), &call.options, call.encoding)?;
        if let AsOf::Column(column) = &call.as_of {
            input.date_by(column, loaded)?;
        }
        let start = input.rejects().to_vec();
        if call.threads == 0 {
            return Err(errors::input("`threads` is at least 1"));
        }
        Ok(Self { loaded, as_of, input, source, asked, made, start, threads: call.threads.min(THREADS) })
    }

    /// The places of the columns that were asked for among those that are made.
    pub(crate) fn places(&self) -> Vec<usize> {
        let made = self.made.schema();
        self.asked.schema().fields().iter().filter_map(|f| made.index_of(f.name()).ok()).collect()
    }

    pub(crate) fn notices(&self, as_of: &AsOf) -> Vec<String> {
        let rulebook = &self.loaded.rulebook;
        let mut notices: Vec<String> = self.input.notices().iter().map(ToString::to_string).collect();
        let manifest = &rulebook.typed().manifest;
        if let AsOf::Date(as_of) = as_of
            && (*as_of < manifest.from || manifest.to.is_some_and(|to| to < *as_of))
        {
            notices.push(format!("version {} of `{}` is not in force on {as_of}", rulebook.version(), rulebook.id()));
        }
        notices
    }

    /// Scores portion after portion; `take` gets each with its decisions, while others may run.
    pub(crate) fn run(
        &mut self,
        py: Python<'_>,
        mut take: impl FnMut(Portion, RecordBatch) -> Result<(), Error> + Send,
    ) -> PyResult<()> {
        let (rulebook, made, as_of) = (&self.loaded.rulebook, &self.made, self.as_of);
        if self.threads > 1 {
            let work = |portion: &Portion, scratch: &mut Scratch| decide(rulebook, made, portion, as_of, scratch);
            return spread(py, self.threads, &mut self.input, work, take);
        }
        let mut scratch = Scratch::default();
        each(py, &mut self.input, |portion| {
            let records = decide(rulebook, made, &portion, as_of, &mut scratch)?;
            take(portion, records)
        })
    }
}

/// Decisions on the portions of a lane, the number of which says where it stands in the data.
type Done = (usize, Result<Vec<(Portion, RecordBatch)>, Error>);

/// Decides on several threads; `take` gets portion after portion in the order of the data, cut as one
/// thread cuts them.
fn spread(
    py: Python<'_>,
    threads: usize,
    input: &mut Input,
    work: impl Fn(&Portion, &mut Scratch) -> Result<RecordBatch, Error> + Sync,
    mut take: impl FnMut(Portion, RecordBatch) -> Result<(), Error> + Send,
) -> PyResult<()> {
    let (input, stop) = (Mutex::new((0, input)), AtomicBool::new(false));
    // Keys are looked at lane by lane, under the lock.
    let next = || {
        let mut open = input.lock().unwrap_or_else(PoisonError::into_inner);
        let number = open.0;
        open.0 += 1;
        open.1.lane(ROWS).transpose().map(|lane| (number, lane))
    };
    let worker = |send: SyncSender<Done>| {
        let mut scratch = Scratch::default();
        while !stop.load(Ordering::Relaxed)
            && let Some((number, lane)) = next()
        {
            let done = lane.and_then(|mut lane| {
                let mut all = Vec::new();
                while let Some(portion) = lane.portion()? {
                    let records = work(&portion, &mut scratch)?;
                    all.push((portion, records));
                }
                Ok(all)
            });
            let failed = done.is_err();
            if send.send((number, done)).is_err() || failed {
                return;
            }
        }
    };
    let (send, receive) = sync_channel::<Done>(threads);
    py.detach(|| {
        thread::scope(|scope| {
            for _ in 0..threads {
                let (worker, send) = (&worker, send.clone());
                scope.spawn(move || worker(send));
            }
            drop(send);
            let mut in_order = || -> PyResult<()> {
                let (mut waiting, mut at) = (BTreeMap::new(), 0);
                loop {
                    match receive.recv_timeout(PAUSE) {
                        Ok((number, done)) => drop(waiting.insert(number, done)),
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => return Ok(()),
                    }
                    while let Some(done) = waiting.remove(&at) {
                        at += 1;
                        for (portion, records) in done.map_err(|e| of(&e))? {
                            take(portion, records).map_err(|e| of(&e))?;
                        }
                    }
                    // Ctrl-C is told to the thread that the interpreter began with.
                    Python::attach(|py| py.check_signals())?;
                }
            };
            let ended = in_order();
            stop.store(true, Ordering::Relaxed);
            // Whoever waits to hand something over is let go.
            drop(receive);
            ended
        })
    })
}

/// Reads portion after portion; `take` gets each while others may run.
pub(crate) fn each(
    py: Python<'_>,
    input: &mut Input,
    mut take: impl FnMut(Portion) -> Result<(), Error> + Send,
) -> PyResult<()> {
    let mut lane: Option<Lane> = None;
    loop {
        let more = py.detach(|| -> Result<bool, Error> {
            let open = match lane.as_mut() {
                Some(open) => open,
                None => match input.lane(ROWS)? {
                    Some(next) => lane.insert(next),
                    None => return Ok(false),
                },
            };
            match open.portion()? {
                Some(portion) => take(portion)?,
                None => lane = None,
            }
            Ok(true)
        });
        // Ctrl-C ends a run between two portions.
        py.check_signals()?;
        if !more.map_err(|e| of(&e))? {
            return Ok(());
        }
    }
}

/// Decisions on a portion: on the one date, or row by row on the dates that it has.
fn decide(
    rulebook: &Rulebook,
    made: &Columns,
    portion: &Portion,
    as_of: Date,
    scratch: &mut Scratch,
) -> Result<RecordBatch, Error> {
    let one = portion.dates.first().copied().unwrap_or(as_of);
    let mut on = |batch: &Batch, date: Date, names: &[String]| {
        let outcome = made.score(rulebook, batch, date, scratch)?;
        decisions(&outcome, made, names)
    };
    if portion.dates.iter().all(|date| *date == one) {
        return on(&portion.batch, one, &portion.names);
    }
    // Rows of one date are decided together, and put back into the order of the data.
    let mut dates: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    portion.dates.iter().enumerate().for_each(|(row, date)| dates.entry(*date).or_default().push(row));
    let mut parts = Vec::new();
    let mut places: Vec<(usize, u32)> = Vec::new();
    for (date, rows) in &dates {
        let names: Vec<String> = rows.iter().filter_map(|row| portion.names.get(*row).cloned()).collect();
        parts.push(on(&portion.batch.take(rows), *date, &names)?);
        places.extend(rows.iter().copied().zip(u32::try_from(places.len()).unwrap_or(u32::MAX)..));
    }
    places.sort_unstable();
    let order: UInt32Array = places.into_iter().map(|(_, place)| place).collect();
    let failed = |e: arrow_schema::ArrowError| Error::input(format!("rows cannot be put in order: {e}"));
    let all = concat_batches(&made.schema(), &parts).map_err(failed)?;
    take_record_batch(&all, &order).map_err(failed)
}

/// Scores everything that was given.
pub(crate) fn score(py: Python<'_>, loaded: &Arc<Loaded>, call: Call<'_, '_>) -> PyResult<PyDecisions> {
    let mut work = Work::open(py, loaded, &call)?;
    let in_memory = !matches!(work.source, Source::File(..));
    let mut rejects = std::mem::take(&mut work.start);
    let (mut all, mut parts, mut start) = (Vec::new(), Vec::new(), 0);
    work.run(py, |mut portion, records| {
        rejects.append(&mut portion.rejects);
        let rows = portion.batch.rows();
        if rows > 0 {
            all.push(records);
            if in_memory {
                parts.push(Part::new(start, portion));
            }
        }
        start += rows;
        Ok(())
    })?;
    let (notices, places, schema) = (work.notices(&call.as_of), work.places(), work.asked.schema());
    let (as_of, shown) = (work.as_of, call.as_of.to_string());
    let column = match call.as_of {
        AsOf::Column(column) => Some(column),
        AsOf::Date(_) => None,
    };
    let kept = match work.source {
        Source::Memory | Source::Folder(_) => Kept::Parts(parts),
        Source::File(path, encoding) => Kept::File(path, encoding, call.options, column.clone()),
    };
    Ok(PyDecisions::new(Run {
        loaded: Arc::clone(loaded),
        as_of,
        shown,
        column,
        rows: start,
        records: all,
        schema,
        places,
        kept,
        rejects,
        notices,
    }))
}
