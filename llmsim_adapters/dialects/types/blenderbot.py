"""Blenderbot: Pegasus' parts, with learned positions. Source: transformers `BlenderbotConfig`."""

from llmsim_adapters.dialects.types import pegasus

DIALECT = pegasus.DIALECT.like(
    "blenderbot",
    neutral={"static_position_embeddings": False},
    costless=dict.fromkeys(
        ("do_blenderbot_90_layernorm", "layernorm_variant"),
        "an option of the class of transformers 3, which is settled",
    ),
    vocab_size=8008,
    max_position_embeddings=128,
    hidden_size=2560,
    num_hidden_layers=24,
    num_attention_heads=32,
    intermediate_size=10240,
    encoder_layers=2,
    encoder_attention_heads=32,
    encoder_ffn_dim=10240,
)
