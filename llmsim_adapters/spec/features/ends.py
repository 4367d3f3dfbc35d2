"""Features of tables, projections and heads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Embedding, Head, NextTokenInput, Projection
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "predicted_streams",
        "prediction modules that take in several streams of hidden states",
        NextTokenInput,
        lambda n: n.streams != 1,
        lambda n: replace(n, streams=1, joint=False),
    ),
    Feature(
        "several_predictions",
        "logits of several tokens after each",
        Head,
        lambda h: h.predictions != 1,
        lambda h: replace(h, predictions=1),
    ),
    Feature(
        "spare_embedding",
        "a second table of tokens, which is stored and not used",
        Embedding,
        lambda e: e.spare,
        lambda e: replace(e, spare=False),
    ),
    Feature(
        "tied_embeddings",
        "the head reuses the token embedding's table",
        Head,
        lambda h: h.weight_of == "embedding",
        lambda h: replace(h, weight_of="itself"),
    ),
    Feature(
        "head_bias",
        "bias of the output head",
        Head,
        lambda h: h.bias,
        lambda h: replace(h, bias=False),
    ),
    Feature(
        "one_token_projection",
        "a projection of one token of each sequence",
        Projection,
        lambda p: p.one_token,
        lambda p: replace(p, one_token=False),
    ),
    Feature(
        "all_but_one_token",
        "a projection of all tokens of each sequence but one",
        Projection,
        lambda p: p.but_one,
        lambda p: replace(p, but_one=False),
    ),
    Feature(
        "head_constant_bias",
        "a bias of the head that is stored and not trained",
        Head,
        lambda h: h.constant_bias,
        lambda h: replace(h, constant_bias=False),
    ),
    Feature(
        "head_spare_bias",
        "a second bias of the output head, which is stored and not used",
        Head,
        lambda h: h.spare_bias,
        lambda h: replace(h, spare_bias=False),
    ),
    Feature(
        "logit_softcap",
        "tanh soft-cap of the logits",
        Head,
        lambda h: h.softcap is not None,
        lambda h: replace(h, softcap=None),
        costless=ELEMENTWISE,
    ),
)
