"""A resident proposes, an editor merges, feed, hook and map tell, a journalist opens the diff, the editor reverts."""

import json
import re
import urllib.request

import pytest
from conftest import wait_for
from playwright.sync_api import expect
from receiving import receiving
from visits import PHONE, go_on, open_form

pytestmark = pytest.mark.slow
FACTORY = "bo-rosatom-battery-factory"
NAME = "Fábrica de baterías de Rosatom en Uyuni"


def make_hook(server, address):
    """Ask for word of what changes in Bolivia, and return the secret with which messages are signed."""
    asked = urllib.request.Request(
        f"{server.url}/api/hooks?country=BO",
        json.dumps({"url": address}).encode(),
        {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)["secret"]


def changes_of(messages, secret):
    """What was told of records, of messages that are signed."""
    assert all(each.is_signed(secret) for each in messages)
    return [change for each in messages for change in each.changes]


def propose_in_spanish(page, server):
    """What a resident does on a phone, without a key."""
    open_form(page, server)
    page.locator("#source-url").fill("https://www.lostiempos.com/2026/03/14/fabrica-de-baterias-en-uyuni")
    page.locator("#source-title").focus()
    expect(page.locator("#source-title")).not_to_have_value("")
    go_on(page, "what")
    page.locator("#name").press_sequentially(NAME)
    page.locator("#kind").select_option("pack_factory")
    page.locator("#place-name").press_sequentially("Uyuni")
    page.locator("#place-list li").first.click()
    hint = page.locator(f"#alike-list [data-record={FACTORY}]")
    hint.get_by_label("Distinto").check()
    go_on(page, "stage")
    page.locator("#status").select_option("announced")
    go_on(page, "check")
    expect(page.locator("#preview")).to_contain_text(NAME)
    page.locator("#send").click()
    expect(page.locator("#done")).to_contain_text("La propuesta se recibió")


def merge(page, server):
    """What an editor does who knows that it is a project which the ledger has."""
    page.goto(f"{server.url}/review")
    page.locator("#key").fill(server.key)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=NAME).click()
    page.locator("table").get_by_role("link", name="Rosatom battery factory in Bolivia").wait_for()
    page.get_by_role("link", name="Look at the two merged").first.click()
    expect(page.locator(".diff").first).to_contain_text(NAME)
    page.get_by_role("button", name="Merge and accept").click()
    expect(page.get_by_role("status")).to_have_text(f"Merged: {NAME}.")


def read(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def test_from_a_proposal_in_spanish_to_the_revert(serve, make_store, visit):
    store = make_store.filled("south_america").location
    server = serve(store, proposals="open", hook_networks="127.0.0.0/8")
    with receiving() as receiver:
        secret, got = make_hook(server, receiver.url), receiver.messages
        resident = visit(viewport=PHONE, locale="es-BO")
        propose_in_spanish(resident.page, server)
        assert [] == changes_of(got, secret), "a proposal is no change"
        editor = visit()
        merge(editor.page, server)

        [told] = wait_for(lambda: changes_of(got, secret))
        assert (FACTORY, "update", "anonymous") == (told["id"], told["action"], told["author"])
        entry = read(f"{server.url}/api/changes?country=BO&f=atom").split("<entry>")[1]
        assert "Rosatom battery factory in Bolivia" in entry
        reader = visit().open_map(f"{server.url}/#rec={FACTORY}")
        expect(reader.locator("#panel")).to_contain_text(NAME)

        journalist = visit().page
        journalist.goto(f"{server.url}/projects/{FACTORY}")
        journalist.locator(f"a[href$='/{FACTORY}/revisions']").first.click()
        expect(journalist.locator(".diff").first).to_contain_text(NAME)

        page = editor.page
        page.goto(f"{server.url}/projects/{FACTORY}/revisions/1")
        page.get_by_role("button", name="Go back to revision 1").click()
        expect(page).to_have_url(re.compile(rf"/projects/{FACTORY}"))
        again = wait_for(lambda: [each for each in changes_of(got, secret) if each["revision"] == 3])
        assert "update" == again[0]["action"]
        reader.reload()
        expect(reader.locator("#panel h2")).to_contain_text("Rosatom battery factory in Bolivia")
        expect(reader.locator("#panel")).not_to_contain_text(NAME)
    assert [] == resident.faults + editor.faults
