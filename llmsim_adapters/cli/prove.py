"""What `prove` says: the tensors of a checkpoint's files against the graph's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Document, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.text import human

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.model import Model
    from llmsim_adapters.proof.result import Difference, Proof

_SHOWN: Final = 20


def ids(source: str, model: Model) -> dict[str, str]:
    """Return what a registry's row says of a model: its name, and the id or the path by which it is found."""
    provenance = model.config.provenance
    hub = "modelscope" if provenance.source.startswith("modelscope") else "huggingface"
    found = provenance.repo_id or source
    return {"name": found, hub: found}


def keep(registry: str, proofs: list[tuple[dict[str, str], Recorded]]) -> None:
    """Add proofs to a registry.

    Raises:
        Failed: it can't be one.
    """
    from llmsim_adapters.registries.recording import record
    from llmsim_adapters.registries.registry import RegistryError

    try:
        record(registry, proofs)
    except RegistryError as error:
        raise Failed(str(error), MISUSE) from error


def document(source: str, found: Proof) -> Document:
    """Return the verdict, both sides' sums, and each difference."""
    sums = table(
        "|>Tensors|>Elements|>Bytes|",
        [
            [
                "files",
                f"{found.tensors:,}",
                f"{found.stored_elements:,}",
                f"{found.stored_bytes:,}",
                human(found.stored_bytes, "bytes"),
            ],
            ["graph", "", f"{found.graph_elements:,}", f"{found.graph_bytes:,}", human(found.graph_bytes, "bytes")],
        ],
    )
    sections = [
        section("", Cell(found.verdict(), "good" if found.equal else "bad")),
        section("", sums),
        section("", Cell(_read(found), "quiet")),
    ]
    for title, differences in (
        ("Missing: in the graph, not in the files", found.missing),
        ("Unexpected: in the files, not in the graph", found.unexpected),
        ("Of another shape", found.other_shape),
        ("Of another format", found.other_format),
    ):
        if differences:
            more = [Cell(f"and {len(differences) - _SHOWN:,} more (JSON has them)", "quiet")]
            rows = table("Tensor|File|Graph", _rows(differences[:_SHOWN]))
            sections.append(section(title, rows, *(more if len(differences) > _SHOWN else [])))
    apart = [f"{', '.join(found.absent)}: not in the files, which is no difference"] if found.absent else []
    apart += [f"{name}: held a second time, which is no difference" for name in found.copies]
    apart += [f"{name}: read in part or not at all, which is no difference" for name in found.unused[:_SHOWN]]
    apart += [f"{name}: computed from the config, which is no difference" for name in found.derived[:_SHOWN]]
    if found.beside:
        apart.append(f"{len(found.beside):,} scales of the cache or words about tensors, which is no difference")
    if apart or found.notes:
        sections.append(section("Besides", *apart, *found.notes))
    return Document(f"{source}: its files against its graph", tuple(sections))


def data(source: str, builder: str, evidence: str, found: Proof) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    return {"source": source, "builder": builder, "evidence": evidence, **found.to_dict()}


def _read(found: Proof) -> str:
    fused = f"; {found.fused:,} are fused or split otherwise than in the graph" if found.fused else ""
    return f"Read: {found.header_bytes:,} bytes of headers of {found.files:,} files at {found.location}{fused}"


def _rows(differences: Iterable[Difference]) -> Iterable[list[str]]:
    for each in differences:
        shape = f"{list(each.shape)} {each.dtype}"
        if each.wanted_shape is not None:
            wanted = f"{list(each.wanted_shape)} {each.wanted_dtype}"
            yield [each.name or each.path, shape, f"{wanted}{f' ({each.path})' if each.path else ''}"]
        else:
            yield [each.name or each.path, shape, ""]
