"""Ask the sources for a config, one after the other, in the fixed order."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.errors import Answer, ConfigUnavailable, InvalidConfig
from llmsim_adapters.sources import huggingface
from llmsim_adapters.sources.answer import Download, Provenance, RawConfig, Refusal, Sidecars, any_broken
from llmsim_adapters.sources.bundled import bundled_ids, find_bundled
from llmsim_adapters.sources.deadline import TIMEOUT, checked
from llmsim_adapters.sources.environment import (
    huggingface_endpoint,
    modelscope_endpoint,
    offline_reason,
    shown_endpoint,
)
from llmsim_adapters.sources.mappings import plain
from llmsim_adapters.sources.paths import read_path
from llmsim_adapters.sources.quiet import quiet
from llmsim_adapters.sources.reading import read_config, shown
from llmsim_adapters.sources.session import HubSession
from llmsim_adapters.sources.sidecars import NONE, given
from llmsim_adapters.sources.source_id import (
    HUGGINGFACE,
    MODELSCOPE,
    SourceId,
    check_repo_id,
    check_revision,
    parse_source,
)
from llmsim_adapters.sources.without import refuse_adapter
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from typing import NoReturn, TypeAlias

Source: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any]"
Files: TypeAlias = "Mapping[str, Mapping[str, Any]]"


def find(
    source: Source,
    *,
    revision: str | None = None,
    endpoint: str | None = None,
    offline: bool = False,
    session: HubSession | None = None,
    modelscope_id: str | None = None,
    files: Files | None = None,
    timeout: float = TIMEOUT,
) -> RawConfig:
    """Return the raw config of `source`.

    A mapping is the config itself. A path names a `config.json` or the folder that holds it. `org/name` is
    looked for in Hugging Face's cache, among the bundled configs, in ModelScope's cache, on the Hugging Face
    Hub and on ModelScope, in this order; `huggingface.co/org/name` and `modelscope.cn/org/name` ask that
    hub and its cache only.

    Args:
        revision: a branch, tag or commit. The bundled configs, which are of the default revision, are then passed over.
        endpoint: the address of a mirror: of ModelScope for `modelscope.cn/…`, else of Hugging Face.
        offline: make no request to any hub; `HF_HUB_OFFLINE=1` means the same.
        session: what this run knows about the hubs; share one among many calls.
        modelscope_id: the model's id on ModelScope where it differs.
        files: what is beside the config, by the names of the files; by default what its source has.
        timeout: the seconds that all hubs together have; one that has another behind it gets half of what is left.

    Raises:
        ConfigUnavailable: no source has the config; it says what each of them answered.
        InvalidConfig: a `config.json` was found, and none that is a usable JSON object.
    """
    search = Search(source, revision, endpoint, offline, modelscope_id, checked(timeout))
    known = None if files is None else given(files)
    found = search.local() or search.remote(session or HubSession())
    return found if known is None else replace(found, sidecars=known)


class Search:
    """One source's way through the sources: first those on this machine, then the hubs."""

    __slots__ = ("_answers", "_endpoint", "_modelscope_id", "_offline", "_revision", "_source", "_target", "_timeout")

    def __init__(
        self,
        source: Source,
        revision: str | None,
        endpoint: str | None,
        offline: bool,
        modelscope_id: str | None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._source = source
        self._revision = revision
        self._endpoint = endpoint
        self._offline = offline
        self._modelscope_id = modelscope_id
        self._timeout = timeout
        self._answers: list[Answer] = []
        self._target = SourceId()

    def local(self) -> RawConfig | None:
        """Return what this machine has, without any request; raise where no hub could do better."""
        if isinstance(self._source, Mapping):
            return self._from_mapping(self._source)
        if not isinstance(self._source, str | os.PathLike):
            message = f"a source is a mapping, a path or the id of a model, not {type(self._source).__name__}"
            raise TypeError(message)
        try:
            self._target = parse_source(self._source)
            if self._target.path is None:
                self._settle_ids()
        except Refusal as refusal:
            self._answers.append(refusal.answer("id"))
            self._fail()
        if self._target.path is not None:
            return self._from_path(self._target.path)
        return self._from_huggingface_cache() or self._from_bundled() or self._from_modelscope_cache()

    @property
    def may_ask_hubs(self) -> bool:
        """Whether `remote` would make a request."""
        return offline_reason(self._offline) is None

    def remote(self, session: HubSession) -> RawConfig:
        """Return what the hubs have, to be called once `local` had nothing; raise where they have nothing."""
        if reason := offline_reason(self._offline):
            for hub in (HUGGINGFACE, MODELSCOPE):
                if not self._skips(hub, hub):
                    self._say(hub, "offline", f"not asked: {reason}")
            self._fail()
        half = self._timeout if self._passed_over(MODELSCOPE) else self._timeout / 2
        end = time.monotonic() + self._timeout
        found = self._from_hub(HUGGINGFACE, session, half)
        found = found or self._from_hub(MODELSCOPE, session, max(end - time.monotonic(), 0))
        return found or self._fail()

    def _settle_ids(self) -> None:
        named = self._target.revision
        if self._revision is not None:
            check_revision(self._revision)
            if named is not None and named != self._revision:
                raise Refusal("invalid_id", f"the address names revision {named!r}, the call {self._revision!r}")
        self._revision = self._revision or named
        if self._revision == "main" or (self._target.hub == MODELSCOPE and self._revision == "master"):
            self._revision = None  # the default one, by the name that each hub has for it
        if self._modelscope_id is None:
            self._modelscope_id = self._target.repo_id
        else:
            check_repo_id(self._modelscope_id)

    def _from_mapping(self, source: Mapping[Any, Any]) -> RawConfig:
        data = dict(source)
        for kind in {*map(type, data)}:
            if not issubclass(kind, str):
                key = next(key for key in data if type(key) is kind)
                message = f"a config's keys are strings; {printable(repr(key))} is {kind.__name__}"
                raise InvalidConfig("the given mapping", [Answer("dict", "not_an_object", message)])
        try:
            data = plain(data, "the given mapping")
        except Refusal as refusal:
            raise InvalidConfig("the given mapping", [refusal.answer("dict")]) from None
        try:
            refuse_adapter(data)
        except Refusal as refusal:
            raise ConfigUnavailable("the given mapping", [refusal.answer("dict")]) from None
        return RawConfig(data, Provenance("dict", "the given mapping"))

    def _from_path(self, path: str) -> RawConfig:
        try:
            data, file, sidecars = read_path(path)
            refuse_adapter(data)
        except Refusal as refusal:
            self._answers.append(refusal.answer("path"))
            self._fail()
        return RawConfig(data, Provenance("path", shown(file)), sidecars)

    def _from_huggingface_cache(self) -> RawConfig | None:
        name, repo_id = "huggingface_cache", self._repo_id
        if self._skips(name, HUGGINGFACE):
            return None
        try:
            path = huggingface.cached(repo_id, self._revision)
            commit = huggingface.commit_of(path) or self._revision
            beside = huggingface.beside(repo_id, path)
            return self._found(read_config(path), name, shown(path), repo_id, commit, beside)
        except Refusal as refusal:
            self._refused(name, refusal)
            return None

    def _from_bundled(self) -> RawConfig | None:
        name, repo_id = "bundled", self._repo_id
        if self._skips(name, HUGGINGFACE):
            return None
        if self._revision is not None:
            self._say(name, "skipped", "passed over: bundled configs are of the default revision")
            return None
        found = find_bundled(repo_id)
        if found is None:
            self._say(name, "not_bundled", f"{repo_id} is not among the bundled configs{meant(repo_id, bundled_ids())}")
            return None
        try:
            return self._found(read_config(found[0]), name, shown(found[0]), found[1], None, NONE)
        except Refusal as refusal:
            self._refused(name, refusal)
            return None

    def _from_modelscope_cache(self) -> RawConfig | None:
        name, repo_id = "modelscope_cache", self._modelscope_id or ""
        if self._skips(name, MODELSCOPE):
            return None
        from llmsim_adapters.sources import modelscope  # what it needs of the standard library is slow to import

        try:
            path = modelscope.cached(repo_id, self._revision)
            revision = self._revision or modelscope.DEFAULT_REVISION
            beside = modelscope.beside(repo_id, path, self._revision)
            return self._found(read_config(path), name, shown(path), repo_id, revision, beside)
        except Refusal as refusal:
            self._refused(name, refusal)
            return None

    def _from_hub(self, hub: str, session: HubSession, seconds: float) -> RawConfig | None:
        if self._skips(hub, hub):
            return None
        from llmsim_adapters.sources import modelscope

        at_modelscope = hub == MODELSCOPE
        repo_id = (self._modelscope_id or "") if at_modelscope else self._repo_id
        mirrored = at_modelscope == (self._target.hub == MODELSCOPE)
        address = modelscope_endpoint if at_modelscope else huggingface_endpoint
        endpoint = address(self._endpoint if mirrored else None)
        cache = f"{hub}_cache"
        # The client would hand out the cached file that was just found to be unusable.
        fresh = any_broken([answer for answer in self._answers if answer.source == cache])

        end = time.monotonic() + seconds

        def request(first: bool) -> Download:
            with quiet():
                if at_modelscope:
                    return modelscope.download(repo_id, self._revision, endpoint, end=end, fresh=fresh, probe=first)
                return huggingface.download(repo_id, self._revision, endpoint, end=end)

        try:
            found = session.ask(f"{hub} at {shown_endpoint(endpoint)}", request, seconds)
            page = "models/{}/file/view/{}" if at_modelscope else "{}/blob/{}"
            location = f"{shown_endpoint(endpoint)}/{page.format(repo_id, found.revision or 'main')}/{found.file}"
            return self._found(found.config, hub, location, repo_id, found.revision, found.sidecars)
        except Refusal as refusal:
            self._refused(hub, refusal)
            return None

    @property
    def _repo_id(self) -> str:
        return self._target.repo_id or ""

    def _found(
        self,
        data: dict[str, Any],
        source: str,
        location: str,
        repo_id: str,
        revision: str | None,
        beside: Sidecars,
    ) -> RawConfig:
        refuse_adapter(data)
        return RawConfig(data, Provenance(source, location, repo_id, revision, tuple(self._answers)), beside)

    def _skips(self, source: str, hub: str) -> bool:
        """Whether `source`, which belongs to `hub`, is none of this model's; if so it says why."""
        reason = self._passed_over(hub)
        if reason:
            self._say(source, "skipped", f"passed over: {reason}")
        return bool(reason)

    def _passed_over(self, hub: str) -> str:
        if self._target.hub not in (None, hub):
            return f"only {self._target.hub} was named"
        if hub == MODELSCOPE and "/" not in (self._modelscope_id or ""):
            return "an id on ModelScope has the form org/name"
        return ""

    def _say(self, source: str, kind: str, message: str) -> None:
        self._answers.append(Answer(source, kind, message))

    def _refused(self, source: str, refusal: Refusal) -> None:
        self._answers.append(refusal.answer(source))

    def _fail(self) -> NoReturn:
        error = InvalidConfig if any_broken(self._answers) else ConfigUnavailable
        source = self._source if isinstance(self._source, str) else shown(self._source)  # type: ignore[arg-type]
        source = shown_endpoint(source) if "@" in source or "://" in source else source
        raise error(source, self._answers) from None
