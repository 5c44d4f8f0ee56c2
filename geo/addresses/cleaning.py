"""What is taken off a source's address, each with a note: marks that follow readers, wrappers, copies for phones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit, urlunsplit

from geo.faults import Fault, fault

_MOST_WRAPPERS = 3
_TRACKING = re.compile(
    r"(?:utm_\w+|fb(?:clid|_\w+)|[dgy]clid|g[ab]raid|gclsrc|msclkid|twclid|ttclid|li_fat_id|mc_[ce]id|_hs(?:enc|mi)|"
    r"mkt_tok|igshid?|ref_src|ref_url|s_?cid|cmpid|smid|ncid|wt[._]mc\w*|xtor|ysclid|from_source|spm|share_token|"
    r"vero_id|oly_(?:anon|enc)_id|_openstat|at_(?:medium|campaign)\w*|trk|trackingid|__twitter_impression|_gl|srsltid)",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(
    r"^https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?P<inner>(?:https?:/{1,2}|www\.).+)$", re.I
)
_AMP_CACHE = re.compile(
    r"^https?://(?:[\w.-]+\.)?(?:google\.[a-z.]+/amp|cdn\.ampproject\.org/[cvwi])/(?P<secure>s/)?(?P<inner>.+)$", re.I
)
# Addresses that lead on to the one in a parameter of theirs.
_WRAPPERS = (
    (re.compile(r"(?:^|\.)google\.[a-z.]+/url$"), ("q", "url")),
    (re.compile(r"(?:^|\.)(?:facebook|instagram)\.com/l\.php$|^l\.(?:facebook|instagram)\.com/"), ("u",)),
    (re.compile(r"\.safelinks\.protection\.outlook\.com/"), ("url",)),
    (re.compile(r"(?:^|\.)vk\.(?:com|ru)/away\.php$"), ("to",)),
    (re.compile(r"(?:^|\.)youtube\.com/redirect$"), ("q",)),
    (re.compile(r"(?:^|\.)linkedin\.com/(?:redir/redirect|safety/go)$"), ("url",)),
    (re.compile(r"(?:^|\.)link\.zhihu\.com/"), ("target",)),
)
_AMP = re.compile(r"(?:[/.]amp(?:\.html?)?/?)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Cleaned:
    """An address as it should be given, the copy in an archive that it was taken from, and what was taken off it."""

    url: str
    archived_url: str | None = None
    notes: tuple[Fault, ...] = ()

    def noted(self, url: str, rule: str, **values: str | tuple[str, ...]) -> Cleaned:
        note = fault("", rule, "note", **values)
        return replace(self, url=url, notes=(*(each for each in self.notes if each != note), note))


def cleaned(address: str) -> Cleaned:
    """Return an address as it should be given; what is no http(s) address is left as it is."""
    typed = "".join(address.split())
    found = Cleaned(f"https://{typed}" if re.match(r"(?i)(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)+/)", typed) else typed)
    try:
        return _cleaned(found) if urlsplit(found.url).scheme in ("http", "https") else found
    except ValueError:
        return found


def _cleaned(found: Cleaned) -> Cleaned:
    for _ in range(_MOST_WRAPPERS):
        further = _unwrapped(found)
        if further.url == found.url:
            break
        found = further
    return _of_a_phone(_without_amp(_without_tracking(found)))


def _unwrapped(found: Cleaned) -> Cleaned:
    archived = _ARCHIVE.match(found.url)
    if archived:
        inner = archived["inner"] if archived["inner"].lower().startswith("http") else f"https://{archived['inner']}"
        inner = re.sub(r"^(https?:)/+", r"\1//", inner, flags=re.I)
        return replace(found.noted(inner, "address-archived"), archived_url=found.url)
    amp = _AMP_CACHE.match(found.url)
    if amp:
        return found.noted(f"{'https' if amp['secure'] else 'http'}://{unquote(amp['inner'])}", "address-amp")
    parts = urlsplit(found.url)
    for pattern, names in _WRAPPERS:
        if pattern.search(f"{parts.hostname}{parts.path}"):
            return _led_on(found, parts.query, names)
    return found


def _led_on(found: Cleaned, query: str, names: tuple[str, ...]) -> Cleaned:
    stated = parse_qs(query, max_num_fields=100)
    target = next((stated[name][0] for name in names if name in stated), "")
    if urlsplit(target).scheme not in ("http", "https"):
        return found
    return found.noted(
        quote(target, safe="%/:?#[]@!$&'()*+,;=~"), "address-wrapped", host=urlsplit(found.url).hostname or ""
    )


def _without_tracking(found: Cleaned) -> Cleaned:
    parts = urlsplit(found.url)
    pieces = parts.query.split("&") if parts.query else []
    marks = [piece for piece in pieces if _TRACKING.fullmatch(piece.partition("=")[0])]
    fragment = "" if re.match(r":~:|xtor=|Echobox=|ref=", parts.fragment) else parts.fragment
    if not marks and fragment == parts.fragment:
        return found
    query = "&".join(piece for piece in pieces if piece not in marks)
    names = tuple(dict.fromkeys(name for name, _ in parse_qsl("&".join(marks), keep_blank_values=True)))[:5]
    url = urlunsplit(parts._replace(query=query, fragment=fragment))
    return found.noted(url, "address-tracking", marks=names or (parts.fragment[:20],))


def _without_amp(found: Cleaned) -> Cleaned:
    parts = urlsplit(found.url)
    pieces = [
        piece for piece in parts.query.split("&") if piece and not re.match(r"(?i)(?:amp|outputtype=amp)(?:=|$)", piece)
    ]
    path, query = _AMP.sub("", parts.path) or "/", "&".join(pieces)
    if (path, query) == (parts.path or "/", parts.query):
        return found
    return found.noted(urlunsplit(parts._replace(path=path, query=query)), "address-amp")


def _of_a_phone(found: Cleaned) -> Cleaned:
    """Say that an address is a phone's; which one is the other can only be guessed, so that it stays."""
    host = urlsplit(found.url).hostname or ""
    is_of_a_phone = re.match(r"(?:m|mobile|wap|amp)\.", host) or ".m." in host
    return found.noted(found.url, "address-of-a-phone", host=host) if is_of_a_phone else found
