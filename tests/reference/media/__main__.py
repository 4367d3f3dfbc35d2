"""`python -m tests.reference.media [FILES… TYPES…]`: record the facts of pictures and sound, all or some of them."""

import sys

from ..store import FACTS
from . import recorder

recorder.write(FACTS, sys.argv[1:])
