"""The proxies' configurations that we ship do what the chapter on running says, with nginx and Caddy themselves."""

import contextlib
import html
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import orjson
import pytest
from conftest import Server, copy_of, wait_for
from fronts import RUNNING, SITES, VISITOR, Front, front, installed
from made_up import made_up_feature

from api.routes.importing import MOST_FORM
from api.settings import Settings

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
RECORD = f"{ITEMS}/bo-rosatom-battery-factory"
BIG = 128 * 2**20  # more than all buffers of the systems between us and a reader


class Site:
    """A server, and the proxy before it."""

    def __init__(self, server: Server, proxy: Front, file: str, root: str) -> None:
        self.server, self.proxy, self.file, self.root = server, proxy, file, root
        self.address = f"https://{proxy.host}{root}"

    def ask(self, path, *options, **more):
        return self.proxy.ask(path if "://" in path else f"{self.root}{path}", *options, **more)

    def change(self, method, path, feature, *headers, key=None):
        told = [f"Authorization: Bearer {key or self.server.key}", "Content-Type: application/geo+json", *headers]
        options = [part for header in told for part in ("-H", header)]
        return self.ask(path, "-X", method, "--compressed", *options, content=orjson.dumps(feature))

    def lines(self, request_id):
        """What the log says of a request, once it says it."""
        return wait_for(lambda: [json.loads(line) for line in list(self.server.said) if request_id in line])


def a_big_file(folder):
    """A base map as far as its head and its description go; of its tiles only the size counts here."""
    file = folder / "base.pmtiles"
    described = orjson.dumps({"vector_layers": [{"id": "land"}]})
    header = bytearray(127)
    header[:8] = b"PMTiles\x03"
    header[24:32], header[32:40] = (127).to_bytes(8, "little"), len(described).to_bytes(8, "little")
    header[97:100] = bytes([1, 1, 1])  # nothing is compressed; vector tiles
    with file.open("wb") as written:
        written.write(bytes(header) + described)
        written.truncate(BIG)
    return file


@pytest.fixture(scope="module", params=SITES)
def site(request, tmp_path_factory):
    file, host, root = SITES[request.param]
    kind = request.param.split()[0]
    if installed(kind) is None:
        pytest.skip(f"{kind} is not installed (Debian: apt-get install {kind})")
    served = tmp_path_factory.mktemp("served")
    server = Server(
        copy_of("south_america", served / "ledger.gpkg"),
        *("--basemap", str(a_big_file(served))),
        public_url=f"https://{host}{root}/",
        proxies="127.0.0.1",
        log="json",
        send_seconds=3,
        header_seconds=5,
        body_seconds=5,
    )
    folder = Path(tempfile.mkdtemp(prefix="front-"))
    folder.chmod(0o755)
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, folder)
        ends.callback(server.stop)
        site = Site(server, ends.enter_context(front(kind, file, folder, server.url, host)), file, root)
        site.waiting = ends.enter_context(a_body_that_does_not_end(site))
        yield site


def new_record(name):
    return made_up_feature(1) | {"id": f"bo-{name}"}


def test_http_leads_to_https_unless_it_carries_a_key(site):
    if site.root and site.proxy.kind == "nginx":
        pytest.skip("below a path the site's own server does that")
    led = site.ask("/api?f=json", scheme="http")
    assert (308, "https", f"{site.root}/api") == (
        led.status,
        urlsplit(led.headers["location"]).scheme,
        urlsplit(led.headers["location"]).path,
    )
    assert "f=json" == urlsplit(led.headers["location"]).query
    if not site.root:
        for header in ("Authorization: Bearer x", "X-API-Key: x"):
            refused = site.ask("/api", "-H", header, scheme="http")
            assert (403, None) == (refused.status, refused.headers.get("location"))
            assert b"rotate it" in refused.body


def test_visitors_come_by_http_2_and_every_link_is_of_the_public_address(site):
    for path in ("/api", f"{ITEMS}?limit=2"):
        answer = site.ask(path)
        assert (200, "2") == (answer.status, answer.version)
        links = re.findall(rb'"href": ?"([^"]+)"', answer.body)
        assert links
        assert [] == [link for link in links if not link.startswith(site.address.encode()) and b"opengis" not in link]
    if not site.root:
        assert "max-age=31536000; includeSubDomains" == site.ask("/api").headers["strict-transport-security"]


@pytest.mark.parametrize("page", ["/", "/projects/bo-rosatom-battery-factory", "/api/docs", "/add"])
def test_a_page_comes_with_all_that_it_names(site, page):
    shown = site.ask(page)
    assert 200 == shown.status
    named = re.findall(rb'<(?:link[^>]*href|script[^>]*src)="([^"]+)"', shown.body)
    assert named
    addresses = {urljoin(f"{site.address}{page}", html.unescape(name.decode())) for name in named}
    ours = sorted(each for each in addresses if each.startswith(f"https://{site.proxy.host}/"))
    assert [] == [each for each in ours if not f"{each}/".startswith(f"{site.address}/")]
    assert [200] * len(ours) == site.proxy.statuses(ours)


def test_the_path_alone_leads_to_the_map(site):
    led = site.proxy.ask(site.root or "/")
    if site.root:
        assert 308 == led.status
        led = site.proxy.ask(urljoin(f"{site.address}", led.headers["location"]))
    assert 200 == led.status


def test_a_new_record_lies_where_its_location_says(site):
    made = site.change("POST", ITEMS, new_record("through-a-proxy"))
    assert 201 == made.status, made.body
    assert f"{site.address}{ITEMS}/bo-through-a-proxy" == made.headers["location"]
    assert "bo-through-a-proxy" == site.ask(made.headers["location"]).told["id"]


def test_the_log_has_the_visitor_s_address_and_the_proxy_s_id_whatever_the_visitor_says(site):
    lies = ("X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: http", "X-Request-ID: mine", "X-Real-IP: 203.0.113.7")
    answer = site.ask("/about", *(part for lie in lies for part in ("-H", lie)))
    request_id = answer.headers["x-request-id"]
    assert "mine" != request_id
    assert not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", request_id), "that is the server's own, where none was passed on"
    [line] = site.lines(request_id)
    assert (VISITOR, "/about", 200) == (line["client"], line["path"], line["status"])


@pytest.mark.parametrize("name", ["metrics", "readyz"])
def test_what_operators_ask_is_not_for_the_public(site, name):
    with urllib.request.urlopen(f"{site.server.url}/{name}") as direct:
        assert 200 == direct.status
    spelled = [
        f"/{name}",
        f"/{name}/",
        f"/{name}//",
        f"//{name}",
        f"/about/../{name}",
        f"/./{name}",
        f"/{name.upper()}",
    ]
    spelled += [f"/{name}%0a", f"/{name}/%0a", f"/{name}%0d", f"/{name}%09", f"/{name}%20"]
    spelled += [f"/%{ord(name[0]):x}{name[1:]}", f"/{name}?x=1", f"/{name}%2f", f"/ledger/{name}", f"//ledger/{name}"]
    for each in spelled:
        assert site.ask(each).status in (400, 404), each
    assert 404 == site.ask(f"/{name}", "-I").status
    assert 200 == site.ask("/healthz").status


@pytest.mark.parametrize("path", ["/api/conformance", RECORD], ids=["sent as it is", "compressed by the ledger"])
def test_tags_and_codings_pass_as_they_are(site, path):
    """A small answer is not compressed; a proxy that does it nevertheless would have to weaken its tag."""
    packed = {"Accept-Encoding": "gzip"}
    read = site.ask(path, "-H", "Accept-Encoding: gzip")
    with urllib.request.urlopen(urllib.request.Request(f"{site.server.url}{path}", headers=packed)) as direct:
        for name in ("etag", "content-encoding"):
            assert direct.headers[name] == read.headers.get(name), name
    assert read.headers["etag"].startswith('"')


def test_tags_serve_reads_and_changes(site):
    made = site.change("POST", ITEMS, new_record("tagged"))
    path, packed = f"{ITEMS}/bo-tagged", ("-H", "Accept-Encoding: gzip")
    read = site.ask(path, *packed)
    assert 304 == site.ask(path, *packed, "-H", f"If-None-Match: {read.headers['etag']}").status
    patch = {"properties": {"name": "Another name"}}
    changed = site.change("PATCH", path, patch, f"If-Match: {made.headers['etag']}")
    assert (200, "Another name") == (changed.status, changed.told["properties"]["name"])
    assert 412 == site.change("PATCH", path, patch, f"If-Match: {made.headers['etag']}").status


POST = ("-X", "POST", "-H", "Content-Type: application/geo+json")


@pytest.mark.parametrize("how", [(), ("-H", "Expect:"), ("-H", "Transfer-Encoding: chunked")])
def test_a_body_of_the_size_allowed_is_the_ledger_s_to_judge_whoever_sends_it(site, how):
    """Also where it does not want it: the answer arrives, and the connection to the ledger serves the next."""
    for key, status in ((site.server.key, 400), ("unknown", 401), (site.server.key, 400)):
        judged = site.ask(ITEMS, *POST, *how, "-H", f"Authorization: Bearer {key}", content=b" " * 2**20)
        told = (judged.status, judged.headers.get("content-type", "").split(";")[0])
        assert (status, "application/problem+json") == told, judged
    assert 200 == site.ask(RECORD).status


@pytest.mark.parametrize("size", [2**20 + 1, 3_000_000])
@pytest.mark.parametrize("how", [(), ("-H", "Transfer-Encoding: chunked")])
def test_what_is_too_large_ends_at_the_proxy(site, size, how):
    try:
        status = site.ask(
            ITEMS, *POST, *how, "-H", f"Authorization: Bearer {site.server.key}", content=b" " * size
        ).status
    except subprocess.CalledProcessError as failed:
        status = failed.returncode
    ended_early = (
        {18, 55, 56, 92} if site.proxy.kind == "caddy" else set()
    )  # it may end a stream before it has said all
    assert status in {413} | ended_early
    assert 200 == site.ask(RECORD).status


def upload(site, table):
    return site.ask("/import", "-H", f"Authorization: Bearer {site.server.key}", "-F", f"file=@{table};filename=a.csv")


def test_a_table_is_larger_than_other_bodies_and_is_imported(site, tmp_path):
    table = tmp_path / "table.csv"
    table.write_bytes(b"name,country\n" + b"A mine,BO\n" * 300_000)
    kept = upload(site, table)
    assert (303, f"{site.root}/import/") == (kept.status, kept.headers["location"].rpartition("/")[0] + "/"), kept
    key = ("-H", f"Authorization: Bearer {site.server.key}", "-H", "Accept: text/html")
    assert 200 == site.proxy.ask(kept.headers["location"], *key).status


def test_a_table_that_is_too_large_ends_at_the_proxy(site, tmp_path):
    with (tmp_path / "table.csv").open("wb") as table:
        table.truncate(MOST_FORM)
    assert 413 == upload(site, table.name).status


@pytest.mark.parametrize("file", sorted(file for file, *_ in SITES.values()))
def test_the_files_have_the_bounds_of_the_ledger(file):
    text = (RUNNING / file).read_text()
    ours = {Settings().body_bytes, MOST_FORM}
    assert ours == {int(each) * 2**20 for each in re.findall(r"max_(?:body_)?size (\d+)(?:m;|MiB)", text)}
    if "Caddyfile" in file:
        assert ours == {int(each) for each in re.findall(r"Content-Length}\) > (\d+)`", text)}


@contextlib.contextmanager
def a_visitor(site):
    """A connection of a visitor's own."""
    trusted = ssl.create_default_context(cafile=str(site.proxy.authority))
    with (
        socket.create_connection(("127.0.0.1", site.proxy.ports["https"]), source_address=(VISITOR, 0)) as plain,
        trusted.wrap_socket(plain, server_hostname=site.proxy.host) as visitor,
    ):
        yield visitor


@contextlib.contextmanager
def a_body_that_does_not_end(site):
    """A visitor whose record has one byte of a hundred; Caddy waits for half a minute, while the tests go on."""
    head = f"POST {site.root}{ITEMS} HTTP/1.1\r\nHost: {site.proxy.host}\r\nAuthorization: Bearer {site.server.key}\r\n"
    with a_visitor(site) as sender:
        sender.sendall(f"{head}Content-Type: application/geo+json\r\nContent-Length: 100\r\n\r\n{{".encode())
        yield sender


@contextlib.contextmanager
def a_reader(site):
    """A visitor who has asked for a large file, and takes as much of it as the test does."""
    with a_visitor(site) as reader:
        asked = f"GET {site.root}/basemap.pmtiles HTTP/1.1\r\nHost: {site.proxy.host}\r\nConnection: close\r\n\r\n"
        reader.sendall(asked.encode())
        yield reader


def until_the_end(reader):
    taken = 0
    with contextlib.suppress(OSError):  # nginx ends what the server has given up in the midst of TLS
        while part := reader.recv(2**20):
            taken += len(part)
    return taken


def test_a_large_file_goes_through_whole(site):
    with a_reader(site) as reader:
        assert BIG < until_the_end(reader) < BIG + 10_000


def test_a_large_file_goes_through_as_its_reader_takes_it(site):
    """A reader who stops: the server gives up, since the proxy neither keeps the rest nor lays it down on its disk."""
    with a_reader(site) as reader:
        first = reader.recv(65_536)
        assert first.startswith(b"HTTP/1.1 200")
        request_id = re.search(rb"(?i)x-request-id: (\S+)", first)[1].decode()
        [line] = site.lines(request_id)
        taken = until_the_end(reader)
        assert (200, True) == (line["status"], taken < BIG), f"{taken} bytes came"


def test_a_part_of_a_file_is_a_part_through_the_proxy(site):
    part = site.ask("/basemap.pmtiles", "-H", "Range: bytes=0-6")
    assert (206, b"PMTiles") == (part.status, part.body)


def test_the_proxy_runs_as_an_ordinary_user(site):
    assert os.geteuid() != 0 or 65_534 == os.stat(f"/proc/{site.proxy.process.pid}").st_uid


@pytest.mark.parametrize("site", ["caddy", "caddy below a path"], indirect=True)
def test_caddy_leads_from_a_server_that_is_gone_to_one_that_lives(site, open_folder):
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        upstreams = f"127.0.0.1:{gone.getsockname()[1]} {site.server.url.removeprefix('http://')}"
        with front("caddy", site.file, open_folder, upstreams, site.proxy.host) as proxy:
            assert [200] * 20 == proxy.statuses([f"{site.address}/api"] * 20)
            made = Site(site.server, proxy, site.file, site.root).change("POST", ITEMS, new_record("led-on"))
            assert 201 == made.status, "nobody has heard of it before"


def test_a_visitor_stays_with_one_of_several_servers(site, open_folder, serve, tmp_path):
    other = serve(
        copy_of("south_america", tmp_path / "ledger.gpkg"),
        public_url=f"{site.address}/",
        proxies="127.0.0.1",
        log="json",
    )
    upstreams = " ".join(each.url.removeprefix("http://") for each in (site.server, other))
    with front(site.proxy.kind, site.file, open_folder, upstreams, site.proxy.host) as proxy:
        asked = [f"{site.address}/nobody/{number}" for number in range(20)]
        assert [404] * 20 == proxy.statuses(asked)

    def heard():
        return sorted(sum('"path":"/nobody/' in line for line in list(each.said)) for each in (site.server, other))

    wait_for(lambda: sum(heard()) == 20)
    assert [0, 20] == heard()


def test_one_visitor_has_an_end_of_requests_at_a_time_through_nginx(site):
    """Of connections the server sees only the proxy's, so that the proxy has to bound those of a visitor."""
    if site.proxy.kind != "nginx":
        pytest.skip("Caddy has no bound of its own; the chapter says so")
    with contextlib.ExitStack() as readers:
        for _ in range(110):
            readers.enter_context(a_reader(site))
        assert 429 == site.ask("/healthz").status
    wait_for(lambda: 200 == site.ask("/healthz").status)  # those who have gone count no longer


@pytest.mark.parametrize("site", ["nginx", "nginx below a path", "caddy"], indirect=True)  # Caddy's two bounds are one
def test_a_body_that_does_not_end_is_told_so_by_the_ledger(site):
    """The last of all, since it was begun before the first."""
    assert site.waiting.recv(65_536).startswith(b"HTTP/1.1 408")
