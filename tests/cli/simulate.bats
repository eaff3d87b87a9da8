# soleus simulate, and the sample study that it makes. SOLEUS is the program.
bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    cat >short.ini <<'END'
[recording]
duration = 10
channels = 2
[clonic]
onset = 2
duration = 4
[pops]
rate = 30
END
}

@test "the example works, and its truth stands beside the recording" {
    "$SOLEUS" simulate --example >night.ini
    run --separate-stderr "$SOLEUS" simulate night.ini -o night.edf --bursts --artefacts
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    [ "$stderr" = "" ]
    [ "$(head -n 1 night_events.tsv | cut -f 1-4)" = $'onset\tduration\ttrial_type\tchannel' ]
    [ "$(cut -f 3 night_events.tsv | grep -c '^tonic$')" -eq 2 ]
    [ "$(head -n 1 night_bursts.tsv | cut -f 5)" = episode ]
    [ "$(grep -c ecg night_artefacts.tsv)" -eq 2 ]
    /usr/bin/python3 - <<'END'
import csv, json
columns = json.load(open("night_events.json"))
assert list(columns) == next(csv.reader(open("night_events.tsv"), delimiter="\t"))
assert columns["onset"]["Units"] == "s" and "clonic" in columns["trial_type"]["Levels"]
END
}

@test "all keys are printed, as a specification" {
    "$SOLEUS" simulate --keys >keys.ini
    grep -q '^\[tonic-clonic\]$' keys.ini
    # Tissue has no defaults: its sections want a file. They come last.
    sed -i -e 's/^duration = 60$/duration = 600/' -e '/^\[tissue\]/,$d' keys.ini
    "$SOLEUS" simulate keys.ini -o keys.wav
}

@test "same seed, same bytes; another seed, others" {
    "$SOLEUS" simulate short.ini -o a.edf
    "$SOLEUS" simulate short.ini -o b.edf --block 0.01
    "$SOLEUS" simulate short.ini -o c.edf --seed 2
    cmp a.edf b.edf
    cmp a_events.tsv b_events.tsv
    run ! cmp -s a.edf c.edf
}

@test "BIDS names keep their suffix, --truth goes elsewhere" {
    mkdir -p emg
    "$SOLEUS" simulate short.ini -o emg/sub-01_task-rest_emg.edf
    [ -f emg/sub-01_task-rest_events.tsv ]
    [ -f emg/sub-01_task-rest_events.json ]
    mkdir truth
    "$SOLEUS" simulate short.ini -o x.bdf --truth truth/t.tsv
    cmp truth/t.tsv emg/sub-01_task-rest_events.tsv
    [ -f truth/t.json ]
    [ ! -e x_events.tsv ]
}

@test "streams AU, and reads a specification from a pipe" {
    "$SOLEUS" simulate - --truth t.tsv <short.ini >pipe.au
    [ "$(head -c 4 pipe.au)" = .snd ]
    "$SOLEUS" simulate short.ini -o file.au
    [ "$(tail -c 80000 pipe.au | sha256sum)" = "$(tail -c 80000 file.au | sha256sum)" ]
    cmp t.tsv file_events.tsv
}

@test "an existing file is not overwritten without -f, nor is the specification" {
    echo kept >a_events.tsv
    run "$SOLEUS" simulate short.ini -o a.edf
    [ "$status" -eq 1 ]
    [ "$(cat a_events.tsv)" = kept ]
    [ ! -e a.edf ]
    "$SOLEUS" simulate short.ini -o a.edf -f
    cp short.ini short.edf
    run "$SOLEUS" simulate short.edf -o short.edf -f
    [ "$status" -ne 0 ]
    cmp short.ini short.edf
    [ -z "$(find . -name '*.part.*')" ]
}

@test "every mistake of a specification is named with its line" {
    printf '[recording]\nrate = fast\n[tonik]\n[clonic]\nrate = 99\ncolour = red\n' >bad.ini
    run --separate-stderr "$SOLEUS" simulate bad.ini -o bad.edf
    [ "$status" -eq 1 ]
    [ "${#stderr_lines[@]}" -eq 4 ]
    [[ "${stderr_lines[0]}" == *"bad.ini: line 2: [recording] rate = fast"*"from 10 to 100000 (Hz)" ]]
    [[ "${stderr_lines[1]}" == *"line 3: no section [tonik]"* ]]
    [[ "${stderr_lines[2]}" == *"line 5: [clonic] rate = 99"*"from 0.5 to 12 (Hz)" ]]
    [[ "${stderr_lines[3]}" == *"line 6: [clonic] has no key 'colour'"* ]]
    [ ! -e bad.edf ]
    [ ! -e bad_events.tsv ]
}

@test "bad usage ends with status 2" {
    run "$SOLEUS" simulate
    [ "$status" -eq 2 ]
    run "$SOLEUS" simulate short.ini --seed 1.5 -o a.edf
    [ "$status" -eq 2 ]
    run "$SOLEUS" simulate short.ini --seed -1 -o a.edf
    [ "$status" -eq 2 ]
    run "$SOLEUS" simulate --example short.ini
    [ "$status" -eq 2 ]
    run "$SOLEUS" simulate short.ini --bursts -o -
    [ "$status" -eq 2 ]
    run "$SOLEUS" simulate short.ini --truth - -o -
    [ "$status" -eq 2 ]
}

@test "what cannot be read or written is said" {
    run "$SOLEUS" simulate missing.ini -o a.edf
    [ "$status" -eq 1 ]
    [[ "$output" == *"missing.ini: cannot be opened: No such file"* ]]
    run "$SOLEUS" simulate short.ini -o a.xyz
    [ "$status" -ne 0 ]
    run bash -c '"$SOLEUS" simulate short.ini -o - >/dev/full'
    [ "$status" -eq 1 ]
    run bash -c '"$SOLEUS" simulate --example >/dev/full'
    [ "$status" -eq 1 ]
    run "$SOLEUS" simulate short.ini -o nowhere/a.edf
    [ "$status" -eq 1 ]
    printf '[recording]\nduration = 5\n[dropout]\nmode = gap\n' >gap.ini
    "$SOLEUS" simulate gap.ini -o gap.edf
    "$SOLEUS" simulate gap.ini -o gap2.au
    run "$SOLEUS" info gap.edf
    [ "$(cut -f13,14 <<<"${lines[1]}")" = "$("$SOLEUS" info gap2.au | sed -n 2p | cut -f13,14)" ]
    [ "$(cut -f13 <<<"${lines[1]}")" -gt 0 ]
}

@test "the sample study is what its specifications make" {
    "$BATS_TEST_DIRNAME/../../scripts/make-samples" --check
}

# A contraction of 5 s amid rest, by the simulator itself, as a file to cut tissue from.
make_tissue() {
    printf '[recording]\nduration = 20\nrate = 1000\nlimit = 2000\n[tonic]\nonset = 10\nduration = 5\nsnr = 30\n' |
        "$SOLEUS" simulate - -o tissue.edf
    printf '[recording]\nduration = 40\nseed = 4\n[tonic]\nonset = 15\nsnr = 20\n' >spliced.ini
}

@test "--tissue and --rest splice recordings, and sections say the same" {
    make_tissue
    "$SOLEUS" simulate spliced.ini -o a.edf --tissue tissue.edf@10.5-12,tissue.edf@12.5-14.5 \
        --rest tissue.edf@1-9@1
    [ "$(tail -n +2 a_events.tsv | cut -f 3,8)" = $'tonic\t20' ]
    cat >>spliced.ini <<'END'
[tissue]
file = tissue.edf
interval = 10.5..12
[tissue]
file = tissue.edf
interval = 12.5..14.5
[rest]
file = tissue.edf
interval = 1..9
channel = 1
END
    "$SOLEUS" simulate spliced.ini -o b.edf
    cmp a.edf b.edf
    cmp a_events.tsv b_events.tsv
    "$SOLEUS" simulate spliced.ini -o c.edf --seed 5
    run ! cmp -s a.edf c.edf
}

@test "tissue that cannot be had is named" {
    make_tissue
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --tissue tissue.edf
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"give FILE@FROM-TO"* ]]
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --tissue tissue.edf@12-9
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --tissue none.edf@1-2
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"none.edf: cannot be opened"* ]]
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --rest tissue.edf@15-25
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"tissue.edf: 15 to 25 s: the recording ends at 20 s"* ]]
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --tissue tissue.edf@12-12.1
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"only 0.1 s"* ]]
    seq 5000 >counts.csv
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf --tissue counts.csv@1-2
    [ "$status" -ne 0 ]
    [[ "$stderr" == *"--rate"* ]]
    printf '[tissue]\nfile = tissue.edf\n' >>spliced.ini
    run --separate-stderr "$SOLEUS" simulate spliced.ini -o a.edf
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"wants a file and an interval"* ]]
    [ ! -e a.edf ]
    [ ! -e a_events.tsv ]
}
