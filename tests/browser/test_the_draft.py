"""A half-filled form: kept beyond its tab for who asks for it, and for nobody else."""

from playwright.sync_api import expect

from tests.browser.people import FORM, People, Person

PURPOSE = "Tujuan pemanfaatan data"
KEEP = "Simpan draf isian ini di peramban ini"


def _another_tab(siti: Person) -> None:
    """The tab is closed; the browser is not."""
    page = siti.context.new_page()
    siti.page.close()
    siti.page = page
    siti.visit("/permohonan/formulir")


def test_a_draft_outlives_its_tab_for_who_asked_for_it_and_ends_when_it_is_sent(people: People):
    siti = people.pemohon()
    siti.visit("/permohonan/formulir")
    siti.type(PURPOSE, "Hanya di tab ini saja, tidak disimpan.")
    _another_tab(siti)
    expect(siti.field(PURPOSE)).to_have_value("")

    siti.page.get_by_label(KEEP).check()
    siti.type(PURPOSE, FORM[PURPOSE])
    siti.type("NIK", FORM["NIK"])
    _another_tab(siti)

    expect(siti.field(PURPOSE)).to_have_value(FORM[PURPOSE])
    expect(siti.page.get_by_label(KEEP)).to_be_checked()
    expect(siti.field("NIK")).to_have_value("")
    siti.fill_form()
    siti.send_form()
    assert 0 == siti.page.evaluate("localStorage.length")
