"""Lets the tests import what stands beside them (`letters_examples` and others)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
