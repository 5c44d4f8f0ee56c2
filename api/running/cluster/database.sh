#!/bin/sh
# A database of the cluster in its container. `database.sh make` makes the first one, once. Without a word it runs what is
# there: where nothing is, a copy of the primary, and where another server was promoted meanwhile, as a standby of that.
# It is called NAME; HOSTS are all of them, as in lithium-ledger.conf. Who promotes is the operator.
set -eu
: "${NAME:?}" "${HOSTS:?}" "${PGDATA:?}" "${PGPASSFILE:?}"
ours=${CONFIGURATION:-/etc/lithium-ledger}
export PGHOST="${SOCKETS:-/run/postgresql}"
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

# The timeline of the primary among the others, which is higher after each promotion; fails where there is none.
timeline_of_primary() {
    psql --quiet --tuples-only --no-align --dbname "$primary" \
        --command CHECKPOINT --command "SELECT timeline_id FROM pg_control_checkpoint()"
}

copy() {
    say "waits for the primary, to copy it"
    until timeline_of_primary >/dev/null; do sleep 2; done
    rm -rf "$PGDATA.unfinished"
    pg_basebackup --dbname "$primary" --pgdata "$PGDATA.unfinished" --checkpoint fast --slot "$NAME"
    mv "$PGDATA.unfinished" "$PGDATA"
    follow
}

follow() {
    touch "$PGDATA/standby.signal"
    while_running psql --quiet --output /dev/null --dbname postgres --file "$ours/slots.sql"
}

# A former primary may have changes that nobody else has and nobody was told of: they go.
rejoin() {
    if [ "$1" -le "$(pg_controldata | sed --quiet "s/^Latest checkpoint's TimeLineID: *//p")" ]; then
        say "another server calls itself the primary, and was not promoted after this one: end that, or remove this one's data"
        exit 1
    fi
    say "another server is the primary: this one becomes its standby"
    # A process of that number may be there in a new container, and is another one.
    rm -f "$PGDATA/postmaster.pid"
    pg_rewind --target-pgdata "$PGDATA" --source-server "$primary"
    rm -rf "$PGDATA"/pg_replslot/*
    follow
}

if [ "${1:-}" = make ]; then
    make
    exit
fi
if [ ! -e "$PGDATA" ]; then
    copy
elif [ ! -e "$PGDATA/standby.signal" ]; then
    say "asks whether another server is the primary"
    if timeline=$(timeline_of_primary); then rejoin "$timeline"; fi
fi
# shellcheck disable=SC2086  # the options are several words
exec postgres $own
