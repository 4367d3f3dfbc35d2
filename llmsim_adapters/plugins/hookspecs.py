"""The hooks that a plugin implements: functions of these names, marked with `hookimpl`, in the module that its
entry point in the group `llmsim_adapters` names. Every hook is optional, and each is called once per process, when
builders are first needed, isolated and bounded in time. What it returns is checked item by item: an item that can't be
used is shown by `llmsim-adapters builders` with the reason, and the others are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.engines.engine import Engine
    from llmsim_adapters.lowerings.kind import ComponentKind
    from llmsim_adapters.plugins.builder import Builder

PROJECT: Final = "llmsim_adapters"
"""The name of the plugin project and of the entry-point group."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """The hooks, in the order in which they are called, each with the version that it is there since.

    A hook of a later version is implemented by `@la.hookimpl(optionalhook=True)`: an older one then leaves it alone.
    """

    @hookspec
    def llmsim_register_components(self) -> Sequence[ComponentKind]:  # type: ignore[empty-body]
        """Register kinds of component. Since 0.1.

        Called first, so that what dialects and builders of the same plugin name is known.

        Returns:
            each kind with its lowering and the features that a spec gets from it. A feature's functions are
            asked only about specs that have the component.
        """

    @hookspec
    def llmsim_register_dialects(self) -> Sequence[Dialect]:  # type: ignore[empty-body]
        """Register dialects for model types that the package itself does not declare. Since 0.1.

        Returns:
            one dialect for each model type. It may use any component with a lowering; the spec has the
            reader's `model_type`.
        """

    @hookspec
    def llmsim_register_engines(self) -> Sequence[Engine]:  # type: ignore[empty-body]
        """Register engines: ways in which inference engines store a model and spread it over ranks. Since 0.1.

        Returns:
            engines, each with a name of its own (lower-case letters, digits and underscores) and its rules.
            What rules compute is asked for whenever a graph is made under the engine.
        """

    @hookspec
    def llmsim_register_builders(self) -> Sequence[type[Builder]]:  # type: ignore[empty-body]
        """Register builders. Since 0.1.

        Returns:
            builder classes, each with a name of its own (lower-case letters, digits and underscores) and its
            `Requirements`; they are instantiated once, without arguments.
        """
