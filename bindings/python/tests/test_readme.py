"""The examples of the README run, and give what it says."""

from __future__ import annotations

import doctest

import pytest
from conftest import ROOT


def test_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    readme = ROOT / "bindings" / "python" / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert tried > 30 and failed == 0
