"""Servers on 127.0.0.1 that mean harm: they hang, drip, mislead, or say where to write."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tests.hub.server import COMMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Behaviour = Callable[[socket.socket, bytes], None]

CONFIG: Final = json.dumps({"model_type": "llama"}).encode()


def answer(status: str, content: bytes = b"", **headers: str) -> bytes:
    """Return an answer as it goes over the wire; `_` in the names of headers is `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def config(**headers: str) -> Behaviour:
    """Answer every request with a config, under headers that are not what a hub sends."""

    def behave(connection: socket.socket, asked: bytes) -> None:
        reply = answer("200 OK", CONFIG, **{"ETag": '"0"', "X_Repo_Commit": COMMIT, **headers})
        connection.sendall(reply.removesuffix(CONFIG) if asked.startswith(b"HEAD") else reply)

    return behave


def say(reply: bytes) -> Behaviour:
    """Answer every request with the same bytes."""
    return lambda connection, _: connection.sendall(reply)


def hang(connection: socket.socket, asked: bytes) -> None:
    """Never answer."""
    del asked
    connection.settimeout(30)
    connection.recv(1)


def drip(reply: bytes, all_at_once: int) -> Behaviour:
    """Send the first bytes at once, and of the rest one at a time: no step is ever late."""

    def behave(connection: socket.socket, asked: bytes) -> None:
        del asked
        connection.sendall(reply[:all_at_once])
        for at in range(all_at_once, len(reply)):
            time.sleep(0.1)
            connection.sendall(reply[at : at + 1])

    return behave


def endless_listing(connection: socket.socket, asked: bytes) -> None:
    """Answer with a config, and with more names of files than there is memory for."""
    path = asked.split(b" ")[1]
    if b"/api/models/" in path or b"/repo/files" in path:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")
        while True:
            connection.sendall(b'"x", ' * 200_000)
    config()(connection, asked)


def hanging_listing(connection: socket.socket, asked: bytes) -> None:
    """Answer with a config, and never with the names of the files beside it."""
    path = asked.split(b" ")[1]
    (hang if b"/api/models/" in path or b"/repo/files" in path else config())(connection, asked)


def reset(connection: socket.socket, asked: bytes) -> None:
    """Hang up in the midst of the headers."""
    del asked
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


@contextmanager
def hostile(behave: Behaviour) -> Iterator[str]:
    """Give the address of a server that treats each connection so."""
    server = socket.create_server(("127.0.0.1", 0))

    def treat(connection: socket.socket) -> None:
        with connection:
            try:
                asked = connection.recv(65536)
                if asked:
                    behave(connection, asked)
            except OSError:
                pass

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=treat, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
