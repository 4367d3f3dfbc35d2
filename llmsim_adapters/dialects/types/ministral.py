"""Ministral: Mistral whose `layer_types` may leave some layers without the window. Source: `MinistralConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import mistral

DIALECT = mistral.DIALECT.like("ministral")
