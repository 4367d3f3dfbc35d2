"""Drafts: what guesses a target's next tokens from its hidden states, whatever its layers are.

Prediction modules of every family, EAGLE, EAGLE-3, DFlash, DSpark; also as speculators write them.
"""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import EVERY_MIXER, decoders


class Draft(la.Builder):
    name = "draft"
    requirements = decoders(
        la.Category.DRAFT,
        parameters=("hidden_size", "num_attention_heads"),
        components={*EVERY_MIXER, "block_convolution", "lattice_head", "markov_head"},
    )
