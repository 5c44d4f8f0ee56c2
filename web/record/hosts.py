"""On whose site does a link lead? The name of the host, as it really is."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from web.words import safe_href

# Scripts that are written together in one language.
_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})


def host_of(address: object) -> str:
    """Return the host of an http(s) address without `www.`, in its own script; an empty text for any other address.

    A name whose letters are of several scripts is given in ASCII (`xn--…`): it may pass for another one.
    """
    name = (urlsplit(safe_href(address)).hostname or "").rstrip(".").removeprefix("www.")
    labels = [_decoded(label) for label in name.split(".")]
    readable = ".".join(labels)
    return readable if _is_of_one_script(readable) else ".".join(map(_encoded, labels))


def _decoded(label: str) -> str:
    try:
        decoded = label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label
    return decoded if _encoded(decoded) == label or decoded == label else label


def _encoded(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _is_of_one_script(name: str) -> bool:
    if name.isascii():
        return True
    signs = [sign for sign in name if not (sign.isascii() and not sign.isalpha())]
    scripts = {unicodedata.name(sign, "UNKNOWN").split("-")[0].split()[0] for sign in signs}
    is_written = all(unicodedata.category(sign)[0] in "LMN" for sign in signs)
    return is_written and (len(scripts) == 1 or any(scripts <= together for together in _TOGETHER))
