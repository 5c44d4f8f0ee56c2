"""A server answers for hosts that are known to it, on either way to an answer, and names the setting that adds one."""

import pytest
from conftest import client_of

from api.hosts import Hosts
from api.settings import Settings, WrongSetting

STORES = ("geopackage",)  # hosts are the same over every store

ITEMS = "/api/collections/projects/items"
RECORD = f"{ITEMS}/bo-acisa-battery"
LOCAL = ["localhost", "LOCALHOST:8000", "map.localhost", "127.0.0.1", "127.8.9.1:80", "[::1]", "[0:0:0:0:0:0:0:1]:8000"]


def scope(host, server="10.1.2.3", version="1.1"):
    told = [] if host is None else [(b"host", each.encode()) for each in ([host] if isinstance(host, str) else host)]
    return {"type": "http", "http_version": version, "server": (server, 8000), "headers": told}


def fault(host, **asked):
    settings = asked.pop("settings", {})
    return Hosts(Settings.from_environment(settings)).fault_of(scope(host, **asked))


@pytest.mark.parametrize("host", LOCAL)
def test_this_machine_is_known_to_itself(host):
    assert fault(host) is None


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "1.2.3.4", "[2001:db8::1]", "notlocalhost"])
def test_a_host_that_nobody_named_is_not_known(host):
    assert "host-unknown" == fault(host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        " ",
        "a b",
        "a/b",
        "a@b",
        "[::1",
        "a:b",
        'a"b',
        "{next}",
        "[::::]",
        "<x>",
        ["localhost", "localhost"],
        "x" * 300,
    ],
)
@pytest.mark.parametrize("settings", [{}, {"LEDGER_HOSTS": "*"}])
def test_a_request_names_one_host_that_can_be_read(host, settings):
    assert "host-unreadable" == fault(host, settings=settings)


def test_the_first_http_knew_no_hosts():
    assert fault(None, version="1.0") is None


@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:80"])
def test_the_address_to_which_a_connection_came_is_known(host):
    assert fault(host) is None
    assert "host-unknown" == fault(host, server="10.1.2.4")


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ({"LEDGER_HOST": "192.0.2.7"}, ["192.0.2.7:8000"]),
        ({"LEDGER_HOST": "desk.example.org"}, ["desk.example.org", "DESK.example.org.:80"]),
        ({"LEDGER_PUBLIC_URL": "https://Ex.org:8443/ledger/"}, ["ex.org", "ex.org:8443"]),
        ({"LEDGER_HOSTS": "a.example, 192.0.2.1 2001:db8::1"}, ["a.example:80", "192.0.2.1", "[2001:DB8:0::1]"]),
        ({"LEDGER_HOSTS": "[2001:db8::1]"}, ["[2001:db8::1]:8000"]),
        ({"LEDGER_HOSTS": "*"}, ["anything.example", "1.2.3.4"]),
    ],
)
def test_what_the_operator_names_is_known(settings, known):
    assert [None] * len(known) == [fault(host, settings=settings) for host in known]
    assert [None] * len(LOCAL) == [fault(host, settings=settings) for host in LOCAL]
    if "*" not in settings.values():
        assert "host-unknown" == fault("evil.example", settings=settings)


@pytest.mark.parametrize("listening", ["0.0.0.0", "::"])
def test_a_server_for_all_addresses_is_not_asked_by_that_one(listening):
    settings = Settings(host=listening, hosts=("a.example",))
    assert ["a.example"] == Hosts(settings).named
    assert "a.example" in Hosts(settings).told
    assert "LEDGER_HOSTS" in Hosts(settings).told


@pytest.mark.parametrize(
    "hosts",
    [
        "..",
        "1.2.3",
        "-",
        "a..b",
        "[1.2.3.4]",
        "http://a",
        "a/b",
        "a:80",
        "*.example.org",
        "[::1]:80",
        "<a>",
        "bücher.example",
    ],
)
def test_hosts_are_names_or_addresses(hosts):
    with pytest.raises(WrongSetting, match="HOSTS"):
        Settings.from_environment({"LEDGER_HOSTS": hosts})


@pytest.mark.parametrize("path", ["/", "/api", ITEMS, RECORD, "/static/favicon.svg", "/nowhere"])
def test_an_unknown_host_is_refused_and_told_which_setting_names_it(api, path):
    answer = api.client.get(path, headers={"Host": "evil.example:8000"})
    problem = answer.json()
    assert (421, 421, "host-unknown") == (answer.status_code, problem["status"], problem["rule"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert {"host": "evil.example:8000", "setting": "LEDGER_HOSTS"} == problem["values"]
    assert "LEDGER_HOSTS" in problem["detail"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert 400 == api.client.get(path, headers={"Host": "a b"}).status_code


def test_an_unknown_host_changes_nothing(api):
    refused = api.client.delete(RECORD, headers={**api.editor, "If-Match": "*", "Host": "evil.example"})
    assert 421 == refused.status_code
    assert 200 == api.client.get(RECORD).status_code


def test_whether_the_server_is_well_is_told_to_any_host(api):
    told = [api.client.get(path, headers={"Host": "10.200.0.3:8000"}).status_code for path in ("/healthz", "/readyz")]
    assert 200 == told[0]
    assert 421 != told[1]
    assert 421 == api.client.get("/metrics", headers={"Host": "evil.example"}).status_code, (
        "figures are for who is named"
    )


def test_the_host_of_the_public_address_is_answered_for(api):
    client = client_of(api.store, Settings(public_url="https://ledger.example.org"))
    answer = client.get("/api", headers={"Host": "ledger.example.org"})
    assert all(link["href"].startswith("https://ledger.example.org/") for link in answer.json()["links"])
