"""What one letter says: from a fact, its texts and the city, to what a template prints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from letters_service.domain import wording
from letters_service.domain.errors import FactIncomplete
from letters_service.domain.letters import LetterKind, Office
from letters_service.domain.offices import City, OfficeData, Signer
from letters_service.domain.pemohon import Acting
from letters_service.domain.tanggal import hari_tanggal, pukul, ribuan, tanggal, ukuran
from letters_service.domain.teks import sebaris, tercetak

Content = dict[str, Any]


@dataclass(frozen=True)
class Cited:
    """An earlier letter that this one refers to."""

    title: str
    sender: str
    number: str
    issued_on: date


@dataclass(frozen=True)
class Occasion:
    """Why a letter is written: the fact, and what is known of its request."""

    data: Mapping[str, Any]
    """Of the fact, as published."""
    fact: str
    happened_at: datetime
    register_number: str
    submitted_on: date | None = None
    agency: str | None = None
    statutory_due: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Personal data of the Pemohon: only what the kind asks for."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What people wrote."""
    cited: Cited | None = None
    acting: Acting | None = None
    """Who holds the office that writes, when it is not its head."""


@dataclass(frozen=True)
class Stamp:
    """What makes it a letter: its number, its day, its check code."""

    number: str
    issued_on: date
    token: str
    code: str
    """The token in groups, for typing."""
    check_page: str
    check_url: str
    qr_svg: str


def written(
    kind: LetterKind,
    occasion: Occasion,
    *,
    city: City,
    stamp: Stamp,
    public_url: str,
    has_glyph: Callable[[str], bool],
) -> Content:
    """All that the template of this kind prints. Raises FactIncomplete, CityIncomplete."""
    teller = _Teller(occasion, city, public_url, has_glyph)
    content = teller.common() | _CONTENTS[kind.key](teller)
    if missing := [name for name in kind.required if not content.get(name)]:
        raise FactIncomplete(
            f"{kind.title} tidak dapat diterbitkan: belum ada {', '.join(missing)}"
            f" untuk permohonan {occasion.register_number}."
        )
    sender = city.sender(kind, occasion.agency)
    signer = _signer(occasion, sender)
    return {
        "nomor": stamp.number,
        "sifat": kind.urgency,
        "lampiran": kind.enclosure,
        "hal": kind.subject,
        "judul": kind.title,
        "tempat": city.place,
        "tanggal": tanggal(stamp.issued_on),
        "penerbit": sender.name,
        "kop": _letterhead(city, sender),
        "tujuan": _addressee(kind, occasion, city),
        "penanda_tangan": {
            "jabatan": signer.title,
            "nama": signer.name,
            "pangkat": signer.rank,
            "nip": signer.nip,
        },
        "tembusan": [],
        "periksa": {
            "token": stamp.token,
            "kode": stamp.code,
            "halaman": stamp.check_page,
            "alamat": stamp.check_url,
            "qr": stamp.qr_svg,
        },
        "isi": content,
    }


def _signer(occasion: Occasion, sender: OfficeData) -> Signer:
    """The head of the office, or who holds it for them.

    An office that signs by name signs with the acting officer's own, and their rank and NIP.
    """
    head, acting = sender.signer, occasion.acting
    if acting is None or acting.capacity not in wording.ACTING:
        return head
    title = f"{wording.ACTING[acting.capacity]} {head.title}"
    name = sebaris(acting.name or "") if head.name else ""
    return Signer(title, name, acting.rank, acting.nip) if name else Signer(title)


def _letterhead(city: City, sender: OfficeData) -> Content:
    return {
        "pemerintah": city.government,
        "pemerintah_biasa": city.government_plain,
        "perangkat_daerah": sender.letterhead,
        "alamat": sender.address,
        "telepon": sender.phone,
        "laman": city.website,
        "surel": sender.email,
    }


def _addressee(kind: LetterKind, occasion: Occasion, city: City) -> list[str]:
    if kind.addressee != Office.PEMOHON:
        return [city.addressee(kind, occasion.agency).head_title, f"di {city.place}"]
    name = sebaris(occasion.fields.get("name", ""))
    if not name:
        raise FactIncomplete("Nama Pemohon tidak ada; surat tidak dapat dialamatkan.")
    institution, address = (
        sebaris(occasion.fields.get(field) or "") for field in ("institution", "address")
    )
    return [name, *([institution] if institution else []), address or "di tempat"]


@dataclass(frozen=True)
class _Teller:
    """Turns the parts of an occasion into words."""

    occasion: Occasion
    city: City
    public_url: str
    has_glyph: Callable[[str], bool]

    @property
    def data(self) -> Mapping[str, Any]:
        return self.occasion.data

    def text(self, name: str) -> str | None:
        """What somebody wrote, if they did."""
        return tercetak(self.occasion.texts.get(name) or "", self.has_glyph) or None

    def day(self, name: str) -> str | None:
        """A date of the fact."""
        value = self.data.get(name)
        return tanggal(date.fromisoformat(value)) if value else None

    def common(self) -> Content:
        """What every letter may speak of."""
        known = self.occasion
        superior, ppid = (self.city.offices[key] for key in (Office.ATASAN_PPID, Office.PPID))
        agency = self.city.agencies.get(known.agency or "")
        return {
            "nomor_pendaftaran": known.register_number,
            "diterima": tanggal(known.submitted_on) if known.submitted_on else None,
            "data_diminta": self.text("data_wanted"),
            "tujuan_pemanfaatan": self.text("purpose"),
            "batas_undang_undang": tanggal(known.statutory_due) if known.statutory_due else None,
            "perangkat_daerah": agency.name if agency else None,
            "alamat_permohonan": f"{self.public_url}/permohonan/{known.register_number}",
            "atasan_ppid": {
                "jabatan": superior.head_title,
                "email": superior.email,
                "alamat": superior.address,
            },
            "ppid": {"nama": ppid.name, "email": ppid.email, "alamat": ppid.address},
            "merujuk": self.cited(),
            "tarif": self.city.tariff,
        }

    def cited(self) -> Content | None:
        """The earlier letter."""
        if (cited := self.occasion.cited) is None:
            return None
        return {
            "judul": cited.title,
            "dari": cited.sender,
            "nomor": cited.number,
            "tanggal": tanggal(cited.issued_on),
        }

    def refusal(self) -> Content:
        """Reason, article, narrative, and what is refused."""
        by_agency = self.data.get("at_step") == 8 or self.data.get("cites_pembantu")
        agency = self.city.agencies.get(self.occasion.agency or "")
        return {
            "alasan": wording.reason_of(self.data),
            "pasal": wording.article_in_full(sebaris(self.data["article"])),
            "uraian": self.text("narrative"),
            "uji": self.consequence_test(self.data.get("consequence_test")),
            "dikuasai_oleh": self.holder(self.data),
            # A later refusal of all stands above an earlier one of a part.
            "ditolak": self.text(
                "refused_parts" if self.occasion.fact == "RequestGrantedInPart" else "data_wanted"
            ),
            "diputus_oleh": f"PPID Pembantu {agency.name}" if by_agency and agency else "PPID",
        }

    def holder(self, told: Mapping[str, Any]) -> str | None:
        """The public body that holds what ours does not."""
        name = told.get("held_by")
        return tercetak(sebaris(name), self.has_glyph) if name else None

    def consequence_test(self, test: Mapping[str, str] | None) -> Content | None:
        """For Pasal 17: on which test the refusal stands, and what disclosure would do."""
        if test is None:
            return None
        return {
            "nomor": test["number"],
            "penetapan": tercetak(sebaris(test["decree"]), self.has_glyph),
            "tanggal": tanggal(date.fromisoformat(test["decree_on"])),
            "akibat": tercetak(test["if_opened"], self.has_glyph),
        }

    def file(self) -> Content:
        """A file as the fact describes it."""
        data = self.data
        media_type, rows = data.get("media_type"), data.get("rows")
        name = data.get("filename") or self.occasion.texts.get("filename")
        return {
            "nama": tercetak(sebaris(name), self.has_glyph) if name else None,
            "bentuk": wording.format_of(media_type) if media_type else None,
            "ukuran": ukuran(data["size"]),
            "baris": ribuan(rows) if rows is not None else None,
            "sidik": data["digest"],
        }

    def masked(self) -> list[Content]:
        """The columns in which personal data was masked."""
        columns: Sequence[Mapping[str, Any]] = self.data.get("masked_columns") or ()
        return [
            {
                "kolom": tercetak(sebaris(str(column["column"])), self.has_glyph),
                "jenis": wording.said(wording.PERSONAL_KINDS, str(column.get("kind") or "")),
                "cara": wording.said(wording.MASKING_METHODS, str(column.get("method") or "")),
                "dasar": wording.PERSONAL_BASES.get(
                    str(column.get("kind") or ""), wording.PERSONAL_BASIS
                ),
                "sel": ribuan(column["cells"]) if column.get("cells") is not None else "–",
            }
            for column in columns
        ]


def received_on(submitted: Mapping[str, Any]) -> str | None:
    """The day that letters name, of RequestSubmitted: of a letter, the one on which it came."""
    came = submitted.get("received_on") if submitted.get("came_by") else None
    return came or submitted.get("submitted_on")


def _receipt(tell: _Teller) -> Content:
    at = tell.occasion.happened_at
    return {
        "nama": sebaris(tell.occasion.fields.get("name", "")),
        "pemberi_kuasa": sebaris(tell.occasion.fields.get("acts_for", "")) or None,
        "diterima_hari": hari_tanggal(date.fromisoformat(received_on(tell.data) or "")),
        # Of what an officer entered nobody noted the hour.
        "pukul": None if tell.data.get("came_by") else pukul(at),
        "kanal": wording.said(wording.CHANNELS, tell.data.get("came_by") or tell.data["channel"]),
        "bagian_dari": tell.data.get("part_of"),
    }


def _incomplete(tell: _Teller) -> Content:
    return {
        "kekurangan": [wording.said(wording.MISSING, code) for code in tell.data["missing"]],
        "uraian": tell.text("missing"),
        "lengkapi_sebelum": tell.day("complete_by"),
    }


def _asking_the_agency(tell: _Teller) -> Content:
    return {"tenggat": tell.day("due"), "pesan": tell.text("message")}


_OUTCOMES = {
    "DataFoundInDip": "dip",
    "RequestGranted": "diberikan",
    "RequestGrantedInPart": "sebagian",
    "RequestRefused": "ditolak",
}
_NOT_HELD = {"tidak_dikuasai": "belum", "bukan_informasi_publik": "bukan"}


def _written_notice(tell: _Teller) -> Content:
    outcome = _OUTCOMES[tell.occasion.fact]
    refused = tell.refusal() if outcome in ("sebagian", "ditolak") else None
    if refused and not (refused["uraian"] and refused["pasal"] and refused["ditolak"]):
        raise FactIncomplete("Bagian yang ditolak harus disertai pasal, alasan, dan penjelasannya.")
    held = _NOT_HELD.get(tell.data.get("reason_code") or "", "dikuasai")
    return {"putusan": outcome, "penolakan": refused, "penguasaan": held}


def _supplementary_notice(tell: _Teller) -> Content:
    if tell.occasion.fact == "DataMasked":
        return {"putusan": "disamarkan", "berkas": tell.file(), "disamarkan": tell.masked()}
    if tell.occasion.fact == "RequestReopened":
        return _reopening(tell)
    if tell.occasion.fact == "FeeStated":
        return _fee(tell)
    return _written_notice(tell)


def _fee(tell: _Teller) -> Content:
    data = tell.data
    return {
        "putusan": "biaya",
        "lembar": ribuan(data["sheets"]),
        "penggandaan": f"Rp{ribuan(data['amount'] - data['sending'])}",
        **{
            name: f"Rp{ribuan(data[field])}"
            for name, field in (
                ("per_lembar", "per_sheet"), ("kirim", "sending"), ("jumlah", "amount"),
            )
        },
        "dasar": tercetak(sebaris(data["decree"]), tell.has_glyph),
        "cara_bayar": tercetak(data["how_to_pay"], tell.has_glyph),
    }  # fmt: skip


def _handing_over(tell: _Teller) -> Content:
    return {"berkas": tell.file()}


def _delivery(tell: _Teller) -> Content:
    refused = None
    if part := tell.data.get("refused_part"):
        refused = {
            "alasan": wording.reason_of(part),
            "pasal": wording.article_in_full(sebaris(part["article"])),
            "uraian": tell.text("narrative"),
            "uji": tell.consequence_test(part.get("consequence_test")),
            "dikuasai_oleh": tell.holder(part),
            "ditolak": tell.text("refused_parts"),
        }
        if not (refused["uraian"] and refused["ditolak"]):
            raise FactIncomplete("Bagian yang ditolak harus disertai alasan dan penjelasannya.")
    return {
        "berkas": tell.file(),
        "disamarkan": tell.masked(),
        "penolakan": refused,
        "akses_sampai": tell.day("access_until"),
        "biaya": f"Rp{ribuan(tell.data['fee'])}" if tell.data.get("fee") else None,
        "catatan": tell.text("cover_note"),
    }


def _refusal(tell: _Teller) -> Content:
    return tell.refusal()


def _extension(tell: _Teller) -> Content:
    return {
        "alasan": wording.said(wording.EXTENSION_REASONS, tell.data["reason_code"]),
        "uraian": tell.text("reason"),
        "batas_baru": tell.day("new_statutory_due"),
    }


def _objection(tell: _Teller) -> Content:
    ground = tell.data.get("ground")
    return {
        "keputusan": wording.said(wording.DECISIONS, tell.data["decision"]),
        "dikuatkan": tell.data["decision"] == "ditolak",
        "alasan_keberatan": wording.said(wording.GROUNDS, ground) if ground else None,
        "uraian": tell.text("reason"),
    }


def _reopening(tell: _Teller) -> Content:
    if not (why := tell.text("reason")):
        raise FactIncomplete("Pembukaan kembali harus disertai alasannya.")
    return {
        "putusan": "dibuka_kembali",
        "karena": wording.said(wording.REOPENED_BECAUSE, tell.data["basis"]),
        "dilanjutkan": wording.REOPENED_AT.get(tell.data["step"], f"langkah {tell.data['step']}"),
        "uraian": why,
    }


_CONTENTS: Mapping[str, Callable[[_Teller], Content]] = {
    "tanda_bukti_penerimaan": _receipt,
    "pemberitahuan_kekurangan": _incomplete,
    "surat_permohonan_data": _asking_the_agency,
    "pemberitahuan_tertulis": _written_notice,
    "surat_penyampaian_ppid": _handing_over,
    "pemberitahuan_tambahan": _supplementary_notice,
    "surat_penyampaian_pemohon": _delivery,
    "surat_penolakan_ppid": _refusal,
    "surat_penolakan_pemohon": _refusal,
    "pemberitahuan_perpanjangan": _extension,
    "tanggapan_keberatan": _objection,
}
