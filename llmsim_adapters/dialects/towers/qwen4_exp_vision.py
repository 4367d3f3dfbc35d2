"""Qwen 4's picture encoder: Qwen3.5's. Source: transformers `Qwen4ExpVisionConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.towers import qwen3_5_vision

DIALECT = qwen3_5_vision.DIALECT.like("qwen4_exp_vision")
