"""Nemotron-H of neural architecture search: each block's own sizes, which an object of it says.

Source: SGLang's `NemotronHPuzzleConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone
from llmsim_adapters.dialects.assembly.recurrent import mamba2
from llmsim_adapters.dialects.types import nemotron_h

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_KINDS: Final = ("mamba", "attention", "moe")
_SIZES: Final = {
    "n_routed_experts": "num_experts",
    "num_experts_per_tok": "num_experts_per_tok",
    "moe_intermediate_size": "moe_intermediate_size",
}
"""What a block of experts may have of its own."""


def read(r: Reader) -> ModelSpec:
    r.no_effect(("layer_types", "hybrid_override_pattern"), "block_configs says what each layer is")
    r.no_effect(("attention_bias", "sliding_window"), "the type's attention has neither")
    r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    r.no_effect(("mtp_block_configs", "mtp_layers_block_type", "mtp_hybrid_override_pattern"), "as above")
    if not r.has("block_configs"):
        r.missing("block_configs", "an object for each layer")
    usual = nemotron_h.experts(r)
    made: dict[tuple[str | int, ...], Component] = {
        ("mamba",): mamba2(r, r.size("mamba_num_heads") * r.size("mamba_head_dim")),
        ("attention",): attention(r, rotary_fraction=0.0),
    }
    mixers = [_mixer(r, entry, usual, made) for entry in r.objects("block_configs", layers(r))]
    return decoder(r, mixers or usual, mixers or usual, layout=alone)


def _mixer(
    r: Reader, entry: Reader, usual: MixtureOfExperts, made: dict[tuple[str | int, ...], Component]
) -> Component:
    """Return the mixer of a block, of which those of the same sizes are one."""
    kind = entry.word("block_type", _KINDS) or FULL
    if kind != "moe":
        return made.get((kind,), usual)
    experts, chosen, width = (
        _of_block(r, entry, name, usually, getattr(usual, usually)) for name, usually in _SIZES.items()
    )
    key = (kind, int(experts), int(chosen), int(width))
    if key not in made:
        r.check(
            "block_configs", chosen <= experts, lambda: f"has {int(experts)} experts, of which {int(chosen)} are chosen"
        )
        made[key] = replace(usual, num_experts=experts, num_experts_per_tok=chosen, moe_intermediate_size=width)
    return made[key]


def _of_block(r: Reader, entry: Reader, name: str, usually: str, usual: int) -> int:
    """Return a size of a block: its own, which the model's own name stands for, or that of the others."""
    own = int(entry.size(name)) if entry.has(name) else int(usual)
    return usual if own == usual else r.derive(usually, own)


DIALECT = nemotron_h.DIALECT.like("nemotron_h_puzzle", read=read, classes=("NemotronHPuzzleForCausalLM",))
