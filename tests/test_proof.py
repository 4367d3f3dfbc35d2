"""A checkpoint's headers against the graph: every declared type's files, whole and with one tensor otherwise."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.proof.folder import Headers
from llmsim_adapters.proof.proof import prove_tensors
from tests.facts import checkpoint
from tests.stored import FILES, tensors_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.proof.stored import Stored

APART: Final = {
    "inkling2_text": r"^model.llm.unembed.weight$",  # rows beyond the vocabulary
    "inkling2_loop_text": r"^model.llm.unembed.weight$",  # as inkling2_text
    "longcat_flash": r"experts.1[2-6].(?:gate|up)_proj",  # of experts that hand on what they are given
    "reformer": r"^lm_head.decoder.bias$",  # the head's bias once more
}
"""By type, the tensors that nothing reads, or not all of."""

NAMED_OTHERWISE: Final = {
    "bailing_hybrid": "the layer is the only one of its block, and its convolutions are all of one size",
    "hrm_text": "both modules have layers of one size",
    "musicgen_melody": "heads and embeddings of codebooks are lists of one size",
    "nemotron_h": "the layer is the only one of its block, and has two lists of experts",
    "phi4_multimodal": "vectors around the layers of both towers are of one size",
    "qwen3_vl": "mergers are lists of one size",
}
"""Types in which the tensor that is otherwise is found, and another one of its kind is named."""


def prove(config: dict[str, Any], tensors: Iterable[Stored]) -> la.Proof:
    model = la.load(config)
    assert model.spec is not None
    return prove_tensors(model.spec, model.build(checkpoint()), Headers("files", tuple(tensors), 1, 0))


def ids(case: dict[str, Any]) -> str:
    return f"{case['type']}-{case['name']}"


@pytest.mark.parametrize("case", FILES, ids=ids)
def test_every_tensor_of_transformers_own_file_is_the_graphs(case: dict[str, Any]) -> None:
    tensors = tensors_of(case)
    found = prove(case["config"], tensors)
    assert found.equal, found.to_dict()
    apart = {*found.copies, *found.derived, *found.unused}
    assert found.matched == len(tensors) - len(apart)
    assert len(apart) == sum(len(re.findall(APART.get(case["type"], "^$"), tensor.name)) for tensor in tensors)
    if not found.unused:
        rest = sum(tensor.elements for tensor in tensors if tensor.name not in apart)
        assert rest == found.graph_elements


@pytest.mark.parametrize("case", FILES, ids=ids)
def test_one_tensor_otherwise_is_found_and_named(case: dict[str, Any]) -> None:
    """Types take turns in what is otherwise."""
    what = random.Random(ids(case)).choice(["left out", "added", "reshaped"])
    tensors = tensors_of(case)
    at = random.Random(f"{ids(case)} {what}").randrange(len(tensors))
    one = tensors[at]
    if what == "left out":
        del tensors[at]
    elif what == "added":
        one = one._replace(name=one.name + "_more")
        tensors.append(one)
    else:
        one = one._replace(shape=(one.shape[0] + 1, *one.shape[1:]))
        tensors[at] = one
    found = prove(case["config"], tensors)
    assert not found.equal
    if case["type"] in NAMED_OTHERWISE:
        return
    named = [each.name for each in (*found.missing, *found.unexpected, *found.other_shape)]
    if what == "left out":
        assert len(found.missing) == 1
        assert named == [one.name] or (named == [""] and found.missing[0].path)
    else:
        assert named == [one.name], found.to_dict()


def test_files_of_another_format_are_another_checkpoint() -> None:
    (case,) = [case for case in FILES if case["type"] == "llama" and case["name"] == "tiny-minimal"]
    found = prove({**case["config"], "dtype": "bfloat16"}, tensors_of(case))
    assert len(found.other_format) == len(tensors_of(case))
    assert found.stored_bytes == 2 * found.graph_bytes
    assert "of another format" in found.verdict()


def test_a_tied_head_that_is_stored_again_is_told_apart() -> None:
    (case,) = [case for case in FILES if case["type"] == "gpt2" and case["name"] == "tiny-minimal"]
    tensors = tensors_of(case)
    (embedding,) = [tensor for tensor in tensors if tensor.name == "transformer.wte.weight"]
    found = prove(case["config"], [*tensors, embedding._replace(name="lm_head.weight")])
    assert (found.equal, found.copies) == (True, ("lm_head.weight",))


def test_multi_token_prediction_may_be_in_the_files_or_not() -> None:
    (case,) = [case for case in FILES if case["type"] == "deepseek_v3" and case["name"] == "tiny-minimal"]
    assert prove(case["config"], tensors_of(case)).absent == ("mtp",)
