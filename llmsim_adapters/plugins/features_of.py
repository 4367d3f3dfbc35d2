"""All features of some components, said in one expression and looked up when somebody asks."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.plugins.features import KnownFeatures
from llmsim_adapters.spec.components import every_kind
from llmsim_adapters.spec.features import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def features_of(*components: str) -> FeaturesOf:
    """Return all features of some kinds of component, for the `features` of a builder's `Requirements`.

        features=la.features_of("attention", "mlp", "model") | {"acme_gate"}

    Kinds are named as in `components`, a plugin's own among them. Beside these there are two groups: `model` has the
    features of layers, stacks and whole models, `quantization` the ways to store weights. A feature that a later
    version tells apart is among them, and the host's lowerings have it: so a builder that overrides `build` can't say
    this, and lists what it models by name.

    Raises:
        TypeError: what is given is not names.
    """
    for component in components:
        if not isinstance(component, str):
            message = f"features_of: found {component!r}; expected names, as in features_of('attention', 'mlp')"
            raise TypeError(message)
    return FeaturesOf(components)


_BUILT_IN: Final = KnownFeatures()


class FeaturesOf(Set[str]):
    """The names of all features of some groups, and of others beside them.

    The features of a group are looked up when they are asked for, since that imports every module with features; the
    features that some spec has are known without.
    """

    __slots__ = ("_seen", "groups", "known", "named")

    def __init__(self, groups: Iterable[str], named: Iterable[str] = (), known: KnownFeatures = _BUILT_IN) -> None:
        """`known` has the features of plugins, once they are loaded; before, there are the built-in ones."""
        self.groups, self.named = frozenset(groups), frozenset(named)
        self.known = known
        self._seen = self.named

    def among(self, known: KnownFeatures) -> FeaturesOf:
        """Return the same of the features that are known, plugins' among them."""
        return FeaturesOf(self.groups, self.named, known)

    def __or__(self, other: Set[Any]) -> FeaturesOf:
        if not isinstance(other, Set):
            return NotImplemented
        if isinstance(other, FeaturesOf):
            return FeaturesOf(self.groups | other.groups, self.named | other.named, self.known)
        return FeaturesOf(self.groups, self.named.union(other), self.known)

    __ror__ = __or__

    def __rsub__(self, other: Set[Any]) -> frozenset[Any]:
        """Return the others that are not among these; they are looked up one by one."""
        unseen = frozenset(other) - self._seen
        if not unseen:
            return unseen
        found = frozenset(name for name in unseen if self.known.group(name) in self.groups)
        self._seen |= found
        return unseen - found

    def __contains__(self, name: object) -> bool:
        return not {name} - self

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> frozenset[Any]:
        return frozenset(it)

    def _names(self) -> frozenset[str]:
        if self.known is _BUILT_IN:
            built_in = {*GROUPS, *(kind.kind for kind in every_kind())}
            for group in sorted(self.groups - built_in):
                message = f"the features of `{group}` are not known before plugins are loaded; list them by name here"
                raise ValueError(message)
        return self.named.union(name for name in map(str, self.known) if self.known.group(name) in self.groups)

    def __reduce__(self) -> tuple[Any, ...]:
        """Elsewhere other plugins may be installed: what crosses is the names."""
        if self.known is _BUILT_IN:
            return FeaturesOf, (self.groups, self.named)
        return frozenset, (tuple(self),)

    def __repr__(self) -> str:
        said = f"features_of({_listed(self.groups)})"
        return f"{said} | {{{_listed(self.named)}}}" if self.named else said


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))
