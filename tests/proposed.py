"""Proposals as tests hand them in: of a new project, of a correction of a record that is there."""

from made_up import made_up_feature

from geo.keys import create_key

PROPOSALS = "/api/proposals"
ITEMS = "/api/collections/projects/items"
FACTORY = "bo-rosatom-battery-factory"


def key_of(api, name, role="contributor", countries=()):
    return {"Authorization": f"Bearer {create_key(api.store.keys, name, role, scope=countries)[1]}"}


def new(name="Planta Rincón", **members):
    feature = made_up_feature(name=name)
    del feature["id"]
    return {"kind": "create", "feature": feature, "comment": "I live there.", **members}


def correction(api, revision=1, **changed):
    feature = api.client.get(f"{ITEMS}/{FACTORY}/revisions").json()["revisions"][revision - 1]["feature"]
    feature["properties"].update(changed)
    source = {"id": "new", "url": "https://example.org/news", "title": "News"}
    feature["properties"]["sources"].append(source)
    return {"kind": "change", "project": FACTORY, "revision": revision, "feature": feature, "comment": "It is so."}


def proposed(api, body, headers=None, **more):
    answer = api.client.post(PROPOSALS, json=body, headers={**(headers or {}), **more})
    assert 202 == answer.status_code, answer.text
    return answer.json()
