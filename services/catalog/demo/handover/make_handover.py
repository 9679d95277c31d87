"""Writes the two files an agency hands over in the demo stories; all persons in them are invented.

    python make_handover.py [FOLDER]

The same every time: fixed seed, fixed dates. `umkm_lowokwaru.csv` holds personal data in columns
and in free text, so that there is something to mask; `rekap_umkm_lowokwaru.xlsx` holds none.
"""

import csv
import random
import sys
from datetime import date, datetime
from pathlib import Path

import openpyxl

SEED = 357305
ROWS = 60
REGION = "357305"

KELURAHAN = (
    *("Tunggulwulung", "Merjosari", "Tlogomas", "Dinoyo", "Sumbersari", "Ketawanggede"),
    *("Jatimulyo", "Tunjungsekar", "Mojolangu", "Tulusrejo", "Lowokwaru", "Tasikmadu"),
)
STREETS = (
    *("Jalan Melati Contoh", "Jalan Kenanga Contoh", "Jalan Anggrek Contoh"),
    *("Gang Mawar Contoh", "Jalan Cempaka Contoh", "Jalan Dahlia Contoh"),
)
MEN = (
    *("Slamet", "Agus", "Bambang", "Hendra", "Wahyu", "Joko", "Rudi", "Eko", "Teguh", "Yusuf"),
    *("Imam", "Fajar", "Dwi Cahyo", "Arif", "Nur Hadi"),
)
WOMEN = (
    *("Siti", "Sri", "Dewi", "Endang", "Wulan", "Ratna", "Yuli", "Nur Aini", "Lestari", "Indah"),
    *("Fitri", "Ningsih", "Maria", "Rina", "Kartika"),
)
FAMILIES = (
    *("Santoso", "Prasetyo", "Wibowo", "Kurniawan", "Hidayat", "Setiawan", "Rahayu", "Utami"),
    *("Wijayanti", "Purnomo", "Susanto", "Handayani", "Saputra", "Maulana", "Puspita"),
)
BUSINESSES = (
    *("Warung makan", "Kedai kopi", "Keripik tempe", "Jahit dan bordir", "Batik tulis"),
    *("Laundry", "Fotokopi", "Toko kelontong", "Servis ponsel", "Kue basah"),
)
REMARKS = (
    "Usaha dijalankan bersama {partner}, nomor {phone}.",
    "Izin atas nama {partner}; pembina {mentor}.",
    "Hubungi {phone} bila survei ulang.",
    "Pindah dari {kelurahan} sejak 2024.",
    "Menerima pelatihan pengemasan tahun 2025.",
    "Mohon dihubungi lewat {email}.",
    "Modal dari koperasi; penjamin {partner} (NIK {nik}).",
    "",
)
COLUMNS = (
    *("no", "nama", "nik", "no_hp", "alamat", "kelurahan", "tgl_lahir", "jenis_kelamin"),
    *("jenis_usaha", "tahun_berdiri", "tenaga_kerja", "omzet_per_bulan", "keterangan"),
)


def main(folder: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - invented persons need no secret
    rows = [_person(chance, number) for number in range(1, ROWS + 1)]
    with (folder / "umkm_lowokwaru.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    _summary(rows, folder / "rekap_umkm_lowokwaru.xlsx")


def _person(chance: random.Random, number: int) -> list[str]:
    woman = chance.random() < 0.55
    born = date(chance.randint(1958, 2003), chance.randint(1, 12), chance.randint(1, 28))
    kelurahan = chance.choice(KELURAHAN)
    remark = chance.choice(REMARKS).format(
        partner=_name(chance, chance.random() < 0.5),
        mentor=_name(chance, chance.random() < 0.5),
        phone=_phone(chance),
        kelurahan=chance.choice(KELURAHAN),
        email=f"usaha{number}@contoh.example",
        nik=_nik(chance, date(1980, chance.randint(1, 12), chance.randint(1, 28)), woman=False),
    )
    return [
        str(number),
        _name(chance, woman),
        _nik(chance, born, woman=woman),
        _phone(chance),
        f"{chance.choice(STREETS)} No. {chance.randint(1, 120)}"
        f" RT {chance.randint(1, 12):02d} RW {chance.randint(1, 9):02d}",
        kelurahan,
        born.strftime("%d-%m-%Y"),
        "Perempuan" if woman else "Laki-laki",
        chance.choice(BUSINESSES),
        str(chance.randint(2008, 2025)),
        str(chance.choice((1, 1, 1, 2, 2, 3, 4, 6))),
        str(chance.randrange(1_500, 42_000, 250) * 1_000),
        remark,
    ]


def _name(chance: random.Random, woman: bool) -> str:
    return f"{chance.choice(WOMEN if woman else MEN)} {chance.choice(FAMILIES)}"


def _nik(chance: random.Random, born: date, *, woman: bool) -> str:
    # Sixteen digits: region, birthday (a woman's day is 40 more), serial number. Real registers
    # count from 0001; serial numbers from 9001 on are given to nobody.
    day = born.day + (40 if woman else 0)
    return f"{REGION}{day:02d}{born:%m%y}{chance.randint(9001, 9999)}"


def _phone(chance: random.Random) -> str:
    return f"0812-0000-{chance.randint(0, 9999):04d}"


def _summary(rows: list[list[str]], path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Rekap"
    sheet.append(["Kelurahan", "Jumlah Usaha", "Jumlah Tenaga Kerja", "Rata-rata Omzet per Bulan"])
    for kelurahan in KELURAHAN:
        of_here = [row for row in rows if row[5] == kelurahan]
        turnover = sum(int(row[11]) for row in of_here)
        sheet.append(
            [
                kelurahan,
                len(of_here),
                sum(int(row[10]) for row in of_here),
                round(turnover / len(of_here)) if of_here else 0,
            ]
        )
    book.properties.creator = "Data contoh"
    book.properties.created = book.properties.modified = datetime(2026, 11, 2)
    book.save(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
