"""The people of the SOP at their browsers: what they read, press and type."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Response, expect
from satudata.demo_city import PASSWORD
from satudata.stories import APPLICANT, WANTED

_P = TypeVar("_P", bound="Person")
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_SECONDS = 60
_REFUSED_NAVIGATION = re.compile(
    r"Failed to load resource: the server responded with a status of 4"
)

FORM = {
    "Rincian data yang dimohon": WANTED["data_wanted"],
    "Tujuan pemanfaatan data": WANTED["purpose"],
    "Nama lengkap": APPLICANT["name"],
    "NIK": APPLICANT["nik"],
    "Alamat": APPLICANT["address"],
    "Alamat surel": APPLICANT["email"],
    "Nomor telepon": APPLICANT["phone"],
    "Pekerjaan atau profesi": APPLICANT["occupation"],
    "Nama instansi": APPLICANT["institution"],
}
"""What Siti types into the form of step 5, by the labels she reads."""

STATEMENTS = ("Keterangan yang saya isi benar", "Saya setuju data pribadi saya dipakai")


class Person:
    """Somebody with a browser of their own, at one page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page = context.new_page()
        self.complaints: list[str] = []
        """What the browser's console said, and what was asked of other hosts."""
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._note_host(request.url))

    def visit(self, path: str = "/") -> Response:
        """Open an address of the site: its front page when nothing else is said."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status} {answer.text()[:200]}"
        return answer

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """A button by its words."""
        exact = isinstance(name, str)
        (within or self.page).get_by_role("button", name=name, exact=exact).click()

    def go(self, name: str, within: Locator | None = None) -> None:
        """A link by its words."""
        (within or self.page.get_by_role("main")).get_by_role(
            "link", name=name, exact=True
        ).first.click()

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """A field by its label."""
        words = re.compile(rf"^\s*{re.escape(label)}\s*(\([^)]*\))?\s*$")
        return (within or self.page).get_by_label(words)

    def open_menu(self) -> None:
        """On a phone the menu is behind a button."""
        button = self.page.get_by_role("button", name="Menu", exact=True)
        if button.is_visible():
            button.click()

    def type(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words, use_inner_text=True)

    def act(self, label: str) -> Locator:
        """The form of an act on a request's page, opened when it is not."""
        details = self.page.locator("details.more").filter(
            has=self.page.locator("summary", has_text=re.compile(rf"^{re.escape(label)}$"))
        )
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return details

    def until(self, there: Callable[[], Locator], what: str) -> None:
        """Reload the page until something stands on it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not there().count():
            assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
            self.page.wait_for_timeout(200)
            self.page.reload()

    def until_button(self, name: str | re.Pattern[str]) -> None:
        # Acts stand folded together: a button in them is there, but not seen.
        words = re.compile(rf"^{re.escape(name)}$") if isinstance(name, str) else name
        self.until(lambda: self.page.locator("main button").filter(has_text=words), str(name))

    def until_letter(self, title: str) -> bytes:
        """Wait for a letter in the list on a request's page; its PDF."""
        link = self.page.get_by_role("main").get_by_role("link", name=title, exact=True)
        self.until(lambda: link, title)
        href = link.first.get_attribute("href")
        answer = self.context.request.get(self.url + str(href))
        assert answer.status == 200
        return answer.body()

    def scrolls_sideways(self) -> bool:
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide

    def _hear(self, kind: str, text: str) -> None:
        # Chromium calls it an error when a page comes with a status of 4xx; refusals have one.
        if kind == "error" and not _REFUSED_NAVIGATION.match(text):
            self.complaints.append(text)

    def _note_host(self, address: str) -> None:
        if urlsplit(address).netloc not in (urlsplit(self.url).netloc, ""):
            self.complaints.append(f"asked another host: {address}")


class Pemohon(Person):
    """Somebody who wants data."""

    register_number = ""
    tracking_code = ""

    def find_restricted_data(self) -> None:
        """Steps 1, 2 and 4: from the front page by search to the form."""
        self.visit()
        self.page.get_by_role("searchbox", name="Cari data").fill("pelaku UMKM")
        self.press("Cari")
        self.go("Data Pelaku UMKM per Kelurahan")
        self.sees("Data ini diberikan melalui permohonan")
        self.go("Ajukan permohonan")
        if not self.field("Tujuan pemanfaatan data").count():
            self.go("Isi formulir")

    def fill_form(self, **changed: str) -> None:
        """Step 5, all but the button. `changed`: fields by the form's labels, blanks as _."""
        told = FORM | {label.replace("_", " "): text for label, text in changed.items()}
        for label, text in told.items():
            self.type(label, text)
        for statement in STATEMENTS:
            self.page.get_by_label(statement).check()

    def send_form(self) -> None:
        """The button, and the receipt."""
        self.press("Kirim permohonan")
        self.read_receipt()

    def read_receipt(self) -> None:
        """The number and the code are told here once."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            re.compile(r"^Permohonan \d{4}-\d{4,}$")
        )
        heading = self.page.get_by_role("heading", level=1).inner_text()
        self.register_number = heading.removeprefix("Permohonan ")
        self.tracking_code = self.page.locator("#kode-lacak").inner_text().strip()

    def apply(self, **changed: str) -> None:
        """Step 5 at once, without looking for anything."""
        self.visit("/permohonan/formulir")
        self.fill_form(**changed)
        self.send_form()

    def follow(self) -> None:
        """With number and code, as from another day."""
        self.context.clear_cookies()
        self.visit("/permohonan")
        self.go("Ikuti permohonan")
        self.type("Nomor pendaftaran", self.register_number)
        self.type("Kode lacak", self.tracking_code)
        self.press("Buka permohonan")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            f"Permohonan {self.register_number}"
        )

    def download(self) -> tuple[str, str]:
        """The data's file name and content."""
        self.until_button(re.compile(r"^Unduh \S+\.\w+$"))
        with self.page.expect_download() as arrived:
            self.press(re.compile(r"^Unduh "))
        path = arrived.value.path()
        return arrived.value.suggested_filename, Path(path).read_text(encoding="utf-8-sig")


class Officer(Person):
    """Somebody at the desk."""

    def sign_in(self, username: str) -> None:
        self.visit()
        self.open_menu()
        self.page.get_by_role("link", name="Masuk petugas").click()
        self.type("Nama pengguna", username)
        self.type("Kata sandi", PASSWORD)
        self.press("Masuk")

    def open(self, register_number: str) -> None:
        """A request by its number, from the desk."""
        self.open_menu()
        self.page.get_by_role("navigation", name="Ruang kerja").get_by_role(
            "link", name="Meja Kerja"
        ).click()
        self.page.get_by_role("searchbox", name="Cari permohonan").fill(register_number)
        self.press("Cari")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            f"Permohonan {register_number}"
        )

    def do(self, label: str, button: str, **typed: str) -> None:
        """Fill in the form of an act and press its button."""
        form = self.act(label)
        for name, text in typed.items():
            self.type(name.replace("_", " "), text, form)
        self.press(button, form)
        self.sees("Tersimpan")


class People:
    """Browsers for whoever is needed; `look_at` says what they held when it went wrong."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.all: list[Person] = []

    def pemohon(self, *, size: dict[str, int] = PHONE, javascript: bool = True) -> Pemohon:
        return self._keep(Pemohon(self._context(size, javascript), self._url))

    def officer(
        self, username: str, *, size: dict[str, int] = DESKTOP, javascript: bool = True
    ) -> Officer:
        """Somebody who has signed in, from the front page."""
        officer = self._keep(Officer(self._context(size, javascript), self._url))
        officer.sign_in(username)
        return officer

    def visitor(self, *, size: dict[str, int] = DESKTOP, dark: bool = False) -> Person:
        return self._keep(Person(self._context(size, dark=dark), self._url))

    def take_pictures(self, folder: Path) -> list[Path]:
        """What everybody sees now."""
        pictures = []
        for number, person in enumerate(self.all, 1):
            picture = folder / f"{number}-{type(person).__name__.lower()}.png"
            person.page.screenshot(path=picture, full_page=True)
            pictures.append(picture)
        return pictures

    def leave(self) -> None:
        for person in self.all:
            person.context.close()

    def complaints(self) -> list[str]:
        return [each for person in self.all for each in person.complaints]

    def _context(
        self, size: dict[str, int], javascript: bool = True, dark: bool = False
    ) -> BrowserContext:
        context = self._browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        context.set_default_timeout(20_000)
        return context

    def _keep(self, person: _P) -> _P:
        self.all.append(person)
        return person
