"""The HTML half of a mail: tables and inline styles, as mail readers want it."""

from html import escape

from notify_service.domain.letterhead import Sender
from notify_service.domain.wording import Words

_INK = "#18231f"
_QUIET = "#55605b"
_LINE = "#d9d4c5"
_GROUND = "#f7f5ee"
_ACCENT = "#0d4640"
_FONT = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"

_PAGE = """\
<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>{subject}</title>
</head>
<body style="margin:0;padding:0;background:{ground};{font}color:{ink};">
<div style="display:none;max-height:0;overflow:hidden;">{preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="background:{ground};">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="max-width:600px;background:#ffffff;border:1px solid {line};border-radius:8px;">
<tr><td style="padding:18px 28px;background:{accent};border-radius:7px 7px 0 0;\
border-bottom:4px solid #f4b740;">
<p style="margin:0;{font}font-size:17px;font-weight:700;color:#ffffff;">{site}</p>
<p style="margin:2px 0 0;{font}font-size:13px;color:#c3dcd5;">{office}</p>
</td></tr>
<tr><td style="padding:28px 28px 8px;{font}font-size:16px;line-height:1.55;color:{ink};">
<h1 style="margin:0 0 18px;{font}font-size:21px;line-height:1.3;color:{ink};">{subject}</h1>
<p style="margin:0 0 14px;">{greeting}</p>
{happened}
</td></tr>
<tr><td style="padding:4px 28px 8px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="background:{ground};border-radius:6px;">
{details}
</table>
</td></tr>
<tr><td style="padding:16px 28px 8px;{font}font-size:16px;line-height:1.55;color:{ink};">
<h2 style="margin:0 0 8px;{font}font-size:16px;color:{ink};">Yang perlu dilakukan</h2>
{todo}
</td></tr>
<tr><td style="padding:8px 28px 12px;">
<table role="presentation" cellpadding="0" cellspacing="0"><tr>
<td style="background:{accent};border-radius:6px;">
<a href="{link}" target="_blank"
 style="display:inline-block;padding:13px 24px;{font}font-size:16px;font-weight:600;color:#ffffff;
text-decoration:none;">{button}</a>
</td></tr></table>
<p style="margin:12px 0 0;{font}font-size:13px;line-height:1.5;color:{quiet};">
Jika tombol tidak berfungsi, salin alamat ini ke peramban:<br>
<a href="{link}" target="_blank" style="color:{accent};word-break:break-all;">{link}</a></p>
</td></tr>
<tr><td style="padding:12px 28px 28px;{font}font-size:16px;line-height:1.55;color:{ink};">
<p style="margin:0;">Hormat kami,<br>{office}</p>
</td></tr>
</table>
<p style="max-width:600px;margin:16px auto 0;{font}font-size:13px;line-height:1.5;color:{quiet};">
{address}<br>Telepon {phone}<br>{why}</p>
</td></tr></table>
</body>
</html>
"""


def as_html(words: Words, sender: Sender, *, why: str) -> str:
    """Everything the text half says, laid out; all words are escaped."""
    return _PAGE.format(
        ink=_INK, quiet=_QUIET, line=_LINE, ground=_GROUND, accent=_ACCENT, font=_FONT,
        subject=escape(words.subject),
        preview=escape(words.happened[0]),
        site=escape(sender.site),
        office=escape(sender.office),
        greeting=escape(words.greeting),
        happened="\n".join(_paragraph(sentence) for sentence in words.happened),
        details="\n".join(_detail(label, value) for label, value in words.details),
        todo=_todo(words.todo),
        link=escape(words.link),
        button=escape(words.button),
        address=escape(sender.address),
        phone=escape(sender.phone),
        why=escape(why),
    )  # fmt: skip


def _paragraph(sentence: str) -> str:
    return f'<p style="margin:0 0 14px;">{escape(sentence)}</p>'


def _detail(label: str, value: str) -> str:
    return (
        f'<tr><td style="padding:9px 16px;{_FONT}font-size:14px;line-height:1.45;color:{_QUIET};">'
        f'{escape(label)}<br><strong style="font-size:16px;color:{_INK};">{escape(value)}</strong>'
        "</td></tr>"
    )


def _todo(sentences: tuple[str, ...]) -> str:
    if len(sentences) == 1:
        return _paragraph(sentences[0])
    items = "".join(f'<li style="margin:0 0 8px;">{escape(s)}</li>' for s in sentences)
    return f'<ol style="margin:0 0 10px;padding-left:22px;">{items}</ol>'
