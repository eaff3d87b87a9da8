# What every command owes its user: help, exit statuses, named mistakes, refused outputs, pipes.
bats_require_minimum_version 1.5.0

setup() {
    work=$(mktemp -d)
    recording=$SAMPLES/study/sub-01/ses-1/sub-01_ses-1_task-rest_emg.edf
}

teardown() {
    rm -rf "$work"
}

commands() {
    "$SOLEUS" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'
}

@test "every command has help of a screen with examples, and status 0" {
    [ "$(commands | wc -l)" -ge 9 ]
    for command in $(commands); do
        run "$SOLEUS" "$command" --help
        [ "$status" -eq 0 ]
        [ "${#lines[@]}" -le 60 ]
        [[ $output == *"Usage: soleus $command"* ]]
        [[ $output == *"Examples:"* ]]
        run "$SOLEUS" "$command" --help-all
        [ "$status" -eq 0 ]
    done
}

@test "no command, an unknown command and the version" {
    run "$SOLEUS"
    [ "$status" -eq 2 ]
    run "$SOLEUS" tonic
    [ "$status" -eq 2 ]
    [[ $output == *"no command 'tonic'"* ]]
    run "$SOLEUS" --version
    [ "$status" -eq 0 ]
    [[ ${lines[0]} =~ ^soleus\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "every bad option is named at once, and status is 2" {
    run "$SOLEUS" markers --bogus --rate abc --mains 55 --band 50-20 -Z --epoch "$recording"
    [ "$status" -eq 2 ]
    [[ $output == *"--bogus"* && $output == *"--rate"* && $output == *"--mains"* ]]
    [[ $output == *"--band"* && $output == *"-Z"* && $output == *"--epoch"* ]]
    run "$SOLEUS" markers --segment 2 "$recording"
    [ "$status" -eq 2 ]
    [[ $output == *"--segment"* && $output == *"--epoch"* ]]
}

@test "help goes to standard output, mistakes to standard error" {
    "$SOLEUS" markers --help >"$work/out" 2>"$work/err"
    [ -s "$work/out" ] && [ ! -s "$work/err" ]
    "$SOLEUS" markers --bogus >"$work/out" 2>"$work/err" || true
    [ ! -s "$work/out" ] && [ -s "$work/err" ]
}

@test "a full device and a closed pipe are failures" {
    for command in markers episodes quality info; do
        run bash -c '"$1" "$2" "$3" >/dev/full' - "$SOLEUS" "$command" "$recording"
        [ "$status" -eq 1 ]
        [[ $output == *"cannot be written"* ]]
        run bash -c '"$1" "$2" "$3" | true; exit "${PIPESTATUS[0]}"' - "$SOLEUS" "$command" \
            "$recording"
        [ "$status" -eq 1 ]
    done
    run bash -c '"$1" filter "$2" -o - >/dev/full' - "$SOLEUS" "$recording"
    [ "$status" -eq 1 ]
}

@test "an output that is the input, or exists, is refused" {
    cp "$recording" "$work/a.edf"
    run "$SOLEUS" filter "$work/a.edf" -o "$work/a.edf" -f
    [ "$status" -eq 1 ]
    [[ $output == *"is the input"* ]]
    cmp "$recording" "$work/a.edf"
    echo kept >"$work/out.tsv"
    run "$SOLEUS" markers "$work/a.edf" -o "$work/out.tsv"
    [ "$status" -eq 1 ]
    [[ $output == *"-f"* ]]
    [ "$(cat "$work/out.tsv")" = kept ]
    "$SOLEUS" markers "$work/a.edf" -o "$work/out.tsv" -f
    [ "$(wc -l <"$work/out.tsv")" -gt 100 ]
    [ -z "$(find "$work" -name '*.part.*')" ]
}

@test "what cannot be read fails with the file's name, and prints nothing" {
    for file in "$SAMPLES"/bad-* /no/such/file.edf "$work"; do
        run --separate-stderr "$SOLEUS" markers "$file"
        [ "$status" -eq 1 ]
        [ -z "$output" ]
        # A recording of several files: the one at fault.
        [[ $stderr == *"${file%.*}"* ]]
    done
}

@test "recordings without a signal are refused" {
    yes 0 | head -n 20000 >"$work/zero.csv"
    yes NaN | head -n 20000 >"$work/nan.csv"
    echo 1.5 >"$work/one.csv"
    awk 'BEGIN { srand(1); for (i = 0; i < 600; i++) print rand() }' >"$work/slow.csv"
    for file in zero nan one; do
        run "$SOLEUS" episodes --rate 1000 "$work/$file.csv"
        [ "$status" -eq 1 ]
        [[ $output == *"$work/$file.csv"* ]]
    done
    run "$SOLEUS" markers --rate 10 "$work/slow.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"too few for EMG"* ]]
    run "$SOLEUS" markers "$work/slow.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"--rate"* ]]
}

@test "a filtered recording in a pipe gives the same amplitudes as the file" {
    "$SOLEUS" markers --marker rms,arv "$recording" >"$work/file.tsv"
    "$SOLEUS" filter "$recording" -o - | "$SOLEUS" markers --marker rms,arv - >"$work/pipe.tsv"
    cmp "$work/file.tsv" "$work/pipe.tsv"
}

@test "the chain filter, markers, trend works through pipes" {
    "$SOLEUS" filter "$recording" -o - | "$SOLEUS" markers - | "$SOLEUS" trend - >"$work/trend.tsv"
    [ "$(head -n 1 "$work/trend.tsv" | cut -f1-3)" = "$(printf 'channel\tmarker\tscope')" ]
    [ "$(grep -c "$(printf '\tmdf\tactive')" "$work/trend.tsv")" -eq 2 ]
}

@test "a filtered file reads back with its labels, rate and unit" {
    "$SOLEUS" filter "$recording" -o "$work/f.edf"
    "$SOLEUS" info "$recording" | cut -f4-7,11 >"$work/a"
    "$SOLEUS" info "$work/f.edf" | cut -f4-7,11 >"$work/b"
    cmp "$work/a" "$work/b"
}

@test "tables have one width, a header, and n/a for what is missing" {
    for command in markers episodes quality info formats; do
        [ "$command" = formats ] && set -- || set -- "$recording"
        "$SOLEUS" "$command" "$@" >"$work/table.tsv"
        [ "$(awk -F'\t' '{ print NF }' "$work/table.tsv" | sort -u | wc -l)" -eq 1 ]
        ! grep -qiE '(^|	)(nan|-nan|inf)(	|$)' "$work/table.tsv"
    done
}

@test "JSON is JSON" {
    for command in episodes quality info formats; do
        [ "$command" = formats ] && set -- || set -- "$recording"
        "$SOLEUS" "$command" --json "$@" | python3 -m json.tool >/dev/null
    done
}

@test "channels are chosen by label and number" {
    run "$SOLEUS" markers --channels 'soleus l' --marker mdf "$recording"
    [ "$status" -eq 0 ]
    [ "$(printf '%s\n' "${lines[@]:1}" | cut -f2 | sort -u)" = "Soleus L" ]
    run "$SOLEUS" markers --channels 3 "$recording"
    [ "$status" -eq 1 ]
    [[ $output == *"no channel '3'"* && $output == *"Soleus L"* ]]
}

@test "completion is bash and knows the options" {
    "$SOLEUS" completion >"$work/completion"
    bash -n "$work/completion"
    run bash -c 'source "$1"; COMP_WORDS=(soleus markers --ma); COMP_CWORD=2; _soleus; echo "${COMPREPLY[@]}"' - "$work/completion"
    [[ $output == *"--mains"* && $output == *"--marker"* ]]
}

@test "a wrong time stamp does not cost hours of missing samples" {
    awk 'BEGIN { print "time (s),EMG1,EMG2,EMG3,EMG4"
                 for (i = 0; i < 2000; i++) printf "%.5f,%d,%d,%d,%d\n",
                     i / 20000 + (i < 1000 ? 0 : 70000), i % 7, i % 5, i % 3, i % 11 }' >"$work/jump.csv"
    run timeout 60 "$SOLEUS" info "$work/jump.csv"
    [ "$status" -eq 1 ]
    [[ $output == *"samples are missing"*"Split"* ]]
    run "$SOLEUS" info --rate 20000 "$SAMPLES/good-edf-one-unreadable-channel.edf"
    [ "$status" -eq 0 ]
    [[ $output == *"EMG broken"*"bad"*"digital maximum"* ]]
    run "$SOLEUS" info --channels 2 "$SAMPLES/good-edf-one-unreadable-channel.edf"
    [ "$status" -eq 1 ]
}

@test "no line of a help text is blanks alone" {
    for command in $("$SOLEUS" --help | awk '/^  [a-z]/ { print $1 }'); do
        [ -z "$("$SOLEUS" "$command" --help | grep '^ \+$')" ]
        [ -z "$("$SOLEUS" "$command" --help-all | grep '^ \+$')" ]
    done
}

@test "a wrong --var is told what there is" {
    run "$SOLEUS" info --var none "$SAMPLES/good-otb-two-acquisitions.otb+"
    [ "$status" -eq 1 ]
    [[ $output == *"no acquisition 'none'; it has: a, b"* ]]
    run "$SOLEUS" info --var none "$SAMPLES/good-opensignals-two-devices.h5"
    [ "$status" -eq 1 ]
    [[ $output == *"no device 'none'; it has: 00:07:80:00:00:01, 00:07:80:00:00:02"* ]]
}

@test "signals are found in structs of structs" {
    cd "$BATS_TEST_TMPDIR"
    /usr/bin/python3 - <<'PYTHON'
import numpy, scipy.io
emg = numpy.random.default_rng(1).normal(0, 50, (4000, 2))
inner = {"data": emg, "fs": 2000.0, "units": "mV"}
scipy.io.savemat("one.mat", {"trial": {"EMG": inner, "force": numpy.zeros(4000)}})
scipy.io.savemat("two.mat", {"trial": {"EMG_left": inner, "EMG_right": inner}})
PYTHON
    run "$SOLEUS" info one.mat
    [ "$status" -eq 0 ]
    [ "$(cut -f5-8 <<<"${lines[2]}")" = $'EMG\t2000\tuV\tmV' ]
    [ "${#lines[@]}" -eq 3 ]
    run "$SOLEUS" info two.mat
    [ "$status" -eq 1 ]
    [[ $output == *"--var: trial.EMG_left.data"*"trial.EMG_right.data"* ]]
    "$SOLEUS" info two.mat --var trial.EMG_right.data
}

@test "groups of options are headings in the manual pages" {
    command -v help2man >/dev/null || skip "help2man is not installed"
    "$SAMPLES/../scripts/make-manual" "$SOLEUS" "$BATS_TEST_TMPDIR/man"
    for page in run info plot; do
        grep -q '^\.SS "General:"' "$BATS_TEST_TMPDIR/man/soleus-$page.1"
        [ -z "$(grep -A1 '^\.[IP]P$' "$BATS_TEST_TMPDIR/man/soleus-$page.1" | grep '^[A-Z][A-Za-z ]*:$')" ]
    done
}
