"""Whatever the public surface gives can go to another process and back: equal, small, and with its formulas."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.plugins.isolation import PluginError
from llmsim_adapters.proof.folder import Headers
from llmsim_adapters.proof.proof import prove_tensors
from tests.facts import LLAMA
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPSEEK: Final = "deepseek-ai/DeepSeek-V3"
SEEING: Final = "Qwen/Qwen2.5-VL-7B-Instruct"
SPREAD: Final = la.Schedule(
    tp_size=8,
    dp_size=8,
    ep_size=64,
    dense_fully_dp=True,
    deepep=True,
    batch_size=4,
    mode="decode",
    context_len=5000,
    mtp=True,
)
SAID: Final = {"model_type": "nobody_declared_this", "architectures": ["NobodyModel"]}


@cache
def deepseek() -> la.Model:
    return la.load(DEEPSEEK, offline=True)


def caught(call: Callable[[], object], kind: type[la.AdapterError]) -> la.AdapterError:
    with pytest.raises(kind) as error:
        call()
    return error.value


def spec() -> la.ModelSpec:
    found = deepseek().spec
    assert found is not None
    return found


def component(kind: type[la.Component]) -> la.Component:
    of = la.load(LLAMA).spec if kind in (la.Attention, la.MLP) else spec()
    assert of is not None
    return next(each for each in of.components() if isinstance(each, kind))


def proof() -> la.Proof:
    """Of files that hold nothing."""
    model = la.load(LLAMA)
    assert model.spec is not None
    return prove_tensors(model.spec, model.build(la.Schedule(engine="checkpoint")), Headers("files", (), 1, 0))


def census() -> la.Census:
    with TemporaryDirectory() as folder:
        return la.census([LLAMA, {**LLAMA, "new": 1}], Path(folder) / "rows.jsonl")


RESULTS: Final[dict[str, Callable[[], Any]]] = {
    "AdapterError": lambda: la.AdapterError("anything"),
    "Attention": lambda: component(la.Attention),
    "Best": lambda: la.load(LLAMA).best(tp_size=[1, 2], batch_size=[1, 8]),
    "BestPoint": lambda: la.load(LLAMA).best(batch_size=[1, 8]).points[0],
    "Block": lambda: spec().stacks[0].blocks[0],
    "BrokenPlugin": lambda: la.BrokenPlugin("acme", "Acme.Tools", "1.2.3", "import: no"),
    "BuildError": lambda: caught(lambda: la.build(SAID), la.BuildError),
    "Cache": lambda: deepseek().build(SPREAD).caches[0],
    "Category": lambda: la.Category.HYBRID,
    "Census": lambda: census(),
    "CensusError": lambda: la.CensusError("anything"),
    "Claim": lambda: deepseek().coverage.claims[-1],
    "ConfigUnavailable": lambda: caught(lambda: la.load("no/such-model", offline=True), la.ConfigUnavailable),
    "Coverage": lambda: deepseek().coverage,
    "Difference": lambda: proof().missing[0],
    "Embedding": lambda: component(la.Embedding),
    "Evidence": lambda: la.Evidence.COUNTED,
    "Fit": lambda: deepseek().fit("H200-141GB", gpus=[1, 8]),
    "FitError": lambda: caught(lambda: deepseek().fit("no such"), la.FitError),
    "Gap": lambda: la.evaluate(SAID).gaps[0],
    "GapKind": lambda: la.GapKind.INFERRED,
    "Head": lambda: component(la.Head),
    "HeaderError": lambda: caught(lambda: la.load(LLAMA).prove("no such folder"), la.HeaderError),
    "Impact": lambda: la.Impact(1.0, 2.0, 0.5, 4096),
    "InvalidConfig": lambda: caught(lambda: la.load(__file__), la.InvalidConfig),
    "LatentAttention": lambda: component(la.LatentAttention),
    "MediaItem": lambda: la.load(SEEING, offline=True).build(la.Schedule(images=((448, 448),))).media[0],
    "MLP": lambda: component(la.MLP),
    "MissingExtra": lambda: la.MissingExtra("pip install llmsim-adapters[sweep]"),
    "MixtureOfExperts": lambda: component(la.MixtureOfExperts),
    "Model": deepseek,
    "ModelSpec": spec,
    "Norm": lambda: component(la.Norm),
    "Operator": lambda: deepseek().build(SPREAD).operators[0],
    "OperatorGraph": lambda: deepseek().build(SPREAD),
    "Origin": lambda: la.Origin.ALIASED,
    "Parameter": lambda: deepseek().coverage.parameters["hidden_size"],
    "Proof": lambda: proof(),
    "Provenance": lambda: deepseek().coverage.source,
    "Reading": lambda: deepseek().reading,
    "RegisteredBuilder": lambda: la.builders().registered[0],
    "RegisteredEngine": lambda: la.builders().engines[0],
    "RegistryError": lambda: caught(lambda: la.coverage(__file__), la.RegistryError),
    "Report": lambda: la.coverage([DEEPSEEK, "no/such-model", LLAMA], offline=True),
    "Requirements": lambda: la.builders().registered[0].requirements,
    "Schedule": lambda: SPREAD,
    "ScheduleError": lambda: caught(lambda: deepseek().build(la.Schedule(tp_size=3)), la.ScheduleError),
    "Stack": lambda: spec().stacks[0],
    "Status": lambda: la.Status.NOT_SUPPORTED,
    "SweepError": lambda: la.SweepError("anything"),
    "Sublayer": lambda: spec().stacks[0].blocks[0].sublayers[0],
    "Sweep": lambda: deepseek().sweep(**la.grid(tp_size=[1, 2, 3], batch_size=[1, 8]), mode="decode"),
    "Total": lambda: la.Total(7, "its card", "published"),
    "Transfer": lambda: deepseek().build(SPREAD).transfers[0],
    "Unfit": lambda: la.Unfit("anything"),
    "Weight": lambda: deepseek().build(SPREAD).weights[0],
}
"""What the functions of the public surface return or raise, or what that is made of."""

CODE: Final = {
    *("Builder", "ComponentKind", "Dialect", "Feature"),  # what a plugin is written as
    *("Engine", "EngineOption", "Beside", "Format", "Keep", "Note", "Refuse", "Scales", "Split", "Store"),
    *("Component", "Part", "Reader", "Site", "Step", "Tower", "Wire"),  # what its code is called with, and base classes
    *(
        "Media",
        "BestAspect",
        "ChunkedSound",
        "LeastScaling",
        *("FrameByFrame", "LongestEdge", "WithVideos"),
        "SmartResize",
        "Tiles",
    ),  # of a spec's tower
    "PluginWarning",
}
"""Public classes that are no results."""


def content(thing: Any) -> Any:
    """Return what has to be the same on the other side, of things that are not equal by it."""
    if isinstance(thing, la.Model):
        return thing.config, thing.spec, thing.coverage, thing.build(SPREAD)
    if isinstance(thing, la.Sweep):
        return thing.to_dict(), thing.shape, thing.schedule(-1), [thing.reason(i) for i in range(len(thing))]
    if isinstance(thing, Exception):
        return type(thing), thing.args, str(thing), vars(thing)
    return thing


class PluginsError(la.BuildError):
    """An error that a plugin made of one of ours."""

    def __init__(self, gap: la.Gap) -> None:
        super().__init__("no", la.evaluate(SAID), [gap])
        self.gap = gap


def returned(thing: Any) -> Any:
    return thing


def raised(error: Exception) -> None:
    raise error


def computed(thing: Any, name: str, *arguments: Any) -> Any:
    """Return the result of a method, or the value of a property."""
    found = getattr(thing, name)
    return found(*arguments) if callable(found) else found


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """One process that inherits nothing."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


def test_every_public_class_is_a_result_or_code() -> None:
    classes = {name for name in la.__all__ if isinstance(getattr(la, name), type)}
    components = {name for name in classes if issubclass(getattr(la, name), la.Component)}  # fields of a spec
    assert classes == RESULTS.keys() | CODE | components
    assert not RESULTS.keys() & CODE


@pytest.mark.parametrize("name", RESULTS)
class TestResults:
    def test_comes_back_equal(self, name: str) -> None:
        thing = RESULTS[name]()
        assert isinstance(thing, getattr(la, name))
        back = pickle.loads(pickle.dumps(thing))
        assert back.__class__ is thing.__class__
        assert content(back) == content(thing)

    def test_comes_back_equal_from_a_process_pool(self, name: str, pool: ProcessPoolExecutor) -> None:
        thing = RESULTS[name]()
        assert content(pool.submit(returned, thing).result()) == content(thing)


@pytest.mark.parametrize("name", [name for name in RESULTS if issubclass(getattr(la, name), Exception)])
def test_an_error_that_is_raised_in_a_process_pool_is_raised_here(name: str, pool: ProcessPoolExecutor) -> None:
    error = RESULTS[name]()
    found = pool.submit(raised, error).exception()
    assert isinstance(found, getattr(la, name))
    assert str(found) == str(error)
    assert vars(found).items() >= vars(error).items()


class TestErrors:
    def test_one_of_a_plugin_comes_back_whatever_it_is_called_with(self) -> None:
        error = PluginsError(la.evaluate(SAID).gaps[0])
        assert content(pickle.loads(pickle.dumps(error))) == content(error)


class TestGraph:
    def test_is_small(self) -> None:
        """Some operators are run by 61 layers; a pickle has them once, and the config once for all their formulas."""
        graph = deepseek().build(SPREAD)
        assert len(pickle.dumps(graph)) < 20_000 < len(json.dumps(graph.to_dict()))

    def test_is_equal_to_one_of_the_same_config_builder_and_schedule(self) -> None:
        again = la.load(DEEPSEEK, offline=True)
        assert again.build(SPREAD) == deepseek().build(SPREAD)
        assert hash(again.build(SPREAD).operators[3]) == hash(deepseek().build(SPREAD).operators[3])
        assert la.load({**LLAMA, "vocab_size": 999}).build().operators[2] != la.load(LLAMA).build().operators[2]

    @pytest.mark.parametrize("schedule", [la.Schedule(), SPREAD], ids=["default", "spread"])
    def test_shows_its_formulas_where_it_comes_to(self, schedule: la.Schedule, pool: ProcessPoolExecutor) -> None:
        graph = deepseek().build(schedule)
        for operator in (graph.operators[1], graph.operators[-1]):
            assert pool.submit(computed, operator, "trace").result() == operator.trace

    def test_of_a_plugin_that_is_not_there_has_its_figures_but_no_formulas(self, plugins: Plugins) -> None:
        source = "class Acme(Acme):\n    def claim(self, reading, claim): return claim"
        graph = model(LLAMA, plugins.install(source).load()).build(builder="acme")
        back = pickle.loads(pickle.dumps(graph))
        assert back == graph
        assert graph.operators[0].trace
        with pytest.raises(PluginError, match="builder acme is not registered in this process"):
            _ = back.operators[0].trace


class TestModel:
    def test_is_as_small_as_its_config_however_much_it_was_asked(self) -> None:
        asked = la.load(DEEPSEEK, offline=True)
        fresh = pickle.dumps(asked)
        for batch_size in (1, 2, 3):
            asked.build(la.Schedule(batch_size=batch_size))
        assert pickle.dumps(asked) == fresh
        assert len(fresh) < len(json.dumps(asked.config.data)) + 1000

    def test_builds_and_explains_where_it_comes_to(self, pool: ProcessPoolExecutor) -> None:
        assert pool.submit(computed, deepseek(), "build", SPREAD).result() == deepseek().build(SPREAD)
        assert pool.submit(computed, deepseek(), "explain").result() == deepseek().explain()

    def test_a_process_pool_can_spread_schedules(self, pool: ProcessPoolExecutor) -> None:
        schedules = [la.Schedule(tp_size=tp_size) for tp_size in (1, 2, 4, 8)]
        assert list(pool.map(deepseek().build, schedules)) == [deepseek().build(each) for each in schedules]


class TestSweep:
    def test_has_a_field_as_often_as_it_changes(self) -> None:
        swept = deepseek().sweep(**la.grid(batch_size=range(1, 101), context_len=range(40)), mode="decode")
        figures = sum(array.data.nbytes for array in swept.figures().values())
        assert len(pickle.dumps(swept)) < figures + len(swept) + 10_000

    def test_comes_back_read_only(self) -> None:
        back = pickle.loads(pickle.dumps(deepseek().sweep(tp_size=[1, 2, 3])))
        arrays = [back.refused, *back.points.values(), *(array.data for array in back.figures().values())]
        assert not any(array.flags.writeable for array in arrays)


def test_a_builder_that_is_not_registered_where_it_comes_to_is_named(plugins: Plugins) -> None:
    acme = pickle.dumps(plugins.install().load().builders["acme"])
    with pytest.raises(PluginError, match="builder acme is not registered in this process"):
        pickle.loads(acme)
