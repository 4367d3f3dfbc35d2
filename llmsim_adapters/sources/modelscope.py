"""ModelScope and its cache, through `modelscope_hub`, imported when reached."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import warnings
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from llmsim_adapters.sources.answer import NOTHING_KNOWN, Download, Refusal, Sidecars
from llmsim_adapters.sources.bars import Bounded, limited
from llmsim_adapters.sources.environment import (
    environment_defaults,
    modelscope_cache_dir,
    shown_endpoint,
    without_secrets,
)
from llmsim_adapters.sources.listings import recall, remember, top_level
from llmsim_adapters.sources.quiet import hush
from llmsim_adapters.sources.reading import read_config, shown, too_large
from llmsim_adapters.sources.sidecars import QUANTIZATIONS, attempt, collect, in_cache
from llmsim_adapters.sources.without import ADAPTER, PARAMS, instead

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

HUB = "modelscope"
T = TypeVar("T")
DEFAULT_REVISION = "master"
"""Always given: without a revision some clients ask the hub for the list of them first."""

_CONNECT_SECONDS = 5


def cached(repo_id: str, revision: str | None) -> str:
    """Return the path of the cached `config.json`; makes no request.

    Only the file counts, not its folder: a download that failed leaves its folder behind.
    """
    name = repo_id.replace("/", "--")
    folder = os.path.join(modelscope_cache_dir(), "models", name, "snapshots", revision or DEFAULT_REVISION)
    for file in ("config.json", PARAMS, ADAPTER):
        if os.path.isfile(path := os.path.join(folder, file)):
            return path
    # The layout of older clients doesn't tell the revision, so it answers only for the default one.
    if revision is None and (old := _old_copy(repo_id)):
        return old
    at = f" at revision {revision}" if revision else ""
    raise Refusal("not_cached", f"{repo_id}{at} is not in {shown(modelscope_cache_dir())}")


def beside(repo_id: str, path: str, revision: str | None) -> Sidecars:
    """Return what is known to be beside a cached config."""
    return in_cache(os.path.dirname(path), recall(HUB, repo_id, revision or DEFAULT_REVISION))


def download(
    repo_id: str,
    revision: str | None,
    endpoint: str,
    *,
    end: float,
    fresh: bool,
    probe: bool,
    wanted: Collection[str] = QUANTIZATIONS,
) -> Download:
    """Return the config from ModelScope at `endpoint`, by the monotonic time `end`, with `wanted` files beside it.

    With `probe` a plain connection is tried first, where no proxy is set: the client tries again for half
    a minute, and only the environment at its import could tell it not to. With `fresh` a copy in the
    cache, found unusable, is replaced.
    """
    hub = client()
    if probe:
        _probe(endpoint)
    revision = revision or DEFAULT_REVISION
    cache = modelscope_cache_dir()
    with ExitStack() as stack:
        folder = None
        if revision != DEFAULT_REVISION and _old_copy(repo_id):
            # The client would return the old layout's copy for any revision; so it may not look there.
            folder = stack.enter_context(TemporaryDirectory(prefix="llmsim-adapters-"))
        stack.enter_context(_only_the_file())
        api = hub.HubApi(endpoint=endpoint, token=os.environ.get("MODELSCOPE_API_TOKEN"))

        _check_answers(api, endpoint)

        def asked(request: Callable[[], T]) -> T:
            try:
                return request()
            except Exception as error:
                if isinstance(error.__cause__, Refusal):
                    raise error.__cause__ from None
                from llmsim_adapters.sources.modelscope_errors import explain

                raise explain(error, repo_id, revision, endpoint) from error

        def fetch(name: str, *, fresh: bool = False) -> str:
            path = api.download_file(
                repo_id,
                repo_type="model",
                file_path=name,
                revision=revision,
                cache_dir=cache,
                local_dir=folder,
                force=fresh,
            )
            return str(path)

        def listing() -> frozenset[str]:
            found = asked(lambda: api.list_repo_files(repo_id, "model", revision=revision, recursive=False))
            return top_level(each.path for each in found)

        def read(name: str) -> dict[str, Any]:
            return read_config(asked(lambda: fetch(name, fresh=fresh)))

        name, names = "config.json", None
        try:
            config = read(name)
        except Refusal as refusal:
            if refusal.kind not in ("file_not_found", "not_found"):  # its words don't always tell which
                raise
            names = attempt(listing, (end - time.monotonic()) / 2)
            name = instead(names, refusal, read)
            config = read(name)
        names = attempt(listing, (end - time.monotonic()) / 2) if names is None else names
        if names is None:  # what is beside the config is then not known
            sidecars = NOTHING_KNOWN
        else:
            remember(HUB, repo_id, revision, names, end)
            sidecars = collect(names, read, wanted)
        return Download(config, name, revision, sidecars)


def _old_copy(repo_id: str) -> str | None:
    org, _, name = repo_id.partition("/")
    for base in ("models", os.path.join("hub", "models")):
        path = os.path.join(modelscope_cache_dir(), base, org, name.replace(".", "___"), "config.json")
        if os.path.isfile(path):
            return path
    return None


def client() -> Any:
    """Return the client, imported and told to log nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of variables that are no numbers, in whose place it has its own
            import modelscope_hub
            import modelscope_hub._download  # whose loggers are made with it
    except ImportError as error:
        raise Refusal("not_installed", "modelscope_hub is not installed: pip install modelscope_hub") from error
    except Exception as error:  # it reads the environment as it is imported
        reason = f"{type(error).__name__}: {without_secrets(error)}"
        message = f"modelscope_hub can't be imported ({reason}): check MODELSCOPE_ENDPOINT and its other variables"
        raise Refusal("error", message) from error

    hush()
    return modelscope_hub


def _check_answers(api: Any, endpoint: str) -> None:
    """Let no answer pass that is none, a redirect without an address, nor one that is larger than what is asked for."""

    def check(reply: Any, *_: Any, **__: Any) -> None:
        if 300 <= reply.status_code < 400 and not reply.is_redirect:
            refusal = Refusal("bad_mirror", f"{shown_endpoint(endpoint)} redirects to nowhere: it is no ModelScope")
            raise _final(refusal)
        reply.raw = Bounded(reply.raw, lambda size: _final(too_large(f"an answer has {size:,} bytes")))

    for held in vars(api.legacy).values():
        if isinstance(hooks := getattr(held, "hooks", None), dict):  # a session of the client's
            hooks["response"].append(check)


def _final(refusal: Refusal) -> Exception:
    """Return an error after which the client does not try again: one of its own, as this one is by default."""
    from modelscope_hub.errors import HubError

    error = HubError(refusal.message)
    error.__cause__ = refusal
    return error


def _probe(endpoint: str) -> None:
    proxies = getproxies()
    if proxies.get("https") or proxies.get("http") or proxies.get("all"):
        return
    try:
        parts = urlsplit(endpoint)
        if not parts.hostname:
            raise ValueError("no host in the address")
        address = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        socket.create_connection(address, timeout=_CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:  # ValueError: not an address
        from llmsim_adapters.sources.modelscope_errors import unreachable

        raise unreachable(shown_endpoint(endpoint), without_secrets(error, endpoint=endpoint)) from error


_lock = threading.Lock()
_here = threading.local()
_running = 0
_bars: dict[str, Any] = {}


@contextmanager
def _only_the_file() -> Iterator[None]:
    """Keep the client from its region request and its progress bar, and from what is too large.

    The region request (`MODELSCOPE_DOWNLOAD_INTRA_CLOUD`) helps large downloads inside one cloud, so the
    setting lasts no longer than the block. The bar has no setting at all: its class is replaced for as long,
    for this thread's downloads only; if the client keeps it elsewhere one day, it shows and nothing breaks.
    """
    global _running
    module: Any = sys.modules.get("modelscope_hub._download")
    with environment_defaults({"MODELSCOPE_DOWNLOAD_INTRA_CLOUD": "false"}):
        with _lock:
            _running += 1
            if _running == 1 and isinstance(bar := getattr(module, "tqdm", None), type):
                _bars["tqdm"] = bar
                module.tqdm = _per_thread(bar)
        _here.ours = True
        try:
            yield
        finally:
            _here.ours = False
            with _lock:
                _running -= 1
                if _running == 0 and "tqdm" in _bars:
                    module.tqdm = _bars.pop("tqdm")


def _per_thread(bar: type[Any]) -> Callable[..., Any]:
    ours = limited(bar, lambda size: _final(too_large(f"config.json has {size:,} bytes")))

    def make(*args: Any, **kwargs: Any) -> Any:
        return (ours if getattr(_here, "ours", False) else bar)(*args, **kwargs)

    return make
