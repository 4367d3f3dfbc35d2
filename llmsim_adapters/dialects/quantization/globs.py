"""Patterns of modules, made globs with `*` alone.

Patterns come from outside, so none is run as a regular expression: simple forms are translated, and matched piece by
piece in linear time; what can't be said so has no glob.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 300
_ALTERNATIVES: Final = 64

_REGEX: Final = re.compile(r"[\\^$(\[+|]")
_TOKEN: Final = re.compile(r"\\\.[*+?]|\\\.|\\d[+*]|\[0-9\][+*]|\.\*\??|\.\+|\(\?:")
_MEANING: Final = {"\\.": ".", "(?:": "(", "\\.*": "\\", "\\.+": "\\", "\\.?": "\\"}
"""What a token of a regular expression is in a glob; any other one is "anything"."""
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_CLASS: Final = re.compile(r"\[((?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+)\](?![+*?{])")
"""One character of several, once."""
_RANGE: Final = re.compile(r"(.)(?:-(.))?")
_LEFT: Final = re.compile(r"[\\()\[\]{}+?|^$]")


_PLAIN: Final = re.compile(r"[\w.-]+")


def is_name(pattern: str) -> bool:
    """Whether a pattern is a name, without anything that stands for others."""
    return _PLAIN.fullmatch(pattern) is not None


@lru_cache(maxsize=4096)
def globs_of(pattern: str) -> tuple[str, ...] | None:
    """Return a pattern as globs of which one must match, or None where it has a form that these can't say."""
    if len(pattern) > _LONGEST:
        return None
    if _PLAIN.fullmatch(pattern):
        return (pattern,)
    name = pattern.removeprefix("re:")
    if name != pattern or _REGEX.search(name):
        name = name.removeprefix("^")
        name = name[:-1] if name.endswith("$") else name + ".*"
        name = _CLASS.sub(_members, name)
        name = _TOKEN.sub(lambda found: _MEANING.get(found[0], "\0"), name)
        if "*" in name:
            return None
        name = name.replace("\0", "*")
    globs = [name]
    while any("(" in glob for glob in globs):
        globs = [each for glob in globs for each in _alternatives(glob)]
        if not globs or len(globs) > _ALTERNATIVES:
            return None
    if any(_LEFT.search(glob) for glob in globs):
        return None
    while any("**" in glob for glob in globs):
        globs = [glob.replace("**", "*") for glob in globs]
    return tuple(globs)


def _members(found: re.Match[str]) -> str:
    """Return the characters of a class (`[0-3]`) as alternatives."""
    characters = ""
    for first, last in _RANGE.findall(found[1]):
        characters += "".join(map(chr, range(ord(first), ord(last or first) + 1)))
    return f"({'|'.join(characters)})"


def _alternatives(glob: str) -> list[str]:
    found = _GROUP.search(glob)
    if found is None:
        return [] if "(" in glob else [glob]
    return [glob[: found.start()] + each + glob[found.end() :] for each in found[1].split("|")]


def matches(glob: str, text: str) -> bool:
    """Whether a text is what a glob with `*` alone says; each piece is found once, from left to right."""
    first, *rest = glob.split("*")
    if not rest:
        return text == glob
    *middle, last = rest
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    start, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True
