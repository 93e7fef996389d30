"""A PMML Scorecard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xinpei._errors import FileError, InputError
from xinpei._xinpei import _import_pmml
from xinpei.importing._table import Digits, Heading, digits_given

if TYPE_CHECKING:
    import os
    from datetime import date

    from xinpei._xinpei import Rulebook


def from_pmml(
    path: str | os.PathLike[str],
    *,
    digits: Digits = 4,
    members: Mapping[str, Sequence[str]] | None = None,
    reasons: bool = True,
    id: str = "pmml",
    version: str = "1",
    authority: str = "",
    effective_from: date | str = "2000-01-01",
    key: Literal["text", "uscc"] = "text",
    out: str | os.PathLike[str] | None = None,
) -> Rulebook:
    """A rulebook of a PMML document, version 4.1 to 4.4, with one Scorecard.

    `digits` is how many digits after the point the values of a double have: one number, or a dict by field (the
    others have 4). `members` lists values of a field of text beyond those that the document names. `reasons=False`
    leaves reasons out where they cannot be carried. What is carried and reads otherwise than before is warned of
    (`ExchangeWarning`); what cannot be carried raises `ExchangeError` with a list. Rows of verification are tried,
    and become cases. The other arguments are those of `from_optbinning`.
    """
    digits_given(digits)
    heading = Heading(
        id=id,
        version=version,
        title="",
        basis="",
        authority=authority,
        effective_from=effective_from,
        key=key,
        out=out,
    )
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise FileError(f"cannot read `{path}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"`{path}` is not UTF-8; save it as UTF-8") from error
    return _import_pmml(
        text,
        heading.head(),
        digits if isinstance(digits, int) else 4,
        dict(digits) if isinstance(digits, Mapping) else {},
        {field: [str(value) for value in values] for field, values in (members or {}).items()},
        not reasons,
        heading.out,
    )
