"""The notebook on importing runs from top to bottom, beside the program whose card it imports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbclient
import nbformat

NOTEBOOK = Path(__file__).resolve().parents[3] / "examples" / "notebooks" / "4-importing.ipynb"


def test_it_runs() -> None:
    read: Any = nbformat.read
    notebook = read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}})
    client.execute()
    said = [output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output]
    assert any(text.startswith("2000 scores, at most ") for text in said)
