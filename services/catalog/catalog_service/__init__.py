"""The catalog service: open data, the Daftar Informasi Publik, the Daftar Data."""
