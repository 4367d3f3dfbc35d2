"""One model, resolved and read once: its config, its spec, its coverage and its graphs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from llmsim_adapters.errors import need
from llmsim_adapters.evaluated import Evaluated
from llmsim_adapters.evaluation.construction import guest_of
from llmsim_adapters.graph.schedule import DEFAULT_ENGINE, Schedule, ScheduleError
from llmsim_adapters.sources import TIMEOUT, HubSession
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from llmsim_adapters.fit.fit import Fit
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.proof.result import Proof
    from llmsim_adapters.sweep.chosen import Best
    from llmsim_adapters.sweep.result import Sweep
    from llmsim_adapters.working import Working


class Model(Evaluated):
    """A config that was found, and what follows from it, each computed at first use and once.

    `load` makes them. A pickled model is its config: what follows is computed where it comes to, by the plugins there.
    """

    def __repr__(self) -> str:
        return f"<Model {printable(self.config.provenance.name)}>"

    def _repr_html_(self) -> str:
        """Return what the builders make of it, for notebooks."""
        from llmsim_adapters.markup import block  # only notebooks need it

        return block(self.config.provenance.name, self.coverage._repr_html_())

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
            from llmsim_adapters.evaluation.speculation import step_of, together

            draft = draft._as_draft
            beside = draft.build(step_of(schedule))
            return together(self.build(schedule, builder), beside, self._drafted_by(draft))
        return self._built(schedule, builder)

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
            from llmsim_adapters.evaluation.speculation import of_both, step_of, together

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

    def proven(self, proof: Proof) -> Model:
        """Return the model with what was proven of its checkpoint, which is evidence where it is equal."""
        recorded = proof.recorded(self.config.provenance.revision)
        return Model(self.config, self._total, self._plugins, self._reach, recorded, self._headers)


def _values(given: Any) -> list[str]:
    """Return the names in a value or an array of them, nested as it may be."""
    if isinstance(given, str):
        return [given]
    try:
        return [name for each in given for name in _values(each)]
    except TypeError:  # what is no name is refused with the other fields
        return []
