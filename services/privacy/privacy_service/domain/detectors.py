"""How each kind of personal data is recognised: by a column's title, by its values, inside a text.

One row a kind. A new kind is a new row; nothing else asks which kinds there are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from privacy_service.domain import identifiers
from privacy_service.domain.identifiers import SEPARATOR, plain
from privacy_service.domain.kinds import Kind

Plain = Callable[[str], str | None]
"""A text's plain form when it is of the kind, else None."""


@dataclass(frozen=True)
class Detector:
    kind: Kind
    titles: tuple[str, ...]
    """Words of a column's title, in this order and side by side."""
    not_titles: tuple[str, ...] = ()
    """Words that make it another thing: `alamat web` is no address of a person."""
    sure_titles: tuple[str, ...] = ()
    """As `titles`, whatever else stands there: `nama pemilik usaha` is a person's."""
    value: Plain | None = None
    """What a whole cell must be, in a column with such a title."""
    anywhere: Plain | None = None
    """Stricter: what a whole cell must be for the values alone to speak."""
    share_min: float = 0.6
    """Of the filled cells, so many must be of the kind when no title says so; above 1: never."""
    in_text: re.Pattern[str] | None = None
    """Where to look inside a text; what is found there must pass `anywhere` (or needs no proof)."""
    group: int = 0
    title_alone: bool = True
    """Whether the title is enough, whatever the values are."""
    propagates: bool = True
    """Whether a value confirmed in a column is also looked for in all others."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+|\d+")
_SEPARATED = rf"(?:{SEPARATOR}{{0,2}}\d)"
_NAME_WORDS = r"(?:[A-Z][\w'’.-]*|[A-Z]\.)(?:\s+(?:bin|binti|van|de|al|el|[A-Z][\w'’.-]*)){0,4}"
_DATE = r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{4}|\d{4}-\d{2}-\d{2}"
_ROLES = (
    "pemohon", "siswa", "pegawai", "penduduk", "pasien", "ibu", "ayah", "bapak", "suami", "istri",
    "isteri", "anak", "bayi", "balita", "pemilik", "penerima", "wali", "ortu", "orang", "karyawan",
    "pelanggan", "peserta", "direktur", "pimpinan", "ketua", "petugas", "guru", "dosen", "mhs",
    "mahasiswa", "warga", "nasabah", "pengurus", "anggota", "pekerja", "korban", "pelapor",
    "terlapor", "pendaftar", "pengusaha", "pelaku", "kepala", "pj", "pic", "krt", "kk",
    "penanggung", "kontak", "pendamping", "bendahara", "sekretaris", "lansia", "pewaris",
)  # fmt: skip
_NAMED_AFTER = (
    "pembina", "pendamping", "pemilik", "pengelola", "penyewa", "ketua", "sekretaris", "bendahara",
    "pengurus", "pengawas", "petugas", "penanggung jawab", "pengusaha", "suami", "istri", "isteri",
    "anak", "ayah", "ahli waris", "saksi", "karyawan", "direktur", "pimpinan", "kepala keluarga",
    "pelapor", "terlapor", "pemohon", "penerima", "pelaku", "wali murid", "guru", "dokter", "oleh",
    "hubungi", "kontak", "milik", "bersama", "penjamin", "dengan",
)  # fmt: skip
_BODIES = (
    "Kelompok", "Koperasi", "Dinas", "Badan", "Bagian", "Kecamatan", "Kelurahan", "Desa", "Dusun",
    "Kota", "Kabupaten", "Provinsi", "Pemerintah", "Tim", "Panitia", "Karang", "Posyandu", "Pasar",
    "Paguyuban", "Yayasan", "Perusahaan", "Usaha", "Toko", "Warung", "Bank", "Rumah", "Sekolah",
    "Universitas", "Puskesmas", "Program", "Kantor", "Balai", "Unit", "Wali", "Komisi", "Dewan",
    "Ibu", "Bapak", "Pak", "Bu", "Sdr", "Sdri", "Saudara", "Saudari", "Bpk", "Hj", "Mas", "Mbak",
    "Satuan", "Forum", "Asosiasi", "Lembaga", "Pusat", "Bantuan", "Bidang", "Seksi", "Kepala",
)  # fmt: skip
_NOT_A_PERSON = re.compile(
    r"^(?:pt|cv|ud|pd|tb|fa|kud|koperasi|kop|toko|warung|rm|kab|kabupaten|kota|kec|kecamatan|kel|"
    r"kelurahan|desa|provinsi|prov|dinas|badan|kantor|bagian|sd|sdn|sdit|smp|smpn|sma|sman|smk|"
    r"smkn|mi|min|mts|mtsn|ma|man|tk|paud|ra|universitas|institut|politeknik|stie|rs|rsu|rsud|rsia|"
    r"puskesmas|klinik|apotek|posyandu|pasar|taman|masjid|gereja|pura|vihara|hotel|jalan|jl|yayasan|"
    r"lembaga|kelompok|kelompok|bank|bpr|pulau|gunung|sungai|stasiun|bandara|pelabuhan|terminal|"
    r"republik|indonesia|jumlah|total|rumah|hamil|menyusui|melahirkan|bersalin|nifas|guru|camat|"
    r"lurah|bupati|walikota|wali|gubernur|presiden|kepala|ketua|direktur|menteri|pimpinan)\b",
    re.IGNORECASE,
)


def words(title: str) -> list[str]:
    """`NoHP`, `no_hp` and `No. HP` are the words `no` and `hp`."""
    return [word.casefold() for word in _WORD.findall(plain(title))]


def person_name(text: str) -> str | None:
    """One to six words of letters that begin with no word for a thing."""
    name = " ".join(plain(text).split())
    if not 2 <= len(name) <= 60 or _NOT_A_PERSON.match(name):
        return None
    if not re.fullmatch(r"[^\W\d_][^\d_]*", name) or re.search(r"[=+@#%!?:;/\\]", name):
        return None
    return name.casefold() if len(name.split()) <= 8 else None


def full_name(text: str) -> str | None:
    """Two words and more, each with a capital: what a name looks like where no title says so."""
    name = person_name(text)
    written = re.sub(r",.*", "", " ".join(plain(text).split()))
    return name if name and _FULL_NAME.fullmatch(written) else None


def may_be_names(title: str) -> bool:
    """Whether nothing in the title says that it is about a thing."""
    of_things = {*BY_KIND[Kind.NAME].not_titles, *_NOTES} - {"kolom"}
    return not of_things & set(words(title))


def address(text: str) -> str | None:
    """A street, a number and so on; in a column titled as such anything that is long enough."""
    line = " ".join(plain(text).split()).casefold()
    return line if len(line) >= 5 and any(map(str.isalpha, line)) else None


def address_by_words(text: str) -> str | None:
    return address(text) if _STREET.search(plain(text)) else None


def _some_digits(text: str) -> str | None:
    number = identifiers.digits(text)
    return number if 6 <= len(number) <= 22 else None


def _letters_and_digits(text: str) -> str | None:
    code = re.sub(r"[\s.\-/]", "", plain(text)).casefold()
    return code if 4 <= len(code) <= 25 and any(map(str.isdigit, code)) else None


def _filled(text: str) -> str | None:
    return " ".join(plain(text).split()).casefold() or None


_FULL_NAME = re.compile(r"(?:[A-ZÀ-Þ][\w'’-]*\.? ?){2,6}")
_NOTES = {
    *("keterangan", "ket", "catatan", "uraian", "deskripsi", "pekerjaan", "profesi", "pendidikan"),
    *("tujuan", "alasan", "hasil", "tindakan", "keluhan", "agama", "hobi", "judul"),
}
_STREET = re.compile(
    r"\b(?:jl|jln|jalan|gg|gang|dusun|dsn|perum|perumahan|komplek|kompleks)\b\.?\s*[^\W\d]"
    r"|\bR[TW]\b\.?\s*[:.]?\s*\d",
    re.IGNORECASE,
)
_ADDRESS_IN_TEXT = re.compile(
    r"\b(?:(?:jl|jln|gg)\b\.?|(?:jalan|gang|dusun|dsn|perum|perumahan|komplek|kompleks)\b)\s+"
    r"(?-i:[A-Z0-9])[\w.'’-]*"
    r"(?:[\s,]+(?:(?:no|nomor|blok|kav|rt|rw|kel|kec|kelurahan|kecamatan|desa|dusun|kota|kab)\b"
    r"[.:]?|[A-Z]?\d+[\w/.-]*|(?-i:[A-Z])[\w.'’-]*|/)){0,14}"
    r"|\bRT\b\.?\s*[:.]?\s*\d+\s*[,/]?\s*(?:RW\b\.?\s*[:.]?\s*\d+)?",
    re.IGNORECASE,
)

DETECTORS: tuple[Detector, ...] = (
    Detector(
        Kind.KK,
        ("kk", "no kk", "nomor kk", "nokk", "nkk", "kartu keluarga", "no kartu keluarga"),
        ("kepala", "nama", "jumlah", "jml", "alamat", "status"),
        value=identifiers.nik,
        share_min=1.1,
    ),
    Detector(
        Kind.NIK,
        ("nik", "no nik", "nonik", "no ktp", "noktp", "nomor ktp", "ktp",
         "nomor induk kependudukan",
         "nomor identitas", "no identitas", "ektp", "nik ktp", "id penduduk"),
        ("alamat", "nama", "status", "jumlah", "jml", "tanggal", "tgl", "sesuai"),
        value=identifiers.nik,
        anywhere=identifiers.nik,
        # One in 1,750 random numbers of 16 digits passes: three in a column are no chance.
        share_min=0.1,
        in_text=re.compile(rf"(?<!\d)\d{_SEPARATED}{{15}}(?!\d)"),
    ),
    Detector(
        Kind.NIP,
        ("nip", "nomor induk pegawai", "nip pegawai", "nrp", "nuptk", "nipy"),
        ("nama", "jumlah", "jml", "status"),
        value=identifiers.nip,
        anywhere=identifiers.nip,
        share_min=0.3,
        in_text=re.compile(r"(?<!\d)\d{8} ?\d{6} ?\d ?\d{3}(?!\d)"),
    ),
    Detector(
        Kind.NPWP,
        ("npwp", "no npwp", "nomor npwp", "nonpwp", "nomor pokok wajib pajak"),
        ("nama", "status", "jumlah", "jml", "alamat"),
        value=identifiers.npwp,
        anywhere=identifiers.npwp,
        share_min=1.1,
        in_text=re.compile(
            r"(?<!\d)\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}(?!\d)"
            r"|(?i:(?<=npwp )|(?<=npwp: )|(?<=npwp:))\d{15,16}(?!\d)"
        ),
    ),
    Detector(
        Kind.PHONE,
        ("hp", "no hp", "nohp", "nomor hp", "telp", "tlp", "telepon", "telpon", "notelp", "no telp",
         "nomor telepon", "handphone", "ponsel", "wa", "nowa", "whatsapp", "phone", "mobile",
         "kontak", "contact", "nomor kontak", "hotline", "selular", "seluler", "cp", "msisdn"),
        ("nama", "jumlah", "jml", "pengguna", "surel", "email", "akses", "sambungan"),
        value=identifiers.phone,
        anywhere=identifiers.mobile,
        in_text=re.compile(
            rf"(?<![\d+])(?:\(?\+62\)?{SEPARATOR}{{0,2}}|62[\s-]?|0)(?:\(0\))?8{_SEPARATED}{{7,11}}(?!\d)"
        ),
    ),
    Detector(
        Kind.EMAIL,
        ("email", "e mail", "surel", "mail", "alamat email", "alamat surel", "pos el", "posel"),
        ("jumlah", "jml", "nama"),
        value=identifiers.email,
        anywhere=identifiers.email,
        share_min=0.1,
        in_text=re.compile(
            r"[\w.%+'-]+(?:@|\s*[\[(]\s*at\s*[\])]\s*)[\w-]+(?:(?:\.|\s*[\[(]\s*(?:dot|titik)"
            r"\s*[\])]\s*)[\w-]+)+",
            re.IGNORECASE,
        ),
    ),
    Detector(
        Kind.BIRTH_DATE,
        ("tanggal lahir", "tgl lahir", "tgl lhr", "tgllahir", "tgllhr", "tanggallahir", "lahir tgl",
         "tgl kelahiran", "tanggal kelahiran", "ttl", "tempat tanggal lahir", "tempat tgl lahir",
         "dob", "birth date", "birthdate", "date of birth", "tglahir"),
        ("jumlah", "jml"),
        value=identifiers.birth_date,
        in_text=re.compile(
            rf"\b(?:lahir|ttl|tgl\.? ?lahir|tanggal lahir)\b[^\d\n]{{0,40}}?({_DATE})",
            re.IGNORECASE,
        ),
        group=1,
        propagates=False,
    ),
    Detector(
        Kind.NAME,
        ("nama", "nm", "name", "responden", "pemilik", "nama operator", "nama pengelola",
         "nama kelompok orang", "penerima"),
        ("provinsi", "propinsi", "prov", "kabupaten", "kab", "kota", "kecamatan", "kec",
         "kelurahan",
         "kel", "desa", "wilayah", "daerah", "barang", "produk", "usaha", "perusahaan", "sekolah",
         "instansi", "dinas", "opd", "skpd", "unit", "jalan", "toko", "merek", "komoditas",
         "kegiatan",
         "program", "file", "dataset", "kolom", "indikator", "sektor", "pasar", "rs", "puskesmas",
         "koperasi", "lembaga", "jabatan", "obat", "penyakit", "jenis", "status", "stasiun",
         "badan",
         "kapal", "pulau", "tempat", "lokasi", "proyek", "paket", "aset", "bank", "jumlah", "jml",
         "kategori", "klasifikasi", "satuan", "kode", "negara", "country", "region", "district",
         "display", "title", "apotek", "hotel", "taman", "bidang", "bangunan", "kelas", "jurusan",
         "prodi", "fakultas", "universitas", "kampus", "event", "acara", "kelompok", "domain",
         "nik", "ktp", "no", "nomor", "tgl", "tanggal", "alamat", "telp", "hp", "umur", "usia",
         "bantuan", "manfaat", "layanan", "program"),
        sure_titles=(
            "nama lengkap", "full name", "fullname", "namalengkap", "nama panggilan", "surname",
            *(f"{form} {role}" for form in ("nama", "nm") for role in _ROLES),
            "kepala keluarga", "penanggung jawab", "ibu kandung", "ahli waris",
        ),
        value=person_name,
        anywhere=person_name,
        share_min=1.1,
        in_text=re.compile(
            r"(?:\b(?i:bpk|bapak|pak|bu|ibu|mas|mbak|kak|sdr|sdri|saudara|saudari|atas nama|"
            r"bernama|ny|tn|hj|almarhum|almarhumah|alm|ananda)\b\.?\s*:?\s+"
            r"|\b(?i:nama\s*[:=]|a\.n\.?|an\.|a/n)\s*"
            # `pembina Arif Purnomo` is somebody; `ketua RT` and `pembina Koperasi Maju` are not.
            rf"|\b(?i:{'|'.join(_NAMED_AFTER)})\b\s*:?\s+(?=[A-Z][a-z'’]+\s+[A-Z][a-z'’.])"
            rf"(?!(?:{'|'.join(_BODIES)})\b))"
            r"(?:(?:H|Hj|dr|Dr|Ir|Drs|Dra|Prof)\.\s*)*"
            rf"({_NAME_WORDS})"
        ),
        group=1,
        title_alone=False,
    ),
    Detector(
        Kind.ADDRESS,
        ("alamat", "almt", "alamat rumah", "alamat ktp", "alamat domisili", "alamat lengkap",
         "domisili", "tempat tinggal", "address", "alamat pemohon", "alamat siswa"),
        ("web", "website", "url", "ip", "email", "surel", "situs", "kantor", "usaha", "perusahaan",
         "sekolah", "instansi", "link", "jumlah", "jml", "proyek", "kegiatan", "mac", "lembaga"),
        value=address,
        anywhere=address_by_words,
        in_text=_ADDRESS_IN_TEXT,
    ),
    Detector(
        Kind.ACCOUNT,
        ("rekening", "no rekening", "no rek", "norek", "nomor rekening", "norekening", "rek bank"),
        ("kode", "nama", "jumlah", "uraian", "belanja", "jenis", "bank"),
        value=_some_digits,
    ),
    Detector(
        Kind.CARD,
        ("bpjs", "no bpjs", "nomor bpjs", "jkn", "no kartu", "nomor kartu", "kis", "nisn", "paspor",
         "passport", "no paspor", "sim", "no sim", "nomor sim", "nopol", "no polisi", "plat nomor",
         "nomor kendaraan", "no rm", "rekam medis", "no rekam medis", "no akta", "nomor akta",
         "nim"),
        ("jumlah", "jml", "jenis", "nama", "status", "peserta", "tanggal", "tgl", "keluarga"),
        value=_letters_and_digits,
    ),
    Detector(
        Kind.SPECIFIC,
        ("agama", "diagnosa", "diagnosis", "penyakit", "riwayat penyakit", "golongan darah",
         "goldar",
         "disabilitas", "jenis disabilitas", "gol darah", "kondisi kesehatan", "hiv", "odha",
         "gangguan jiwa", "catatan kejahatan", "sidik jari", "foto wajah"),
        ("jumlah", "jml", "kode", "nama", "kategori", "kasus", "total", "angka", "persentase"),
        value=_filled,
        propagates=False,
        title_alone=False,
    ),
)  # fmt: skip

BY_KIND = {detector.kind: detector for detector in DETECTORS}
_NOT_OF_A_PERSON = re.compile(r"\b(?:ibu ?kota|wali ?kota|anak perusahaan|nama ibu ?kota)\b")
PROVEN = frozenset({Kind.NIK, Kind.EMAIL, Kind.PHONE, Kind.NPWP, Kind.NIP})
"""What proves itself: none of these may be left, wherever it comes from."""
_COUNTED = {"jumlah", "jml", "total", "persentase", "persen", "rata", "rasio", "angka", "indeks"}
_ONLY_DIGITS = {Kind.NIK, Kind.NIP, Kind.NPWP, Kind.PHONE, Kind.BIRTH_DATE}
_IN_TEXT = tuple(
    (detector, detector.in_text, detector.kind in _ONLY_DIGITS)
    for detector in DETECTORS
    if detector.in_text is not None
)


def titled(title: str) -> Detector | None:
    """The row whose words stand in the title; the longest wins (`nama ibu kandung`)."""
    # `NoHP` is two words, but `WhatsApp` is one.
    return _titled(words(title)) or _titled(_LETTERS.findall(plain(title).casefold()))


def _titled(of_title: list[str]) -> Detector | None:
    joined = _NOT_OF_A_PERSON.sub(" ", " ".join(of_title))
    if not of_title or of_title[0] in _COUNTED:
        return None
    best: tuple[int, Detector] | None = None
    for detector in DETECTORS:
        other_thing = set(detector.not_titles) & set(of_title)
        for wanted in detector.sure_titles + (() if other_thing else detector.titles):
            if f" {wanted} " in f" {joined} " and (best is None or len(wanted) > best[0]):
                best = (len(wanted), detector)
    return best[1] if best else None


@dataclass(frozen=True)
class Hit:
    """A piece of a text, from `start` to `end`, that is of the kind."""

    kind: Kind
    start: int
    end: int


def hits(text: str) -> Iterator[Hit]:
    """Every piece of personal data inside a text, by the rows that can prove theirs."""
    if _DECIMAL.fullmatch(text):
        return
    has_digits = len(text) > 8 and _DIGIT.search(text) is not None
    has_words = " " in text or "." in text
    for detector, pattern, needs_digits in _IN_TEXT:
        # A look that costs little, before the search that costs much.
        if not (has_digits if needs_digits else has_words):
            continue
        position = 0
        while found := pattern.search(text, position):
            start, end = found.span(detector.group)
            if detector.anywhere is None or detector.anywhere(text[start:end]):
                yield Hit(detector.kind, start, end)
                position = max(end, position + 1)
            else:
                # A number may begin inside what looked like another one.
                position = found.start() + 1


_DECIMAL = re.compile(r"(?!08)[-+]?\d{1,5}[.,]\d+")
"""`62.81234567890` is a measure, though it has the digits of a telephone."""
_DIGIT = re.compile(r"\d")
