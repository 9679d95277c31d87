"""Where things lie: the checkout's own files, and `var/`, which holds all that is kept."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CITY_FILE = ROOT / "deploy" / "city.toml"
DEMO_CATALOGUE = ROOT / "services" / "catalog" / "demo" / "catalogue.toml"
SERVICES = ("catalog", "requests", "privacy", "letters", "notify")


def var() -> Path:
    """The folder of everything local; `VAR_DIR` moves it."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
