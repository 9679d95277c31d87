"""Search: stems, beginnings of words, roots, order, and whatever anybody types."""

import json
import time

import pytest
from catalog_service import views
from catalog_service.domain.errors import BadCursor
from catalog_service.domain.searching import parse, roots

from .conftest import ROOT, WALIDATA, described

CONCEPTS = ROOT.parent / "shared" / "data" / "open" / "katalog"


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("kependudukan", "penduduk"),
        ("persekolahan", "sekolah"),
        ("perumahan", "rumah"),
        ("kesehatan", "sehat"),
        ("pertanian", "tani"),
    ],
)
def test_affixes_are_taken_off_where_enough_remains(word, root):
    assert (root in roots(word)) is (len(root) >= 5)


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others():
    assert parse("data jumlah penduduk di kelurahan").words == ("jumlah", "penduduk", "kelurahan")
    assert parse("di").words == ("di",)


def test_signs_of_a_search_language_are_left_to_the_database():
    assert parse('"jumlah penduduk"').words == ()
    assert parse("umkm -pasar").words == ()
    assert parse("PBB-P2").words == ("pbb", "p2")


HOSTILE = [
    "'", '"', '"""', "\\", "%", "_", "%%%", "'; DROP TABLE datasets; --", "a' OR '1'='1",
    "\x00", "pasar\x00", "\ud800", "&|!:*()<->", "<script>alert(1)</script>", "-", "- -",
    "OR or OR",
    "a" * 10_000, "a " * 5_000, "\ue000x\ue001", "\U0001f600", "ﷺ", "\u202epasar", "{0}%s%(x)s",
    "pasar:*", "..", "!!", "(((", "NULL",
]  # fmt: skip


@pytest.mark.servers
class TestFinding:
    @pytest.fixture
    def pool_of_demo(self, demo, pool):
        return pool

    def _slugs(self, pool, typed, **chosen):
        return [row["slug"] for row in views.datasets(pool, typed, **chosen).rows]

    def test_what_the_indonesian_configuration_does(self, pool):
        words = ("penduduk", "kependudukan", "sekolah", "persekolahan", "kesehatan", "sehat")
        stems = {
            word: pool.execute("SELECT to_tsvector('indonesian', %s)::text", (word,))[0][0]
            for word in words
        }

        assert stems == {
            "penduduk": "'duduk':1",
            "kependudukan": "'nduduk':1",
            "sekolah": "'seko':1",
            "persekolahan": "'sekolah':1",
            "kesehatan": "'sehat':1",
            "sehat": "'sehat':1",
        }

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("jumlah penduduk", "jumlah-penduduk-per-kelurahan"),
            ("kependudukan", "jumlah-penduduk-per-kelurahan"),
            ("persekolahan", "angka-partisipasi-sekolah"),
            ("puskes", "sebaran-puskesmas"),
            ("harga cabai", "harga-bahan-pokok-mingguan"),
            ("jalan rusak", "panjang-jalan-menurut-kondisi"),
            ("ispu", "kualitas-udara-harian"),
            ("jumlah_kios_dan_los", "pasar-rakyat"),
            ("pelaku umkm", "data-pelaku-umkm-per-kelurahan"),
            ("HUTAN KOTA", "ruang-terbuka-hijau"),
            ("dinas lingkungan hidup sampah", "timbulan-sampah-bulanan"),
            ('"bantuan sosial" kecamatan', "penerima-bantuan-sosial-per-kecamatan"),
        ],
    )
    def test_what_was_meant_stands_first(self, pool_of_demo, typed, first):
        assert self._slugs(pool_of_demo, typed)[0] == first

    def test_a_typed_beginning_of_a_word_finds(self, pool_of_demo):
        for end in range(3, 9):
            found = self._slugs(pool_of_demo, "stunting"[:end])
            assert "prevalensi-stunting-per-kecamatan" in found

    def test_a_title_counts_more_than_a_description(self, catalog, pool):
        for title, text in (
            ("Sebaran kolam", "Tidak tentang itu."),
            ("Lain", "Ada kolam di sini."),
        ):
            changes = {"title": title, "description": text}
            catalog.import_dataset(title.encode(), "a.csv", described(**changes), WALIDATA)

        assert self._slugs(pool, "kolam") == ["sebaran-kolam", "lain"]

    def test_minus_leaves_out_and_or_adds(self, pool_of_demo):
        assert self._slugs(pool_of_demo, "pasar -harga") == ["pasar-rakyat"]
        either = self._slugs(pool_of_demo, "stunting or sampah")
        assert sorted(either) == ["prevalensi-stunting-per-kecamatan", "timbulan-sampah-bulanan"]

    def test_filters_narrow_and_facets_count_what_each_would_give(self, pool_of_demo):
        found = self._slugs(pool_of_demo, "", topic="kesehatan", format="geojson")
        facets = views.facets(pool_of_demo, "", topic="kesehatan")

        assert found == ["sebaran-puskesmas"]
        assert dict(facets["topic"])["ekonomi"] == 4
        assert dict(facets["format"]) == {"csv": 1, "geojson": 1}

    @pytest.mark.parametrize("typed", ["", "kecamatan"])
    def test_pages_by_cursor_give_each_dataset_once(self, pool_of_demo, typed):
        seen, cursor = [], ""
        while cursor is not None:
            page = views.datasets(pool_of_demo, typed, cursor=cursor, limit=4)
            seen += [row["slug"] for row in page.rows]
            cursor = page.next_cursor

        assert len(seen) == len(set(seen)) == page.total > 4

    def test_a_cursor_that_is_none_is_refused_with_a_sentence(self, pool):
        for cursor in ("x", "!!", "W10", "bnVsbA", "WyJhIiwiYiJd", "\ud800", "1" * 9_999):
            with pytest.raises(BadCursor, match="awal daftar"):
                views.datasets(pool, "pasar", cursor=cursor)

    def test_whatever_is_typed_is_searched_for_and_nothing_breaks(self, pool_of_demo):
        for typed in HOSTILE:
            views.datasets(pool_of_demo, typed, topic=typed[:50], agency=typed[:50])
            page = views.datasets(pool_of_demo, typed)
            views.facets(pool_of_demo, typed)
            views.dip(pool_of_demo, typed)
            views.meant(pool_of_demo, typed)
            assert page.total <= 18, typed

        assert views.numbers(pool_of_demo)["datasets"] == 18

    def test_a_slip_of_the_pen_gets_another_spelling(self, pool_of_demo):
        assert views.meant(pool_of_demo, "pendduk kelurhan") == "penduduk kelurahan"
        assert views.meant(pool_of_demo, "zzzzqqq") is None

    def test_the_daftar_informasi_publik_is_searched_the_same_way(self, pool_of_demo):
        assert [row["id"] for row in views.dip(pool_of_demo, "profil umkm").rows] == [
            "DIP-2026-008"
        ]
        page = views.dip(pool_of_demo, "", category="serta_merta")
        assert page.total == 3

    @pytest.mark.skipif(
        not CONCEPTS.is_dir(),
        reason="../shared/data/open is not here: search was NOT tried on 4,505 concepts",
    )
    def test_among_thousands_of_concepts_the_right_one_is_found_within_a_second(
        self, catalog, pool
    ):
        path = CONCEPTS / "sdsn_standar_data_statistik_nasional.json"
        records = json.loads(path.read_text())
        catalog.import_dataset(None, "", _concept(0, records[0]), WALIDATA)
        _copy_concepts(pool, records)

        began = time.monotonic()
        found = views.datasets(pool, "angka kematian bayi")
        took = time.monotonic() - began

        assert "kematian bayi" in found.rows[0]["title"].lower()
        assert took < 1.0


def _concept(number, record):
    return described(
        slug=f"konsep-{number}",
        title=record["konsep"][:180] or "tanpa nama",
        description=record["definisi"][:3_000] or "-",
        access="restricted",
        licence="terbatas",
    )


def _copy_concepts(pool, records):
    """Straight into the table: importing them one by one would try patience, not search."""
    with pool.transaction() as cur:
        for number, record in enumerate(records[1:], 1):
            made = _concept(number, record)
            cur.execute(
                """
                INSERT INTO datasets (id, slug, title, description, agency, agency_name, topic,
                  period, frequency, licence, keywords, access, note, concept, definition,
                  classification, measure, unit, added_at, updated_at)
                SELECT gen_random_uuid(), %s, %s, %s, agency, agency_name, topic, period, frequency,
                  licence, keywords, access, note, concept, definition, classification, measure,
                  unit, added_at, updated_at
                FROM datasets WHERE slug = 'konsep-0'
                """,
                (made["slug"], made["title"].replace("\0", ""), made["description"]),
            )
