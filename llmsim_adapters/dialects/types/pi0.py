"""π0: PaliGemma without a head, and an expert for actions that attends to what it keeps (arXiv:2410.24164).

A step in mode extend takes pictures and words in. One in mode decode is one run of the expert over a robot's state and
a chunk of its actions, as often as the flow has steps. Source: transformers `PI0Config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import dtype
from llmsim_adapters.dialects.assembly.tower import with_towers
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.types import gemma, paligemma
from llmsim_adapters.spec.components import Attention, Embedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack

_TEXT: Final = gemma.DIALECT.like("gemma", **paligemma.TEXT)
_EXPERT: Final = gemma.DIALECT.like(
    "gemma",
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=18,
    num_attention_heads=8,
    num_key_value_heads=1,
)
_FORCED: Final = "the class makes attention bidirectional whatever it says"


def read(r: Reader) -> ModelSpec:
    seeing, acting = r.nested("vlm_config", dialect=paligemma.DIALECT), _part(r, "dit_config", _EXPERT)
    words = None if seeing is None else _part(seeing, "text_config", _TEXT)
    if seeing is None or acting is None or words is None:
        return gemma.read(r)  # of which one is refused
    for level in (seeing, words, acting):
        level.mark("model_type", "architectures")
        level.no_effect(("dtype", "tie_word_embeddings"), "neither half has a head; the format is the checkpoint's")
    seeing.no_effect(("hidden_size", "vocab_size"), "the language model's own are read")
    text, expert = _text(words), _expert(r, acting, words)
    for name in _SHARED:
        same = acting.size(name) == words.size(name)
        acting.check(name, same, "is not that of the language model, whose cache the expert reads")
    for name in _STATED:
        r.derive(name, int(words.size(name)))
    spec = replace(gemma.read(words), model_type=r.model_type, stacks=(text, expert), inputs=(), outputs=())
    spec = replace(spec, dtype=dtype(r), canvas=r.derive("canvas", int(r.size("chunk_size")) + _STATE))
    wide = {"intermediate_size": 4304} if r.raw.get("vlm_config") is None else {}
    return with_towers(spec, paligemma.towers(seeing, words, {**paligemma.ENCODER, **wide}), r)


def _part(r: Reader, key: str, without: Dialect) -> Reader | None:
    """Return a reader of a half's config, whose class has Gemma's own sizes but `without` any config."""
    return r.nested(key, dialect=without if r.raw.get(key) is None else gemma.DIALECT)


_SHARED: Final = ("num_hidden_layers", "num_key_value_heads", "head_dim")
_STATED: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")
"""What is stated of the model as a whole: sizes of its language model."""
_STATE: Final = 1
"""The token that the robot's state is."""


def _text(words: Reader) -> Stack:
    """Read the language model, all of whose tokens see each other, with its table."""
    words.no_effect(("use_bidirectional_attention", "is_causal"), _FORCED)
    spec = gemma.read(words).transform(Attention, lambda mixer: replace(mixer, causal=False))
    (text,) = spec.stacks
    return replace(text, before=spec.inputs, mode="extend")


def _expert(r: Reader, acting: Reader, words: Reader) -> Stack:
    """Read the expert, and what takes states and actions in and out; its own table of words is stored alone."""
    acting.no_effect(("use_bidirectional_attention", "is_causal"), _FORCED)
    acting.no_effect(("vocab_size",), "the class takes the language model's")
    acting.check("hidden_size", acting.size("hidden_size") % 2 == 0, "is odd: half of it are the sines of a time")
    spec = gemma.read(acting).transform(
        Attention, lambda mixer: replace(mixer, causal=False, cached=False, leading=_STATE)
    )
    (stack,), hidden, action = spec.stacks, acting.size("hidden_size"), r.size("max_action_dim")
    over = Projection(input_size=action, output_size=hidden, bias=True, but_one=True)
    before = (
        Embedding(vocab_size=words.size("vocab_size"), hidden_size=hidden),
        Projection(input_size=r.size("max_state_dim"), output_size=hidden, bias=True, one_token=True),
        over,
        replace(over, input_size=2 * hidden),
        replace(over, input_size=hidden),
    )
    out = replace(over, input_size=hidden, output_size=action)
    return replace(
        stack,
        name="expert",
        before=before,
        after=(*stack.after, out),
        mode="decode",
        counted_by="dit_num_hidden_layers",
    )


DIALECT = Dialect(
    "pi0",
    read,
    {"chunk_size": 50, "max_state_dim": 32, "max_action_dim": 32},
    aliases={"chunk_size": "chunk_size"},
    costless={
        **dict.fromkeys(("max_period", "min_period"), "of the sines of a time: elementwise"),
        "num_inference_steps": "how often the expert runs: the server's choice",
        **dict.fromkeys(
            (
                *("loss_reduction", "time_sampling_beta_alpha", "time_sampling_beta_beta"),
                *("time_sampling_offset", "time_sampling_scale"),
            ),
            "training only",
        ),
    },
)
