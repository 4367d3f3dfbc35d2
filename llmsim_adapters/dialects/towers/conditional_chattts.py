"""MiniCPM-o's talker: ChatTTS, which writes codes of speech, Llama's layers over words and a book of codes each.

Source: the published `ConditionalChatTTSConfig`, and SGLang's `minicpmo.py`, which has the class and loads none of it.
What makes spectrograms of codes stands in code, and so does a table of words that nothing reads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.sound import convolution
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm, PositionEmbedding, Projection, Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, codes, books = r.size("hidden_size"), r.size("num_audio_tokens"), r.size("num_codebooks")
    mixer, norm = replace(attention(r, kv_heads=r.size("num_attention_heads")), cached=False), Norm(hidden)
    table = PositionEmbedding(positions=codes, hidden_size=hidden)
    words = replace(table, positions=r.size("num_text_tokens"))
    head = Convolution(input_channels=hidden, output_channels=codes, kernel=(), weight_norm=True)
    deep = r.flag("use_mlp")
    into = Projection(input_size=r.size("llm_dim"), output_size=hidden, bias=deep)
    taken = (into, replace(into, input_size=hidden)) if deep else (into,)
    before = (*taken, *(table,) * int(books), words, replace(table, positions=_IDLE))
    return encoder(
        r,
        mixer,
        mlp(r),
        norm,
        before=before,
        after=(norm, *(head,) * int(books), *_spectrograms()),
        axis="codes",
    )


def _spectrograms() -> Iterator[Component]:
    """Yield the autoencoder of spectrograms: halved in time, encoded, quantized in groups, and decoded (ChatTTS)."""
    yield Scale(size=_BINS)
    yield from (convolution(_BINS, _WIDE, 3), convolution(_WIDE, _WIDE, 4))
    for out in (2 * _WIDE, _WIDE):
        yield from (convolution(_WIDE, _NARROW, 3), convolution(_NARROW, _INNER, 3))
        for _ in range(_BLOCKS):
            yield from _convnext()
        yield replace(convolution(_INNER, out, 1), bias=False)
    yield replace(convolution(_WIDE, _BINS, 3), bias=False)
    for _ in range(_GROUPS):
        yield Projection(input_size=_WIDE, output_size=_LEVELS, bias=True)
        yield Projection(input_size=_LEVELS, output_size=_WIDE, bias=True)


def _convnext() -> Iterator[Component]:
    """Yield a ConvNeXt block (arXiv:2201.03545)."""
    yield replace(convolution(_INNER, _INNER, 7), groups=_INNER)
    yield Norm(_INNER, "layer", bias=True)
    yield Projection(input_size=_INNER, output_size=4 * _INNER, bias=True)
    yield Projection(input_size=4 * _INNER, output_size=_INNER, bias=True)
    yield Scale(size=_INNER)


_IDLE: Final = 32000
"""The words of the table that Llama's class has by default."""

_BINS, _WIDE, _INNER, _NARROW, _BLOCKS, _GROUPS, _LEVELS = 100, 512, 256, 128, 12, 2, 4

_SPEAKS: Final = "how codes are asked for: no weights"

DIALECT = Dialect(
    "conditional_chattts",
    read,
    {
        "llm_dim": 2560,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 20,
        "num_attention_heads": 12,
        "head_dim": None,
        "hidden_act": "silu",
        "num_audio_tokens": 626,
        "num_text_tokens": 21178,
        "num_codebooks": 4,
        "use_mlp": True,
    },
    aliases={"num_vq": "num_codebooks"},
    costless={
        **dict.fromkeys(("audio_bos_token_id", "spk_emb_token_id", "text_eos_token_id"), "the number of a token"),
        **dict.fromkeys(
            (
                *("aug_loss_weight", "attn_implementation", "do_sample", "num_spk_embs", "streaming"),
                *("streaming_audio_chunk_size", "streaming_text_chunk_size", "streaming_text_reserved_len"),
                *("use_llm_hidden_state", "use_speaker_embedding", "use_text"),
            ),
            _SPEAKS,
        ),
        "num_mel_bins": "the class has 100, whatever it says",
    },
)
