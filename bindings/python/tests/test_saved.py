"""Every characteristic of yuanhe is changed in turn and saved: only the lines that must change do.

What a file must look like afterwards comes from PyYAML, which says where a value stands in the text.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import xinpei
import yaml
from conftest import AS_OF, ROOT
from dossiers import delivered, dictionary, table
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

RULES = ROOT / "rules" / "yuanhe" / "2026.1"
EXAMPLE = ROOT / "examples" / "yuanhe"

Files = dict[str, bytes]


def child(node: Node, key: str) -> Node | None:
    """The value behind a key of a map."""
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def numbers(node: Node | None, path: str) -> Iterator[tuple[str, ScalarNode]]:
    """All points under a node, and the paths that lead to them."""
    match node:
        case SequenceNode():
            for at, item in enumerate(node.value):
                yield from numbers(child(item, "points"), f"{path}[{at}].points")
                yield from numbers(child(item, "by"), f"{path}[{at}].by")
        case MappingNode():
            for key, value in node.value:
                yield from numbers(value, f"{path}.{key.value}")
        case ScalarNode() if node.value.lstrip("-").replace(".", "").replace("_", "").isdigit():
            yield path, node


def places(characteristic: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Numbers of a characteristic that can be changed: points first, then the others."""
    deduct = child(characteristic, "deduct")
    for path, node in (("points", child(characteristic, "points")), ("first", child(characteristic, "first"))):
        yield from numbers(node, path)
    if deduct is not None:
        # Below the first, which a promise may hold to the others.
        yield from list(numbers(child(deduct, "points"), "deduct.points"))[1:]
    for key in ("start", "at_most", "missing"):
        yield from numbers(child(characteristic, key), key)


def characteristics(files: Files) -> Iterator[tuple[str, str, Node]]:
    """Each id, the file that has it, and where it stands in it."""
    for path, content in sorted(files.items()):
        if path.startswith("sections/"):
            root = yaml.compose(content.decode())
            assert root is not None
            found = child(root, "characteristics")
            assert isinstance(found, SequenceNode)
            for node in found.value:
                name = child(node, "id")
                assert isinstance(name, ScalarNode)
                yield name.value, path, node


def lines(before: bytes, after: bytes) -> list[str]:
    """The lines that a unified diff takes and puts."""
    pair = (before.decode().splitlines(), after.decode().splitlines())
    diff = list(difflib.unified_diff(*pair, n=0, lineterm=""))
    return [line for line in diff[2:] if not line.startswith("@@")]


@pytest.fixture(scope="module")
def slim() -> xinpei.Rulebook:
    """The scorecard with its facts and grades: cases, measures and outcomes are read here over and over."""
    aside = ("cases/", "measures/", "outcomes/")
    whole = xinpei.Rulebook.load(RULES)
    return xinpei.Rulebook.from_files({path: text for path, text in whole.files.items() if not path.startswith(aside)})


@pytest.fixture(scope="module")
def firms() -> pa.Table:
    return table(dict(list(delivered(EXAMPLE, RULES).items())[:6]), dictionary(RULES), True)


def changed(slim: xinpei.Rulebook, id: str, path: str, node: Node) -> tuple[xinpei.Rulebook, str, ScalarNode, str]:
    """A trial with one number of a characteristic one less or one more: the first that its promises allow."""
    for field, scalar in places(node):
        for step in (-1, 1):
            text = str(Decimal(scalar.value.replace("_", "")) + step)
            try:
                return slim.with_changes({id: {field: Decimal(text)}}), field, scalar, text
            except xinpei.RuleError:
                continue
    raise AssertionError(f"{path}: nothing of {id} can be changed")


def test_every_characteristic(slim: xinpei.Rulebook, firms: pa.Table, tmp_path: Path) -> None:
    files = slim.files
    all = list(characteristics(files))
    assert [id for id, _, _ in all] == [rule.id for rule in slim.characteristics] and len(all) == 87

    folder = tmp_path / "yuanhe" / "2026.1"
    assert slim.save(folder) == sorted(files, key=lambda name: (name == "rulebook.yaml", name))
    fields = set()
    for id, path, node in all:
        trial, field, scalar, text = changed(slim, id, path, node)
        # Over the rules before only what differs is written.
        assert trial.save(folder) == [path]
        saved = {name: (folder / name).read_bytes() for name in files}
        start, end = scalar.start_mark.index, scalar.end_mark.index
        before = files[path].decode()
        assert saved.pop(path).decode() == before[:start] + text + before[end:], (id, field)
        # One line went and one came, in one file.
        shown = lines(files[path], (folder / path).read_bytes())
        assert [line[0] for line in shown] == ["-", "+"], shown
        assert saved == {name: content for name, content in files.items() if name != path}
        # What was saved has no mistake, and is the trial.
        again = xinpei.Rulebook.load(folder)
        assert again.digest == trial.digest != slim.digest
        assert all_said(again, firms) == all_said(trial, firms)
        (folder / path).write_bytes(files[path])
        fields.add(field.split(".")[0].split("[")[0])
    assert fields >= {"points", "first", "deduct", "start"}


def all_said(rulebook: xinpei.Rulebook, firms: pa.Table) -> list[str]:
    return [decision.to_json() for decision in rulebook.score(firms, as_of=AS_OF)]


def test_comments_order_and_layout_stay(slim: xinpei.Rulebook, tmp_path: Path) -> None:
    """Several kinds of changes at once, each on lines of its own."""
    trial = slim.with_changes(
        {
            "power.late_run": {"points[1].points": 9, "label.en": "Longest run of late months"},
            "grades.AA": {"from": 870},
            "tax.grade": {"reason": {"code": "tax_grade", "text": {"zh": "纳税信用级别", "en": "Tax credit grade"}}},
            "rulebook.title.en": "Yuanhe trial",
        }
    )
    folder = tmp_path / "yuanhe" / "2026.1"
    assert set(slim.save(folder)) == set(slim.files)
    written = trial.save(folder)
    assert written == ["grades.yaml", "sections/02-tax.yaml", "sections/05-utility.yaml", "rulebook.yaml"]
    said = {path: lines(slim.files[path], trial.files[path]) for path in written}
    assert [line[0] for path in written for line in said[path]].count("-") == 4
    assert any(line.startswith("+") and "870" in line for line in said["grades.yaml"])
    assert said["sections/02-tax.yaml"] == [
        "+    reason: {code: tax_grade, text: {zh: 纳税信用级别, en: Tax credit grade}}"
    ]
    assert xinpei.Rulebook.load(folder).title == "Yuanhe trial"
    assert not [note for note in xinpei.check(folder) if note.severity == "error"]


def test_where_a_rulebook_cannot_be_saved(slim: xinpei.Rulebook, tmp_path: Path) -> None:
    with pytest.raises(xinpei.InputError, match="is not the folder of yuanhe 2026.1"):
        slim.save(tmp_path / "elsewhere")
    folder = tmp_path / "yuanhe" / "2026.1"
    slim.save(folder)
    (folder.parent / "2026.1.lock").write_text(f"{slim.digest} language:1\n")
    trial = slim.with_changes({"tax.grade.missing": 29})
    before = {path: (folder / path).read_bytes() for path in slim.files}
    with pytest.raises(xinpei.InputError, match="was released and is never changed"):
        trial.save(folder)
    assert {path: (folder / path).read_bytes() for path in slim.files} == before
    # A released version is changed as a new one.
    later = trial.with_changes({"rulebook": {"version": "2026.2", "effective.from": date(2026, 10, 1)}})
    assert (later.version, later.effective_from) == ("2026.2", date(2026, 10, 1))
    assert set(later.save(folder.parent / "2026.2")) == set(slim.files)
    assert xinpei.Rulebook.load(folder.parent / "2026.2").digest == later.digest
