//! Where decisions and rejects go, in the order of the input.

use std::io::Write;

use xinpei::Rulebook;
use xinpei::arrow::Columns;
use xinpei_tables::{DecisionWriter, Format as Form, Reject, RejectCsv};

use super::format::Format;
use super::table::Table;
use super::work::Scored;
use crate::failure::Failure;
use crate::output::{Context, Destination};

/// Where decisions go.
pub(super) enum Sink<'a> {
    /// The table comes when all rows are known.
    Table(Destination, Box<Table<'a>>),
    Lines(Destination),
    /// The columns that were asked for, by their places among those that were made.
    Columns(Box<DecisionWriter<Destination>>, Vec<usize>),
}

impl<'a> Sink<'a> {
    /// Writes what stands before the first decision.
    pub(super) fn new(
        out: Destination,
        format: Format,
        rulebook: &'a Rulebook,
        wanted: Option<&str>,
        made: &Columns,
        context: Context,
    ) -> Result<Self, Failure> {
        let form = match format {
            Format::Text => return Ok(Self::Table(out, Box::new(Table::new(rulebook, context)))),
            Format::Json => return Ok(Self::Lines(out)),
            Format::Csv => Form::Csv,
            Format::Parquet => Form::Parquet,
            Format::Arrow => Form::Arrow,
            Format::ArrowStream => Form::ArrowStream,
            Format::Xlsx => Form::Xlsx,
        };
        let columns = wanted.map_or_else(|| Ok(Columns::standard(rulebook)), |text| Columns::parse(text, rulebook))?;
        let (schema, made) = (columns.schema(), made.schema());
        let places = schema.fields().iter().filter_map(|field| made.index_of(field.name()).ok()).collect();
        Ok(Self::Columns(Box::new(DecisionWriter::new(form, out, &schema)?), places))
    }
}

impl Sink<'_> {
    /// Writes decisions.
    pub(super) fn write(&mut self, scored: &Scored) -> Result<(), Failure> {
        match self {
            Self::Table(_, table) => table.add(&scored.records),
            Self::Lines(out) => Ok(out.write_all(&scored.lines.bytes)?),
            Self::Columns(writer, places) => {
                let records = scored.records.project(places).map_err(|e| Failure::error(e.to_string()))?;
                Ok(writer.write(&records)?)
            }
        }
    }

    /// Writes what stands behind the last decision: the destination, which waits to be put in its
    /// place.
    pub(super) fn finish(self, summary: &str) -> Result<Destination, Failure> {
        match self {
            Self::Table(mut out, table) => {
                out.write_all(table.render()?.as_bytes())?;
                out.write_all(summary.as_bytes())?;
                Ok(out)
            }
            Self::Lines(out) => Ok(out),
            Self::Columns(writer, _) => Ok(writer.finish()?),
        }
    }
}

/// Where rejects go, if somebody wants them.
pub(super) struct Rejects(Option<RejectCsv<Destination>>);

impl Rejects {
    pub(super) fn new(out: Option<Destination>) -> Result<Self, Failure> {
        Ok(Self(out.map(RejectCsv::new).transpose()?))
    }

    pub(super) fn write(&mut self, rejects: &[Reject]) -> Result<(), Failure> {
        match &mut self.0 {
            Some(writer) => Ok(rejects.iter().try_for_each(|reject| writer.write(reject))?),
            None => Ok(()),
        }
    }

    /// Whether they are written anywhere.
    pub(super) const fn written(&self) -> bool {
        self.0.is_some()
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.0 {
            Some(writer) => writer.finish()?.finish(),
            None => Ok(()),
        }
    }
}
