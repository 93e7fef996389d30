//! A rulebook that is ready to score.

mod gate;

use std::borrow::Cow;
use std::path::Path;

use crate::author::edit::Change;
use crate::author::folder::RuleFiles;
use crate::author::read;
use crate::author::source::{LANGUAGE, Source};
use crate::check::typed::{NodeId, Typed};
use crate::column::{Batch, BatchBuilder, Dictionary};
use crate::compile::program::Program;
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostics, Span};
use crate::dossier::Dossier;
use crate::error::Error;
use crate::evaluate::again::{Held, Revision};
use crate::evaluate::outcome::{Outcome, Summary};
use crate::evaluate::placement::Placement;
use crate::evaluate::probe::Probe;
use crate::evaluate::{self, Scratch};
use crate::explain::decision::Decision;

/// A rulebook that is ready to score.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/sme-size/2011.1");
/// let rulebook = xinpei::Rulebook::load(folder)?;
/// let dossier = xinpei::Dossier::from_json(r#"{"enterprise": "a", "facts": {}}"#)?;
/// let decision = rulebook.decide(&dossier, "2026-06-30".parse().map_err(|()| "a date")?);
/// assert_eq!(decision.rulebook.id, "sme-size");
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Rulebook {
    program: Program,
    source: Source,
}

impl Rulebook {
    /// Loads one version of a rulebook from its folder.
    ///
    /// # Errors
    /// When the folder cannot be read, or the rulebook has mistakes
    /// ([`Error::diagnostics`] has them all).
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_files(&RuleFiles::read(folder.as_ref())?)
    }

    /// Loads a rulebook from rule files.
    ///
    /// # Errors
    /// When the rulebook has mistakes.
    pub fn from_files(files: &RuleFiles) -> Result<Self, Error> {
        let (rulebook, diagnostics) = Self::check(files);
        match rulebook {
            Some(rulebook) if !diagnostics.has_errors() => Ok(rulebook),
            _ => Err(Error::rules(diagnostics)),
        }
    }

    /// Reads and checks rule files: everything that is wrong, and the rulebook if nothing is.
    #[must_use]
    pub fn check(files: &RuleFiles) -> (Option<Self>, Diagnostics) {
        let mut out = Diagnostics::default();
        let source = read::read(files, &mut out);
        let typed = source.as_ref().and_then(|source| {
            released(source, files, &mut out);
            crate::check::check(source, &mut out)
        });
        if let (Some(source), Some(typed)) = (&source, &typed) {
            // A broken rule would make every case that names it look wrong as well.
            if !out.has_errors_outside("cases/") {
                crate::cases::check(source, typed, &mut out);
            }
        }
        match (source, typed) {
            (Some(source), Some(typed)) if !out.has_errors() => {
                let program = crate::compile::compile(typed);
                (Some(Self { program, source }), out)
            }
            _ => (None, out),
        }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.typed().manifest.id.text
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.typed().manifest.version.text
    }

    /// The digest of the canonical content, `sha256:…`.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("sha256:{}", self.typed().digest)
    }

    /// The checked rules: ids, labels, grades, characteristics.
    #[must_use]
    pub fn typed(&self) -> &Typed {
        &self.program.typed
    }

    /// The rules as their authors wrote them.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The rule files that it was read from. They belong to no folder: `id`, `version` and `lock` are
    /// `None`.
    #[must_use]
    pub fn files(&self) -> RuleFiles {
        // The texts are kept for the pictures of diagnostics, so nothing is kept twice.
        RuleFiles::from_texts(self.source.files.iter())
    }

    /// The rulebook with changes, as a trial: see [`RuleFiles::with_changes`]. This one stays as it is.
    ///
    /// # Errors
    /// When a change names what there is not, and when the changed rules have mistakes
    /// ([`Error::diagnostics`] has them all, each with its line in the changed files).
    pub fn with_changes(&self, changes: &[Change]) -> Result<Self, Error> {
        Self::from_files(&self.files().with_changes(changes)?)
    }

    /// The compiled rules.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The dictionary of facts, over which batches are built.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.program.dictionary
    }

    /// Scores a batch with full detail.
    #[must_use]
    pub fn score<'a>(&'a self, batch: &'a Batch, as_of: Date) -> Outcome<'a> {
        self.score_with(batch, as_of, &mut Scratch::default())
    }

    /// Scores a batch, reusing the memory of an earlier call.
    #[must_use]
    pub fn score_with<'a>(&'a self, batch: &'a Batch, as_of: Date, scratch: &mut Scratch) -> Outcome<'a> {
        evaluate::evaluate(&self.program, &self.program.full, Cow::Borrowed(batch), as_of, scratch)
    }

    /// Score, grade and losses of a batch: the fast way where nobody asks for whole decisions.
    #[must_use]
    pub fn summarise<'a>(&'a self, batch: &'a Batch, as_of: Date, scratch: &mut Scratch) -> Summary<'a> {
        Summary(evaluate::evaluate(&self.program, &self.program.summary, Cow::Borrowed(batch), as_of, scratch))
    }

    /// Scores a batch with full detail, and with what products, tiers and the rules of cultivation say.
    #[must_use]
    pub fn place<'a>(&'a self, batch: &'a Batch, as_of: Date, scratch: &mut Scratch) -> Placement<'a> {
        Placement(evaluate::evaluate(&self.program, self.program.placed(), Cow::Borrowed(batch), as_of, scratch))
    }

    /// The same rules with a gate: nobody has the grade `floor` or a better one unless all of
    /// `conditions` are known to hold. A plan to that grade is a plan to the conditions as well, such as
    /// those of a product or a tier. `None` where a condition reads the grade or what follows from it,
    /// which no gate before the grade can; and where there is no such grade.
    ///
    /// Decisions by the gated rules differ from the others in grades and overrides only.
    #[must_use]
    pub fn gated(&self, floor: usize, conditions: &[NodeId]) -> Option<Self> {
        let typed = gate::gated(self.typed(), floor, conditions)?;
        Some(Self { program: crate::compile::compile(typed), source: self.source.clone() })
    }

    /// Score, grade and losses of a batch, held so that changed rules can start from them.
    ///
    /// ```
    /// use xinpei::author::folder::RuleFiles;
    /// use xinpei::{BatchBuilder, Date, Rulebook, Scratch};
    ///
    /// # fn main() -> Result<(), xinpei::Error> {
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/sme-size/2011.1");
    /// let rulebook = Rulebook::load(folder)?;
    /// let trial = Rulebook::load(folder)?; // with a band changed
    /// let mut builder = BatchBuilder::new(rulebook.dictionary());
    /// builder.row("a");
    /// let batch = builder.finish();
    /// let mut scratch = Scratch::default();
    /// let held = rulebook.hold(&batch, Date::parse("2026-06-30").unwrap(), &mut scratch);
    /// let revision = trial.revision_of(&rulebook);
    /// let rescored = revision.rescore(&held, &mut scratch);
    /// assert_eq!(rescored.moved().len(), 0);
    /// assert_eq!(rescored.score(0), held.summary().score(0));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn hold<'a>(&'a self, batch: &'a Batch, as_of: Date, scratch: &mut Scratch) -> Held<'a> {
        Held::new(&self.program, batch, as_of, scratch)
    }

    /// What these rules change in those before, so that batches which [`Rulebook::hold`] scored need
    /// not be scored anew: see [`Revision::rescore`].
    #[must_use]
    pub fn revision_of<'a>(&'a self, before: &'a Self) -> Revision<'a> {
        Revision::new(&before.program, &self.program)
    }

    /// Expressions of this rulebook, such as the cost of a measure, to be evaluated by themselves.
    #[must_use]
    pub fn probe(&self, nodes: Vec<NodeId>) -> Probe {
        Probe::new(&self.program, nodes)
    }

    /// For each expression of a probe its value in the first row of a batch, in units of its type; one
    /// value for each event where it is an expression over a table. `None` is missing.
    #[must_use]
    pub fn values(&self, probe: &Probe, batch: &Batch, as_of: Date, scratch: &mut Scratch) -> Vec<Vec<Option<i128>>> {
        probe.run(&self.program, batch, as_of, scratch)
    }

    /// For each expression of a probe its value in every row of a batch, in units of its type; `None` is
    /// missing. An expression over a table has no values here.
    #[must_use]
    pub fn values_by_row(
        &self,
        probe: &Probe,
        batch: &Batch,
        as_of: Date,
        scratch: &mut Scratch,
    ) -> Vec<Vec<Option<i128>>> {
        probe.rows(&self.program, batch, as_of, scratch)
    }

    /// The facts that an expression of this rulebook rests on, by their place in the dictionary, rising.
    #[must_use]
    pub fn facts_below(&self, node: NodeId) -> Vec<usize> {
        self.program.facts_below(node).into_iter().filter_map(|fact| usize::try_from(fact).ok()).collect()
    }

    /// Decides on one enterprise: a batch of one.
    #[must_use]
    pub fn decide(&self, dossier: &Dossier, as_of: Date) -> Decision {
        self.decide_with(dossier, as_of, &mut Scratch::default())
    }

    /// Decides on one enterprise, reusing the memory of an earlier call.
    #[must_use]
    pub fn decide_with(&self, dossier: &Dossier, as_of: Date, scratch: &mut Scratch) -> Decision {
        let mut builder = match scratch.spare.take() {
            Some(batch) => BatchBuilder::reusing(self.dictionary(), batch),
            None => BatchBuilder::new(self.dictionary()),
        };
        builder.dossier(dossier);
        let batch = builder.finish();
        let decision = self.score_with(&batch, as_of, scratch).decision(0);
        scratch.spare = Some(batch);
        decision
    }
}

/// A version that has been released is never edited.
fn released(source: &Source, files: &RuleFiles, out: &mut Diagnostics) {
    let Some(lock) = &files.lock else { return };
    let digest = lock_text(source);
    if *lock != digest.trim_end() {
        let span: Span = source.manifest.version.span;
        out.error(
            Code::ReleasedChanged,
            span,
            format!("version {} was released with other content", source.manifest.version.text),
        )
        .help("undo the change; a change is a new folder with its own `effective.from`");
    }
}

/// The content of the lock file of a released version.
#[must_use]
pub fn lock_text(source: &Source) -> String {
    format!("sha256:{} language:{}\n", source.digest, LANGUAGE)
}
