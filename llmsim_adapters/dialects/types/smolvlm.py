"""SmolVLM: Idefics 3 under a type of its own. Source: transformers `SmolVLMConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import idefics3

DIALECT = idefics3.DIALECT.like("smolvlm")
