"""Writes numbers, and notes which were acknowledged and when: `python -m clusters.noting ADDRESS FILE`."""

from __future__ import annotations

import sys
import time

import psycopg

# What a client needs to notice in three seconds that a server has gone without a word.
NOTICING = "connect_timeout=2&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=3000"
TABLE = "CREATE TABLE noted (number bigint PRIMARY KEY)"


def main() -> None:
    address, file = sys.argv[1:]
    number = 0
    with open(file, "a", buffering=1) as noted:
        while True:
            try:
                with psycopg.connect(f"{address}&{NOTICING}", autocommit=True) as connection:
                    while True:
                        number += 1  # also after an error: nobody knows what became of the one before
                        connection.execute("INSERT INTO noted VALUES (%s)", [number])
                        noted.write(f"{number} {time.monotonic():.3f}\n")
            except psycopg.Error:
                time.sleep(0.02)


if __name__ == "__main__":
    main()
