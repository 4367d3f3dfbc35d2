"""transformers' own processors without a checkpoint: their classes' settings, and a tokenizer of `<words>`."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final

import torch
import transformers
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from transformers.models.auto.feature_extraction_auto import FEATURE_EXTRACTOR_MAPPING_NAMES
from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING_NAMES
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES
from transformers.models.auto.video_processing_auto import VIDEO_PROCESSOR_MAPPING_NAMES

WORD: Final = re.compile(r"<[^<>]+>|\[[A-Z_]+\]|\|[A-Z]+\|")
"""What a processor writes for one token."""


class Word(str):
    """A special token, which some processors ask for its text."""

    @property
    def content(self) -> str:
        """The token itself."""
        return str(self)


class Words(PreTrainedTokenizerFast):
    """A tokenizer whose special tokens are whatever a processor asks for, each one token."""

    def __init__(self, lacks: tuple[str, ...] = (), **kwargs: Any) -> None:
        self._lacks = lacks
        tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORD.pattern), "isolated")
        super().__init__(
            tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", eos_token="</s>", bos_token="<s>"
        )
        self.add_tokens(["|SPEAKER|", "|NEWLINE|"], special_tokens=True)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "special")) or name in self._lacks:
            raise AttributeError(name)
        if name.endswith("_token"):
            self.convert_tokens_to_ids(f"<{name}>")
            return Word(f"<{name}>")
        if name.endswith("_token_id"):
            return self.convert_tokens_to_ids(f"<{name.removesuffix('_id')}>")
        raise AttributeError(name)

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        """Learn the words that are asked for."""
        named = [tokens] if isinstance(tokens, str) else tokens
        self.add_tokens([word for word in named if word not in self.get_vocab()], special_tokens=True)
        return super().convert_tokens_to_ids(tokens)

    def __call__(self, text: Any, *args: Any, **kwargs: Any) -> Any:
        """Learn the words of texts and encode them."""
        words = WORD.findall("".join(text))
        self.add_tokens([word for word in dict.fromkeys(words) if word not in self.get_vocab()], special_tokens=True)
        return super().__call__(text, *args, **kwargs)

    def encode(self, text: Any, *args: Any, **kwargs: Any) -> Any:
        """Learn the words of a text and encode it."""
        self.add_tokens([word for word in WORD.findall(text) if word not in self.get_vocab()], special_tokens=True)
        return super().encode(text, *args, **kwargs)


def class_of(mapping: dict[str, Any], model_type: str) -> Any:
    """Return the class of a type in one of transformers' tables, torchvision's where there are two."""
    name = mapping.get(model_type)
    if isinstance(name, dict):
        name = name.get("torchvision") or name.get("pil")
    return getattr(transformers, name) if name else None


def image_processor(model_type: str, settings: dict[str, Any], name: str = "") -> Any:
    """Return the image processor of a type."""
    found = getattr(transformers, name) if name else class_of(IMAGE_PROCESSOR_MAPPING_NAMES, model_type)
    return found and found(**settings)


def processor(model_type: str, settings: dict[str, Any]) -> Any:
    """Return the processor of a type with its settings of `types.py`."""
    names = settings.get("names", {})
    found = getattr(transformers, names.get("processor", PROCESSOR_MAPPING_NAMES.get(model_type) or "-"))
    parts: dict[str, Any] = {}
    for part in found.get_attributes():
        if "tokenizer" in part:
            parts[part] = Words(settings.get("lacks", ()))
        elif "image" in part:
            parts[part] = image_processor(model_type, settings.get("image", {}), names.get("image", ""))
        elif "video" in part:
            cls = (
                getattr(transformers, names["video"])
                if "video" in names
                else class_of(VIDEO_PROCESSOR_MAPPING_NAMES, model_type)
            )
            parts[part] = cls(**settings.get("video", {}))
        else:
            cls = (
                getattr(transformers, names["audio"])
                if "audio" in names
                else class_of(FEATURE_EXTRACTOR_MAPPING_NAMES, model_type)
            )
            parts[part] = cls(**settings.get("audio", {}))
    made = found(**parts, **settings.get("own", {}))
    made._check_special_mm_tokens = lambda *_, **__: None  # it compares with what a real tokenizer knows
    return made


def accepted(function: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return those of the inputs that a function has parameters for."""
    names = inspect.signature(function).parameters
    return {key: plain(value) for key, value in inputs.items() if key in names}


def plain(value: Any) -> Any:
    """Return numbers in float32, as the tiny models have them."""
    return value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
