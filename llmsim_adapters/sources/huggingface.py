"""The Hugging Face Hub and its cache, through `huggingface_hub` (1.x and 2.x), imported when reached."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.bars import limited
from llmsim_adapters.sources.environment import environment_defaults, huggingface_cache_dir
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES, read_config, shown, too_large

if TYPE_CHECKING:
    from types import ModuleType

_COMMIT = re.compile(r"[0-9a-f]{40}")


def cached(repo_id: str, revision: str | None) -> str:
    """Return the path of the cached `config.json`; makes no request."""
    cache = huggingface_cache_dir()
    folder = os.path.join(cache, "models--" + repo_id.replace("/", "--"))
    if not os.path.isdir(folder):
        raise Refusal("not_cached", f"{repo_id} is not in {shown(cache)}")
    hub = _client()
    try:
        path = hub.try_to_load_from_cache(repo_id, "config.json", cache_dir=cache, revision=revision)
    except (OSError, ValueError) as error:  # a damaged cache
        raise Refusal("error", f"{shown(folder)} can't be used: {type(error).__name__}") from error
    if isinstance(path, str):
        return path
    at = f" at revision {revision}" if revision else ""
    if path is None:
        raise Refusal("not_cached", f"{shown(folder)} has no config.json{at}")
    raise Refusal("file_not_found", f"{shown(folder)} remembers that the model has no config.json{at}")


def download(
    repo_id: str, revision: str | None, endpoint: str, *, fresh: bool, probe: bool
) -> tuple[dict[str, Any], str | None]:
    """Return the config from the hub at `endpoint`, and its commit.

    With `probe` the client's single, never repeated metadata request goes first: a hub that can't be
    reached then costs one attempt, not the 24 seconds for which `hf_hub_download` tries again. With
    `fresh` a copy in the cache, found unusable, is replaced.
    """
    hub = _client()
    try:
        if probe:
            _probe(hub, repo_id, revision, endpoint)
        path = hub.hf_hub_download(
            repo_id,
            "config.json",
            revision=revision,
            endpoint=endpoint,
            cache_dir=huggingface_cache_dir(),
            force_download=fresh,
            library_name="llmsim-adapters",
            tqdm_class=_limited_bar(),
        )
    except Refusal:
        raise
    except Exception as error:
        from llmsim_adapters.sources.huggingface_errors import explain

        raise explain(error, repo_id, revision, endpoint, hub.get_token()) from error
    return read_config(path), commit_of(path) or revision


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
