# A throw-away PostgreSQL cluster: loopback only, a random password, a free
# port, and durable as in production. Every test makes its own database in it.

postgres_data="$scratch/postgres"

# Prints the folder of PostgreSQL's programs, the newest version first.
postgres_bin() {
    local initdb
    initdb=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    [[ -n $initdb ]] && dirname "$initdb"
}

# PostgreSQL refuses to run as root: there its own account runs it.
as_postgres() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Starts the cluster and exports YUEHUI_TEST_POSTGRES, its address.
start_postgres() {
    local bin password port attempt
    bin=$(postgres_bin)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkdir "$postgres_data"
    (umask 077 && printf '%s\n' "$password" >"$scratch/password")
    if ((EUID == 0)); then chown postgres "$postgres_data" "$scratch/password"; fi
    as_postgres "$bin/initdb" --pgdata="$postgres_data" --username=yuehui \
        --auth=password --pwfile="$scratch/password" \
        --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    for attempt in {1..10}; do
        port=$((20000 + RANDOM % 12000))
        if as_postgres "$bin/pg_ctl" start --wait --silent --pgdata="$postgres_data" \
            --log="$postgres_data/server.log" --options="-h 127.0.0.1 -p $port \
            -c unix_socket_directories='' -c max_connections=200 -c log_min_messages=fatal"; then
            export YUEHUI_TEST_POSTGRES="postgres://yuehui:$password@127.0.0.1:$port/postgres"
            echo "PostgreSQL of its own on port $port"
            return
        fi
    done
    tail -n 20 "$postgres_data/server.log"
    echo "PostgreSQL did not start in $attempt attempts"
    return 1
}

stop_postgres() {
    if [[ ! -e $postgres_data/postmaster.pid ]]; then return; fi
    as_postgres "$(postgres_bin)/pg_ctl" stop --mode=immediate --silent --pgdata="$postgres_data"
}
