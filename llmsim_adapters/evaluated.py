"""A config and what follows from it, each computed at first use and once: what it says, its coverage, a graph."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmsim_adapters.dialects.read import read
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.construction import FAILURES, construct, guest_of, reread
from llmsim_adapters.evaluation.evaluator import Assessed, Evaluation, assess, evaluate, in_doubt
from llmsim_adapters.evaluation.graphs import OWN_SCHEDULE, sound, unsupported
from llmsim_adapters.gap import Gap, few
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.lowerings.recording import Kept
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.sources.answer import Content
from llmsim_adapters.sources.processors import Reach, with_processors
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.evaluation.structures import Shared
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.proof.folder import Headers
    from llmsim_adapters.sources import RawConfig
    from llmsim_adapters.spec.model import ModelSpec

_NUMBERS: Final = count()
_Asked = TypeVar("_Asked", bound="Evaluated")


class BuildError(AdapterError):
    """A model can't be built; `coverage` says why."""

    def __init__(self, message: str, coverage: Coverage, gaps: Iterable[Gap] = ()) -> None:
        self.coverage = coverage
        super().__init__(message + "".join(f"\n  {reason}" for reason in few([*map(str, gaps)])))


class Evaluated:
    """What `Model` answers from. Pickled it is its config: what follows is computed where it comes to."""

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

    @property
    def _content(self) -> Content | None:
        """What formulas are read from; what headers show has none."""
        return self.config.content if self._headers is None else None

    @property
    def _registered(self) -> Registered:
        return self._plugins or registered()

    def _built(self, schedule: Schedule, builder: str | None) -> OperatorGraph:
        """Return the graph of the model alone, as `Model.build` does."""
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
    def _as_draft(self: _Asked) -> _Asked:
        """The model as SGLang runs it where it is named as a draft."""
        from llmsim_adapters.registries.drafts import as_draft

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

    def _drafted_by(self, draft: Evaluated) -> ModelSpec:
        """Return the spec of a draft that can take of this model what it takes of its target.

        Raises:
            BuildError: it can't.
        """
        from llmsim_adapters.evaluation.speculation import misfit

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
