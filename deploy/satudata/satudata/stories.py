"""A request's whole life told to a running installation over HTTP, as its people would.

`granted` and `refused` yield after each step what was done and how the request stands. The
demonstration prints it; tests assert it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from satudata.demo_city import PASSWORD, STAFF
from satudata.places import ROOT

HANDED_OVER = ROOT / "services" / "catalog" / "demo" / "handover" / "umkm_lowokwaru.csv"
_PATIENCE_SECONDS = 90

APPLICANT = {
    "kind": "masyarakat_umum",
    "name": "Siti Rahmawati Contoh",
    "nik": "3573054506950001",
    "address": "Jalan Contoh Nomor 7, RT 002 RW 005, Kelurahan Lowokwaru, Kota Malang",
    "email": "siti.rahmawati@pemohon.example",
    "phone": "081200000007",
    "occupation": "Peneliti",
    "institution": "Pusat Studi Ekonomi Daerah",
}
"""Nobody: the number is of a possible form, and belongs to no one we know of."""

WANTED = {
    "data_wanted": (
        "Data pelaku usaha mikro, kecil, dan menengah di Kecamatan Lowokwaru tahun 2025 menurut"
        " jenis usaha, kelurahan, dan omzet."
    ),
    "purpose": (
        "Penelitian tentang pertumbuhan usaha mikro per kelurahan, untuk menyusun usulan"
        " pendampingan kepada pemerintah kota."
    ),
    "format": "bebas",
}

LISTING = {
    "title": "Pelaku UMKM Kecamatan Lowokwaru",
    "concept": "Usaha mikro, kecil, dan menengah",
    "definition": "Usaha produktif milik perorangan atau badan usaha menurut UU 20/2008.",
    "classification": "KBLI 2020",
    "measure": "Jumlah usaha",
    "unit": "Usaha",
    "produsen_data": "diskopindag",
}

NARRATIVE = (
    "Data yang diminta memuat catatan keuangan tiap pelaku usaha yang diberikan kepada dinas dengan"
    " janji kerahasiaan; membukanya merugikan persaingan usaha mereka."
)


@dataclass(frozen=True)
class Done:
    """One step, as it was done."""

    step: int
    command: str
    role: str
    request: dict[str, Any]
    """How the request stands after it."""


class NotDone(Exception):
    """The installation refused, or did not get there in time; the sentence is its own."""


class Caller:
    """Somebody with a session, or a Pemohon with a tracking code."""

    def __init__(
        self, http: httpx.Client, role: str, headers: Callable[[], dict[str, str]]
    ) -> None:
        """`headers` say who it is; asked again when a session has ended."""
        self.role = role
        self._headers = headers
        self._http = http
        self._http.headers.update(headers())

    def fetch(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return self._send(method, path, **more)

    def get(self, path: str) -> Any:
        """A GET's JSON."""
        return _json(self.fetch(path))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A POST's JSON."""
        return _json(self._send("POST", path, json=body or {}))

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        if answer.status_code == 401:
            self._http.headers.update(self._headers())
            answer = self._http.request(method, path, **more)
        return answer

    def command(self, request_id: str, name: str, **fields: Any) -> Any:
        """One command on a request."""
        return self.post(f"/api/requests/{request_id}/{name}", fields)

    def request(self, request_id: str) -> dict[str, Any]:
        """How it stands."""
        stands: dict[str, Any] = self.get(f"/api/requests/{request_id}")
        return stands


class City:
    """A running installation, and the people who use it."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: how to send, if not as usual."""
        self.url = url
        self._transport = transport
        self.http = self._client()
        self._officers: dict[str, Caller] = {}

    def officer(self, username: str) -> Caller:
        """A signed-in officer of the demonstration."""
        if username not in self._officers:
            role = {account.username: account.role for account in STAFF}[username]
            self._officers[username] = Caller(
                self._client(), role, partial(self._sign_in, username)
            )
        return self._officers[username]

    def _sign_in(self, username: str) -> dict[str, str]:
        answer = self.http.post(
            "/api/requests/sign-in", json={"username": username, "password": PASSWORD}
        )
        return {"Authorization": f"Bearer {_json(answer)['token']}"}

    def submit(self, **changed: Any) -> tuple[Caller, dict[str, Any]]:
        """Step 5: the Pemohon, and the request with its tracking code."""
        answer = _json(
            self.http.post(
                "/api/requests",
                json=APPLICANT | WANTED | changed,
                headers={"Idempotency-Key": f"story-{time.time_ns()}"},
            )
        )
        return self.pemohon(answer["tracking_code"]), answer

    def pemohon(self, tracking_code: str) -> Caller:
        """Whoever has this tracking code."""
        return Caller(self._client(), "pemohon", lambda: {"X-Tracking-Code": tracking_code})

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, transport=self._transport)

    def until(
        self, request_id: str, what: str, true_of: Callable[[dict[str, Any]], Any]
    ) -> dict[str, Any]:
        """Wait until something is true of a request, as its PPID sees it."""
        ppid = self.officer("ppid")
        stands: dict[str, Any] = self.wait(what, lambda: ppid.request(request_id), true_of)
        return stands

    def wait(self, what: str, ask: Callable[[], Any], true_of: Callable[[Any], Any]) -> Any:
        """Ask until the answer is as wanted; raises NotDone after a long while."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = ask()
                if true_of(answer):
                    return answer
            except (NotDone, httpx.HTTPError):
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise NotDone(f"It did not happen in time: {what}.")
            time.sleep(0.1)

    def until_letter(self, request_id: str, letter: str) -> dict[str, Any]:
        """Wait until a letter is issued."""
        return self.until(
            request_id,
            f"the letter {letter}",
            lambda r: any(each["letter"] == letter for each in r["letters"]),
        )


Turn = Callable[[int], None]
"""Called before each step with its number: tests step the clock or break something there."""


def granted(city: City, before: Turn = lambda step: None) -> Iterator[Done]:
    """Applied for, held by an agency, given, masked, listed, delivered, received."""
    before(5)
    siti, answer = city.submit()
    request_id = answer["id"]
    ppid, koperasi, walidata = (city.officer(n) for n in ("ppid", "koperasi", "walidata"))

    def done(step: int, command: str, by: Caller) -> Done:
        return Done(step, command, by.role, ppid.request(request_id))

    yield Done(5, "submit", "pemohon", answer)
    before(6)
    ppid.command(request_id, "check-availability", agency="diskopindag")
    yield done(6, "check-availability", ppid)
    before(7)
    ppid.command(request_id, "forward", message="Mohon data tahun 2025 per kelurahan.")
    yield done(7, "forward", ppid)
    before(8)
    koperasi.command(request_id, "grant")
    yield done(8, "grant", koperasi)
    before(9)
    hand_over(city, koperasi, request_id, HANDED_OVER)
    yield done(9, "hand-over", koperasi)
    before(10)
    mask(city, ppid, request_id)
    yield done(10, "mask", ppid)
    before(11)
    ppid.command(request_id, "hand-to-walidata")
    yield done(11, "hand-to-walidata", ppid)
    before(12)
    year = int(ppid.request(request_id)["submitted_on"][:4]) + 1
    walidata.command(request_id, "list-in-daftar-data", year=year, **LISTING)
    yield done(12, "list-in-daftar-data", walidata)
    before(13)
    walidata.command(request_id, "draft-delivery", cover_note="Data disampaikan dalam format CSV.")
    yield done(13, "draft-delivery", walidata)
    ppid.command(request_id, "deliver")
    yield done(13, "deliver", ppid)
    before(16)
    city.until_letter(request_id, "surat_penyampaian_pemohon")
    siti.command(request_id, "receive")
    yield done(16, "receive", siti)


def refused(city: City, before: Turn = lambda step: None) -> Iterator[Done]:
    """Applied for, held by an agency, refused by it with reasons, and so by the PPID."""
    before(5)
    _, answer = city.submit(
        data_wanted="Omzet dan utang bank tiap pelaku usaha di Kota Malang, dengan nama pemilik.",
        purpose="Menyusun daftar calon pelanggan untuk usaha pembiayaan milik saya sendiri.",
    )
    request_id = answer["id"]
    ppid, koperasi = city.officer("ppid"), city.officer("koperasi")

    def done(step: int, command: str, by: Caller) -> Done:
        return Done(step, command, by.role, ppid.request(request_id))

    yield Done(5, "submit", "pemohon", answer)
    before(6)
    ppid.command(request_id, "check-availability", agency="diskopindag")
    yield done(6, "check-availability", ppid)
    before(7)
    ppid.command(request_id, "forward")
    yield done(7, "forward", ppid)
    before(8)
    koperasi.command(request_id, "refuse", **refusal(koperasi))
    yield done(8, "refuse", koperasi)
    before(14)
    koperasi.command(request_id, "send-refusal")
    yield done(14, "send-refusal", koperasi)
    before(15)
    ppid.command(request_id, "notify-refusal")
    yield done(15, "notify-refusal", ppid)


def refusal(by: Caller) -> dict[str, str]:
    """By Pasal 17, on a consequence test that this officer may cite."""
    tests = by.get("/api/requests/consequence-tests?in_force=true&exception=b")["items"]
    return {
        "reason_code": "pasal_17_b",
        "narrative": NARRATIVE,
        "consequence_test": tests[0]["number"],
    }


def hand_over(city: City, by: Caller, request_id: str, path: Path) -> None:
    """Step 9: upload to `privacy` with a ticket of `requests`, and hand over its receipt."""
    ticket = by.post(f"/api/requests/{request_id}/upload-ticket")["ticket"]
    with path.open("rb") as file:
        answer = _json(
            city.http.post(
                "/api/privacy/uploads",
                data={"ticket": ticket},
                files={"file": (path.name, file)},
                timeout=60,
            )
        )
    by.command(request_id, "hand-over", receipt=answer["receipt"])


def mask(city: City, ppid: Caller, request_id: str) -> None:
    """Step 10: look at what was found, have it masked as proposed, wait for the report."""
    place = f"/api/privacy/requests/{request_id}"
    found = city.wait(
        "the findings", lambda: ppid.get(f"{place}/findings"), lambda f: f["state"] == "scanned"
    )
    columns = {
        column["name"]: {"method": column["proposed_method"]}
        for column in found["columns"]
        if column["kind"]
    }
    ppid.post(f"{place}/mask", {"columns": columns})
    city.until(request_id, "step 10 is done", lambda r: r["step"] == 11)


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        try:
            sentence = answer.json()["title"]
        except (ValueError, KeyError):
            sentence = answer.text[:200]
        raise NotDone(f"{answer.request.method} {answer.request.url.path}: {sentence}")
    return answer.json()
