"""What every kind of component has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Component:
    """The base of every kind; `kind` is its name in requirements, reports and operators.

    One that `normalises` its input itself needs no norm beside it.
    """

    kind: ClassVar[str] = ""
    normalises: ClassVar[bool] = False

    def parts(self) -> tuple[Component, ...]:
        """Return the components inside this one."""
        return ()
