"""The officers' desk over 100,000 requests

Ten officers (PPID, Walidata, Atasan PPID and PPID Pembantu of seven agencies) are signed in at the
web process of `requests` and click, each with a second between clicks: their list,
a tab, a filter, a search in what was written, one of them for a word that stands in every fifth
request. A time is that of the whole page in the service: from the request to the
last byte of HTML, over the loopback.
Four in a hundred requests are not finished. Each has a text of its own, sealed under the key of one
of 2,000 people; the 25 texts of a page are opened for it.
"""

import base64
import random
import threading
import time
from collections import defaultdict
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import httpx
from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import SESSION_COOKIE
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from requests_service.application import Requests

from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread
from tests.bench.web_process import WebProcess, web_process

REQUESTS = 100_000
_PEOPLE = 2000
_RUN_SECONDS = 60
_THINKING_SECONDS = 1.0
_NOT_FINISHED = 0.04
_SUBJECTS = (
    *("UMKM", "penduduk menurut kelompok umur", "sekolah dasar", "puskesmas", "pasar rakyat"),
    *("ruang terbuka hijau", "kendaraan umum", "timbulan sampah", "pajak reklame", "stunting"),
    *("jalan rusak", "penerima bantuan sosial", "guru honorer", "koperasi aktif", "hotel melati"),
    *("kasus demam berdarah", "sumur resapan", "izin usaha", "pencari kerja", "cagar budaya"),
)
_PLACES = (
    *("Kedungkandang", "Sukun", "Klojen", "Blimbing", "Lowokwaru", "Arjosari", "Dinoyo"),
    *("Merjosari", "Tlogomas", "Bunulrejo", "Purwantoro", "Polowijen", "Gadang", "Bandungrejosari"),
)
_PURPOSES = (
    "Bahan skripsi tentang {} di {}",
    "Penelitian dosen mengenai sebaran {} sekitar {}",
    "Liputan media tentang {} kelurahan {}",
    "Perencanaan usaha yang memerlukan gambaran {} wilayah {}",
    "Penyusunan proposal kegiatan warga bertema {} lingkungan {}",
)
_AGENCIES = ("diskopindag", "dinsos", "dinkes", "disdikbud", "dispendukcapil", "dlh", "bapenda")
_OFFICERS = (
    *(("ppid", None), ("walidata", None), ("atasan_ppid", None)),
    *(("ppid_pembantu", agency) for agency in _AGENCIES),
)
_WAITS_FOR = {6: "ppid", 7: "ppid", 8: "ppid_pembantu", 9: "ppid_pembantu", 10: "ppid"}
_WAITS_FOR |= {11: "ppid", 12: "walidata", 13: "walidata", 14: "ppid_pembantu", 15: "ppid"}
_WAITS_FOR |= {16: "pemohon"}
_CLICKS = (
    "/meja",
    "/meja?saring=open",
    "/meja?saring=late",
    "/meja?saring=ended",
    "/meja?langkah=8",
    "/meja?pd=dinkes&saluran=loket",
    "/meja?putusan=refused",
    "/meja?q=stunting+Sukun",
    "/meja?q=skripsi",
)


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = lab.database()
    with web_process(lab, dsn) as web:
        fill(lab.owner(dsn), web, REQUESTS)
        times = _ten_officers(web.url, [web.session(*each) for each in _OFFICERS])
    for what, values in sorted(times.items()):
        ordered = sorted(values)
        result.add(f"{what}: median", Spread.of([ordered[len(ordered) // 2] * 1000]), "ms")
    ordered = sorted(each for values in times.values() for each in values)
    p99 = ordered[len(ordered) * 99 // 100] * 1000
    result.add("all pages: 99th percentile", p99, "ms", "<= 50")
    result.notes.append(f"{len(ordered)} pages of ten officers in {_RUN_SECONDS} s")
    return result


def fill(owner: str, web: WebProcess, number: int) -> None:
    """So many requests as the desk sees them: board, numbers, keys and words; no facts.

    `owner`: DSN of the tables' owner.
    """
    app, rng = web.app, random.Random(7)
    today, keys = app.today().day, _keys(web)
    owner_pool = Pool(owner, 1)
    with owner_pool.connection() as conn, conn.cursor() as cur:
        for first in range(0, number, 5000):
            told = [
                _request(app, rng, n / number, n, keys[n % _PEOPLE], today)
                for n in range(first, min(first + 5000, number))
            ]
            _copy(cur, "board", [row for row, _ in told])
            _copy(cur, "search_words", [words for _, words in told])
        cur.execute(
            "INSERT INTO registrations (year, number, register_number, request_id, tracking_hmac)"
            " SELECT left(register_number, 4)::int, substr(register_number, 6)::int,"
            " register_number, id, '' FROM board"
        )
        cur.execute("VACUUM ANALYZE board, search_words, keys, registrations")
    owner_pool.close()


def _keys(web: WebProcess) -> list[tuple[UUID, AESGCM]]:
    """Of as many people, each with some of the requests."""
    keyring = Keyring(web.app.pool, web.settings.secret_key)
    people = [UUID(int=n, version=4) for n in range(1, _PEOPLE + 1)]
    with web.app.pool.transaction() as cur:
        return [(person, AESGCM(keyring.key_of(cur, person))) for person in people]


def _request(
    app: Requests,
    rng: random.Random,
    age: float,
    n: int,
    person: tuple[UUID, AESGCM],
    today: date,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Its row of the board and its words. `age`: 0 the oldest, 1 today's."""
    request_id = UUID(int=rng.getrandbits(128), version=4)
    subject, place, year = rng.choice(_SUBJECTS), rng.choice(_PLACES), rng.randint(2015, 2023)
    wanted = f"Jumlah {subject} per kelurahan di {place} tahun {year} sampai {year + 3}"
    purpose = rng.choice(_PURPOSES).format(subject, place)
    nonce = rng.randbytes(12)
    sealed = nonce + person[1].encrypt(nonce, wanted.encode(), f"{request_id}:data_wanted".encode())
    submitted = today - timedelta(days=int((1 - age) * 1000))
    row = {
        "id": request_id,
        "register_number": f"{2000 + n // 10000}-{n % 10000:04}",
        "version": rng.randint(1, 30),
        "person_id": person[0],
        "submitted_on": submitted,
        "kind": rng.choice(["masyarakat_umum", "instansi_non_pemerintah"]),
        "channel": rng.choices(["laman", "api", "loket"], [80, 12, 8])[0],
        "extended": rng.random() < 0.1,
        "late_steps": rng.choice([0, 0, 0, 1]),
        "data_wanted_sealed": base64.b64encode(sealed).decode(),
        "changed_at": f"{submitted}T08:00+07:00",
        "agency": rng.choice(_AGENCIES),
        **_state(rng, submitted, today),
    }
    return row, {
        "request_id": request_id,
        "words": "{" + ",".join(map(str, app.search.hashes_of(f"{wanted} {purpose}"))) + "}",
    }


def _state(rng: random.Random, submitted: date, today: date) -> dict[str, Any]:
    if rng.random() >= _NOT_FINISHED:
        state = rng.choices(["received", "refused", "withdrawn"], [80, 15, 5])[0]
        return {
            "state": state,
            "decision": {"received": "granted", "refused": "refused"}.get(state),
            "ended_on": submitted + timedelta(days=rng.randint(5, 30)),
            "notice_issued_on": submitted + timedelta(days=5),
            "statutory_due": submitted + timedelta(days=14),
        }
    step = rng.choice([6, 6, 7, 8, 8, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    if step < 8 and rng.random() < 0.1:
        return {"state": "returned", "step": step, "waiting_for": "pemohon", "returned_on": today}
    objected = rng.random() < 0.02
    return {
        "state": "open",
        "step": step,
        "waiting_for": _WAITS_FOR[step],
        "decision": "granted" if 8 < step < 14 or step == 16 else None,
        "due": today + timedelta(days=rng.randint(-2, 6)),
        "statutory_due": today + timedelta(days=rng.randint(-1, 12)),
        "notice_issued_on": today - timedelta(days=1) if step > 8 else None,
        "objection_ground": "melebihi_waktu" if objected else None,
        "objection_due": today + timedelta(days=25) if objected else None,
    }


def _copy(cur: Any, table: str, rows: list[dict[str, Any]]) -> None:
    names = sorted({name for row in rows for name in row})
    lines = (
        "\t".join("\\N" if row.get(name) is None else str(row[name]) for name in names) + "\n"
        for row in rows
    )
    into = f"COPY {table} ({', '.join(names)}) FROM STDIN"
    cur.copy_expert(into, StringIO("".join(lines)))


def _ten_officers(url: str, sessions: list[str]) -> dict[str, list[float]]:
    """Seconds of each page, by the page."""
    times: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + _RUN_SECONDS
    officers = [
        threading.Thread(target=_click, args=(url, session, n, end, times))
        for n, session in enumerate(sessions)
    ]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    return times


def _click(url: str, session: str, n: int, end: float, times: dict[str, list[float]]) -> None:
    rng = random.Random(n)
    with httpx.Client(base_url=url, cookies={SESSION_COOKIE: session}) as browser:
        browser.get("/meja")  # The first page finds templates and connections cold.
        while time.monotonic() < end:
            time.sleep(rng.uniform(0.5, 1.5) * _THINKING_SECONDS)
            page = rng.choice(_CLICKS)
            began = time.monotonic()
            answer = browser.get(page)
            times[page].append(time.monotonic() - began)
            answer.raise_for_status()
