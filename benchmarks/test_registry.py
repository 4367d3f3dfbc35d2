"""The whole registry of SGLang, evaluated offline in a process of its own: in under a second after its start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

EVALUATE: Final = (
    "import time, llmsim_adapters as la\n"
    "start = time.perf_counter()\n"
    "report = la.coverage('sglang', offline=True)\n"
    "assert report.counts.total == 290\n"
    "print(time.perf_counter() - start)"
)
PYDANTIC: Final = "import pydantic\nclass M(pydantic.BaseModel):\n    x: int\nprint(M(x=1).model_dump_json())"


def test_whole_registry(compare: Callable[..., None]) -> None:
    def process(code: str) -> float:
        done = subprocess.run((sys.executable, "-c", code), check=True, stdout=subprocess.PIPE, text=True)
        return float(done.stdout) if code == EVALUATE else 0.0

    process(EVALUATE)  # which makes the bytecode
    assert min(process(EVALUATE) for _ in range(5)) < 1.0
    compare("registry", "sglang", lambda: process(EVALUATE), lambda: process(PYDANTIC), turns=5, calls=1)
