"""What a spec has that builders are asked about: kinds of component, features, categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.category import category, text_category
from llmsim_adapters.spec.components import Component, Part

if TYPE_CHECKING:
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.spec.category import Category
    from llmsim_adapters.spec.model import ModelSpec


class Seen(NamedTuple):
    """What the claims rest on: a spec's kinds of component, features and categories, and what could not be told.

    Where there are towers, builders are asked for those of the `language` model alone, and for having towers at all.
    """

    components: frozenset[str]
    features: frozenset[str]
    family: Category
    category: Category
    gaps: tuple[Gap, ...] = ()
    language: tuple[frozenset[str], frozenset[str]] | None = None


def look(spec: ModelSpec, registered: Registered) -> Seen:
    """Return what a spec has; a spec of a plugin's dialect may have its components, so their code runs isolated.

    Raises:
        PluginError: a plugin's component can't be looked at.
    """

    guest = registered.guest_of_type(spec)
    nodes = spec.nodes() if guest is None else guest.run(spec.nodes)
    classes = _kinds(nodes)
    kinds = frozenset([kind.kind for kind in classes])
    if spec.towers:
        of_language = spec.language_model()
        language = of_language.nodes() if guest is None else guest.run(of_language.nodes)
        seen = _beside_towers(spec, kinds, nodes, language, registered)
    else:
        seen = Seen(kinds, registered.features.among(nodes), text_category(classes), category(spec, classes))
    if guest is None:
        return seen
    plugged, gaps = registered.features.plugged_in(nodes)
    if seen.language is not None:
        in_language, _ = registered.features.plugged_in(language)
        seen = seen._replace(language=(seen.language[0], seen.language[1] | in_language))
    return seen._replace(features=seen.features | plugged, gaps=seen.gaps + gaps)


def _beside_towers(
    spec: ModelSpec, kinds: frozenset[str], nodes: list[Any], of_language: list[Any], registered: Registered
) -> Seen:
    """Return what a spec with towers has, and what is not counted of them."""
    known = registered.features
    classes = _kinds(of_language)
    language = frozenset([kind.kind for kind in classes])
    features = known.among([spec, *of_language])
    gaps = tuple(
        Gap(GapKind.UNSUPPORTED_FEATURE, name, uncounted)
        for name in sorted(features)
        if (uncounted := known[name].uncounted) is not None
    )
    family = text_category(classes)
    return Seen(kinds, known.among(nodes), family, category(spec, classes), gaps, (language, features))


def _kinds(nodes: list[Any]) -> list[type[Component]]:
    kinds = {node.__class__ for node in nodes}
    return [kind for kind in kinds if issubclass(kind, Component) and not issubclass(kind, Part)]
