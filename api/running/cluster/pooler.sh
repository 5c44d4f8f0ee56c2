#!/bin/sh
# The pooler in its container: asked by others, and with the password that the servers of ours have.
set -eu
umask 077
ours=${CONFIGURATION:-/etc/lithium-ledger}
made=${RUNNING:-/run/pgbouncer}
sed --quiet 's/.*:\(ledger\):\(.*\)/"\1" "\2"/p' "${PGPASSFILE:?}" > "$made/userlist.txt"
sed -e 's|^listen_addr = .*|listen_addr = *|' -e 's|^unix_socket_dir = .*|unix_socket_dir =|' \
    -e "s|^auth_file = .*|auth_file = $made/userlist.txt|" "$ours/pgbouncer.ini" > "$made/pgbouncer.ini"
exec pgbouncer "$made/pgbouncer.ini"
