"""The form of step 5 without a mouse: Tab, Space and Enter alone."""

from playwright.sync_api import Locator, expect

from tests.browser.people import DESKTOP, FORM, STATEMENTS, Pemohon, People

_TABS_MAX = 60
_SHOWS_WHERE_IT_IS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


def test_the_form_is_filled_in_and_sent_without_a_mouse(people: People) -> None:
    siti = people.pemohon(size=DESKTOP)
    siti.visit("/permohonan/formulir")

    _skip_to_the_content(siti)
    for label, text in FORM.items():
        _tab_to(siti, siti.field(label))
        siti.page.keyboard.insert_text(text)
    for statement in STATEMENTS:
        _tab_to(siti, siti.page.get_by_label(statement))
        siti.page.keyboard.press("Space")
    _tab_to(siti, siti.page.get_by_role("button", name="Kirim permohonan"))
    siti.page.keyboard.press("Enter")

    siti.read_receipt()


def test_a_form_that_comes_back_leads_the_keyboard_to_the_mistake(people: People) -> None:
    siti = people.pemohon(size=DESKTOP)
    siti.visit("/permohonan/formulir")
    siti.fill_form(NIK="3573054506950000")
    siti.press("Kirim permohonan")

    expect(siti.page.get_by_role("alert")).to_be_focused()
    siti.page.keyboard.press("Tab")
    siti.page.keyboard.press("Enter")

    expect(siti.field("NIK")).to_be_focused()


def test_an_officer_goes_through_the_desk_without_a_mouse(people: People) -> None:
    siti = people.pemohon()
    for _ in range(2):
        siti.apply()
    ppid = people.officer("ppid")
    ppid.visit("/meja?langkah=6")

    def press(key: str, *, first_here: bool = False) -> None:
        if first_here:
            # Shown by the script that hears the keys.
            expect(ppid.page.get_by_role("button", name="Pintasan papan tik")).to_be_visible()
        ppid.page.keyboard.press(key)

    press("?", first_here=True)
    expect(ppid.page.get_by_role("dialog")).to_contain_text("Baris berikutnya")
    press("Escape")
    press("j")
    press("j")
    press("k")
    press("Enter")
    expect(ppid.page.get_by_role("heading", level=1)).to_contain_text("Permohonan")
    first = ppid.page.get_by_role("heading", level=1).inner_text()
    press("n", first_here=True)
    expect(ppid.page.get_by_role("heading", level=1)).not_to_have_text(first)
    press("a", first_here=True)
    expect(ppid.page.get_by_label("Dipegang perangkat daerah")).to_be_focused()
    press("u")
    expect(ppid.page.get_by_role("heading", name="Hasil pencarian")).to_be_visible()
    press("/", first_here=True)
    expect(ppid.page.get_by_role("searchbox")).to_be_focused()


def _skip_to_the_content(siti: Pemohon) -> None:
    siti.page.keyboard.press("Tab")
    expect(siti.page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    siti.page.keyboard.press("Enter")
    expect(siti.page.get_by_role("main")).to_be_focused()


def _tab_to(siti: Pemohon, wanted: Locator) -> None:
    """Forward only: what must be filled in next stands further down."""
    for _ in range(_TABS_MAX):
        siti.page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert siti.page.evaluate(_SHOWS_WHERE_IT_IS), "nothing shows where the focus is"
            return
    raise AssertionError(f"not within {_TABS_MAX} times Tab: {wanted}")
