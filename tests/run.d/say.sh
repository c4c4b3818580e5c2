# What the test command says, and the count it keeps.

passed=0
failed=0
verdicts=()

say() {
    printf '\n== %s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 2
}

# Runs one stage to its verdict; a failed one does not end the run.
run_stage() {
    local stage=$1 log="$scratch/$1.log" began=$SECONDS code=0
    say "$stage"
    # A subshell that is no part of a condition keeps `set -e` at work.
    set +e
    (
        set -eo pipefail
        "stage_${stage//-/_}" 2>&1 | tee "$log"
    )
    code=$?
    set -e
    count_tests "$stage" "$log" "$code"
    local verdict=PASS
    ((code == 0)) || verdict=FAIL
    verdicts+=("$(printf '%s  %-10s %5d s' "$verdict" "$stage" $((SECONDS - began)))")
    printf '%s\n' "${verdicts[-1]}"
}

# Adds a stage to the count: its tests where it has them, else itself. A
# stage that fails without a failed test (it did not compile) is one failure.
count_tests() {
    local stage=$1 log=$2 code=$3 good=0 bad=0
    if [[ $stage == rust || $stage == browser ]]; then
        read -r good bad < <(
            sed -nE 's/^(test result:.*|browser:) ([0-9]+) passed[;,] ([0-9]+) failed.*/\2 \3/p' "$log" |
                awk '{ good += $1; bad += $2 } END { print good + 0, bad + 0 }'
        )
        ((code == 0 || bad > 0)) || bad=1
    elif ((code == 0)); then
        good=1
    else
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

# Ends the run: the verdicts again, then the count alone on its line.
report() {
    say "verdicts"
    printf '%s\n' "${verdicts[@]}"
    if ((passed + failed == 0)); then
        printf 'nothing is named %s\n' "${filters[*]}"
        failed=1
    fi
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}
