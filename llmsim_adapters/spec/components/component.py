"""What every kind of component has in common."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Component:
    """The base of every kind; `kind` is its name in requirements, reports and operators.

    One that `normalises` its input itself needs no norm beside it. A mixer that `attends` looks at other tokens; one
    that is `recurrent` carries a state of fixed size from token to token: a model's category follows from them.
    """

    kind: ClassVar[str] = ""
    normalises: ClassVar[bool] = False
    attends: ClassVar[bool] = False
    recurrent: ClassVar[bool] = False

    def parts(self) -> tuple[Component, ...]:
        """Return the components inside this one."""
        return ()


@dataclass(frozen=True, slots=True)
class Part(Component):
    """A component that others have inside: who models these models it, and features tell who doesn't."""
