"""The questions that stand ready for an auditor: each a query with its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chassis.postgres import Pool

from requests_service.application import Requests
from requests_service.audit.asking import Asked, Row, with_requests
from requests_service.audit.filters import Filters
from requests_service.audit.one_request import difference, state_at
from requests_service.audit.question import Answer, Column, Parameter, Question
from requests_service.audit.words import READABLE
from requests_service.domain.choices import NOTICES
from requests_service.domain.sop import SOP

_ROWS_MAX = 200
"""Of an answer that has no pages: anything in it is a finding."""

_DECIDES = ("DataFoundInDip", "RequestGranted", "RequestGrantedInPart", "RequestRefused")
_WRITTEN_AFTER: Mapping[str, tuple[str, ...]] = {
    "tanda_bukti_penerimaan": ("RequestSubmitted",),
    "pemberitahuan_kekurangan": ("RequestReturned",),
    "surat_permohonan_data": ("ForwardedToPembantu",),
    "pemberitahuan_tertulis": _DECIDES,
    "surat_penyampaian_ppid": ("DataHandedOver",),
    "pemberitahuan_tambahan": ("DataMasked", "RequestRefused", "RequestReopened", "FeeStated"),
    "surat_penyampaian_pemohon": ("DataDelivered",),
    "surat_penolakan_ppid": ("RefusalSent",),
    "surat_penolakan_pemohon": ("RefusalNotified",),
    "pemberitahuan_perpanjangan": ("DeadlineExtended",),
    "tanggapan_keberatan": ("ObjectionDecided",),
}
"""Each letter, and the facts of which one must stand before it; as docs/glossary.md has them."""
_READS = ("PersonalDataRead", "OriginalRead", "PaperRead", "LetterRead")
_ERASES = ("PersonErased", "ForgettingConfirmed", "RetentionApplied")
_OWNERS = {role.value: role.label for step in SOP if step.outcomes for role in step.owners}


@dataclass(frozen=True)
class Pair:
    """Two acts that two people should do."""

    words: str
    first: tuple[str, ...]
    second: tuple[str, ...]


PAIRS: Mapping[str, Pair] = {
    "putus-keberatan": Pair(
        "memutus permohonan, lalu memutus keberatannya", _DECIDES, ("ObjectionDecided",)
    ),
    "susun-terbit": Pair(
        "menyusun, lalu menerbitkan Surat Penyampaian Data",
        ("DeliveryDrafted",),
        ("DataDelivered",),
    ),
    "serah-periksa": Pair(
        "menyerahkan data, lalu memeriksa data pribadi di dalamnya",
        ("DataHandedOver", "DataOnHandProvided"),
        ("DataMasked", "DataFoundClean"),
    ),
    "periksa-terbit": Pair(
        "memeriksa data pribadi, lalu menerbitkan Surat Penyampaian Data",
        ("DataMasked", "DataFoundClean", "EarlierClearanceCited"),
        ("DataDelivered",),
    ),
}


REQUEST = Parameter("request", "Nomor pendaftaran", "Misalnya 2026-0042.", required=True)
ANY_REQUEST = Parameter("request", "Nomor pendaftaran", "Kosong: semua permohonan.")
AS_OF = Parameter(
    "as_of", "Keadaan pada", "Tanggal, waktu, atau posisi dalam log. Kosong: sampai sekarang."
)
AS_KNOWN_AT = Parameter(
    "as_known_at",
    "Sebagaimana diketahui pada",
    "Tanggal atau waktu. Yang baru dicatat sesudahnya tidak ikut.",
)
KNOWN = (AS_OF, AS_KNOWN_AT)
_SINCE = Parameter("since", "Sejak", "Tanggal atau waktu.")
_UNTIL = Parameter("until", "Sampai", "Tanggal atau waktu.")

_POSITION = Column("position", "Posisi", "position")
_REQUEST = Column("register_number", "Permohonan", "request")
_TIME = Column("occurred_at", "Terjadi", "time")
_WHO = Column("actor", "Pelaku", "who")
_FACT = Column("type", "Peristiwa", "fact")


def _state(asked: Asked) -> Answer:
    app = asked.app
    state = state_at(app, app.reading.id_of(asked.filters.request or ""), _only_known(asked))
    return Answer(
        [
            {"what": name, "value": value}
            for name, value in (state or {}).items()
            if value not in (None, [])
        ]
    )


def _only_known(asked: Asked) -> Filters:
    f = asked.filters
    return Filters(as_of=f.as_of, as_of_position=f.as_of_position, as_known_at=f.as_known_at)


def _reads(asked: Asked) -> Answer:
    name = asked.values.get("field")
    rows, more = asked.page(
        "SELECT position, type, request_id, occurred_at, actor, role, agency, fields FROM seen"
        f" WHERE type = ANY(%s) {'AND %s = ANY(fields)' if name else ''}",
        [list(_READS), name] if name else [list(_READS)],
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _acts(asked: Asked) -> Answer:
    rows, more = asked.page(
        "SELECT position, type, request_id, occurred_at, actor, role, agency, step, late FROM seen"
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _statute(asked: Asked) -> Answer:
    """Notices after the law's deadline, and requests that had none when it was over."""
    as_of = asked.filters.as_of
    rows, more = asked.page(
        """
        SELECT position, request_id, statutory_due, issued_on
        FROM seen AS notice
        WHERE letter = ANY(%s) AND issued_on > statutory_due
          AND NOT EXISTS (
            SELECT FROM seen AS earlier
            WHERE earlier.request_id = notice.request_id AND earlier.letter = ANY(%s)
              AND earlier.position < notice.position
              AND earlier.position > coalesce((
                SELECT max(position) FROM seen AS again
                WHERE again.request_id = notice.request_id AND again.type = 'RequestReopened'
                  AND again.position < notice.position), 0))
        UNION ALL
        SELECT last.position, submitted.request_id, last.statutory_due, NULL
        FROM seen AS submitted
        CROSS JOIN LATERAL (
          SELECT position, statutory_due, next_step
          FROM seen AS own
          WHERE own.request_id = submitted.request_id AND own.register_number IS NOT NULL
          ORDER BY position DESC
          LIMIT 1) AS last
        CROSS JOIN LATERAL (
          SELECT max(position) FILTER (WHERE type = 'RequestReopened') AS reopened_at,
                 max(occurred_at) FILTER (WHERE step IS NOT NULL AND next_step IS NULL) AS ended_at
          FROM seen AS own
          WHERE own.request_id = submitted.request_id) AS known
        WHERE submitted.type = 'RequestSubmitted'
          AND NOT EXISTS (
            SELECT FROM seen AS notice
            WHERE notice.letter = ANY(%s)
              AND notice.request_id = submitted.request_id
              AND notice.position > coalesce(known.reopened_at, 0))
          AND last.statutory_due < CASE
            WHEN last.next_step IS NULL THEN (known.ended_at AT TIME ZONE 'Asia/Jakarta')::date
            ELSE %s END
        """,
        [list(NOTICES)] * 3 + [asked.app.today(as_of).day],
    )
    clocks = _clock_facts(asked, [row["request_id"] for row in rows])
    rows = [row | {"clock": clocks.get(row["request_id"], [])} for row in rows]
    return Answer(with_requests(asked.app.pool, rows), more)


def _clock_facts(asked: Asked, ids: list[Any]) -> dict[Any, list[Row]]:
    """What moved the law's clock, by request."""
    rows = asked.app.pool.query(
        "SELECT request_id, position, type, occurred_at, statutory_due FROM trail"
        " WHERE request_id = ANY(%s) AND (letter = ANY(%s) OR type IN ('RequestSubmitted',"
        " 'RequestReturned', 'RequestCompleted', 'DeadlineExtended', 'RequestReopened'))"
        " ORDER BY position",
        (ids, list(NOTICES)),
    )
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop("request_id"), []).append(row)
    return found


def _late_steps(asked: Asked) -> Answer:
    """Steps that ended after their deadline, and those that should have ended by now.

    What waits is told by the board alone, which knows only today: it is left out of a past.
    """
    f, now = asked.filters, asked.app.today()
    to_now = (f.as_of, f.as_of_position, f.as_known_at) == (None, None, None) and (
        f.until is None or f.until > now.at
    )
    rows, more = asked.page(
        """
        SELECT position, request_id, step, was_due, occurred_at, actor, role, agency
        FROM seen
        WHERE late AND next_step IS DISTINCT FROM step
        UNION ALL
        SELECT opened.position, board.id, board.step, board.due, NULL, '', board.waiting_for,
               board.agency
        FROM board
        CROSS JOIN LATERAL (
          SELECT position
          FROM trail
          WHERE request_id = board.id AND next_step = board.step
            AND step IS DISTINCT FROM next_step
          ORDER BY position DESC
          LIMIT 1) AS opened
        WHERE board.due < %s
          AND coalesce(board.register_number = %s, TRUE)
          AND coalesce(board.agency = %s, %s::text IS NULL)
          AND coalesce(board.waiting_for = %s, TRUE)
        """,
        [now.day if to_now else None, f.request, f.agency, f.agency, f.role],
    )
    return Answer(with_requests(asked.app.pool, [_with_days(asked.app, row) for row in rows]), more)


def _with_days(app: Requests, row: Row) -> Row:
    """With the day on which it was done and how many working days late that is, or is by now."""
    done_at = row.pop("occurred_at")
    today = app.today(done_at)
    days = today.calendar.working_days_between(row["was_due"], today.day)
    return row | {"done_on": today.day if done_at else None, "late_days": days}


def _same_hand(asked: Asked) -> Answer:
    pair = PAIRS[asked.values["pair"]]
    rows, more = asked.page(
        """
        SELECT second.position, min(first.position) AS first_position, second.request_id,
               second.actor, max(second.role) AS role, max(second.agency) AS agency,
               max(second.occurred_at) AS occurred_at, max(second.type) AS type
        FROM seen AS first
        JOIN seen AS second USING (request_id, actor)
        WHERE first.type = ANY(%s) AND second.type = ANY(%s) AND first.position < second.position
        GROUP BY second.position, second.request_id, second.actor
        """,
        [list(pair.first), list(pair.second)],
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _changed_after_letter(asked: Asked) -> Answer:
    rows, more = asked.page(
        """
        SELECT decided.position, decided.type, decided.request_id, decided.occurred_at,
               decided.actor, decided.role, decided.agency,
               (SELECT min(position) FROM seen AS letter
                WHERE letter.request_id = decided.request_id AND letter.letter = ANY(%s))
                 AS letter_position
        FROM seen AS decided
        WHERE (decided.type = ANY(%s)
               OR decided.type = 'ObjectionDecided' AND decided.told LIKE 'dikabulkan%%')
          AND EXISTS (
            SELECT FROM seen AS letter
            WHERE letter.request_id = decided.request_id AND letter.letter = ANY(%s)
              AND letter.position < decided.position)
        """,
        [list(NOTICES), list(_DECIDES), list(NOTICES)],
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _recorded_late(asked: Asked) -> Answer:
    rows, more = asked.page(
        "SELECT position, type, request_id, occurred_at, recorded_at, recorded_after, actor, role,"
        " agency FROM seen WHERE recorded_after > %s",
        [timedelta(seconds=asked.values["seconds"])],
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _erased(asked: Asked) -> Answer:
    rows, more = asked.page(
        "SELECT position, type, request_id, occurred_at, actor, role, agency FROM seen"
        " WHERE type = ANY(%s)",
        [list(_ERASES)],
    )
    return Answer(with_requests(asked.app.pool, rows), more)


def _gaps(asked: Asked) -> Answer:
    """In the log itself, not in the trail; whatever is found first."""
    streams = asked.app.pool.query(
        f"""
        WITH broken AS MATERIALIZED (
          -- Of the index alone: it is the whole log that is read here.
          SELECT stream, count(*) AS facts, max(version) AS version
          FROM facts
          GROUP BY stream
          HAVING count(*) <> max(version) OR min(version) <> 1
              OR sum(version) <> max(version) * (max(version) + 1) / 2
          LIMIT {_ROWS_MAX})
        SELECT (SELECT max(position) FROM facts WHERE facts.stream = broken.stream) AS position,
               'aliran ' || stream AS place,
               format('%%s peristiwa, versi terakhir %%s', facts, version) AS what
        FROM broken
        """,
        (),
    )
    numbers = asked.app.pool.query(
        f"""
        SELECT position, 'nomor pendaftaran ' || register_number AS place,
               'nomor sebelumnya ' || coalesce(before, 'tidak ada') AS what
        FROM (
          SELECT position, register_number,
                 lag(register_number) OVER (
                   PARTITION BY left(register_number, 4)
                   ORDER BY substr(register_number, 6)::integer) AS before
          FROM trail
          WHERE type = 'RequestSubmitted') AS numbered
        WHERE substr(register_number, 6)::integer
          <> coalesce(substr(before, 6)::integer, 0) + 1
        LIMIT {_ROWS_MAX}
        """,
        (),
    )
    return Answer(streams + _unlike_the_seal(asked.app.pool) + numbers)


def _unlike_the_seal(pool: Pool) -> list[Row]:
    """Positions that were sealed and are gone, or are there and were not sealed in their turn."""
    (sealed,) = pool.execute(
        "SELECT count(*), sum(hashint8extended(position, 0)), max(position) FROM sealed"
    )
    (there,) = pool.execute(
        "SELECT count(*), sum(hashint8extended(position, 0)) FROM facts WHERE position <= %s",
        (sealed[2],),
    )
    # Ten times faster than to compare one by one, which is done when these differ.
    if sealed[:2] == there:
        return []
    return pool.query(
        f"""
        WITH off AS MATERIALIZED (
          SELECT sealed.position AS sealed, fact.position AS there
          FROM sealed
          FULL JOIN (
            SELECT position
            FROM facts
            WHERE position <= (SELECT max(position) FROM sealed)) AS fact
            ON fact.position = sealed.position
          WHERE sealed.position IS NULL OR fact.position IS NULL
          LIMIT {_ROWS_MAX})
        SELECT coalesce(sealed, there) AS position,
               'posisi ' || coalesce(sealed, there) AS place,
               CASE WHEN there IS NULL
                 THEN 'disegel, tetapi tidak ada lagi dalam log'
                 ELSE 'ada dalam log di antara yang disegel, tetapi tidak disegel' END AS what
        FROM off
        """,
        (),
    )


def _changes_near(asked: Asked) -> Answer:
    around, hours = asked.values["around"], timedelta(hours=asked.values["hours"])
    rows, more = asked.page(
        "SELECT position, type, occurred_at, actor, role, agency, causation FROM seen"
        " WHERE request_id IS NULL AND type <> 'AuditQueried'"
        " AND occurred_at BETWEEN %s AND %s",
        [around - hours, around + hours],
    )
    return Answer(rows, more)


def _difference(asked: Asked) -> Answer:
    app = asked.app
    found = difference(
        app,
        app.reading.id_of(asked.filters.request or ""),
        asked.values["from"],
        asked.values["to"],
    )
    rows = [{"what": name, "then": then, "later": now} for name, then, now in found.changed]
    return Answer(rows, facts=found.facts)


def _letters_without_reason(asked: Asked) -> Answer:
    # One anti-join for each letter: each is two index scans.
    of_each = " UNION ALL ".join(
        """
        SELECT letter.position, letter.request_id, letter.letter, letter.issued_on,
               letter.occurred_at
        FROM seen AS letter
        WHERE letter.letter = %s AND NOT EXISTS (
          SELECT FROM seen AS reason
          WHERE reason.type = ANY(%s) AND reason.request_id = letter.request_id
            AND reason.position < letter.position)
        """
        for _ in _WRITTEN_AFTER
    )
    args = [arg for letter, types in _WRITTEN_AFTER.items() for arg in (letter, list(types))]
    rows, more = asked.page(of_each, args)
    return Answer(with_requests(asked.app.pool, rows), more)


QUESTIONS: Mapping[str, Question] = {
    question.code: question
    for question in (
        Question(
            "keadaan",
            "Bagaimana keadaan satu permohonan pada suatu waktu?",
            "Langkah, tenggat, putusan, dan surat sebagaimana berlaku saat itu, disusun ulang dari"
            " peristiwanya. Isi dua waktu untuk melihat apa yang waktu itu sudah diketahui.",
            (Column("what", "Hal", "field"), Column("value", "Keadaan", "value")),
            _state,
            (REQUEST, *KNOWN),
            empty="Pada waktu itu permohonan ini belum diajukan.",
        ),
        Question(
            "pembaca-data-pribadi",
            "Siapa membaca data pribadi?",
            "Setiap pembacaan identitas Pemohon oleh petugas atau oleh layanan yang menyuratinya,"
            " setiap petugas yang melihat data asli sebelum disamarkan, dan setiap surat yang"
            " dibuka, juga oleh Pemohon sendiri.",
            (_POSITION, _TIME, _REQUEST, _WHO, Column("fields", "Yang dibaca", "fields")),
            _reads,
            (
                ANY_REQUEST,
                Parameter("field", "Yang dibaca", "Kosong: semuanya.", choices=READABLE),
                *KNOWN,
            ),
            "Pembacaan data asli dan surat dari sebelum keduanya dilaporkan kemari hanya ada dalam"
            " log layanan pemeriksaan data pribadi dan persuratan.",
            "Belum ada yang membaca data pribadi itu.",
        ),
        Question(
            "tindakan-petugas",
            "Apa saja yang dilakukan satu petugas?",
            "Semua peristiwa seorang pelaku dalam kurun waktu, juga pembacaan dan tindakan yang"
            " ditolak.",
            (_POSITION, _TIME, _FACT, _REQUEST, Column("step", "Langkah", "number")),
            _acts,
            (
                Parameter(
                    "actor", "Petugas", "Nama pengguna, atau tanda pengenalnya.", required=True
                ),
                _SINCE,
                _UNTIL,
                *KNOWN,
            ),
            "Yang dikerjakannya pada layanan lain ada dalam log layanan itu.",
        ),
        Question(
            "tenggat-undang-undang",
            "Permohonan mana yang melewati tenggat undang-undang?",
            "Pemberitahuan Tertulis yang terbit sesudah tenggat Pasal 22 UU 14/2008, atau belum"
            " terbit ketika tenggat lewat; dengan peristiwa yang menggerakkan jamnya.",
            (
                _POSITION,
                _REQUEST,
                Column("statutory_due", "Tenggat", "date"),
                Column("issued_on", "Terbit", "date"),
                Column("clock", "Peristiwa jam", "clock"),
            ),
            _statute,
            (ANY_REQUEST, *KNOWN),
            empty="Tidak ada permohonan yang melewati tenggat undang-undang.",
        ),
        Question(
            "langkah-terlambat",
            "Langkah mana yang terlambat?",
            "Setiap langkah yang selesai sesudah tenggatnya: oleh siapa, tenggatnya, selesainya,"
            " dan berapa hari kerja terlambat. Langkah yang belum selesai padahal tenggatnya sudah"
            " lewat ikut tampil bila yang ditanyakan sampai hari ini. Masa yang diisi ialah waktu"
            " selesainya. Waktu menunggu kelengkapan dari Pemohon tidak dihitung.",
            (
                _POSITION,
                _REQUEST,
                Column("step", "Langkah", "step"),
                _WHO,
                Column("was_due", "Tenggat", "date"),
                Column("done_on", "Selesai", "done"),
                Column("late_days", "Terlambat", "days"),
            ),
            _late_steps,
            (
                ANY_REQUEST,
                Parameter(
                    "agency",
                    "Perangkat daerah",
                    "Yang memegang datanya; kosong: semua.",
                ),
                Parameter("role", "Pelaksana", "Kosong: semua.", choices=_OWNERS),
                _SINCE,
                _UNTIL,
                *KNOWN,
            ),
            empty="Tidak ada langkah yang terlambat.",
        ),
        Question(
            "satu-tangan",
            "Siapa mengerjakan dua hal yang seharusnya dua orang?",
            "Orang yang sama mengerjakan kedua tindakan pada permohonan yang sama.",
            (
                _POSITION,
                _REQUEST,
                _WHO,
                Column("first_position", "Yang pertama", "position"),
                _TIME,
            ),
            _same_hand,
            (
                Parameter(
                    "pair",
                    "Dua tindakan",
                    required=True,
                    default="putus-keberatan",
                    choices={code: pair.words for code, pair in PAIRS.items()},
                ),
                ANY_REQUEST,
                *KNOWN,
            ),
            "Pemeriksa data pribadi adalah yang dilaporkan layanan privacy.",
            "Tidak ada yang mengerjakan keduanya.",
        ),
        Question(
            "putusan-sesudah-surat",
            "Putusan mana yang berubah sesudah suratnya terbit?",
            "Putusan lain, atau keberatan yang dikabulkan, sesudah Pemberitahuan Tertulis atau"
            " surat kepada Pemohon terbit.",
            (
                _POSITION,
                _TIME,
                _FACT,
                _REQUEST,
                _WHO,
                Column("letter_position", "Surat pertama", "position"),
            ),
            _changed_after_letter,
            (ANY_REQUEST, *KNOWN),
        ),
        Question(
            "terlambat-dicatat",
            "Peristiwa mana yang dicatat lama sesudah terjadi?",
            "Selisih antara terjadinya dan dicatatnya suatu peristiwa melebihi batas. Laporan"
            " layanan lain wajar terlambat beberapa detik.",
            (
                _POSITION,
                _TIME,
                Column("recorded_after", "Dicatat sesudah", "span"),
                _FACT,
                _REQUEST,
                _WHO,
            ),
            _recorded_late,
            (
                Parameter("seconds", "Lebih dari (detik)", required=True, default="300"),
                _SINCE,
                _UNTIL,
                *KNOWN,
            ),
        ),
        Question(
            "penghapusan",
            "Data pribadi siapa yang sudah dihapus?",
            "Setiap penghapusan, dengan bukti segelnya. Setelah itu tulisan dan identitas Pemohon"
            " tidak terbaca oleh siapa pun; peristiwanya tetap ada.",
            (_POSITION, _TIME, _FACT, _REQUEST, _WHO, Column("position", "Bukti", "proof")),
            _erased,
            (ANY_REQUEST, *KNOWN),
            "Kunci di layanan lain dihancurkan oleh layanan itu; jawabannya kepada layanan ini ikut"
            " tercantum bila sudah datang.",
            "Belum ada data pribadi yang dihapus.",
        ),
        Question(
            "celah",
            "Adakah celah atau rangkap dalam catatan?",
            "Versi tiap aliran harus berurut dari 1 tanpa celah, setiap peristiwa yang disegel"
            " harus masih ada dan tidak ada yang disisipkan di antaranya, dan nomor pendaftaran"
            " setahun harus berurut. Posisi boleh berlubang: itu bekas transaksi yang batal.",
            (_POSITION, Column("place", "Di mana"), Column("what", "Temuan")),
            _gaps,
            elsewhere="Nomor surat diperiksa dalam log layanan letters.",
            empty="Tidak ada celah dan tidak ada rangkap.",
        ),
        Question(
            "perubahan-sekitar",
            "Akun, kunci, atau pengaturan apa yang berubah di sekitar suatu kejadian?",
            "Peristiwa yang bukan tentang permohonan: akun petugas, upaya masuk yang ditolak,"
            " kunci segel, masa simpan, dan tabel SOP, kalender, city.toml, atau versi program"
            " yang berubah.",
            (_POSITION, _TIME, _FACT, _WHO),
            _changes_near,
            (
                Parameter("around", "Waktu kejadian", "Tanggal atau waktu.", required=True),
                Parameter("hours", "Jam sebelum dan sesudah", required=True, default="24"),
                *KNOWN,
            ),
            "Isi pengaturan yang berubah ada pada operator; log ini menyimpan nama dan sidik"
            " jarinya. Peran basis data ada di luar log ini.",
        ),
        Question(
            "beda",
            "Apa yang berubah pada satu permohonan di antara dua waktu?",
            "Keadaan permohonan pada kedua waktu dibandingkan; di bawahnya peristiwa yang"
            " membuatnya berbeda.",
            (
                Column("what", "Hal", "field"),
                Column("then", "Semula", "value"),
                Column("later", "Menjadi", "value"),
            ),
            _difference,
            (
                REQUEST,
                Parameter("from", "Dari", "Tanggal, waktu, atau posisi.", required=True),
                Parameter("to", "Sampai", "Tanggal, waktu, atau posisi. Kosong: sekarang."),
                AS_KNOWN_AT,
            ),
            empty="Tidak ada yang berbeda.",
        ),
        Question(
            "surat-tanpa-dasar",
            "Surat mana yang tidak sesuai dengan putusannya?",
            "Setiap surat terbit karena suatu peristiwa, misalnya Surat Penolakan karena"
            " penolakan. Di sini tampil surat yang tidak didahului peristiwa itu.",
            (
                _POSITION,
                _TIME,
                _REQUEST,
                Column("letter", "Surat", "letter"),
                Column("issued_on", "Terbit", "date"),
            ),
            _letters_without_reason,
            (ANY_REQUEST, *KNOWN),
            "Isi surat ada pada layanan letters; log ini menyimpan jenis, nomor, dan sidiknya."
            " Cocokkan sebuah PDF di halaman Periksa Surat.",
            "Setiap surat didahului peristiwa yang menjadi dasarnya.",
        ),
    )
}
