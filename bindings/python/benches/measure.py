"""What Python costs: an import, one dict, a million rows, one trial after another; and ZEN beside it.

    python bindings/python/benches/measure.py [--rows 1000000] [--rounds 9]

Needs a release build (`maturin develop --release`), numpy and pyarrow; `zen-engine` is measured where it is
installed. All times are medians; peers take turns, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xinpei

AS_OF = "2026-06-30"
LINES, BANDS, SECTIONS = 25, 6, 5
Bands = list[tuple[int | None, int]]


def bands(line: int) -> Bands:
    """Edges a hundred and some apart, and points that fall."""
    top = 20 + line % 7 * 3
    return [(None if at == BANDS - 1 else 90 + at * 150 + line, top - at * 3) for at in range(BANDS)]


def rules() -> dict[str, str]:
    """A card of 25 lines in five sections, four reasons, ten grades, two overrides."""
    facts = "".join(
        f"  - {{id: a.f{at}, label: {{en: Fact {at}}}, type: count, range: {{from: 0, to: 1_000_000}}}}\n"
        for at in range(LINES)
    )
    files = {
        "rulebook.yaml": 'rulebook: card\nversion: "1"\nlanguage: 1\ntitle: {en: Card}\nauthority: {en: Nobody}\n'
        "effective: {from: 2026-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 0, rounding: half_up}\n"
        "reasons: {count: 4}\n",
        "facts/a.yaml": f"department: a\nlabel: {{en: A}}\nrefresh: 1 month\nfacts:\n{facts}",
    }
    for section in range(SECTIONS):
        text = f"section: s{section}\nlabel: {{en: Section {section}}}\nmax: 120\ncharacteristics:\n"
        for line in range(section, LINES, SECTIONS):
            text += (
                f"  - id: a.c{line}\n    label: {{en: Line {line}}}\n    basis: pilot\n    of: a.f{line}\n    points:\n"
            )
            for edge, points in bands(line):
                text += f"      - {{{'' if edge is None else f'upto: {edge}, '}points: {points}}}\n"
            text += "    missing: 5\n"
        files[f"sections/s{section}.yaml"] = text
    grades = "".join(f"  - {{id: G{at}, from: {540 - at * 30}, label: {{en: G{at}}}}}\n" for at in range(9))
    overrides = (
        "overrides:\n"
        "  - {id: o.one, label: {en: One}, basis: pilot, when: a.f0 > 980, cap: G4}\n"
        "  - {id: o.two, label: {en: Two}, basis: pilot, when: a.f1 > 980 && a.f2 > 500, notch: -1}\n"
    )
    files["grades.yaml"] = f"grades:\n{grades}  - {{id: G9, label: {{en: G9}}}}\n{overrides}"
    return files


def data(rows: int) -> pa.Table:
    """Values from 0 to 999, one in twenty missing."""
    random = np.random.default_rng(25)
    columns = {"enterprise": pa.array([f"firm-{at:07}" for at in range(rows)])}
    for at in range(LINES):
        columns[f"a.f{at}"] = pa.array(random.integers(0, 1000, rows), mask=random.random(rows) < 0.05)
    return pa.table(columns)


def zen() -> Callable[[dict[str, Any]], Any] | None:
    """The same card in ZEN: an expression node a line, then their sum."""
    try:
        import zen as engine
    except ImportError:
        return None

    def expression(line: int) -> str:
        text = "0"
        for edge, points in reversed(bands(line)):
            text = str(points) if edge is None else f"f{line} <= {edge} ? {points} : ({text})"
        return f"f{line} == null ? 5 : ({text})"

    lines = [{"id": f"e{at}", "key": f"c{at}", "value": expression(at)} for at in range(LINES)]
    total = {"id": "t", "key": "score", "value": " + ".join(f"$.c{at}" for at in range(LINES))}
    node = {"id": "x", "name": "x", "type": "expressionNode", "content": {"expressions": [*lines, total]}}
    content = {
        "nodes": [{"id": "i", "name": "i", "type": "inputNode"}, node, {"id": "o", "name": "o", "type": "outputNode"}],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "i", "targetId": "x"},
            {"id": "2", "type": "edge", "sourceId": "x", "targetId": "o"},
        ],
    }
    decision = engine.ZenEngine().create_decision(json.dumps(content))
    return lambda firm: decision.evaluate(firm)["result"]["score"]


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median of each, taken in turns after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for at in range(rounds + 1):
        for name, call in calls.items():
            took = seconds(call)
            if at:
                times[name].append(took)
    return {name: statistics.median(list) for name, list in times.items()}


def resident() -> int:
    """Bytes of this process in memory now."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def imported() -> float:
    program = "import time; t = time.perf_counter(); import xinpei; print(time.perf_counter() - t)"
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(9))


def one_dict(rulebook: xinpei.Rulebook, rounds: int) -> None:
    firm = {"enterprise": "firm", **{f"a.f{at}": (at * 137) % 1000 for at in range(LINES)}}
    calls: dict[str, Callable[[], object]] = {"xinpei, one dict": lambda: rulebook.decide(firm, as_of=AS_OF)}
    peer = zen()
    if peer is not None:
        plain = {f"f{at}": firm[f"a.f{at}"] for at in range(LINES)}
        score = rulebook.with_changes({f"sections.s{at}": {"max": None} for at in range(SECTIONS)})
        assert int(peer(plain)) == score.decide(firm, as_of=AS_OF).score, "ZEN comes to another score"
        calls["ZEN from Python, one dict"] = lambda: peer(plain)
    for name, took in turns(calls, rounds * 200).items():
        print(f"{name:36} {took * 1e6:10.1f} µs")


def many(rulebook: xinpei.Rulebook, rows: int, rounds: int) -> None:
    table = data(rows)
    size = table.nbytes
    short = ["score", "grade", "reasons"]
    rulebook.score(table.slice(0, 20_000), as_of=AS_OF)
    before = resident()
    held = rulebook.hold(table, as_of=AS_OF)
    print(f"{'memory, held beside ' + str(size >> 20) + ' MB':36} {(resident() - before) / 2**20:10.1f} MB")
    rise = rulebook.with_changes({"a.c3": {"points[1].points": 25}})
    edge = rulebook.with_changes({"a.c3": {"points[0].upto": 100}})
    grade = rulebook.with_changes({"grades.G3": {"from": 445}})
    calls: dict[str, Callable[[], object]] = {
        "score": lambda: rulebook.score(table, as_of=AS_OF),
        "score, grade and reasons": lambda: rulebook.score(table, as_of=AS_OF, columns=short),
        "hold": lambda: rulebook.hold(table, as_of=AS_OF),
        "compare, points of a band": lambda: held.compare(rise),
        "compare, edge of a band": lambda: held.compare(edge),
        "compare, edge of a grade": lambda: held.compare(grade),
        "with_changes": lambda: rulebook.with_changes({"a.c3": {"points[1].points": 25}}),
    }
    took = turns(calls, rounds)
    for name, time_ in took.items():
        share = time_ / took["score"]
        print(f"{name:36} {time_ * 1e3:10.1f} ms {time_ / rows * 1e9:8.1f} ns a row {share * 100:7.1f} %")
    for name, trial in (("points of a band", rise), ("edge of a band", edge), ("edge of a grade", grade)):
        comparison = held.compare(trial)
        print(f"{name:36} {comparison.changed:10} changed {comparison.moved:8} moved")


def main() -> None:
    parser = argparse.ArgumentParser(description="What Python costs.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    rulebook = xinpei.Rulebook.from_files(rules())
    print(f"{'load average':36} {os.getloadavg()[0]:10.1f}")
    print(f"{'import':36} {imported() * 1e3:10.1f} ms")
    one_dict(rulebook, args.rounds)
    many(rulebook, args.rows, args.rounds)


if __name__ == "__main__":
    main()
