"""MusicGen Melody: of a config that leaves out its decoder's type, that decoder. Source: `MusicgenMelodyConfig`."""

from llmsim_adapters.dialects.types import musicgen_melody_decoder

DIALECT = musicgen_melody_decoder.DIALECT.like("musicgen_melody")
