"""Cosmos 3: Qwen3-VL's language model and its picture encoder. Source: transformers `Cosmos3OmniConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import qwen3_vl

DIALECT = qwen3_vl.DIALECT.like("cosmos3_omni", classes=("Cosmos3ForConditionalGeneration",))
