"""Hears what the catalogue must know, and publishes its facts."""

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from catalog_service.adapters.published import PUBLISHED
from catalog_service.bootstrap import build_application


class Worker:
    """The nameko service."""

    name = "catalog"

    app = Injected(build_application)
    relaying = Relaying(PUBLISHED)

    @listens_to("requests", "ListedInDaftarData")
    def list_in_daftar_data(self, message: Message) -> None:
        """Step 12."""
        self.app.list_in_daftar_data(message)

    @listens_to("requests", "StaffDisabled")
    @listens_to("requests", "ActingEnded")
    def revoke(self, message: Message) -> None:
        """Sessions of that account, or by that appointment, end here at once."""
        self.app.revoke(message)
