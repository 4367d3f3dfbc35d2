"""The Hugging Face Hub and its cache, through `huggingface_hub` (1.x and 2.x), imported when reached."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from llmsim_adapters.sources.answer import Download, Refusal, Sidecars
from llmsim_adapters.sources.bars import limited
from llmsim_adapters.sources.environment import environment_defaults, huggingface_cache_dir
from llmsim_adapters.sources.listings import recall, remember, top_level
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES, parse_config, read_config, shown, too_large
from llmsim_adapters.sources.sidecars import attempt, collect, in_cache
from llmsim_adapters.sources.without import ADAPTER, PARAMS, instead

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

HUB = "huggingface"
T = TypeVar("T")

_COMMIT = re.compile(r"[0-9a-f]{40}")


def cached(repo_id: str, revision: str | None) -> str:
    """Return the path of the cached `config.json`; makes no request."""
    cache = huggingface_cache_dir()
    folder = os.path.join(cache, "models--" + repo_id.replace("/", "--"))
    if not os.path.isdir(folder):
        raise Refusal("not_cached", f"{repo_id} is not in {shown(cache)}")
    hub, found = _client(), None
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


def download(repo_id: str, revision: str | None, endpoint: str, *, fresh: bool, probe: bool) -> Download:
    """Return the config from the hub at `endpoint`.

    With `probe` the client's single, never repeated metadata request goes first: a hub that can't be
    reached then costs one attempt, not the 24 seconds for which `hf_hub_download` tries again. With
    `fresh` a copy in the cache, found unusable, is replaced.
    """
    hub = _client()

    def asked(request: Callable[[], T]) -> T:
        try:
            return request()
        except Refusal:
            raise
        except Exception as error:
            from llmsim_adapters.sources.huggingface_errors import explain

            raise explain(error, repo_id, revision, endpoint, hub.get_token()) from error

    def fetch(name: str, revision: str | None, *, fresh: bool = False) -> str:
        path: str = hub.hf_hub_download(
            repo_id,
            name,
            revision=revision,
            endpoint=endpoint,
            cache_dir=huggingface_cache_dir(),
            force_download=fresh,
            library_name="llmsim-adapters",
            tqdm_class=_limited_bar(),
        )
        return path

    def listing(revision: str | None) -> frozenset[str]:
        return asked(lambda: _listed(hub, repo_id, revision, endpoint))

    names = None
    try:
        if probe:
            asked(lambda: _probe(hub, repo_id, revision, endpoint))
        path = asked(lambda: fetch("config.json", revision, fresh=fresh))
    except Refusal as refusal:
        if refusal.kind != "file_not_found":
            raise
        names = attempt(lambda: listing(revision))
        path = instead(names, refusal, lambda name: asked(lambda: fetch(name, revision, fresh=fresh)))
    config, commit = read_config(path), commit_of(path) or revision
    names = attempt(lambda: listing(commit)) if names is None else names
    if names is None:  # what is beside the config is then not known
        sidecars = beside(repo_id, path)
    else:
        remember(HUB, repo_id, commit, names)
        sidecars = collect(names, lambda name: asked(lambda: fetch(name, commit)))
    return Download(config, os.path.basename(path), commit, sidecars)


def _listed(hub: Any, repo_id: str, revision: str | None, endpoint: str) -> frozenset[str]:
    """Return the names of the files beside the config, which the hub tells in one request."""
    from huggingface_hub.utils import (  # type: ignore[attr-defined, unused-ignore]
        build_hf_headers,
        hf_raise_for_status,
    )

    address = f"{endpoint}/api/models/{repo_id}" + (f"/revision/{quote(revision, safe='')}" if revision else "")
    headers = build_hf_headers(library_name="llmsim-adapters")
    asking = {"headers": headers, "params": {"expand": "siblings"}, "timeout": hub.constants.HF_HUB_ETAG_TIMEOUT}
    content = bytearray()
    with hub.get_session().stream("GET", address, **asking) as reply:
        if reply.status_code >= 400:
            reply.read()
        hf_raise_for_status(reply)
        for piece in reply.iter_bytes():
            content += piece
            if len(content) > MAX_CONFIG_BYTES:
                raise Refusal("error", f"the listing of {repo_id} has more than {MAX_CONFIG_BYTES:,} bytes")
    siblings = parse_config(bytes(content), f"the listing of {repo_id}").get("siblings")
    if not isinstance(siblings, list):
        raise Refusal("error", f"the listing of {repo_id} names no files")
    return top_level(each.get("rfilename") for each in siblings if isinstance(each, dict))


def commit_of(path: str) -> str | None:
    """Return the commit that a path in the cache belongs to."""
    name = os.path.basename(os.path.dirname(path))
    return name if _COMMIT.fullmatch(name) else None


def _client() -> ModuleType:
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
    except ImportError as error:
        message = "huggingface_hub is not installed: pip install huggingface_hub"
        raise Refusal("not_installed", message) from error
    return huggingface_hub


def _probe(hub: Any, repo_id: str, revision: str | None, endpoint: str) -> None:
    url = hub.hf_hub_url(repo_id, "config.json", revision=revision, endpoint=endpoint)
    found = hub.get_hf_file_metadata(
        url,
        timeout=hub.constants.HF_HUB_ETAG_TIMEOUT,
        endpoint=endpoint,
        library_name="llmsim-adapters",
    )
    if found.size is not None and found.size > MAX_CONFIG_BYTES:
        raise too_large(f"config.json of {repo_id} has {found.size:,} bytes")


def _limited_bar() -> type[Any]:
    from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

    return limited(tqdm, lambda size: too_large(f"config.json has {size:,} bytes"))
