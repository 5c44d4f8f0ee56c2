#!/bin/sh
# Says what a database of the cluster that does not run is to be: `standby`; `primary`, unless another server is that;
# `former`, where that one was promoted after this one; `unclear`, where nobody can tell; `unfinished`, where pg_rewind did
# not come to its end. Ends with 0 for the first two, which may begin.
# Each promotion begins a timeline of a higher number. So that is what decides, and not who came back first: another server
# with a lower one is a former primary that has to end.
set -eu
: "${PGDATA:=/var/lib/postgresql/15/main}" "${HOSTS:=db1,db2,db3}"
export PGPASSFILE="${PGPASSFILE:-/var/lib/postgresql/.pgpass}" PATH="$PATH:/usr/lib/postgresql/15/bin" LC_ALL=C
primary="host=$HOSTS user=replicator dbname=postgres target_session_attrs=read-write connect_timeout=2"

end_as() {
    echo "$1"
    case $1 in standby | primary) exit 0 ;; *) exit 1 ;; esac
}

# PostgreSQL notes the timeline of a promotion here at once, and there with the checkpoint that follows.
timeline_here() {
    pg_controldata "$PGDATA" \
        | sed --quiet "s/^Latest checkpoint's TimeLineID: *//p; s/^Min recovery ending loc's timeline: *//p" \
        | sort --numeric-sort | tail --lines 1
}

# pg_rewind reads what this checkpoint writes. Fails where there is no primary.
timeline_of_primary() {
    psql --no-psqlrc --no-password --quiet --tuples-only --no-align --dbname "$primary" \
        --command CHECKPOINT --command "SELECT timeline_id FROM pg_control_checkpoint()"
}

[ ! -e "$PGDATA.rewinding" ] || end_as unfinished
[ ! -e "$PGDATA/standby.signal" ] || end_as standby
[ -r "$PGPASSFILE" ] || { echo "$PGPASSFILE cannot be read, so that nobody can be asked" >&2; exit 2; }
here=$(timeline_here)
there=$(timeline_of_primary) || end_as primary
echo "timeline ${here:?} here, ${there:?} at another server that takes changes" >&2
[ "$there" -le "$here" ] || end_as former
[ "$there" -lt "$here" ] || end_as unclear
echo "that one is a former primary: end it" >&2
end_as primary
