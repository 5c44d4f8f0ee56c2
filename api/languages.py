"""Which language a reader is answered in: the address's, else the one last chosen there, else what the browser wishes.

Nobody is refused for a language that we do not speak: addresses are shared, and English stands in.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

from api.responses import weights
from web.language import DEFAULT, LANGUAGES, Language

PARAMETER = COOKIE = "lang"
BY_LANGUAGE = "Accept-Encoding, Accept-Language, Cookie"  # what an answer in the reader's language hangs on
_A_YEAR = 365 * 24 * 3600


def language_of(request: Request) -> Language:
    """Return the language of a page."""
    chosen = (request.query_params.get(PARAMETER, ""), request.cookies.get(COOKIE, ""))
    return next((Language(code) for tag in chosen if (code := _known(tag))), language_wished(request))


def language_wished(request: Request) -> Language:
    """Return the language of an answer to a program, which has no address or cookie to choose it by."""
    asked = weights(",".join(request.headers.getlist("accept-language")))
    wished = sorted((tag for tag, weight in asked.items() if weight > 0), key=lambda tag: -asked[tag])
    return Language(next((code for tag in wished if (code := _known(tag))), DEFAULT))


def _known(tag: str) -> str:
    """Return our code for a tag of RFC 5646, whatever its region or script, or "" for none: `es-BO` is `es`."""
    code = tag.strip().lower().partition("-")[0]
    if code == "*":
        return DEFAULT
    return code if code in LANGUAGES else ""


def language_headers(request: Request, language: Language, address: str, root: str) -> dict[str, str]:
    """Return what a page says of its language: which it is, what it hangs on, and where it stands in the others.

    `address` is the page's own without a query. A language chosen in the address is kept for a year, below the path
    `root`.
    """
    alternates = [f'<{_in_language(address, code)}>; rel="alternate"; hreflang="{code}"' for code in LANGUAGES]
    said = {
        "Content-Language": language.code,
        "Vary": BY_LANGUAGE,
        "Link": ", ".join([*alternates, f'<{address}>; rel="alternate"; hreflang="x-default"']),
    }
    # A part of a page says which language the page has: that is no choice of the reader's.
    is_chosen = "part" not in request.query_params and _known(request.query_params.get(PARAMETER, "")) == language.code
    kept = f"{COOKIE}={language.code}; Max-Age={_A_YEAR}; Path={root or '/'}; SameSite=Lax; HttpOnly"
    secure = "; Secure" if address.startswith("https:") else ""
    return said | ({"Set-Cookie": kept + secure} if is_chosen else {})


def _in_language(address: str, code: str) -> str:
    return f"{address}?{urlencode({PARAMETER: code})}"
