"""Which words of a text can be searched for."""

import re
import unicodedata

WORDS_MAX = 400
"""Of one text: more are not kept."""
_WORD = re.compile(r"[^\W_]{2,}")
_PARTICLE = re.compile(r"(?<=\w{4})(nya|lah|kah|pun)$")
_COMMON = frozenset(
    word
    for line in (
        "ada adalah agar akan antara apa atas atau bagi bahwa beserta bukan dalam dan dapat dari",
        "dengan di guna hingga ini itu jika kami karena ke kepada lain maka mohon oleh pada para",
        "per saya sampai sebagai secara sejak seluruh semua serta setiap sudah tentang terhadap",
        "tersebut tidak untuk yaitu yang data jumlah tahun kota malang permohonan informasi",
    )
    for word in line.split()
)
"""Words that stand in nearly every request: they find nothing."""


def words_of(text: str) -> frozenset[str]:
    """Small letters without accents or particles; what stands everywhere is left out."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = (_PARTICLE.sub("", word) for word in _WORD.findall(plain))
    return frozenset(sorted({word for word in words if word not in _COMMON})[:WORDS_MAX])
