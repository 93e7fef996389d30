//! Some rows of a batch, in any order.

use std::sync::Arc;

use super::{Batch, FactColumn, Table};

impl Batch {
    /// The rows at these places, their events and their faults, as a batch of their own. A place that
    /// the batch does not have is passed over.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|row| *row < self.rows()).collect();
        let facts = self.facts.iter().map(|fact| match fact {
            FactColumn::Value(column) => FactColumn::Value(column.take(&rows)),
            FactColumn::Events(table) => FactColumn::Events(table.take(&rows)),
        });
        let faults = (0..).zip(&rows).flat_map(|(to, row)| self.faults_of(*row).map(move |fault| (to, fault.clone())));
        Self {
            enterprises: rows.iter().map(|row| self.enterprises.get(*row)).collect(),
            facts: facts.collect(),
            faults: faults.collect(),
            signature: Arc::clone(&self.signature),
        }
    }
}

impl Table {
    fn take(&self, rows: &[usize]) -> Self {
        let mut taken = Self::new(self.fields.len());
        for row in rows {
            for (field, to) in self.fields.iter().zip(&mut taken.fields) {
                self.events(*row).for_each(|event| to.push(field.get(event)));
            }
            taken.close(self.known(*row));
        }
        taken
    }
}
