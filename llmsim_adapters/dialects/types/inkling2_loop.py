"""Inkling 2 Mini with its picture encoder. Source: transformers `Inkling2LoopConfig`."""

from __future__ import annotations

from functools import partial

from llmsim_adapters.dialects.types import inkling2, inkling2_loop_text

DIALECT = inkling2_loop_text.DIALECT.like(
    "inkling2_loop",
    text_config="text_config",
    towers=partial(inkling2.towers, without={"text_hidden_size": 2304}),
    ties="never",
)
