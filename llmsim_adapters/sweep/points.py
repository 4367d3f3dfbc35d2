"""The points of a sweep: the fields of many schedules, checked, broadcast, and taken apart."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from llmsim_adapters.graph.schedule import LARGEST, MEDIA, SAID_BY_OPTIONS, SIZES, Schedule, ScheduleError
from llmsim_adapters.spelling import meant
from llmsim_adapters.sweep.column import column
from llmsim_adapters.sweep.result import objects
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

_LEAST: Final = dict(SIZES)
_MEDIA: Final = {name for name, *_ in MEDIA}
_DEFAULTS: Final = {field.name: field.default for field in fields(Schedule)}


class Points(NamedTuple):
    """Some points of a sweep: their numbers, and the fields that were given, as arrays that broadcast to theirs.

    All arrays have as many axes, and a field that does not change along an axis has it once, so that what is computed
    of a few fields is computed once for all points that have them in common.
    """

    numbers: NDArray[np.int64]
    fields: dict[str, NDArray[Any]]

    def schedule(self) -> Schedule:
        """Return their schedules as one, whose sizes are columns where they differ; other fields must not differ."""
        values: dict[str, Any] = {
            name: column(values) if name in _LEAST else values.flat[0] for name, values in self.fields.items()
        }
        if all(isinstance(values[name], int) for name in values if name in _LEAST):
            return Schedule(**values)
        schedule = object.__new__(Schedule)  # whose values are checked already, and are no integers
        for name, default in _DEFAULTS.items():
            object.__setattr__(schedule, name, values.get(name, default))
        return schedule

    def parts(self, answers: NDArray[Any]) -> Iterator[Points]:
        """Yield the points of each answer; answers have as many axes as the fields.

        The axes along which they change become one.
        """
        along = [axis for axis, size in enumerate(answers.shape) if size > 1]
        order = [*along, *(axis for axis, size in enumerate(answers.shape) if size == 1)]

        def merged(values: NDArray[Any]) -> NDArray[Any]:
            if any(values.shape[axis] > 1 for axis in along):
                shape = [answers.shape[axis] if axis in along else size for axis, size in enumerate(values.shape)]
                values = np.broadcast_to(values, shape)
            values = values.transpose(order)
            return values.reshape(-1, *values.shape[len(along) :])

        numbers, fields = merged(self.numbers), {name: merged(values) for name, values in self.fields.items()}
        for answer in np.unique(answers):
            of_it = answers.ravel() == answer
            yield Points(
                numbers[of_it],
                {name: values if len(values) == 1 else values[of_it] for name, values in fields.items()},
            )

    def groups(self, most: int) -> Iterator[Points]:
        """Yield the points in groups of `most` that differ in nothing but sizes."""
        for name, values in self.fields.items():
            if name not in _LEAST and values.size > 1:
                numbers = _numbered(values)
                if numbers.any():
                    for part in self.parts(numbers):
                        yield from part.groups(most)
                    return
        if self.numbers.size <= most:
            yield self
            return
        axis = int(np.argmax(self.numbers.shape))
        size = self.numbers.shape[axis]
        half = np.arange(size) < size // 2
        for part in self.parts(half.reshape([-1 if i == axis else 1 for i in range(self.numbers.ndim)])):
            yield from part.groups(most)


def points(given: Mapping[str, Any]) -> Points:
    """Return the points that values and arrays by field of `Schedule` make together.

    Raises:
        ScheduleError: a field is unknown, has a value that no schedule can have, or does not broadcast with the others.
    """
    arrays = {name: _checked(name, value) for name, value in {"mode": "extend", **_said(given)}.items()}
    arrays.setdefault("seq_len", np.array(0))
    shape: tuple[int, ...] = ()
    for name, array in arrays.items():
        try:
            shape = np.broadcast_shapes(shape, array.shape)
        except ValueError:
            message = f"schedule field `{name}` has shape {array.shape}; expected one that broadcasts with {shape}"
            raise ScheduleError(message) from None
    lengths = arrays["seq_len"]
    if not lengths.all():
        default = np.where(arrays["mode"] == "decode", Schedule(mode="decode").seq_len, Schedule().seq_len)
        arrays["seq_len"] = np.where(lengths == 0, default, lengths)
    numbers = np.arange(np.prod(shape, dtype=np.int64)).reshape(shape)
    return Points(
        numbers, {name: array.reshape((1,) * (len(shape) - array.ndim) + array.shape) for name, array in arrays.items()}
    )


def _said(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields with an engine's options as one value, what these say of other fields among them.

    Raises:
        ScheduleError: the options can't be, or say of a field what is said of it beside them.
    """
    if "engine_options" not in given:
        return given
    schedule = Schedule(engine_options=given["engine_options"])
    by_options = {name: value for name in SAID_BY_OPTIONS if (value := getattr(schedule, name)) != _DEFAULTS[name]}
    for name in by_options:
        if name in given:
            message = f"schedule field `{name}` is given, and said by `engine_options`; expected one of them"
            raise ScheduleError(message)
    return {**given, **by_options, "engine_options": _one(schedule.engine_options)}


def _one(value: object) -> NDArray[Any]:
    """Return an array of one object, which is no array of what is in it."""
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def _numbered(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the number of each value among the distinct ones, in the order in which they come."""
    known: dict[object, int] = {}
    numbers = [known.setdefault(value, len(known)) for value in values.ravel().tolist()]
    return np.array(numbers, dtype=np.int64).reshape(values.shape)


def _media(name: str, given: Any) -> NDArray[Any]:
    """Return the values of a field of media: what a schedule can have is one value, a list of such is one a point.

    Raises:
        ScheduleError: it is neither.
    """
    if not isinstance(given, np.ndarray):
        try:
            return _one(getattr(Schedule(**{name: given}), name))
        except ScheduleError:
            if not isinstance(given, (list, tuple)):
                raise
    array = objects(given)
    flat = [getattr(Schedule(**{name: value}), name) for value in array.ravel().tolist()]
    return objects(flat).reshape(array.shape)


def _checked(name: str, given: Any) -> NDArray[Any]:
    """Return the array of a field's values, integers where it is a size."""
    if name not in _DEFAULTS:
        shown = f"`{printable(name)}` is unknown{meant(name, _DEFAULTS)}"
        message = f"schedule field {shown}; expected one of {', '.join(_DEFAULTS)}"
        raise ScheduleError(message)
    if name == "engine_options":
        return np.asarray(given)
    if name in _MEDIA:
        return _media(name, given)
    try:
        array = np.asarray(given)
    except ValueError:
        message = f"schedule field `{name}` is no array; expected rows of the same length"
        raise ScheduleError(message) from None
    least = _LEAST.get(name)
    whole = least is not None and array.dtype.kind in "iu" and array.size > 0
    if not whole or array.min() < least or array.max() > LARGEST:
        values = array.ravel().tolist()
        for value in _distinct(values):
            Schedule(**{name: value})
        array = np.array(values, dtype=object).reshape(array.shape)
    return array if least is None else array.astype(np.int64)


def _distinct(values: list[Any]) -> Iterable[Any]:
    try:
        return dict.fromkeys(values)
    except TypeError:  # what has no hash is no value of a field either
        return values
