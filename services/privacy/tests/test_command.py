"""Masking one file from the command line."""

import pytest
from chassis.sandbox import Refused
from privacy_service.adapters.command import mask_file
from privacy_world import NIK, PEOPLE


def test_a_file_is_masked_as_proposed_and_its_findings_hold_no_value(tmp_path):
    path = tmp_path / "warga.csv"
    path.write_bytes(PEOPLE)

    made = mask_file(path)

    assert (2, []) == (made.rows, made.left)
    assert {"nik", "nama"} <= {found["key"] for found in made.findings if found["kind"]}
    for secret in (NIK, "Siti Aminah", "081234567890"):
        assert secret not in made.data.decode() + str(made.findings) + str(made.masked_columns)


def test_two_files_masked_with_one_key_can_be_joined_and_otherwise_not(tmp_path):
    path = tmp_path / "warga.csv"
    path.write_bytes(PEOPLE)

    assert mask_file(path, key=b"k" * 32).data == mask_file(path, key=b"k" * 32).data
    assert mask_file(path).data != mask_file(path).data


def test_a_title_that_names_somebody_of_the_file_is_not_told(tmp_path):
    path = tmp_path / "warga.csv"
    path.write_text("nama,nilai Siti Aminah\nSiti Aminah,1\nBudi Santoso,2\n")

    made = mask_file(path)

    assert "Siti" not in made.data.decode() + str([found["title"] for found in made.findings])


def test_a_document_that_cannot_be_masked_is_refused(tmp_path):
    path = tmp_path / "surat.pdf"
    path.write_bytes(b"%PDF-1.4 broken")

    with pytest.raises(Refused, match="PDF"):
        mask_file(path)
