"""`python -m tests.reference.media [TYPES…]`: record the facts of pictures and sound, of all types or of some."""

import sys

from ..store import FACTS
from . import recorder

recorder.write(FACTS, sys.argv[1:])
