"""Inkling 2 Mini with its picture encoder. Source: transformers `Inkling2LoopConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import inkling2, inkling2_loop_text

DIALECT = inkling2_loop_text.DIALECT.like("inkling2_loop", text_config="text_config", towers=inkling2.towers)
