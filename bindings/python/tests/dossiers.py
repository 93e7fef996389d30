"""Dossiers of the example, read again by plain Python: mapping, dictionary and files, nothing of the engine.

Only what is spelt plainly is taken; an enterprise with anything else in one of its rows is left out.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

Facts = dict[str, Any]

DATES = (
    r"(\d{4})-(\d\d)-(\d\d)",
    r"(\d{4})/(\d\d?)/(\d\d?)",
    r"(\d{4})(\d\d)(\d\d)",
    r"(\d{4})年(\d\d?)月(\d\d?)日",
)
FLAGS = {"是": True, "有": True, "Y": True, "1": True, "true": True} | {
    "否": False,
    "无": False,
    "N": False,
    "0": False,
    "false": False,
}


class Strange(Exception):
    """A cell that is not spelt plainly."""


@dataclass
class Kind:
    """The values of a fact or a field."""

    type: str
    digits: int = 0
    members: dict[str, str] = field(default_factory=dict)
    low: Decimal | None = None
    high: Decimal | None = None
    fields: dict[str, Kind] = field(default_factory=dict)


def kind(fact: dict[str, Any]) -> Kind:
    members: dict[str, str] = {}
    listed = fact.get("members", {})
    for name in listed:
        members[str(name)] = str(name)
        if isinstance(listed, dict):
            members |= {text.strip(): str(name) for text in listed[name].values()}
    span = fact.get("range", {}) if fact["type"] != "date" else {}
    digits = {"money": 2, "number": int(fact.get("digits", 0))}.get(fact["type"], 0)
    low, high = (Decimal(span[key]) if key in span else None for key in ("from", "to"))
    fields = {f["id"]: kind(f) for f in fact.get("fields", [])}
    return Kind(fact["type"], digits, members, low, high, fields)


class Loader(yaml.SafeLoader):
    """Scalars as texts: nothing becomes a float."""


Loader.yaml_implicit_resolvers = {}


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)


def dictionary(rules: Path) -> dict[str, Kind]:
    """The kinds of all facts, in the order of the dictionary's files."""
    files = sorted((rules / "facts").glob("*.yaml"))
    return {fact["id"]: kind(fact) for file in files for fact in load(file)["facts"]}


def number(text: str, what: Kind, times: Decimal) -> Decimal:
    text = unicodedata.normalize("NFKC", text)
    if what.type == "money":
        text = text.removeprefix("¥")
    if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise Strange(text)
    value = Decimal(text) * times
    if (what.low is not None and value < what.low) or (what.high is not None and value > what.high):
        raise Strange(text)
    exact = value.quantize(Decimal(1).scaleb(-what.digits))
    if exact != value or (what.type == "count" and value < 0):
        raise Strange(text)
    return exact


def cell(text: str, what: Kind, times: Decimal, values: dict[str, str]) -> Any:
    text = text.strip()
    if not text:
        return None
    if text in values:
        text = values[text]
    if what.type in ("money", "number", "count"):
        value = number(text, what, times)
        return int(value) if what.type == "count" else value
    if what.type == "date":
        for pattern in DATES:
            if found := re.fullmatch(pattern, text):
                try:
                    return date(*map(int, found.groups()))
                except ValueError:
                    break
        raise Strange(text)
    table: dict[str, Any] = FLAGS if what.type == "flag" else what.members
    if text not in table:
        raise Strange(text)
    return table[text]


def delivered(folder: Path, rules: Path) -> dict[str, Facts]:
    """The facts of every enterprise whose rows are all spelt plainly, by its key, in order of the register."""
    kinds = dictionary(rules)
    files = load(folder / "mapping.yaml")["files"]
    files.sort(key=lambda file: file.get("register") != "true")
    dossiers: dict[str, Facts] = {}
    strange: set[str] = set()
    for file in files:
        path = folder / file["file"]
        table = file.get("events")
        if not path.exists():
            continue
        columns: list[tuple[str, str, Decimal, dict[str, str]]] = []
        for column, target in file.get("columns", {}).items():
            words: dict[str, Any] = {"fact": target} if isinstance(target, str) else target
            to = words.get("fact") or words["field"]
            columns.append((column, to, Decimal(words.get("times", "1")), words.get("values", {})))
        seen: dict[str, int] = defaultdict(int)
        if table:
            for facts in dossiers.values():
                facts[table] = []
        # A mark of the byte order is no part of the first name.
        encoding = file.get("encoding", "utf-8-sig")
        with path.open(encoding=encoding, newline="") as lines:
            for row in csv.DictReader(lines):
                key = (row[file["key"]] or "").strip().upper()
                if file.get("register") == "true":
                    if key in dossiers:
                        strange.add(key)
                    dossiers.setdefault(key, {})
                if key not in dossiers:
                    continue
                seen[key] += 1
                if (not table and seen[key] > 1) or None in row or None in row.values():
                    strange.add(key)
                    continue
                try:
                    values = {
                        to: cell(row[column], kinds[table].fields[to] if table else kinds[to], times, known)
                        for column, to, times, known in columns
                    }
                except Strange:
                    strange.add(key)
                    continue
                present = {to: value for to, value in values.items() if value is not None}
                if table:
                    dossiers[key][table].append(present)
                else:
                    dossiers[key].update(present)
    return {key: facts for key, facts in dossiers.items() if key not in strange}


def arrow_type(what: Kind) -> pa.DataType:
    match what.type:
        case "money" | "number":
            return pa.decimal128(30, what.digits)
        case "count":
            return pa.int64()
        case "date":
            return pa.date32()
        case "flag":
            return pa.bool_()
        case "category":
            return pa.string()
    return pa.list_(pa.struct([(name, arrow_type(inner)) for name, inner in what.fields.items()]))


def table(dossiers: dict[str, Facts], kinds: dict[str, Kind], events: bool) -> pa.Table:
    """The dossiers as a table with a column for each fact that one of them has."""
    used = [id for id in kinds if any(id in facts for facts in dossiers.values())]
    used = [id for id in used if events or kinds[id].type != "events"]
    columns: dict[str, pa.Array] = {"enterprise": pa.array(list(dossiers), pa.string())}
    for id in used:
        columns[id] = pa.array([facts.get(id) for facts in dossiers.values()], arrow_type(kinds[id]))
    return pa.table(columns)
