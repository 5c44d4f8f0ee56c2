"""The countries of ISO 3166-1."""

from __future__ import annotations

import functools


@functools.cache
def country_names() -> dict[str, str]:
    """Return the English short name of every ISO 3166-1 alpha-2 code, and of XK (Kosovo, user-assigned).

    The register turns some names about for its alphabet ("Congo, The Democratic Republic of the"); here they read on.
    """
    import pycountry

    names = {each.alpha_2: _read_on(getattr(each, "common_name", each.name)) for each in pycountry.countries}
    return {**names, "XK": "Kosovo"}


def _read_on(name: str) -> str:
    first, comma, rest = name.partition(", ")
    return f"{rest} {first}".removeprefix("The ") if comma and " and " not in rest else name
