"""The package is two files beside this folder, installed nowhere."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
