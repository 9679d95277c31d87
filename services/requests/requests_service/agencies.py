"""The agencies that have a PPID Pembantu."""

from requests_service.domain import errors


class Agencies(dict[str, str]):
    """Code to name."""

    def must_be_one(self, code: str) -> None:
        """Raises ChoiceUnknown."""
        if not code:
            raise errors.ChoiceUnknown("Pilih perangkat daerah yang memegang data.")
        if code not in self:
            raise errors.ChoiceUnknown(
                f'Perangkat daerah "{code}" tidak ada dalam daftar PPID Pembantu.'
            )
