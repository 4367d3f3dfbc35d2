"""Measure transformers' own models: parameters, persistent buffers, weights, FLOPs and caches.

Nothing here computes a figure: tensors are counted where torch allocated them, FLOPs where its counter saw
them.
"""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from .rows import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Raw = dict[str, Any]
Facts = dict[str, Any]

CACHE_OUTPUTS = ("cache", "past_key_values", "cache_params", "state", "mems", "past_buckets_states")
"""Where the models' outputs keep what they remember."""

BESIDE_OUTPUTS = ("encoder_cache", "padding_cache")
"""Where they keep what an encoder remembers that runs in every step."""

LAYERED = ("layers", "self_attention_cache")
"""Where a cache keeps its layers."""

BUILT_FROM = {"musicgen": "decoder", "musicgen_melody": "decoder"}
"""The part of a type's config that its causal-LM class takes, where it does not take the whole."""

NAMED = {name for name, _ in WHOLE.values()}
"""Classes that a config of a causal language model's type may name besides."""

SEED = 20260501

PATCH_SIZES = (1, 3, 4)
"""Bytes of the patches that models of patches are measured with."""

UNSEEN = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: (
        lambda query, key, value, *_, **__: sdpa_flop_count(query, key, value)
    )
}
"""torch's own formula for an attention kernel that it counts on all devices but this (Inkling 2 calls it itself)."""

warnings.filterwarnings("ignore")
transformers.utils.logging.set_verbosity_error()
torch.set_num_threads(1)


def architecture(model_type: str) -> str:
    """The name of the type's causal-LM class, as a `config.json` states it."""
    name = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[model_type]
    return name if isinstance(name, str) else name[0]


def configure(raw: Raw) -> Any:
    """Read a raw config the way transformers reads it from disk."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(raw), encoding="utf-8")
        return CONFIG_MAPPING[raw["model_type"]].from_pretrained(folder)


def serialise(config: Any, *, diff: bool) -> Raw:
    """The raw config that transformers would write to disk, in its diff or its full form."""
    raw: Raw = json.loads(config.to_json_string(use_diff=diff))
    return raw


def build(raw: Raw, device: str = "cpu") -> Any:
    """The causal language model of a raw config, in float32.

    Attention and experts are the plain ("eager") ones, since the counter does not see the fused kernels.
    """
    torch.manual_seed(SEED)
    config = configure(raw)
    build_from = AutoModelForCausalLM.from_config
    if part := BUILT_FROM.get(raw["model_type"]):
        config = getattr(config, part)
        build_from = getattr(transformers, architecture(raw["model_type"]))._from_config
    named = (raw.get("architectures") or [""])[0]
    if raw["model_type"] not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or named in NAMED:  # of pictures or sound
        build_from = getattr(transformers, named)._from_config
    with torch.device(device):
        model = build_from(config, attn_implementation="eager", experts_implementation="eager", dtype=torch.float32)
    return model.eval().requires_grad_(False)


def persistent_buffers(model: Any) -> Iterator[tuple[str, Any]]:
    """The buffers that a checkpoint holds; those under several names once."""
    stored = model.state_dict().keys()
    return ((name, buffer) for name, buffer in model.named_buffers() if name in stored)


def totals(model: Any) -> Facts:
    """Elements of trainable weights (tied ones once) and of persistent buffers."""
    return {
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "buffers": sum(buffer.numel() for _, buffer in persistent_buffers(model)),
    }


def tied(model: Any) -> list[list[str]]:
    """Groups of names that share one weight."""
    names = defaultdict(list)
    for name, weight in model.named_parameters(remove_duplicate=False):
        names[id(weight)].append(name)
    return [sorted(group) for group in names.values() if len(group) > 1]


def shapes(named: Iterator[tuple[str, Any]]) -> list[list[Any]]:
    """List `[name with layer numbers as *, shape, count]` per name and shape, in the model's order."""
    counts = Counter((re.sub(r"\.\d+(?=\.)", ".*", name), tuple(tensor.shape)) for name, tensor in named)
    return [[name, list(shape), count] for (name, shape), count in counts.items()]


def inventory(model: Any) -> Facts:
    """What the model stores, name by name."""
    facts: Facts = {"weights": shapes(model.named_parameters())}
    if buffers := shapes(persistent_buffers(model)):
        facts["buffer_weights"] = buffers
    if groups := tied(model):
        facts["tied"] = groups
    return facts


def cached_tensors(value: Any, name: str = "") -> Iterator[tuple[str, list[int]]]:
    """Every tensor inside a cache layer, named by the way to it."""
    if isinstance(value, torch.Tensor):
        if value.dim() > 1:
            yield name, list(value.shape)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from cached_tensors(item, f"{name}.{key}".strip("."))
    elif isinstance(value, (list, tuple)):
        yield from cached_tensors(dict(enumerate(value)), name)
    elif type(value).__module__.startswith("transformers."):
        public = {key: item for key, item in vars(value).items() if not key.startswith("_")}
        yield from cached_tensors(public, name)


def describe_cache(cache: Any) -> list[Facts]:
    """Per kind of layer: the layers that are of it, the class that keeps them and each tensor's shape."""
    groups: dict[str, Facts] = {}
    for index, layer in enumerate(layers_of(cache)):
        facts = {"kind": type(layer).__name__, **dict(cached_tensors(layer))}
        groups.setdefault(repr(facts), {"layers": [], **facts})["layers"].append(index)
    whole = {key: value for key, value in getattr(cache, "__dict__", {}).items() if key not in LAYERED}
    if outside := dict(cached_tensors(whole)):
        groups["outside"] = {"layers": [], "kind": type(cache).__name__, **outside}
    return list(groups.values())


def layers_of(cache: Any) -> Any:
    """A cache's layers; those of self-attention where it has others for cross-attention."""
    cache = getattr(cache, "self_attention_cache", cache)
    return cache if isinstance(cache, (list, tuple)) else getattr(cache, "layers", ())


def cache_of(output: Any) -> dict[str, Any]:
    """What a forward remembered, by the name that the next step takes it by; one that goes by two names once."""
    kept = {id(output[name]): name for name in reversed(CACHE_OUTPUTS) if output.get(name) is not None}
    return {name: output[name] for name in reversed(kept.values())}


def say(error: Exception) -> str:
    """An error's kind and last line."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[-1].strip()}"[:160]


def prefill(model: Any, tokens: torch.Tensor) -> tuple[int, dict[str, int], Any, str | None]:
    """What `count` says of a prefill, and why it kept no cache, if so."""
    try:
        flops, by_operator, output = count(model, tokens, use_cache=True)
    except Exception as error:
        model.config.get_text_config().use_cache = False
        try:
            return *count(model, tokens), say(error)
        except Exception:
            raise error from None
    return flops, by_operator, output, None if cache_of(output) else "the output holds none"


def count(model: Any, tokens: torch.Tensor, **inputs: Any) -> tuple[int, dict[str, int], Any]:
    """FLOPs of one forward as torch's counter sees them, the same by operator, and the forward's output."""
    counter = FlopCounterMode(display=False, custom_mapping=UNSEEN)
    with torch.no_grad(), counter:
        output = model(input_ids=tokens, **inputs)
    by_operator = {str(op).split(".")[-1]: flops for op, flops in counter.get_flop_counts()["Global"].items()}
    return counter.get_total_flops(), dict(sorted(by_operator.items())), output


def flops_of(run: Callable[..., Any], **inputs: Any) -> int:
    """FLOPs of a call as torch's counter sees them."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        run(**inputs)
    return int(counter.get_total_flops())


def tokens_of(model: Any, batch: int, length: int, seed: int) -> torch.Tensor:
    """Random token ids: they decide which expert gets which token, but should not decide the cost."""
    embeddings = model.get_input_embeddings()
    text = model.config.get_text_config()
    vocabulary = getattr(embeddings, "num_embeddings", text.vocab_size)
    rows = batch * (text.num_codebooks if isinstance(embeddings, torch.nn.ModuleList) else 1)
    return torch.randint(1, vocabulary, (rows, length), generator=torch.Generator().manual_seed(seed))


def run(model: Any, batch: int, seq_len: int, *, decode: bool = False, twice: bool = True) -> Facts:
    """Run a prefill with logits for all positions, and with `decode` one step of one more token.

    `depends_on_tokens` marks a model whose FLOPs differ for other tokens.
    """
    flops, by_operator, output, no_cache = prefill(model, tokens_of(model, batch, seq_len, SEED))
    facts: Facts = {"batch": batch, "seq_len": seq_len, "flops": flops, "by_operator": by_operator}
    if twice and prefill(model, tokens_of(model, batch, seq_len, SEED + 1))[0] != flops:
        facts["depends_on_tokens"] = True
    if hasattr(model.config, "patch_in_forward"):
        facts["patched"] = patched(model, batch, seq_len)
    if no_cache:
        return facts | {"cache": None, "no_cache": no_cache}
    cache = cache_of(output)
    facts["cache"] = [group for kept in cache.values() for group in describe_cache(kept)]
    if beside := {name: output[name] for name in BESIDE_OUTPUTS if output.get(name) is not None}:
        facts["beside"] = {name: dict(cached_tensors(kept)) for name, kept in beside.items()}
        cache |= beside
    return facts | decode_step(model, batch, seq_len, cache) if decode else facts


def patched(model: Any, batch: int, seq_len: int) -> list[Facts]:
    """FLOPs of a prefill of a byte latent transformer that is told its patches, all of one size, by size."""
    tokens = tokens_of(model, batch, seq_len, SEED)
    found = []
    for size in PATCH_SIZES:
        lengths = torch.full((batch, seq_len // size + 1), size)
        found.append({"patch_size": size, "flops": count(model, tokens, patch_lengths=lengths, use_cache=False)[0]})
    return found


def decode_step(model: Any, batch: int, context_len: int, cache: dict[str, Any]) -> Facts:
    """One step of one more token, or why there is none."""
    try:
        step, by_operator, _ = count(model, tokens_of(model, batch, 1, SEED), use_cache=True, **cache)
    except Exception as error:
        return {"decode_step": None, "no_decode_step": say(error)}
    return {"decode_step": {"context_len": context_len, "flops": step, "by_operator": by_operator}}
