"""BERT as a language model: an encoder's layers, causal where `is_decoder` says so. Source: `BertConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, masked
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return masked(r, encoder(r))


DIALECT = Dialect(
    "bert",
    read,
    classes=("BertSpladeSparseEmbeddingModel", "Contriever"),
    causal_lm=("BertSpladeSparseEmbeddingModel",),
    defaults={
        "vocab_size": 30522,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "hidden_act": "gelu",
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "is_decoder": False,
        "add_cross_attention": False,
        "tie_word_embeddings": True,
    },
    costless={
        "position_embedding_type": "transformers 5 has absolute positions only; it does not read the key",
        **dict.fromkeys(
            (
                "directionality",
                "pooler_fc_size",
                "pooler_num_attention_heads",
                "pooler_num_fc_layers",
                "pooler_size_per_head",
                "pooler_type",
            ),
            "written by the first BERT's own software; the class does not read it",
        ),
    },
)
