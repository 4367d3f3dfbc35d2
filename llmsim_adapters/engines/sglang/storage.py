"""What is stored otherwise than in the checkpoint, and what is stored beside it."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.rules import Store

STORAGE: Final = (
    Store(
        name="padded vocabulary",
        source="layers/vocab_parallel_embedding.py, pad_vocab_size",
        tensors=("embedding.weight", "head.weight"),
        rows_to=64,
    ),
)
