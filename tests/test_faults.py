"""A fault of the package's own code is that model's gap, with a switch that shows where; a report goes on."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.model import Model
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.sources import find
from llmsim_adapters.spec.components import MLP
from tests.facts import LLAMA

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def faulty(r: Reader) -> ModelSpec:
    """A dialect that divides by a size that may be zero."""
    r.derive("share", r.size("hidden_size") // r.count("parts"))
    return llama.DIALECT.read(r)


def empty(r: Reader) -> ModelSpec:
    """A dialect that makes a network of nothing."""
    return llama.DIALECT.read(r).transform(MLP, lambda mlp: replace(mlp, hidden_size=0))


def answer(read: Any, config: dict[str, Any]) -> la.Coverage:
    plugins = copy(registered())
    plugins.dialects = {"of_this_test": Dialect("of_this_test", read, llama.DIALECT.defaults)}
    return Model(find({**LLAMA, "model_type": "of_this_test", **config}), plugins=plugins).coverage


class TestDialect:
    def test_what_it_raises_is_an_invalid_config(self) -> None:
        assert answer(faulty, {"parts": 2}).status == "fully_supported"
        coverage = answer(faulty, {"parts": 0})
        assert coverage.status == "not_supported"
        (gap,) = coverage.gaps
        assert (gap.kind, gap.name) == ("invalid_config", "config.json")
        assert "the dialect for of_this_test can't read it: ZeroDivisionError" in gap.detail

    def test_what_comes_of_a_value_that_is_refused_already_is_not_told(self) -> None:
        (gap,) = answer(faulty, {"parts": 0, "hidden_size": "wide"}).gaps
        assert (gap.kind, gap.name) == ("invalid_config", "hidden_size")

    def test_a_switch_shows_where(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        answer(faulty, {"parts": 0})
        assert capsys.readouterr().err == ""
        monkeypatch.setenv("LLMSIM_ADAPTERS_TRACEBACK", "1")
        answer(faulty, {"parts": 0})
        assert "in faulty" in capsys.readouterr().err


def test_a_tensor_of_nothing_is_a_build_error() -> None:
    coverage = answer(empty, {})
    assert coverage.status == "not_supported"
    (gap,) = coverage.gaps
    assert (gap.kind, gap.name) == ("build_error", "qwen3")
    assert "text.mlp.gate_proj` would be 200 × 0" in gap.detail


@pytest.mark.parametrize("fields", [{"ep_size": 2, "moe_tp": True}, {"ep_size": 2}, {"ep_size": 4, "tp_size": 2}])
@pytest.mark.parametrize("engine", ["checkpoint", "llmsim"])
def test_experts_of_an_encoder_need_groups_of_equal_size_too(engine: str, fields: dict[str, Any]) -> None:
    """dots3 Note's pictures are encoded by experts, which no step of text runs, beside any language model."""
    config = {"model_type": "dots3_note", "language_config": {"model_type": "phi3_v"}}
    with pytest.raises(la.ScheduleError, match=r"`ep_size` is \d; expected a divisor of tp_size \* dp_size"):
        la.build(config, la.Schedule(engine=engine, **fields))
