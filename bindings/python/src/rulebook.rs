//! `Rulebook`: rules that are ready to score.

use std::cell::Cell as Slot;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use xinpei::author::folder::RuleFiles;
use xinpei::author::versions::folders;
use xinpei::diagnostic::{Diagnostics, suggest};
use xinpei::{Batch, BatchBuilder, Date, Rulebook, Scratch, Versions};
use xinpei_tables::save_rules;

use crate::decision::PyDecision;
use crate::decisions::PyDecisions;
use crate::diagnostics::PyDiagnostics;
use crate::difference::PyDifference;
use crate::held::{Asked, Holding, PyHeld};
use crate::language;
use crate::mapping::Options;
use crate::plan::{self, PyPlan};
use crate::record::Record;
use crate::rules::{PyCharacteristic, PyFact, PyGrade, PyOutcome, PyOverride, PySection};
use crate::score::{self, AsOf, Call};
use crate::shortlist::PyShortlist;
use crate::summary::PySummary;
use crate::value::{self, to_date};
use crate::{change, errors, exchange, file, show};

/// A rulebook, the files it was made of, and what its checks noted.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) rulebook: Rulebook,
    files: RuleFiles,
    notes: Diagnostics,
    folder: PathBuf,
    /// What it is made again of, in one object that a pickle keeps once however many decisions name it.
    content: OnceLock<Py<PyBytes>>,
    /// Ids of facts by their spelling with `_` for the point; `None` where two are spelt alike.
    spellings: OnceLock<BTreeMap<String, Option<String>>>,
}

impl Loaded {
    fn new(files: RuleFiles, folder: &Path) -> PyResult<Self> {
        let (rulebook, notes) = Rulebook::check(&files);
        match rulebook {
            Some(rulebook) => {
                let (content, spellings) = (OnceLock::new(), OnceLock::new());
                Ok(Self { rulebook, files, notes, folder: folder.to_owned(), content, spellings })
            }
            None => Err(errors::rules(&notes, &folder.display().to_string())),
        }
    }

    /// Its pickle.
    pub(crate) fn content(self: &Arc<Self>, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        if let Some(content) = self.content.get() {
            return Ok(content.clone_ref(py));
        }
        let pickled = py.import("pickle")?.call_method1("dumps", (PyRulebook(Arc::clone(self)), 5))?;
        let content = pickled.cast_into::<PyBytes>()?.unbind();
        // Whoever was first has the object that all share.
        Ok(self.content.get_or_init(|| content).clone_ref(py))
    }

    /// The fact that the name of an attribute stands for, or the name itself.
    pub(crate) fn spelt<'a>(&'a self, name: &'a str) -> &'a str {
        let spellings = self.spellings.get_or_init(|| {
            let mut all = BTreeMap::new();
            for fact in self.rulebook.dictionary().facts() {
                let entry = all.entry(fact.id.replace('.', "_")).or_insert_with(|| Some(fact.id.clone()));
                if entry.as_deref() != Some(fact.id.as_str()) {
                    *entry = None;
                }
            }
            all
        });
        spellings.get(name).and_then(Option::as_deref).unwrap_or(name)
    }
}

thread_local! {
    /// Memory of an earlier decision of this thread.
    static SPARE: Slot<Option<Box<(Scratch, Batch)>>> = const { Slot::new(None) };
}

/// What a rulebook is made again of: files, id, version and lock.
type Fields<'py> = (Bound<'py, PyDict>, Option<String>, Option<String>, Option<String>);

/// Rules that are ready to score. Made by `Rulebook.load`; never changes.
#[pyclass(frozen, name = "Rulebook", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyRulebook(pub(crate) Arc<Loaded>);

/// The folder of the version that is meant.
fn find(path: &Path, as_of: Option<Date>) -> Result<PathBuf, xinpei::Error> {
    if let Some(as_of) = as_of {
        return Ok(Versions::open(path)?.folder_in_force(as_of)?.to_owned());
    }
    let list = folders(path)?;
    match list.as_slice() {
        [only] => Ok(only.clone()),
        _ => {
            let names: Vec<String> = list.iter().map(|folder| format!("`{}`", folder.display())).collect();
            Err(xinpei::Error::input(format!(
                "`{}` has {} versions; say on which date with as_of=…, or name one of {}",
                path.display(),
                list.len(),
                names.join(", ")
            )))
        }
    }
}

impl PyRulebook {
    /// The rulebook of rule files that stand in a folder, or in memory.
    pub(crate) fn of(files: RuleFiles, folder: &Path) -> PyResult<Self> {
        Ok(Self(Arc::new(Loaded::new(files, folder)?)))
    }
}

#[pymethods]
impl PyRulebook {
    /// Loads a version from its folder, or the version that is in force on a date.
    #[staticmethod]
    #[pyo3(signature = (path, as_of=None))]
    fn load(py: Python<'_>, path: PathBuf, as_of: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let as_of = as_of.map(|date| value::date(date, "`as_of`")).transpose()?;
        py.detach(|| {
            let folder = find(&path, as_of).map_err(|e| errors::of(&e, &path))?;
            let files = RuleFiles::read(&folder).map_err(|e| errors::of(&e, &folder))?;
            Ok(Self(Arc::new(Loaded::new(files, &folder)?)))
        })
    }

    /// Makes a rulebook of rule files: content by path inside the folder of a version.
    #[staticmethod]
    #[pyo3(signature = (files, *, id=None, version=None, lock=None))]
    fn from_files(
        py: Python<'_>,
        files: BTreeMap<String, Bound<'_, PyAny>>,
        id: Option<String>,
        version: Option<String>,
        lock: Option<String>,
    ) -> PyResult<Self> {
        let mut content = BTreeMap::new();
        for (path, file) in files {
            let bytes = match file.cast::<PyBytes>() {
                Ok(bytes) => bytes.as_bytes().to_vec(),
                Err(_) => file.extract::<String>()?.into_bytes(),
            };
            content.insert(path, bytes);
        }
        let files = RuleFiles { id, version, files: content, lock };
        py.detach(|| Ok(Self(Arc::new(Loaded::new(files, Path::new(""))?))))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields<'py>)> {
        let files = &slf.get().0.files;
        let make = slf.py().import("xinpei._errors")?.getattr("_rulebook")?;
        let (id, version, lock) = (files.id.clone(), files.version.clone(), files.lock.clone());
        Ok((make, (slf.get().files(slf.py())?, id, version, lock)))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<Self>()
            .is_ok_and(|other| Arc::ptr_eq(&self.0, &other.get().0) || self.0.files.files == other.get().0.files.files)
    }

    fn __hash__(&self) -> u64 {
        let digest = self.0.rulebook.digest();
        digest.get(7..22).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0)
    }

    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.0.rulebook.id()
    }

    /// The version.
    #[getter]
    fn version(&self) -> &str {
        self.0.rulebook.version()
    }

    /// The digest of the content, `sha256:…`; layout and comments do not change it.
    #[getter]
    fn digest(&self) -> String {
        self.0.rulebook.digest()
    }

    /// The name people use, in the language that was chosen.
    #[getter]
    fn title(&self) -> String {
        language::said(&self.0.rulebook.typed().manifest.title)
    }

    /// The name people use, by language.
    #[getter]
    fn titles(&self) -> BTreeMap<String, String> {
        language::all(&self.0.rulebook.typed().manifest.title)
    }

    /// Who issued it, in the language that was chosen.
    #[getter]
    fn authority(&self) -> String {
        language::said(&self.0.rulebook.typed().manifest.authority)
    }

    /// The first day in force, as `datetime.date`.
    #[getter]
    fn effective_from(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        to_date(py, self.0.rulebook.typed().manifest.from)
    }

    /// The last day in force, as `datetime.date`; `None` where it does not end.
    #[getter]
    fn effective_to(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.0.rulebook.typed().manifest.to.map(|to| to_date(py, to)).transpose()
    }

    /// The languages of its labels.
    #[getter]
    fn languages(&self) -> Vec<String> {
        self.0.rulebook.typed().manifest.languages.clone()
    }

    /// The folder it was loaded from; empty where it was made of files in memory.
    #[getter]
    fn folder(&self) -> String {
        self.0.folder.display().to_string()
    }

    /// The rule files: content by path inside the folder.
    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let files = PyDict::new(py);
        for (path, content) in &self.0.files.files {
            files.set_item(path, PyBytes::new(py, content))?;
        }
        Ok(files)
    }

    /// What its checks noted; nothing of it is a mistake.
    #[getter]
    fn notes(&self) -> PyDiagnostics {
        PyDiagnostics::of(&self.0.notes, &self.0.folder.display().to_string())
    }

    /// The sections, in the order of the rules.
    #[getter]
    fn sections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(
            py,
            (0..self.0.rulebook.typed().sections.len()).map(|at| PySection::new(&self.0, at)).collect::<Vec<_>>(),
        )
    }

    /// The characteristics, in the order of the rules.
    #[getter]
    fn characteristics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let count = self.0.rulebook.typed().characteristics.len();
        PyTuple::new(py, (0..count).map(|at| PyCharacteristic::new(&self.0, at)).collect::<Vec<_>>())
    }

    /// The facts of the dictionary, in its order.
    #[getter]
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let facts = self.0.rulebook.dictionary().facts().iter().map(|fact| PyFact::new(fact, &self.0));
        PyTuple::new(py, facts.collect::<Vec<_>>())
    }

    /// The grades, best first.
    #[getter]
    fn grades<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.rulebook.typed().grades.iter().map(PyGrade::new).collect::<Vec<_>>())
    }

    /// The overrides, in the order of the rules.
    #[getter]
    fn overrides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.rulebook.source().overrides.iter().map(PyOverride::new).collect::<Vec<_>>())
    }

    /// What may follow from a decision, in the order of the rules; products of lenders last.
    #[getter]
    fn outcomes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let source = self.0.rulebook.source();
        let all = source.outcomes.iter().map(PyOutcome::new).chain(source.products.iter().map(PyOutcome::of_product));
        PyTuple::new(py, all.collect::<Vec<_>>())
    }

    /// The characteristic, section, override, outcome or fact with an id; the first of these that has it.
    fn __getitem__(&self, py: Python<'_>, id: &str) -> PyResult<Py<PyAny>> {
        let (typed, source) = (self.0.rulebook.typed(), self.0.rulebook.source());
        if let Some(at) = typed.characteristics.iter().position(|c| c.id == id) {
            return Ok(Py::new(py, PyCharacteristic::new(&self.0, at))?.into_any());
        }
        if let Some(at) = typed.sections.iter().position(|s| s.id == id) {
            return Ok(Py::new(py, PySection::new(&self.0, at))?.into_any());
        }
        if let Some(rule) = source.overrides.iter().find(|o| o.id.text == id) {
            return Ok(Py::new(py, PyOverride::new(rule))?.into_any());
        }
        if let Some(rule) = source.outcomes.iter().find(|o| o.id.text == id) {
            return Ok(Py::new(py, PyOutcome::new(rule))?.into_any());
        }
        if let Some(rule) = source.products.iter().find(|o| o.id.text == id) {
            return Ok(Py::new(py, PyOutcome::of_product(rule))?.into_any());
        }
        if let Some(fact) = typed.facts.iter().find(|f| f.id == id) {
            return Ok(Py::new(py, PyFact::new(fact, &self.0))?.into_any());
        }
        let ids =
            typed.characteristics.iter().map(|c| c.id.as_str()).chain(typed.sections.iter().map(|s| s.id.as_str()));
        let ids = ids.chain(typed.overrides.iter().map(|o| o.id.as_str()));
        let ids =
            ids.chain(typed.outcomes.iter().map(|o| o.id.as_str())).chain(typed.facts.iter().map(|f| f.id.as_str()));
        Err(PyKeyError::new_err(format!("there is no rule or fact `{id}`; {}", suggest(id, ids.collect::<Vec<_>>()))))
    }

    /// Decides on one enterprise.
    #[pyo3(signature = (dossier, *, as_of, key="enterprise", mapping=None, digits=None))]
    fn decide(
        &self,
        py: Python<'_>,
        dossier: &Bound<'_, PyAny>,
        as_of: &Bound<'_, PyAny>,
        key: &str,
        mapping: Option<&Bound<'_, PyDict>>,
        digits: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyDecision> {
        let rulebook = &self.0.rulebook;
        let as_of = value::date(as_of, "`as_of`")?;
        let options = Options::parse(key, mapping, digits, rulebook.dictionary())?;
        let record = Record::new(dossier, &options, &self.0, None)?;
        let (mut scratch, mut builder) = match SPARE.take() {
            Some(spare) => {
                let (scratch, batch) = *spare;
                (scratch, BatchBuilder::reusing(rulebook.dictionary(), batch))
            }
            None => (Scratch::default(), BatchBuilder::new(rulebook.dictionary())),
        };
        builder.row(&record.enterprise);
        record.fill(&mut builder, &self.0, &options)?;
        let name = Some(record.name).filter(|name| !name.is_empty());
        let decision = py.detach(|| {
            let batch = builder.finish();
            let decision = rulebook.score_with(&batch, as_of, &mut scratch).decision(0);
            SPARE.set(Some(Box::new((scratch, batch))));
            decision
        });
        Ok(PyDecision::new(&self.0, decision, name, None))
    }

    /// Scores many enterprises: a frame, records, or a file.
    #[pyo3(signature = (
        data, *, as_of, columns=None, key="enterprise", mapping=None, digits=None, encoding="utf-8", threads=1
    ))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    fn score(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        as_of: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
        key: &str,
        mapping: Option<&Bound<'_, PyDict>>,
        digits: Option<&Bound<'_, PyAny>>,
        encoding: &str,
        threads: usize,
    ) -> PyResult<PyDecisions> {
        let as_of = AsOf::parse(as_of)?;
        let options = Options::parse(key, mapping, digits, self.0.rulebook.dictionary())?;
        score::score(py, &self.0, Call { data, as_of, columns, options, encoding, threads })
    }

    /// Scores many enterprises into a file, in bounded memory.
    #[pyo3(signature = (
        data, out, *, as_of, columns=None, key="enterprise", mapping=None, digits=None, encoding="utf-8", rejects=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    fn score_to(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        out: PathBuf,
        as_of: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
        key: &str,
        mapping: Option<&Bound<'_, PyDict>>,
        digits: Option<&Bound<'_, PyAny>>,
        encoding: &str,
        rejects: Option<PathBuf>,
    ) -> PyResult<PySummary> {
        let as_of = AsOf::parse(as_of)?;
        let options = Options::parse(key, mapping, digits, self.0.rulebook.dictionary())?;
        file::write(py, &self.0, &Call { data, as_of, columns, options, encoding, threads: 1 }, &out, rejects.as_ref())
    }

    /// What an enterprise should do to reach a grade or a product, at the least cost; or why nothing does.
    #[pyo3(signature = (
        dossier, *, as_of, target=None, months=12, budget=None, others=2, allow_dips=false, node_limit=200_000,
        key="enterprise", mapping=None, digits=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    fn plan(
        &self,
        py: Python<'_>,
        dossier: &Bound<'_, PyAny>,
        as_of: &Bound<'_, PyAny>,
        target: Option<&Bound<'_, PyAny>>,
        months: u32,
        budget: Option<&Bound<'_, PyAny>>,
        others: usize,
        allow_dips: bool,
        node_limit: u64,
        key: &str,
        mapping: Option<&Bound<'_, PyDict>>,
        digits: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyPlan> {
        let options = Options::parse(key, mapping, digits, self.0.rulebook.dictionary())?;
        PyPlan::new(
            py,
            &self.0,
            plan::Call { dossier, as_of, target, months, budget, others, allow_dips, node_limit, options },
        )
    }

    /// Keeps enterprises in memory, scored once, so that one trial after another is compared at once.
    #[pyo3(signature = (data, *, as_of, key="enterprise", mapping=None, digits=None, encoding="utf-8"))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    fn hold(
        &self,
        py: Python<'_>,
        data: Bound<'_, PyAny>,
        as_of: &Bound<'_, PyAny>,
        key: &str,
        mapping: Option<Bound<'_, PyDict>>,
        digits: Option<Bound<'_, PyAny>>,
        encoding: &str,
    ) -> PyResult<PyHeld> {
        let asked = Asked {
            data: data.unbind(),
            as_of: AsOf::parse(as_of)?,
            key: key.to_owned(),
            mapping: mapping.map(Bound::unbind),
            digits: digits.map(Bound::unbind),
            encoding: encoding.to_owned(),
        };
        Ok(PyHeld(Arc::new(Holding::read(py, &self.0, asked)?)))
    }

    /// Which enterprises to cultivate, so that most reach the admission line: `hold` and its `shortlist`.
    #[pyo3(signature = (
        data, *, as_of, budget=None, capacity=None, line=None, months=24, by="enterprises", everybody=false,
        node_limit=100_000, key="enterprise", mapping=None, digits=None, encoding="utf-8"
    ))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    fn shortlist(
        &self,
        py: Python<'_>,
        data: Bound<'_, PyAny>,
        as_of: &Bound<'_, PyAny>,
        budget: Option<&Bound<'_, PyAny>>,
        capacity: Option<usize>,
        line: Option<String>,
        months: u32,
        by: &str,
        everybody: bool,
        node_limit: u64,
        key: &str,
        mapping: Option<Bound<'_, PyDict>>,
        digits: Option<Bound<'_, PyAny>>,
        encoding: &str,
    ) -> PyResult<PyShortlist> {
        let held = self.hold(py, data, as_of, key, mapping, digits, encoding)?;
        held.shortlist(py, budget, capacity, line, months, by, everybody, node_limit)
    }

    /// The rulebook with changes, as a trial; this one stays as it is.
    fn with_changes(&self, py: Python<'_>, changes: &Bound<'_, PyDict>) -> PyResult<Self> {
        let changes = change::parse(changes)?;
        py.detach(|| {
            // What was changed is in no folder yet.
            let none = Path::new("");
            let files = self.0.files.with_changes(&changes).map_err(|e| errors::of(&e, none))?;
            Ok(Self(Arc::new(Loaded::new(files, none)?)))
        })
    }

    /// What is different from the rulebook before, in words.
    fn diff(&self, before: &Self) -> PyDifference {
        PyDifference::new(&before.0, &self.0)
    }

    /// Writes the rule files into the folder of their version, and returns the paths of those that were written.
    fn save(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<String>> {
        py.detach(|| save_rules(&self.0.files, &folder).map_err(|e| errors::of(&e, &folder)))
    }

    /// The scorecard as a PMML 4.4 document, written into a file if one is named.
    #[pyo3(signature = (path=None))]
    fn to_pmml(&self, py: Python<'_>, path: Option<PathBuf>) -> PyResult<String> {
        exchange::to_pmml(py, &self.0, path.as_deref())
    }

    /// The rulebook as one SQL statement, written into a file if one is named.
    #[pyo3(signature = (path=None, *, table="dossiers", as_of=None))]
    fn to_sql(
        &self,
        py: Python<'_>,
        path: Option<PathBuf>,
        table: &str,
        as_of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        exchange::to_sql(py, &self.0, table.to_owned(), as_of, path.as_deref())
    }

    /// The scorecard as a points table: a dict for each row.
    fn to_points(&self, py: Python<'_>) -> PyResult<Vec<BTreeMap<&'static str, String>>> {
        exchange::to_points(py, &self.0)
    }

    fn __str__(&self) -> String {
        show::text::rulebook(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("<Rulebook {} {}: {}>", self.id(), self.version(), self.title())
    }

    fn _repr_html_(&self) -> String {
        show::rulebook(&self.0)
    }
}

/// Reads and checks the rule files of a version's folder: every mistake and note, without an exception.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, path: PathBuf) -> PyResult<PyDiagnostics> {
    py.detach(|| {
        let files = RuleFiles::read(&path).map_err(|e| errors::of(&e, &path))?;
        Ok(PyDiagnostics::of(&Rulebook::check(&files).1, &path.display().to_string()))
    })
}
