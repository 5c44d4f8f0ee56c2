#!/bin/sh
# A database of the cluster in its container. `database.sh make` makes the first one, once. Without a word it runs what is
# there: where nothing is, a copy of the primary, and where another server was promoted meanwhile, as a standby of that.
# It is called NAME; HOSTS are all of them, as in lithium-ledger.conf. Who promotes is the operator. Killed at any moment, it
# never begins what is half made, nor a copy as a primary.
set -eu
: "${NAME:?}" "${HOSTS:?}" "${PGDATA:?}" "${PGPASSFILE:?}"
ours=${CONFIGURATION:-/etc/lithium-ledger}
# What was long away takes long until it can be asked, and all the while a start is one.
export PGHOST="${SOCKETS:-/run/postgresql}" PGCTLTIMEOUT=86400
primary="host=$HOSTS user=replicator dbname=postgres target_session_attrs=read-write connect_timeout=2"
own="-c cluster_name=$NAME -c primary_slot_name=$NAME -c unix_socket_directories=$PGHOST"

say() {
    echo "$NAME: $*" >&2
}

# Run a server that nobody outside reaches for as long as a command takes.
while_running() {
    pg_ctl start --silent --wait --options "$own -c listen_addresses= -c synchronous_standby_names="
    failed=0
    "$@" || failed=$?
    pg_ctl stop --silent --mode fast
    return "$failed"
}

# What is made, or copied, has its name when it is whole.
make() {
    [ ! -e "$PGDATA" ] || { say "there is a database already"; exit 1; }
    whole=$PGDATA
    PGDATA=$whole.unfinished
    rm -rf "$PGDATA"
    initdb --encoding UTF8 --locale C.UTF-8 --auth-local peer --auth-host scram-sha-256 --data-checksums --no-instructions
    echo "include '$ours/lithium-ledger.conf'" >> "$PGDATA/postgresql.conf"
    echo "host all,replication all samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
    while_running psql --quiet --output /dev/null --dbname postgres --file "$ours/roles.sql" --file "$ours/slots.sql"
    mv "$PGDATA" "$whole"
}

has_primary() {
    psql --quiet --dbname "$primary" --command ""
}

copy() {
    say "waits for the primary, to copy it"
    until has_primary; do sleep 2; done
    rm -rf "$PGDATA.unfinished"
    pg_basebackup --dbname "$primary" --pgdata "$PGDATA.unfinished" --checkpoint fast --slot "$NAME"
    touch "$PGDATA.unfinished/standby.signal"
    mv "$PGDATA.unfinished" "$PGDATA"
    make_slots
}

make_slots() {
    while_running psql --quiet --output /dev/null --dbname postgres --file "$ours/slots.sql"
}

# A former primary may have changes that nobody else has and nobody was told of: they go.
rejoin() {
    say "another server is the primary: this one becomes its standby"
    touch "$PGDATA.rewinding"
    sync "$PGDATA.rewinding"
    # A process of that number may be there in a new container, and is another one.
    rm -f "$PGDATA/postmaster.pid"
    pg_rewind --target-pgdata "$PGDATA" --source-server "$primary"
    rm -rf "$PGDATA"/pg_replslot/*
    touch "$PGDATA/standby.signal"
    rm "$PGDATA.rewinding"
    make_slots
}

copy_anew() {
    say "was not rewound to the end: a copy takes its place"
    rm -rf "$PGDATA"
    rm "$PGDATA.rewinding"
    copy
}

refuse() {
    say "another server calls itself the primary, and neither was promoted after the other: end that, or remove this one's data"
    exit 1
}

begin() {
    case $(sh "$(dirname "$0")/role.sh") in
        standby | primary) ;;
        former) rejoin ;;
        unfinished) copy_anew ;;
        unclear) refuse ;;
        *) exit 1 ;;
    esac
}

if [ "${1:-}" = make ]; then
    make
    exit
fi
if [ -e "$PGDATA" ] || [ -e "$PGDATA.rewinding" ]; then begin; else copy; fi
# shellcheck disable=SC2086  # the options are several words
exec postgres $own
