"""The JSON API, and CKAN's, as its clients ask."""

import hashlib
import json

import pytest

from .conftest import DEMO, described

pytestmark = pytest.mark.servers


@pytest.fixture
def api(demo, client):
    return client


def test_datasets_are_found_and_paged(api):
    first = api.get("/api/catalog/datasets", params={"q": "kecamatan", "limit": 5}).json()
    rest = api.get(
        "/api/catalog/datasets",
        params={"q": "kecamatan", "limit": 100, "cursor": first["next_cursor"]},
    ).json()

    slugs = [item["slug"] for item in first["items"] + rest["items"]]
    assert len(slugs) == len(set(slugs)) == first["total"]
    assert rest["next_cursor"] is None


def test_a_dataset_tells_its_standar_data_and_where_its_file_is(api):
    found = api.get("/api/catalog/datasets/pasar-rakyat").json()

    assert found["standar_data"]["unit"] == "Unit"
    data = api.get(found["file"]["address"].removeprefix("http://testserver")).content
    assert data == (DEMO / "files" / "pasar_rakyat.geojson").read_bytes()
    assert hashlib.sha256(data).hexdigest() == found["file"]["digest"]


def test_a_restricted_dataset_says_how_to_apply(api):
    found = api.get("/api/catalog/datasets/data-pelaku-umkm-per-kelurahan").json()

    assert found["file"] is None
    assert found["apply"].endswith("/permohonan/formulir?data=data-pelaku-umkm-per-kelurahan")


def test_rows_come_as_text_and_from_where_one_wants(api):
    path = "/api/catalog/datasets/jumlah-penduduk-per-kelurahan/rows"

    assert api.get(path, params={"limit": 2, "after": 56}).json()["rows"][0][2] == "Tasikmadu"
    assert api.get(path, params={"after": 57}).json()["rows"] == []
    assert api.get(path, params={"limit": 100_000}).status_code == 422


def test_head_tells_the_size_without_counting_a_download(api, pool):
    path = "/api/catalog/datasets/pasar-rakyat/file"

    head = api.head(path)

    assert head.content == b""
    assert int(head.headers["content-length"]) == len(api.get(path).content)
    assert pool.execute("SELECT count(*) FROM downloads") == [(1,)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/catalog/datasets/tidak-ada", 404),
        ("/api/catalog/datasets?cursor=x", 400),
        ("/api/catalog/datasets?limit=0", 422),
        ("/api/catalog/dip/TIDAK-ADA", 404),
        ("/api/catalog/datasets/data-pelaku-umkm-per-kelurahan/rows", 403),
    ],
)
def test_a_refusal_is_a_problem_with_a_sentence(api, path, status):
    answer = api.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["title"]) > 10


def test_the_walidata_imports_over_the_api(api, signed_in):
    metadata = json.dumps(described(title="Daftar Halte"))
    files = {"file": ("halte.csv", b"nama,x\nA,1\n")}

    answer = signed_in("walidata").post(
        "/api/catalog/datasets", data={"metadata": metadata}, files=files
    )

    assert answer.status_code == 201
    assert answer.json() == {"slug": "daftar-halte", "version": 1, "new_version": True}
    for wrong in ("[]", "{", "{}"):
        answer = api.post("/api/catalog/datasets", data={"metadata": wrong}, files=files)
        assert answer.status_code == 422


def test_dip_entries_over_the_api(api):
    assert api.get("/api/catalog/dip", params={"q": "umkm"}).json()["total"] == 2
    assert api.get("/api/catalog/dip/DIP-2026-008").json()["retired_at"] is None


def test_the_catalogue_can_be_harvested_as_dcat(api):
    answer = api.get("/data.jsonld")

    found = answer.json()
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert found["@type"] == "dcat:Catalog"
    assert {"dct:title", "dct:description", "dct:publisher"} <= set(found)
    assert len(found["dcat:dataset"]) == 18
    for dataset in found["dcat:dataset"]:
        assert dataset["dct:title"]["@value"]
        assert dataset["dct:description"]["@value"]
        is_open = dataset["dct:accessRights"]["@id"].endswith("PUBLIC")
        assert bool(dataset["dcat:distribution"]) is is_open
        assert all("dcat:accessURL" in each for each in dataset["dcat:distribution"])


_PART = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\npasar\r\n--x--\r\n'


class TestCkan:
    def _call(self, api, action, prefix="/api/3/action", **given):
        answer = api.post(f"{prefix}/{action}", json=given)
        body = answer.json()
        assert body["success"] is (answer.status_code == 200)
        return body["result"] if body["success"] else body["error"]

    @pytest.mark.parametrize("prefix", ["/api/3/action", "/api/action"])
    def test_both_addresses_and_both_methods_answer(self, api, prefix):
        posted = self._call(api, "package_list", prefix)

        assert posted == api.get(f"{prefix}/package_list").json()["result"]
        assert len(posted) == 18

    def test_a_package_has_what_clients_read(self, api):
        found = self._call(api, "package_show", id="pasar-rakyat")

        assert found == self._call(api, "package_show", id=found["id"])
        assert found["organization"]["name"] == "diskopindag"
        assert [each["format"] for each in found["resources"]] == ["GeoJSON", "CSV"]
        assert {"key": "satuan", "value": "Unit"} in found["extras"]

    def test_every_resource_can_be_fetched_where_it_says(self, api):
        for package in self._call(api, "package_search", rows=100)["results"]:
            for resource in package["resources"]:
                answer = api.get(resource["url"].removeprefix("http://testserver"))
                assert answer.headers["content-type"].startswith(resource["mimetype"])

    def test_searching_pages_until_it_is_empty(self, api):
        names, start = [], 0
        while True:
            page = self._call(api, "package_search", q="*:*", rows=7, start=start)["results"]
            if not page:
                break
            names += [each["name"] for each in page]
            start += 7

        assert len(names) == len(set(names)) == 18

    @pytest.mark.parametrize(
        ("given", "count"),
        [
            ({"q": "umkm"}, 2),
            ({"q": "title:umkm*"}, 2),
            ({"q": ""}, 18),
            ({"fq": "groups:kesehatan"}, 3),
            ({"fq": "(groups:kesehatan OR groups:sosial)"}, 5),
            ({"fq": "groups:(kesehatan OR sosial)"}, 5),
            ({"fq": 'organization:dlh +res_format:"GeoJSON"'}, 1),
            ({"fq_list": ["organization:dlh", "res_format:CSV"]}, 3),
            ({"fq": "capacity:public"}, 18),
            ({"fq": 'tags:"hutan kota"'}, 1),
        ],
    )
    def test_queries_and_filters_as_clients_write_them(self, api, given, count):
        assert self._call(api, "package_search", **given)["count"] == count

    def test_facets_count(self, api):
        asked = {"facet.field": ["groups", "organization"], "rows": 0}
        found = self._call(api, "package_search", **asked)

        assert found["results"] == []
        assert found["facets"]["groups"]["ekonomi"] == 4

    def test_groups_organizations_and_tags(self, api):
        groups = self._call(api, "group_list", all_fields=True)
        assert {each["name"]: each["package_count"] for each in groups}["lingkungan"] == 3
        assert len(self._call(api, "group_package_show", id="lingkungan")) == 3
        assert "dinkes" in self._call(api, "organization_list")
        shown = self._call(api, "organization_show", id="dinkes", include_datasets=True)
        assert len(shown["packages"]) == shown["package_count"] == 3
        assert "hutan kota" in self._call(api, "tag_list", query="hutan")

    def test_rows_as_the_datastore_gives_them(self, api):
        resource = self._call(api, "package_show", id="pasar-rakyat")["resources"][0]["id"]

        found = self._call(api, "datastore_search", resource_id=resource, limit=2, offset=1)

        assert (found["total"], len(found["records"])) == (18, 2)
        assert found["records"][0]["_id"] == 2
        assert found["fields"][1] == {"id": "nama_pasar", "type": "text"}
        empty = self._call(api, "datastore_search", resource_id=resource, limit=0)
        assert empty["records"] == []

    @pytest.mark.parametrize(
        ("action", "given", "status", "kind"),
        [
            ("package_show", {"id": "tidak-ada"}, 404, "Not Found Error"),
            ("package_show", {}, 409, "Validation Error"),
            ("package_search", {"rows": "x"}, 409, "Validation Error"),
            ("package_search", {"rows": 10**30}, 409, "Validation Error"),
            ("package_search", {"q": "hutan\0"}, 409, "Validation Error"),
            ("package_create", {"name": "x"}, 403, "Authorization Error"),
            ("datastore_upsert", {}, 403, "Authorization Error"),
            ("magic_show", {}, 400, "Bad request"),
            ("resource_show", {"id": "x"}, 404, "Not Found Error"),
        ],
    )
    def test_refusals_are_ckans(self, api, action, given, status, kind):
        answer = api.post(f"/api/action/{action}", json=given)

        assert answer.status_code == status
        assert answer.json()["error"]["__type"] == kind

    def test_what_no_list_of_fields_is_counts_nothing(self, api):
        found = self._call(api, "package_search", **{"facet.field": [["tags"], 3, "tags"]})

        assert {"tags"} == set(found["facets"])

    @pytest.mark.parametrize(
        ("content", "media_type"),
        [
            (b'{"q":' + b"[" * 100_000, "application/json"),
            (b'{"sort": "\\ud800"}', "application/json"),
            (_PART, "multipart/form-data; boundary=x; charset=undefined"),
            (b"no parts", "multipart/form-data; boundary=x"),
        ],
    )
    def test_a_body_that_cannot_be_read_is_refused_as_ckan_does(self, api, content, media_type):
        answer = api.post(
            "/api/3/action/package_search", content=content, headers={"content-type": media_type}
        )

        assert (400, "Bad request") == (answer.status_code, answer.json()["error"]["__type"])

    def test_forms_are_read_like_json_and_a_broken_body_is_refused(self, api):
        asked = api.post("/api/3/action/package_show", data={"id": "pasar-rakyat"})
        assert asked.json()["result"]["name"] == "pasar-rakyat"

        broken = api.post(
            "/api/3/action/package_show",
            content=b"{",
            headers={"content-type": "application/json"},
        )
        assert broken.status_code == 400

    def test_it_says_what_it_is(self, api):
        assert self._call(api, "status_show")["site_title"] == "Malang Satu Data"
        assert self._call(api, "site_read") is True
        assert "fq" in self._call(api, "help_show", name="package_search")
