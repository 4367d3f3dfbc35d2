"""A cold `explain` of a bundled model against an interpreter that defines and uses one pydantic model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL: Final = "Qwen/Qwen3-8B"
EXPLAIN: Final = (str(Path(sys.executable).with_name("llmsim-adapters")), "explain", MODEL, "--offline")
ONE_PYDANTIC_MODEL: Final = (
    sys.executable,
    "-c",
    "import pydantic\nclass M(pydantic.BaseModel):\n    x: int\nprint(M(x=1).model_dump_json())",
)


def test_explain(compare: Callable[..., None], tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HF_HOME": str(tmp_path),
        "MODELSCOPE_CACHE": str(tmp_path),
        "COLUMNS": "80",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"),  # an installed package has its bytecode, a checkout may not
        "PYTHONDONTWRITEBYTECODE": "",
    }

    def process(command: tuple[str, ...]) -> bytes:
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout

    assert process(EXPLAIN)  # which makes the bytecode, as the next line does for the base
    assert process(ONE_PYDANTIC_MODEL)
    compare("explain", MODEL, lambda: process(EXPLAIN), lambda: process(ONE_PYDANTIC_MODEL), turns=15, calls=1)
