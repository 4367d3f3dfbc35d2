"""Granite Speech Plus's encoder of sound: Granite Speech's, of which results of more layers may be joined."""

from llmsim_adapters.dialects.towers import granite_speech_encoder

DIALECT = granite_speech_encoder.DIALECT.like(
    "granite_speech_plus_encoder",
    costless={"cat_hidden_layers": "which layers are joined: the Q-former's config says how wide they are together"},
)
