"""A hub on 127.0.0.1 that speaks the routes of both Hugging Face and ModelScope, and fails on demand."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

COMMIT = "0123456789abcdef0123456789abcdef01234567"

# Each fault as the hub states it: status, X-Error-Code, X-Error-Message.
HUGGINGFACE_FAULTS: dict[str, tuple[int, str | None, str | None]] = {
    "gated": (403, "GatedRepo", "Access to model is restricted."),
    "gated_anonymous": (401, "GatedRepo", "Access to model is restricted. Please log in."),
    "no_repo": (404, "RepoNotFound", "Repository not found"),
    "private_or_missing": (401, None, "Invalid username or password."),
    "bad_token": (401, None, "Invalid credentials in Authorization header"),
    "forbidden": (403, None, "Your token is too narrow"),
    "disabled": (403, None, "Access to this resource is disabled."),
    "no_revision": (404, "RevisionNotFound", "Invalid rev id"),
    "no_file": (404, "EntryNotFound", "Entry not found"),
    "bare_404": (404, None, None),
    "bad_request": (400, None, "no"),
    "rate_limited": (429, None, None),
    "server_error": (503, None, None),
    "hostile": (403, None, "\x1b[31mred \x9b2J"),
    "tells_token": (403, None, "no: hf_secret_token at http://me:hidden@host/"),
}

# The same for ModelScope: status, message.
MODELSCOPE_FAULTS: dict[str, tuple[int, str]] = {
    "no_repo": (404, "模型不存在"),
    "no_revision": (404, "revision no-such not found"),
    "no_file": (404, "文件不存在"),
    "bad_token": (401, "user not logged in"),
    "gated": (403, "no permission"),
    "bad_request": (400, "bad request"),
    "rate_limited": (429, "slow down"),
    "server_error": (500, "internal error"),
    "hostile": (403, "\x1b[31mred\u202e"),
    "tells_token": (403, "no: ms_secret_token"),
}


@dataclass
class Model:
    """What one hub has under one id.

    `fault` is a name from the tables above, or `drop`: hang up without an answer.
    """

    content: bytes = b"{}"
    fault: str | None = None
    revisions: tuple[str, ...] = ("main", "master", COMMIT)
    headers: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """The files beside the config, by name. Where there is `content` there is a `config.json`."""
    listing: bool = True
    """Whether the hub lists its files, as not every mirror does."""
    delay: float = 0.0
    ranges: bool = False
    """Whether it answers requests for a part of a file with that part."""
    size: int | None = None
    """The size of a whole file that it says beside a part, where that is a lie."""


@dataclass(frozen=True)
class Request:
    """One request that the server had."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def file(self) -> str:
        """The name of the file asked for, on either hub; empty for any other request."""
        if "FilePath" in self.query:
            return self.query["FilePath"]
        return self.path.partition("/resolve/")[2].partition("/")[2]

    @property
    def is_listing(self) -> bool:
        """Whether the names of the files were asked for, on either hub."""
        return self.path.startswith("/api/models/") or self.path.endswith("/repo/files")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class FakeHub:
    """Both hubs at `url`. Give it models with `add`, read what it was asked in `requests`."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str], Model] = {}
        self.requests: list[Request] = []
        self.largest_crowd = 0
        self._crowd = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give a client as its endpoint."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(
        self,
        hub: str,
        repo_id: str,
        config: object = None,
        *,
        content: bytes | None = None,
        **more: Any,
    ) -> Model:
        """Put a model on `huggingface` or `modelscope`: its config, or the very bytes, or a fault."""
        if content is None:
            content = json.dumps({} if config is None else config).encode()
        model = self.models[hub, repo_id] = Model(content=content, **more)
        return model

    def asked(self, hub: str | None = None) -> list[str]:
        """Return the requests as `METHOD path`, in order, of one hub or of both."""
        wanted = {"modelscope": True, "huggingface": False}.get(hub or "")
        return [str(r) for r in self.requests if wanted is None or r.path.startswith("/api/v1/") == wanted]

    def beside(self, hub: str, repo_id: str, **files: object) -> None:
        """Put files beside a model's config, each `NAME.json` given as NAME=its data."""
        model = self.models[hub, repo_id]
        model.files.update({f"{name}.json": json.dumps(data).encode() for name, data in files.items()})

    def __enter__(self) -> FakeHub:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def arrive(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            self._crowd += 1
            self.largest_crowd = max(self.largest_crowd, self._crowd)

    def leave(self) -> None:
        with self._lock:
            self._crowd -= 1


@dataclass
class _Reply:
    status: int
    headers: dict[str, str | None]
    content: bytes


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            request = Request(self.command, unquote(url.path), query, dict(self.headers))
            hub.arrive(request)
            try:
                reply = _part(hub, request, _reply(hub, url.path, query))
                if reply is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.content)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                hub.leave()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _reply(hub: FakeHub, path: str, query: dict[str, str]) -> _Reply | None:
    if path.startswith("/api/v1/models/") and path.endswith("/repo"):
        repo_id = path.removeprefix("/api/v1/models/").removesuffix("/repo")
        model = hub.models.get(("modelscope", repo_id))
        return _modelscope(model, query.get("Revision", ""), query.get("FilePath", "config.json"))
    if path.startswith("/api/v1/models/") and path.endswith("/repo/files"):
        repo_id = path.removeprefix("/api/v1/models/").removesuffix("/repo/files")
        return _listing(hub.models.get(("modelscope", repo_id)), modelscope=True)
    if path.startswith("/api/models/"):
        repo_id = path.removeprefix("/api/models/").partition("/revision/")[0]
        return _listing(hub.models.get(("huggingface", repo_id)), modelscope=False)
    if "/resolve/" in path:
        repo_id, _, rest = path.lstrip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        return _huggingface(hub.models.get(("huggingface", repo_id)), unquote(revision), name)
    return _Reply(404, {"Content-Length": "0"}, b"")


def _part(hub: FakeHub, request: Request, reply: _Reply | None) -> _Reply | None:
    """Return the part of an answer that was asked for, of a model that is served in parts."""
    if request.path.startswith("/api/v1/models/"):
        name = "modelscope", request.path.removeprefix("/api/v1/models/").removesuffix("/repo")
    else:
        name = "huggingface", request.path.lstrip("/").partition("/resolve/")[0]
    model = hub.models.get(name)
    said = request.headers.get("Range", "").removeprefix("bytes=").partition("-")
    if reply is None or reply.status != 200 or model is None or not model.ranges or not said[0]:
        return reply
    part = reply.content[int(said[0]) : int(said[2]) + 1]
    span = f"bytes {said[0]}-{int(said[0]) + len(part) - 1}/{model.size or len(reply.content)}"
    headers = reply.headers | {"Content-Length": str(len(part)), "Content-Range": span}
    return _Reply(206, headers, part)


def _listing(model: Model | None, *, modelscope: bool) -> _Reply:
    if model is None or not model.listing or model.fault not in (None, "no_file"):
        return _Reply(404, {"Content-Length": "0"}, b"")
    names = [*(["config.json"] if model.fault is None else []), *model.files]
    if modelscope:
        told: Any = {"Code": 200, "Success": True, "Data": {"Files": [{"Path": n, "Type": "blob"} for n in names]}}
    else:
        told = {"id": "org/name", "siblings": [{"rfilename": name} for name in names]}
    content = json.dumps(told).encode()
    return _Reply(200, {"Content-Length": str(len(content)), "Content-Type": "application/json"}, content)


def _huggingface(model: Model | None, revision: str, name: str) -> _Reply | None:
    model = model or Model(fault="no_repo")
    time.sleep(model.delay)
    fault = _fault(model, revision, name)
    if fault == "drop":
        return None
    if fault is not None:
        status, code, message = HUGGINGFACE_FAULTS[fault]
        told: dict[str, str | None] = {"X-Error-Code": code, "X-Error-Message": message}
        return _Reply(status, told | {"Content-Length": "0"} | model.headers, b"")
    content = model.files.get(name, model.content)
    headers: dict[str, str | None] = {
        "Content-Length": str(len(content)),
        "Content-Type": "application/json",
        "ETag": f'"{hashlib.sha1(content).hexdigest()}"',
        "X-Repo-Commit": COMMIT,
    }
    return _Reply(200, headers | model.headers, content)


def _fault(model: Model, revision: str, name: str) -> str | None:
    if name in model.files:
        return None if model.fault in (None, "no_file") else model.fault
    if name != "config.json":
        return "no_file"
    return model.fault or (None if revision in model.revisions else "no_revision")


def _modelscope(model: Model | None, revision: str, name: str) -> _Reply | None:
    model = model or Model(fault="no_repo")
    time.sleep(model.delay)
    fault = _fault(model, revision, name)
    if fault == "drop":
        return None
    if fault is not None:
        status, message = MODELSCOPE_FAULTS[fault]
        content = json.dumps({"Code": status, "Message": message, "Success": False}).encode()
    else:
        status, content = 200, model.files.get(name, model.content)
    length: dict[str, str | None] = {"Content-Length": str(len(content))}
    return _Reply(status, length | model.headers, content)
