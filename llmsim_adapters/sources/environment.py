"""The settings of both hubs' clients, read from the environment at the moment of use.

The clients read most of theirs once, on import; so each is read here and handed over as an argument.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HUGGINGFACE_ENDPOINT = "https://huggingface.co"
MODELSCOPE_ENDPOINT = "https://modelscope.cn"

_TRUE = {"1", "ON", "YES", "TRUE"}
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "MODELSCOPE_API_TOKEN")
_ADDRESSES = ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT", "MODELSCOPE_DOMAIN", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")

# A password may hold what ends one (`/`, `@`), by mistake: all before the last `@` goes, once there is a `:`.
_USERINFO = re.compile(r"(//)[^\s@]*:\S*@|(//)[^/@\s]*@|^[^\s@/\\]*:[^\s/\\]\S*@")
_QUERY = re.compile(r"(//[^\s?#]*)\?[^\s'\"]*")
_LONGEST = 2000


def offline_reason(offline: bool) -> str | None:
    """Return why no hub may be asked, or `None` where both may.

    ModelScope's client knows no offline variable, so Hugging Face's counts for both hubs.
    """
    if offline:
        return "offline was asked for"
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if value := os.environ.get(name):
            if value.upper() in _TRUE:
                return f"{name}={printable(value)} is set"
            break  # as the client does: HF_HUB_OFFLINE=0 overrules TRANSFORMERS_OFFLINE=1
    if getattr(sys.modules.get("huggingface_hub.constants"), "HF_HUB_OFFLINE", False):
        return "HF_HUB_OFFLINE was set when huggingface_hub was imported"
    return None


def huggingface_cache_dir() -> str:
    """Return the folder of Hugging Face's cache, by the client's own rules."""
    get = os.environ.get
    folder = get("HF_HUB_CACHE")
    if folder is None:
        folder = get("HUGGINGFACE_HUB_CACHE")
    if folder is None:
        home = get("HF_HOME")
        if home is None:
            home = os.path.join(get("XDG_CACHE_HOME", os.path.join("~", ".cache")), "huggingface")
        folder = os.path.join(home, "hub")
    return os.path.expandvars(os.path.expanduser(folder))


def modelscope_cache_dir() -> str:
    """Return the folder of ModelScope's cache, by the client's own rules."""
    return os.path.expanduser(os.environ.get("MODELSCOPE_CACHE") or os.path.join("~", ".cache", "modelscope"))


def huggingface_endpoint(endpoint: str | None) -> str:
    """Return the address of the Hugging Face Hub, or of the mirror that stands for it."""
    return _address(endpoint or os.environ.get("HF_ENDPOINT") or HUGGINGFACE_ENDPOINT)


def modelscope_endpoint(endpoint: str | None) -> str:
    """Return ModelScope's address, or that of the mirror that stands for it."""
    get = os.environ.get
    return _address(endpoint or get("MODELSCOPE_ENDPOINT") or get("MODELSCOPE_DOMAIN") or MODELSCOPE_ENDPOINT)


def shown_endpoint(endpoint: str) -> str:
    """Return an address for a message: without a name and password, and without a query, which may hold a token."""
    return printable(_without_credentials(_one_word(endpoint)))


def without_secrets(value: object, *secrets: str | None, endpoint: str = "") -> str:
    """Return what a client or a server said, printable and without tokens and passwords."""
    text = _without_credentials(str(value))
    get = os.environ.get
    addresses = [endpoint, *(get(name) or get(name.lower()) or "" for name in _ADDRESSES)]
    passwords = (part for address in addresses for part in _credentials(address))
    for secret in (*secrets, *map(get, _TOKENS), *passwords):
        if secret and len(secret) > 3:
            text = text.replace(secret, "***")
    return printable(text.strip(), limit=300)


def _without_credentials(text: str) -> str:
    text = _USERINFO.sub(lambda found: found[1] or found[2] or "", text[:_LONGEST])
    return _QUERY.sub(r"\1?…", text)


def _one_word(address: str) -> str:
    """Return an address in which a name and password are one word, as they are in one that can be."""
    return "/".join(address.split()) if "@" in address else address


def _credentials(address: str) -> list[str]:
    """Return the parts of an address's name and password, any of which an error may quote."""
    found = _USERINFO.search(_one_word(address[:_LONGEST]))
    return re.split(r"[:/@]+", found[0]) if found else []


def _address(text: str) -> str:
    text = text.strip().rstrip("/")
    return text if text.lower().startswith(("http://", "https://")) else f"https://{text}"


_lock = threading.Lock()
_held: dict[str, int] = {}


@contextmanager
def environment_defaults(defaults: Mapping[str, str]) -> Iterator[None]:
    """Give variables that are not set a value while the block runs; what the user set stays as it is.

    Threads may overlap: a variable goes away with the last block that needs it.
    """
    mine = []
    with _lock:
        for name, value in defaults.items():
            if name not in _held and name not in os.environ:
                os.environ[name] = value
                _held[name] = 0
            if name in _held:
                _held[name] += 1
                mine.append(name)
    try:
        yield
    finally:
        with _lock:
            for name in mine:
                _held[name] -= 1
                if not _held[name]:
                    del _held[name]
                    os.environ.pop(name, None)
