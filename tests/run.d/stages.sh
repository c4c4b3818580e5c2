# The stages, one function each. None sets RUSTFLAGS: another value would
# build every dependency again.

stage_format() {
    cargo fmt --all --check
}

# The server's side natively, the page's side for the browser.
stage_lints() {
    cargo clippy --locked --release --workspace --all-targets -- -D warnings
    lint_for_browser app --features hydrate
    lint_for_browser scanner
    lint_for_browser offline
}

lint_for_browser() {
    local package=$1
    shift
    cargo clippy --locked --profile wasm-release --target wasm32-unknown-unknown \
        --package "$package" "$@" -- -D warnings
}

# Proves that what a phone downloads has no crate of the server in it.
stage_wasm_tree() {
    wasm_tree_of app --no-default-features --features hydrate
    wasm_tree_of scanner
    wasm_tree_of offline
}

wasm_tree_of() {
    local package=$1 crates found
    crates=$(cargo tree --locked --package "$@" --target wasm32-unknown-unknown \
        --edges normal --prefix none --format '{p}' | awk '{ print $1 }' | sort -u)
    found=$(grep -E "^($SERVER_CRATES)$" <<<"$crates" || true)
    echo "$package for the browser: $(wc -l <<<"$crates") crates; looked for $SERVER_CRATES"
    if [[ -n $found ]]; then
        echo "of the server's, it holds: ${found//$'\n'/, }"
        return 1
    fi
    echo "none of them is there"
}
SERVER_CRATES='backend|server|axum.*|hyper.*|leptos_axum|libsqlite3-sys|mio|rusqlite|sqlx.*|tokio.*|tower-http'

# Every test natively, on SQLite and on a PostgreSQL of its own.
stage_rust() {
    start_postgres
    # Apart from the others are those whose tests need crates with more features
    # than the server does: together, the server's crates would be built twice.
    local apart=(bundle domain offline scanner) selection=() package
    for package in "${apart[@]}"; do selection+=(--exclude "$package"); done
    cargo test --locked --release --workspace "${selection[@]}" --test '*' --no-fail-fast -- "${filters[@]}"
    # The server's own tests ask no speed of it, and optimised it takes minutes. The app and what it
    # stands on stay as they are: its library has one name, whatever it was built with.
    local quick=(--config profile.release.package.server.opt-level=0)
    cargo test --locked --release "${quick[@]}" --workspace "${selection[@]}" --lib --no-fail-fast -- "${filters[@]}"
    for package in "${apart[@]}"; do
        cargo test --locked --release --package "$package" --no-fail-fast -- "${filters[@]}"
    done
}

stage_build() {
    cargo start --build-only
}

# The resident's WebAssembly, compressed as it is sent, stays within 250 KB.
RESIDENT_WASM_LIMIT_BYTES=$((250 * 1024))
stage_size() {
    local wasm
    printf '%8s  %s\n' bytes 'file, compressed as it is sent'
    find target/site/pkg -name '*.br' -printf '%8s  %f\n' | sort -k 2
    wasm=$(find target/site/pkg -name 'yuehui.*_bg.wasm.br' -printf '%s\n')
    [[ $wasm =~ ^[0-9]+$ ]] || { echo "not one yuehui.*_bg.wasm.br, but: ${wasm:-none}"; return 1; }
    echo "the resident's WebAssembly has $wasm of at most $RESIDENT_WASM_LIMIT_BYTES bytes"
    ((wasm <= RESIDENT_WASM_LIMIT_BYTES))
}

# People's journeys in Chromium against the built binary.
stage_browser() {
    node tests/browser/run.mjs "${filters[@]}"
}
