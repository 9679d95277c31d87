"""On the command line: whether a file is a letter that was issued here, byte for byte.

    python -m letters_service.entrypoints.command FILE [--json]

Exit status: 0 identical, 2 changed, 3 not ours, 4 not a readable PDF.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chassis.postgres import Pool
from chassis.sandbox import Refused
from chassis.settings import Settings, load

from letters_service.bootstrap import build_application
from letters_service.domain.verdict import Verdict

EXIT_STATUS = {Verdict.IDENTIK: 0, Verdict.DIUBAH: 2, Verdict.BUKAN_TERBITAN_KAMI: 3}
UNREADABLE = 4


def verify(settings: Settings, pool: Pool, path: Path, *, as_json: bool = False) -> int:
    """Print the verdict; its exit status."""
    try:
        finding = build_application(settings, pool).verify(path.read_bytes())
    except (Refused, OSError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return UNREADABLE
    letter = {name: str(value) for name, value in (finding.letter or {}).items()}
    if as_json:
        told = {"verdict": finding.verdict.value, "digest": finding.digest, "letter": letter}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(finding.sentence)
        for name in ("number", "issued_on", "sender"):
            if name in letter:
                print(f"  {name}: {letter[name]}")
        print(f"  sha256: {finding.digest}")
    return EXIT_STATUS[finding.verdict]


def main(arguments: Sequence[str] | None = None) -> int:
    """With the settings of the environment."""
    parser = argparse.ArgumentParser(description="Is this file a letter that was issued here?")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parsed = parser.parse_args(arguments)
    settings = load("letters")
    pool = Pool(settings.database_url, 1)
    try:
        return verify(settings, pool, parsed.file, as_json=parsed.json)
    finally:
        pool.close()


if __name__ == "__main__":
    sys.exit(main())
