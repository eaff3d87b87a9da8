# Sidecars and info as the shell sees them. SOLEUS is the program, SAMPLES the folder of samples.
bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# Column NAME of the TSV on standard input, without its header.
column() {
    awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
                             { print $at }'
}

# 20 s of two channels of noise with bursts, in counts, without header or times.
table() {
    awk 'BEGIN { srand(3); for (i = 0; i < 20000; i++) { a = i % 4000 < 2000 ? 200 : 4
                 print int(a * (rand() - 0.5)) "," int(a * (rand() - 0.5)) } }'
}

@test "info tells where facts come from" {
    table >t.csv
    printf '{"SamplingFrequency": 1000, "PowerLineFrequency": 50}\n' >t.json
    printf 'name\ttype\ttarget_muscle\tstatus\tscale\nTA\tEMG\ttibialis anterior\tgood\t2\nSO\tEMG\tsoleus\tbad\tn/a\n' >t_channels.tsv
    "$SOLEUS" info t.csv >info.tsv
    [ "$(column channel <info.tsv | paste -sd' ')" = "TA SO" ]
    [ "$(column rate_from <info.tsv | paste -sd' ')" = "sidecar sidecar" ]
    [ "$(column unit <info.tsv | paste -sd' ')" = "uV a.u." ]
    [ "$(column unit_from <info.tsv | paste -sd' ')" = "sidecar assumed" ]
    [ "$(column muscle <info.tsv | head -1)" = "tibialis anterior" ]
    [ "$(column muscle_from <info.tsv | head -1)" = "sidecar" ]
    [ "$(column status <info.tsv | paste -sd' ')" = "good bad" ]
    [ "$(column gain <info.tsv | head -1)" = "2" ]
    [ "$(column mains <info.tsv | head -1)" = "50" ]
    [ "$(column mains_from <info.tsv | head -1)" = "sidecar" ]
    [ "$(column files <info.tsv | head -1)" = "3" ]
    [ "$("$SOLEUS" info --rate 900 t.csv | column rate_from | head -1)" = "option" ]
    run "$SOLEUS" info --no-sidecars t.csv
    [ "$status" -eq 1 ]
    [[ $output == *"give the sampling rate with --rate"* ]]
    [ "$("$SOLEUS" info "$SAMPLES/good-edf-plain.edf" | column rate_from | head -1)" = "header" ]
    # The columns that were there first stay where they were.
    [ "$(head -1 info.tsv | cut -f1-17 | tr '\t' ' ')" = "recording format number channel type rate unit file_unit minimum maximum duration start gaps gap_seconds annotations muscle description" ]
}

@test "info --json is complete, and is JSON whatever the name" {
    cp "$SAMPLES/good-edf-plus-d-gap.edf" "$(printf 'caf\351.edf')"
    "$SOLEUS" info --json -q "$SAMPLES/good-edf-annotations.edf" "$(printf 'caf\351.edf')" >info.json
    /usr/bin/python3 - <<'PYTHON'
import json
recordings = json.load(open("info.json"))["recordings"]
first, second = recordings
assert len(first["annotations"]) > 1 and first["annotations"][0]["onset"] is not None
assert first["start"] and first["format"] == "edf" and first["duration"] > 0
assert first["files"] == [first["recording"]] and isinstance(first["warnings"], list)
assert first["channels"][0]["rate"] > 0 and first["channels"][0]["unit_from"] == "header"
assert first["channels"][0]["gain"] > 0 and "row" in first["channels"][0]
assert second["gaps"] and second["gaps"][0]["duration"] > 1
PYTHON
}

@test "muscles reach the episodes, and bad channels are left out" {
    table >t.csv
    printf '{"SamplingFrequency": 1000}\n' >t.json
    printf 'name\ttype\ttarget_muscle\tstatus\nTA\tEMG\ttibialis anterior\tgood\nSO\tEMG\tsoleus\tbad\n' >t_channels.tsv
    "$SOLEUS" episodes t.csv >episodes.tsv
    [ "$(column muscle <episodes.tsv | sort -u)" = "tibialis anterior" ]
    [ "$(column channel <episodes.tsv | sort -u)" = "TA" ]
    "$SOLEUS" episodes --channels SO t.csv >episodes.tsv
    [ "$(column muscle <episodes.tsv | sort -u)" = "soleus" ]
}

@test "run analyses again when a sidecar changes, and --rate is a fallback behind it" {
    mkdir in
    table >in/t.csv
    printf '{"SamplingFrequency": 1000}\n' >in/t.json
    run "$SOLEUS" run in -o out --no-figures --rate 500
    [ "$status" -eq 0 ]
    [[ $output == *"1 done, 0 failed, 0 up to date"* ]]
    [[ $output != *"passed over"* ]]
    # The sum is that of what sha256sum prints.
    sum=$(cd in && sha256sum t.csv t.json | sha256sum | cut -d' ' -f1)
    [ "$(column input_sha256 <out/run.tsv)" = "$sum" ]
    run "$SOLEUS" run in -o out --no-figures --rate 500
    [[ $output == *"0 done, 0 failed, 1 up to date"* ]]
    printf '{"SamplingFrequency": 1000, "PowerLineFrequency": 60}\n' >in/t.json
    run "$SOLEUS" run in -o out --no-figures --rate 500
    [[ $output == *"1 done, 0 failed, 0 up to date"* ]]
    printf 'name\ttarget_muscle\nA\tsoleus\nB\tsoleus\n' >in/t_channels.tsv
    run "$SOLEUS" run in -o out --no-figures --rate 500
    [[ $output == *"1 done, 0 failed, 0 up to date"* ]]
    run "$SOLEUS" run in -o out --no-figures --rate 500 --no-sidecars
    [[ $output == *"1 done, 0 failed, 0 up to date"* ]]
    [ "$(column input_sha256 <out/run.tsv)" = "$(sha256sum in/t.csv | cut -d' ' -f1)" ]
}

@test "files of a folder that are no recordings cost nothing and are counted" {
    mkdir in
    cp "$SAMPLES/good-edf-plain.edf" in/a.edf
    printf 'file,label\na.edf,rest\n' >in/labels.csv
    printf 'Some notes.\nMore of them.\n' >in/notes.txt
    printf 'x' >in/protocol.docx
    printf 'x' >in/README.txt
    mkdir -p in/earlier/figures
    printf 'x' >in/earlier/figures/a_overview.svg # of results: as their tables, not counted
    run "$SOLEUS" run in -o out --no-figures
    [ "$status" -eq 0 ]
    [[ $output == *"1 done, 0 failed"* ]]
    [[ $output == *"3 files that are no recordings were passed over (1 .csv, 1 .docx, 1 .txt)"* ]]
    rm in/a.edf
    run "$SOLEUS" run in -o out --no-figures
    [ "$status" -eq 1 ]
    [[ $output == *"no recordings there; 3 files"* ]]
}

@test "a broken sidecar is a warning, and an error when strict" {
    cp "$SAMPLES/good-edf-plain.edf" a.edf
    printf '{"SamplingFrequency": 100,\n' >a.json
    run --separate-stderr "$SOLEUS" info a.edf
    [ "$status" -eq 0 ]
    [[ $stderr == *"warning: a.edf: a.json: line 2"*"passed over"* ]]
    run "$SOLEUS" info --strict a.edf
    [ "$status" -eq 1 ]
    [[ $output == *"error: a.json: line 2"* ]]
}

@test "what the recording and a sidecar both tell is told once" {
    mkdir -p set/sub-1/emg
    printf '{"Name": "once", "BIDSVersion": "1.11.0"}\n' >set/dataset_description.json
    file=set/sub-1/emg/sub-1_task-hold
    table >t.csv
    printf 'onset\tduration\ttrial_type\n3.5\tn/a\tstretch\n7\t2\thold\n' >e.tsv
    "$SOLEUS" convert -q t.csv --rate 1000 --annotate e.tsv -o "${file}_emg.edf"
    printf 'onset\tduration\ttrial_type\n3.5002\t1\tstretch\n7\t2\thold\n7\t3\thold\n7\t2\trest\n' \
        >"${file}_events.tsv"
    [ "$("$SOLEUS" info "${file}_emg.edf" | column annotations | head -1)" = 4 ]
    [ "$("$SOLEUS" info --no-sidecars "${file}_emg.edf" | column annotations | head -1)" = 2 ]
    "$SOLEUS" info --json "${file}_emg.edf" >t.info
    [ "$(grep -c '"stretch"' t.info)" = 1 ]
}

@test "a missing rate names the sidecar that could tell it, or what is wrong with that" {
    table >t.csv
    run "$SOLEUS" info t.csv
    [ "$status" -eq 1 ]
    [[ $output == *"--rate, or as SamplingFrequency in t.json" ]]
    run "$SOLEUS" info --no-sidecars t.csv
    [[ $output == *"--rate" ]]
    run "$SOLEUS" info - <t.csv
    [[ $output == *"--rate" ]]
    printf '{"SamplingFrequency": 1000' >t.json
    run "$SOLEUS" info t.csv
    [ "$status" -eq 1 ]
    [[ $output == *"--rate; t.json: line 1"* ]]
    printf '{"SamplingFrequency": "fast"}' >t.json
    run "$SOLEUS" info t.csv
    [[ $output == *"--rate; t.json: SamplingFrequency is no number"* ]]
}

@test "a recording of several files is looked at once, however many of them are named" {
    cp "$SAMPLES"/good-brainvision-gap.* "$SAMPLES"/good-wfdb-16.hea "$SAMPLES"/good-wfdb-16.dat .
    "$SOLEUS" info *.* >all.tsv
    "$SOLEUS" info good-brainvision-gap.vhdr good-wfdb-16.hea >headers.tsv
    cmp all.tsv headers.tsv
    "$SOLEUS" info good-wfdb-16.dat >parts.tsv
    [ "$(column recording <parts.tsv | sort -u)" = good-wfdb-16.hea ]
    cp "$SAMPLES"/good-brainvision-multiplexed.* .
    [ "$("$SOLEUS" quality -q --epoch 0.1 good-brainvision-multiplexed.* | cut -f2 | sort | uniq -d)" = "" ]
}

@test "a sidecar that lists the bad channel alone leaves the others EMG" {
    { echo "left,right,third"; seq 0 1999 | awk '{ print $1 % 7 "," $1 % 5 "," $1 % 3 }'; } >t.csv
    printf 'name\ttype\tstatus\nleft\tEMG\tbad\n' >t_channels.tsv
    [ "$("$SOLEUS" info --rate 1000 t.csv | column type | paste -sd' ')" = "EMG EMG EMG" ]
    [ "$("$SOLEUS" info --rate 1000 t.csv | column status | paste -sd' ')" = "bad good good" ]
    # A good one that is listed as EMG tells that the others are none.
    printf 'name\ttype\tstatus\nleft\tEMG\tgood\n' >t_channels.tsv
    [ "$("$SOLEUS" info --rate 1000 t.csv | column type | paste -sd' ')" = "EMG other other" ]
    # So does what the recording itself says.
    { echo "EMG left,right,third"; tail -n +2 t.csv; } >u.csv
    printf 'name\ttype\tstatus\nEMG left\tEMG\tbad\n' >u_channels.tsv
    [ "$("$SOLEUS" info --rate 1000 u.csv | column type | paste -sd' ')" = "EMG other other" ]
}
