"""What tests of tiles share: changes of a store, questions, and the tiles on which records lie."""

import datetime as dt

import numpy as np
from hypothesis import strategies as st
from made_up import COUNTRIES, made_up

from geo import vocabulary
from geo.editing import Edit
from geo.filter import And, Box, Compare, In, Intersects, IsNull, Not, Or, Words
from geo.tiles.grid import at_level, codes_of, tile_of

SQUARE = {"type": "Polygon", "coordinates": [[[-68, -21], [-67, -21], [-67, -20], [-68, -20], [-68, -21]]]}
CORNERS = [(180, 90), (-180, -90), (180, 0), (-180, 0), (0, 85.3), (0, -85.3), (179.9999, 10), (-179.9999, 10)]


def change(store):
    """Change and delete records of a store that was read, and put some at the world's ends."""
    ids = [revision.project_id for revision in store.current()][:40]
    edits = [Edit(each, None, 1, "test") for each in ids[::4]]
    edits += [Edit(each, made_up(each, name="Moved", geometry=point(12.5, 41.9)), 1, "test") for each in ids[1::4]]
    ends = [
        Edit(f"bo-end-{n}", made_up(f"bo-end-{n}", geometry=point(*at)), None, "test") for n, at in enumerate(CORNERS)
    ]
    area = Edit("bo-area", made_up("bo-area", geometry=SQUARE), None, "test")
    for edit in (*edits, *ends, area):
        store.write([edit])


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def tiles_of(records, zoom):
    """The tiles of a zoom on which records lie."""
    points = np.array([record["point"] for record in records], dtype=float).reshape(-1, 2)
    return [tile_of(zoom, int(code)) for code in np.unique(at_level(codes_of(*points.T), zoom))]


filters = st.one_of(
    st.just(And(())),
    st.builds(
        lambda codes: In("country", frozenset(codes)), st.sets(st.sampled_from(COUNTRIES), min_size=1, max_size=3)
    ),
    st.builds(lambda code: Compare("status_group", "=", code), st.sampled_from(vocabulary.STATUS_GROUPS.codes)),
    st.builds(lambda code: Not(Compare("kind", "=", code)), st.sampled_from(vocabulary.KINDS.codes)),
    st.builds(lambda text: Words(text), st.sampled_from(["plant", "moved", "litio", "nothing"])),
    st.just(Or((IsNull("geometry"), Compare("status_stale", "=", True)))),
    st.builds(
        lambda w, s: Intersects(Box(w, s, min(180, w + 90), min(90, s + 60))),
        st.integers(-180, 90),
        st.integers(-90, 30),
    ),
)
days = st.none() | st.dates(dt.date(2009, 1, 1), dt.date(2026, 1, 1))
