"""Inkling's encoder of sound: a frame is the sum of rows of a table, one for the level of each of its bins.

Source: transformers `InklingAudioConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PositionEmbedding
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    r.word("audio_mode", ("dmel",))
    hidden = r.size("text_hidden_size")
    table = PositionEmbedding(positions=r.size("num_mel_bins") * r.size("mel_vocab_size"), hidden_size=hidden)
    after = (Norm(hidden),) if r.flag("use_audio_norm") else ()
    stack = Stack("encoder", (), (), before=(table,), before_rows=("bins",), after=after, axis="frames")
    return ModelSpec(r.model_type, (stack,))


DIALECT = Dialect(
    "inkling_audio",
    read,
    {
        "num_mel_bins": 80,
        "mel_vocab_size": 256,
        "text_hidden_size": 6144,
        "use_audio_norm": True,
        "audio_mode": "dmel",
    },
    aliases={"n_mel_bins": "num_mel_bins", "decoder_dmodel": "text_hidden_size"},
    costless={
        "dmel_max_value": "the loudest level: no weights",
        "dmel_min_value": "the faintest level: no weights",
    },
)
