"""Llama Nemotron Embed: Llama without causal masks, and what averages its tokens. Source: vLLM 0.33's `llama.py`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import llama

DIALECT = llama.DIALECT.like(
    "llama_bidirec",
    classes=("LlamaBidirectionalModel", "LlamaBidirectionalForSequenceClassification"),
    costless={
        "pooling": "which tokens are averaged: elementwise",
        "temperature": "a factor on scores: elementwise",
    },
)
