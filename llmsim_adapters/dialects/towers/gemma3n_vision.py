"""Gemma 3n's picture encoder: a net of timm's, by its name. Source: transformers `Gemma3nVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.mobilenet import NETS, encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.model import ModelSpec

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    """Return the net; nothing for one that is not in the table, or built with other arguments than timm's own."""
    name, others = r.text("architecture"), r.raw.get("model_args")
    r.mark("model_args")
    stacks = (encoder(name),) if name in NETS and not others else ()
    return ModelSpec(r.model_type, stacks)


DIALECT = Dialect(
    "gemma3n_vision",
    read,
    {"architecture": "mobilenetv5_300m_enc", "hidden_size": 2048, "vocab_size": 128},
    costless={
        "do_pooling": "the language model takes what is not pooled",
        "label_names": "the net has no classifier",
        "num_classes": "the net has no classifier",
        "vocab_offset": "which tokens are pictures': no weights",
    },
)
