"""What is sent with every page that people read: its policy, its language, and where it stands in others."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request

from api.languages import language_headers
from api.services import base_url, services
from web.language import Language


def content_security_policy(
    script_hashes: Sequence[str] = (), ancestors: str = "'none'", image_hosts: Sequence[str] = ()
) -> str:
    """Return the policy of a page: nothing from elsewhere, no script in the page but the ones we put there.

    `ancestors` are the pages that may show it in a frame: none, unless some are named. Only the map may show pictures
    from other hosts: those that its reader may choose as what lies under the projects.
    """
    scripts = " ".join(["'self'", *script_hashes])
    images = " ".join(["'self'", "data:", *image_hosts])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src {images}; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {ancestors}"
    )


def page_headers(request: Request, language: Language, policy: str = "") -> dict[str, str]:
    """Return the headers of a page; a page with scripts in it has a policy of its own."""
    address, root = f"{base_url(request)}{quote(request.scope['path'])}", services(request).settings.root
    said = language_headers(request, language, address, root)
    return {"Content-Security-Policy": policy or content_security_policy(), **said}
