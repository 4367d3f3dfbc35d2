"""Models with scores in place of logits, whatever their layers are: classifiers, rerankers, reward models."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import EVERY_MIXER, decoders


class Classifier(la.Builder):
    name = "classifier"
    requirements = decoders(
        la.Category.CLASSIFIER,
        parameters=("hidden_size", "num_hidden_layers"),
        components={*EVERY_MIXER, "score"},
    )
