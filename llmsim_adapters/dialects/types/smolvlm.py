"""SmolVLM: Idefics 3 under a type of its own, which takes videos, too. Source: transformers `SmolVLMConfig`."""

from __future__ import annotations

from functools import partial

from llmsim_adapters.dialects.types import idefics3

DIALECT = idefics3.DIALECT.like("smolvlm", text_config="text_config", towers=partial(idefics3.towers, videos=True))
