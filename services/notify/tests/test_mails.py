"""Every row of the table of mails says something whole, in text and in HTML."""

import json
import re
import string
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_examples import CITY, COMMON, OF_TYPE, REQUEST
from notify_service.domain import mails
from notify_service.domain.errors import MailRefused
from notify_service.domain.letterhead import Mailbox, office_mailbox, sender
from notify_service.domain.mail import Mail
from notify_service.domain.mails import MAILS
from notify_service.domain.message import compose, message_id, plain, thread_id, without_addresses
from notify_service.domain.wording import Words, long_date, words

HEARD = Path(__file__).parents[1] / "contracts" / "heard"
URL = "https://satudata.malangkota.example"
LETTER = {"number": "500.12.5.1/17/35.73.411/2026", "issued_on": "2026-11-23"}


def _words(mail: Mail, **facts: str | None) -> Words:
    known = {**COMMON}
    for type_ in (mail.type, *mail.because):
        known |= OF_TYPE.get(type_, {})
    if mail.source == "letters":
        known |= LETTER
    return words(
        mail,
        facts={**known, **facts},
        request_id=REQUEST,
        greeting="Yth. Bapak/Ibu Budi Santoso,",
        public_url=URL,
    )


def _sent(ready: Words, recipient: Mailbox = Mailbox("Budi Santoso", "budi@contoh.id")) -> bytes:
    return compose(
        ready,
        sender=sender(CITY),
        recipient=recipient,
        message_id=message_id("requests-1", "x", "pemohon", public_url=URL),
        thread=thread_id(REQUEST, "pemohon", public_url=URL),
        date=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
    ).as_bytes()


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=default)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _name(mail: Mail) -> str:
    return f"{mail.key}-{mail.audience}-{'-'.join(mail.because)}"


@pytest.mark.parametrize("mail", MAILS, ids=_name)
def test_every_mail_is_whole_in_text_and_in_html(mail: Mail):
    message = _read(_sent(_words(mail)))

    text, html = _body(message, "plain"), _body(message, "html")
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert "2026-0042" in str(message["Subject"])
    for body in (text, html):
        assert not re.search(r"[{}]|None|null", re.sub(r"style=\"[^\"]*\"", "", body))
    link = f"{URL}/permohonan/2026-0042" if mail.audience == "pemohon" else f"{URL}/meja/{REQUEST}"
    assert link in text
    assert f'href="{link}"' in html


@pytest.mark.parametrize("mail", MAILS, ids=_name)
def test_the_html_says_what_the_text_says(mail: Mail):
    ready = _words(mail)
    html = _TextOf()
    html.feed(_body(_read(_sent(ready)), "html"))

    for sentence in (*ready.happened, *ready.todo, *(value for _, value in ready.details)):
        assert sentence in html.text


@pytest.mark.parametrize("mail", MAILS, ids=_name)
def test_a_date_that_is_not_known_is_left_out(mail: Mail):
    field = mail.until[1] if mail.until else "due"

    ready = _words(mail, **{field: None, "statutory_due": None})

    assert mail.until is None or mail.until[0] not in dict(ready.details)


@pytest.mark.parametrize("mail", MAILS, ids=_name)
def test_a_mail_asks_only_for_words_that_its_facts_carry(mail: Mail):
    texts = (mail.subject, *mail.happened, *mail.todo)
    fields = {f for text in texts for _, f, _, _ in string.Formatter().parse(text) if f}

    contract = HEARD / f"{mail.source}.{mail.type}.v1.schema.json"
    assert fields <= {"register_number", *json.loads(contract.read_text())["required"]}


def test_officers_read_no_applicants_name():
    for mail in MAILS:
        if mail.audience != "pemohon":
            ready = words(
                mail,
                facts={**COMMON, **LETTER, **OF_TYPE.get(mail.type, {}), "name": "Budi Santoso"},
                request_id=REQUEST,
                greeting="Yth. PPID,",
                public_url=URL,
            )
            assert b"Budi" not in _sent(ready, Mailbox("PPID", "ppid@malangkota.example"))


@pytest.mark.parametrize(
    ("source", "type_", "data", "expected"),
    [
        ("requests", "RequestSubmitted", {}, {("permohonan_masuk", "ppid")}),
        ("requests", "RequestCompleted", {}, {("permohonan_dilengkapi", "ppid")}),
        ("requests", "DataHandedOver", {}, {("data_diserahkan", "ppid")}),
        ("requests", "RefusalSent", {}, {("sampaikan_penolakan", "ppid")}),
        ("requests", "DeliveryDrafted", {}, {("tandatangani_penyampaian", "ppid")}),
        ("requests", "HandedToWalidata", {}, {("masukkan_ke_daftar_data", "walidata")}),
        ("requests", "ListedInDaftarData", {}, {("buat_konsep_penyampaian", "walidata")}),
        ("requests", "ObjectionLodged", {}, {("keberatan_masuk", "atasan_ppid")}),
        (
            "requests",
            "RequestRefused",
            {"at_step": 8},
            {("terbitkan_surat_penolakan", "ppid_pembantu")},
        ),
        (
            "requests",
            "DueSoon",
            {"clock": "step", "waiting_for": "ppid"},
            {("tenggat_dekat_step", "ppid")},
        ),
        (
            "requests",
            "DueSoon",
            {"clock": "objection"},
            {("tenggat_dekat_objection", "atasan_ppid")},
        ),
        (
            "requests",
            "BecameOverdue",
            {"clock": "notice", "waiting_for": "walidata"},
            {("tenggat_terlewat_notice", "ppid")},
        ),
        ("requests", "Escalated", {"clock": "notice"}, {("keterlambatan_notice", "atasan_ppid")}),
        ("requests", "ExtensionProposed", {}, {("usul_perpanjangan", "ppid")}),
        (
            "requests",
            "DeadlinesMoved",
            {"moved": {"notice": {}}, "waiting_for": "ppid"},
            {("tenggat_berubah", "pemohon"), ("tenggat_berubah", "ppid")},
        ),
        (
            "requests",
            "DeadlinesMoved",
            {"moved": {"step": {}}, "waiting_for": "walidata"},
            {("tenggat_berubah", "walidata")},
        ),
        (
            "requests",
            "DisputeFiled",
            {"agency": None},
            {("sengketa_diajukan", role) for role in ("pemohon", "ppid", "atasan_ppid")},
        ),
        (
            "requests",
            "DisputeDecided",
            {"outcome": "mediasi", "agency": "dinkop"},
            {("sengketa_selesai", "pemohon")}
            | {("laksanakan_putusan", role) for role in ("ppid", "ppid_pembantu", "atasan_ppid")},
        ),
        (
            "requests",
            "DisputeDecided",
            {"outcome": "gugur", "agency": None},
            {("sengketa_selesai", role) for role in ("pemohon", "ppid", "atasan_ppid")},
        ),
        ("requests", "RequestRefused", {"at_step": 6}, set()),
        ("requests", "RequestRefused", {"at_step": 10}, set()),
        ("requests", "ForwardedToPembantu", {}, set()),
        (
            "requests",
            "RequestWithdrawn",
            {"agency": None},
            {("permohonan_dicabut", "pemohon"), ("permohonan_dicabut", "ppid")},
        ),
        (
            "requests",
            "RequestWithdrawn",
            {"agency": "dinkop"},
            {("permohonan_dicabut", role) for role in ("pemohon", "ppid", "ppid_pembantu")},
        ),
        (
            "letters",
            "LetterIssued",
            {"letter": "surat_permohonan_data"},
            {("surat_permohonan_data", "ppid_pembantu")},
        ),
        ("letters", "LetterIssued", {"letter": "surat_penyampaian_ppid"}, set()),
        ("letters", "LetterIssued", {"letter": "surat_penolakan_ppid"}, set()),
        *(
            ("letters", "LetterIssued", {"letter": letter}, {(letter, "pemohon")})
            for letter in (
                "tanda_bukti_penerimaan",
                "pemberitahuan_kekurangan",
                "pemberitahuan_tertulis",
                "pemberitahuan_tambahan",
                "surat_penyampaian_pemohon",
                "surat_penolakan_pemohon",
                "pemberitahuan_perpanjangan",
                "tanggapan_keberatan",
            )
        ),
    ],
)
def test_a_fact_makes_the_mails_of_the_table(source, type_, data, expected):
    assert expected == mails.mails_for(source, type_, data)


def test_the_written_notice_says_what_was_decided():
    subjects = {
        because: _words(
            mails.mail_for("pemberitahuan_tertulis", "pemohon", because=because)
        ).subject
        for because in (
            "DataFoundInDip",
            "RequestGranted",
            "RequestGrantedInPart",
            "RequestRefused",
        )
    }

    assert len(set(subjects.values())) == 4
    assert "dikabulkan sebagian" in subjects["RequestGrantedInPart"]


def test_a_letter_asked_for_by_an_unknown_fact_has_no_mail():
    with pytest.raises(LookupError):
        mails.mail_for("pemberitahuan_tertulis", "pemohon", because="RequestSubmitted")


def test_the_last_second_of_a_day_in_malang_is_that_day():
    assert "Kamis, 31 Desember 2026" == long_date("2026-12-31T16:59:59+00:00")
    assert "Jumat, 4 Desember 2026" == long_date("2026-12-04")


def test_the_message_id_depends_on_fact_mail_and_audience_alone():
    one = message_id("requests-1", "x", "ppid", public_url=URL)

    assert one == message_id("requests-1", "x", "ppid", public_url=URL)
    assert 4 == len(
        {
            one,
            message_id("requests-2", "x", "ppid", public_url=URL),
            message_id("requests-1", "y", "ppid", public_url=URL),
            message_id("requests-1", "x", "pemohon", public_url=URL),
        }
    )
    assert one.endswith("@satudata.malangkota.example>")


def test_headers_say_what_machines_need():
    message = _read(_sent(_words(MAILS[0])))

    assert "id" == message["Content-Language"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert message["References"] == message["In-Reply-To"]
    assert re.fullmatch(r"<p\.[0-9a-f]{20}@satudata\.malangkota\.example>", message["References"])
    assert "Sun, 22 Nov 2026 02:00:00 +0000" == str(message["Date"])
    assert "ppid@malangkota.example" == message["From"].addresses[0].addr_spec


def test_nothing_in_the_html_is_fetched_from_anywhere():
    html = _body(_read(_sent(_words(MAILS[0]))), "html")

    assert not re.search(r"<(img|script|link|iframe|form)|src=|url\(|@import", html)


@pytest.mark.parametrize(
    "name",
    [
        "Budi\r\nBcc: semua@contoh.id",
        "Budi\nSubject: lain",
        "Budi\x00\x0b\x0c\x1c\x85\u2028\u2029Bcc: x@y.id",
        'Budi" <penyusup@contoh.id>, "x',
        "=?utf-8?q?Budi=0D=0ABcc:_x@y.id?=",
        "=?utf-8?b?QnVkaQ0KQmNjOiB4QHkuaWQ=?=",
        "Budi\u202e\u200b",
        "a" * 5000,
        "Ñoño Ünïcødé " * 12,
        "",
    ],
)
def test_no_name_can_add_a_header_or_a_recipient(name: str):
    raw = _sent(_words(MAILS[0]), Mailbox(name, "budi@contoh.id"))

    _is_for_budi_alone(raw)


@given(st.text(max_size=200))
def test_whatever_the_name_the_mail_has_one_recipient(name: str):
    raw = _sent(_words(MAILS[0]), Mailbox(name, "budi@contoh.id"))

    _is_for_budi_alone(raw)


def _is_for_budi_alone(raw: bytes) -> None:
    message = _read(raw)
    assert ["budi@contoh.id"] == [a.addr_spec for a in message["To"].addresses]
    assert message["Bcc"] is None
    assert 1 == len(message.get_all("Subject", []))
    assert len(MAILS[0].happened) and "tercatat dengan" in _body(message, "plain")


def test_a_name_in_any_script_arrives_as_it_is():
    for name in ("Siti Nurḥalīza", "I Gusti Ayu Kadék", "ꦧꦸꦢꦶ", "O'Brien, S.H., M.Kn."):
        message = _read(_sent(_words(MAILS[0]), Mailbox(name, "budi@contoh.id")))

        assert name == message["To"].addresses[0].display_name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "budi",
        "budi@",
        "@contoh.id",
        "budi@contoh.id\r\nBcc: x@y.id",
        "budi@contoh.id, x@y.id",
        "budi@contoh.id>",
        "budi @contoh.id",
        "a@b@c.id",
        "budi..b@contoh.id",
        "budi@-.\u200b",
    ],
)
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(MailRefused):
        _sent(_words(MAILS[0]), Mailbox("Budi", address))


def test_an_international_domain_is_written_in_ascii():
    message = _read(_sent(_words(MAILS[0]), Mailbox("Budi", "budi@contöh.id")))

    assert "budi@xn--conth-mua.id" == message["To"].addresses[0].addr_spec


def test_markup_in_a_name_stays_text():
    ready = _words(MAILS[0])
    evil = Words(**{**ready.__dict__, "greeting": "Yth. <script>alert(1)</script> & {x},"})

    html = _body(_read(_sent(evil)), "html")

    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {x}" in html


def test_a_servers_words_lose_every_address():
    said = without_addresses(
        "5.1.1 <budi.s@contoh.id>: Recipient BUDI.S\r\n unknown, see abuse@lain.example",
        "budi.s@contoh.id",
        "budi.s",
    )

    assert "5.1.1 <(penerima)>: Recipient (penerima) unknown, see (alamat)" == said


def test_offices_have_their_mailbox_from_the_citys_data():
    assert "walidata@malangkota.example" == office_mailbox(CITY, "walidata", None).address
    assert "dinkop@malangkota.example" == office_mailbox(CITY, "ppid_pembantu", "dinkop").address


@pytest.mark.parametrize("agency", ["tanpa-surel", "tidak-ada", None])
def test_an_agency_without_a_mailbox_is_named(agency: str | None):
    with pytest.raises(MailRefused, match=agency or "belum ditentukan"):
        office_mailbox(CITY, "ppid_pembantu", agency)


def test_control_characters_become_spaces():
    assert "a b c" == plain(" a\r\n\tb\u2028c\x00")


class _TextOf(HTMLParser):
    text = ""

    def handle_data(self, data: str) -> None:
        self.text += data
