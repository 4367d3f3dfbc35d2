"""Encoders of transformers by their own classes, none of which is a causal language model's. Tables only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .stand_in_texts import own

if TYPE_CHECKING:
    from .stand_in_keys import StandIn

Facts = dict[str, Any]

_BERT: Final[Facts] = {
    **dict.fromkeys(("num_key_value_heads", "rms_norm_eps", "use_cache", "tie_word_embeddings")),
    "max_position_embeddings": 64,
    "layer_norm_eps": 1e-12,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
}
UNTIED: Final[Facts] = {"tie_word_embeddings": False}
ENCODERS: Final[dict[str, StandIn]] = {
    "modernbert": own(
        "modernbert",
        "ModernBertForMaskedLM",
        {
            **dict.fromkeys(("num_key_value_heads", "rms_norm_eps", "use_cache", "hidden_act")),
            "hidden_activation": "gelu",
            "local_attention": 8,
            "global_attn_every_n_layers": 3,
            "norm_eps": 1e-05,
        },
        {
            "biases": {"attention_bias": True, "mlp_bias": True, "norm_bias": True, "classifier_bias": True},
            "no-bias": {"decoder_bias": False},
            "other-layers": {"global_attn_every_n_layers": 2},
        },
    ),
    "nomic_bert": own(
        "nomic_bert",
        "NomicBertForMaskedLM",
        _BERT | {"hidden_act": "silu"},
        {"untied": UNTIED, "wide-heads": {"head_dim": 14}, "one-kind": {"type_vocab_size": 1}},
    ),
    "gte": own("gte", "GteForMaskedLM", _BERT, {"untied": UNTIED, "no-kinds": {"type_vocab_size": 0}}),
}
