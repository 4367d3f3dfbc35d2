"""Dense decoders with grouped-query attention: Qwen3 and everything of its shape."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import DECODER_PARAMETERS, decoders


class Qwen3(la.Builder):
    name = "qwen3"
    requirements = decoders(
        la.Category.DENSE,
        parameters=(*DECODER_PARAMETERS, "intermediate_size"),
        components={"attention"},
    )
