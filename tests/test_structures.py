"""Structures: configs that are the same but for their numbers share what follows, and nobody can tell."""

from __future__ import annotations

import copy
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.evaluation.construction import construct
from llmsim_adapters.evaluation.evaluator import evaluate
from llmsim_adapters.evaluation.graphs import unsupported
from llmsim_adapters.evaluation.structures import MOST, structures
from llmsim_adapters.graph.figures import held
from llmsim_adapters.graph.pending import PendingGraph
from llmsim_adapters.plugins.manager import registered
from tests.facts import CASES, LLAMA, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCHEDULE: Final = la.Schedule(batch_size=2, seq_len=300, context_len=40)
FILES: Final = la.Schedule(batch_size=2, seq_len=300, engine="checkpoint")
PUBLISHED: Final = {name: la.load(name, offline=True).config.data for name in REPORT}
OF_TYPES: Final[dict[str, dict[str, Any]]] = {}
for _name, _case in CASES:
    if _name not in OF_TYPES and la.evaluate(_case["config"]).builder is not None:
        OF_TYPES[_name] = _case["config"]


class Unbuilt(Exception):
    """There is no graph."""


def ordinary(config: Mapping[str, Any], schedule: la.Schedule = SCHEDULE) -> tuple[la.Coverage, la.OperatorGraph]:
    """Return what a config gives where nothing is shared."""
    model = la.load(config)
    coverage = evaluate(model.reading, model.config.provenance, registered(), None, model.config.content).coverage
    if model.spec is None or coverage.builder is None:
        raise Unbuilt
    claim = next(claim for claim in coverage.claims if claim.builder == coverage.builder)
    entry = registered().builders[claim.builder]
    known = {"without": unsupported(claim), "config": model.config.content}
    return coverage, construct(entry, registered(), model.spec, schedule, **known).by(claim.builder, coverage.gaps)


def places(config: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where a config has integers."""
    for key, value in config.items() if isinstance(config, dict) else enumerate(config):
        if type(value) is int:
            yield (*path, key)
        elif isinstance(value, dict | list):
            yield from places(value, (*path, key))


def changed(config: Mapping[str, Any], path: Sequence[Any], change: Any) -> dict[str, Any]:
    """Return a config whose integer at a place is changed."""
    result: dict[str, Any] = copy.deepcopy(dict(config))
    inner: Any = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return result


def wider(config: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """Return a config with so many more rows in every vocabulary that it states."""
    result = dict(config)
    for path in places(config):
        if path[-1] in ("vocab_size", "n_words", "padded_vocab_size"):
            result = changed(result, path, lambda size: size + rows)
    return result


def shared(config: Mapping[str, Any], schedule: la.Schedule = SCHEDULE) -> Any:
    """Return the graph of a config after others of its structure."""
    for rows in (64, 128):
        la.load(wider(config, rows)).build(schedule)
    return la.load(config).build(schedule)


class TestAGraph:
    @pytest.mark.parametrize("name", OF_TYPES)
    def test_of_each_type_is_what_it_is_without_others(self, name: str) -> None:
        _, alone = ordinary(OF_TYPES[name], FILES)
        assert shared(OF_TYPES[name], FILES) == alone

    @pytest.mark.parametrize("name", PUBLISHED)
    def test_of_a_published_model_is_what_it_is_without_others(self, name: str) -> None:
        _, alone = ordinary(PUBLISHED[name])
        assert shared(PUBLISHED[name]) == alone

    @pytest.mark.parametrize("name", PUBLISHED)
    def test_has_its_totals_before_it_is_made(self, name: str) -> None:
        graph = shared(PUBLISHED[name])
        assert type(graph) is PendingGraph
        lengths = (1, 4096, 100_000)
        caches = [(graph.kv_cache_elements(n), graph.rank_kv_cache_bytes(n, reserve=True)) for n in lengths]
        figures = held(graph), graph.totals(), graph.elements(), graph.kv_cache_bytes(7, 3), graph.rank_state_bytes
        _, alone = ordinary(PUBLISHED[name])
        assert figures == (
            held(alone),
            alone.totals(),
            alone.elements(),
            alone.kv_cache_bytes(7, 3),
            alone.rank_state_bytes,
        )
        assert caches == [(alone.kv_cache_elements(n), alone.rank_kv_cache_bytes(n, reserve=True)) for n in lengths]

    def test_is_an_ordinary_one_once_it_is_looked_at(self) -> None:
        for look in (repr, hash, len_of_operators, pickled, copy.copy, lambda graph: graph == 1):
            graph = shared(LLAMA)
            assert type(graph) is PendingGraph
            look(graph)
            assert type(graph) is la.OperatorGraph
        assert pickled(shared(LLAMA)) == shared(LLAMA) == ordinary(LLAMA)[1]
        assert type(pickled(shared(LLAMA))) is la.OperatorGraph

    def test_shows_the_formulas_of_its_own_config(self) -> None:
        config = {**LLAMA, "vocab_size": 7777}
        head, alone = shared(config).operators[-1], ordinary(config)[1].operators[-1]
        assert (head.n, head.trace) == (7777, alone.trace)
        assert "vocab_size" in head.trace["n"]

    def test_is_right_in_threads(self) -> None:
        configs = [{**LLAMA, "intermediate_size": 200 + i % 40, "vocab_size": 1500 + i} for i in range(200)]
        with ThreadPoolExecutor(8) as threads:
            totals = list(threads.map(lambda config: la.load(config).build(SCHEDULE).flops, configs))
        assert totals == [ordinary(config)[1].flops for config in configs]


def len_of_operators(graph: la.OperatorGraph) -> int:
    return len(graph.operators)


def pickled(graph: la.OperatorGraph) -> Any:
    return pickle.loads(pickle.dumps(graph))


class TestAnEvaluation:
    @pytest.mark.parametrize("name", OF_TYPES)
    def test_of_each_type_is_what_it_is_without_others(self, name: str) -> None:
        config = OF_TYPES[name]
        for rows in (64, 128):
            _ = la.load(wider(config, rows)).coverage
        coverage, _ = ordinary(config, FILES)
        found = la.load(config).coverage
        assert found == coverage
        assert found.to_dict() == coverage.to_dict()


OTHERS: Final = {
    "one more": lambda size: size + 1,
    "twice": lambda size: size * 2,
    "none": lambda _: 0,
    "one": lambda _: 1,
    "less than none": lambda _: -1,
    "very many": lambda _: 2**31,
}


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_another_number_is_answered_as_it_is_without_others(name: str) -> None:
    """Whatever branch it takes: of each config some integers are changed."""
    config, chance = PUBLISHED[name], random.Random(name)
    shared(config)
    where = sorted(places(config), key=str)
    for path in chance.sample(where, min(4, len(where))):
        other = changed(config, path, OTHERS[chance.choice([*OTHERS])])
        assert answer(lambda config=other: la.load(config).build(SCHEDULE)) == answer(
            lambda config=other: ordinary(config)[1]
        ), path


def answer(build: Any) -> Any:
    """Return a graph, or that there is none."""
    try:
        return build()
    except (la.BuildError, la.ScheduleError, Unbuilt):
        return "refused"


@pytest.mark.parametrize("name", [name for name in OF_TYPES if wider(OF_TYPES[name], 64) != OF_TYPES[name]])
def test_configs_of_every_type_share(name: str) -> None:
    assert type(shared(OF_TYPES[name], FILES)) is PendingGraph


def test_texts_and_numbers_without_a_cost_are_no_part_of_a_structure() -> None:
    names = {"_name_or_path": "a/b", "transformers_version": "4.1", "rms_norm_eps": 1e-6, "eos_token_id": 3}
    shared(LLAMA | names)
    other = {"_name_or_path": "c", "transformers_version": "5.24", "rms_norm_eps": 1e-5, "eos_token_id": 7}
    assert type(la.load(LLAMA | other).build(SCHEDULE)) is PendingGraph


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0.0, False), ("1", 1), (0.5, "0.5"), ([1], {"1": 1})])
def test_values_of_other_kinds_have_other_structures(one: object, other: object) -> None:
    key = f"key_{one!r}_{other!r}"
    assert type(shared({**LLAMA, key: one})) is PendingGraph
    assert type(la.load({**LLAMA, key: other}).build(SCHEDULE)) is la.OperatorGraph


def test_so_many_are_kept_and_no_more() -> None:
    for i in range(MOST + 50):
        la.load({**LLAMA, f"key_{i}": 1}).build(SCHEDULE)
    assert len(structures(registered())) == MOST
