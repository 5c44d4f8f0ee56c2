"""The countries of ISO 3166-1."""

from __future__ import annotations

import functools


@functools.cache
def country_names() -> dict[str, str]:
    """Return the English short name of every ISO 3166-1 alpha-2 code, and of XK (Kosovo, user-assigned)."""
    import pycountry

    names = {each.alpha_2: str(getattr(each, "common_name", each.name)) for each in pycountry.countries}
    return {**names, "XK": "Kosovo"}
