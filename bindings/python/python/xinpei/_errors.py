"""The exceptions of the package.

What is wrong with one enterprise's data is no exception: it is a `Fault` in its decision, whose status is
`refer`. What a caller, a rule author or the machine got wrong is one of these.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xinpei._xinpei import Decision, Decisions, Diagnostics, Rulebook

__all__ = [
    "ColumnError",
    "Error",
    "ExchangeError",
    "ExchangeWarning",
    "FileError",
    "InexactError",
    "InputError",
    "RuleError",
]


class Error(Exception):
    """Whatever this package raises by itself."""


class RuleError(Error):
    """A rulebook or a mapping has mistakes; `diagnostics` has all of them."""

    diagnostics: Diagnostics

    def __init__(self, message: str, diagnostics: Diagnostics) -> None:
        super().__init__(message, diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return str(self.args[0])


class InputError(Error, ValueError):
    """Something that was given cannot be used.

    `fact`, `column` and `row` (counted from 0) say where, as far as that is known.
    """

    fact: str | None
    column: str | None
    row: int | None

    def __init__(
        self, message: str, *, fact: str | None = None, column: str | None = None, row: int | None = None
    ) -> None:
        super().__init__(message)
        self.fact = fact
        self.column = column
        self.row = row


class ColumnError(InputError):
    """Columns do not fit: one is missing, stands twice, or has a type that its fact is not read from."""


class InexactError(InputError):
    """A float where an exact number is needed, and nobody said with how many digits it is read."""


class ExchangeError(InputError):
    """A format and the rules do not fit together; `items` has everything that cannot be carried."""

    items: tuple[str, ...]

    def __init__(self, message: str, items: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.items = tuple(items)


class ExchangeWarning(UserWarning):
    """What was carried and reads otherwise than before."""


class FileError(Error, OSError):
    """A file could not be read."""


def _rulebook(files: dict[str, bytes], id: str | None, version: str | None, lock: str | None) -> Rulebook:
    """Makes a rulebook again from its pickle."""
    from xinpei._xinpei import Rulebook

    return Rulebook.from_files(files, id=id, version=version, lock=lock)


_KNOWN: dict[bytes, Rulebook] = {}


def _known(content: bytes) -> Rulebook:
    """The rulebook of many decisions, made once."""
    found = _KNOWN.get(content)
    if found is None:
        found = cast("Rulebook", pickle.loads(content))
        while len(_KNOWN) >= 8:
            _KNOWN.pop(next(iter(_KNOWN)), None)
        _KNOWN[content] = found
    return found


def _decision(content: bytes, text: str, name: str | None, row: int | None) -> Decision:
    """Makes a decision again from its pickle."""
    from xinpei._xinpei import Decision

    return Decision.from_json(text, _known(content), name=name, row=row)


def _decisions(content: bytes, *rest: Any) -> Decisions:
    """Makes decisions again from their pickle."""
    from xinpei._xinpei import Decisions

    return cast("Decisions", getattr(Decisions, "_again")(_known(content), *rest))  # noqa: B009
