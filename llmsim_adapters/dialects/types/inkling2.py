"""Inkling 2: its text model, and an encoder of pictures that no dialect reads yet.

Source: transformers `Inkling2Config`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import glm_ocr, inkling2_text

DIALECT = inkling2_text.DIALECT.like("inkling2", text_config="text_config", towers=glm_ocr.towers)
