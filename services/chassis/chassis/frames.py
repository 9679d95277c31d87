"""A published message as AMQP 0-9-1 writes it: method, header and body in one piece.

Spelled out here because py-amqp, which does all else, takes as long for the attributes of one
message as everything around it does.
"""

from collections.abc import Mapping
from functools import cache
from struct import Struct

_METHOD, _HEADER, _BODY = 1, 2, 3
_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"  # class 60 (basic), method 40 (publish), a ticket of old
_CONTENT = b"\x00\x3c\x00\x00"  # class 60, and a weight that is always zero
_NO_FLAGS = b"\x00"
# content type, content encoding, headers, delivery mode, message id
_WHICH_PROPERTIES = 0b1111_0000_1000_0000
_PERSISTENT = b"\x02"
_END = b"\xce"
_FRAME = Struct(">BHI").pack
_SIZE_AND_PROPERTIES = Struct(">QH").pack
_LONG = Struct(">I").pack
_OVERHEAD = 8


def published(
    channel: int,
    frame_max: int,
    *,
    exchange: str,
    routing_key: str,
    content_type: str,
    message_id: str,
    headers: Mapping[str, str],
    body: bytes,
) -> bytes:
    """The frames of one persistent message in UTF-8. `frame_max`: what was agreed, in bytes."""
    method = _PUBLISH + _short(exchange) + _short(routing_key) + _NO_FLAGS
    table = b"".join([_entry(name) + _long(value) for name, value in headers.items()])
    properties = (
        _short(content_type) + _short("utf-8") + _LONG(len(table)) + table + _PERSISTENT
    ) + _short_text(message_id)
    content = _CONTENT + _SIZE_AND_PROPERTIES(len(body), _WHICH_PROPERTIES) + properties
    piece = frame_max - _OVERHEAD
    return b"".join(
        [
            *(_FRAME(_METHOD, channel, len(method)), method, _END),
            *(_FRAME(_HEADER, channel, len(content)), content, _END),
            *(
                part
                for at in range(0, len(body), piece)
                for one in (body[at : at + piece],)
                for part in (_FRAME(_BODY, channel, len(one)), one, _END)
            ),
        ]
    )


def _short_text(text: str) -> bytes:
    """At most 255 bytes, their number before them."""
    raw = text.encode()
    return bytes((len(raw),)) + raw


def _long(text: str) -> bytes:
    raw = text.encode()
    return _LONG(len(raw)) + raw


# Of the few names that come again and again.
_short = cache(_short_text)


@cache
def _entry(name: str) -> bytes:
    """A table's key, and that its value is a string."""
    return _short_text(name) + b"S"
