"""What the built module has."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, final, overload

from typing_extensions import CapsuleType

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = [
    "Characteristic",
    "CharacteristicPoints",
    "Comparison",
    "Count",
    "Decision",
    "DecisionIterator",
    "Decisions",
    "Detail",
    "Diagnostic",
    "Diagnostics",
    "Difference",
    "Fact",
    "Fault",
    "Fired",
    "Follows",
    "Grade",
    "Held",
    "Moved",
    "Outcome",
    "Override",
    "Plan",
    "PointShift",
    "Reason",
    "Reject",
    "RuleChange",
    "Rulebook",
    "ScoreShift",
    "Section",
    "SectionPoints",
    "Shift",
    "Shortlist",
    "Standing",
    "Step",
    "Summary",
    "Tally",
    "__version__",
    "_import_pmml",
    "_import_points",
    "_read_points",
    "check",
    "compare",
    "language",
]
__version__: str

_Language: TypeAlias = Literal["zh", "en"]
_Status: TypeAlias = Literal["rated", "unrated", "refer"]
_Date: TypeAlias = date | str
_Labels: TypeAlias = dict[str, str]
_Value: TypeAlias = Decimal | int | str | bool | date | None

class _Stream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _Array(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> object: ...

class _Lazy(Protocol):
    def collect(self) -> _Stream: ...

class _Column(TypedDict, total=False):
    """What a column of a mapping is: `fact` (`field` in `fields`), and how it is read."""

    fact: str
    field: str
    times: Decimal | int | str
    digits: int
    values: Mapping[str, _Value]
    fields: Mapping[str, str | _Column]

_Mapping: TypeAlias = dict[str, str | _Column] | dict[str, str] | dict[str, _Column]
_Digits: TypeAlias = int | dict[str, int]
_Seen: TypeAlias = bool | int | float | None
_Observed: TypeAlias = _Stream | _Array | Iterable[_Seen] | Mapping[str, _Seen]
_Record: TypeAlias = Mapping[str, Any] | object
_Data: TypeAlias = _Stream | _Array | _Lazy | _Record | Iterable[_Record] | str | os.PathLike[str]
_Changes: TypeAlias = dict[str, Any]

def language(code: _Language | None = None) -> _Language:
    """Chooses the language of what is shown, and returns the one that holds now.

    Decisions carry both languages always; this is about labels, texts and HTML. Without an argument it only
    tells. Raises `InputError` for another language.
    """

_Row: TypeAlias = tuple[int, list[str]]
_Head: TypeAlias = tuple[str, str, _Date, str, bool]

def _import_points(
    rows: Sequence[_Row],
    head: _Head,
    title: str,
    basis: str,
    digits: int | None,
    fact_digits: dict[str, int],
    members: dict[str, list[str]],
    ordered: bool,
    out: str | os.PathLike[str] | None,
) -> Rulebook: ...
def _read_points(path: str | os.PathLike[str], encoding: str) -> list[_Row]: ...
def _import_pmml(
    text: str,
    head: _Head,
    digits: int,
    field_digits: dict[str, int],
    members: dict[str, list[str]],
    drop_reasons: bool,
    out: str | os.PathLike[str] | None,
) -> Rulebook: ...
def check(path: str | os.PathLike[str]) -> Diagnostics:
    """Reads and checks the rule files of a version's folder: every mistake and every note.

    Raises `InputError` when `path` is no folder with a rulebook, `FileError` when it cannot be read.
    """

def compare(
    old: Rulebook,
    new: Rulebook,
    data: Held | _Data,
    *,
    as_of: _Date | None = None,
    key: str = "enterprise",
    mapping: _Mapping | None = None,
    digits: _Digits | None = None,
    encoding: str = "utf-8",
) -> Comparison:
    """Compares two rulebooks over the same enterprises.

    `data` and the rest are what `Rulebook.score` takes; or it is what `old.hold` returned, and nothing is read
    again: `compare(old, new, held)` is `held.compare(new)`. Nothing is remembered from one call to the next, so
    where several trials follow each other, hold the enterprises once.

    Both decide on the same date, whether they are in force on it or not. Data whose facts the two rulebooks
    describe differently is read once for each, so it must not be a reader that is empty afterwards.
    """

@final
class Diagnostic:
    """One mistake of a rule author, or a note. `print` shows the line of the rule file."""

    def __new__(
        cls,
        code: str,
        severity: str,
        file: str,
        line: int | None,
        column: int | None,
        message: str,
        help: str | None,
        text: str,
        length: int,
    ) -> Diagnostic: ...
    @property
    def code(self) -> str:
        """Which kind of mistake, such as `X0404`; `xinpei explain-code` prints a page on it."""
    @property
    def severity(self) -> str:
        """`error` or `note`."""
    @property
    def file(self) -> str:
        """The file."""
    @property
    def line(self) -> int | None:
        """The line, counted from 1; `None` where there is no line to point at."""
    @property
    def column(self) -> int | None:
        """The column in characters, counted from 1."""
    @property
    def message(self) -> str:
        """What is wrong."""
    @property
    def help(self) -> str | None:
        """What to do about it."""
    @property
    def text(self) -> str:
        """The line of the file."""
    @property
    def length(self) -> int:
        """How many characters of the line are meant."""
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Diagnostics(Sequence[Diagnostic]):
    """Mistakes and notes, in the order of files and lines."""

    def __new__(cls, list: Sequence[Diagnostic], left_out: int = 0) -> Diagnostics: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Diagnostic: ...  # type: ignore[override]
    def _repr_html_(self) -> str: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Rulebook:
    """Rules that are ready to score. Made by `load`; never changes; may be shared between threads.

    It pickles by the content of its rule files. Two rulebooks are equal when their files are.
    """

    @staticmethod
    def load(path: str | os.PathLike[str], as_of: _Date | None = None) -> Rulebook:
        """Loads one version from its folder, or the version that is in force on `as_of`.

        `path` is the folder of a version (`rules/yuanhe/2026.1`), or of a rulebook (`rules/yuanhe`), which
        needs `as_of` if it has several versions.

        Raises `RuleError` with all mistakes of the rule files, `InputError` when there is no rulebook or none
        in force, `FileError` when a file cannot be read.
        """
    @staticmethod
    def from_files(
        files: Mapping[str, bytes | str],
        *,
        id: str | None = None,
        version: str | None = None,
        lock: str | None = None,
    ) -> Rulebook:
        """Makes a rulebook of rule files: content by path inside the folder of a version.

        `id` and `version` are what the folders would be called, `lock` the content of the lock file of a
        released version; without them they are not compared.
        """
    @property
    def id(self) -> str:
        """The id."""
    @property
    def version(self) -> str:
        """The version."""
    @property
    def digest(self) -> str:
        """The digest of the content, `sha256:…`; layout, comments and cases do not change it."""
    @property
    def title(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def titles(self) -> _Labels:
        """The name people use, by language."""
    @property
    def authority(self) -> str:
        """Who issued it, in the language that was chosen."""
    @property
    def effective_from(self) -> date:
        """The first day in force."""
    @property
    def effective_to(self) -> date | None:
        """The last day in force; `None` where it does not end."""
    @property
    def languages(self) -> list[str]:
        """The languages of its labels."""
    @property
    def folder(self) -> str:
        """The folder it was loaded from; empty where it was made of files in memory."""
    @property
    def files(self) -> dict[str, bytes]:
        """The rule files: content by path inside the folder."""
    @property
    def notes(self) -> Diagnostics:
        """What its checks noted; nothing of it is a mistake."""
    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in the order of the rules."""
    @property
    def characteristics(self) -> tuple[Characteristic, ...]:
        """The characteristics, in the order of the rules."""
    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts of the dictionary, in its order."""
    @property
    def grades(self) -> tuple[Grade, ...]:
        """The grades, best first."""
    @property
    def overrides(self) -> tuple[Override, ...]:
        """The overrides, in the order of the rules."""
    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What may follow from a decision, in the order of the rules."""
    def __getitem__(self, id: str, /) -> Characteristic | Section | Override | Outcome | Fact:
        """The characteristic, section, override, outcome or fact with an id: the first of these that has it.

        Raises `KeyError` with the nearest id that there is.
        """
    def decide(
        self,
        dossier: _Record,
        *,
        as_of: _Date,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
    ) -> Decision:
        """Decides on one enterprise.

        `dossier` is a dict of facts by id with the key of the enterprise beside them
        (`{"enterprise": "91…", "tax.grade": "A", "court.cases": [{"due": 1000, …}]}`), the shape of a JSON
        dossier (`{"enterprise": …, "facts": {…}}`), or a dataclass or named tuple, where `tax_grade` stands
        for `tax.grade`. A `name` is taken along.

        Values are `Decimal`, `int`, `str`, `bool`, `date`, lists of records for tables, and `None` for what is
        missing. A value that does not fit its fact, or a key that is no fact, is a fault of the decision.

        Raises `InexactError` for a float where the fact is a number, unless `digits` says with how many digits
        it is read: one number for all facts, or a dict by fact. `mapping` says which key is which fact.
        """
    def score(
        self,
        data: _Data,
        *,
        as_of: _Date,
        columns: str | Sequence[str] | None = None,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
        encoding: str = "utf-8",
        threads: int = 1,
    ) -> Decisions:
        """Scores many enterprises.

        `data` is a frame of pandas, Polars (also lazy), pyarrow or DuckDB, or anything else with the Arrow
        PyCapsule interface, whose columns are named by facts; a list of records as `decide` takes them; or the
        path of a Parquet, Arrow, CSV, XLSX or JSON lines file, or of a folder with a `mapping.yaml`. Columns of
        a frame are not copied where their values fit as they are. `encoding` (`utf-8`, `gbk`, `gb18030`) is
        that of a CSV file.

        `columns` chooses the columns of the result as on the command line: groups, single columns, or `all`.
        `key` is the column with the keys of the enterprises. `mapping` says which column is which fact, where
        names differ: `{"column": "tax.grade"}`, or with a dict `{"fact": …, "times": …, "values": …,
        "digits": …, "fields": …}`. `digits` says with how many digits floats are read, rounded half even from
        their shortest text: one number for all, or a dict by fact.

        Rows with a wrong or repeated key are rejects; rows in = decisions + rejects. Values that do not fit are
        faults of their row. Raises `ColumnError` when columns do not fit, `InexactError` for a column of floats
        without digits, `InputError` and `FileError` when the data cannot be read.

        `threads` share the work; the result has the same bytes whatever their number.

        `as_of="column:day"` takes the date of each row from a column; rows on whose date the version is not in
        force are rejects, and an enterprise may stand in several rows, once a date.
        """
    def hold(
        self,
        data: _Data,
        *,
        as_of: _Date,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
        encoding: str = "utf-8",
    ) -> Held:
        """Keeps enterprises in memory, scored once, so that one trial after another is compared at once.

        `data` and the rest are what `score` takes. Columns of a frame are not copied where their values fit as
        they are; a file is read into memory.
        """
    def plan(
        self,
        dossier: _Record,
        *,
        as_of: _Date,
        target: str | Decimal | int | None = None,
        months: int = 12,
        budget: Decimal | int | None = None,
        others: int = 2,
        allow_dips: bool = False,
        node_limit: int = 200_000,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
    ) -> Plan:
        """What an enterprise should do to reach a grade, at the least cost; or why nothing does.

        `dossier` is what `decide` takes. `target` is a grade, the id of a product that is to admit the enterprise, a
        score or `"best"`; the next better grade by default. Where a grade and a product have the same name, the grade
        is meant. The plan may take so many `months` and cost so much `budget`, in yuan. Beside it stand all that are
        sooner and dearer, and `others` with other measures.

        Raises `InputError` for a grade or product that there is not.
        """
    def shortlist(
        self,
        data: _Data,
        *,
        as_of: _Date,
        budget: Decimal | int | None = None,
        capacity: int | None = None,
        line: str | None = None,
        months: int = 24,
        by: Literal["enterprises", "credit"] = "enterprises",
        everybody: bool = False,
        node_limit: int = 100_000,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
        encoding: str = "utf-8",
    ) -> Shortlist:
        """Which enterprises to cultivate, so that most reach the admission line: `hold`, and its `shortlist`."""
    def with_changes(self, changes: _Changes) -> Rulebook:
        """The rulebook with changes, as a trial; this one stays as it is.

        `changes` is a dict by rule, and in it a dict by field: `{"tax.arrears": {"points[1].points": 35,
        "missing": 0}}`; or one name for both: `{"tax.arrears.missing": 0}`. A rule is named by the id of a
        characteristic, section, override, outcome, measure or fact; `grades.AA` is a grade, `functions.NAME` a
        function, `rulebook` the file `rulebook.yaml`. Where one id names several rules, the one that has the
        field is meant, and `overrides.ID`, `characteristics.ID` and so on always name one. Entries of a list count
        from 0 or go by their id: `points[0].upto`, `points.A`, `reason.text.zh`.

        Values are `Decimal`, `int`, `str`, `bool`, `date`, lists and dicts of them; `None` takes the field away. A
        dict takes the place of the whole map that is there: to change one entry of it, name the entry.

        Raises `InexactError` for a float, `InputError` where a change names what there is not, and `RuleError`
        when the changed rules have mistakes: its diagnostics show the lines as the changed files have them.
        """
    def diff(self, before: Rulebook) -> Difference:
        """What is different from the rulebook before, in words: `trial.diff(rulebook)`."""
    def save(self, folder: str | os.PathLike[str]) -> list[str]:
        """Writes the rule files into the folder of their version, and returns the paths of those that were written.

        The folder is called `<id>/<version>` as the rulebook names itself, and is made if need be. Files that say
        the same byte for byte are left alone; in the others only the lines that a change touched are different.

        Raises `InputError` when the folder has another name, holds something else, or is a version that was
        released (change `rulebook.version` and `rulebook.effective` then), `FileError` when it cannot be written.
        """
    def score_to(
        self,
        data: _Data,
        out: str | os.PathLike[str],
        *,
        as_of: _Date,
        columns: str | Sequence[str] | None = None,
        key: str = "enterprise",
        mapping: _Mapping | None = None,
        digits: _Digits | None = None,
        encoding: str = "utf-8",
        rejects: str | os.PathLike[str] | None = None,
    ) -> Summary:
        """Scores many enterprises into a file, in bounded memory, and returns the counts.

        The ending of `out` says how: `.parquet`, `.arrow`, `.arrows`, `.csv`, `.xlsx` or `.jsonl`, the same
        bytes as of the command. `rejects` is a CSV file for the rows that became no decision. Both files appear
        whole or not at all. The other arguments and the exceptions are those of `score`.
        """
    def to_pmml(self, path: str | os.PathLike[str] | None = None) -> str:
        """The scorecard as a PMML 4.4 document with rows of verification; with `path` also written there.

        Warns (`ExchangeWarning`) of what is left out without touching a score. Raises `ExchangeError` with a list of
        what a Scorecard cannot carry: overrides, caps that can bind, events, and what else is not exact.
        """
    def to_sql(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        table: str = "dossiers",
        as_of: _Date | None = None,
    ) -> str:
        """The rulebook as one SQL statement for DuckDB; with `path` also written there.

        It reads `table`, which has the column `enterprise` and a column for each fact under its id, and gives
        `enterprise`, `status`, `score` and `grade`. Raises `ExchangeError` with a list of what SQL cannot carry.
        """
    def to_points(self) -> list[dict[str, str]]:
        """The scorecard as a points table, a dict for each row: see `from_points`.

        Raises `ExchangeError` with a list of what is no band, no member and no points for everybody.
        """
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Held:
    """Enterprises that stay in memory, scored once, so that one trial after another is compared at once."""

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that was applied."""
    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Rows that became no decision, with the reason of each."""
    def __len__(self) -> int: ...
    def shortlist(
        self,
        *,
        budget: Decimal | int | None = None,
        capacity: int | None = None,
        line: str | None = None,
        months: int = 24,
        by: Literal["enterprises", "credit"] = "enterprises",
        everybody: bool = False,
        node_limit: int = 100_000,
    ) -> Shortlist:
        """Which of these enterprises to cultivate, so that most reach the admission line.

        `budget` is what all plans together may cost, in yuan, `capacity` how many enterprises can be looked after.
        `line` is the grade that counts as admission; the line of the rulebook's tiers by default. A plan may take so
        many `months`. `by="credit"` chooses for the most credit that lenders' products then allow. With `everybody`
        the rules of selection and bars are left aside. The choice is exact: `proved` says so.

        Raises `InputError` for a grade or an amount that there is not, and where the rulebook has no tiers.
        """
    def compare(self, trial: Rulebook) -> Comparison:
        """What a trial changes for these enterprises.

        Where the trial differs in how lines of the card score, only enterprises that these lines score otherwise
        are decided on again. A change of grades, of caps, of the most points of a line (which weigh in the coverage)
        or of overrides and outcomes touches everyone, and everyone is decided on again.
        """

@final
class Plan:
    """What an enterprise should do to reach a grade or a product at the least cost, or why nothing does.

    `print` shows the steps.
    """

    @property
    def enterprise(self) -> str:
        """The key of the enterprise."""
    @property
    def status(self) -> str:
        """`optimal`, `best_found`, `infeasible`, `undecided`, `at_top`, `reached` or `refer`."""
    @property
    def cost(self) -> Decimal | None:
        """What the plan costs, in yuan; `None` without a plan."""
    @property
    def months(self) -> int | None:
        """How many months it takes."""
    @property
    def review(self) -> date | None:
        """The day on which the target is reached."""
    @property
    def rules_until(self) -> date | None:
        """The last day on which the rules are in force, where days behind it would have been looked at."""
    @property
    def measures(self) -> list[str]:
        """The ids of its measures, in the order in which they take effect."""
    def to_json(self) -> str:
        """The canonical form: one line of JSON, numbers as text. `xinpei replay` takes it."""
    def to_dict(self) -> dict[str, Any]:
        """All of it, numbers as text: steps, sooner and other plans, certificate, gradient, cliffs."""
    def to_html(self) -> str:
        """The page in both languages that can be printed and handed over: HTML without a script."""
    def _repr_html_(self) -> str: ...

@final
class Shortlist:
    """Which enterprises to cultivate, so that most reach the admission line."""

    @property
    def line(self) -> str:
        """The line that plans lead to: a grade, or a tier of the rulebook."""
    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys of those chosen, in the order of the data."""
    @property
    def cost(self) -> Decimal:
        """What their plans cost together, in yuan."""
    @property
    def credit(self) -> Decimal:
        """The credit that lenders' products then allow together, in yuan."""
    @property
    def proved(self) -> bool:
        """Whether no choice within the means is better."""
    def __len__(self) -> int: ...
    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each enterprise, in the order of the data, for `pandas.DataFrame` or `polars.DataFrame`.

        It has `enterprise`, `name`, `as_of`, `prospect` (`ready`, `reached`, `refused`, `none`, `undecided` or
        `refer`), `chosen`, and of a plan `cost`, `months`, `review`, `grade`, `score`, `credit` and `measures`, which
        are `None` for others.
        """

@final
class Comparison:
    """What another rulebook changes for a portfolio. `print` shows the tables.

    It is an Arrow stream itself: a row for each enterprise with anything changed, in the order of the data, with
    `enterprise`, `name`, `row`, `moved`, status, grade and score before and after, `shift`, `shifts` (what made it
    up: kind, id, shift), and the ids of overrides and outcomes that were gained and lost.
    """

    @property
    def old(self) -> Rulebook:
        """The rulebook before."""
    @property
    def new(self) -> Rulebook:
        """The rulebook after."""
    @property
    def rows(self) -> int:
        """How many enterprises were decided on."""
    @property
    def changed(self) -> int:
        """How many have anything changed: points, score, grade, status, overrides, outcomes."""
    @property
    def moved(self) -> int:
        """How many have another grade or status."""
    @property
    def better(self) -> int:
        """How many were rated before and after, and have a better grade."""
    @property
    def worse(self) -> int:
        """How many were rated before and after, and have a worse grade."""
    @property
    def matrix(self) -> dict[str, dict[str, int]]:
        """How many went from which grade to which: by the old grade, then by the new one.

        Best first, then `unrated` and `refer`; `pandas.DataFrame.from_dict(matrix, orient="index")` is the table.
        """
    @property
    def score(self) -> ScoreShift:
        """How scores shifted."""
    @property
    def sections(self) -> tuple[PointShift, ...]:
        """How the points of sections shifted, after floor and cap; every section."""
    @property
    def characteristics(self) -> tuple[PointShift, ...]:
        """How the points of characteristics shifted; every characteristic."""
    @property
    def overrides(self) -> tuple[Count, ...]:
        """How often overrides fired; every override."""
    @property
    def outcomes(self) -> tuple[Count, ...]:
        """How often outcomes followed; every outcome."""
    def moves(self, most: int = 20) -> tuple[Moved, ...]:
        """Enterprises with another grade or status, in the order of the data, and why: at most so many."""
    @overload
    def __getitem__(self, at: str, /) -> Moved: ...
    @overload
    def __getitem__(self, at: int, /) -> Moved: ...
    def __arrow_c_schema__(self) -> CapsuleType: ...
    def __arrow_c_stream__(self, requested_schema: CapsuleType | None = None) -> CapsuleType: ...
    def to_arrow(self) -> pyarrow.Table:
        """Enterprises with anything changed as a `pyarrow.Table`."""
    def to_polars(self) -> polars.DataFrame:
        """Enterprises with anything changed as a `polars.DataFrame`."""
    def to_pandas(self) -> pandas.DataFrame:
        """Enterprises with anything changed as a `pandas.DataFrame`."""
    def _repr_html_(self) -> str: ...

@final
class Moved:
    """One enterprise before and after. The shifts add up to the shift of the score, to the last digit."""

    @property
    def enterprise(self) -> str:
        """The key of the enterprise."""
    @property
    def name(self) -> str | None:
        """The name of the enterprise, where the data has one."""
    @property
    def row(self) -> int:
        """The row in the data, counted from 0 without rejects."""
    @property
    def old(self) -> Standing:
        """Where it stood."""
    @property
    def new(self) -> Standing:
        """Where it stands."""
    @property
    def shift(self) -> Decimal | None:
        """The score after less the score before; `None` where it has no score on one side."""
    @property
    def shifts(self) -> list[Shift]:
        """What shifted its score: characteristics in the order of the rules, then floors and caps, then rounding."""
    @property
    def overrides_gained(self) -> list[str]:
        """Ids of the overrides that fire now and did not before."""
    @property
    def overrides_lost(self) -> list[str]:
        """Ids of the overrides that fired and do no more."""
    @property
    def outcomes_gained(self) -> list[str]:
        """Ids of the outcomes that follow now and did not before."""
    @property
    def outcomes_lost(self) -> list[str]:
        """Ids of the outcomes that followed and do no more."""
    @property
    def outcomes_changed(self) -> list[str]:
        """Ids of the outcomes that follow as before, with another last day or amount."""
    def _repr_html_(self) -> str: ...

@final
class Standing:
    """Where an enterprise stands."""

    @property
    def status(self) -> _Status:
        """`rated`, `unrated` or `refer`; with `refer`, score and grade are provisional."""
    @property
    def score(self) -> Decimal | None:
        """The score; `None` when unrated."""
    @property
    def grade(self) -> str | None:
        """The grade; `None` when unrated."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

@final
class Shift:
    """Points before and after."""

    @property
    def kind(self) -> Literal["characteristic", "limit", "rounding"]:
        """What it comes from; `limit` is what the floor or the cap of a section adds or takes."""
    @property
    def id(self) -> str:
        """The id of the characteristic or the section; empty for rounding."""
    @property
    def old(self) -> Decimal:
        """Before; zero where there was no such rule."""
    @property
    def new(self) -> Decimal:
        """After."""
    @property
    def shift(self) -> Decimal:
        """After less before; not zero."""

@final
class ScoreShift:
    """How scores shifted, of enterprises that have a score before and after; a provisional one counts."""

    @property
    def rows(self) -> int:
        """How many there are."""
    @property
    def up(self) -> int:
        """How many have a higher score."""
    @property
    def down(self) -> int:
        """How many have a lower score."""
    @property
    def old_sum(self) -> Decimal:
        """The sum of the scores before."""
    @property
    def new_sum(self) -> Decimal:
        """The sum of the scores after."""
    @property
    def sum(self) -> Decimal:
        """The sum of all shifts."""
    @property
    def quantiles(self) -> dict[int, Decimal]:
        """By share in per cent the smallest shift that at least this share of the enterprises do not exceed."""
    @property
    def histogram(self) -> list[tuple[Decimal, int]]:
        """Every shift that occurs, rising, and how often."""

@final
class PointShift:
    """How the points of a section or a characteristic shifted."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use."""
    @property
    def up(self) -> int:
        """How many enterprises have more points."""
    @property
    def down(self) -> int:
        """How many have fewer."""
    @property
    def sum(self) -> Decimal:
        """The sum of all shifts."""

@final
class Count:
    """How often an override fired or an outcome followed."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use."""
    @property
    def old(self) -> int:
        """Before."""
    @property
    def new(self) -> int:
        """After."""
    @property
    def gained(self) -> int:
        """Enterprises for which it holds now and did not before."""
    @property
    def lost(self) -> int:
        """Enterprises for which it held and does no more."""
    @property
    def changed(self) -> int:
        """Enterprises for which it holds as before, with another last day or amount."""
    @property
    def old_amount(self) -> Decimal:
        """The sum of the amounts before; zero for what has none."""
    @property
    def new_amount(self) -> Decimal:
        """The sum of the amounts after."""

@final
class Difference(Sequence[RuleChange]):
    """What is different between two rulebooks, rule by rule. `print` says it in words."""

    @property
    def old_version(self) -> str:
        """The version before."""
    @property
    def new_version(self) -> str:
        """The version after."""
    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> RuleChange: ...  # type: ignore[override]
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def _repr_html_(self) -> str: ...

@final
class RuleChange:
    """What changed in one rule."""

    @property
    def kind(self) -> str:
        """`rulebook`, `section`, `characteristic`, `grade`, `override`, `outcome`, `measure`, `department`, `fact`
        or `function`."""
    @property
    def id(self) -> str:
        """Its id; empty for the rulebook itself."""
    @property
    def label(self) -> str:
        """The name people use: the new one."""
    @property
    def action(self) -> Literal["added", "removed", "changed"]:
        """What happened to it."""
    @property
    def details(self) -> list[Detail]:
        """What is different, or what a new rule says."""

@final
class Detail:
    """One difference."""

    @property
    def field(self) -> str:
        """The field, as the rule file has it: `missing`, `points`, `when`."""
    @property
    def text(self) -> str:
        """What it says in words: the field, the band or member, the old and the new."""
    @property
    def texts(self) -> _Labels:
        """The same, by language."""
    @property
    def old(self) -> str | None:
        """The old value; `None` where there was none, and where its words stayed the same."""
    @property
    def new(self) -> str | None:
        """The new value; `None` where there is none, and where its words stayed the same."""

@final
class Decisions:
    """The decisions of a run, a row an enterprise in the order of the data. It is an Arrow stream itself.

    It keeps the frame that was scored, or the path of the file, so that each decision can be explained. A pickle
    has the columns, faults, rejects and notices; the facts stay behind, so that whole decisions do not come out of
    it.
    """

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that was applied."""
    @property
    def as_of(self) -> date | None:
        """The date that was decided on; `None` where each row has its own."""
    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about the data: columns that are no facts, late deliveries."""
    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Rows that became no decision, with the reason of each."""
    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with the data of enterprises that were decided on."""
    def summary(self) -> Summary:
        """How many there are of each status and grade, and the like."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: str, /) -> Decision: ...
    @overload
    def __getitem__(self, at: int, /) -> Decision: ...
    def __contains__(self, code: object, /) -> bool: ...
    def __iter__(self) -> DecisionIterator: ...
    def __arrow_c_schema__(self) -> CapsuleType: ...
    def __arrow_c_stream__(self, requested_schema: CapsuleType | None = None) -> CapsuleType: ...
    def to_arrow(self) -> pyarrow.Table:
        """The decisions as a `pyarrow.Table`; nothing is copied."""
    def to_polars(self) -> polars.DataFrame:
        """The decisions as a `polars.DataFrame`."""
    def to_pandas(self) -> pandas.DataFrame:
        """The decisions as a `pandas.DataFrame`: numbers as `Decimal`, grades as an ordered category."""
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...

@final
class Tally:
    """How many goods and bads of a run there are by score, grade and band: what `xinpei.judging` computes from.

    Without an outcome every row counts as good.
    """

    def __new__(
        cls,
        decisions: Decisions,
        outcome: _Observed | None = None,
        *,
        bad: bool = True,
        drop: bool = False,
        referred: bool = False,
    ) -> Tally: ...
    @property
    def scores(self) -> list[tuple[Decimal, int, int]]:
        """Score, goods and bads of each score that occurs, the worst first."""
    @property
    def grades(self) -> list[tuple[str, int, int]]:
        """Grade, goods and bads of every grade, best first."""
    @property
    def left_out(self) -> list[tuple[str, int, int, int]]:
        """Reason, rows, goods and bads of what is not counted."""
    def bands(self, id: str) -> list[tuple[str, Decimal, bool, int, int]]:
        """Condition, points, whether it is that of missing answers, goods and bads of every band.

        The condition is empty where rows are told apart by points. Raises `KeyError` with the nearest id.
        """

@final
class DecisionIterator:
    """Walks through decisions."""

    def __iter__(self) -> DecisionIterator: ...
    def __next__(self) -> Decision: ...

@final
class Decision:
    """Everything said about one enterprise. `print` shows the waterfall."""

    @property
    def enterprise(self) -> str:
        """The key of the enterprise."""
    @property
    def name(self) -> str | None:
        """The name of the enterprise, where the data has one."""
    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that was applied."""
    @property
    def as_of(self) -> date:
        """The date that was decided on."""
    @property
    def status(self) -> _Status:
        """`rated`, `unrated` or `refer`; with `refer`, score and grade are provisional."""
    @property
    def score(self) -> Decimal | None:
        """The score; `None` when unrated."""
    @property
    def grade(self) -> str | None:
        """The grade; `None` when unrated."""
    @property
    def coverage(self) -> Decimal:
        """The share of attainable points that rests on present facts, rounded down to two digits."""
    @property
    def sections(self) -> tuple[SectionPoints, ...]:
        """Points by section."""
    @property
    def characteristics(self) -> tuple[CharacteristicPoints, ...]:
        """Points by characteristic."""
    @property
    def overrides(self) -> tuple[Fired, ...]:
        """The overrides that fired, in the order of the rules."""
    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why points were lost: overrides first, then the largest losses."""
    @property
    def outcomes(self) -> tuple[Follows, ...]:
        """What follows."""
    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the data."""
    @property
    def facts(self) -> str:
        """Digest of the facts that the rules use, `sha256:…`."""
    @property
    def receipt(self) -> str:
        """What it takes to replay the decision, `sha256:…`."""
    @staticmethod
    def from_json(text: str, rulebook: Rulebook, *, name: str | None = None, row: int | None = None) -> Decision:
        """Reads a decision back from its canonical form, as `to_json` and `decisions.jsonl` have it.

        Nothing is computed again: `xinpei replay` tells whether a recorded decision holds. Raises `InputError` when
        the text is no decision, or one by another rulebook.
        """
    def to_json(self) -> str:
        """The canonical form: one line of JSON, the same bytes here, in Rust and on the command line."""
    def waterfall(self) -> tuple[Step, ...]:
        """From nothing to the score, step by step; the steps add up to the last digit."""
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Summary:
    """How many decisions there are of each kind. Counts keep the order of the rulebook."""

    @property
    def decisions(self) -> int:
        """How many decisions there are."""
    @property
    def rejects(self) -> int:
        """How many rows became no decision."""
    @property
    def status(self) -> dict[str, int]:
        """How many decisions have each status."""
    @property
    def grades(self) -> dict[str, int]:
        """How many decisions have each grade, best first; provisional ones are counted too."""
    @property
    def faults(self) -> dict[tuple[str, str], int]:
        """How many faults there are of each fact and kind."""
    @property
    def reasons(self) -> dict[str, int]:
        """How often each reason was told, the most frequent first, ties by code; empty without the column `reasons`."""
    @property
    def score_min(self) -> Decimal | None:
        """The least score; `None` where nobody is rated."""
    @property
    def score_max(self) -> Decimal | None:
        """The greatest score."""
    @property
    def score_mean(self) -> Decimal | None:
        """The mean score, rounded half up to the digits of the score."""
    def _repr_html_(self) -> str: ...

@final
class Section:
    """A section of the scorecard."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """The name people use, by language."""
    @property
    def max(self) -> Decimal | None:
        """The cap; `None` without one."""
    @property
    def floor(self) -> Decimal | None:
        """The floor; `None` without one."""
    @property
    def characteristics(self) -> tuple[Characteristic, ...]:
        """Its characteristics."""
    def _repr_html_(self) -> str: ...

@final
class Characteristic:
    """A scored line."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """The name people use, by language."""
    @property
    def section(self) -> str:
        """The id of its section."""
    @property
    def basis(self) -> str:
        """The clause it rests on."""
    @property
    def way(self) -> Literal["bands", "members", "grid", "first", "each", "formula"]:
        """How it is scored."""
    @property
    def of(self) -> str:
        """What is scored, as written; empty for a list of conditions."""
    @property
    def points(self) -> list[tuple[str, str]]:
        """Its rows as written: condition and points."""
    @property
    def max(self) -> Decimal:
        """The most points that a known answer can have."""
    @property
    def min(self) -> Decimal:
        """The least points that a known answer can have."""
    @property
    def missing(self) -> Decimal:
        """The points when the answer is not known."""
    @property
    def baseline(self) -> Decimal:
        """The points against which a shortfall counts."""
    @property
    def code(self) -> str:
        """The code of its reason."""
    def _repr_html_(self) -> str: ...

@final
class Fact:
    """A fact of the dictionary."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """The name people use, by language."""
    @property
    def department(self) -> str:
        """The id of the department that delivers it."""
    @property
    def type(self) -> str:
        """`money`, `number`, `count`, `date`, `flag`, `category` or `events`."""
    @property
    def digits(self) -> int | None:
        """Digits after the point; `None` for what is no number."""
    @property
    def members(self) -> list[str]:
        """The members of a category."""
    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of a table: name and type."""
    @property
    def required(self) -> bool:
        """Whether an absent value is a fault."""

@final
class Grade:
    """A grade."""

    @property
    def id(self) -> str:
        """Its name."""
    @property
    def label(self) -> str:
        """What it means, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """What it means, by language."""
    @property
    def at_least(self) -> Decimal | None:
        """The least score; `None` for the last grade and for those reached by override only."""
    @property
    def by_override(self) -> bool:
        """Whether only an override leads to it."""

@final
class Override:
    """A rule that caps, sets, moves or withholds the grade."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """The name people use, by language."""
    @property
    def basis(self) -> str:
        """The clause it rests on."""
    @property
    def when(self) -> str:
        """The condition, as written."""
    @property
    def effect(self) -> str:
        """`cap`, `veto`, `notch` or `unrated`."""
    @property
    def grade(self) -> str | None:
        """The grade of a cap or a veto."""
    @property
    def notch(self) -> int | None:
        """The notches."""

@final
class Outcome:
    """What may follow from a decision."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def kind(self) -> str:
        """`entitlement`, `sanction`, `alert`, `listing` or `product`."""
    @property
    def department(self) -> str:
        """The id of the department that owes it."""
    @property
    def label(self) -> str:
        """What follows, in the language that was chosen."""
    @property
    def labels(self) -> _Labels:
        """What follows, by language."""
    @property
    def basis(self) -> str:
        """The clause it rests on."""
    @property
    def when(self) -> str:
        """The condition, as written."""

@final
class SectionPoints:
    """Points of a section."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def points(self) -> Decimal:
        """The points after floor and cap."""
    @property
    def max(self) -> Decimal:
        """The most points that the section can have."""

@final
class CharacteristicPoints:
    """Points of a characteristic."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def label(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def section(self) -> str:
        """The id of the section."""
    @property
    def value(self) -> str | None:
        """What was scored, in its plain spelling; `None` where it is not known, and for conditions."""
    @property
    def points(self) -> Decimal:
        """The points."""
    @property
    def max(self) -> Decimal:
        """The most points that a known answer can have."""
    @property
    def missing(self) -> bool:
        """Whether the answer was not known."""

@final
class Fired:
    """An override that fired."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def effect(self) -> str:
        """`cap`, `veto`, `notch` or `unrated`."""
    @property
    def grade(self) -> str | None:
        """The grade of a cap or a veto."""
    @property
    def notch(self) -> int | None:
        """The notches."""
    @property
    def text(self) -> str:
        """The name people use, in the language that was chosen."""
    @property
    def basis(self) -> str:
        """The clause it rests on."""

@final
class Reason:
    """Why points were lost."""

    @property
    def code(self) -> str:
        """The code."""
    @property
    def lost(self) -> Decimal | None:
        """The points lost; `None` for an override."""
    @property
    def text(self) -> str:
        """The text, in the language that was chosen."""
    @property
    def texts(self) -> _Labels:
        """The text, by language."""

@final
class Follows:
    """What follows from a decision."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def kind(self) -> str:
        """`entitlement`, `sanction`, `alert`, `listing` or `product`."""
    @property
    def department(self) -> str:
        """The id of the department that owes it."""
    @property
    def text(self) -> str:
        """What follows, in the language that was chosen."""
    @property
    def basis(self) -> str:
        """The clause it rests on."""
    @property
    def until(self) -> date | None:
        """The last day."""
    @property
    def amount(self) -> Decimal | None:
        """The amount."""

@final
class Fault:
    """One thing wrong with the data of one enterprise."""

    @property
    def enterprise(self) -> str:
        """The key of the enterprise."""
    @property
    def row(self) -> int | None:
        """The place of its decision among the decisions, counted from 0; `None` in a decision made alone."""
    @property
    def fact(self) -> str:
        """The fact, or a field as `court.cases.due`."""
    @property
    def kind(self) -> str:
        """What is wrong, such as `out_of_range`."""
    @property
    def value(self) -> str:
        """The value as it came."""

@final
class Reject:
    """A row that became no decision."""

    @property
    def file(self) -> str:
        """The file, or `data` for what was in memory."""
    @property
    def line(self) -> int:
        """The line on which the row starts, counted from 1; in a frame the number of the row."""
    @property
    def enterprise(self) -> str:
        """The key as it came."""
    @property
    def reason(self) -> str:
        """Why, in one line."""

@final
class Step:
    """One step of the waterfall."""

    @property
    def kind(self) -> Literal["characteristic", "limit", "rounding"]:
        """What it is: `limit` is the floor or the cap of a section."""
    @property
    def id(self) -> str:
        """The id of the characteristic or the section; empty for rounding."""
    @property
    def amount(self) -> Decimal:
        """What it adds."""
    @property
    def total(self) -> Decimal:
        """The sum up to here."""
