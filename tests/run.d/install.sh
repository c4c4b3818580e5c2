# What the tests need and a fresh machine may lack: each is installed only
# when it is missing, and said.

install_for() {
    install_compiler
    install_rust
    local stage
    for stage in "$@"; do
        case "$stage" in
            rust) install_postgres; install_strace ;;
            browser) install_node; install_browser ;;
        esac
    done
}

install_compiler() {
    command -v cc >/dev/null || install_packages gcc libc6-dev
}

install_rust() {
    command -v rustup >/dev/null ||
        die "rustup is missing: install it from https://rustup.rs and run this again"
    local channel
    channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    if has_rust "$channel"; then return; fi
    say "installing Rust $channel with clippy, rustfmt and the WebAssembly target"
    rustup toolchain install "$channel" --profile minimal --no-self-update \
        --component clippy,rustfmt --target wasm32-unknown-unknown
}

has_rust() {
    local have
    have=$(rustup component list --installed --toolchain "$1" 2>/dev/null) &&
        grep -q '^clippy' <<<"$have" &&
        grep -q '^rustfmt' <<<"$have" &&
        grep -q '^rust-std-wasm32-unknown-unknown' <<<"$have"
}

install_postgres() {
    postgres_bin >/dev/null || install_packages postgresql
}

# It makes disks fail under the program.
install_strace() {
    command -v strace >/dev/null || install_packages strace
}

install_node() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        install_packages nodejs npm
    fi
}

# Debian's Chromium, letters for Chinese, and the two packages that drive it.
install_browser() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    dpkg -s fonts-noto-cjk >/dev/null 2>&1 || missing+=(fonts-noto-cjk)
    ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
    local here=tests/browser
    if [[ $here/node_modules/.package-lock.json -nt $here/package-lock.json ]]; then return; fi
    say "installing the packages of $here"
    (cd "$here" && npm ci --no-audit --no-fund --loglevel=error)
    touch "$here/node_modules/.package-lock.json"
}

install_packages() {
    say "installing Debian packages: $*"
    command -v apt-get >/dev/null || die "this needs $*, and there is no apt-get to install them"
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "this needs $*: install them as root and run this again"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}
