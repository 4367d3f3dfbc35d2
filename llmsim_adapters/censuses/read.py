"""From an item of a census to a config, or to what is wrong with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.censuses.item import IDS, Broken, File, Line, Record
from llmsim_adapters.errors import Answer, ConfigUnavailable, InvalidConfig
from llmsim_adapters.sources import Provenance, RawConfig, find, find_all
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.deadline import TIMEOUT
from llmsim_adapters.sources.mappings import plain
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES, parse_config, too_large
from llmsim_adapters.sources.without import refuse_adapter
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmsim_adapters.censuses.item import Columns, Item

_LONGEST_ID = 300


class Hub(NamedTuple):
    """How models are asked for that have an id alone."""

    offline: bool = False
    endpoint: str | None = None
    timeout: float = TIMEOUT


class Read(NamedTuple):
    """An item with its config, with the error in place of it, or with what a hub is to be asked for."""

    source: str
    id: str
    found: RawConfig | ConfigUnavailable | str
    weight: int | float | None = None
    modelscope: str | None = None


def read(items: Sequence[Item], columns: Columns, hub: Hub) -> Iterator[tuple[Read, RawConfig | ConfigUnavailable]]:
    """Yield the items with their configs, in their order; those that have an id alone are asked for together."""
    all_read = [_read(item, columns) for item in items]
    asked = [(each.found, each.modelscope) for each in all_read if isinstance(each.found, str)]
    found = iter(find_all(asked, offline=hub.offline, endpoint=hub.endpoint, timeout=hub.timeout) if asked else ())
    for each in all_read:
        yield each, next(found) if isinstance(each.found, str) else each.found


def _read(item: Item, columns: Columns) -> Read:
    if isinstance(item, Line):
        return _line(item, columns)
    if isinstance(item, Record):
        return _record(item.source, item.number, item.id, item.config, item.weight)
    if isinstance(item, File):
        try:
            return Read(item.source, item.id, find(item.path, offline=True))
        except ConfigUnavailable as error:
            return Read(item.source, item.id, error)
    if isinstance(item, Broken):
        return Read(item.source, item.id, _error(item.id, Refusal(item.kind, item.message)))
    if item.config is not None:
        return Read(item.source, item.id, item.config)
    if item.asked is None:
        nothing = Refusal("not_found", "the registry names no model of it")
        return Read(item.source, item.id, _error(item.id, nothing, missing=True))
    return Read(item.source, printable(item.id, _LONGEST_ID), item.asked, None, item.modelscope)


def _line(line: Line, columns: Columns) -> Read:
    where = f"line {line.number}"
    if not line.content.startswith((b"{", b"[", b'"')):
        text = line.content.decode("utf-8", "replace")
        return Read(line.source, printable(text, _LONGEST_ID), text)
    try:
        data = parse_config(line.content, where)
    except Refusal as refusal:
        return Read(line.source, where, _error(where, refusal))
    if "model_type" in data or "architectures" in data:
        return Read(line.source, where, _given(data, where))
    if columns.config in data:
        named = (columns.id,) if columns.id else IDS
        id = next((data[name] for name in named if isinstance(data.get(name), (str, int)) and data[name] != ""), None)
        weight = data.get(columns.weight) if columns.weight else None
        return _record(line.source, line.number, None if id is None else str(id), data[columns.config], weight, line)
    named_only = next((data[name] for name in (columns.id, *IDS) if name and isinstance(data.get(name), str)), None)
    if named_only is not None and "/" in named_only:
        weight = _number(data.get(columns.weight)) if columns.weight else None
        return Read(line.source, printable(named_only, _LONGEST_ID), named_only, weight)
    return Read(line.source, where, _given(data, where))


def _record(source: str, number: int, id: str | None, config: Any, weight: Any, parsed: Line | None = None) -> Read:
    name = f"row {number}" if id is None and parsed is None else f"line {number}" if id is None else id
    name = printable(name, _LONGEST_ID)
    found: RawConfig | ConfigUnavailable
    try:
        if isinstance(config, (str, bytes)):
            content = config.encode("utf-8", "surrogatepass") if isinstance(config, str) else config
            if len(content) > MAX_CONFIG_BYTES:
                raise too_large(f"{name} has {len(content):,} bytes")
            config, parsed = parse_config(content, name), parsed or Line("", 0, b"")
        if not isinstance(config, dict):
            message = f"the config of {name} is {'missing' if config is None else type(config).__name__}, not an object"
            raise Refusal("not_an_object", message)
        if parsed is None:  # parsing holds text to the same
            config = plain(config, name)
        found = _given(config, name)
    except Refusal as refusal:
        found = _error(name, refusal)
    return Read(source, name, found, _number(weight))


def _given(config: dict[str, Any], name: str) -> RawConfig | ConfigUnavailable:
    try:
        if not all(isinstance(key, str) for key in config):
            raise Refusal("not_an_object", f"the keys of {name} are not all strings")
        refuse_adapter(config)
    except Refusal as refusal:
        return _error(name, refusal, missing=refusal.kind == "adapter")
    return RawConfig(config, Provenance("dict", name))


def _error(name: str, refusal: Refusal, *, missing: bool = False) -> ConfigUnavailable:
    kind = ConfigUnavailable if missing else InvalidConfig
    return kind(name, [Answer("census", refusal.kind, refusal.message)])


def _number(value: Any) -> int | float | None:
    """Return a weight, which is a finite number of 64 bits and not below zero; None where it is anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) and 0 <= value < 2**63 else None
    except OverflowError:
        return None
