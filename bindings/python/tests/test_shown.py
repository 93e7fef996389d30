"""What a terminal and a notebook show: the same bytes every time, both languages, nothing unescaped."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
import xinpei
from conftest import AS_OF, ROOT, code

VOID = {"rect", "br"}
EVIL = "<script>alert('x')</script>\"&\u202e\x1b[31m"


class Checker(HTMLParser):
    """Every element is closed, and none can run or load anything."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in "div style p b span table thead tr th td svg rect pre mark".split(), tag
        for name, _ in attrs:
            assert name in "class width height viewbox role x y fill opacity".split(), name
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def checked(html: str) -> str:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    assert "url(" not in html and "@import" not in html and "http" not in html
    return " ".join(checker.texts)


@pytest.fixture(scope="module")
def decisions(yuanhe: xinpei.Rulebook) -> xinpei.Decisions:
    return yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF)


def objects(yuanhe: xinpei.Rulebook, decisions: xinpei.Decisions) -> list[Any]:
    decision = decisions["91000000MA0000242C"]
    return [
        yuanhe,
        *yuanhe.sections,
        *yuanhe.characteristics,
        yuanhe.notes,
        decision,
        decisions,
        decisions.summary(),
    ]


def test_html_of_everything(yuanhe: xinpei.Rulebook, decisions: xinpei.Decisions) -> None:
    for language in ("en", "zh"):
        xinpei.language(language)
        for shown in [*objects(yuanhe, decisions), *decisions]:
            html = shown._repr_html_()
            checked(html)
            assert html == shown._repr_html_()


def test_both_languages(yuanhe: xinpei.Rulebook, decisions: xinpei.Decisions) -> None:
    decision = decisions["91000000MA0000242C"]
    english, page = str(decision), checked(decision._repr_html_())
    for words in ("Tax credit grade", "score 717.95", "not above BB", "as of 2026-06-30", "rounding"):
        assert words in english and words in page
    xinpei.language("zh")
    chinese, page = str(decision), checked(decision._repr_html_())
    for words in ("纳税信用", "得分 717.95", "不高于 BB", "评价日 2026-06-30", "舍入"):
        assert words in chinese and words in page
    assert "舍入" in chinese and "rounding" not in chinese
    assert repr(decision) == "<Decision 91000000MA0000242C: rated 717.95 BB>"


def test_the_waterfall_lines_up(decisions: xinpei.Decisions) -> None:
    """A Chinese character is two cells wide; the points of all lines end in one column."""
    from unicodedata import east_asian_width

    xinpei.language("zh")
    body = str(decisions["91000000MA0000242C"]).split("\n\n")[1].splitlines()
    lines = [line.rstrip("█░ ") for line in body if (" / " in line and "█" in line) or "░" in line]
    widths = {sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in lines}
    assert len(lines) > 60 and len(widths) == 1


def test_what_comes_from_outside_is_escaped(sme: xinpei.Rulebook) -> None:
    firm = {"enterprise": code(1), "name": EVIL, "size.industry": EVIL, EVIL: 1}
    decision = sme.decide(firm, as_of=AS_OF)
    for shown in (decision, sme.score([firm], as_of=AS_OF), sme.score([firm], as_of=AS_OF).summary()):
        html = shown._repr_html_()
        assert "<script" not in html and "\u202e" not in html and "\x1b" not in html
        checked(html)
        assert "\u202e" not in str(shown) and "\x1b" not in str(shown)
    assert "&lt;script&gt;" in decision._repr_html_()
    with pytest.raises(xinpei.RuleError) as raised:
        xinpei.Rulebook.from_files({**sme.files, "rulebook.yaml": f"rulebook: {EVIL[:20]}\n"})
    assert "<script" not in raised.value.diagnostics._repr_html_()


def test_the_same_bytes_in_another_process(yuanhe: xinpei.Rulebook, decisions: xinpei.Decisions) -> None:
    program = (
        "import xinpei, sys; rb = xinpei.Rulebook.load(sys.argv[1], as_of=sys.argv[3]);"
        "ds = rb.score(sys.argv[2], as_of=sys.argv[3]); d = ds['91000000MA0000242C'];"
        "sys.stdout.buffer.write('\\n'.join([rb._repr_html_(), str(d), d._repr_html_(), ds._repr_html_()]).encode())"
    )
    words = [str(ROOT / "rules" / "yuanhe"), str(ROOT / "examples" / "yuanhe"), AS_OF]
    done = subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True)
    decision = decisions["91000000MA0000242C"]
    here = [yuanhe._repr_html_(), str(decision), decision._repr_html_(), decisions._repr_html_()]
    assert done.stdout.decode() == "\n".join(here)


def test_a_decision_as_text(sme: xinpei.Rulebook) -> None:
    """The whole text of a small decision, by hand from rules/sme-size/2011.1."""
    firm = {
        "enterprise": code(1),
        "name": "甲厂",
        "size.industry": "retail",
        "size.staff": 5,
        "size.revenue": "x",
    }
    text = str(sme.decide(firm, as_of=AS_OF))
    head, body, faults = text.split("\n\n")
    assert head.splitlines()[0] == f"{code(1)} 甲厂"
    assert head.splitlines()[1] == "SME size classes 2011.1 · as of 2026-06-30"
    assert head.splitlines()[2].startswith("refer · ")
    assert len(body.splitlines()) >= 17
    assert faults.splitlines() == ["faults", "  size.revenue  not a number  x"]
