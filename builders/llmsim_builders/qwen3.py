"""Dense decoders with grouped-query attention: Qwen3 and everything of its shape."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.attention import ATTENTION_FEATURES
from llmsim_builders.common import (
    DECODER_COMPONENTS,
    DECODER_FEATURES,
    DECODER_PARAMETERS,
    MTP_COMPONENTS,
    MTP_FEATURES,
)


class Qwen3(la.Builder):
    name = "qwen3"
    requirements = la.Requirements(
        categories=frozenset({la.Category.DENSE}),
        parameters=(*DECODER_PARAMETERS, "intermediate_size"),
        components=DECODER_COMPONENTS | {"attention"} | MTP_COMPONENTS,
        features=DECODER_FEATURES | ATTENTION_FEATURES | MTP_FEATURES,
    )
