"""What step 5's form asks beside the identity."""

from dataclasses import dataclass
from functools import partial

from requests_service.domain import choices, errors, texts

_CHOICES = {
    "format": (choices.FORMATS, "Format data"),
    "way_to_obtain": (choices.WAYS_TO_OBTAIN, "Cara memperoleh data"),
    "way_to_send": (choices.WAYS_TO_SEND, "Cara mengirim data"),
    "kind": (choices.KINDS, "Jenis Pemohon"),
    "channel": (choices.CHANNELS, "Saluran"),
}


@dataclass(frozen=True)
class Form:
    """What step 5's form asks beside the identity."""

    data_wanted: str
    purpose: str
    kind: str
    format: str = "bebas"
    channel: str = "laman"
    dataset: str | None = None
    """Slug of the catalog's dataset that the Pemohon came from."""
    way_to_obtain: str = "salinan_elektronik"
    way_to_send: str = "laman"

    def problems(self) -> dict[str, str]:
        """Every field that cannot be taken, with a sentence, in the form's order."""
        return errors.problems_of(
            {
                "data_wanted": lambda: texts.must_describe_data(self.data_wanted),
                "purpose": lambda: texts.must_be_a_purpose(self.purpose),
                **{name: partial(self._must_be_a_choice, name) for name in _CHOICES},
                "way_to_send": self._must_be_sent_as_it_can_be,
                "dataset": self._must_be_of_the_catalog,
            }
        )

    def _must_be_a_choice(self, name: str) -> None:
        choices_, words = _CHOICES[name]
        choices.must_be_one_of(choices_, getattr(self, name), what=words)

    def _must_be_of_the_catalog(self) -> None:
        if self.dataset is not None:
            texts.must_be_a_reference("Alamat data", self.dataset)

    def _must_be_sent_as_it_can_be(self) -> None:
        self._must_be_a_choice("way_to_send")
        if self.way_to_obtain == "salinan_cetak" and self.way_to_send in ("laman", "surel"):
            raise errors.ChoiceUnknown(
                "Salinan cetak diambil langsung atau dikirim lewat pos atau kurir."
            )
