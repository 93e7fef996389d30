//! The module `xinpei._xinpei`: rulebooks, decisions and diagnostics as Python objects.
//!
//! The classes are frozen and hold what they need, so that threads may share them. Scoring lets other
//! threads of the interpreter run, and looks for Ctrl-C between portions.

mod change;
mod comparison;
mod data;
mod decision;
mod decisions;
mod diagnostics;
mod difference;
mod errors;
mod exchange;
mod file;
mod held;
mod judge;
mod kept;
mod language;
mod mapping;
mod moved;
mod parts;
mod pickled;
mod plan;
mod record;
mod rulebook;
mod rules;
mod score;
mod shortlist;
mod show;
mod summary;
mod times;
mod value;

use pyo3::prelude::*;

#[pymodule(gil_used = true)]
mod _xinpei {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::comparison::{PyComparison, PyCount, PyPointShift, PyScoreShift, compare};
    #[pymodule_export]
    use super::decision::PyDecision;
    #[pymodule_export]
    use super::decisions::{DecisionIterator, PyDecisions};
    #[pymodule_export]
    use super::diagnostics::{PyDiagnostic, PyDiagnostics};
    #[pymodule_export]
    use super::difference::{PyDetail, PyDifference, PyRuleChange};
    #[pymodule_export]
    use super::exchange::{_import_pmml, _import_points, _read_points};
    #[pymodule_export]
    use super::held::PyHeld;
    #[pymodule_export]
    use super::judge::PyTally;
    #[pymodule_export]
    use super::language::language;
    #[pymodule_export]
    use super::moved::{PyMoved, PyShift, PyStanding};
    #[pymodule_export]
    use super::parts::{
        PyCharacteristicPoints, PyFault, PyFired, PyFollows, PyReason, PyReject, PySectionPoints, PyStep,
    };
    #[pymodule_export]
    use super::plan::PyPlan;
    #[pymodule_export]
    use super::rulebook::{PyRulebook, check};
    #[pymodule_export]
    use super::rules::{PyCharacteristic, PyFact, PyGrade, PyOutcome, PyOverride, PySection};
    #[pymodule_export]
    use super::shortlist::PyShortlist;
    #[pymodule_export]
    use super::summary::PySummary;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
