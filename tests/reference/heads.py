"""Heads of scores: tiny models of each type's own class for classifying sequences, or tokens, with five labels."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import torch
import transformers
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES,
)

from . import cases, fields, measure, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS: Final = {"id2label": {str(index): f"LABEL_{index}" for index in range(5)}}
SPELLINGS: Final[dict[str, dict[str, Any]]] = {
    "five": LABELS,
    "default": {},
    "num_labels": {"num_labels": 3},
    "null": {"id2label": None, "num_labels": 1},
}
"""Ways to say how many labels there are; those after the first one are for the types of `SPELLED`."""

ENCODERS: Final = ("gte", "modernbert", "nomic_bert", "openai_privacy_filter")
"""Types that have no class of causal language models."""

SPELLED: Final = ("bert", "llama", "roberta")

LEFT_OUT: Final[dict[str, str]] = {
    **dict.fromkeys(("bart", "bigbird_pegasus", "mbart", "mvp", "plbart"), "takes what the decoder makes of an end"),
    "modernbert-decoder": "a norm between the head's two matrices",
    "qwen3_5": "a whole model, whose encoder of pictures the tiny one leaves to the class",
    "reformer": "a head over both halves of its reversible layers",
    "xlm": "a summary of its own in place of a head",
    "xlnet": "a summary of its own before the head",
}
"""Types whose head is none of the usual ones, or that are measured elsewhere."""

RUN: Final = (1, 7)


def build(raw: dict[str, Any], device: str = "cpu") -> Any:
    """Return the model of the class that a raw config names."""
    torch.manual_seed(measure.SEED)
    made = getattr(transformers, raw["architectures"][0])._from_config
    with torch.device(device):
        model = made(
            measure.configure(raw), attn_implementation="eager", experts_implementation="eager", dtype=torch.float32
        )
    return model.eval().requires_grad_(False)


def rows() -> Iterator[dict[str, Any]]:
    """Yield a case of each type, or why transformers doesn't build or run it."""
    for model_type in sorted({*MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, *ENCODERS}):
        architecture = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES.get(model_type)
        if architecture is None or model_type in LEFT_OUT:
            continue
        for spelling, labels in SPELLINGS.items():
            if spelling == "five" or model_type in SPELLED:
                size = fields.nested(cases.tiny(model_type))
                raw = {"model_type": model_type, "architectures": [architecture], **size, **labels}
                yield {"name": f"{model_type}-{spelling}", "config": raw, **_figures(raw)}


def of_tokens() -> Iterator[dict[str, Any]]:
    """Yield a case of each type that classifies tokens."""
    for model_type in sorted({*MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, *ENCODERS}):
        architecture = MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES.get(model_type)
        if architecture is not None and model_type not in LEFT_OUT:
            size = fields.nested(cases.tiny(model_type))
            raw = {"model_type": model_type, "architectures": [architecture], **size, **LABELS}
            yield {"name": f"{model_type}-tokens", "config": raw, **_figures(raw)}


def _figures(raw: dict[str, Any]) -> dict[str, Any]:
    try:
        model = build(raw)
        return {**measure.totals(model), "runs": [measure.run(model, *RUN)]}
    except Exception as error:
        return {"parameters": None, "refused": measure.say(error)}


def write(folder: Path = store.FACTS) -> None:
    """Write `heads.json`."""
    store.write("heads", {"left_out": LEFT_OUT}, "cases", chain(rows(), of_tokens()), folder)
