"""Lets the tests import what stands beside them (`privacy_world` and others)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
