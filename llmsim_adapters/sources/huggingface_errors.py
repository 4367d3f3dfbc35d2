"""What an error of `huggingface_hub` means, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingface_hub import errors

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.environment import HUGGINGFACE_ENDPOINT, shown_endpoint, without_secrets
from llmsim_adapters.sources.huggingface_files import bad_mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

ELSEWHERE = "take the config from ModelScope (`modelscope.cn/org/name`) or give a local config.json"
NETWORK = (
    "check the network and the proxy, name a mirror in HF_ENDPOINT, give a local config.json, or set "
    "HF_HUB_OFFLINE=1 to stop asking"
)


def explain(error: BaseException, repo_id: str, revision: str | None, endpoint: str, token: str | None) -> Refusal:
    """Return what `error` means.

    The client has one class for "offline", "unreachable", "server error" and "bad mirror", with one
    message that fits only one of them; the cause tells them apart.
    """
    wrapper = isinstance(error, errors.LocalEntryNotFoundError) or type(error) is ValueError
    if wrapper and error.__cause__ is not None:
        return explain(error.__cause__, repo_id, revision, endpoint, token)

    hub = shown_endpoint(endpoint)
    said = without_secrets(getattr(error, "server_message", None) or "", token, endpoint=endpoint)
    hub_said = f"; the hub says: {said}" if said else ""
    if isinstance(error, errors.GatedRepoError):
        page = f"{HUGGINGFACE_ENDPOINT}/{repo_id}"
        do = (
            f"the token in use has no access yet: ask for it with its account at {page}"
            if token
            else f"accept the licence at {page}, then set HF_TOKEN"
        )
        return Refusal("gated", f"{repo_id} is gated: {do}; or {ELSEWHERE}{hub_said}")
    if isinstance(error, errors.RevisionNotFoundError):
        return Refusal("revision_not_found", f"{repo_id} on {hub} has no revision {revision or 'main'!r}")
    if isinstance(error, errors.EntryNotFoundError) and isinstance(error, errors.HfHubHTTPError):
        return Refusal(
            "file_not_found",
            f"{repo_id} on {hub} has no config.json at revision {revision or 'main'!r}; where it holds only "
            "GGUF or adapter files, name the model that it was made from",
        )
    if isinstance(error, errors.DisabledRepoError):
        return Refusal("disabled", f"{repo_id} was disabled by {hub}; {ELSEWHERE}{hub_said}")
    if isinstance(error, errors.OfflineModeIsEnabled):
        return Refusal("offline", "not asked: HF_HUB_OFFLINE was set when huggingface_hub was imported")
    if isinstance(error, errors.FileMetadataError):
        return bad_mirror(endpoint, repo_id)
    if isinstance(error, errors.HfHubHTTPError):
        missing = isinstance(error, errors.RepositoryNotFoundError)
        return _explain_status(_status(error), missing, repo_id, hub, token, hub_said)
    names = set(_class_names(error))
    if "TransportError" in names or isinstance(error, ConnectionError | TimeoutError):
        reason = without_secrets(str(error) or type(error).__name__, token, endpoint=endpoint)
        return Refusal("unreachable", f"{hub} can't be reached ({reason}): {NETWORK}", hub="down")
    if isinstance(error, errors.HFValidationError):
        return Refusal("invalid_id", f"{repo_id!r} is not the id of a model: {without_secrets(error)}")
    reason = without_secrets(error, token, endpoint=endpoint)
    if isinstance(error, OSError) and not isinstance(error, errors.LocalEntryNotFoundError):
        return Refusal("error", f"config.json of {repo_id} can't be kept in the cache (see HF_HOME): {reason}")
    return Refusal("error", f"{type(error).__name__} while {hub} was asked for {repo_id}: {reason}")


def _explain_status(status: int, missing: bool, repo_id: str, hub: str, token: str | None, hub_said: str) -> Refusal:
    if status == 401 and not missing:
        # The client tells this case from the real hub's address only; a mirror's 401 means the same.
        missing = not token and "invalid credentials" not in hub_said.lower()
    if missing or status == 404:
        if token:
            why = f"{repo_id} is not on {hub}, or it is private and the token in use can't see it"
        else:
            why = f"{repo_id} is not on {hub}, or it is private or gated (without a token the hub doesn't say)"
        return Refusal("not_found", f"{why}; check the spelling{'' if token else ', or set HF_TOKEN'}{hub_said}")
    if status == 401:
        return Refusal(
            "unauthorised",
            f"{hub} rejects the token in use: renew or unset HF_TOKEN (or `hf auth login`){hub_said}",
        )
    if status == 403:
        do = "the token in use has no permission for it" if token else "set HF_TOKEN"
        return Refusal("unauthorised", f"{hub} doesn't allow access to {repo_id}: {do}; or {ELSEWHERE}{hub_said}")
    if status == 429:
        do = "wait a few minutes" if token else "wait a few minutes, or set HF_TOKEN for a higher limit"
        return Refusal("rate_limited", f"{hub} has had too many requests from here: {do}{hub_said}", hub="down")
    if status >= 500:
        message = f"{hub} fails with HTTP {status}: try again later, or {ELSEWHERE}{hub_said}"
        return Refusal("server_error", message, hub="shaky")
    return Refusal("error", f"{hub} answers HTTP {status} for {repo_id}{hub_said}")


def _status(error: errors.HfHubHTTPError) -> int:
    return int(getattr(error.response, "status_code", 0) or 0)


def _class_names(error: BaseException) -> Iterator[str]:
    # httpx in 1.x, httpx2 in 2.x: the names of the classes are the same, the classes are not.
    return (cls.__name__ for cls in type(error).__mro__)
