"""Inkling 2 Mini: its text model, and an encoder of pictures that no dialect reads yet.

Source: transformers `Inkling2LoopConfig`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import glm_ocr, inkling2_loop_text

DIALECT = inkling2_loop_text.DIALECT.like("inkling2_loop", text_config="text_config", towers=glm_ocr.towers)
