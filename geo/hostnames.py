"""Names of hosts in addresses: whether they lead out into the Internet, and whether they pass for another one."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Names of a machine or network of one's own: RFC 6761 sections 6.2 to 6.4, RFC 7686, RFC 8375, RFC 6762 section 3 and
# appendix G; `internal` is kept for them by ICANN (resolution 2024.07.29.06).
OWN_TOPS = frozenset(
    [
        *("corp", "home", "internal", "intranet", "invalid", "lan", "local"),
        *("localdomain", "localhost", "onion", "private", "test"),
    ]
)
_OWN_ENDING = ".home.arpa"
MOST_LETTERS = 253  # of a name, RFC 1035 section 3.1 without what marks its parts
# What a browser takes for an IPv4 address in one of its many forms (WHATWG URL, "ends in a number checker").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")

# Addresses of IPv6 in which one of IPv4 stands at the end, and leads there: RFC 4291 section 2.5.5.2, RFC 6052.
_IPV4_AT_THE_END = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890 section 2.1; a cloud's machines are told secrets there
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all of it that IANA has given out so far

# Letters without a shape of their own, which leave a name looking as it does without them.
_INVISIBLE = {"\u115f", "\u1160", "\u17b4", "\u17b5"}
# Latin letters of the alphabets of Europe; those that came later have shapes of other letters (\u0261 for g).
_LATIN = {chr(code) for code in range(0xDF, 0x180)} - {"\u00f7", "\u0131", "\u0138"}

# Scripts that are written together in one language, as UTS 39 has them ("highly restrictive", section 5.2).
_SCRIPTS = {"IDEOGRAPHIC": "CJK"}  # U+3005 as in Sasaki, U+3007
_OF_NO_SCRIPT = {"COMBINING", "VARIATION"}  # marks that NFKC has left: no letter is written with them
_SIGNS_OF_ALL = frozenset("0123456789-_")
_WRITTEN = {"Ll", "Lo", "Lm", "Lu", "Lt", "Mn", "Mc", "Nd", "Nl"}
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "HANGUL"},
    {"LATIN", "CJK", "BOPOMOFO"},
)


def rule_broken_by(host: str) -> str | None:
    """Return the rule that the host of an address breaks; None where it may be one of the open Internet.

    `host` is in small letters and without brackets, as `urllib.parse.urlsplit` gives it.
    """
    name = host.removesuffix(".")
    address = _ip_address(name)
    if address is not None:
        return None if is_public(address) else "url-host-private"
    if len(name) > MOST_LETTERS:
        return "url-host-form"
    labels = [decoded(label) for label in name.split(".")]
    if not is_formed(labels):
        return "url-host-form"
    if len(labels) == 1 or labels[-1] in OWN_TOPS or f".{name}".endswith(_OWN_ENDING):
        return "url-host-private"
    return None if all(map(is_of_one_script, labels)) else "url-host-look-alike"


def is_formed(labels: Sequence[str]) -> bool:
    """Return whether these are the parts of a host's name (small letters), and not of a number."""
    return not _NUMBER.fullmatch(labels[-1]) and all(map(_is_label, labels))


def shown(host: str) -> str:
    """Return a host as people may read it: letters that are not Latin, or do not go together, in ASCII (`xn--…`)."""
    labels = [decoded(label) for label in host.split(".")]
    return ".".join(label if _is_latin(label) else encoded(label) for label in labels)


def decoded(label: str) -> str:
    """Return a part of a host's name in its own script, where its ASCII form (RFC 5891 section 4.4) is whole."""
    try:
        own = label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label
    return own if encoded(own) == label or own == label else label


def encoded(label: str) -> str:
    """Return a part of a host's name in ASCII."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def is_of_one_script(label: str) -> bool:
    """Return whether the letters of a part of a host's name are of one script, or of scripts that go together."""
    scripts = _scripts(label)
    is_one = len(scripts) < 2 or any(scripts <= together for together in _TOGETHER)
    return is_one and not scripts & _OF_NO_SCRIPT


def _scripts(label: str) -> set[str]:
    """Return the scripts of letters, and of digits that are not ASCII's, as their names in Unicode begin.

    It is the only table of them that Python has.
    """
    names = (unicodedata.name(sign, "UNKNOWN") for sign in label if sign not in _SIGNS_OF_ALL)
    return {_SCRIPTS.get(first, first) for first in (name.split("-")[0].split()[0] for name in names)}


def _is_latin(label: str) -> bool:
    return all(sign.isascii() or sign in _LATIN for sign in label) and _is_label(label)


def _is_label(label: str) -> bool:
    """Return whether a part of a name is one as registries give it: nothing that a browser would read otherwise."""
    if label.isascii():
        return _LABEL.fullmatch(label) is not None
    is_written = all(sign in _SIGNS_OF_ALL or unicodedata.category(sign) in _WRITTEN for sign in label)
    return is_written and not _INVISIBLE & set(label) and unicodedata.normalize("NFKC", label.lower()) == label


def _ip_address(name: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_public(address: IPAddress) -> bool:
    """Return whether an address is one of the open Internet, whichever way it is written."""
    if isinstance(address, ipaddress.IPv4Address):
        # Of these not every Python's `is_global` says the same.
        return address.is_global and not address.is_multicast and address not in _PROTOCOLS
    if any(address in network for network in _IPV4_AT_THE_END):
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:  # of which not every Python's `is_global` says the same
        return is_public(address.sixtofour)
    return address in _GLOBAL_UNICAST and address.is_global
