"""What a person may write for a model: a path, `org/name`, or the address of a model on a hub."""

from __future__ import annotations

import os
import re

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.environment import shown_endpoint
from llmsim_adapters.text import printable

HUGGINGFACE = "huggingface"
MODELSCOPE = "modelscope"

_HUBS = {"huggingface.co": HUGGINGFACE, "hf.co": HUGGINGFACE, "modelscope.cn": MODELSCOPE}
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?(huggingface\.co|hf\.co|modelscope\.cn)(?:/+(.*))?", re.IGNORECASE)
_PAGES = frozenset({"tree", "blob", "resolve", "raw", "file", "files", "summary", "commits", "commit", "edit", "blame"})
_TALK = "discussions"
_INTERFACES = (["api", "models"], ["api", "v1", "models"])
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:/")

# The rule of the Hugging Face Hub: one or two parts of 1-96 letters, digits, '_', '-' or '.', each beginning
# and ending with a letter, digit or '_'; no '--', no '..', no '.git' at the end. ModelScope's ids fit too.
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?!.*(?:--|\.\.|\.git\Z))(?:{_PART}/)?{_PART}")

# What git allows in the name of a ref: it ends up in paths of caches and in URLs.
_REVISION = re.compile(r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|\Z)))[A-Za-z0-9_][^\s~^:?*\[\\]{0,254}(?<![/.])")


@dataclass(frozen=True, slots=True)
class SourceId:
    """A source taken apart: either `path`, or `repo_id` with perhaps the only `hub` to ask and a revision."""

    path: str | None = None
    repo_id: str | None = None
    hub: str | None = None
    revision: str | None = None


def parse_source(source: str | os.PathLike[str]) -> SourceId:
    """Take `source` apart, or raise `Refusal` that says why it is neither a path nor a model.

    An address of a hub comes first, then whatever is clearly a path or exists as one, then `org/name`.
    """
    if not isinstance(source, str):
        return SourceId(path=os.fsdecode(os.fspath(source)))
    source = source.strip(" ") if "://" in source else source
    if _CONTROL.search(source):
        raise _invalid(source, "it has control characters")
    if address := _ADDRESS.fullmatch(source):
        return _parse_address(source, _HUBS[address[1].lower()], address[2] or "")
    if _SCHEME.match(source):
        raise _invalid(
            source,
            "only huggingface.co and modelscope.cn are known addresses; for a mirror give `org/name` and its "
            "address as `endpoint` (or in HF_ENDPOINT or MODELSCOPE_ENDPOINT)",
        )
    if _is_path(source):
        return SourceId(path=os.path.expanduser(source))
    bare = source.rstrip("/")
    return SourceId(repo_id=check_repo_id(bare if "/" in bare else source, source))


def check_repo_id(repo_id: str, source: str | None = None) -> str:
    """Return `repo_id` where it can be a model's id on a hub, else raise `Refusal` without any request."""
    if not _REPO_ID.fullmatch(repo_id):
        raise _invalid(
            source if source is not None else repo_id,
            "it is neither a path that exists nor `org/name` (letters, digits, '_', '-' and '.', at most 96 "
            "in each part, without '--' or '..')",
        )
    return repo_id


def check_revision(revision: str) -> str:
    """Return `revision` where it can name a branch, a tag or a commit, else raise `Refusal`."""
    if not revision.isprintable() or not _REVISION.fullmatch(revision):
        raise Refusal("invalid_id", f"revision {printable(revision)!r} is not the name of a branch, tag or commit")
    return revision


def _is_path(source: str) -> bool:
    return (
        source.startswith(("/", "./", "../", "~"))
        or source in (".", "..")
        or source.endswith(".json")
        or "\\" in source
        or _DRIVE.match(source) is not None
        or (source != "" and os.path.exists(source))
    )


def _parse_address(source: str, hub: str, rest: str) -> SourceId:
    """Read what follows the host: `org/name`, from a browser also with `/tree/<revision>` and such."""
    parts = [part for part in re.split(r"[?#]", rest)[0].split("/") if part]
    if hub == MODELSCOPE and parts[-1:] == ["repo"] and "?" in rest:  # its interface has the file in the query
        from urllib.parse import parse_qs  # which takes long to import, and only addresses need it

        query = parse_qs(rest.partition("?")[2].partition("#")[0])
        parts[-1:] = ["resolve", *query.get("Revision", ["master"])[0].split("/"), *query.get("FilePath", [])]
    for interface in _INTERFACES:
        if len(parts) > len(interface) and parts[: len(interface)] == interface:
            del parts[: len(interface)]
    if hub == MODELSCOPE and parts and parts[0] == "models":
        del parts[0]
    if _TALK in parts[2:3]:
        del parts[2:]
    # A model may itself be called `raw`, and the oldest models have no `org/`.
    cut = next((at for at in (2, 1) if len(parts) > 2 and parts[at] in _PAGES), None)
    if cut is None:
        return SourceId(repo_id=check_repo_id("/".join(parts), source), hub=hub)
    tail = parts[cut + 1 :]
    if parts[cut] == "file" and tail[:1] == ["view"]:
        del tail[0]
    if tail[-1:] == ["config.json"]:
        del tail[-1]
    taken = 3 if tail[:1] == ["refs"] else 1  # refs/pr/7 is one revision
    if len(tail) > taken:
        raise _invalid(source, "it names something inside the model; only the model's own config.json is read")
    from urllib.parse import unquote  # which takes long to import, and only addresses need it

    revision = check_revision(unquote("/".join(tail))) if tail else None
    return SourceId(repo_id=check_repo_id("/".join(parts[:cut]), source), hub=hub, revision=revision)


def _invalid(source: str, why: str) -> Refusal:
    return Refusal("invalid_id", f"{shown_endpoint(source)!r} can't be read as a model: {why}")
