"""The hooks that a plugin implements: functions of these names, marked with `hookimpl`, in the module that its
entry point in the group `llmsim_adapters` names. Every hook is optional, and each is called once per process, when
builders are first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.dialect import Dialect
    from llmsim_adapters.lowerings.kind import ComponentKind
    from llmsim_adapters.plugins.builder import Builder

PROJECT: Final = "llmsim_adapters"
"""The name of the plugin project and of the entry-point group."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """The hooks, in the order in which they are called.

    .. versionadded:: 0.1
    """

    @hookspec
    def llmsim_register_components(self) -> Sequence[ComponentKind]:  # type: ignore[empty-body]
        """Register kinds of component.

        :returns: each kind with its lowering and the features that a spec gets from it.
        """

    @hookspec
    def llmsim_register_dialects(self) -> Sequence[Dialect]:  # type: ignore[empty-body]
        """Register dialects for model types that the package itself does not declare.

        :returns: one dialect for each model type.
        """

    @hookspec
    def llmsim_register_builders(self) -> Sequence[type[Builder]]:  # type: ignore[empty-body]
        """Register builders.

        :returns: builder classes, each with a name of its own; they are instantiated without arguments.
        """
