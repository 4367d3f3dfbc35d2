"""Runs of tiny models that take words in and then refine a canvas of tokens: what torch counts of either.

    python -m tests.reference.block_diffusion

writes `facts/block_diffusion.json`: by type and case, prefills (`[batch, tokens, flops]`), and runs over a canvas
behind so many tokens (`[batch, context, canvas, flops of the first one, flops of one that the last one conditions]`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from . import measure, store
from .stand_in_types import STAND_INS
from .stand_ins import raw_of

FOLDER: Final = Path(__file__).parent / "facts"

CASES: Final = ("full", *STAND_INS["diffusion_gemma"].variants)
PREFILLS: Final = ((1, 5), (2, 13))
CANVASES: Final = ((1, 5, 6), (2, 13, 6), (1, 30, 4))
"""Sequences, the tokens that were taken in, and those of the canvas."""


def counted(run: Any) -> int:
    """Return the FLOPs of a call."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


def taken_in(model: Any, batch: int, tokens: int) -> tuple[int, Any]:
    """Take words in; return the FLOPs, and what is kept of them."""
    cache = transformers.DynamicCache(config=model.config.get_text_config())
    words = measure.tokens_of(model, batch, tokens, measure.SEED)
    return counted(lambda: model.model.encoder(input_ids=words, cache=cache)), cache


def refined(model: Any, batch: int, context: int, canvas: int) -> tuple[int, int]:
    """Run a canvas without and with what an earlier run predicted."""
    _, cache = taken_in(model, batch, context)
    words = measure.tokens_of(model, batch, canvas, measure.SEED)
    vocabulary = model.config.get_text_config().vocab_size
    logits = torch.randn(batch, canvas, vocabulary)
    first = counted(lambda: model(decoder_input_ids=words, cache=cache))
    return first, counted(lambda: model(decoder_input_ids=words, cache=cache, self_conditioning_logits=logits))


def write(folder: Path) -> None:
    """Run each case of DiffusionGemma's stand-in."""
    row, found = STAND_INS["diffusion_gemma"], {}
    for name in CASES:
        raw = raw_of("diffusion_gemma", row.variants.get(name, {}))
        model, _ = row.build(raw)
        found[name] = {
            "config": raw,
            "prefills": [[*sizes, taken_in(model, *sizes)[0]] for sizes in PREFILLS],
            "canvases": [[*sizes, *refined(model, *sizes)] for sizes in CANVASES],
        }
    made_by = {"made_by": "tests.reference.block_diffusion"}
    store.write("block_diffusion", made_by, "types", {"diffusion_gemma": found}, folder)


if __name__ == "__main__":
    write(FOLDER)
