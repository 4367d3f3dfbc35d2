"""What a spec has that builders are asked about: kinds of component, features, categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.evaluation.evidence import verified
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.category import category, component_kinds, language_category, text_category
from llmsim_adapters.spec.features.model import TOWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.plugins.isolation import Guest
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.spec.category import Category
    from llmsim_adapters.spec.model import ModelSpec, Stack


class Seen(NamedTuple):
    """What the claims rest on: a spec's kinds of component, features and categories, and what could not be told.

    `family` is the category of its layers alone, whatever they are there for, `language_category` that of what it is
    without towers.

    Where there are towers, builders are asked for those of the `language` model alone, and for having towers at all.
    """

    components: frozenset[str]
    features: frozenset[str]
    family: Category
    language_category: Category
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
    classes = component_kinds(nodes)
    kinds = frozenset([kind.kind for kind in classes])
    if spec.towers:
        of_language = spec.language_model()
        language = of_language.nodes() if guest is None else guest.run(of_language.nodes)
        seen = _beside_towers(spec, kinds, nodes, language, _said(of_language, language, guest), registered)
    else:
        said = _said(spec, nodes, guest)
        seen = Seen(kinds, registered.features.among(nodes), text_category(classes), said, category(spec, said))
    if guest is None:
        return seen
    plugged, gaps = registered.features.plugged_in(nodes)
    if seen.language is not None:
        in_language, _ = registered.features.plugged_in(language)
        seen = seen._replace(language=(seen.language[0], seen.language[1] | in_language))
    return seen._replace(features=seen.features | plugged, gaps=seen.gaps + gaps)


def _said(spec: ModelSpec, nodes: list[Any], guest: Guest | None) -> Category:
    return language_category(spec, nodes) if guest is None else guest.run(lambda: language_category(spec, nodes))


def _beside_towers(
    spec: ModelSpec,
    kinds: frozenset[str],
    nodes: list[Any],
    of_language: list[Any],
    said: Category,
    registered: Registered,
) -> Seen:
    """Return what a spec with towers has, and what is not counted of them."""
    known = registered.features
    classes = component_kinds(of_language)
    language = frozenset([kind.kind for kind in classes])
    features = known.among([spec, *of_language])
    gaps = tuple(_doubts(spec, registered))
    family, whole = text_category(classes), category(spec, said)
    return Seen(kinds, known.among(nodes), family, said, whole, gaps, (language, features))


def _doubts(spec: ModelSpec, registered: Registered) -> Iterator[Gap]:
    """Yield a gap for each kind of tower that has some of which nobody knows, or no facts hold, what it runs."""
    whole = spec.whole_type or spec.model_type
    for axis, (name, of) in TOWERS.items():
        towers = [stack for stack in spec.towers if stack.axis == axis]
        if any(tower.media is None for tower in towers):
            yield Gap(GapKind.UNSUPPORTED_FEATURE, name, _UNKNOWN.format(of))
        elif whole not in registered.dialects and any(tower_name(whole, t) not in verified().towers for t in towers):
            yield Gap(GapKind.UNSUPPORTED_FEATURE, name, _UNHELD.format(of))


_UNKNOWN: Final = "the weights of the encoder of {0} are counted; what it runs on {0} is not, which no text needs"
_UNHELD: Final = "what the encoder of {} runs is counted, and no reference facts hold it; they hold its weights"


def tower_name(whole: str, tower: Stack) -> str:
    """Return what the index of the facts calls a tower: the type of the whole model, and its own."""
    return f"{whole}/{tower.model_type}"
