"""Sweeps: every figure of every point is that of the graph that `build` makes of its schedule."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_ids
from llmsim_adapters.sweep.column import Column, Mask, Mixed, column
from llmsim_adapters.sweep.result import FIGURES, figures
from llmsim_adapters.traced import ceil_div, maximum, minimum
from tests.facts import CASES, LLAMA
from tests.plugins import distributions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llmsim_adapters.model import Model

DEEPSEEK: Final = "deepseek-ai/DeepSeek-V3"
BUNDLED: Final = bundled_ids()
OF_A_TYPE: Final = {name: case["config"] for name, case in reversed(CASES)}

# Lengths below and above windows and chunks, at their ends, and one; ranks that divide sizes and ones that don't.
SIZES: Final[dict[str, list[Any]]] = {
    "batch_size": [1, 2, 3, 8],
    "seq_len": [0, 1, 2, 5, 16, 63, 64, 65, 130, 300, 5000],
    "context_len": [0, 0, 1, 7, 64, 100, 4096],
    "tp_size": [1, 1, 2, 3, 4, 8],
    "dp_size": [1, 1, 2, 3],
    "ep_size": [1, 1, 2, 4],
    "redundant_experts": [0, 0, 0, 4],
}
OTHERS: Final[dict[str, list[Any]]] = {
    "mode": ["extend", "decode"],
    "logits": ["last", "all"],
    "mtp": [False, True],
    "deepep": [False, True],
    "moe_tp": [None, None, False, True],
    "engine": ["sglang", "sglang", "checkpoint", "llmsim"],
    "dtype": ["auto", "auto", "float32"],
    "dense_fully_dp": [False, True],
    "weight_dtype": [None, "float8_e4m3fn"],
    "activation_dtype": [None, "float32"],
    "kv_cache_dtype": [None, "int4"],
}


def columns(seed: str, points: int, few: int) -> dict[str, list[Any]]:
    """Return random points, whose fields other than sizes have `few` combinations."""
    chance = random.Random(seed)
    combinations = [{name: chance.choice(values) for name, values in OTHERS.items()} for _ in range(few)]
    rows = [
        {name: chance.choice(values) for name, values in SIZES.items()} | chance.choice(combinations)
        for _ in range(points)
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def compare(model: Model, asked: dict[str, Any]) -> la.Sweep:
    """Check every point of a sweep against the graph of its schedule."""
    sweep = model.sweep(**asked)
    found = {name: sweep.figures()[name].ravel().tolist() for name in FIGURES}
    for i in range(len(sweep)):
        reason = ""
        expected: dict[str, Any] = dict.fromkeys(FIGURES)
        try:
            expected = figures(model.build(sweep.schedule(i)))
        except la.ScheduleError as error:
            reason = str(error)
        assert bool(sweep.refused.flat[i]) == bool(reason)
        assert sweep.reason(i) == reason
        assert {name: found[name][i] for name in FIGURES} == expected
    return sweep


class TestAgainstGraphs:
    @pytest.mark.parametrize("name", BUNDLED)
    def test_random_points_of_a_bundled_model(self, name: str) -> None:
        compare(la.load(name, offline=True), columns(name, points=20, few=4))

    @pytest.mark.parametrize("name", OF_A_TYPE)
    def test_random_points_of_a_model_type(self, name: str) -> None:
        model = la.load(OF_A_TYPE[name])
        if model.coverage.builder is not None:
            compare(model, columns(name, points=10, few=2))

    @pytest.mark.parametrize("mode", ["extend", "decode"])
    def test_a_grid(self, mode: str) -> None:
        asked = la.grid(tp_size=[1, 2, 3, 8], dp_size=[1, 4], ep_size=[1, 8], batch_size=[1, 5], context_len=[0, 9])
        sweep = compare(la.load(DEEPSEEK, offline=True), {"mode": mode, "seq_len": 7, **asked})
        assert sweep.shape == sweep.flops.shape == (4, 2, 2, 2, 2)
        assert 0 < sweep.refused.sum() < len(sweep)
        assert sweep.refused[2].all(), "3 ranks can't share 128 heads"

    def test_figures_beyond_64_bits_are_exact(self) -> None:
        asked = la.grid(
            tp_size=[1, 3], batch_size=[1, 2**40], seq_len=[1, 2**30 + 1, 2**40], context_len=[0, 2**39 + 7]
        )
        sweep = compare(la.load(DEEPSEEK, offline=True), asked)
        assert max(sweep.flops.compressed().tolist()) > 2**120
        assert sweep.weight_bytes.dtype == np.int64

    def test_points_of_a_large_sweep_are_computed_in_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        model = la.load(LLAMA)
        asked = la.grid(tp_size=[1, 2], batch_size=range(1, 30), context_len=range(50))
        whole = model.sweep(**asked)
        monkeypatch.setattr("llmsim_adapters.sweep.evaluation._AT_ONCE", 100)
        parts = model.sweep(**asked)
        assert len(parts) == 2 * 29 * 50
        assert all((whole.figures()[name] == parts.figures()[name]).all() for name in FIGURES)


class TestFields:
    def test_they_broadcast_as_arrays_do(self) -> None:
        sweep = la.load(LLAMA).sweep(batch_size=np.array([[1], [2]]), seq_len=[8, 16, 32], mode=["extend"] * 3)
        assert sweep.shape == (2, 3)
        assert sweep.schedule(4) == la.Schedule(batch_size=2, seq_len=16)
        assert sweep.schedule(-1) == la.Schedule(batch_size=2, seq_len=32)
        with pytest.raises(IndexError, match="no point 6 in a sweep of 6"):
            sweep.schedule(6)

    def test_without_any_there_is_the_one_default_point(self) -> None:
        sweep = la.load(LLAMA).sweep()
        assert len(sweep) == 1
        assert sweep.schedule(0) == la.Schedule()
        assert int(sweep.flops) == la.load(LLAMA).build().flops

    def test_no_points_are_no_figures(self) -> None:
        sweep = la.load(LLAMA).sweep(batch_size=[])
        assert len(sweep) == 0
        assert sweep.flops.tolist() == []

    def test_the_length_defaults_by_mode(self) -> None:
        sweep = la.load(LLAMA).sweep(mode=["extend", "decode"])
        assert sweep.points["seq_len"].tolist() == [4096, 1]

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"batch": 3}, "schedule field `batch` is unknown; expected one of batch_size, seq_len"),
            ({"batch_size": [1, 0]}, "schedule field `batch_size` is 0; expected an integer from 1"),
            ({"tp_size": [2, 2.5]}, "schedule field `tp_size` is 2.0; expected an integer from 1"),
            ({"tp_size": [True]}, "schedule field `tp_size` is True; expected an integer from 1"),
            ({"seq_len": "12"}, "schedule field `seq_len` is '12'; expected an integer from 1"),
            ({"seq_len": [1, 2**70]}, f"schedule field `seq_len` is {2**70}; expected an integer from 1"),
            ({"context_len": [[1, 2], [3]]}, "schedule field `context_len` is no array; expected rows of the same"),
            ({"context_len": {"a": 1}}, "schedule field `context_len` is {'a': 1}; expected an integer"),
            ({"mode": ["extend", "train"]}, "schedule field `mode` is 'train'; expected 'extend' or 'decode'"),
            ({"mtp": [True, 1]}, "schedule field `mtp` is 1; expected True or False"),
            ({"kv_cache_dtype": [None, "int7"]}, "schedule field `kv_cache_dtype` is 'int7'; expected one of"),
            (
                {"batch_size": [1, 2], "seq_len": [1, 2, 3]},
                "schedule field `seq_len` has shape (3,); expected one that broadcasts with (2,)",
            ),
        ],
        ids=str,
    )
    def test_what_can_not_be_is_one_clear_error(self, fields: dict[str, Any], message: str) -> None:
        with pytest.raises(la.ScheduleError) as error:
            la.load(LLAMA).sweep(**fields)
        assert str(error.value).startswith(message)


class TestAnswer:
    def test_a_refused_point_has_a_reason_and_no_figures(self) -> None:
        sweep = la.load(LLAMA).sweep(tp_size=[1, 3])
        assert sweep.refused.tolist() == [False, True]
        assert sweep.flops[1] is np.ma.masked
        assert sweep.reason(0) == ""
        assert sweep.reason(1) == "schedule field `tp_size` is 3; expected a divisor of num_attention_heads = 8"

    def test_it_is_frozen(self) -> None:
        sweep = la.load(LLAMA).sweep(tp_size=[1, 2])
        for array in (sweep.flops, sweep.refused, sweep.points["tp_size"]):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0

    def test_the_best_point_is_never_a_refused_one(self) -> None:
        sweep = la.load(LLAMA).sweep(tp_size=[3, 1, 2, 8])
        assert sweep.schedule(int(sweep.flops.argmin())).tp_size == 8

    def test_a_dictionary_has_columns_for_a_table(self) -> None:
        table = la.load(LLAMA).sweep(**la.grid(tp_size=[1, 3], batch_size=[1, 2])).to_dict()
        assert {len(values) for values in table.values()} == {4}
        assert table["tp_size"] == [1, 1, 3, 3]
        assert table["batch_size"] == [1, 2, 1, 2]
        assert table["refused"] == [False, False, True, True]
        assert table["flops"][2:] == [None, None]
        assert all(type(value) is int for value in table["flops"][:2])

    def test_it_says_why_it_can_not_be_without_numpy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "numpy", None)
        for call in (la.load(LLAMA).sweep, la.grid):
            with pytest.raises(la.AdapterError, match=r"numpy: pip install llmsim-adapters\[sweep\]"):
                call()


class TestPlugins:
    """What a plugin's own code builds is built schedule by schedule, as `build` has it."""

    @pytest.fixture
    def plugins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[distributions.Plugins]:
        yield from distributions.plugins(tmp_path, monkeypatch)

    def test_a_builder_that_builds_itself(self, plugins: distributions.Plugins) -> None:
        plugins.install("""
            def build(self, spec, schedule, wire):
                assert type(schedule.batch_size) is int
                return wire(spec, schedule)
            Acme.build = build
        """)
        model = distributions.model(LLAMA, plugins.load())
        asked = la.grid(tp_size=[1, 3], batch_size=[1, 2])
        own, built_in = model.sweep(builder="acme", **asked), model.sweep(builder="qwen3", **asked)
        assert own.to_dict() == built_in.to_dict()
        assert "`tp_size` is 3" in own.reason(2)

    def test_a_builder_that_does_not_claim_the_model(self) -> None:
        with pytest.raises(la.BuildError, match="builder deepseek_v3 does not claim"):
            la.load(LLAMA).sweep(builder="deepseek_v3")


WIDE = st.one_of(st.integers(1, 9), st.integers(1, 2**40), st.integers(2**62, 2**65))


class TestColumns:
    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(WIDE, WIDE, WIDE), min_size=1, max_size=4), WIDE)
    def test_they_compute_what_integers_do(self, points: list[tuple[int, int, int]], one: int) -> None:
        def formula(a: Any, b: Any, c: Any) -> Any:
            blocks = a - a // b * b
            pairs = minimum(a, c) * (minimum(a, one) + 1) // 2 + (a - minimum(a, c)) * c
            return ceil_div(-blocks + pairs, b) + maximum(a * b * c, one) % c - one // b + (one - a) * (7 % b)

        together = formula(*(column(np.array(values, dtype=object)) for values in zip(*points, strict=True)))
        expected = [formula(*point) for point in points]
        values = together.values.tolist() if isinstance(together, Column) else [together] * len(points)
        assert values == expected
        assert isinstance(together, int) or together.low <= min(expected) <= max(expected) <= together.high

    def test_what_points_agree_on_is_true_or_false(self) -> None:
        some = column(np.array([1, 2, 3]))
        assert some > 0
        assert (some == 4) is False
        assert some != 4
        assert bool(some)

    def test_what_they_do_not_agree_on_has_no_truth(self) -> None:
        some: Any = column(np.array([0, 2, 3]))
        for question in (some, some == 2, some != 2, some < 2, some <= 2, some > 2, some >= 2, some % 2):
            with pytest.raises(Mixed):
                bool(question)
        assert isinstance(some < 2, Mask)

    @pytest.mark.parametrize("use", [int, float, hash, range, "ab".__getitem__])
    def test_what_asks_for_one_integer_gets_it_or_takes_the_points_apart(self, use: Any) -> None:
        same: Any = Column(np.array([1, 1]), 0, 5)
        assert use(same) == use(1)
        with pytest.raises(Mixed) as mixed:
            use(column(np.array([1, 0, 1])))
        assert mixed.value.answers.tolist() == [1, 0, 1]

    @pytest.mark.parametrize("use", [lambda c: c / 2, lambda c: 3 // (c - 2), lambda c: 2**c])
    def test_what_they_can_not_be_used_for_is_an_error(self, use: Any) -> None:
        with pytest.raises((TypeError, ZeroDivisionError)):
            use(column(np.array([2, 3])))
