"""Encoders, which keep nothing of their tokens, and embedding models: BERT and its family, EmbeddingGemma, E5."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import EVERY_MIXER, decoders


class Encoder(la.Builder):
    name = "encoder"
    requirements = decoders(
        la.Category.ENCODER,
        la.Category.EMBEDDER,
        parameters=("hidden_size", "num_hidden_layers"),
        components={*EVERY_MIXER},
    )
