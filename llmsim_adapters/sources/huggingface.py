"""The Hugging Face Hub and its cache, through `huggingface_hub` (1.x and 2.x), imported when reached."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, TypeVar

from llmsim_adapters.sources.answer import Download, Refusal, Sidecars
from llmsim_adapters.sources.environment import environment_defaults, huggingface_cache_dir, without_secrets
from llmsim_adapters.sources.huggingface_files import COMMIT, Repository, folder_of
from llmsim_adapters.sources.listings import recall, remember
from llmsim_adapters.sources.quiet import hush
from llmsim_adapters.sources.reading import shown
from llmsim_adapters.sources.sidecars import attempt, collect, in_cache
from llmsim_adapters.sources.without import ADAPTER, PARAMS, instead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

HUB = "huggingface"
T = TypeVar("T")


def cached(repo_id: str, revision: str | None) -> str:
    """Return the path of the cached `config.json`; makes no request."""
    cache, folder = huggingface_cache_dir(), folder_of(repo_id)
    if not os.path.isdir(folder):
        raise Refusal("not_cached", f"{repo_id} is not in {shown(cache)}")
    hub, found = client(), None
    try:
        for name in (PARAMS, ADAPTER, "config.json"):  # the last is preferred, and what is said is said of it
            path = hub.try_to_load_from_cache(repo_id, name, cache_dir=cache, revision=revision)
            found = path if isinstance(path, str) else found
    except (OSError, ValueError) as error:  # a damaged cache
        raise Refusal("error", f"{shown(folder)} can't be used: {type(error).__name__}") from error
    if found is not None:
        return found
    at = f" at revision {revision}" if revision else ""
    if path is None:
        raise Refusal("not_cached", f"{shown(folder)} has no config.json{at}")
    raise Refusal("file_not_found", f"{shown(folder)} remembers that the model has no config.json{at}")


def beside(repo_id: str, path: str) -> Sidecars:
    """Return what is known to be beside a cached config."""
    return in_cache(os.path.dirname(path), recall(HUB, repo_id, commit_of(path)))


def download(repo_id: str, revision: str | None, endpoint: str, *, end: float) -> Download:
    """Return the config from the hub at `endpoint`, asked for once, by the monotonic time `end`."""
    hub = client()
    repository = Repository(hub, repo_id, endpoint, end)

    def asked(request: Callable[[], T]) -> T:
        try:
            return request()
        except Refusal:
            raise
        except Exception as error:
            from llmsim_adapters.sources.huggingface_errors import explain

            raise explain(error, repo_id, revision, endpoint, hub.get_token()) from error

    def read(name: str, at: str | None) -> tuple[dict[str, Any], str]:
        return asked(lambda: repository.read(name, at))

    def listing(at: str | None) -> frozenset[str] | None:
        return attempt(lambda: asked(lambda: repository.names(at)), (end - time.monotonic()) / 2)

    name, names = "config.json", None
    try:
        config, commit = read(name, revision)
    except Refusal as refusal:
        if refusal.kind != "file_not_found":
            raise
        names = listing(revision)
        name = instead(names, refusal, lambda other: read(other, revision)[0])
        config, commit = read(name, revision)
    names = listing(commit) if names is None else names
    if names is None:  # what is beside the config is then not known
        sidecars = in_cache(os.path.join(folder_of(repo_id), "snapshots", commit), recall(HUB, repo_id, commit))
    else:
        remember(HUB, repo_id, commit, names, end)
        sidecars = collect(names, lambda other: read(other, commit)[0])
    return Download(config, name, commit, sidecars)


def files_of(
    repo_id: str, revision: str | None, endpoint: str, names: Iterable[str], *, end: float
) -> dict[str, dict[str, Any]]:
    """Return those of some small files that a repository has, by name.

    Raises:
        Refusal: the hub can't be reached, or what it has is no such file.
    """
    hub = client()
    repository = Repository(hub, repo_id, endpoint, end)
    found = {}
    for name in names:
        try:
            found[name] = repository.read(name, revision)[0]
        except Refusal:
            raise
        except Exception as error:
            from llmsim_adapters.sources.huggingface_errors import explain

            refusal = explain(error, repo_id, revision, endpoint, hub.get_token())
            if refusal.kind != "file_not_found":
                raise refusal from error
    return found


def commit_of(path: str) -> str | None:
    """Return the commit that a path in the cache belongs to."""
    name = os.path.basename(os.path.dirname(path))
    return name if COMMIT.fullmatch(name) else None


def client() -> ModuleType:
    """Import the client, without the extra request that 2.x makes for its user agent.

    The client reads the opt-out of telemetry once, on import, and its list of coding tools is fetched
    only without it. It is given for the import alone: a user who set the variable, or imported the
    client before, is left alone, and nothing is left in the environment.
    """
    try:
        if "huggingface_hub.constants" not in sys.modules:
            with environment_defaults({"HF_HUB_DISABLE_TELEMETRY": "1"}):
                import huggingface_hub.constants
        import huggingface_hub
        import huggingface_hub.file_download  # which it would import at first use
    except ImportError as error:
        message = "huggingface_hub is not installed: pip install huggingface_hub"
        raise Refusal("not_installed", message) from error
    except Exception as error:  # it reads the environment as it is imported
        reason = f"{type(error).__name__}: {without_secrets(error)}"
        message = f"huggingface_hub can't be imported ({reason}): check HF_ENDPOINT and its other variables"
        raise Refusal("error", message) from error
    hush()
    return huggingface_hub
