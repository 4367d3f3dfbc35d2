"""The engine `sglang` against SGLang's own model classes: every rank's bytes, every refusal, tensor by tensor."""

from __future__ import annotations

from typing import Any

import pytest

from llmsim_adapters.engines.sglang.architectures import REGISTERED, UNSEEN
from tests.reference.sglang import digest
from tests.sglang import (
    CONFIGS,
    LISTED,
    NOT_BUILT,
    RUNS,
    answers,
    differences,
    graph,
    left_out,
    model,
    run_of,
    runs,
    served,
    tensors,
)

KNOWN = differences.known()


def label(listed: dict[str, Any]) -> str:
    return f"{listed['config']}-{listed['layout'][:3]}"


@pytest.mark.parametrize("config", CONFIGS)
def test_each_layout_is_sglangs_to_the_byte_or_refused_as_it_is_or_known_to_differ(config: str) -> None:
    """A layout that becomes exact has to leave `differences.json`: `python -m tests.sglang`."""
    answered = answers(config)
    differ = {run.label: differences.kind_of(run, answered[run.label]) for run in runs(config)}
    differ = {run.label: differ[run.label] for run in runs(config) if answered[run.label] != run.bytes}
    assert differ == {label: kind for kind, those in KNOWN.items() for label in those.get(config, ())}


def test_each_kind_of_difference_has_its_reason() -> None:
    assert list(KNOWN) == list(differences.KINDS)
    assert all(reason for reason, _ in differences.KINDS.values())


@pytest.mark.parametrize("listed", LISTED, ids=label)
def test_what_is_exact_is_so_tensor_by_tensor(listed: dict[str, Any]) -> None:
    size = sum(tensors.theirs(listed["tensors"]).values())
    run = run_of(listed["config"], tuple(listed["layout"]), size)
    if answers(run.config)[run.label] != size:
        pytest.skip("its bytes are known to differ")
    found = graph(run)
    assert found is not None
    kept = [weight for weight in found.weights if weight not in left_out(run.config, found)]
    assert tensors.ours(kept) == tensors.theirs(listed["tensors"])


@pytest.mark.parametrize("listed", LISTED, ids=label)
def test_a_list_is_that_of_its_run_and_of_the_last_rank_too(listed: dict[str, Any]) -> None:
    """The first and the last rank were equal wherever both were built, so that one of each layout is kept."""
    built = {tuple(layout): (size, said) for *layout, _, size, said in RUNS["runs"][listed["config"]]["built"]}
    size = sum(tensors.theirs(listed["tensors"]).values())
    assert built[tuple(listed["layout"])] == (size, digest(listed["tensors"]))
    assert listed["last_rank"] == digest(listed["tensors"])


def test_what_coverage_says_of_them_is_what_they_hold() -> None:
    """`python -m tests.sglang` writes it anew."""
    assert served.FILE.read_text(encoding="utf-8") == served.text(served.served())


def test_coverage_tells_whether_the_layouts_of_an_architecture_are_held() -> None:
    held = served.served()
    for config, entry in CONFIGS.items():
        coverage = model(config).coverage
        assert coverage.served is (coverage.builder is not None and entry["architecture"] in held), config
        assert coverage.to_dict()["served"] is coverage.served
    assert {model(config).coverage.served for config in CONFIGS} == {False, True}


def test_what_is_not_known_of_dp_attention_is_what_could_not_be_built() -> None:
    held = {entry["architecture"] for entry in CONFIGS.values()}
    assert REGISTERED - held == UNSEEN
    assert {architecture for architecture, _ in NOT_BUILT.values()} >= UNSEEN
