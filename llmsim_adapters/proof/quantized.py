"""Quantized tensors of files as the matrices that they stand for, each with all that its scheme has beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization.tensors import CACHE_SCALES, is_known, layouts_of
from llmsim_adapters.proof.alike import Side as Tensor
from llmsim_adapters.proof.alike import packed, same
from llmsim_adapters.proof.headers import HeaderError
from llmsim_adapters.proof.result import Difference
from llmsim_adapters.proof.stored import Stored, bits_of
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llmsim_adapters.dialects.quantization.tensors import Layout
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Scheme

_SAME_BITS: Final = frozenset({"uint8", "float8_e8m0fnu"})
"""Formats of exponents of 8 bits, which files call either."""


class Read(NamedTuple):
    """The tensors of files, quantized ones as matrices of their scheme's format.

    Attributes:
        tensors: what is to be matched.
        names: by the name of a matrix, what its file calls it.
        scales: the names of what stands beside matrices as it should.
        cache_scales: the names of scales of the cache.
        besides: the names of what says how to read other tensors.
        missing, shapes, formats: what stands beside matrices otherwise than it should.
    """

    tensors: tuple[Stored, ...]
    names: dict[str, str]
    scales: tuple[str, ...] = ()
    cache_scales: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    missing: tuple[Difference, ...] = ()
    shapes: tuple[Difference, ...] = ()
    formats: tuple[Difference, ...] = ()


def refuse_unknown(spec: ModelSpec) -> None:
    """Refuse a checkpoint of which nobody knows what its files hold, before its headers are read.

    Raises:
        HeaderError: it is of such a method, or of such a scheme of one.
    """
    quantization = spec.quantization
    if quantization is None:
        return
    unknown = [each.name for each in quantization.schemes if not layouts_of(quantization.method, each)]
    if unknown or not is_known(quantization.method):
        what = f" for {unknown[0]}" if unknown else ""
        message = (
            f"the config declares a quantization ({printable(quantization.method)}): which tensors its files hold{what}"
            " is not known, so that they can't be held against the graph"
        )
        raise HeaderError(message)


def as_matrices(tensors: Iterable[Stored], spec: ModelSpec, usual: str) -> Read:
    """Return tensors with each quantized one as the matrix that it stands for.

    Args:
        tensors: those of the files.
        spec: the model, which says how they are quantized.
        usual: the format of what is not quantized, which scales have where their scheme says none.
    """
    tensors = tuple(tensors)
    quantization = spec.quantization
    if quantization is None:
        return Read(tensors, {})
    return _Reading(tensors, quantization.method, quantization.schemes, usual).read()


class _Found(NamedTuple):
    """A matrix as one scheme has it: what is beside it, and what is not as it should."""

    matrix: Stored
    named: str
    scales: tuple[str, ...]
    besides: tuple[str, ...]
    missing: tuple[Difference, ...]
    shapes: tuple[Difference, ...]
    formats: tuple[Difference, ...]

    @property
    def faults(self) -> int:
        return 2 * (len(self.missing) + len(self.shapes)) + len(self.formats)


class _Reading:
    def __init__(self, tensors: tuple[Stored, ...], method: str, schemes: Sequence[Scheme], usual: str) -> None:
        self._tensors = {tensor.name: tensor for tensor in tensors}
        self._forms = [(scheme, layout) for scheme in schemes for layout in layouts_of(method, scheme)]
        self._usual = usual

    def read(self) -> Read:
        found: dict[str, _Found] = {}
        for name, tensor in self._tensors.items():
            forms = [form for scheme, layout in self._forms if (form := self._as(tensor, scheme, layout)) is not None]
            if forms:
                found[name] = min(forms, key=lambda form: (form.faults, -len(form.scales)))
        taken = {each for form in found.values() for each in (*form.scales, *form.besides, *_names(form.shapes))}
        cache = [name for name in self._tensors if name.endswith(CACHE_SCALES)]
        rest = [t for name, t in self._tensors.items() if name not in found and name not in taken and name not in cache]

        def all_of(field: str) -> tuple[Difference, ...]:
            return tuple(each for form in found.values() for each in getattr(form, field))

        return Read(
            (*(form.matrix for form in found.values()), *rest),
            {form.matrix.name: form.named for form in found.values()},
            tuple(each for form in found.values() for each in form.scales),
            tuple(cache),
            tuple(each for form in found.values() for each in form.besides),
            all_of("missing"),
            all_of("shapes"),
            all_of("formats"),
        )

    def _as(self, tensor: Stored, scheme: Scheme, layout: Layout) -> _Found | None:
        """Return a tensor as a matrix of a scheme, None where its name or its format is none."""
        if not tensor.name.endswith(layout.matrix) or tensor.dtype not in (layout.words or (scheme.dtype,)):
            return None
        module = tensor.name.removesuffix(layout.matrix)
        shape = _unpacked(tensor, scheme, layout)
        if shape is None:
            return None
        whole = layout.words and layout.packed is None  # one row of bytes: nothing says how long a matrix's rows are
        dtype = tensor.dtype if whole else scheme.dtype
        matrix = Stored(_matrix_name(module, layout), dtype, tensor.shape if whole else shape, tensor.file)
        scales: list[str] = []
        missing: list[Difference] = []
        shapes: list[Difference] = []
        formats: list[Difference] = []
        for side in scheme.sides:
            wanted = side.shape(shape, 1)
            dtypes = side.dtype or self._usual
            names = layout.sides.get(side.name, ())
            there = next((held for end in names if (held := self._tensors.get(module + end)) is not None), None)
            if there is None:
                missing.append(Difference(module + (names[0] if names else f".{side.name}"), "", wanted, dtypes))
                continue
            one, other = _tensor(there.name, there.shape, there.dtype), _tensor(there.name, wanted, dtypes)
            difference = Difference(there.name, "", there.shape, there.dtype, wanted, dtypes)
            if packed(one, other):
                scales.append(there.name)
            elif not same(one, other):
                shapes.append(difference)
            else:
                scales.append(there.name)
                if there.dtype != dtypes and {there.dtype, dtypes} != _SAME_BITS:
                    formats.append(difference)
        besides = tuple(name for end in layout.besides if (name := module + end) in self._tensors)
        return _Found(matrix, tensor.name, tuple(scales), besides, tuple(missing), tuple(shapes), tuple(formats))


def _tensor(name: str, shape: tuple[int, ...], dtype: str) -> Tensor:
    return Tensor(name, shape, dtype, (name,))


def _names(differences: Iterable[Difference]) -> Iterable[str]:
    return (each.name for each in differences)


def _matrix_name(module: str, layout: Layout) -> str:
    return f"{module}.weight" if layout.matrix.startswith(".") else module


def _unpacked(tensor: Stored, scheme: Scheme, layout: Layout) -> tuple[int, ...] | None:
    """Return the shape of the matrix that a tensor stands for, None where it can't be one.

    Experts in MXFP4 that are stacked have the words of a block in a dimension of their own.
    """
    if not layout.words:
        return tensor.shape
    shape = list(tensor.shape)
    if layout.packed is None:
        return 1, tensor.elements * bits_of(tensor.dtype) // bits_of(scheme.dtype)
    if len(shape) < 2:
        return None
    if layout.matrix == "_blocks":
        if len(shape) < 3:
            return None
        shape[-2:] = [shape[-2] * shape[-1]]
    size, over = divmod(shape[layout.packed] * bits_of(tensor.dtype), bits_of(scheme.dtype))
    if over:
        return None
    shape[layout.packed] = size
    return tuple(reversed(shape)) if layout.transposed else tuple(shape)
