"""Count the pairs of tokens that vLLM's mask of block-sparse attention leaves: `facts/strided_blocks.json`.

    python -m tests.reference.strides vllm/attention/ops/blocksparse_attention/utils.py

Releases up to 0.9 have the file (`get_sparse_attn_mask`, Phi-3-small's). It runs on a CPU; of Triton it needs `cdiv`
alone, which gets a stand-in where Triton is missing. Pairs are the sum over heads, of the new tokens of one sequence.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, Final

FACTS: Final = Path(__file__).parent / "facts" / "strided_blocks.json"
PATTERNS: Final = (  # heads, size, local, stride, whether heads are alike
    (32, 64, 16, 8, False),
    (8, 4, 2, 4, False),
    (4, 4, 3, 8, False),
    (2, 3, 1, 6, False),
    (4, 5, 2, 3, True),
)
STEPS: Final = ((0, 1), (0, 7), (0, 64), (0, 1500), (3, 9), (40, 1), (40, 25), (1023, 65), (1400, 1))


def main() -> None:
    """Write the facts."""
    mask = _loaded(Path(sys.argv[1])).get_sparse_attn_mask
    rows = [_row(mask, pattern, step) for pattern, step in product(PATTERNS, STEPS)]
    text = ",\n".join(json.dumps(row) for row in rows)
    source = "vLLM: vllm/attention/ops/blocksparse_attention/utils.py, get_sparse_attn_mask"
    FACTS.write_text(f'{{"source": {json.dumps(source)}, "rows": [\n{text}\n]}}\n', encoding="utf-8")


def _loaded(path: Path) -> ModuleType:
    if importlib.util.find_spec("triton") is None:
        stand_in: Any = ModuleType("triton")
        stand_in.language = ModuleType("triton.language")
        stand_in.cdiv = lambda a, b: -(-a // b)
        stand_in.jit = lambda function: function
        stand_in.heuristics = lambda _: stand_in.jit
        sys.modules |= {"triton": stand_in, "triton.language": stand_in.language}
    spec = importlib.util.spec_from_file_location("masks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _row(mask: Any, pattern: tuple[int, int, int, int, bool], step: tuple[int, int]) -> dict[str, Any]:
    import torch

    heads, size, local, stride, alike = pattern
    cached, new = step
    whole = -(-(cached + new) // size) * size  # the function is for whole blocks; its caller takes the upper left part
    found = mask(heads, whole, whole, torch.float32, "cpu", size, local, stride, alike, True)[2]
    found = found[:, cached : cached + new, : cached + new]
    names = ("heads", "size", "local", "stride", "alike", "cached", "new", "pairs")
    return dict(zip(names, (*pattern, *step, int(found.sum(dtype=torch.float64))), strict=True))


if __name__ == "__main__":
    main()
