"""Heads of scores: which architectures have one, what it is made of, and how many labels it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.components import Score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


class _Form(NamedTuple):
    """What a head of scores is made of; `labels` are fixed by the class, 0: the config says how many.

    `counted_by` is the key that says so, where it is not that of every class. Where `weighted`, pairs of scores have
    weights, which two dense layers of their own say. With `each_token`, tokens are classified, not sequences.
    """

    dense_layers: int = 0
    bias: bool = False
    one_token: bool = False
    each_token: bool = False
    labels: int = 0
    counted_by: str = ""
    weighted: bool = False


_LINEAR: Final = """
    Arcee AXK1 AXK2 BioGpt Bloom CohereCompassText CTRL DeepseekV2 DeepseekV3 DiffLlama Doge Exaone4 Falcon Gemma Gemma2
    Gemma3 Gemma3Text Glm Glm4 GPT2 GPTBigCode GPTNeo GPTNeoX GptOss GPTJ Helium HunYuanDenseV1 HunYuanMoEV1 Jamba
    JetMoe Llama MiniCPM3 MiniMax Ministral Ministral3 Mistral Mixtral Mpt Nanbeige Nemotron Olmo Olmo2 Olmo3 OpenAIGPT
    OPT Persimmon Phi Phi3 Phimoe Qwen2 Qwen2Moe Qwen3 Qwen3_5 Qwen3_5Text Qwen3Moe Qwen3Next SeedOss SmolLM3 StableLm
    Starcoder2 Zamba Zamba2
"""
"""Decoders whose class has one matrix; Nanbeige's is SGLang's, the others are transformers'."""

_FIRST_TOKEN: Final = """
    Bert BigBird Camembert Data2VecText Electra Ernie Gte GteNew MegatronBert NomicBert RemBert Roberta
    RobertaPreLayerNorm RoCBert RoFormer XLMRoberta XLMRobertaXL Xmod
"""
"""Encoders that have a dense layer before it, and both biases, for the first token: a pooler, or their own."""

_TOKENS: Final = """
    Apertus Arcee AXK1 AXK2 Beam Bert BigBird BioGpt Bloom Camembert Data2VecText DeepseekV3 DiffLlama Electra Ernie
    Exaone4 Falcon Gemma Gemma2 Glm Glm4 GPT2 GPTBigCode GPTNeo GPTNeoX GptOss Gte GteNew Helium Llama MegatronBert
    MiniMax Ministral Ministral3 Mistral Mixtral ModernBert Mpt Nemotron NomicBert OpenAIPrivacyFilter Persimmon Phi
    Phi3 Qwen2 Qwen2Moe Qwen3 Qwen3Moe Qwen3Next RemBert Roberta RobertaPreLayerNorm RoCBert RoFormer SeedOss SmolLM3
    StableLm Starcoder2 XLMRoberta XLMRobertaXL Xmod
"""
"""Types whose class for tokens has one matrix with a bias."""

SCORES: Final[Mapping[str, _Form]] = {
    **{f"{name}ForSequenceClassification": _Form() for name in _LINEAR.split()},
    **{f"{name}ForSequenceClassification": _Form(1, bias=True, one_token=True) for name in _FIRST_TOKEN.split()},
    **{f"{name}ForTokenClassification": _Form(bias=True, each_token=True) for name in _TOKENS.split()},
    "LlamaBidirectionalForSequenceClassification": _Form(),  # vLLM's llama.py
    "ModernBertForSequenceClassification": _Form(bias=True, one_token=True),
    "InternLM2ForRewardModel": _Form(labels=1),  # SGLang's internlm2_reward.py: v_head
    "LlamaForClassification": _Form(counted_by="classification_out_size"),  # SGLang's llama_classification.py
    "LlamaForSequenceClassificationWithNormal_Weights": _Form(weighted=True),  # SGLang's llama_reward.py
    "Qwen2ForProcessRewardModel": _Form(1, bias=True, labels=2, each_token=True),  # vLLM's qwen2_rm.py
    "Qwen2ForRewardModel": _Form(1, bias=True, labels=1),  # SGLang's qwen2_rm.py
    "Qwen3ForRewardModel": _Form(1, bias=True, labels=1),  # SGLang's qwen3_rm.py
}
"""The architectures whose head of scores is known; that of another one is left out of the model, and a gap of it."""


_DEFAULT: Final = 2
"""The labels of a config of transformers that says nothing of them."""


def scores(r: Reader, hidden: int) -> tuple[Score, ...]:
    """Read the head of scores of an architecture that has one."""
    form = SCORES[r.architecture]
    if form.labels:
        labels = form.labels
    elif form.counted_by:
        labels = r.size(form.counted_by)
    else:
        labels = count_labels(r)
    r.no_effect(("label2id",), "labels are counted by their numbers")
    of_labels = Score(
        hidden_size=hidden,
        labels=labels,
        dense_layers=form.dense_layers,
        bias=form.bias,
        one_token=form.one_token,
        each_token=form.each_token,
    )
    if not form.weighted:
        return (of_labels,)
    return of_labels, replace(of_labels, labels=labels // 2, dense_layers=2, bias=True)


def of_whole(spec: ModelSpec, outer: Reader) -> ModelSpec:
    """Return the spec of a composite config whose top level says how many labels there are."""
    if not any(isinstance(end, Score) for end in spec.outputs):
        return spec
    return spec.transform(Score, lambda score: replace(score, labels=count_labels(outer)))


def count_labels(r: Reader) -> int:
    """Read how many labels there are: as many as are counted or named, two where nothing is said."""
    named = r.nested("id2label", rest_costless=True)
    if named is None:
        return r.size_or("num_labels", lambda: _DEFAULT)
    count = len(r.raw["id2label"])
    if not count:
        r.refuse("id2label", {}, "a name for each label")
        return 1
    labels = r.size_or("num_labels", lambda: count)
    if labels != count:
        detail = f"`num_labels` is {labels:d}, and `id2label` has names for {count}; transformers takes the former"
        r.gaps.append(Gap(GapKind.CONFLICTING_KEYS, "num_labels", detail))
    return labels
