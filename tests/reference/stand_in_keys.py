"""From the keys of remote code to the model that stands in for it: the same sizes under other names, and edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from torch import nn

from . import measure

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """How a class of transformers stands in for a model type.

    Attributes:
        model_type: the type of the class.
        architecture: that of the remote code.
        difference: what the two do differently, and why it changes no figure.
        source: where the meaning of the keys is from.
        tiny: the keys of a tiny model beside the common ones; None takes a common one away.
        variants: other values, by the name of the variant.
        translate: the config of the class; by default the same keys.
        edits: changes to the made model; the names of those that were needed.
    """

    model_type: str
    architecture: str
    difference: str
    source: str
    tiny: Facts = field(default_factory=dict)
    variants: dict[str, Facts] = field(default_factory=dict)
    translate: Callable[[Facts], Facts] = dict
    edits: Callable[[Any, Facts], list[str]] = lambda model, raw: []

    def config(self, raw: Facts) -> Facts:
        """The config of the class that has the dimensions of a raw config; formats change no count."""
        made = self.translate({key: value for key, value in raw.items() if key not in DROPPED})
        return made | {"model_type": self.model_type, "architectures": [measure.architecture(self.model_type)]}

    def build(self, raw: Facts, device: str = "cpu") -> tuple[Any, list[str]]:
        """The stand-in, and the edits that were needed."""
        model = measure.build(self.config(raw), device)
        return model, self.edits(model, raw)


DROPPED: Final = ("model_type", "architectures", "auto_map", "quantization_config", "rope_scaling")


def biased(raw: Facts) -> Facts:
    """`bias` is Llama's `attention_bias`, and true by default."""
    return raw | {"attention_bias": raw.get("bias", True)}


def exaone(raw: Facts) -> Facts:
    """Other names, and a size that has a default."""
    made = raw | {
        "num_hidden_layers": raw["num_layers"],
        "intermediate_size": raw.get("intermediate_size") or 4 * raw["hidden_size"],
        "hidden_act": raw["activation_function"],
        "tie_word_embeddings": raw.get("tie_word_embeddings", True),
    }
    return {key: value for key, value in made.items() if key != "num_layers"}


def hunyuan(raw: Facts) -> Facts:
    """Another name for the head size, and lists that have to say what the class takes for granted."""
    for name, one in (("moe_intermediate_size", raw["intermediate_size"]), ("num_shared_expert", 1)):
        if set(raw[name]) != {one}:
            message = f"{name} is not {one} in every layer"
            raise ValueError(message)
    made = raw | {"head_dim": raw["attention_head_dim"]}
    return {key: value for key, value in made.items() if key not in ("moe_intermediate_size", "num_shared_expert")}


def qwen(raw: Facts) -> Facts:
    """Half the intermediate size; as many key/value heads as others."""
    heads = raw["num_attention_heads"]
    return raw | {"intermediate_size": raw["intermediate_size"] // 2, "num_key_value_heads": heads}


def qwen_edits(model: Any, raw: Facts) -> list[str]:
    """With `no_bias` false, the other projections have biases too."""
    if raw.get("no_bias", True):
        return []
    for layer in model.get_decoder().layers:
        add_bias(layer.self_attn, "o_proj")
        for name in ("gate_proj", "up_proj", "down_proj"):
            add_bias(layer.mlp, name)
    return ["biases of the attention's output and of the feed-forward network"]


def layer_norms(model: Any, raw: Facts) -> list[str]:
    """Layer norms in place of RMS norms."""
    decoder, size = model.get_decoder(), raw["hidden_size"]
    device = decoder.norm.weight.device
    for layer in decoder.layers:
        layer.input_layernorm = nn.LayerNorm(size, device=device)
        layer.post_attention_layernorm = nn.LayerNorm(size, device=device)
    decoder.norm = nn.LayerNorm(size, device=device)
    return ["layer norms"]


def deepseek(raw: Facts) -> Facts:
    """GLM-4.5 without its norms of queries and keys."""
    heads = raw["num_attention_heads"]
    given = {"head_dim": raw["hidden_size"] // heads, "use_qk_norm": False, "n_group": 1, "topk_group": 1}
    return raw | given | {"n_shared_experts": raw.get("n_shared_experts") or 0}


def deepseek_edits(model: Any, raw: Facts) -> list[str]:
    """The router's correction bias stays zero, and is not of the model; `attention_bias` is of the output too."""
    for module in list(model.modules()):
        if hasattr(module, "e_score_correction_bias"):
            bias = module.e_score_correction_bias
            del module.e_score_correction_bias
            module.register_buffer("e_score_correction_bias", bias, persistent=False)
    if not raw["attention_bias"]:
        return ["no correction bias"]
    for layer in model.get_decoder().layers:
        add_bias(layer.self_attn, "o_proj")
    return ["no correction bias", "bias of the attention's output"]


def add_bias(owner: Any, name: str) -> None:
    """Put a projection with a bias in the place of one without."""
    old = getattr(owner, name)
    setattr(owner, name, nn.Linear(old.in_features, old.out_features, device=old.weight.device))
