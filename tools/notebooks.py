"""Run the notebooks in `docs/notebooks/`, keep what their cells show, and write the pages that the site has of them.

    python tools/notebooks.py

Cells are run as Jupyter runs them, in one namespace from the top, but in this process and with nothing but Python: a
cell shows its last line's value where that is an expression, as its `_repr_html_` and its `repr`. Nothing is asked of a
hub, and no cache but the configs of this repository is read.
"""

from __future__ import annotations

import ast
import json
import os
import tempfile
from pathlib import Path
from pprint import pformat
from typing import Any, Final
from unittest import mock

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "docs" / "notebooks"
NOTEBOOKS: Final = sorted(FOLDER.glob("*.ipynb"))

_HEAD: Final = "<!-- python tools/notebooks.py writes this page from {name}; edit the notebook -->\n\n"


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook with what its cells show now."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    with tempfile.TemporaryDirectory() as home:
        apart = {"HF_HOME": home, "MODELSCOPE_CACHE": home, "HF_HUB_OFFLINE": "1"}
        with mock.patch.dict(os.environ, apart):
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    count += 1
                    outputs = _outputs("".join(cell["source"]), namespace, count)
                    cell = {**cell, "execution_count": count, "outputs": outputs}
                cells.append(cell)
    return {**notebook, "cells": cells}


def _outputs(source: str, namespace: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Run a cell; return what it shows as Jupyter keeps it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    if not isinstance(last, ast.Expr):
        return []
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
    if value is None:
        return []
    shown = {"text/plain": _lines(pformat(value, sort_dicts=False) if isinstance(value, dict) else repr(value))}
    if hasattr(value, "_repr_html_"):
        shown = {"text/html": _lines(value._repr_html_()), **shown}
    return [{"data": shown, "execution_count": count, "metadata": {}, "output_type": "execute_result"}]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def text(notebook: dict[str, Any]) -> str:
    """Return the text of a notebook's file, as Jupyter writes it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def page(notebook: dict[str, Any], name: str) -> str:
    """Return the page of a notebook: its texts, its cells, and what they show."""
    parts = [_HEAD.format(name=name)]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(f"{source}\n\n")
            continue
        parts.append(f"```python\n{source}\n```\n\n")
        for output in cell["outputs"]:
            data = output["data"]
            if "text/html" in data:
                parts.append(f'<div class="shown">{"".join(data["text/html"])}</div>\n\n')
            else:
                parts.append(f"```text\n{''.join(data['text/plain'])}\n```\n\n")
    return "".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    for path in NOTEBOOKS:
        done = executed(json.loads(path.read_text(encoding="utf-8")))
        path.write_text(text(done), encoding="utf-8")
        path.with_suffix(".md").write_text(page(done, path.name), encoding="utf-8")
