//! What is asked for beside a grade: conditions, as a gate before it; and products, which ask for both.

use xinpei::check::typed::{Condition, NodeId, Outcome, Product};
use xinpei::{BatchBuilder, Date, Dossier, Error, Rulebook, Scratch};

use crate::answer::{Answer, Blocked, Plan, Target};
use crate::case::Case;
use crate::reading::{Reading, read};

/// A grade, and conditions that must be known to hold.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The rules that plans are made by, where there are conditions.
    pub(crate) rules: Option<Rulebook>,
    /// Whether conditions could not be taken in, because they read the grade: they are looked at when a plan
    /// is there.
    pub(crate) loose: bool,
    /// The grade, by its place.
    pub(crate) floor: usize,
}

impl Gate {
    pub(crate) fn new(rulebook: &Rulebook, floor: usize, conditions: &[NodeId]) -> Self {
        let rules = if conditions.is_empty() { None } else { rulebook.gated(floor, conditions) };
        let loose = rules.is_none() && !conditions.is_empty();
        Self { rules, loose, floor }
    }

    /// The admission to a product. One that asks for no grade is a gate before the last one.
    pub(crate) fn of_product(rulebook: &Rulebook, product: &Product) -> Self {
        let last = rulebook.typed().grades.len().saturating_sub(1);
        let skip = usize::from(product.floor.is_some());
        let conditions: Vec<NodeId> = product.conditions.iter().skip(skip).map(|c| c.when).collect();
        Self::new(rulebook, product.floor.unwrap_or(last), &conditions)
    }
}

/// A product that a plan is to open.
pub(crate) struct Opening<'r> {
    rulebook: &'r Rulebook,
    at: usize,
    product: &'r Product,
    outcome: &'r Outcome,
    pub(crate) gate: Gate,
}

impl<'r> Opening<'r> {
    /// # Errors
    /// When the rulebook has no such product.
    pub(crate) fn new(rulebook: &'r Rulebook, id: &str) -> Result<Self, Error> {
        let typed = rulebook.typed();
        let found = typed.products.iter().enumerate().find_map(|(at, product)| {
            let outcome = typed.outcomes.get(product.outcome).filter(|outcome| outcome.id == id)?;
            Some((at, product, outcome))
        });
        let (at, product, outcome) = found.ok_or_else(|| unknown(rulebook, "product", id))?;
        Ok(Self { rulebook, at, product, outcome, gate: Gate::of_product(rulebook, product) })
    }

    /// The grade that belongs to it.
    pub(crate) fn grade(&self) -> String {
        self.rulebook.typed().grades.get(self.gate.floor).map_or_else(String::new, |grade| grade.id.clone())
    }

    /// The target in words: a grade only where the product asks for one.
    pub(crate) fn named(&self, target: Target) -> Target {
        let product = Some(self.outcome.id.clone());
        match self.product.floor {
            Some(_) => Target { product, ..target },
            None => Target { product, grade: None, score: None },
        }
    }

    /// Whether it admits an enterprise with these facts on a day.
    pub(crate) fn admits(&self, facts: &Dossier, day: Date) -> bool {
        let mut builder = BatchBuilder::new(self.rulebook.dictionary());
        builder.dossier(facts);
        self.rulebook.place(&builder.finish(), day, &mut Scratch::default()).admits(self.at, 0)
    }

    /// Leaves out the plans after which it does not admit, where its conditions were not planned for.
    ///
    /// # Errors
    /// When the plan itself is one of these.
    pub(crate) fn look(&self, answer: &mut Answer) -> Result<(), Error> {
        if !self.gate.loose {
            return Ok(());
        }
        let opens = |plan: &Plan| self.admits(&plan.facts, plan.review);
        if answer.plan.as_ref().is_some_and(|plan| !opens(plan)) {
            return Err(Error::input(format!(
                "a condition of `{}` reads the grade, which no plan can be made to, and the cheapest plan to `{}` \
                 does not meet it; say a better grade",
                self.outcome.id,
                self.grade()
            )));
        }
        answer.sooner.retain(opens);
        answer.others.retain(opens);
        Ok(())
    }

    /// Names in a certificate, in place of the gate, the conditions that no measure which applies to the
    /// enterprise touches and that hold on no review day; where there are none, the product.
    pub(crate) fn explain(&self, reading: &Reading<'_>, case: &Case, answer: &mut Answer) {
        let Some(certificate) = &mut answer.certificate else { return };
        // Every override of an author has a basis.
        let Some(at) = certificate.blocked.iter().position(|b| b.basis.is_empty()) else { return };
        let gate = certificate.blocked.remove(at);
        let arena = &self.rulebook.program().arena;
        let below = |condition: &Condition| read(arena, &[condition.when]).facts;
        let written = |fact: &u32| {
            case.items.iter().filter_map(|item| reading.writes.get(item.measure)).any(|facts| facts.contains(fact))
        };
        let untouched = |at: &usize| {
            self.product.conditions.get(*at).is_some_and(|condition| !below(condition).iter().any(written))
        };
        let first = usize::from(self.product.floor.is_some());
        let mut fixed: Vec<usize> = (first..self.product.conditions.len()).filter(untouched).collect();
        let mut scratch = Scratch::default();
        for months in 0..=certificate.months {
            let day = answer.as_of.add_months(i32::try_from(months).unwrap_or(i32::MAX));
            let mut state = case.start.clone();
            reading.applier.pass(&mut state, answer.as_of, day);
            let batch = state.batch(self.rulebook.dictionary());
            let holds = self.rulebook.place(&batch, day, &mut scratch).conditions(self.at, 0);
            fixed.retain(|at| holds.get(*at) != Some(&Some(true)));
        }
        let typed = self.rulebook.typed();
        let id = |fact: u32| Some(typed.facts.get(usize::try_from(fact).ok()?)?.id.clone());
        let named =
            |label, facts| Blocked { id: self.outcome.id.clone(), label, basis: self.outcome.basis.clone(), facts };
        let conditions = fixed.iter().filter_map(|at| self.product.conditions.get(*at));
        let mut told: Vec<Blocked> =
            conditions.map(|c| named(c.label.clone(), below(c).into_iter().filter_map(id).collect())).collect();
        if told.is_empty() {
            told.push(named(self.outcome.label.clone(), gate.facts));
        }
        certificate.blocked.extend(told);
    }
}

/// That there is no grade or product of some name, and what there is.
pub(crate) fn unknown(rulebook: &Rulebook, what: &str, id: &str) -> Error {
    let typed = rulebook.typed();
    let list = |names: Vec<&String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let grades = list(typed.grades.iter().map(|g| &g.id).collect());
    let products = typed.products.iter().filter_map(|p| typed.outcomes.get(p.outcome)).map(|o| &o.id);
    let products = list(products.collect());
    Error::input(match (products.is_empty(), what) {
        (true, _) => format!("there is no {what} `{id}`; grades here: {grades}; the rulebook has no products"),
        (false, "grade") => format!(
            "there is no grade `{id}` and no product of that name; grades here: {grades}; products here: {products}"
        ),
        (false, _) => format!("there is no {what} `{id}`; grades here: {grades}; products here: {products}"),
    })
}
