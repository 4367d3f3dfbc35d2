"""What commands that answer for models have in common: finding one, and what ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.output import warn

if TYPE_CHECKING:
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import Schedule, ScheduleError
    from llmsim_adapters.model import Model


def warn_of_broken_plugins() -> None:
    """Name the plugins that took no part in an answer, which their users may have waited for."""
    from llmsim_adapters.plugins.manager import registered

    for plugin in registered().faults():
        warn(str(plugin))


def try_plugin(path: str) -> None:
    """Register a plugin of a file or a folder, for this process alone."""
    from llmsim_adapters.plugins.files import NoPlugin
    from llmsim_adapters.plugins.manager import try_plugin as register

    try:
        register(path)
    except NoPlugin as error:
        raise Failed(str(error), MISUSE) from error


def failures(model: Model) -> list[str]:
    """Return what went wrong in plugins' builders, which might have built this model otherwise."""
    from llmsim_adapters.gap import GapKind

    found = [(claim.builder, gap) for claim in model.coverage.claims for gap in claim.gaps]
    return [f"builder {name} failed: {gap.detail}" for name, gap in found if gap.kind is GapKind.PLUGIN_ERROR]


def split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of the schedule, and those of the search for the config."""
    hub = {name: options.pop(name) for name in ("revision", "endpoint", "offline", "timeout")}
    return options, hub


def find_model(source: str, hub: dict[str, Any]) -> Model:
    """Return the model of a source."""
    from llmsim_adapters.cli.progress import progress
    from llmsim_adapters.loading import load

    with progress("config") as bar:
        return load(source, **hub, waiting=bar.waiting)


def find_draft(source: str | None, hub: dict[str, Any]) -> Model | None:
    """Return the model of a draft's source, of which no revision was asked for; None where there is none."""
    from llmsim_adapters.errors import ConfigUnavailable

    try:
        return None if source is None else find_model(source, {**hub, "revision": None})
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise


def beside(source: str, draft: str | None) -> str:
    """Return what an answer is about: a model, or one and its draft."""
    return source if draft is None else f"{source} with {draft}"


def with_headers(model: Model, hub: dict[str, Any]) -> Model:
    """Return a model of a type that nobody declared with what the headers of its files show."""
    from llmsim_adapters.cli.progress import progress

    options = {name: hub[name] for name in ("endpoint", "offline", "timeout")}
    with progress("headers") as bar:
        return model.with_headers(**options, progress=bar.told, waiting=bar.waiting, announce=bar.says)


def refuse_misuse(error: ConfigUnavailable) -> None:
    """End with exit code 2 where the source can't be one, whatever the hubs have."""
    if any(answer.kind == "invalid_id" for answer in error.answers):
        raise Failed(str(error), MISUSE) from error


def reason(error: BuildError, builder: str | None) -> Failed:
    """Return why there is no graph; where one builder was asked for, its own reasons and not the best one's."""
    from llmsim_adapters.gap import few

    for claim in error.coverage.claims:
        if claim.builder == builder and not claim.claims:
            reasons = [f"the config lacks {name}" for name in claim.missing_parameters]
            reasons += [gap.detail for gap in claim.gaps]
            return Failed(f"builder {builder} does not claim this model: {'; '.join(few(reasons))}")
    return Failed(str(error))


def refused(error: ScheduleError, schedule: Schedule) -> Failed:
    """Return that an engine has no such layout: misuse where it was asked for; else it has none for this model.

    Raises:
        Failed: it was asked for, and nothing else is to be said.
    """
    if schedule.world_size == 1 and not schedule.engine_options:
        return Failed(f"{error}; `--engine checkpoint` answers for the files")
    raise Failed(str(error), MISUSE) from error


def refuse_unknown(builder: str | None, model: Model) -> None:
    """End with exit code 2 where there is no builder of that name."""
    known = [claim.builder for claim in model.coverage.claims]
    if builder is not None and builder not in known:
        from llmsim_adapters.evaluated import unknown_builder

        raise Failed(unknown_builder(builder, known), MISUSE)
