"""Where webhooks are sent: to what is public and what the operator allows, however written."""

import ipaddress

import pytest
from notify_service.domain.addresses import (
    as_address,
    may_be_sent_to,
    parse_networks,
    parse_url,
    unwrapped,
)
from notify_service.domain.errors import AddressRefused

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:830::200e"]
WITHIN = [
    # loopback, unspecified, this network
    "127.0.0.1", "127.255.255.254", "::1", "0.0.0.0", "0.1.2.3", "::",
    # private
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1",
    # shared by carriers
    "100.64.0.1", "100.127.255.255",
    # link-local, with a zone, and the clouds' metadata
    "169.254.1.1", "169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",
    # multicast, broadcast, reserved
    "224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "255.255.255.255", "240.0.0.1",
    # special by IANA: protocol assignments, documentation, benchmarks, relays, discard, site-local
    "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "192.88.99.1", "2001:db8::1", "2001:2::1", "2001:10::1", "3fff::1", "100::1", "fec0::1",
    "5f00::1", "4000::1",
    # an IPv4 address inside an IPv6 one: mapped, compatible, NAT64, 6to4, Teredo, ISATAP
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "::a00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "2001:0:101:101:0:0:80ff:fffe",
    "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1",
]  # fmt: skip
INSIDE_PUBLIC = ["::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]


@pytest.mark.parametrize("address", PUBLIC + INSIDE_PUBLIC)
def test_a_public_address_is_sent_to(address):
    assert may_be_sent_to([as_address(address)], scheme="https", port=443, networks=())


@pytest.mark.parametrize("address", WITHIN)
def test_an_address_within_is_not_sent_to_in_any_of_its_forms(address):
    assert not may_be_sent_to([as_address(address)], scheme="https", port=443, networks=())


@pytest.mark.parametrize("address", WITHIN)
def test_one_address_within_is_enough_to_refuse_the_name(address):
    both = [as_address("1.1.1.1"), as_address(address)]

    assert not may_be_sent_to(both, scheme="https", port=443, networks=())


def test_a_name_without_an_address_is_refused():
    assert not may_be_sent_to([], scheme="https", port=443, networks=())


@pytest.mark.parametrize("port", [1, 22, 25, 80, 443, 5432, 5672, 6379, 8080, 8443, 65535])
def test_in_public_only_two_ports_and_only_https(port):
    address = [as_address("1.1.1.1")]

    assert (port in (443, 8443)) == may_be_sent_to(address, scheme="https", port=port, networks=())
    assert not may_be_sent_to(address, scheme="http", port=port, networks=())


def test_the_operators_networks_are_sent_to_on_their_ports_alone():
    networks = parse_networks("10.1.0.0/16, 10.2.0.9/32:9000,[fd00:1::/48]:8443")

    def allowed(address: str, port: int, scheme: str = "https") -> bool:
        return may_be_sent_to([as_address(address)], scheme=scheme, port=port, networks=networks)

    assert allowed("10.1.2.3", 443) and allowed("10.1.2.3", 80, "http")
    assert allowed("10.2.0.9", 9000) and allowed("fd00:1::5", 8443)
    assert allowed("::ffff:10.1.2.3", 443)
    assert not allowed("10.1.2.3", 5672) and not allowed("10.2.0.9", 443)
    assert not allowed("10.3.0.1", 443) and not allowed("fd00:2::5", 8443)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "224.0.0.1", "::ffff:a9fe:1"])
def test_no_setting_allows_link_local_or_multicast(address):
    networks = parse_networks("169.0.0.0/8:443,[fe80::/10]:443,224.0.0.0/8:443")

    assert not may_be_sent_to([as_address(address)], scheme="https", port=443, networks=networks)


@pytest.mark.parametrize(
    "setting", ["0.0.0.0/0", "::/0", "10.0.0.1/8", "city.example", "10.0.0.0/8:", "10.0.0.0/8;"]
)
def test_a_setting_that_is_no_network_or_the_whole_world_is_refused(setting):
    with pytest.raises(ValueError, match=r"network|wide|appear|bits"):
        parse_networks(setting)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.kantor.example/a/b?c=d", "hooks.kantor.example", 443, "/a/b?c=d"),
        ("https://HOOKS.Kantor.Example", "hooks.kantor.example", 443, "/"),
        ("https://xn--bcher-kva.example:8443/", "xn--bcher-kva.example", 8443, "/"),
        ("https://1.1.1.1/x", "1.1.1.1", 443, "/x"),
        ("https://[2606:4700:4700::1111]:8443/x", "2606:4700:4700::1111", 8443, "/x"),
        ("http://10.1.2.3/x", "10.1.2.3", 80, "/x"),
        ("https://kantor.example/%0d%0aHost:x", "kantor.example", 443, "/%0d%0aHost:x"),
    ],
)
def test_a_url_is_taken_apart(url, host, port, path):
    target = parse_url(url)

    assert (host, port, path) == (target.host, target.port, target.path)


@pytest.mark.parametrize(
    "url",
    [
        # what a resolver reads as 127.0.0.1
        "https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://127.1/",
        "https://127.0.1/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.01/",
        "https://0/", "https://0x/", "https://127.0.0.1./", "https://localhost./",
        "https://[::1%25lo]/", "https://[fe80::1%eth0]/", "https://[::1", "https://[127.0.0.1]/",
        # what two programs read differently
        "https://user@kantor.example/", "https://user:pass@kantor.example/",
        "https://kantor.example@127.0.0.1/", "https://kantor.example\\@127.0.0.1/",
        "https://kantor.example#@127.0.0.1/", "https://kantor.example?@127.0.0.1/",
        "https:kantor.example/", "https:///kantor.example/", "//kantor.example/", "/x", "",
        " https://kantor.example/", "https://kantor.example/ x", "https://kantor.example/\r\nX: y",
        "https://kantor.example/\n", "https://kantor\t.example/", "https://kan%74or.example/",
        # dots and digits beyond ASCII
        "https://127。0。0。1/", "https://１２７.0.0.1/", "https://kantor。example/", "https://bücher.example/",
        "https://kantor.example/\u0000",
        # other ways in
        "ftp://kantor.example/", "file:///etc/passwd", "gopher://kantor.example/", "javascript:1",
        "HTTPS://kantor.example/", "https://kantor..example/", "https://.kantor.example/",
        "https://-kantor.example/", "https://kantor-.example/", "https://kan_tor.example/",
        "https://kantor.example:0/", "https://kantor.example:65536/", "https://kantor.example:/",
        "https://kantor.example:+443/", "https://kantor.example:443443/",
        "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "example/",
        "https://kantor.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_a_url_that_may_be_read_in_two_ways_is_refused(url):
    with pytest.raises(AddressRefused):
        parse_url(url)


def test_what_an_address_leads_to_is_unwrapped():
    def of(text: str) -> list[str]:
        return [str(each) for each in unwrapped(ipaddress.ip_address(text))]

    assert ["127.0.0.1"] == of("64:ff9b::7f00:1")
    assert ["1.2.3.4"] == of("2002:102:304::")
    assert ["127.0.0.1", "1.2.3.4"] == of("2001:0:7f00:1:0:0:fefd:fcfb")
    assert ["2606:4700::1"] == of("2606:4700::1")
