"""What an error of `modelscope_hub` means, and what to do about it."""

from __future__ import annotations

import os

from modelscope_hub import errors

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.environment import shown_endpoint, without_secrets

PAGE = "https://modelscope.cn/models"
NETWORK = (
    "check the network and the proxy, name another address in MODELSCOPE_ENDPOINT, give a local config.json, "
    "or set HF_HUB_OFFLINE=1 to stop asking"
)

# A missing model, revision and file are one class; the server's words, in two languages, tell them apart.
_REVISION_WORDS = ("revision", "branch", "版本", "分支")
_FILE_WORDS = ("file", "path", "文件")


def explain(error: BaseException, repo_id: str, revision: str, endpoint: str) -> Refusal:
    """Return what `error` means."""
    hub = shown_endpoint(endpoint)
    raw = str(getattr(error, "message", None) or error)
    said = without_secrets(raw, endpoint=endpoint)
    told = said and said.isascii() and isinstance(error, errors.APIError)  # its Chinese is said in English here
    hub_said = f"; the hub says: {said}" if told else ""
    has_token = bool(os.environ.get("MODELSCOPE_API_TOKEN"))
    if isinstance(error, errors.NotExistError):
        return _missing(raw.lower(), repo_id, revision, hub, hub_said)
    if isinstance(error, errors.AuthenticationError):
        do = "renew MODELSCOPE_API_TOKEN" if has_token else "set MODELSCOPE_API_TOKEN (or `modelscope login`)"
        return Refusal("unauthorised", f"{hub} wants a valid token for {repo_id}: {do}{hub_said}")
    if isinstance(error, errors.PermissionDeniedError):
        do = "with the account of the token in use" if has_token else "and set MODELSCOPE_API_TOKEN"
        return Refusal(
            "gated",
            f"{repo_id} is gated or private on {hub}: ask for access at {PAGE}/{repo_id} {do}{hub_said}",
        )
    # The client has tried these again, with pauses, for half a minute: enough for one run.
    if isinstance(error, errors.RateLimitError):
        return Refusal(
            "rate_limited",
            f"{hub} has had too many requests from here: wait a few minutes{hub_said}",
            hub="down",
        )
    if isinstance(error, errors.ServerError):
        status = f" with HTTP {error.status_code}" if error.status_code else ""
        return Refusal("server_error", f"{hub} fails{status}: try again later{hub_said}", hub="down")
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, ConnectionError | TimeoutError) or "RequestException" in names:
        return unreachable(hub, said or type(error).__name__)
    if isinstance(error, errors.HubError):
        return Refusal("error", f"{hub} can't give {repo_id}: {said}")
    if isinstance(error, OSError):
        return Refusal("error", f"config.json of {repo_id} can't be kept in the cache (see MODELSCOPE_CACHE): {said}")
    return Refusal("error", f"{type(error).__name__} while {hub} was asked for {repo_id}: {said}")


def unreachable(hub: str, reason: object) -> Refusal:
    """Return the refusal for a hub that can't be reached."""
    return Refusal("unreachable", f"{hub} can't be reached ({without_secrets(reason)}): {NETWORK}", hub="down")


def _missing(said: str, repo_id: str, revision: str, hub: str, hub_said: str) -> Refusal:
    # The client's own fallback text ("HTTP 404 on GET /…/repo?Revision=…&FilePath=…") names everything.
    told = "" if said.startswith("http 404") else said
    if any(word in told for word in _REVISION_WORDS):
        return Refusal("revision_not_found", f"{repo_id} on {hub} has no revision {revision!r}{hub_said}")
    if any(word in told for word in _FILE_WORDS):
        return Refusal("file_not_found", f"{repo_id} on {hub} has no config.json at revision {revision!r}{hub_said}")
    return Refusal(
        "not_found",
        f"{repo_id} is not on {hub}, has no config.json at revision {revision!r}, or is private: check the "
        f"spelling, or set MODELSCOPE_API_TOKEN{hub_said}",
    )
