#!/bin/sh
# Runs a command with FORETIDE_TEST_POSTGRES and FORETIDE_TEST_MYSQL set to empty databases on this machine, then removes them.
#   scripts/test-databases.sh npx vitest run test/databases
# Servers that are missing are installed from Debian when run as root; a server that cannot be had is left out, and its tests skip.
set -u
have() { command -v "$1" >/dev/null 2>&1; }
pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
if [ "$(id -u)" = 0 ] && have apt-get; then
  missing=""
  [ -n "$(pg_bin)" ] || have initdb || missing="$missing postgresql"
  have mariadbd || missing="$missing mariadb-server"
  if [ -n "$missing" ]; then
    apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
  fi
fi

dir=$(mktemp -d)
chmod 755 "$dir"
pg_port=${FORETIDE_POSTGRES_PORT:-$((20000 + $$ % 20000))}
my_port=${FORETIDE_MYSQL_PORT:-$((40000 + $$ % 20000))}
my_pid=""
pg=""
stop() {
  [ -n "$pg" ] && as postgres "$pg/pg_ctl" -D "$dir/pg" -m immediate stop >/dev/null 2>&1
  if [ -n "$my_pid" ]; then
    mariadb-admin --no-defaults -S "$dir/my/s" -u root shutdown >/dev/null 2>&1 || kill "$my_pid" 2>/dev/null
    wait "$my_pid" 2>/dev/null
  fi
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Neither server runs as root.
as() {
  user=$1
  shift
  if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

pg=$(pg_bin)
if [ -n "$pg" ]; then
  mkdir "$dir/pg"
  [ "$(id -u)" = 0 ] && chown postgres "$dir/pg"
  if as postgres "$pg/initdb" -D "$dir/pg" -U foretide -A trust -E UTF8 --no-sync >"$dir/pg.log" 2>&1 &&
    as postgres "$pg/pg_ctl" -D "$dir/pg" -w -l "$dir/pg/log" \
      -o "-h 127.0.0.1 -p $pg_port -k $dir/pg -F" start >>"$dir/pg.log" 2>&1; then
    export FORETIDE_TEST_POSTGRES="postgres://foretide:secret-word@127.0.0.1:$pg_port/postgres"
  else
    echo 'PostgreSQL did not start:' >&2
    tail -n 5 "$dir/pg.log" >&2
    pg=""
  fi
fi

if have mariadbd; then
  mkdir "$dir/my"
  [ "$(id -u)" = 0 ] && chown mysql "$dir/my"
  if as mysql mariadb-install-db --no-defaults --datadir="$dir/my" --auth-root-authentication-method=normal --skip-test-db >"$dir/my.log" 2>&1; then
    as mysql mariadbd --no-defaults --datadir="$dir/my" --bind-address=127.0.0.1 --port="$my_port" --socket="$dir/my/s" \
      --pid-file="$dir/my/pid" --innodb-flush-log-at-trx-commit=0 >>"$dir/my.log" 2>&1 &
    my_pid=$!
    for _ in $(seq 60); do
      mariadb --no-defaults -S "$dir/my/s" -u root -e 'SELECT 1' >/dev/null 2>&1 && break
      sleep 0.5
    done
    if mariadb --no-defaults -S "$dir/my/s" -u root -e "CREATE DATABASE foretide CHARACTER SET utf8mb4; CREATE USER foretide@'127.0.0.1' IDENTIFIED BY 'secret-word'; GRANT ALL ON foretide.* TO foretide@'127.0.0.1'" >>"$dir/my.log" 2>&1; then
      export FORETIDE_TEST_MYSQL="mysql://foretide:secret-word@127.0.0.1:$my_port/foretide"
    else
      echo 'MariaDB did not start:' >&2
      tail -n 5 "$dir/my.log" >&2
    fi
  fi
fi

"$@"
