"""One model, resolved and read once: its config, its spec, its coverage and its graphs."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.read import read
from llmsim_adapters.errors import AdapterError, need
from llmsim_adapters.evaluation.construction import FAILURES, construct, guest_of, reread
from llmsim_adapters.evaluation.evaluator import Assessed, Evaluation, assess, evaluate, in_doubt
from llmsim_adapters.evaluation.graphs import OWN_SCHEDULE, sound, unsupported
from llmsim_adapters.evaluation.speculation import misfit, of_both, step_of, together
from llmsim_adapters.gap import Gap, few
from llmsim_adapters.graph.schedule import DEFAULT_ENGINE, Schedule, ScheduleError
from llmsim_adapters.lowerings.recording import Kept
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.registries.drafts import as_draft
from llmsim_adapters.sources import TIMEOUT, HubSession
from llmsim_adapters.sources.answer import Content
from llmsim_adapters.sources.processors import Reach, with_processors
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.evaluation.structures import Shared
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.fit.fit import Fit
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.proof.folder import Headers
    from llmsim_adapters.proof.result import Proof
    from llmsim_adapters.sources import RawConfig
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.sweep.chosen import Best
    from llmsim_adapters.sweep.result import Sweep
    from llmsim_adapters.working import Working


_NUMBERS: Final = count()


class BuildError(AdapterError):
    """A model can't be built; `coverage` says why."""

    def __init__(self, message: str, coverage: Coverage, gaps: Iterable[Gap] = ()) -> None:
        self.coverage = coverage
        super().__init__(message + "".join(f"\n  {reason}" for reason in few([*map(str, gaps)])))


class Model:
    """A config that was found, and what follows from it, each computed at first use and once.

    `load` makes them. A pickled model is its config: what follows is computed where it comes to, by the plugins there.
    """

    def __init__(
        self,
        config: RawConfig,
        total: Total | None = None,
        plugins: Registered | None = None,
        reach: Reach | None = None,
        recorded: Recorded | None = None,
        headers: Headers | None = None,
    ) -> None:
        self.config = config
        self._reach = reach or Reach(offline=True)
        self._total = total
        self._recorded = recorded
        self._headers = headers
        self._plugins = plugins
        self._kept: dict[str, Kept] = {}
        self._number = next(_NUMBERS)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.__class__, (self.config, self._total, None, self._reach, self._recorded, self._headers)

    def __repr__(self) -> str:
        return f"<Model {printable(self.config.provenance.name)}>"

    def _repr_html_(self) -> str:
        """Return what the builders make of it, for notebooks."""
        from llmsim_adapters.markup import block  # only notebooks need it

        return block(self.config.provenance.name, self.coverage._repr_html_())

    @cached_property
    def reading(self) -> Reading:
        """What the config says, key by key."""
        reading = read(self.config.data, self._registered.dialects, sidecars=self.config.sidecars)
        if self._headers is None:
            return reading
        from llmsim_adapters.proof.reading import read_with

        return read_with(reading, self._headers)

    @property
    def spec(self) -> ModelSpec | None:
        """What the model is; None where the config can't be read."""
        return self.reading.spec

    @cached_property
    def _seeing(self) -> tuple[Content | None, ModelSpec | None]:
        """The config with the settings of its processors, and what the model is by them: for schedules with media."""
        content = Content(self.config.data, with_processors(self.config, self._reach))
        if content.sidecars is self.config.sidecars:
            return self._content, self.spec
        return content, read(content.data, self._registered.dialects, sidecars=content.sidecars).spec

    @property
    def coverage(self) -> Coverage:
        """What the builders make of it."""
        return self._evaluation.coverage

    def build(
        self, schedule: Schedule | None = None, builder: str | None = None, *, draft: Model | None = None
    ) -> OperatorGraph:
        """Return the operator graph under a schedule, by the best builder or the one that is named.

        Args:
            schedule: the step and the layout; by default a prefill of 4096 tokens on one rank.
            builder: the builder that is to build; by default the best one.
            draft: what drafts for the model on the same ranks: its entries are in the graph's stack `draft`, and what
                it takes of its target is counted once. As in SGLang, of some models that is their prediction module,
                so that a target may be its own draft.

        Raises:
            BuildError: no builder claims the model, or the one that is named does not; or the draft can't take of this
                model what it takes of its target.
            ScheduleError: the model can't be spread over ranks as the schedule says; the message names the field and
                the parameter that it collides with.
        """
        schedule = schedule or Schedule()
        if draft is not None:
            draft = draft._as_draft
            beside = draft.build(step_of(schedule))
            return together(self.build(schedule, builder), beside, self._drafted_by(draft))
        if builder is None and "_evaluation" not in vars(self):
            built = self._build_alone(schedule)
            if built is not None:
                return built
        coverage, graph = self._evaluation
        if graph is not None and schedule == OWN_SCHEDULE and builder in (None, coverage.builder):
            return graph
        claim = self._claim(builder)
        try:
            graph = self._construct(claim, schedule, kept=self._kept.setdefault(claim.builder, Kept()))
        except ScheduleError:
            self._construct(claim, schedule, traced=True)  # raises the same with the names of the sizes
            raise
        except FAILURES as error:
            message = f"builder {claim.builder} failed: {error}"
            raise BuildError(message, coverage) from error
        return graph.by(claim.builder, self._gaps(claim))

    def sweep(self, *, builder: str | None = None, executor: Executor | None = None, **fields: Any) -> Sweep:
        """Return the figures of many schedules at once, each equal to that of the graph that `build` makes.

        Needs numpy (`pip install llmsim-adapters[sweep]`).

        Args:
            builder: the builder that is to build; by default the best one.
            executor: what evaluates, any `concurrent.futures.Executor`.
            **fields: fields of `Schedule`, each a value or an array of them; they broadcast as numpy's arrays do.
                `grid` makes arrays of all combinations.

        Raises:
            BuildError: as `build`.
            ScheduleError: a field is unknown, has a value that no schedule can have, or does not broadcast with the
                others. What the model can't be spread over ranks as is `refused` in the answer.
            MissingExtra: numpy is not installed.
        """
        from llmsim_adapters.sweep.result import NUMPY

        need(*NUMPY)
        import pickle  # which a command that builds one graph does without

        from llmsim_adapters.sweep.blocks import Elsewhere  # which imports it
        from llmsim_adapters.sweep.evaluation import sweep

        name = self._claim(builder).builder
        engines = tuple(_values(fields.get("engine", DEFAULT_ENGINE)))
        _, wire = self.sweeping(name, engines)
        elsewhere = None if executor is None else Elsewhere(pickle.dumps(self), name, engines)
        return sweep(fields, partial(self.build, builder=builder), wire, executor, elsewhere)

    def best(
        self,
        *,
        memory: int | None = None,
        builder: str | None = None,
        executor: Executor | None = None,
        **axes: Any,
    ) -> Best:
        """Return the schedules of a grid of any size that no other one of it beats.

        One beats another with no more ranks, no fewer sequences and no shorter ones, and no more memory on a rank; and
        less, or more, of something. The grid is looked through in blocks and never in memory as a whole. Needs numpy.

        Args:
            memory: the bytes that weights, caches and states may take on a rank; less is then no better.
            builder: the builder that is to build; by default the best one.
            executor: what looks at blocks, any `concurrent.futures.Executor`.
            **axes: fields of `Schedule`, each a value or many; the grid has all combinations.

        Raises:
            BuildError: as `build`.
            ScheduleError: a field is unknown, or has a value that no schedule can have.
            SweepError: more than 10,000 schedules are each best in some way.
            MissingExtra: numpy is not installed.
        """
        from llmsim_adapters.sweep.result import NUMPY

        need(*NUMPY)
        from llmsim_adapters.sweep.best import best  # which imports it

        engines = tuple(_values(axes.get("engine", DEFAULT_ENGINE)))
        return best(self, self._claim(builder).builder, engines, axes, memory, executor)

    def sweeping(
        self, builder: str, engines: tuple[str, ...]
    ) -> tuple[Callable[[Schedule], OperatorGraph], Callable[[Schedule], OperatorGraph] | None]:
        """Return what builds a schedule, and what builds those whose sizes are columns; None where code is a plugin's.

        `engines` are the names of those that may be asked for.
        """
        claim, spec = self._claim(builder), self.spec
        assert spec is not None  # the claim was made on it
        plugged = self._registered.engines.keys() & set(engines)
        alone = plugged or guest_of(self._registered.builders[claim.builder], self._registered, spec) is not None
        return partial(self.build, builder=builder), None if alone else partial(self._construct, claim)

    def explain(
        self, schedule: Schedule | None = None, builder: str | None = None, *, draft: Model | None = None
    ) -> Working:
        """Return the working of the figures: each down to weight or operator, shape, formula and config key.

        The cache is that of one sequence with as many tokens as the schedule has in it. Arguments as for `build`.

        Raises:
            BuildError: as `build`.
        """
        schedule = schedule or Schedule()
        from llmsim_adapters.working import working

        graph, parameters = self._traced(schedule, builder), self.reading.parameters
        if draft is not None:
            draft = draft._as_draft
            beside = draft._traced(step_of(schedule))
            graph = together(graph, beside, self._drafted_by(draft), traced=True)
            parameters = of_both(parameters, draft.reading.parameters)
        return working(graph, schedule.context_len + schedule.seq_len, parameters)

    def fit(
        self,
        gpu: str | int,
        *,
        gpus: Sequence[int] = (1, 2, 4, 8),
        contexts: Sequence[int] = (4096, 32768, 131072),
        utilization: float = 0.9,
        builder: str | None = None,
        draft: Model | None = None,
        **fields: Any,
    ) -> Fit:
        """Return how many sequences fit beside the weights, for every layout over so many accelerators.

        Memory only: weights, caches as the engine sets them aside, and states.

        Args:
            gpu: an accelerator's name, as in `fit/accelerators.json`, or the bytes of memory of one.
            gpus: how many there are; layouts of each number are tried.
            contexts: lengths of sequences in tokens.
            utilization: the part of memory that weights, caches and states may take; the rest is for what no graph
                has, `Fit.to_dict()["not_in_it"]`.
            builder: the builder that is to build; by default the best one.
            draft: what drafts for the model, as for `build`: its weights and caches are in the figures.
            **fields: fields of `Schedule` that hold for all layouts, as formats and the engine.

        Raises:
            BuildError: as `build`.
            FitError: nobody knows the accelerator, or a number is out of range.
            ScheduleError: a field is unknown, or has a value that no schedule can have.
        """
        from llmsim_adapters.fit.accelerators import accelerator
        from llmsim_adapters.fit.fit import fit

        if isinstance(gpu, int):
            memory, name = gpu, f"{gpu:,} bytes"
        else:
            name, memory, _ = accelerator(gpu)
        for field in fields:
            if field not in Schedule.__dataclass_fields__ or field in ("tp_size", "dp_size", "ep_size"):
                message = (
                    f"schedule field `{printable(field)}`: expected one that holds for all layouts, such as `engine`"
                )
                raise ScheduleError(message)
        build = partial(self.build, builder=builder, draft=draft)
        build(Schedule(**fields))  # before any layout is refused: whether there is a builder, and fields that can be
        assert self.spec is not None  # the graph was made of it
        return fit(
            build,
            self.spec,
            memory,
            accelerator=name,
            gpus=gpus,
            contexts=contexts,
            utilization=utilization,
            fields=fields,
        )

    def prove(
        self,
        weights: str | os.PathLike[str] | None = None,
        *,
        endpoint: str | None = None,
        offline: bool = False,
        timeout: float = TIMEOUT,
        builder: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        waiting: Callable[[str], None] | None = None,
        announce: Callable[[str], None] | None = None,
        session: HubSession | None = None,
    ) -> Proof:
        """Return whether the tensors of the model's files are those of its graph, one by one.

        Headers only are read: the first bytes of each file.

        Args:
            weights: the folder with the `*.safetensors` files; by default where the config is from, or its hub.
            endpoint: the address of a mirror of the hub.
            offline: ask no hub; headers that were asked for before are there still.
            timeout: the seconds that all requests together have.
            builder: the builder that is to build; by default the best one.
            progress: told how many files are read, of how many.
            waiting: told the name and address of each hub as it is asked.
            announce: told in a line how many bytes a hub will be asked for, before it is.
            session: what this run knows about the hubs.

        Raises:
            BuildError: as `build`.
            HeaderError: the headers can't be had, or say what can't be; or nobody knows what files of
                the checkpoint's quantization hold.
        """
        from llmsim_adapters.proof.proof import prove_tensors
        from llmsim_adapters.proof.quantized import refuse_unknown
        from llmsim_adapters.proof.where import headers_of

        graph = self.build(Schedule(engine="checkpoint"), builder)
        assert self.spec is not None  # the graph was made of it
        refuse_unknown(self.spec)
        found = headers_of(
            self.config.provenance,
            weights,
            endpoint=endpoint,
            offline=offline,
            timeout=timeout,
            session=session or HubSession(waiting),
            progress=progress,
            announce=announce,
        )
        notes = tuple(f"in doubt: {gap}" for gap in graph.gaps)
        return prove_tensors(self.spec, graph, found, notes)

    def with_headers(
        self,
        weights: str | os.PathLike[str] | None = None,
        *,
        endpoint: str | None = None,
        offline: bool = False,
        timeout: float = TIMEOUT,
        progress: Callable[[int, int], None] | None = None,
        waiting: Callable[[str], None] | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> Model:
        """Return the model read with what the headers of its files show, in place of assumptions that no key confirms.

        Only a type that nobody declared is read so: a declared one's headers are for `prove`.

        Args:
            weights: as the rest, as for `prove`.
            endpoint: the address of a mirror of the hub.
            offline: ask no hub.
            timeout: the seconds that all requests together have.
            progress: told how many files are read, of how many.
            waiting: told the name and address of each hub as it is asked.
            announce: told in a line how many bytes a hub will be asked for.

        Raises:
            HeaderError: the headers can't be had, or say what can't be.
        """
        from llmsim_adapters.proof.where import headers_of

        if self.reading.spec is None or self.reading.dialect:
            return self
        headers = headers_of(
            self.config.provenance,
            weights,
            endpoint=endpoint,
            offline=offline,
            timeout=timeout,
            session=HubSession(waiting),
            progress=progress,
            announce=announce,
        )
        model = Model(self.config, self._total, self._plugins, self._reach, self._recorded, headers)
        _ = model.reading  # whatever is wrong with the headers, it is said here
        return model

    @property
    def _content(self) -> Content | None:
        """What formulas are read from; what headers show has none."""
        return self.config.content if self._headers is None else None

    def proven(self, proof: Proof) -> Model:
        """Return the model with what was proven of its checkpoint, which is evidence where it is equal."""
        recorded = proof.recorded(self.config.provenance.revision)
        return Model(self.config, self._total, self._plugins, self._reach, recorded, self._headers)

    @property
    def _registered(self) -> Registered:
        return self._plugins or registered()

    def _build_alone(self, schedule: Schedule) -> OperatorGraph | None:
        """Return the graph of the best claim, where nothing else needs to be known to tell that it is the best.

        None where code of plugins runs, an external total is to be equalled, or anything fails: `coverage` tells then.
        """
        registered = self._registered
        if self._total is not None or self._recorded is not None:
            return None
        shared = None if schedule.has_media else self._shared
        if shared is not None and (known := shared.graph(schedule)) is not None:
            return known
        if self.spec is None:
            return None
        try:
            assessed = self._assessed
            best = None if assessed is None else assessed.best
            if assessed is None or best is None:
                return None
            if guest_of(registered.builders[best.builder], registered, self.spec, schedule) is not None:
                return None
            graph = self._construct(best, schedule, kept=self._kept.setdefault(best.builder, Kept()))
            sound(graph)
            graph = graph.by(best.builder, in_doubt(best, assessed, self.reading, registered))
            if shared is not None:
                shared.learn(schedule, graph)
            return graph
        except Exception:  # it is raised again, in the words of the whole evaluation
            return None

    @cached_property
    def _shared(self) -> Shared | None:
        """What is shared with configs of the same structure; None where a total or a proof is to be equalled."""
        alone = self._total is None and self._recorded is None and self._headers is None
        if self._number == 0 or not alone:
            return None
        from llmsim_adapters.evaluation.structures import shared  # not for the only model of a process

        return shared(self.config, self._registered)

    @cached_property
    def _assessed(self) -> Assessed | None:
        """What the builders say before any of them builds."""
        return None if self.spec is None else assess(self.spec, self.reading, self._registered)

    @cached_property
    def _as_draft(self) -> Model:
        """The model as SGLang runs it where it is named as a draft."""
        renamed = as_draft(self.config)
        return self if renamed is None else self.__class__(renamed, plugins=self._plugins)

    @cached_property
    def _evaluation(self) -> Evaluation:
        if self._shared is not None and (known := self._shared.evaluation()) is not None:
            return known
        found = evaluate(
            self.reading,
            self.config.provenance,
            self._registered,
            self._total,
            self._content,
            vars(self).get("_assessed"),
            self._recorded,
        )
        if self._shared is not None:
            self._shared.learn_evaluation(found)
        return found

    def _claim(self, builder: str | None) -> Claim:
        coverage = self.coverage
        if builder is None:
            if coverage.builder is None:
                message = f"no builder can model {printable(self.config.provenance.location)}:"
                raise BuildError(message, coverage, coverage.gaps)
            builder = coverage.builder
        for claim in coverage.claims:
            if claim.builder == builder:
                if claim.claims:
                    return claim
                message = f"builder {builder} does not claim {printable(self.config.provenance.location)}:"
                raise BuildError(message, coverage, claim.reasons())
        message = unknown_builder(builder, [claim.builder for claim in coverage.claims])
        raise BuildError(message, coverage)

    def _construct(
        self, claim: Claim, schedule: Schedule, *, traced: bool = False, kept: Kept | None = None
    ) -> OperatorGraph:
        asks = schedule.has_media and self._headers is None
        content, spec = self._seeing if asks else (self._content, self.spec)
        traced = traced and content is not None  # what headers show has no formulas of keys
        spec = spec if content is None or not traced else reread(content, self._registered)
        assert spec is not None  # the claim was made on it
        return construct(
            self._registered.builders[claim.builder],
            self._registered,
            spec,
            schedule,
            without=unsupported(claim),
            config=None if traced else content,
            traced=traced,
            kept=kept,
        )

    def _traced(self, schedule: Schedule, builder: str | None = None) -> OperatorGraph:
        claim = self._claim(builder)
        try:
            return self._construct(claim, schedule, traced=True)
        except FAILURES as error:
            message = f"builder {claim.builder} failed: {error}"
            raise BuildError(message, self.coverage) from error

    def _drafted_by(self, draft: Model) -> ModelSpec:
        """Return the spec of a draft that can take of this model what it takes of its target.

        Raises:
            BuildError: it can't.
        """
        assert self.spec is not None
        assert draft.spec is not None  # graphs were made of both
        if (reason := misfit(self.spec, draft.spec)) is not None:
            names = [printable(model.config.provenance.location) for model in (draft, self)]
            message = f"{names[0]} can't draft for {names[1]}: {reason}"
            raise BuildError(message, draft.coverage)
        return draft.spec

    def _gaps(self, claim: Claim) -> tuple[Gap, ...]:
        if claim.builder == self.coverage.builder:
            return self.coverage.gaps
        return self.reading.gaps + claim.gaps


def unknown_builder(name: str, known: Iterable[str]) -> str:
    """Return what there is to say of the name of a builder that nobody registered."""
    known = sorted(known)
    return f"no builder {printable(name)!r}{meant(name, known)}; registered are: {', '.join(known) or 'none'}"


def _values(given: Any) -> list[str]:
    """Return the names in a value or an array of them, nested as it may be."""
    if isinstance(given, str):
        return [given]
    try:
        return [name for each in given for name in _values(each)]
    except TypeError:  # what is no name is refused with the other fields
        return []
