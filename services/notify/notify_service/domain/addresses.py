"""Where a webhook may be sent: which URLs, and to which addresses of the network.

A URL comes from outside and is fetched from within. So a name is not trusted, only the addresses
that it was resolved to, and all of them must be public or within what the operator allows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from notify_service.domain.errors import AddressRefused

Address = IPv4Address | IPv6Address

URL_LENGTH_MAX = 2000
PUBLIC_PORTS = frozenset({443, 8443})
CITY_PORTS = frozenset({80, 443, 8080, 8443})
"""In a network that the operator allows without naming a port."""

# No user, no fragment, no backslash, nothing outside ASCII: what two programs may read differently.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>/[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*)?"
)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NETWORK = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<plain>[^\[\]:]+|[^\[\]]*:[^\[\]]*:[^\[\]]*))"
                      r"(?::(?P<port>[0-9]{1,5}))?")  # fmt: skip

_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Special by IANA's registries, also where an older ipaddress calls them global.
_NOT_PUBLIC: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "2001::/23", "2001:db8::/32", "3fff::/20",
    )
)  # fmt: skip
_WIDEST_PREFIX = {4: 8, 6: 7}


@dataclass(frozen=True)
class Target:
    """A URL taken apart."""

    scheme: str
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def host_header(self) -> str:
        """As HTTP wants it: the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass(frozen=True)
class CityNetwork:
    """A network that the operator allows although it is not public."""

    network: IPv4Network | IPv6Network
    ports: frozenset[int]


def parse_url(url: str) -> Target:
    """Take a webhook's URL apart. Raises AddressRefused with what is wrong about it."""
    found = _URL.fullmatch(url) if len(url) <= URL_LENGTH_MAX else None
    if found is None:
        raise AddressRefused(
            "Write the address as https://host/path, in ASCII (a name as punycode), without user,"
            " password or fragment."
        )
    host = found["host"].lower()
    scheme = found["scheme"]
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if not 0 < port < 65536:
        raise AddressRefused("A port is a number from 1 to 65535.")
    return Target(scheme, _host(host), port, found["target"] or "/")


def parse_networks(setting: str) -> tuple[CityNetwork, ...]:
    """WEBHOOK_NETWORKS: `10.1.0.0/16,10.2.0.9/32:9000,[fd00:1::/48]:8443`. Raises ValueError."""
    return tuple(_city_network(each.strip()) for each in setting.split(",") if each.strip())


def may_be_sent_to(
    addresses: Sequence[Address], *, scheme: str, port: int, networks: Sequence[CityNetwork]
) -> bool:
    """Whether every address that a name was resolved to is allowed."""
    return bool(addresses) and all(
        _is_allowed(each, scheme, port, networks)
        for address in addresses
        for each in unwrapped(address)
    )


def unwrapped(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address leads to; itself when it leads to none."""
    if isinstance(address, IPv4Address):
        return [address]
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [low]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in _V4_COMPATIBLE and int(address) > 1:
        return [low]
    # ISATAP: an interface identifier that holds an IPv4 address.
    if (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE:
        return [address, low]
    return [address]


def _is_allowed(address: Address, scheme: str, port: int, networks: Sequence[CityNetwork]) -> bool:
    # These no setting allows: cloud metadata answers at link-local addresses.
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in each.network and port in each.ports for each in networks):
        return True
    return scheme == "https" and port in PUBLIC_PORTS and _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return (
        address.is_global
        and not address.is_reserved
        and not any(address in each for each in _NOT_PUBLIC)
    )


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return str(IPv6Address(host[1:-1]))
        except ValueError as error:
            raise AddressRefused("This is not an IPv6 address.") from error
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # What a resolver would read as an address is written as one, in its one usual form.
        try:
            return str(IPv4Address(host))
        except ValueError as error:
            raise AddressRefused("Write an IPv4 address as four decimal numbers.") from error
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("This is not the name of a host (and it ends without a dot).")
    return host


def _city_network(text: str) -> CityNetwork:
    found = _NETWORK.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a network")
    network = ip_network(found["v6"] or found["plain"])
    if network.prefixlen < _WIDEST_PREFIX[network.version]:
        raise ValueError(f"{network} is too wide")
    return CityNetwork(network, frozenset({int(found["port"])}) if found["port"] else CITY_PORTS)


def as_address(text: str) -> Address:
    """What a resolver says, which may end in a zone (`fe80::1%eth0`)."""
    return ip_address(text)
