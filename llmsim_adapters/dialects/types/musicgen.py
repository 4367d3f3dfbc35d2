"""MusicGen: of a config that leaves out its decoder's type, that decoder. Source: transformers `MusicgenConfig`."""

from llmsim_adapters.dialects.types import musicgen_decoder

DIALECT = musicgen_decoder.DIALECT.like("musicgen")
