"""Runs of tiny models that take words in and then refine a canvas of tokens or actions: what torch counts of either.

    python -m tests.reference.block_diffusion

writes `facts/block_diffusion.json`: by type and case, prefills (`[batch, tokens, flops]`), and runs over a canvas
behind so many tokens (`[batch, context, canvas, flops of the first one, flops of one that the last one conditions]`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
import transformers

from . import measure, store
from .stand_in_types import STAND_INS
from .stand_ins import raw_of

FOLDER: Final = Path(__file__).parent / "facts"

PREFILLS: Final = ((1, 5), (2, 13))
CANVASES: Final = ((1, 5, 6), (2, 13, 6), (1, 30, 4))
"""Sequences, the tokens that were taken in, and those of the canvas."""


def taken_in(model: Any, batch: int, tokens: int) -> tuple[int, Any]:
    """Take words in; return the FLOPs, and what is kept of them."""
    cache = transformers.DynamicCache(config=model.config.get_text_config())
    words = measure.tokens_of(model, batch, tokens, measure.SEED)
    return measure.flops_of(model.model.encoder, input_ids=words, cache=cache), cache


def refined(model: Any, batch: int, context: int, canvas: int) -> tuple[int, int]:
    """Run a canvas without and with what an earlier run predicted."""
    _, cache = taken_in(model, batch, context)
    words = measure.tokens_of(model, batch, canvas, measure.SEED)
    vocabulary = model.config.get_text_config().vocab_size
    logits = torch.randn(batch, canvas, vocabulary)
    given = {"decoder_input_ids": words, "cache": cache}
    return measure.flops_of(model, **given), measure.flops_of(model, **given, self_conditioning_logits=logits)


def seen(model: Any, batch: int, tokens: int) -> tuple[int, Any]:
    """Take words in by the half of a model of actions that sees."""
    words = torch.ones(batch, tokens, dtype=torch.long)
    kept: list[Any] = []
    embedded, kinds = model.model.vlm.get_input_embeddings()(words), torch.zeros(batch, tokens)

    def run() -> None:
        kept.append(model.model.vlm(inputs_embeds=embedded, token_type_ids=kinds, use_cache=True).cache)

    return measure.flops_of(run), kept[0]


def acted(model: Any, batch: int, context: int, tokens: int) -> tuple[int, int]:
    """Run a chunk of actions behind a state, which are so many tokens together; each run is like the first."""
    _, cache = seen(model, batch, context)
    config = model.config
    state, noise = torch.randn(batch, config.max_state_dim), torch.randn(batch, tokens - 1, config.max_action_dim)
    given = {"state": state, "noise": noise, "timestep": torch.ones(batch), "cache": cache}
    flops = measure.flops_of(model, **given, attention_mask=torch.ones(batch, context, dtype=torch.long))
    return flops, flops


CHUNKS: Final = ((1, 5, 6), (2, 13, 6))
"""The same of models of actions, whose chunks have the length that the config says."""


def write(folder: Path) -> None:
    """Run each case of each type's stand-in."""
    types = {"diffusion_gemma": (taken_in, refined, CANVASES), "pi0": (seen, acted, CHUNKS)}
    found: dict[str, dict[str, Any]] = {}
    for model_type, (take, refine, canvases) in types.items():
        row = STAND_INS[model_type]
        for name in ("full", *row.variants):
            raw = raw_of(model_type, row.variants.get(name, {}))
            model, _ = row.build(raw)
            found.setdefault(model_type, {})[name] = {
                "config": raw,
                "prefills": [[*sizes, take(model, *sizes)[0]] for sizes in PREFILLS],
                "canvases": [[*sizes, *refine(model, *sizes)] for sizes in canvases],
            }
    store.write("block_diffusion", {"made_by": "tests.reference.block_diffusion"}, "types", found, folder)


if __name__ == "__main__":
    write(FOLDER)
