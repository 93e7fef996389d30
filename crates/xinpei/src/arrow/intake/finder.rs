//! Which column of a schema holds which fact, and all that is wrong with it.

use arrow_schema::Schema;

use super::events::EventsReader;
use super::reader::ColumnReader;
use super::{Binding, Place, Reader, names, texts};
use crate::check::typed::{FactKind, Missing};
use crate::column::Dictionary;
use crate::diagnostic::suggest;

/// Looks for the columns of the facts in a schema.
pub(super) struct Finder<'a> {
    pub(super) schema: &'a Schema,
    pub(super) dictionary: &'a Dictionary,
    pub(super) wrong: Vec<String>,
    pub(super) unclaimed: Vec<String>,
    pub(super) facts: Vec<Option<(Place, Reader)>>,
    pub(super) claimed: Vec<usize>,
    /// Facts that a column was named for, whether it fits or not.
    pub(super) named: Vec<usize>,
}

impl Finder<'_> {
    pub(super) fn repeated(&mut self) {
        let mut names: Vec<&str> = self.schema.fields().iter().map(|f| f.name().as_str()).collect();
        names.sort_unstable();
        let mut said = "";
        for name in names.windows(2).filter(|pair| pair.first() == pair.last()).filter_map(|pair| pair.first()) {
            if *name != said {
                self.wrong.push(format!("there is the column `{name}` twice; rename or remove one"));
            }
            said = name;
        }
    }

    fn place(&mut self, column: &str) -> Option<Place> {
        match self.schema.fields().iter().enumerate().find(|(_, f)| f.name() == column) {
            Some((at, field)) => Some(Place { at, name: field.name().clone(), data_type: field.data_type().clone() }),
            None => {
                let known = self.schema.fields().iter().map(|f| f.name().as_str());
                self.wrong.push(format!("there is no column `{column}`; {}", suggest(column, known)));
                None
            }
        }
    }

    pub(super) fn key(&mut self, column: &str) -> Option<Place> {
        let place = self.place(column)?;
        if texts::is_text(&place.data_type) {
            return Some(place);
        }
        let name = names::column(&place.data_type);
        self.wrong.push(format!("the column `{column}` is {name}, but keys of enterprises are text"));
        None
    }

    pub(super) fn bind(&mut self, binding: &Binding) {
        let Some(place) = self.place(&binding.column) else { return };
        self.claimed.push(place.at);
        let dictionary = self.dictionary;
        let found = dictionary.fact(&binding.target).and_then(|at| Some((at, dictionary.facts().get(at)?)));
        let Some((at, fact)) = found else {
            let known = dictionary.facts().iter().map(|f| f.id.as_str());
            let near = suggest(&binding.target, known);
            self.wrong.push(format!("the dictionary has no fact `{}`; {near}", binding.target));
            return;
        };
        self.named.push(at);
        let reader = match &fact.kind {
            FactKind::Value(value) => match ColumnReader::new(&place.data_type, value, dictionary, binding) {
                Ok(reader) => Some(Reader::Value(Box::new(reader))),
                Err(why) => {
                    self.wrong.push(format!("the column `{}` {why}", place.name));
                    None
                }
            },
            FactKind::Events(events) => {
                let out = (&mut self.wrong, &mut self.unclaimed);
                let reader = EventsReader::new(&place.name, &place.data_type, fact, events, dictionary, binding, out);
                reader.map(|reader| Reader::Events(Box::new(reader)))
            }
        };
        match (self.facts.get_mut(at), reader) {
            (Some(Some((first, _))), _) => {
                let (id, first) = (&fact.id, &first.name);
                let message =
                    format!("the fact `{id}` has two columns, `{first}` and `{}`; keep one of them", place.name);
                self.wrong.push(message);
            }
            (Some(free), Some(reader)) => *free = Some((place, reader)),
            _ => {}
        }
    }

    pub(super) fn required(&mut self) {
        let claimed =
            |name: &str| self.claimed.iter().any(|at| self.schema.fields().get(*at).is_some_and(|f| f.name() == name));
        let free: Vec<&str> = self.schema.fields().iter().map(|f| f.name().as_str()).filter(|n| !claimed(n)).collect();
        for (at, fact) in self.dictionary.facts().iter().enumerate() {
            // A column that was named but does not fit has been reported.
            if fact.missing == Missing::Required && !self.named.contains(&at) {
                let near = suggest(&fact.id, free.iter().copied());
                self.wrong.push(format!("there is no column for the fact `{}`, which is required; {near}", fact.id));
            }
        }
    }
}
