"""What an operator is given for a cluster: its containers, drop-ins of units, PostgreSQL's and PgBouncer's settings."""

import contextlib
import importlib.metadata
import ipaddress
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import psycopg
import pytest
import yaml
from clusters.server import folder_for_clusters
from clusters.shipped import HASTY, NAMES, ROLE, SHIPPED, pooler, shipped
from clusters.typed import block, blocks
from conftest import ROOT, wait_for
from made_up import made_up_feature

from api.settings import SETTINGS, Settings
from geo.editing import Edit
from geo.opening import open_store
from geo.postgis.addresses import is_database
from geo.postgis.pool import STATEMENT_SECONDS
from geo.records.project import Project
from geo.relational.database import WAIT_SECONDS

STORES = ("postgis",)
RUNNING = SHIPPED.parent
CHAPTER = (RUNNING / "README.md").read_text()
COMPOSE = yaml.safe_load((SHIPPED / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (SHIPPED / "Dockerfile").read_text()
OURS = (SHIPPED / "lithium-ledger.conf").read_text()
POOLER = (SHIPPED / "pgbouncer.ini").read_text()
FILES = sorted(file for file in SHIPPED.rglob("*") if file.is_file())
DROP_INS = [file for file in FILES if file.parent.name.endswith(".service.d")]
ITEMS = "/api/collections/projects/items"
SERVERS = ("ledger1", "ledger2")


def settings_of(text):
    """The names and values of a file of PostgreSQL's, or of PgBouncer's."""
    return dict(re.findall(r"^(\w+) = (.*?)$", text, re.MULTILINE))


# The containers


def test_every_service_is_careful():
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert ["ALL"] == service["cap_drop"], name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert "unless-stopped" == service["restart"], name
        assert {"mem_limit", "pids_limit", "cpus", "logging"} <= set(service), name
        assert name == "proxy" or service["user"] in ("10001:10001", "10002:10002"), name
    assert {"proxy"} == {name for name, each in SERVICES.items() if "ports" in each}
    assert all(COMPOSE["networks"][each]["internal"] for each in ("databases", "inside"))
    assert "databases" not in SERVICES["proxy"]["networks"], "who is reached from outside reaches no database"


def test_every_service_tells_how_it_is():
    """Those of ours have the health check of their image; a backup is well by its newest file."""
    ours = {name for name, each in SERVICES.items() if "healthcheck" not in each}
    assert {*NAMES, *SERVERS} == ours
    assert all("HEALTHCHECK" in (folder / "Dockerfile").read_text() for folder in (ROOT, SHIPPED))


def test_images_are_of_this_version_and_named_without_a_host():
    version = importlib.metadata.version("lithium-ledger")
    images = {each["image"] for each in SERVICES.values()}
    assert {f"lithium-ledger:{version}", f"lithium-ledger-database:{version}", "caddy:2.10"} == images
    assert ["debian:bookworm-slim"] == re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE)
    single = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["proxy"]["image"]
    assert single == SERVICES["proxy"]["image"]


def test_the_image_copies_what_is_there_and_what_docker_is_given():
    copied = {name for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.M) for name in line.split()[1:-1]}
    given = [line.removeprefix("!") for line in (SHIPPED / ".dockerignore").read_text().splitlines() if line[0] == "!"]
    assert {
        "database.sh",
        "role.sh",
        "pooler.sh",
        "lithium-ledger.conf",
        "pgbouncer.ini",
        "roles.sql",
        "slots.sql",
    } == copied
    for name in copied:
        assert any((SHIPPED / name).match(each) for each in given), name
        assert not name.endswith(".sh") or os.access(SHIPPED / name, os.X_OK), name


def test_passwords_are_in_files_that_nobody_commits_or_builds_in():
    ignored = (SHIPPED / ".gitignore").read_text().splitlines()
    for name, each in COMPOSE["secrets"].items():
        assert each == {"file": f"secrets/{name}"}
    assert "/secrets/" in ignored
    assert "*" in (SHIPPED / ".dockerignore").read_text().splitlines()
    for name, service in SERVICES.items():
        passfile = service.get("environment", {}).get("PGPASSFILE")
        assert [passfile] == [f"/run/secrets/{each}" for each in service.get("secrets", ())] or name == "proxy", name
    for file in FILES:
        assert not re.search(r"(?i)://\w+:\w+@|pgpassword|password *= *'", file.read_text()), file


def test_compose_sets_settings_that_there_are_and_mounts_what_there_is():
    known = {setting.variable for setting in SETTINGS} | {"LEDGER_SITE", "LEDGER_UPSTREAM"}
    for service in SERVICES.values():
        assert {name for name in service.get("environment", {}) if name.startswith("LEDGER_")} <= known
        for volume in service.get("volumes", ()):
            source = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", volume).split(":")[0]
            assert (SHIPPED / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume
        assert set(service.get("networks", {})) <= set(COMPOSE["networks"])
    proxy = SERVICES["proxy"]
    [addresses] = COMPOSE["networks"]["inside"]["ipam"]["config"]
    subnet, given = (ipaddress.ip_network(addresses[each]) for each in ("subnet", "ip_range"))
    own = ipaddress.ip_address(proxy["networks"]["inside"]["ipv4_address"])
    assert given.subnet_of(subnet)
    assert own in subnet
    assert own not in given, "another container might have it when the proxy comes"
    for name in SERVERS:
        told = SERVICES[name]["environment"]
        assert proxy["networks"]["inside"]["ipv4_address"] == told["LEDGER_PROXIES"]
        assert f"{name}:8000" in proxy["environment"]["LEDGER_UPSTREAM"].split()
        assert name in told["LEDGER_HOSTS"].split()


def test_changes_go_to_the_primary_itself_and_reads_through_the_pooler():
    told = SERVICES["ledger1"]["environment"] | {"LEDGER_PUBLIC_URL": "https://ledger.example.org/"}
    variables = {name: value for name, value in told.items() if "${" not in value}
    settings = Settings.from_environment(variables)
    assert is_database(settings.store)
    assert "target_session_attrs=read-write" in settings.store
    assert [f"postgresql://ledger@pooler:6432/{name}" for name in NAMES] == [*settings.replicas]
    assert told["LEDGER_STORE"] == SERVICES["backup"]["environment"]["LEDGER_STORE"]


# What the databases and the pooler are told


def test_all_files_mean_the_same_servers():
    listed = ",".join(NAMES)
    assert {*NAMES} < {*SERVICES}
    assert f"'ANY 1 ({listed.replace(',', ', ')})'" == settings_of(OURS)["synchronous_standby_names"]
    assert f"host={listed} " in settings_of(OURS)["primary_conninfo"]
    assert f"'{{{listed}}}'" in (SHIPPED / "slots.sql").read_text()
    assert {name: f"host={name} dbname=ledger" for name in NAMES} == {
        name: value for name, value in settings_of(POOLER).items() if name in NAMES
    }
    assert all(listed == SERVICES[name]["environment"]["HOSTS"] for name in NAMES)
    assert all(name == SERVICES[name]["environment"]["NAME"] for name in NAMES)


def test_the_settings_of_postgresql_are_those_of_the_chapter():
    table = re.search(r"\| setting \| value \| why \|\n\|---\|---\|---\|\n((?:\| `(?!LEDGER).*\n)+)", CHAPTER)[1]
    told = [(re.findall(r"`([a-z_]+)`", row.split("|")[1]), row.split("|")[2]) for row in table.splitlines()]
    names = {name for found, _ in told for name in found}
    assert {"synchronous_standby_names", "hot_standby_feedback", "wal_log_hints", "wal_sender_timeout"} <= names
    for found, value in told:
        for name in found:
            assert f"`{settings_of(OURS)[name]}`" in value, name


def test_the_role_has_the_bounds_that_a_pooler_refuses():
    roles = (SHIPPED / "roles.sql").read_text()
    assert f"ALTER ROLE ledger SET statement_timeout = '{STATEMENT_SECONDS}s';" in roles
    assert f"ALTER ROLE ledger SET lock_timeout = '{WAIT_SECONDS}s';" in roles


# The drop-ins of units


@pytest.fixture
def units(tmp_path):
    """The units with what is dropped in, in a folder as systemd has it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    for each in [*RUNNING.glob("*.service"), *RUNNING.glob("*.timer")]:
        text = each.read_text().replace("/opt/lithium-ledger/bin/lithium-ledger", "/bin/true")
        (tmp_path / each.name).write_text(text)
    for each in DROP_INS:
        (tmp_path / each.parent.name).mkdir()
        shutil.copy(each, tmp_path / each.parent.name)
    (tmp_path / "postgresql@15-main.service").write_text("[Service]\nType=oneshot\nExecStart=/bin/true\n")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("drop_in", DROP_INS, ids=lambda each: each.parent.name)
def test_systemd_takes_what_is_dropped_in(drop_in, units):
    unit = drop_in.parent.name.removesuffix(".d")
    command = ["systemd-analyze", "verify", "--man=no", str(units / unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"})
    said = [line for line in done.stderr.splitlines() if unit in line]
    assert (0, []) == (done.returncode, said), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["lithium-ledger.service", "lithium-ledger-backup.service"])
def test_the_units_are_little_exposed_with_what_is_dropped_in(unit, units):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", str(units / unit)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout.splitlines()[-1]
    assert "IPAddressDeny" in done.stdout


def test_only_settings_that_there_are_are_named():
    known = {setting.variable for setting in SETTINGS}
    known |= {"LEDGER_SITE", "LEDGER_UPSTREAM", "LEDGER_BACKUPS", "LEDGER_CPUS", "LEDGER_DATABASE_CPUS"}
    for file in FILES:
        assert set(re.findall(r"LEDGER_[A-Z_]+", file.read_text())) <= known, file


# The chapter


def test_the_chapter_names_every_file():
    for file in FILES:
        assert file.name.startswith(".") or file.name in CHAPTER, file.name
        assert file not in DROP_INS or file.parent.name in CHAPTER, file.parent.name


def test_what_the_chapter_copies_is_there():
    copied = re.findall(r"^(?:cp|install) .*?((?:api/running/cluster|api/running)/\S+)", CHAPTER, re.MULTILINE)
    assert copied
    for each in copied:
        assert [*ROOT.glob(each)], each
    assert f"install api/running/cluster/role.sh {ROLE}\n" in CHAPTER


def test_secrets_are_for_nobody_else_to_read():
    before = re.findall(r"^(.*)\n.* > /etc/lithium-ledger\.env", CHAPTER, re.MULTILINE)
    assert ["install --mode 0600 /dev/null /etc/lithium-ledger.env"] * 2 == before


def test_who_is_promoted_keeps_what_others_have_not_got_yet():
    """A standby whose first start took too long has no slots yet."""
    promoting = blocks("SELECT pg_promote()")
    assert 2 == len(promoting)
    assert all("slots.sql" in each.split("pg_promote()")[1] for each in promoting)


def test_an_index_is_made_beforehand_without_the_bounds_of_the_role():
    text = block("CREATE INDEX CONCURRENTLY").split("CREATE INDEX")
    assert {"statement_timeout", "lock_timeout"} == set(re.findall(r"SET (\w+) = 0", text[0]))
    assert "NOT indisvalid" in text[1]


# All of it, run


@pytest.fixture(scope="module")
def running(postgres):
    """The cluster; what is done to it stays done for the tests that come after."""
    with folder_for_clusters() as folder, shipped(folder) as begun:
        yield begun


@pytest.mark.slow
@pytest.mark.postgres
def test_all_databases_have_what_the_file_says_and_follow_the_first(running):
    for name in NAMES:
        assert "" == running.psql(name, "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL"), name
        there = "SELECT count(*) FROM pg_settings WHERE sourcefile LIKE '%/lithium-ledger.conf'"
        assert len(settings_of(OURS + HASTY)) == int(running.psql(name, there)), "nothing else decides"
    wait_for(lambda: "db2 quorum, db3 quorum" == running.psql("db1", FOLLOWED))


FOLLOWED = (
    "SELECT string_agg(application_name || ' ' || sync_state, ', ' ORDER BY application_name) FROM pg_stat_replication"
)


def asked(url, path, key=None, feature=None, **headers):
    """The status, the headers and the body of an answer of a server of ours."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        told |= {"Authorization": f"Bearer {key}", "Content-Type": "application/geo+json"}
    body = json.dumps(feature).encode() if feature else None
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}{path}", body, told), timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def figure(url, name):
    return float(re.search(rf"^lithium_ledger_{name} (\S+)$", asked(url, "/metrics")[2], re.MULTILINE)[1])


def named(name):
    return made_up_feature(1) | {"id": f"bo-{name}"}


@pytest.mark.slow
@pytest.mark.postgres
def test_a_server_reads_through_the_pooler_and_writes(running, serve, monkeypatch):
    if pooler() is None:
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    monkeypatch.setenv("PGPASSFILE", str(running.passfile))
    running.begin_pooler()
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(running.pooled("db1"), password="guessed")
    url, key = begun_on(running, serve)

    status, headers, said = asked(url, ITEMS, key, named("written"))
    assert 201 == status, said
    made = f"{ITEMS}/bo-written"
    assert 200 == asked(url, made, Ledger_Sequence=headers["Ledger-Sequence"])[0]
    wait_for(lambda: 0 == figure(url, "database_replicas_lost"))
    with contextlib.closing(open_store(running.pooled("db1"))) as store:  # changes may go through it, too
        edit = Edit("bo-pooled", Project.from_feature(named("pooled")), None, "ana")
        assert [1] == [revision.number for revision in store.write([edit])]
    wait_for(lambda: 200 == asked(url, f"{ITEMS}/bo-pooled")[0])

    promoted_instead(running)
    wait_for(lambda: 201 == asked(url, ITEMS, key, named("written-to-the-next-one"), Idempotency_Key="next")[0])
    assert 200 == asked(url, f"{ITEMS}/bo-written-to-the-next-one")[0]
    wait_for(lambda: 0 == figure(url, "database_replicas_lost"))

    running.end("pooler")
    wait_for(lambda: len(NAMES) == figure(url, "database_replicas_lost"))
    assert 200 == asked(url, made)[0], "then it is read from the primary"
    assert 201 == asked(url, ITEMS, key, named("written-without-it"))[0]


def begun_on(running, serve):
    """The address of a server of ours, begun as compose begins it, and a key for it."""
    server = serve(running.addresses, replicas=" ".join(running.pooled(name) for name in NAMES), behind=1)
    return server.url, server.key


def promoted_instead(running):
    """Kill the primary, promote another server, and begin the former one again; returns the names of all."""
    former = running.primary
    running.kill(former)
    assert running.is_allowed(former), "where nobody else is the primary"
    promoted = running.promote()
    assert not running.is_allowed(former)
    running.begin(former)
    running.wait_for(former)
    assert running.is_allowed(former), "as a standby"
    return former, promoted, next(name for name in NAMES if name not in (former, promoted))


@pytest.mark.slow
@pytest.mark.postgres
def test_a_dead_primary_is_followed_and_comes_again_as_a_standby(running):
    running.psql(running.primary, "CREATE TABLE noted AS SELECT 1 AS number")
    former, promoted, other = promoted_instead(running)
    running.psql(promoted, "INSERT INTO noted VALUES (2)")  # which another one has confirmed
    expected = ", ".join(f"{name} quorum" for name in sorted([former, other]))
    wait_for(lambda: expected == running.psql(promoted, FOLLOWED))
    wait_for(lambda: "1,2" == running.psql(former, "SELECT string_agg(number::text, ',' ORDER BY number) FROM noted"))

    running.end(promoted)
    running.begin_alone(former)
    running.begin(promoted)
    assert 1 == running.code_of(promoted), "it may be that this one has what the other one has not"
    assert "end that, or remove this one's data" in running.log(promoted).read_text()
