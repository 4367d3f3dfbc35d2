"""Which lowering each kind of component has; a built-in one's is `lower_<kind>` in the module of the same name.

A lowering is a pure function of the component's shapes; the names of tensors are the usual ones of checkpoints.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec import components

if TYPE_CHECKING:
    from typing import TypeGuard

    from llmsim_adapters.lowerings.site import Lowering


class Lowerings(dict[type, "Lowering"]):
    """Lowerings by kind of component: those that were put in, and the built-in ones, imported at their first use."""

    _of_plugins: frozenset[str] | None = None
    """Asked for with every model, and changed by plugins alone."""

    def __missing__(self, kind: type) -> Lowering:
        if not _is_built_in(kind):
            raise KeyError(kind)
        module = import_module(f"llmsim_adapters.lowerings.{kind.__module__.rpartition('.')[2]}")
        lower: Lowering = getattr(module, f"lower_{kind.kind}")
        self[kind] = lower
        return lower

    def of_plugins(self) -> frozenset[str]:
        """Return the kinds of component whose lowerings were put in."""
        if self._of_plugins is None:
            self._of_plugins = frozenset(
                [kind.kind for kind in self if issubclass(kind, components.Component) and not _is_built_in(kind)]
            )
        return self._of_plugins

    def __setitem__(self, kind: type, lower: Lowering) -> None:
        super().__setitem__(kind, lower)
        self._of_plugins = None

    def __delitem__(self, kind: type) -> None:
        super().__delitem__(kind)
        self._of_plugins = None

    def __contains__(self, kind: object) -> bool:
        return super().__contains__(kind) or _is_built_in(kind)


def _is_built_in(kind: object) -> TypeGuard[type[components.Component]]:
    return (
        isinstance(kind, type)
        and issubclass(kind, components.Component)
        and kind is not components.Component
        and kind.__module__.rpartition(".")[0] == components.__name__
    )


BUILT_IN: Final = Lowerings()
