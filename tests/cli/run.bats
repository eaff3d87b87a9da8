# soleus run. SOLEUS is the program, SAMPLES the folder of samples, RECORDINGS real recordings.
bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    mkdir -p in/sub-01 in/sub-02
    for i in 1 2; do
        "$SOLEUS" simulate - -o "in/sub-0$i/rest.edf" <<SPECIFICATION
[recording]
duration = 20
rate = 1000
seed = $i
noise = 4
[channel EMG A]
[channel EMG B]
[tonic]
channels = 1
onset = 5
duration = 11
snr = 24
[clonic]
channels = 2
onset = 8
duration = 6
snr = 24
SPECIFICATION
    done
    cp "$SAMPLES/good-edf-plain.edf" in/plain.edf
    # A recording that takes seconds: the same minute a hundred times.
    /usr/bin/python3 - <<'PYTHON'
data = open("in/sub-01/rest.edf", "rb").read()
size = int(data[184:192])
times = 300
records = int(data[236:244]) * times
with open("long.edf", "wb") as f:
    f.write(data[:236] + b"%-8d" % records + data[244:size])
    for _ in range(times):
        f.write(data[size:])
PYTHON
    "$SOLEUS" run in -o reference -q -j 1 --threads 1
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    here=$BATS_FILE_TMPDIR
}

# Everything but run.tsv, which tells how long things took.
same() {
    diff -r -x run.tsv "$1" "$2"
}

# column NAME FILE: the cells of a column.
column() {
    awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
                             NR > 1 { print $at }' "$2"
}

# cell RECORDING NAME: of out/run.tsv.
cell() {
    paste <(column recording out/run.tsv) <(column "$2" out/run.tsv) |
        awk -F'\t' -v name="$1" '$1 == name { print $2 }'
}

no_parts() {
    [ -z "$(find "${1:-out}" -name '*.part.*')" ]
}

# Waits until a file or a condition is there, ten seconds at most.
wait_for() {
    for _ in $(seq 200); do
        if "$@"; then return 0; fi
        sleep 0.05
    done
    return 1
}

# code_of PID: waits for a job, whose status is then in code.
code_of() {
    code=0
    wait "$1" || code=$?
}

worker_of() {
    pgrep -P "$1" >workers
}

sanitized() {
    grep -q __asan_init "$SOLEUS"
}

@test "writes results, tables and a row for each recording" {
    run --separate-stderr "$SOLEUS" run "$here/in" -o out
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    [[ $stderr == "soleus run: 3 done, 0 failed, 0 up to date in "*"; results are in out" ]]
    for name in plain sub-01/rest sub-02/rest; do
        for end in results.h5 episodes.tsv episodes.json trends.tsv; do
            [ -s "out/${name}_$end" ]
        done
    done
    [ "$(column recording out/run.tsv | tr '\n' ' ')" = "plain sub-01/rest sub-02/rest " ]
    [ "$(column status out/run.tsv | sort -u)" = done ]
    [ "$(column input_sha256 out/run.tsv | tail -1)" = \
        "$(sha256sum "$here/in/sub-02/rest.edf" | cut -d' ' -f1)" ]
    [ "$(column results out/run.tsv | tail -1)" = sub-02/rest_results.h5 ]
    [ "$(column participant_id out/episodes.tsv | sort -u | tr '\n' ' ')" = "sub-01 sub-02 " ]
    # What is gathered is what is there for each.
    cut -f4- out/episodes.tsv | tail -n +2 >gathered
    tail -qn +2 out/*_episodes.tsv out/*/*_episodes.tsv >each
    cmp gathered each
    [ "$(wc -l <each)" -ge 4 ]
    cut -f4- out/trends.tsv | tail -n +2 >gathered
    tail -qn +2 out/*_trends.tsv out/*/*_trends.tsv >each
    cmp gathered each
    no_parts
}

@test "the same bytes whatever jobs, threads, blocks, folder and order" {
    "$SOLEUS" run "$here/in" -o two -q -j 2
    same "$here/reference" two
    "$SOLEUS" run "$here/in" -o three -q -j 3 --threads 2 --block 1
    same "$here/reference" three
    cp -r "$here/in" copy
    "$SOLEUS" run copy -o below/four -q -j 1 --block 7
    same "$here/reference" below/four
}

@test "takes a list on standard input" {
    cd "$here/in"
    printf 'plain.edf\n\nsub-01/rest.edf\r\n' >"$BATS_TEST_TMPDIR/list"
    "$SOLEUS" run - -o "$BATS_TEST_TMPDIR/out" -q <"$BATS_TEST_TMPDIR/list"
    cd "$BATS_TEST_TMPDIR"
    [ "$(column recording out/run.tsv | tr '\n' ' ')" = "plain rest " ]
    mkdir odd
    cp "$here/in/plain.edf" odd/$'two\nlines.edf'
    find odd -name '*.edf' -print0 >list
    "$SOLEUS" run -0 - -o out2 -q <list
    [ -s out2/$'two\nlines_results.h5' ]
    [ "$(wc -l <out2/run.tsv)" -eq 2 ]
    run "$SOLEUS" run - -o out3 </dev/null
    [ "$status" -eq 1 ]
    [[ $output == *"standard input: no recordings"* ]]
    [ ! -e out3 ]
}

@test "bad recordings cost their row, and leave nothing" {
    mkdir in
    cp "$SAMPLES"/bad-edf-* "$SAMPLES"/unsupported-edf-* in
    cp "$here/in/plain.edf" in
    count=$(ls in | wc -l)
    run --separate-stderr "$SOLEUS" run in absent.edf -o out -j 2
    [ "$status" -eq 1 ]
    [[ $stderr == *"in/bad-edf-header-cut.edf: "* ]]
    [[ $stderr == *"absent.edf: cannot be opened: No such file"* ]]
    [[ $stderr == *"soleus run: 1 done, $count failed, 0 up to date"*"errors in out/run.tsv"* ]]
    [ "$(wc -l <out/run.tsv)" -eq $((count + 2)) ]
    [ "$(cell plain status)" = done ]
    [ "$(cell absent status)" = failed ]
    [ "$(cell bad-edf-header-cut input_sha256)" = \
        "$(sha256sum in/bad-edf-header-cut.edf | cut -d' ' -f1)" ]
    [ "$(column error out/run.tsv | grep -cv '^n/a$')" -eq "$count" ]
    [ "$(ls out | grep -cE 'bad|unsupported|absent')" -eq 0 ]
    no_parts
}

@test "the warnings of a recording are shown and kept" {
    run --separate-stderr "$SOLEUS" run "$SAMPLES/good-edf-truncated-record.edf" -o out
    [ "$status" -eq 0 ]
    [[ $stderr == *"warning: $SAMPLES/good-edf-truncated-record.edf: the file ends in data record 4"* ]]
    [[ $(column warnings out/run.tsv) == "the file ends in data record 4"* ]]
    run --separate-stderr "$SOLEUS" run "$SAMPLES/good-edf-truncated-record.edf" -o out2 -q
    [ "$stderr" = "" ]
}

@test "a pipe is refused, not waited for" {
    mkfifo pipe.edf
    run timeout 20 "$SOLEUS" run pipe.edf -o out
    [ "$status" -eq 1 ]
    [[ $output == *"pipe.edf: is no regular file"* ]]
}

@test "does only what is missing or changed" {
    cp -r "$here/in" in
    "$SOLEUS" run in -o out -q
    find out -name '*_results.h5' -printf '%p %T@ %i\n' | sort >before
    run --separate-stderr "$SOLEUS" run in -o out
    [ "$status" -eq 0 ]
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    find out -name '*_results.h5' -printf '%p %T@ %i\n' | sort >after
    cmp before after
    [ "$(column status out/run.tsv | sort -u)" = skipped ]
    same "$here/reference" out
    # A table that is gone, a results file that is damaged, another recording under the old name.
    rm out/plain_trends.tsv
    echo damaged >out/sub-01/rest_results.h5
    rm out/sub-01/rest_results.h5
    run --separate-stderr "$SOLEUS" run in -o out
    [[ $stderr == *"2 done, 0 failed, 1 up to date"* ]]
    same "$here/reference" out
    cp in/sub-02/rest.edf in/sub-01/rest.edf
    run --separate-stderr "$SOLEUS" run in -o out -v
    [[ $stderr == *"in/sub-01/rest.edf: done"* ]]
    [[ $stderr == *"1 done, 0 failed, 2 up to date"* ]]
    cmp out/sub-01/rest_episodes.tsv out/sub-02/rest_episodes.tsv
    # Other parameters, and those that do not matter.
    run --separate-stderr "$SOLEUS" run in -o out --threads 2 --block 2 -j 2
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    run --separate-stderr "$SOLEUS" run in -o out --epoch 0.5
    [[ $stderr == *"3 done, 0 failed, 0 up to date"* ]]
    run --separate-stderr "$SOLEUS" run in -o out --epoch 0.5 -f
    [[ $stderr == *"3 done, 0 failed, 0 up to date"* ]]
}

@test "figures are drawn, drawn again where they are missing, and never those of other results" {
    "$SOLEUS" run "$here/in/sub-01" -o out -q
    for figure in overview trend trend-rms spectrum spectrogram episode-1; do
        [ -s "out/figures/rest_$figure.svg" ]
    done
    rm out/figures/rest_overview.svg
    run --separate-stderr "$SOLEUS" run "$here/in/sub-01" -o out
    [[ $stderr == *"1 done, 0 failed, 0 up to date"* ]]
    diff -r "$here/reference/sub-01" out -x 'episodes.tsv' -x 'trends.tsv' -x run.tsv
    run --separate-stderr "$SOLEUS" run "$here/in/sub-01" -o out
    [[ $stderr == *"0 done, 0 failed, 1 up to date"* ]]
    echo mine >out/figures/rest_overview.txt
    "$SOLEUS" run "$here/in/sub-01" -o out -q --no-figures --epoch 0.5
    [ "$(ls out/figures)" = rest_overview.txt ]
    "$SOLEUS" run "$here/in/sub-01" -o out -q --epoch 0.5 --figure-format png
    [ -s out/figures/rest_overview.png ]
}

@test "without gnuplot the results are there, and the recording counts as failed" {
    mkdir bin
    run --separate-stderr env PATH="$PWD/bin" "$SOLEUS" run "$here/in/plain.edf" -o out
    [ "$status" -eq 1 ]
    [[ $stderr == *"plain.edf: the results are complete, but drawing failed: "*gnuplot* ]]
    [ "$(cell plain status)" = failed ]
    [ "$(cell plain results)" = plain_results.h5 ]
    cmp out/plain_results.h5 "$here/reference/plain_results.h5"
    "$SOLEUS" run "$here/in/plain.edf" -o out2 -q
    cmp out/trends.tsv out2/trends.tsv
    no_parts
}

@test "an earlier set stays when its recording cannot be done again" {
    cp "$here/in/plain.edf" .
    "$SOLEUS" run plain.edf -o out -q
    cp out/plain_results.h5 kept
    head -c 300 "$here/in/plain.edf" >plain.edf
    run "$SOLEUS" run plain.edf -o out
    [ "$status" -eq 1 ]
    cmp out/plain_results.h5 kept
    [ "$(wc -l <out/episodes.tsv)" -eq 1 ]
}

@test "files of others are not overwritten without -f" {
    mkdir out
    echo "my own table" >out/run.tsv
    run "$SOLEUS" run "$here/in" -o out
    [ "$status" -eq 1 ]
    [[ $output == *"out/run.tsv: exists and is no table of 'soleus run'"* ]]
    [ "$(ls out)" = run.tsv ]
    "$SOLEUS" run "$here/in" -o out -q -f
    same "$here/reference" out
    rm out/plain_*
    echo "my own table" >out/plain_episodes.tsv
    run "$SOLEUS" run "$here/in" -o out
    [ "$status" -eq 1 ]
    [[ $output == *"out/plain_episodes.tsv: exists and is no table of soleus"* ]]
    [ "$(cat out/plain_episodes.tsv)" = "my own table" ]
    [ ! -e out/plain_results.h5 ]
}

@test "results inside of the folder of recordings are no recordings" {
    cp -r "$here/in" in
    "$SOLEUS" run in -o in/results -q
    same "$here/reference" in/results
    run --separate-stderr "$SOLEUS" run in -o in/results
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    rm -r in/results
    "$SOLEUS" run in -o in -q
    run --separate-stderr "$SOLEUS" run in -o in
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    "$SOLEUS" run in -o elsewhere -q
    same "$here/reference" elsewhere
}

@test "results that would overwrite a recording are refused" {
    mkdir in
    cp "$here/in/plain.edf" in/a.edf
    printf 'time (s),x\n0,1\n0.001,2\n' >in/a_episodes.tsv
    cp in/a_episodes.tsv kept
    run "$SOLEUS" run in/a.edf in/a_episodes.tsv -o in -f
    [ "$status" -eq 2 ]
    [[ $output == *"in/a_episodes.tsv: is an input"* ]]
    cmp in/a_episodes.tsv kept
}

@test "two recordings of one name are told apart, whichever fails" {
    mkdir in
    cp "$here/in/plain.edf" in/x.edf
    head -c 300 in/x.edf >in/x.bdf
    run "$SOLEUS" run in -o out
    [ "$status" -eq 1 ]
    [ -s out/x.edf_results.h5 ]
    [ "$(column recording out/run.tsv | tr '\n' ' ')" = "x.bdf x.edf " ]
    run --separate-stderr "$SOLEUS" run "$here/in/sub-01/rest.edf" "$here/in/sub-02/rest.edf" -o out2
    [ "$status" -eq 0 ]
    cmp out2/sub-01/rest_results.h5 "$here/reference/sub-01/rest_results.h5"
}

@test "wrong usage has status 2, and names all that is wrong" {
    run --separate-stderr "$SOLEUS" run "$here/in"
    [ "$status" -eq 2 ]
    [[ $stderr == *"-o DIR"* ]]
    run --separate-stderr "$SOLEUS" run "$here/in" -o out -j many --timeout -1 --nonsense
    [ "$status" -eq 2 ]
    [[ $stderr == *"--jobs: 'many'"* ]]
    [[ $stderr == *"--timeout: '-1'"* ]]
    [[ $stderr == *"--nonsense"* ]]
    run --separate-stderr "$SOLEUS" run -o out
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" run -0 "$here/in" -o out
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" run - - -o out </dev/null
    [ "$status" -eq 2 ]
    [ ! -e out ]
}

@test "a folder that cannot be made or written is told at once" {
    echo >file
    run "$SOLEUS" run "$here/in" -o file
    [ "$status" -eq 1 ]
    [[ $output == *"file: the folder cannot be made: Not a directory"* ]]
    run "$SOLEUS" run "$here/in" -o /sys/kernel
    [ "$status" -eq 1 ]
    [[ $output == *"/sys/kernel/run.tsv: cannot be created"* ]]
    mkdir empty
    run "$SOLEUS" run empty -o out
    [ "$status" -eq 1 ]
    [[ $output == *"empty: no recordings there"* ]]
}

@test "parameters come from a file, and the command line wins" {
    printf '# study\n[analysis]\nepoch = 0.5 ; s\n  hop=0.25\nband: 30-400\nnight = 21-7\n' >p.ini
    printf 'jobs = 1\nmains = off\njson = yes\n' >>p.ini
    "$SOLEUS" run "$here/in/plain.edf" -o a -q --params p.ini --hop 0.5
    "$SOLEUS" run "$here/in/plain.edf" -o b -q --epoch 0.5 --hop 0.5 --band 30-400 --night 21-7 \
        --mains off
    same a b
    run ! same a "$here/reference"
    # The same file for other commands, which have fewer options.
    "$SOLEUS" markers --params p.ini --hop 0.5 "$here/in/plain.edf" >markers.tsv
    "$SOLEUS" export a/plain_results.h5 markers | cut -f1-4 >exported.tsv
    cut -f1-4 markers.tsv | cmp - exported.tsv
}

@test "everything that is wrong in a parameters file is named" {
    printf 'epoch = long\nno such = 1\nhop\nband = 400-30\nparams = x\nstrict = maybe\n' >p.ini
    run --separate-stderr "$SOLEUS" run "$here/in" -o out --params p.ini --segment x
    [ "$status" -eq 2 ]
    [[ $stderr == *"p.ini: line 1: --epoch: 'long'"* ]]
    [[ $stderr == *"p.ini: line 2: 'no such' is no parameter"* ]]
    [[ $stderr == *"p.ini: line 3: is not 'name = value'"* ]]
    [[ $stderr == *"p.ini: line 4: --band"* ]]
    [[ $stderr == *"p.ini: line 5: "* ]]
    [[ $stderr == *"p.ini: line 6: strict: 'maybe'"* ]]
    [[ $stderr == *"--segment: 'x'"* ]]
    run --separate-stderr "$SOLEUS" run "$here/in" -o out --params absent.ini
    [ "$status" -eq 2 ]
    [[ $stderr == *"absent.ini: cannot be opened"* ]]
    [ ! -e out ]
    printf 'epoch = 0.5' >p.ini
    head -c 300 /dev/zero | tr '\0' x >>p.ini
    run --separate-stderr "$SOLEUS" run "$here/in" -o out --params p.ini
    [ "$status" -eq 2 ]
    [[ $stderr == *"p.ini: line 1: is longer than"* ]]
}

@test "history holds what determines the results, and no more" {
    cp "$here/in/plain.edf" "it's.edf"
    "$SOLEUS" run "it's.edf" -o out -q -j 1 --threads 1 --mains 50 --epoch 1 --channels 1 --strict
    grep -aqF "soleus run --channels 1 --strict --mains 50 'it'\''s.edf'" "out/it's_results.h5"
}

@test "a worker that crashes costs one row" {
    "$SOLEUS" run "$here/long.edf" "$here/in" -o out -j 2 2>messages &
    batch=$!
    wait_for worker_of $batch
    wait_for test -n "$(ls out/long_results.h5.part.* 2>/dev/null)" || true
    wait_for eval 'ls out/long_results.h5.part.* >parts 2>/dev/null'
    victim=$(sed 's/.*part\.//' parts)
    kill -ABRT "$victim"
    code_of $batch
    [ "$code" -eq 1 ]
    grep -q "long.edf: its worker crashed (Aborted)" messages
    [ "$(cell long status)" = failed ]
    [ "$(column status out/run.tsv | grep -c done)" -eq 3 ]
    [ "$(ls out | grep -c long)" -eq 0 ]
    no_parts
}

@test "a recording that takes too long is stopped" {
    run --separate-stderr "$SOLEUS" run "$here/long.edf" "$here/in/plain.edf" -o out --timeout 0.4 -j 1
    [ "$status" -eq 1 ]
    [[ $stderr == *"long.edf: timed out after 0.4 s; allow it more with --timeout"* ]]
    [ "$(cell long status)" = failed ]
    [[ $(cell long error) == *"timed out"* ]]
    [ "$(ls out | grep -c long)" -eq 0 ]
    no_parts
}

@test "a recording that wants too much memory fails alone" {
    if sanitized; then skip "the sanitizer's own memory counts"; fi
    run --separate-stderr "$SOLEUS" run "$here/long.edf" "$here/in/plain.edf" -o out -j 1 \
        --memory-limit 14 --threads 1
    [ "$status" -eq 1 ]
    [ "$(cell long status)" = failed ]
    [[ $(cell long error) == *"memory"* ]]
    [ "$(cell plain status)" = done ]
    no_parts
    "$SOLEUS" run "$here/long.edf" -o out2 -j 1 --memory-limit 256 -q
}

@test "a file that cannot be written whole is not written" {
    # Beyond the limit the system stops the worker, as a full disk would its writes.
    (ulimit -f 60 && "$SOLEUS" run "$here/in" -o out -j 2 2>messages) || code=$?
    [ "$code" -eq 1 ]
    [ "$(cell sub-01/rest status)" = failed ]
    [ -z "$(find out -name 'rest_*')" ]
    no_parts
    "$SOLEUS" run "$here/in" -o out -q
    same "$here/reference" out
}

@test "Ctrl-C finishes what is running, and starts no more" {
    "$SOLEUS" run "$here/long.edf" "$here/in" -o out -j 1 2>messages &
    batch=$!
    wait_for worker_of $batch
    sleep 0.3
    kill -INT $batch
    code_of $batch
    [ "$code" -eq 130 ]
    grep -q "finishing 1 recording; press Ctrl-C again to stop it" messages
    grep -q "1 done, 0 failed, 0 up to date, 3 not begun or stopped.*run again to go on" messages
    [ "$(cell long status)" = done ]
    [ "$(column status out/run.tsv | grep -c pending)" -eq 3 ]
    [ -s out/long_results.h5 ]
    no_parts
    rm out/long_* out/figures/long_*
    "$SOLEUS" run "$here/in" -o out -q
    same "$here/reference" out
}

@test "a second Ctrl-C, or SIGTERM, stops at once" {
    for signals in "INT INT" TERM HUP; do
        "$SOLEUS" run "$here/long.edf" "$here/in" -o out -j 1 2>messages &
        batch=$!
        wait_for worker_of $batch
        sleep 0.2
        for signal in $signals; do
            kill "-$signal" $batch
            sleep 0.1
        done
        code_of $batch
        [ "$code" -eq 130 ]
        [ "$(cell long status)" = interrupted ]
        [ ! -e out/long_results.h5 ]
        no_parts
        run ! pgrep -F workers
    done
}

@test "killed at any moment and started again: the same bytes" {
    for delay in 0.02 0.05 0.1 0.15 0.25; do
        rm -rf out
        "$SOLEUS" run "$here/in" -o out -q -j 2 &
        batch=$!
        sleep $delay
        worker_of $batch || true
        kill -KILL $batch 2>/dev/null || true
        code_of $batch
        "$SOLEUS" run "$here/in" -o out -q -j 2
        same "$here/reference" out
        no_parts
    done
}

@test "workers end with their batch" {
    "$SOLEUS" run "$here/long.edf" -o out -j 1 -q &
    batch=$!
    wait_for worker_of $batch
    wait_for eval 'ls out/long_results.h5.part.* >parts 2>/dev/null'
    kill -KILL $batch
    code_of $batch
    worker=$(cat workers)
    wait_for eval "! kill -0 $worker 2>/dev/null"
    # What it left is not taken for results, and removed by the next run.
    [ -e "$(cat parts | head -1)" ]
    "$SOLEUS" run "$here/in/plain.edf" -o out -q
    no_parts
}

@test "two runs on one folder at once" {
    for round in 1 2 3; do
        rm -rf out
        "$SOLEUS" run "$here/in" -o out -q -j 2 &
        first=$!
        "$SOLEUS" run "$here/in" -o out -q -j 3 &
        second=$!
        wait $first
        wait $second
        same "$here/reference" out
        no_parts
    done
    # With other parameters: each set is of one of the two.
    "$SOLEUS" run "$here/in" -o other -q --epoch 0.5
    for round in 1 2 3; do
        rm -rf out
        "$SOLEUS" run "$here/in" -o out -q -j 2 --epoch 0.5 &
        first=$!
        "$SOLEUS" run "$here/in" -o out -q -j 2 &
        second=$!
        wait $first
        wait $second
        for name in plain sub-01/rest sub-02/rest; do
            of=$here/reference
            if ! cmp -s "out/${name}_results.h5" "$of/${name}_results.h5"; then of=other; fi
            for end in results.h5 episodes.tsv episodes.json trends.tsv; do
                cmp "out/${name}_$end" "$of/${name}_$end"
            done
        done
    done
}

@test "a progress bar on a terminal only, cleared at the end" {
    command -v script >/dev/null || skip "script is not installed"
    mkdir in
    for i in 1 2 3; do cp "$here/long.edf" "in/$i.edf"; done
    export TERM=xterm
    run script -qec "stty cols 70; '$SOLEUS' run in -o out -j 2 --timeout 0.7" /dev/null
    [[ $output == *"] "*" %  "*"/3"* ]]
    [[ $output == *$'\033[1;31merror'* ]]
    last=${lines[-1]}
    [[ ${last##*$'\r\033[K'} == "soleus run: 0 done, 3 failed"* ]]
    NO_COLOR=1 run script -qec "'$SOLEUS' run in -o out -j 2 --timeout 0.7" /dev/null
    [[ $output != *$'\033[1;31m'* && $output != *$'\033[31m'* ]]
    TERM=dumb run script -qec "'$SOLEUS' run in -o out -j 2 --timeout 0.7" /dev/null
    [[ $output != *"] "*" %  "* ]]
    run script -qec "'$SOLEUS' run in -q -o out -j 2 --timeout 0.7" /dev/null
    [[ $output != *" %  "* ]]
    run "$SOLEUS" run "$here/in" -o out2
    [[ $output != *" %  "* ]]
}

@test "real recordings: EDF and BDF agree, hum has no episode" {
    [ -d "$RECORDINGS" ] || skip "the recordings are not here"
    "$SOLEUS" run "$RECORDINGS/plux_fatigue.edf" "$RECORDINGS/plux_fatigue.bdf" \
        "$RECORDINGS/delsys_trigno.edf" -o out -q
    [ -s out/plux_fatigue.edf_results.h5 ]
    [ -s out/plux_fatigue.bdf_results.h5 ]
    [ "$(wc -l <out/delsys_trigno_episodes.tsv)" -eq 1 ]
    "$SOLEUS" export out/plux_fatigue.edf_results.h5 markers >a.tsv
    "$SOLEUS" export out/plux_fatigue.bdf_results.h5 markers >b.tsv
    [ "$(wc -l <a.tsv)" -eq "$(wc -l <b.tsv)" ]
    awk -F'\t' 'NR == FNR { for (i = 3; i < NF; i++) a[FNR, i] = $i; next }
                FNR > 1 { for (i = 3; i < NF - 1; i++) {
                    d = $i - a[FNR, i]; m = ($i < 0 ? -$i : $i)
                    if ((d < 0 ? -d : d) > 1e-3 * m) { print FNR, i, $i, a[FNR, i]; bad = 1 } } }
                END { exit bad }' a.tsv b.tsv
}

@test "a second run into the folder keeps the rows of the first" {
    "$SOLEUS" run --no-figures -q "$SAMPLES/study/sub-01" -o both
    "$SOLEUS" run --no-figures -q "$SAMPLES/study/sub-02/ses-1" -o both
    [ "$(cut -f1 both/run.tsv | tail -n +2 | wc -l)" -eq 3 ]
    [ "$(cut -f1 both/episodes.tsv | tail -n +2 | sort -u | wc -l)" -eq 3 ]
    # The other way round: the same tables.
    "$SOLEUS" run --no-figures -q "$SAMPLES/study/sub-02/ses-1" -o other
    "$SOLEUS" run --no-figures -q "$SAMPLES/study/sub-01" -o other
    cmp both/episodes.tsv other/episodes.tsv
    cmp both/trends.tsv other/trends.tsv
}
