//! The dictionary as a batch needs it: facts, members, and a signature that tells dictionaries apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::typed::{Fact, Members};
use crate::hash;

/// The dictionary as a batch needs it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dictionary {
    pub(crate) facts: Arc<[Fact]>,
    pub(crate) categories: Arc<[Arc<Members>]>,
    index: Arc<BTreeMap<String, u32>>,
    /// What a batch must have been built over: ids, types and members.
    pub(super) signature: Arc<str>,
    /// Whether enterprises are named by their unified social credit code.
    pub uscc: bool,
}

impl Dictionary {
    pub(crate) fn new(facts: &[Fact], categories: &[Arc<Members>], uscc: bool) -> Self {
        let index = facts.iter().zip(0_u32..).map(|(fact, i)| (fact.id.clone(), i)).collect();
        let members: Vec<Vec<&str>> = categories.iter().map(|c| c.names().collect()).collect();
        let kinds: Vec<_> = facts.iter().map(|f| (&f.id, &f.kind, f.missing)).collect();
        let signature = hash::sha256(format!("{kinds:?}{members:?}").as_bytes()).into();
        Self { facts: facts.into(), categories: categories.into(), index: Arc::new(index), signature, uscc }
    }

    /// Whether another dictionary has the same facts, types and members.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.signature == other.signature
    }

    /// The facts, in the order of the dictionary's files.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The index of a fact.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<usize> {
        self.index.get(id).and_then(|i| usize::try_from(*i).ok())
    }

    /// The members of a category.
    #[must_use]
    pub fn members(&self, category: u32) -> Option<&Members> {
        self.categories.get(usize::try_from(category).ok()?).map(|m| &**m)
    }
}
