//! Reads the files one after the other and joins them into a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;

use xinpei::check::typed::FactKind;
use xinpei::column::FactColumn;
use xinpei::{Batch, BatchBuilder, Cell, Dictionary, Error};

use super::{FileCount, Notice};
use crate::cells::CellReader;
use crate::limits;
use crate::mapping::{Bound, BoundColumn, BoundFile, Role};
use crate::packed::{Packed, PackedEvents, Sorted};
use crate::reject::{Reject, key};
use crate::rows::{Row, Rows};

/// What the files hold.
pub(super) struct Gathered {
    pub(super) batch: Batch,
    pub(super) names: Vec<String>,
    pub(super) rejects: Vec<Reject>,
    pub(super) files: Vec<FileCount>,
    /// By file: whether it is absent, and the columns that nothing claims.
    pub(super) absent: Vec<bool>,
    pub(super) unclaimed: Vec<Vec<String>>,
    /// By file: sheets that are not read.
    pub(super) sheets: Vec<Option<Notice>>,
}

/// What one file left to report.
#[derive(Default)]
struct Report {
    rows: usize,
    attached: usize,
    rejects: Vec<Reject>,
    unclaimed: Vec<String>,
    sheets: Option<Notice>,
    absent: bool,
}

struct Gatherer {
    dictionary: Dictionary,
    /// Register row by enterprise; looked up, never walked through.
    index: HashMap<String, u32>,
    keys: Vec<String>,
    names: Vec<String>,
    values: BTreeMap<usize, Packed>,
    tables: BTreeMap<usize, PackedEvents>,
}

pub(super) fn gather(bound: &Bound) -> Result<Gathered, Error> {
    let mut gatherer = Gatherer {
        dictionary: bound.dictionary.clone(),
        index: HashMap::new(),
        keys: Vec::new(),
        names: Vec::new(),
        values: BTreeMap::new(),
        tables: BTreeMap::new(),
    };
    // Rows need the register first, reports the order of the mapping.
    let mut reports = BTreeMap::new();
    if let Some(register) = bound.files.get(bound.register) {
        reports.insert(bound.register, gatherer.register(register)?);
    }
    for (at, file) in bound.files.iter().enumerate().filter(|(at, _)| *at != bound.register) {
        let report = if file.path.try_exists().map_err(|e| Error::read(&file.path, e))? {
            match file.role {
                Role::Events(table) => gatherer.events(file, table)?,
                _ => gatherer.facts(file)?,
            }
        } else {
            Report { absent: true, ..Report::default() }
        };
        reports.insert(at, report);
    }
    let absent: Vec<bool> = reports.values().map(|r| r.absent).collect();
    let batch = gatherer.build(&bound.files, &absent);
    let names = gatherer.names;
    let mut gathered = Gathered {
        batch,
        names,
        rejects: Vec::new(),
        files: Vec::new(),
        absent,
        unclaimed: Vec::new(),
        sheets: Vec::new(),
    };
    for (file, report) in bound.files.iter().zip(reports.into_values()) {
        let rejected = report.rejects.len();
        gathered.files.push(FileCount {
            file: file.file.clone(),
            rows: report.rows,
            attached: report.attached,
            rejected,
        });
        gathered.rejects.extend(report.rejects);
        gathered.unclaimed.push(report.unclaimed);
        gathered.sheets.push(report.sheets);
    }
    Ok(gathered)
}

/// An open file, and where its columns are.
struct Open<'a> {
    file: &'a BoundFile,
    rows: Rows<File>,
    key: usize,
    name: Option<usize>,
    columns: Vec<Place<'a>>,
    unclaimed: Vec<String>,
}

/// A column of an open file.
struct Place<'a> {
    /// Where it stands in a row.
    at: usize,
    /// The fact, or the field of the event.
    target: usize,
    reader: &'a CellReader,
}

impl<'a> Open<'a> {
    fn new(file: &'a BoundFile) -> Result<Self, Error> {
        let mut rows = Rows::open(&file.file, &file.path, file.encoding)?;
        let key = rows.column(&file.key)?;
        let name = file.name.as_deref().map(|column| rows.column(column)).transpose()?;
        let place = |c: &'a BoundColumn| Ok(Place { at: rows.column(&c.column)?, target: c.target, reader: &c.reader });
        let columns = file.columns.iter().map(place).collect::<Result<Vec<_>, Error>>()?;
        for at in [Some(key), name].into_iter().flatten() {
            rows.want(at, None, false)?;
        }
        for (column, place) in file.columns.iter().zip(&columns) {
            rows.want(place.at, column.digits, column.number)?;
        }
        let used: BTreeSet<usize> = columns.iter().map(|c| c.at).chain([key]).chain(name).collect();
        let unclaimed =
            rows.header().iter().enumerate().filter(|(at, column)| !used.contains(at) && !file.ignore.contains(column));
        let title = |(at, column): (usize, &String)| {
            if column.is_empty() { format!("column {} without a name", at + 1) } else { column.clone() }
        };
        let unclaimed = unclaimed.map(title).collect();
        Ok(Self { file, rows, key, name, columns, unclaimed })
    }

    /// Shows every row of the right length to `take`, with its key as it came; the rows that it
    /// refuses with a reason are rejects.
    fn walk(
        mut self,
        mut take: impl FnMut(&Row<'_>, &str, &[Place<'a>]) -> Result<(), String>,
    ) -> Result<Report, Error> {
        let mut report = Report { unclaimed: self.unclaimed, sheets: self.rows.notice(), ..Report::default() };
        while let Some(row) = self.rows.next()? {
            report.rows += 1;
            if report.rows > limits::ROWS {
                return Err(Error::input(format!(
                    "`{}` has more than {} rows; split it",
                    self.file.file,
                    limits::ROWS
                )));
            }
            let taken = match &row.wrong {
                Some(wrong) => Err(wrong.clone()),
                None => row.key(self.key).and_then(|key| take(&row, key, &self.columns)),
            };
            match taken {
                Ok(()) => report.attached += 1,
                Err(reason) => {
                    let enterprise = row.cell(self.key).to_owned();
                    report.rejects.push(Reject { file: self.file.file.clone(), line: row.line, enterprise, reason });
                }
            }
        }
        Ok(report)
    }
}

impl Gatherer {
    fn register(&mut self, file: &BoundFile) -> Result<Report, Error> {
        let open = Open::new(file)?;
        let name = open.name;
        for column in &open.columns {
            self.column(column.target, 0);
        }
        let mut first_lines: Vec<u64> = Vec::new();
        open.walk(|row, enterprise, columns| {
            let key = key(enterprise, self.dictionary.uscc)?.into_owned();
            if let Some(first) = self.index.get(&key) {
                let line = usize::try_from(*first).ok().and_then(|at| first_lines.get(at)).copied().unwrap_or(0);
                return Err(format!("repeated: line {line} lists the enterprise already"));
            }
            let at = u32::try_from(self.keys.len()).map_err(|_| "the register is full".to_owned())?;
            self.index.insert(key.clone(), at);
            self.keys.push(key);
            self.names.push(name.map_or("", |at| row.cell(at)).to_owned());
            first_lines.push(row.line);
            for column in columns {
                if let Some(values) = self.values.get_mut(&column.target) {
                    values.push(row.read(column.at, column.reader));
                }
            }
            Ok(())
        })
    }

    fn facts(&mut self, file: &BoundFile) -> Result<Report, Error> {
        let open = Open::new(file)?;
        for column in &open.columns {
            self.column(column.target, self.keys.len());
        }
        // The line on which each enterprise stands first; 0 where it does not.
        let mut first_lines = vec![0_u64; self.keys.len()];
        open.walk(|row, enterprise, columns| {
            let at = self.row(enterprise)?;
            let first = first_lines.get_mut(at).ok_or("the enterprise is not in the register")?;
            if *first > 0 {
                let conflict = columns
                    .iter()
                    .find(|c| self.values.get(&c.target).is_some_and(|v| v.differs(at, row.read(c.at, c.reader))));
                let fact = conflict.and_then(|c| self.dictionary.facts().get(c.target));
                return Err(match fact {
                    Some(fact) => format!("repeated: line {first} says otherwise about `{}`", fact.id),
                    None => format!("repeated: line {first} says the same"),
                });
            }
            *first = row.line;
            for column in columns {
                if let Some(values) = self.values.get_mut(&column.target) {
                    values.set(at, row.read(column.at, column.reader));
                }
            }
            Ok(())
        })
    }

    fn events(&mut self, file: &BoundFile, table: usize) -> Result<Report, Error> {
        let open = Open::new(file)?;
        let dictionary = self.dictionary.clone();
        let Some(FactKind::Events(definition)) = dictionary.facts().get(table).map(|f| &f.kind) else {
            return Ok(Report::default());
        };
        let mut events = self.tables.remove(&table).unwrap_or_else(|| PackedEvents::new(definition.fields.len()));
        for column in &open.columns {
            if let Some(field) = definition.fields.get(column.target) {
                events.open(column.target, &field.value, &dictionary);
            }
        }
        let report = open.walk(|row, enterprise, columns| {
            let at = self.row(enterprise)?;
            events.event(u32::try_from(at).map_err(|_| "the register is full".to_owned())?);
            for column in columns {
                events.push(column.target, row.read(column.at, column.reader));
            }
            events.close();
            Ok(())
        })?;
        if events.len() > limits::ROWS {
            return Err(Error::input(format!(
                "`{}` has too many rows: a table holds at most {}",
                file.file,
                limits::ROWS
            )));
        }
        self.tables.insert(table, events);
        Ok(report)
    }

    /// The register row of an enterprise.
    fn row(&self, enterprise: &str) -> Result<usize, String> {
        // Most keys come in their plain form; only the others are brought to it and checked.
        let row = match self.index.get(enterprise) {
            Some(row) => Some(row),
            None => self.index.get(&*key(enterprise, self.dictionary.uscc)?),
        };
        row.and_then(|at| usize::try_from(*at).ok()).ok_or_else(|| "the enterprise is not in the register".to_owned())
    }

    fn column(&mut self, fact: usize, rows: usize) {
        if let Some(FactKind::Value(value)) = self.dictionary.facts().get(fact).map(|f| &f.kind) {
            self.values.insert(fact, Packed::new(value, &self.dictionary, rows));
        }
    }

    /// The batch. Facts of an absent file are unknown.
    fn build(&self, files: &[BoundFile], absent: &[bool]) -> Batch {
        let unknown: BTreeSet<usize> =
            files.iter().zip(absent).filter(|(_, absent)| **absent).flat_map(|(file, _)| file.facts()).collect();
        let tables: Vec<(usize, &PackedEvents, Sorted)> = self
            .tables
            .iter()
            .filter(|(table, _)| !unknown.contains(table))
            .map(|(table, events)| (*table, events, events.sorted(self.keys.len())))
            .collect();
        let mut builder = BatchBuilder::new(&self.dictionary);
        let mut cells = Vec::new();
        for (row, key) in self.keys.iter().enumerate() {
            builder.row(key);
            for (fact, values) in &self.values {
                match values.get(row) {
                    Cell::Missing => {}
                    cell => builder.set(*fact, cell),
                }
            }
            for (table, events, sorted) in &tables {
                builder.deliver(*table);
                for event in sorted.of(row) {
                    events.cells(*event, &mut cells);
                    builder.event(*table, &cells);
                }
            }
        }
        let mut batch = builder.finish();
        for fact in unknown {
            // That an enterprise is absent from a list means something only where the list came.
            match batch.facts.get_mut(fact) {
                Some(FactColumn::Value(column)) => column.forget(),
                Some(FactColumn::Events(table)) => table.forget(),
                None => {}
            }
        }
        batch
    }
}
