"""The conversation with the comparison: which cases there are, their answers, and their time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workload import Answers, Card


@dataclass(frozen=True)
class Case:
    """One way to score the card: ``run`` is timed, ``answers`` turns what it returns into columns.

    Without ``answers`` it is compared in speed alone.
    """

    name: str
    rows: int
    run: Callable[[], Any]
    answers: Callable[[Any], Answers] | None
    case: str = "batch"


def arguments() -> tuple[Path, int]:
    """Folder of the data, and how many rows are wanted at most."""
    return Path(sys.argv[1]), int(sys.argv[2])


def serve(card: Card, cases: list[Case]) -> None:
    """Answer until told to end."""
    listed = "\t".join(f"{i}|{case.case}|{case.rows}|{case.name}" for i, case in enumerate(cases))
    reply(listed)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            return
        case = cases[int(words[1])]
        if words[0] == "run":
            start = time.process_time_ns()
            result = case.run()
            spent = time.process_time_ns() - start
            del result
            reply(str(spent))
        elif case.answers is None:
            reply("other")
        else:
            reply(write(card, case.answers(case.run()), Path(words[2])))


def reply(text: str) -> None:
    """One line back."""
    print("ok", text, flush=True)


def write(card: Card, answers: Answers, path: Path) -> str:
    """Write answers as raw columns; whether they have reasons."""
    with path.open("wb") as file:
        np.asarray(answers.scores).astype("<i4").tofile(file)
        np.asarray(answers.grades).astype("u1").tofile(file)
        mask = (1 << card.bits) - 1
        keys = [np.asarray(column).astype(np.int64) for column in answers.keys]
        for column in keys:
            np.where(column > 0, mask - (column & mask), 65_535).astype("<u2").tofile(file)
        for column in keys:
            np.where(column > 0, column >> card.bits, 0).astype("<i4").tofile(file)
    return "reasons" if answers.keys else "none"
