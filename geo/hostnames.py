"""Names of hosts in addresses: whether they lead out into the Internet, and whether they pass for another one."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

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
# What a browser takes for an IPv4 address in one of its many forms (WHATWG URL, "ends in a number checker").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")

# Scripts that are written together in one language, as UTS 39 has them ("highly restrictive", section 5.2).
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
        return None if _is_public(address) else "url-host-private"
    labels = [decoded(label) for label in name.split(".")]
    if _NUMBER.fullmatch(labels[-1]) or not all(map(_is_label, labels)):
        return "url-host-form"
    if len(labels) == 1 or labels[-1] in OWN_TOPS or f".{name}".endswith(_OWN_ENDING):
        return "url-host-private"
    return None if all(map(is_of_one_script, labels)) else "url-host-look-alike"


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
    return len(scripts) < 2 or any(scripts <= together for together in _TOGETHER)


def _scripts(label: str) -> set[str]:
    """Return the scripts of letters as their names in Unicode begin, which is its only table that Python has."""
    names = (unicodedata.name(sign, "UNKNOWN") for sign in label if unicodedata.category(sign)[0] in "LM")
    return {name.split("-")[0].split()[0] for name in names} - {"COMBINING"}


def _is_latin(label: str) -> bool:
    return label.isascii() or (_scripts(label) <= {"LATIN"} and _is_label(label))


def _is_label(label: str) -> bool:
    """Return whether a part of a name is one as registries give it: nothing that a browser would read otherwise."""
    if label.isascii():
        return _LABEL.fullmatch(label) is not None
    is_written = all(sign == "-" or unicodedata.category(sign)[0] in "LMN" for sign in label)
    return is_written and unicodedata.normalize("NFKC", label.lower()) == label


def _ip_address(name: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_public(address: IPAddress) -> bool:
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    found = inner or address
    return found.is_global and not found.is_multicast
