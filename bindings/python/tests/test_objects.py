"""Rulebooks, decisions and summaries as objects: what they say, in threads, through pickle, under Ctrl-C."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT, Command, code

FIRM = {"enterprise": code(1), "size.industry": "industrial", "size.staff": 300, "size.revenue": 20_000_000}


def test_a_rulebook(yuanhe: xinpei.Rulebook) -> None:
    assert (yuanhe.id, yuanhe.version) == ("yuanhe", "2026.1")
    assert yuanhe.title == "Yuanhe SME credit rating rules"
    assert yuanhe.titles["zh"] == "袁河工业平台中小企业信用评级规则"
    assert yuanhe.effective_from == date(2026, 4, 1) and yuanhe.effective_to is None
    assert len(yuanhe.sections) == 10
    assert [grade.id for grade in yuanhe.grades] == "AAA AA A BBB BB B CCC CC C D".split()
    assert sum(len(section.characteristics) for section in yuanhe.sections) == len(yuanhe.characteristics)
    assert yuanhe.files["rulebook.yaml"] == (ROOT / "rules/yuanhe/2026.1/rulebook.yaml").read_bytes()
    assert {note.severity for note in yuanhe.notes} == {"note"}
    assert list(yuanhe.notes) == list(xinpei.check(yuanhe.folder))


def test_a_characteristic(yuanhe: xinpei.Rulebook) -> None:
    """As rules/yuanhe/2026.1/sections writes it."""
    late = yuanhe["power.late_run"]
    assert isinstance(late, xinpei.Characteristic)
    assert (late.section, late.way, late.of) == ("utility", "bands", "late_run(power.bills)")
    assert late.points[:4] == [("≤ 0", "15"), ("≤ 1", "10"), ("≤ 2", "5"), ("otherwise", "0")]
    assert (late.max, late.min) == (Decimal(15), Decimal(0))
    assert late.points[4] == ("missing", str(late.missing))
    xinpei.language("zh")
    assert late.label == "近两年连续逾期月数" and late.points[3][0] == "其余"
    assert late.labels["en"] == "Longest run of late months in two years"
    with pytest.raises(KeyError, match=r"did you mean `power\.late_run`"):
        yuanhe["power.laterun"]
    section = yuanhe["tax"]
    assert isinstance(section, xinpei.Section) and section.labels["en"] == "Tax credit"
    fact = yuanhe["court.cases"]
    assert isinstance(fact, xinpei.Fact) and fact.type == "events" and ("filed", "date") in fact.fields
    ways = {line.way for line in yuanhe.characteristics}
    assert ways >= {"bands", "members", "first", "each", "formula"}
    assert all(line.points for line in yuanhe.characteristics)


def test_a_decision_says_what_its_json_says(command: Command, yuanhe: xinpei.Rulebook) -> None:
    decisions = yuanhe.score(ROOT / "examples" / "yuanhe", as_of=date(2026, 6, 30))
    shown = json.loads(
        command("explain", "91000000MA0000242C", "examples/yuanhe", "--as-of", AS_OF, "--format", "json")
    )
    decision = decisions["91000000MA0000242C"]
    said = shown["decision"]
    assert json.loads(decision.to_json()) == said
    assert decision.score == Decimal(said["score"]) and str(decision.score) == said["score"]
    assert (decision.status, decision.grade) == (said["status"], said["grade"])
    assert decision.as_of == date(2026, 6, 30) and str(decision.coverage) == said["coverage"]
    assert (decision.facts, decision.receipt) == (said["facts"], said["receipt"])
    assert [(s.id, str(s.points), str(s.max)) for s in decision.sections] == [
        (s["id"], s["points"], s["max"]) for s in said["sections"]
    ]
    assert [(c.id, c.section, c.value, str(c.points), str(c.max), c.missing) for c in decision.characteristics] == [
        (c["id"], c["section"], c["value"], c["points"], c["max"], c["missing"]) for c in said["characteristics"]
    ]
    assert [(o.id, o.effect, o.grade, o.basis) for o in decision.overrides] == [
        (o["id"], o["effect"], o["grade"], o["basis"]) for o in said["overrides"]
    ]
    assert [(r.code, r.lost and str(r.lost), r.texts) for r in decision.reasons] == [
        (r["code"], r.get("lost"), r["text"]) for r in said["reasons"]
    ]
    assert [(o.id, o.kind, o.department, o.until and str(o.until)) for o in decision.outcomes] == [
        (o["id"], o["kind"], o["department"], o.get("until")) for o in said["outcomes"]
    ]
    steps = [(s.kind, s.id, str(s.amount), str(s.total)) for s in decision.waterfall()]
    assert steps == [(s["kind"], s["id"], s["amount"], s["total"]) for s in shown["waterfall"]]
    assert decision.waterfall()[-1].total == decision.score
    assert decision.name == "翌源建设工程（虚构）有限公司"


def test_decisions(yuanhe: xinpei.Rulebook) -> None:
    decisions = yuanhe.score(str(ROOT / "examples" / "yuanhe"), as_of=AS_OF)
    assert len(decisions) == 500 and len(list(decisions)) == 500
    table = decisions.to_arrow()
    assert table.schema.metadata[b"xinpei.version"] == b"2026.1"
    assert table["score"].to_pylist() == [decision.score for decision in decisions]
    assert table["grade"].to_pylist() == [decision.grade for decision in decisions]
    polars, pandas = decisions.to_polars(), decisions.to_pandas()
    assert polars["score"].to_list() == pandas["score"].tolist() == table["score"].to_pylist()
    assert isinstance(pandas["score"][0], Decimal)
    summary = decisions.summary()
    grades = table["grade"].to_pylist()
    assert summary.grades == {grade.id: grades.count(grade.id) for grade in yuanhe.grades}
    scores = [score for score in table["score"].to_pylist() if score is not None]
    assert (summary.score_min, summary.score_max) == (min(scores), max(scores))
    assert summary.score_mean == (sum(scores) / len(scores)).quantize(Decimal("0.01"))
    assert sum(summary.status.values()) == summary.decisions == 500
    codes = [reason["code"] for reasons in table["reasons"].to_pylist() for reason in reasons]
    assert summary.reasons == {key: codes.count(key) for key in set(codes)}
    assert list(summary.reasons.values()) == sorted(summary.reasons.values(), reverse=True)
    assert len(decisions.faults) == sum(len(decision.faults) for decision in decisions)
    for fault in decisions.faults:
        assert fault.row is not None and decisions[fault.row].enterprise == fault.enterprise
    assert decisions[-1].enterprise == table["enterprise"][499].as_py()
    assert "91000000MA0000242C" in decisions and "91" not in decisions
    with pytest.raises(IndexError):
        decisions[500]
    with pytest.raises(KeyError, match="did you mean"):
        decisions["91000000MA0000242D"]
    assert any("absent" in notice for notice in decisions.notices)


def test_columns(sme: xinpei.Rulebook) -> None:
    data = pa.Table.from_pylist([FIRM])
    few = sme.score(data, as_of=AS_OF, columns="score,enterprise")
    assert few.columns == few.to_arrow().column_names == ["enterprise", "score"]
    assert sme.score(data, as_of=AS_OF, columns=["sections"]).columns == ["section:size"]
    every = sme.score(data, as_of=AS_OF, columns="all").columns
    assert "characteristic:size.industrial" in every and "as_of" in every
    # What is not asked for is explained all the same.
    assert few[0] == sme.decide(FIRM, as_of=AS_OF)


def test_a_version_that_is_not_in_force_is_told(yuanhe: xinpei.Rulebook) -> None:
    firm = {"enterprise": code(1), "registry.status": "operating"}
    assert any("not in force on 2020-01-01" in n for n in yuanhe.score(firm, as_of="2020-01-01").notices)
    assert not yuanhe.score(firm, as_of=AS_OF).notices


def test_language() -> None:
    assert xinpei.language() == "en"
    assert xinpei.language("zh") == xinpei.language() == "zh"
    with pytest.raises(xinpei.InputError, match="`zh` or `en`"):
        xinpei.language("fr")  # type: ignore[arg-type]


def test_pickle(yuanhe: xinpei.Rulebook, sme: xinpei.Rulebook) -> None:
    again = pickle.loads(pickle.dumps(yuanhe))
    assert again == yuanhe and again.digest == yuanhe.digest and hash(again) == hash(yuanhe)
    assert again != sme
    released = xinpei.Rulebook.load(ROOT / "rules" / "yuanhe" / "2025.1")
    assert pickle.loads(pickle.dumps(released)).digest == released.digest
    with pytest.raises(xinpei.RuleError) as raised:
        xinpei.Rulebook.from_files({**sme.files, "grades.yaml": b"grades: []\n"})
    error = pickle.loads(pickle.dumps(raised.value))
    assert str(error) == str(raised.value) and list(error.diagnostics) == list(raised.value.diagnostics)


def test_a_released_version_that_was_changed(sme: xinpei.Rulebook) -> None:
    released = xinpei.Rulebook.load(ROOT / "rules" / "yuanhe" / "2025.1")
    _, (files, id, version, lock) = released.__reduce__()
    text = files["grades.yaml"].replace(b"from: 900", b"from: 901")
    if text == files["grades.yaml"]:
        text = files["grades.yaml"].replace(b"from:", b"from: 1", 1)
    with pytest.raises(xinpei.RuleError, match="was released with other content"):
        xinpei.Rulebook.from_files({**files, "grades.yaml": text}, id=id, version=version, lock=lock)


def test_diagnostics_show_the_line(sme: xinpei.Rulebook, tmp_path: Path) -> None:
    folder = tmp_path / "sme-size" / "2011.1"
    for path, content in sme.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    text = sme.files["rulebook.yaml"].decode().replace("language: 1", "language: 1\nlaguages: [zh]")
    (folder / "rulebook.yaml").write_text(text)
    line = text.splitlines().index("laguages: [zh]") + 1
    with pytest.raises(xinpei.RuleError) as raised:
        xinpei.Rulebook.load(folder)
    message = str(raised.value)
    assert f"{folder}/rulebook.yaml:{line}:1" in message
    assert f"{line} | laguages: [zh]\n" in message and "^^^^^^^^" in message and "did you mean" in message
    found = next(d for d in raised.value.diagnostics if d.line == line)
    assert (found.severity, found.column, found.text, found.length) == ("error", 1, "laguages: [zh]", 8)
    assert list(xinpei.check(folder)) == list(raised.value.diagnostics)
    assert "laguages" in raised.value.diagnostics._repr_html_()


def test_a_mapping_with_mistakes(yuanhe: xinpei.Rulebook, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("mapping: 1\nrules: x\nfiles:\n  - {file: a.csv, key: k, regster: true}\n")
    with pytest.raises(xinpei.RuleError, match=r"mapping\.yaml:4"):
        yuanhe.score(tmp_path, as_of=AS_OF)


def test_threads_share_a_rulebook(sme: xinpei.Rulebook, yuanhe: xinpei.Rulebook) -> None:
    firms = [FIRM | {"enterprise": code(at), "size.staff": at} for at in range(400)]
    expected = [sme.decide(firm, as_of=AS_OF) for firm in firms]
    other = {"enterprise": code(1), "registry.status": "operating"}
    theirs = yuanhe.decide(other, as_of=AS_OF)

    def work(firm: dict[str, object]) -> xinpei.Decision:
        assert yuanhe.decide(other, as_of=AS_OF) == theirs
        return sme.decide(firm, as_of=AS_OF)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, firms)) == expected
        runs = list(pool.map(lambda _: list(sme.score(firms, as_of=AS_OF)), range(8)))
    assert all(run == expected for run in runs)
    # One iterator, several threads: each decision once.
    shared = iter(sme.score(firms, as_of=AS_OF))
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: [next(shared) for _ in range(100)], range(4)))
    assert sorted(d.enterprise for part in parts for d in part) == sorted(d.enterprise for d in expected)


def big(rows: int) -> pa.Table:
    keys = pa.array([code(at) for at in range(rows)])
    industry = pa.array(["industrial"] * rows).dictionary_encode()
    return pa.table({"enterprise": keys, "size.industry": industry, "size.staff": pa.array(range(rows), pa.int64())})


def test_others_run_while_scoring(sme: xinpei.Rulebook) -> None:
    """A thread that counts goes on counting while another one scores."""
    data, counts, done = big(100_000), [0], threading.Event()

    def count() -> None:
        while not done.is_set():
            counts[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    before = counts[0]
    sme.score(data, as_of=AS_OF)
    after = counts[0]
    done.set()
    thread.join()
    assert after > before + 3


def test_ctrl_c_ends_a_run(sme: xinpei.Rulebook) -> None:
    """Far more rows than can be scored in the time of a test; most of them rejects, for their keys repeat."""
    data = pa.Table.from_batches(big(20_000).combine_chunks().to_batches() * 5_000)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    start = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sme.score(data, as_of=AS_OF)
    assert time.monotonic() - start < 10


def test_ctrl_c_in_a_stream_of_python(sme: xinpei.Rulebook) -> None:
    batch = big(100).combine_chunks().to_batches()[0]

    def batches() -> object:
        for at in range(100_000):
            if at == 2:
                os.kill(os.getpid(), signal.SIGINT)
            yield batch

    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    with pytest.raises(KeyboardInterrupt):
        sme.score(reader, as_of=AS_OF)


def test_threads_share_the_work(sme: xinpei.Rulebook, yuanhe: xinpei.Rulebook) -> None:
    """The same columns, rejects and order, however many there are."""
    data = pa.Table.from_batches(big(30_000).to_batches(max_chunksize=4_000))
    keys = data["enterprise"].to_pylist()
    keys = [None if at % 9 == 0 else keys[at % 25_000] for at in range(30_000)]
    rejected = data.set_column(0, "enterprise", pa.array(keys))
    one = sme.score(rejected, as_of=AS_OF)
    for threads in (2, 5):
        more = sme.score(rejected, as_of=AS_OF, threads=threads)
        assert more.to_arrow() == one.to_arrow()
        assert [str(r) for r in more.rejects] == [str(r) for r in one.rejects]
        assert more[20_000].to_json() == one[20_000].to_json()
    folder = ROOT / "examples" / "yuanhe"
    assert yuanhe.score(folder, as_of=AS_OF, threads=3).to_arrow() == yuanhe.score(folder, as_of=AS_OF).to_arrow()
    with pytest.raises(xinpei.InputError, match="`threads` is at least 1"):
        sme.score(data, as_of=AS_OF, threads=0)


def test_a_stream_of_python_is_read_by_threads(sme: xinpei.Rulebook) -> None:
    """Whoever reads it needs the interpreter, which the one that waits must not keep."""
    whole = big(20_000)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from whole.to_batches(max_chunksize=1_000)
        raise ValueError("the wire is cut")

    reader = pa.RecordBatchReader.from_batches(whole.schema, batches())
    with pytest.raises(xinpei.InputError, match="the wire is cut"):
        sme.score(reader, as_of=AS_OF, threads=3)
    reader = pa.RecordBatchReader.from_batches(whole.schema, iter(whole.to_batches(max_chunksize=1_000)))
    assert sme.score(reader, as_of=AS_OF, threads=3).to_arrow() == sme.score(whole, as_of=AS_OF).to_arrow()


def test_ctrl_c_ends_threads(sme: xinpei.Rulebook) -> None:
    data = pa.Table.from_batches(big(20_000).combine_chunks().to_batches() * 5_000)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    start = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sme.score(data, as_of=AS_OF, threads=2)
    assert time.monotonic() - start < 10


def test_decisions_pickle_by_content(yuanhe: xinpei.Rulebook, sme: xinpei.Rulebook) -> None:
    decisions = list(yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF))[:60]
    assert any(d.faults for d in decisions) and any(d.overrides for d in decisions)
    text = pickle.dumps(decisions)
    again = pickle.loads(text)
    assert again == decisions
    for one, other in zip(decisions, again, strict=True):
        assert one.to_json() == other.to_json()
        assert (one.name, [str(f) for f in one.faults]) == (other.name, [str(f) for f in other.faults])
        assert (str(one), one._repr_html_()) == (str(other), other._repr_html_())
    # The rulebook is in it once.
    assert len(text) < len(pickle.dumps(yuanhe)) + sum(len(d.to_json().encode()) + 300 for d in decisions)
    first = decisions[0]
    assert xinpei.Decision.from_json(first.to_json(), yuanhe) == first
    with pytest.raises(xinpei.InputError, match="and this rulebook has"):
        xinpei.Decision.from_json(first.to_json(), sme)
    for bad in ("{}", first.to_json()[:-1], first.to_json().replace('"score":"', '"score":"x')):
        with pytest.raises(xinpei.InputError, match="this is no decision"):
            xinpei.Decision.from_json(bad, yuanhe)


def test_a_run_pickles_its_columns(yuanhe: xinpei.Rulebook, sme: xinpei.Rulebook) -> None:
    runs = [
        yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF),
        yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF, columns="score,grade,characteristics"),
        sme.score([FIRM, {"enterprise": "wrong"}], as_of=AS_OF),
        sme.score([], as_of=AS_OF),
    ]
    for decisions in runs:
        again = pickle.loads(pickle.dumps(decisions))
        assert again.to_arrow() == decisions.to_arrow()
        assert (repr(again), str(again), again.columns) == (repr(decisions), str(decisions), decisions.columns)
        assert [repr(f) for f in again.faults] == [repr(f) for f in decisions.faults]
        assert [repr(r) for r in again.rejects] == [repr(r) for r in decisions.rejects]
        assert (again.notices, again.as_of, again.rulebook) == (decisions.notices, decisions.as_of, decisions.rulebook)
        if len(again) > 0:
            with pytest.raises(xinpei.InputError, match="did not travel with their pickle"):
                again[0]
