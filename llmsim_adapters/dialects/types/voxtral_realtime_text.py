"""Voxtral Realtime's text model: Mistral, whose feed-forward networks get what is scaled by the delay of its answers.

Source: transformers `VoxtralRealtimeTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import mistral
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec

_RANK: Final = 32


def read(r: Reader) -> ModelSpec:
    rank = r.constant("condition_rank", _RANK, "fixed in the code")

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return Sublayer((mixer,), (norm,)), Sublayer((feed_forward,), (replace(norm, condition_rank=rank),))

    return decoder(r, windowed(r, attention(r), [True] * layers(r)), mlp(r), layout=layout)


DIALECT = mistral.DIALECT.like("voxtral_realtime_text", read=read, tie_word_embeddings=True)
