"""The database of the benchmarks, through psql."""

import os
import subprocess

NAME = f"howdah_bench_{os.getpid()}"


class Trouble(Exception):
    """Something that the user has to know, without a traceback."""


def psql(script, database=NAME):
    """Runs a script; its output, a row a line."""
    environment = dict(os.environ, PGTZ="UTC", PGDATABASE=database)
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], input=script, capture_output=True, text=True,
                          env=environment, check=False)
    if done.returncode != 0:
        raise Trouble(f"psql: {done.stderr.strip()}\n{script[:400]}")
    return done.stdout.strip()


def create(schema):
    psql(f"SET client_min_messages = warning; DROP DATABASE IF EXISTS {NAME} WITH (FORCE);\nCREATE DATABASE {NAME};",
         os.environ.get("PGDATABASE", "postgres"))
    psql(f"ALTER DATABASE {NAME} SET timezone = 'UTC';\n" + schema)


def drop():
    psql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE);", os.environ.get("PGDATABASE", "postgres"))


def put_back(step):
    script = step.workload.reset(step.objects, step.units)
    if script:
        psql(script)


def look(step):
    """What a contestant has left, as texts to be compared, and the checksum of the keys that it was given or None."""
    workload = step.workload
    told = psql("".join(f"{statement};\n" for statement in (*workload.left, *filter(None, [workload.checksum])))).splitlines()
    return (tuple(told[:-1]), int(told[-1])) if workload.checksum else (tuple(told), None)


def settings():
    names = ("server_version", "shared_buffers", "fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit",
             "max_wal_size")
    return {name: psql(f"SHOW {name};") for name in names}
