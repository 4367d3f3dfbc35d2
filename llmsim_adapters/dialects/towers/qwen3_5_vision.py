"""Qwen3.5's picture encoder: Qwen3-VL's without mergers behind inner layers. Source: `Qwen3_5VisionConfig`."""

from __future__ import annotations

from dataclasses import replace

from llmsim_adapters.dialects.towers import qwen3_vl_vision

DIALECT = replace(
    qwen3_vl_vision.DIALECT.like("qwen3_5_vision"),
    defaults={**qwen3_vl_vision.DIALECT.defaults, "deepstack_visual_indexes": None},
)
