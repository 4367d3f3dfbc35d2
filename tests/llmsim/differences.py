"""The closed list of differences: what LLMSim's row must become, for each, by a calculation of its own.

`docs/llmsim.md` says of each why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.llmsim.rows import LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.llmsim.rows import Point, Row

FP8_BLOCK: Final = 128


class At(NamedTuple):
    """A model at a point."""

    raw: dict[str, Any]
    point: Point

    @property
    def model_type(self) -> str:
        return str(self.raw["model_type"])

    @property
    def decode(self) -> bool:
        return self.point.mode == "decode"

    @property
    def heads(self) -> int:
        return int(self.raw["num_attention_heads"]) // self.point.tp_size

    @property
    def kv_heads(self) -> int:
        return max(1, int(self.raw["num_key_value_heads"]) // self.point.tp_size)


class Difference(NamedTuple):
    """Of the rows of these names, where `where` says so."""

    names: frozenset[str]
    where: Callable[[At, Row], bool]
    becomes: Callable[[At, Row], Row]


def _names(*names: str) -> frozenset[str]:
    return frozenset(names)


def _values_of_query_heads(at: At, row: Row) -> Row:
    """Every query head has a sum of values: LLMSim multiplies and stores those of the key/value heads."""
    stored = row.m * row.n * row.output_bytes
    return row._replace(batch=at.heads, moved=row.moved + stored * (at.heads - at.kv_heads))


def _keys_once(at: At, row: Row) -> Row:
    """Keys are read once for all query heads that share them."""
    return row._replace(moved=row.moved - row.k * row.n * row.operand_bytes * (at.heads - at.kv_heads))


def _flops(at: At, row: Row) -> Row:
    """Operations, not the microseconds that they take at 500 TFLOPS of one byte."""
    return row._replace(compute=row.compute * 500e6 / row.operand_bytes)


def _flops_of_query_heads(at: At, row: Row) -> Row:
    """The same, of as many heads as multiply."""
    return _flops(at, row)._replace(compute=2.0 * row.m * row.k * row.n * at.heads)


def _absorbed(at: At, row: Row) -> Row:
    """In the latent space, whose entries are the only key/value head, read once for all query heads."""
    rank, rope = at.raw["kv_lora_rank"], at.raw["qk_rope_head_dim"]
    k, n = {"qk_nope": (rank, LENGTH), "qk_rope": (rope, LENGTH), "qkv": (LENGTH, rank)}[row.name]
    vector, cached = (n, k * n) if row.name == "qkv" else (k, k * n)
    moved = 2 * (at.heads * vector + cached)
    return row._replace(k=k, n=n, compute=2.0 * k * n * at.heads, moved=moved)


def _stored_format(at: At, row: Row) -> Row:
    """Experts of this checkpoint have two bytes a number, and so have their inputs."""
    result = row.m * row.n * row.batch * row.output_bytes
    doubled = 2 * (row.moved - result) + result
    return row._replace(input_bytes=2, operand_bytes=2, moved=doubled, weight_bytes=2 * row.weight_bytes)


def _all_experts(at: At, row: Row) -> Row:
    """The rank keeps all its experts, not one."""
    return row._replace(weight_bytes=row.weight_bytes * row.batch)


def _kept_as_stored(at: At, row: Row) -> Row:
    """Computed in FP32, kept as in the checkpoint: the router in two bytes, what is absorbed in one, of all heads."""
    if row.name == "moe_gate":
        return row._replace(weight_bytes=row.weight_bytes // 2)
    return row._replace(weight_bytes=row.weight_bytes // 4 * row.batch)


_MATRICES: Final[dict[str, Callable[[dict[str, Any]], tuple[str, list[tuple[int, int]]]]]] = {
    "q_a_kv_a": lambda c: (
        "replicated",
        [(c["q_lora_rank"], c["hidden_size"]), (c["kv_lora_rank"] + c["qk_rope_head_dim"], c["hidden_size"])],
    ),
    "q_b": lambda c: (
        "tensor",
        [(c["num_attention_heads"] * (c["qk_nope_head_dim"] + c["qk_rope_head_dim"]), c["q_lora_rank"])],
    ),
    "kv_b": lambda c: (
        "tensor",
        [(c["num_attention_heads"] * (c["qk_nope_head_dim"] + c["v_head_dim"]), c["kv_lora_rank"])],
    ),
    "o_proj": lambda c: ("tensor", [(c["hidden_size"], c["num_attention_heads"] * c["v_head_dim"])]),
    "dense_gate_up_proj": lambda c: ("dense", [(c["intermediate_size"], c["hidden_size"])] * 2),
    "dense_down_proj": lambda c: ("dense", [(c["hidden_size"], c["intermediate_size"])]),
    "moe_up": lambda c: ("experts", [(c["moe_intermediate_size"], c["hidden_size"])] * 2 * c["n_routed_experts"]),
    "moe_down": lambda c: ("experts", [(c["hidden_size"], c["moe_intermediate_size"])] * c["n_routed_experts"]),
    "share_up": lambda c: ("shared", [(c["moe_intermediate_size"], c["hidden_size"])] * 2),
    "share_down": lambda c: ("shared", [(c["hidden_size"], c["moe_intermediate_size"])]),
}
"""Rows and columns of the matrices that an operator of DeepSeek-V3 multiplies with, and how they are split."""


def _scales(at: At, row: Row) -> Row:
    """A float32 scale for each block of 128 × 128 numbers of an fp8 matrix."""
    absorbed = row.name in ("q_absorb", "o_absorb")
    split, matrices = _MATRICES["kv_b" if absorbed else row.name](at.raw)
    point = at.point
    ways = {
        "replicated": 1,
        "tensor": point.tp_size,
        "dense": 1 if point.dense_fully_dp else point.tp_size,
        "experts": point.ep_size,
        "shared": 1 if point.deepep else point.tp_size,
    }[split]
    blocks = sum(-(-rows // FP8_BLOCK) * -(-columns // FP8_BLOCK) for rows, columns in matrices)
    scales = blocks * row.layers // ways * 4
    return row._replace(weight_bytes=row.weight_bytes + (scales // 2 if absorbed else scales))


def _no_mtp_layer(at: At, row: Row) -> Row:
    """The model has none."""
    layers = row.layers - 1
    return row._replace(layers=layers, weight_bytes=row.weight_bytes // row.layers * layers)


def _sent_once_per_expert(at: At, row: Row) -> Row:
    """A rank's tokens, once for each expert, in the activations' format."""
    rows, copies = -(-row.m // at.point.tp_size), at.raw["num_experts_per_tok"]
    return row._replace(m=rows, batch=copies, input_bytes=2, moved=rows * row.n * copies * 2)


def _rounded_up(at: At, row: Row) -> Row:
    """One token on several ranks: its mean share of the experts' rows, and of what is sent, is no less than one."""
    if row.name in ("dispatch", "combine"):
        return row._replace(m=1, moved=row.n * row.batch * row.input_bytes)
    rows = -(-at.raw["num_experts_per_tok"] // at.point.tp_size)
    read = min(row.batch, rows)
    moved = rows * (row.k * row.input_bytes + row.n * row.output_bytes) + read * row.k * row.n * row.operand_bytes
    return row._replace(m=-(-rows // read), batch=read, compute=2.0 * rows * row.k * row.n, moved=moved)


def _is(model_type: str) -> Callable[[At, Row], bool]:
    return lambda at, row: at.model_type == model_type


_CORE: Final = _names("qk", "qkv", "qk_nope", "qk_rope")
_EXPERTS: Final = _names("moe_up", "moe_down")
_GROUPED: Final = ("qwen3", "qwen3_moe")

DIFFERENCES: Final[dict[str, Difference]] = {
    "attention-flops": Difference(_CORE, lambda at, row: not (at.model_type in _GROUPED and row.name == "qkv"), _flops),
    "attention-flops-of-query-heads": Difference(
        _names("qkv"), lambda at, row: at.model_type in _GROUPED, _flops_of_query_heads
    ),
    "values-of-query-heads": Difference(
        _names("qkv"), lambda at, row: at.model_type in _GROUPED, _values_of_query_heads
    ),
    "shared-keys-read-once": Difference(_names("qk"), lambda at, row: at.heads > at.kv_heads, _keys_once),
    "absorbed-decode": Difference(
        _CORE - {"qk"}, lambda at, row: at.decode and at.model_type == "deepseek_v3", _absorbed
    ),
    "experts-as-stored": Difference(_EXPERTS, _is("qwen3_moe"), _stored_format),
    "all-local-experts": Difference(_EXPERTS, lambda at, row: row.batch > 1, _all_experts),
    "kept-as-stored": Difference(_names("moe_gate", "q_absorb", "o_absorb"), lambda at, row: True, _kept_as_stored),
    "scales": Difference(_names(*_MATRICES, "q_absorb", "o_absorb"), _is("deepseek_v3"), _scales),
    "no-mtp-layer": Difference(
        _names(
            *("qkv_proj", "o_proj", "qk", "qkv", "moe_gate", "moe_up", "moe_down"),
            *("attn_all_reduce", "dispatch", "combine"),
        ),
        lambda at, row: at.model_type == "qwen3_moe" and at.point.mtp,
        _no_mtp_layer,
    ),
    "deepep-payload": Difference(_names("dispatch", "combine"), _is("qwen3_moe"), _sent_once_per_expert),
    "rounded-up": Difference(_EXPERTS | _names("dispatch", "combine"), lambda at, row: row.m == 0, _rounded_up),
}
"""Of the rows that LLMSim has, by id, in the order in which they are applied."""


def added(at: At) -> set[str]:
    """Return the names of the operators and transfers that LLMSim leaves out (id `left-out`)."""
    point, latent = at.point, at.model_type == "deepseek_v3"
    names = {"embedding", "norm", "lm_head"}
    if latent:
        names |= {f"latent_attention_{name}" for name in ("pre_norm", "q_a_layernorm", "kv_a_layernorm")}
        names |= {"mlp_pre_norm", "mixture_of_experts_pre_norm", "other_weights"}
        if point.mtp:
            names |= {"next_token_input_enorm", "next_token_input_hnorm", "next_token_input_eh_proj", "head_pre_norm"}
    else:
        names |= {"attention_pre_norm", "attention_q_norm", "attention_k_norm"}
        names |= {"mixture_of_experts_pre_norm" if at.model_type == "qwen3_moe" else "mlp_pre_norm"}
    return names


def added_transfers(at: At, dp_size: int) -> set[str]:
    """Return the names of the transfers that LLMSim leaves out, for so many data-parallel groups (id `left-out`)."""
    point = at.point
    names = {"embedding_all_reduce", "logits_all_gather"} if point.tp_size > 1 else set()
    if at.model_type != "qwen3" and not point.deepep:
        if dp_size > 1:
            names |= {"moe_all_gather"}
        if point.tp_size * dp_size > 1:
            names |= {"moe_all_reduce"}
    return names
