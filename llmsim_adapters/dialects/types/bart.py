"""BART: positions from row 2 on, norms after mixers and the embedding, an encoder of words. Source: `BartConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import DECODER_KEYS, ENCODER_KEYS, decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_OF_OLD: Final = {
    "add_bias_logits": False,
    "add_final_layer_norm": False,
    "normalize_before": False,
    "normalize_embedding": True,
    "static_position_embeddings": False,
}
"""Options of the one class that all types like BART once had, with what BART itself has."""
BEFORE: Final = {"add_final_layer_norm": True, "normalize_before": True}
"""What types have that normalise before each mixer."""


def read(r: Reader) -> ModelSpec:
    inputs = (learned_positions(r, offset=2), layer_norm(r))
    return decoder_alone(r, layout=post_norm, inputs=inputs, final_norm=False, words=True)


DIALECT = Dialect(
    "bart",
    read,
    defaults={
        "vocab_size": 50265,
        "max_position_embeddings": 1024,
        "hidden_size": 1024,
        "num_hidden_layers": 12,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
        "hidden_act": "gelu",
        "encoder_layers": 12,
        "encoder_attention_heads": 16,
        "encoder_ffn_dim": 4096,
        "tie_word_embeddings": True,
    },
    aliases={**DECODER_KEYS, **ENCODER_KEYS},
    costless={
        **dict.fromkeys(("encoder_layerdrop", "decoder_layerdrop", "classif_dropout"), "training only"),
        **dict.fromkeys(_OF_OLD, "an option of the class of transformers 3, which each type's own class has settled"),
        "_num_labels": "how many classes, which no language model has",
        "extra_pos_embeddings": "rows before the first position, of transformers 3: the type's class says how many",
        "force_bos_token_to_be_generated": "which token comes first",
    },
    neutral=_OF_OLD,
)
