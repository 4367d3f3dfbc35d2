"""What SGLang can't do, and no rule about parts of tensors says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Refuse
from llmsim_adapters.engines.sglang.architectures import (
    AN_EXPERT_A_RANK,
    BLOCK_DRAFTS,
    HEADS_OF_ALL_RANKS,
    NO_DP,
    NO_SPLIT,
    ONE_RANK_GROUPS,
    PLAIN_LINEAR,
    TRANSFORMERS,
    WHOLE_KV_HEADS,
    names,
)
from llmsim_adapters.engines.sglang.conditions import attentions, has_no_class, mixtures

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.spec.model import ModelSpec


def _since(layout: Asked, field: str, value: str, expected: str, why: str) -> str:
    """Say which field of the schedule has a value that the architecture can't have, and why."""
    return f"schedule field `{field}` is {value}; expected {expected}, since {layout.spec.architecture} {why}"


def _no_dp(layout: Asked) -> str:
    groups = layout.schedule.dp_size
    return "" if groups == 1 else _since(layout, "dp_size", f"{groups:d}", "1", "has no DP attention")


def _no_split(layout: Asked) -> str:
    world = layout.schedule.world_size
    return "" if world == 1 else _since(layout, "tp_size * dp_size", f"{world:d}", "1", "can't be split")


def _one_rank_groups(layout: Asked) -> str:
    schedule = layout.schedule
    if 1 in (schedule.dp_size, schedule.tp_size):
        return ""
    return (
        f"schedule field `tp_size` is {schedule.tp_size:d} and `dp_size` {schedule.dp_size:d}; expected one of them to "
        f"be 1, since {layout.spec.architecture} adds up results of attention over all ranks"
    )


def _rank_elsewhere(layout: Asked) -> str:
    """Say where a draft's config has the rank of its head, if that is not where the class looks."""
    from llmsim_adapters.spec.components import MarkovHead  # which hardly any model has

    places = [part.place for part in layout.spec.components() if isinstance(part, MarkovHead) and part.place]
    return f"key `{places[0]}.markov_rank` is not read; expected `markov_rank` in the config itself" if places else ""


def _uneven(layout: Asked, part: ModelSpec, key: str, why: str) -> str:
    """Say of which number of heads of a part of the model all ranks together are no divisor."""
    world = layout.schedule.world_size
    for attention in attentions(part):
        heads = getattr(attention, key)
        if heads % world:
            return f"schedule field `tp_size * dp_size` is {world:d}; expected a divisor of `{key}` = {heads:d}{why}"
    return ""


def _heads_of_all(layout: Asked) -> str:
    why = ", with DP attention as without"
    return _uneven(layout, layout.spec.language_model(), "num_attention_heads", why)


def _heads_of_towers(layout: Asked) -> str:
    why = " of an encoder, which all ranks split"
    return _uneven(layout, replace(layout.spec, stacks=layout.spec.towers), "num_attention_heads", why)


def _whole_kv_heads(layout: Asked) -> str:
    why = ": no two ranks can have the same head"
    return _uneven(layout, layout.spec.language_model(), "num_key_value_heads", why)


def _kv_heads_of_groups(layout: Asked) -> str:
    """Say of which number of key/value heads, whose values experts project, a group's ranks are no divisor."""
    from llmsim_adapters.spec.components import RoutedValues  # which hardly any model has

    ranks, found = layout.schedule.tp_size, list(attentions(layout.spec))
    if any(attention.option(RoutedValues) for attention in found):
        for attention in found:
            if attention.num_key_value_heads % ranks:
                return (
                    f"schedule field `tp_size` is {ranks:d}; expected a divisor of `num_key_value_heads` = "
                    f"{attention.num_key_value_heads:d}: no two ranks can have the same head"
                )
    return ""


def _unlike_kv_heads(layout: Asked) -> str:
    found = sorted({attention.num_key_value_heads for attention in attentions(layout.spec.language_model())})
    if len(found) < 2:
        return ""
    shown = ", ".join(f"{heads:d}" for heads in found)
    return (
        f"schedule field `engine` is 'sglang'; expected another, since by `n_heads_in_group` of `block_configs` "
        f"layers have {shown} key/value heads, and the one pool of all layers has one number of them"
    )


def _groups_of_norms(layout: Asked) -> str:
    """Say of which number of groups of normalised results the ranks of a data-parallel group are no divisor."""
    from llmsim_adapters.spec.components import LightningAttention  # which hardly any model has

    ranks = layout.schedule.tp_size
    for part in layout.spec.components():
        if isinstance(part, LightningAttention) and part.norm_groups % ranks:
            return (
                f"schedule field `tp_size` is {ranks:d}; expected a divisor of `group_norm_size` = "
                f"{part.norm_groups:d}: each rank normalises whole groups of results"
            )
    return ""


def _no_ep(layout: Asked) -> str:
    ranks = layout.schedule.ep_size
    return "" if ranks == 1 else _since(layout, "ep_size", f"{ranks:d}", "1", "has no expert parallelism")


def _whole_experts(layout: Asked) -> str:
    ranks, world = layout.schedule.ep_size, layout.schedule.world_size
    return "" if ranks == world else _since(layout, "ep_size", f"{ranks:d}", f"all {world:d} ranks", "splits no expert")


def _no_dense_alone(layout: Asked) -> str:
    alone = layout.schedule.dense_fully_dp
    return _since(layout, "dense_fully_dp", "true", "false", "splits its dense networks") if alone else ""


def _heads_of_groups(layout: Asked) -> str:
    groups = layout.schedule.dp_size
    if groups == 1 or layout.options["enable_dp_lm_head"]:
        return ""
    return (
        "option `enable_dp_lm_head` is false; expected true: a draft of blocks asks for it with DP attention "
        f"(`dp_size` is {groups:d})"
    )


def _more_ranks_than_experts(layout: Asked) -> str:
    world = layout.schedule.world_size
    if world == 1:
        return ""
    for mixture in mixtures(layout.spec.language_model()):
        if world > mixture.num_experts:
            return (
                f"schedule field `tp_size * dp_size` is {world:d}; expected no more than `num_experts` = "
                f"{mixture.num_experts:d}, each rank's part of an expert aside"
            )
    return ""


def _other_quantization(layout: Asked) -> str:
    said, quantization = layout.options["quantization"], layout.quantization
    own = "" if quantization is None else quantization.method
    if said == "gptq":
        return "option `quantization` is `gptq`; expected `gptq_marlin`: there is no other class for that format"
    if not said or (own and str(said).replace("-", "_").startswith(own.replace("-", "_"))):
        return ""
    if own:
        return f"option `quantization` is `{said}`; expected `{own}`, the checkpoint's: another one is not modelled"
    declared = layout.spec.quantization
    if declared is not None:
        return (
            f"option `quantization` is `{said}`; expected none, or a method that reads `{declared.place}`, which "
            f"declares `{declared.method}`"
        )
    return (
        f"option `quantization` is `{said}`; expected none, as the checkpoint is not quantized: quantizing while "
        "loading is not modelled"
    )


REFUSALS: Final = (
    Refuse(
        name="another quantization",
        source="--quantization",
        reason=_other_quantization,
    ),
    Refuse(
        name="the rank of a draft's head",
        source="models/dspark.py, build_markov_head",
        architectures=BLOCK_DRAFTS,
        reason=_rank_elsewhere,
    ),
    Refuse(
        name="no DP attention",
        source="arg_groups/model_overrides/",
        architectures=NO_DP,
        reason=_no_dp,
    ),
    Refuse(
        name="key/value heads of routed values",
        source="models/xllm.py: num_kv_heads",
        architectures=frozenset({"K2HorizonForCausalLM", "XllmForCausalLM"}),
        reason=_kv_heads_of_groups,
    ),
    Refuse(
        name="groups of normalised results",
        source="models/bailing_moe_linear.py: group_norm_size",
        architectures=frozenset({"BailingMoeV2_5ForCausalLM"}),
        reason=_groups_of_norms,
    ),
    Refuse(
        name="no splitting",
        source="models/transformers.py: base_model_tp_plan",
        architectures=NO_SPLIT,
        reason=_no_split,
    ),
    Refuse(
        name="groups of one rank",
        source="layers/dp_attention.py, reject_attn_tp_shard_with_tp_reduce",
        architectures=ONE_RANK_GROUPS,
        reason=_one_rank_groups,
    ),
    Refuse(
        name="heads for all ranks",
        source="models/exaone4.py: total_num_heads",
        architectures=HEADS_OF_ALL_RANKS,
        reason=_heads_of_all,
    ),
    Refuse(
        name="an expert for each rank",
        source="models/qwen2_moe.py, models/deepseek_v2.py, models/glm4_moe.py: num_experts",
        architectures=AN_EXPERT_A_RANK,
        reason=_more_ranks_than_experts,
    ),
    Refuse(
        name="key/value heads for all ranks",
        source="models/phi3_small.py: num_key_value_heads",
        architectures=WHOLE_KV_HEADS,
        reason=_whole_kv_heads,
    ),
    Refuse(
        name="key/value heads for all ranks, Transformers' own classes",
        source="models/transformers.py: projections of keys and values are split like any other",
        architectures=TRANSFORMERS,
        reason=_whole_kv_heads,
    ),
    Refuse(
        name="heads of encoders for all ranks",
        source="layers/linear.py, QKVParallelLinear, in gemma3n_audio.py, gemma4_vision.py, voxtral.py, whisper.py",
        architectures=PLAIN_LINEAR,
        reason=_heads_of_towers,
    ),
    Refuse(
        name="key/value heads that differ",
        source="configs/model_config.py, get_total_num_kv_heads: nemotron-nas",
        architectures=names("DeciLMForCausalLM"),
        reason=_unlike_kv_heads,
    ),
    Refuse(
        name="no expert parallelism",
        source="arg_groups/model_hook.py: Intern-S2-Mobius",
        architectures=names("InternS2MobiusForConditionalGeneration"),
        reason=_no_ep,
    ),
    Refuse(
        name="whole experts",
        source="models/muse_spark.py: expert TP1",
        architectures=names("MuseSparkForConditionalGeneration"),
        reason=_whole_experts,
    ),
    Refuse(
        name="no dense networks of each rank",
        source="models/beam.py: moe_dense_tp_size",
        architectures=names("BeamForCausalLM"),
        reason=_no_dense_alone,
    ),
    Refuse(
        name="heads of data-parallel groups",
        source="arg_groups/speculative_hook.py: --enable-dp-lm-head",
        architectures=BLOCK_DRAFTS,
        reason=_heads_of_groups,
    ),
    Refuse(
        name="key/value heads for all ranks, unregistered",
        source="models/transformers.py: projections of keys and values are split like any other",
        when=has_no_class,
        reason=_whole_kv_heads,
    ),
)
