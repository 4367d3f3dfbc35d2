"""From LLMSim's ScheduleConfig to a schedule."""

from __future__ import annotations

from typing import Any

from llmsim_adapters.graph.schedule import Schedule, ScheduleError


def schedule_of(config: Any, *, has_experts: bool, **fields: Any) -> Schedule:
    """Return the schedule that a ScheduleConfig asks for, with other fields of `Schedule` beside it.

    Extend is a prefill of `max_seqlen` tokens in each of `batch_size` sequences; decode is one token more behind
    `max_seqlen - 1` cached ones. `batch_size` is that of one data-parallel rank. Fully data-parallel dense layers are
    those of a mixture of experts, as the field's name `enable_moe_dense_fully_dp` says. Its `world_size` and
    `num_nodes` are not used, as in LLMSim: there are tp_size * dp_size ranks.

    In mode extend, a `context_len` among the `fields` is the length of a prefix that is cached already.

    Raises:
        ScheduleError: a field has a value that cannot be.
    """
    decode = config.mode.name == "DECODE"
    asked = {
        "batch_size": config.batch_size,
        "seq_len": 1 if decode else config.max_seqlen,
        "mode": "decode" if decode else "extend",
        "tp_size": config.tp_size,
        "dp_size": config.dp_size,
        "ep_size": config.ep_size,
        "deepep": config.deepep,
        "dense_fully_dp": config.enable_moe_dense_fully_dp and has_experts,
        "mtp": config.is_mtp,
    }
    if decode:
        asked["context_len"] = config.max_seqlen - 1
    for name in fields:
        if name in asked:
            message = f"schedule field `{name}` is LLMSim's to say; give it in its ScheduleConfig"
            raise ScheduleError(message)
    return Schedule(**asked, **fields)
