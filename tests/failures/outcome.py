"""What must be the same at the end of a story, whatever went wrong on the way."""

import email
import email.policy
from collections import Counter
from typing import Any

from satudata import stories
from satudata.stories import City

from tests.installations import nothing_under_way, wait_until

GRANTED_LETTERS = (
    "tanda_bukti_penerimaan",
    "surat_permohonan_data",
    "pemberitahuan_tertulis",
    "surat_penyampaian_ppid",
    "pemberitahuan_tambahan",
    "surat_penyampaian_pemohon",
)
REFUSED_LETTERS = (
    "tanda_bukti_penerimaan",
    "surat_permohonan_data",
    "pemberitahuan_tertulis",
    "surat_penolakan_ppid",
    "surat_penolakan_pemohon",
)
MOVES = {
    "granted": [
        "RequestSubmitted",
        "OwnerFound",
        "ForwardedToPembantu",
        "RequestGranted",
        "DataHandedOver",
        "DataMasked",
        "HandedToWalidata",
        "ListedInDaftarData",
        "DeliveryDrafted",
        "DataDelivered",
        "DataReceived",
    ],
    "refused": [
        "RequestSubmitted",
        "OwnerFound",
        "ForwardedToPembantu",
        "RequestRefused",
        "RefusalSent",
        "RefusalNotified",
    ],
}
REPORTS = {"LetterIssued", "LetterRead", "MailSent", "DaftarDataUpdated", "OriginalRead"}


def assert_as_if_nothing_had_happened(installation: Any, request_id: str, ending: str) -> None:
    """The same facts, each letter once, each mail at least once under one Message-ID."""
    wait_until(lambda: nothing_under_way(installation), 180, "everything is dealt with")
    city = City(installation.url)
    request = city.officer("ppid").request(request_id)
    events = city.officer("auditor").get(f"/api/requests/{request_id}/events")["events"]
    facts = [e["fact"] for e in events]
    assert MOVES[ending] == [fact for fact in facts if fact not in REPORTS]
    assert request["step"] is None
    letters = GRANTED_LETTERS if ending == "granted" else REFUSED_LETTERS
    assert Counter(letters) == Counter(each["letter"] for each in request["letters"])
    _mails_are_there(installation, request["register_number"], facts.count("MailSent"))
    if ending == "granted":
        assert facts.count("DaftarDataUpdated") == 1
    _numbers_have_no_hole(installation)


def _mails_are_there(installation: Any, number: str, sent: int) -> None:
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in installation.mails().glob("*.eml")
    ]
    ours = [m for m in mails if number in m.as_string()]
    ids = {m["message-id"] for m in ours}
    assert len(ids) == sent
    # The same mail never goes out under two ids.
    assert len({(m["to"], m["subject"], m["message-id"]) for m in ours}) == len(ids)
    assert stories.APPLICANT["email"] in {m["to"].addresses[0].addr_spec for m in ours}


def _numbers_have_no_hole(installation: Any) -> None:
    pool = installation.database("letters")
    rows = pool.execute("SELECT number FROM letters")
    pool.close()
    numbers = [number for (number,) in rows]
    assert len(numbers) == len(set(numbers))
