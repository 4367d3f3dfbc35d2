"""From the keys of remote code to the model that stands in for it: the same sizes under other names, and edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import torch
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
        whole: whether the class is the type's own, and not among those of causal language models.
        by_class: the name of the class, where it is not called as the remote code's.
        weights_alone: whether a step of the class is no step of a causal language model: what it runs is elsewhere.
    """

    model_type: str
    architecture: str
    difference: str
    source: str
    tiny: Facts = field(default_factory=dict)
    variants: dict[str, Facts] = field(default_factory=dict)
    translate: Callable[[Facts], Facts] = dict
    edits: Callable[[Any, Facts], list[str]] = lambda model, raw: []
    whole: bool = False
    by_class: str = ""
    weights_alone: bool = False

    def config(self, raw: Facts) -> Facts:
        """The config of the class that has the dimensions of a raw config; formats change no count."""
        made = self.translate({key: value for key, value in raw.items() if key not in DROPPED})
        name = self.by_class or (self.architecture if self.whole else measure.architecture(self.model_type))
        return made | {"model_type": self.model_type, "architectures": [name]}

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
    return ["no correction bias", *(output_biases(model) if raw["attention_bias"] else ())]


def telechat(raw: Facts) -> Facts:
    """Other names."""
    names = {"n_layer": "num_hidden_layers", "n_head": "num_attention_heads", "ffn_hidden_size": "intermediate_size"}
    return {names.get(key, key): value for key, value in raw.items()}


def last_biases(model: Any, raw: Facts) -> list[str]:
    """Biases of what leads back to the hidden states."""
    for layer in model.get_decoder().layers:
        add_bias(layer.self_attn, "o_proj")
        add_bias(layer.mlp, "down_proj")
    return ["biases of the last projections"]


def groups(raw: Facts) -> Facts:
    """Another name of key/value heads, of which there is one by default."""
    return raw | {"num_key_value_heads": raw.get("num_attention_groups") or 1}


def beside_pictures(raw: Facts) -> Facts:
    """A text model's config inside that of the whole, with an encoder of pictures as small as can be."""
    sizes = {"hidden_size": 32, "intermediate_size": 44, "depth": 1, "num_heads": 4, "patch_size": 14, "image_size": 28}
    vision = sizes | {"out_hidden_size": raw["hidden_size"], "projection_intermediate_size": 48}
    tied = raw.get("tie_word_embeddings", False)
    return {"text_config": raw, "vision_config": vision, "tie_word_embeddings": tied}


def without_pictures(model: Any, raw: Facts) -> list[str]:
    """The text model and its head alone."""
    del model.model.visual
    return ["no encoder of pictures"]


def run_by_text(model: Any, raw: Facts) -> list[str]:
    """Words run by the class's own text model: the whole asks for a picture in each step."""
    model.forward = model.text_model.forward
    return []


def run_with_sound(model: Any, raw: Facts) -> list[str]:
    """Each token runs with the frames of sound that the class asks for in every step."""
    plain, bins = model.forward, model.config.audio_config.num_mel_bins
    frames = 2 * model.config.downsample_factor

    def forward(input_ids: Any, **inputs: Any) -> Any:
        batch, length = input_ids.shape
        return plain(input_ids=input_ids, input_features=torch.ones(batch, bins, frames * length), **inputs)

    model.forward = forward
    return []


def without_modules(raw: Facts) -> Facts:
    """The main model alone: a causal-LM class never builds prediction modules."""
    return raw | {"num_nextn_predict_layers": 0}


def ling(raw: Facts) -> Facts:
    """GLM-4.5 with the norms that are asked for, and other names of experts."""
    norms = raw.get("use_qk_norm", raw["architectures_norms"])
    made = raw | {
        "head_dim": raw.get("head_dim") or raw["hidden_size"] // raw["num_attention_heads"],
        "use_qk_norm": norms,
        "attention_bias": raw.get("use_qkv_bias", False),
        "n_routed_experts": raw["num_experts"],
        "n_shared_experts": raw.get("num_shared_experts") or 0,
        "n_group": 1,
        "topk_group": 1,
    }
    return {name: value for name, value in made.items() if name not in ("num_experts", "architectures_norms")}


def ling_edits(model: Any, raw: Facts) -> list[str]:
    """The router's correction bias is of the model only where the config asks for it."""
    return [] if raw.get("moe_router_enable_expert_bias") else deepseek_edits(model, {"attention_bias": False})


def lightning(raw: Facts) -> Facts:
    """MiniMax with a list of words for the list of numbers."""
    kinds = ["full_attention" if kind else "linear_attention" for kind in raw["attn_type_list"]]
    return {name: value for name, value in raw.items() if name != "attn_type_list"} | {"layer_types": kinds}


def gpt_names(raw: Facts) -> Facts:
    """Phi's names for GPT-2's."""
    hidden, heads = raw["n_embd"], raw["n_head"]
    return {
        "vocab_size": raw["vocab_size"],
        "hidden_size": hidden,
        "intermediate_size": raw.get("n_inner") or 4 * hidden,
        "num_hidden_layers": raw["n_layer"],
        "num_attention_heads": heads,
        "num_key_value_heads": raw.get("n_head_kv") or heads,
        "hidden_act": raw["activation_function"],
        "partial_rotary_factor": raw["rotary_dim"] * heads / hidden,
        "max_position_embeddings": raw["n_positions"],
        "tie_word_embeddings": raw.get("tie_word_embeddings", False),
    }


def new_decoder(raw: Facts) -> Facts:
    """Falcon's later way to say it."""
    names = {"n_head": "num_attention_heads", "n_head_kv": "num_kv_heads", "n_layer": "num_hidden_layers"}
    return {names.get(name, name): value for name, value in raw.items()} | {"new_decoder_architecture": True}


def searched(raw: Facts) -> Facts:
    """Llama with one width for all layers, which the edits change."""
    made = {name: value for name, value in raw.items() if name != "block_configs"}
    return made | {"intermediate_size": 1, "num_key_value_heads": raw["num_attention_heads"]}


class NoAttention(nn.Module):
    """What a layer without attention adds."""

    def forward(self, hidden_states: Any, **_: Any) -> tuple[Any, None]:
        return hidden_states * 0, None


def searched_edits(model: Any, raw: Facts) -> list[str]:
    """Each layer as its entry says."""
    decoder, hidden = model.get_decoder(), raw["hidden_size"]
    device = decoder.norm.weight.device
    for layer, entry in zip(decoder.layers, raw["block_configs"], strict=True):
        if entry["attention"]["no_op"]:
            layer.self_attn, layer.input_layernorm = NoAttention(), nn.Identity()
        else:
            group, attends = entry["attention"]["n_heads_in_group"], layer.self_attn
            attends.num_key_value_groups = group
            for name in ("k_proj", "v_proj"):
                old = getattr(attends, name)
                new = nn.Linear(hidden, old.out_features // group, bias=old.bias is not None, device=device)
                setattr(attends, name, new)
        width = int(2 * entry["ffn"]["ffn_mult"] * hidden / 3)
        width = -(-width // 256) * 256
        layer.mlp.gate_proj = nn.Linear(hidden, width, bias=False, device=device)
        layer.mlp.up_proj = nn.Linear(hidden, width, bias=False, device=device)
        layer.mlp.down_proj = nn.Linear(width, hidden, bias=False, device=device)
    return ["the key/value heads and widths of each layer", "no attention where a layer has none"]


def biased_throughout(raw: Facts) -> Facts:
    """Llama with all its biases; the activation costs nothing, whatever it is."""
    made = {name: value for name, value in raw.items() if name not in ("ff_intermediate_size", "layer_norm_epsilon")}
    return made | {
        "intermediate_size": raw["ff_intermediate_size"],
        "attention_bias": True,
        "mlp_bias": True,
        "hidden_act": "gelu",
        "tie_word_embeddings": True,
    }


def draft(raw: Facts) -> Facts:
    """Llama, without the keys of drafts."""
    drafts = ("eagle_config", "draft_vocab_size", "num_aux_hidden_states", "target_hidden_size", "norm_before_fc")
    return {name: value for name, value in raw.items() if name not in drafts}


class Beside(nn.Module):
    """Attention over hidden states that stand beside others of the same size."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, hidden_states: Any, **rest: Any) -> Any:
        return self.attention(torch.cat((hidden_states, hidden_states), -1), **rest)


class Taken(nn.Module):
    """Token embeddings in the place of the hidden states that a draft takes of its target."""

    def __init__(self, embedding: nn.Module, *behind: nn.Module) -> None:
        super().__init__()
        self.embedding, self.behind = embedding, nn.Sequential(*behind)

    def forward(self, tokens: Any) -> Any:
        embedded = self.embedding(tokens)
        first = next(self.behind.parameters())
        return self.behind(embedded.repeat(1, 1, first.shape[-1] // embedded.shape[-1]))


def draft_edits(model: Any, raw: Facts) -> list[str]:
    """What a draft has beside a Llama of one layer."""
    decoder, hidden = model.get_decoder(), raw["hidden_size"]
    device = decoder.norm.weight.device
    attends = decoder.layers[0].self_attn
    for name in ("q_proj", "k_proj", "v_proj"):
        setattr(attends, name, nn.Linear(2 * hidden, getattr(attends, name).out_features, bias=False, device=device))
    decoder.layers[0].self_attn = Beside(attends)
    chosen = raw.get("eagle_config", {}).get("eagle_aux_hidden_state_layer_ids") or (0, 0, 0)
    width = raw.get("num_aux_hidden_states", len(chosen)) * raw.get("target_hidden_size", hidden)
    before = [nn.RMSNorm(width, device=device)] if raw.get("norm_before_fc") else []
    into = nn.Linear(width, hidden, bias=False, device=device)
    decoder.embed_tokens = Taken(decoder.embed_tokens, *before, into, nn.RMSNorm(hidden, device=device))
    if raw.get("draft_vocab_size"):
        model.lm_head = nn.Linear(hidden, raw["draft_vocab_size"], bias=False, device=device)
    return ["the target's hidden states, projected and normalised", "attention of twice the input", "the draft's head"]


def output_biases(model: Any) -> list[str]:
    """A bias of what leads from attention back to the hidden states, in each layer."""
    for layer in model.get_decoder().layers:
        add_bias(layer.self_attn, "o_proj")
    return ["bias of the attention's output"]


def add_bias(owner: Any, name: str) -> None:
    """Put a projection with a bias in the place of one without."""
    old = getattr(owner, name)
    setattr(owner, name, nn.Linear(old.in_features, old.out_features, device=old.weight.device))
