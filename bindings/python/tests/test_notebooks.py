"""Every notebook of the examples runs from top to bottom, draws what it means to, and is kept without outputs."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from conftest import ROOT

FOLDER = ROOT / "examples" / "notebooks"
# It has types for some of its functions only.
format: Any = nbformat
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# It needs optbinning, and runs where that is: cards/test_notebook.py.
ELSEWHERE = FOLDER / "4-importing.ipynb"


def test_there_are_notebooks() -> None:
    assert [path.stem.partition("-")[0] for path in NOTEBOOKS] == list("1234")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_outputs(path: Path) -> None:
    notebook = format.read(path, as_version=4)
    format.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None and cell.metadata == {}
    assert path.read_text(encoding="utf-8") == format.writes(notebook) + "\n"


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path != ELSEWHERE], ids=lambda path: path.stem)
def test_it_runs(path: Path) -> None:
    """In a kernel of its own; a cell that fails fails the test, and a cell that draws has a picture.

    With XINPEI_PICTURES the pictures are written into that folder, to be looked at.
    """
    notebook = format.read(path, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    for at, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        found = pictures(cell)
        if ".plot(" in cell.source:
            assert found, cell.source
        for picture in found if "XINPEI_PICTURES" in os.environ else []:
            (Path(os.environ["XINPEI_PICTURES"]) / f"{path.stem}-{at:02}.png").write_bytes(picture)


def pictures(cell: Any) -> list[bytes]:
    data = [output.get("data", {}) for output in cell.outputs]
    return [base64.b64decode(one["image/png"]) for one in data if "image/png" in one]
