# soleus episodes --explain, from the shell. SOLEUS is the program.
bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    "$SOLEUS" simulate - -o legs.edf -q <<SPECIFICATION
[recording]
duration = 180
rate = 1000
seed = 11
noise = 4
[channel TA L]
[channel Gastro L]
[tonic]
channels = TA L, Gastro L
onset = 20
duration = 10
delay = 0.4
snr = 20
[clonic]
channels = 2
onset = 60
duration = 8
snr = 20
[tonic-clonic]
channels = 1
onset = 90
duration = 16
snr = 20
[pops]
channels = 1
onset = 136
duration = 30
rate = 20
amplitude = 400
[annotation]
text = walk
onset = 58
duration = 20
SPECIFICATION
    "$SOLEUS" episodes legs.edf -o legs.tsv
    "$SOLEUS" episodes --bursts legs.edf -o bursts.tsv
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# onset TYPE CHANNEL: of the first such episode in the table.
onset() {
    awk -F'\t' -v type="$1" -v channel="$2" '$3 == type && $4 == channel { print $1; exit }' legs.tsv
}

explain() {
    run --separate-stderr "$SOLEUS" episodes --explain "$@" legs.edf
    [ "$status" -eq 0 ]
    # Plain text of 80 columns.
    [ "$(printf '%s\n' "$output" | awk 'length($0) > 80' | wc -l)" -eq 0 ]
    # Lines break anywhere.
    output=$(printf '%s' "$output" | tr -s '\n ' ' ')
}

@test "a tonic episode, in each channel that has one" {
    at=$(onset tonic "TA L")
    explain "$at"
    [ "$stderr" = "" ]
    [[ "$output" = "TA L at "*": a tonic episode from $(printf %.3f "$at") to "* ]]
    [[ "$output" = *"Gastro L at "*": a tonic episode from "* ]]
    [[ "$output" = *"the noise floor is 4."* ]]
    [[ "$output" = *"judged as sustained"* ]]
    explain "$at" --channels "Gastro L"
    [[ "$output" != *"TA L at"* ]]
}

@test "a clonic episode alone, by the clock too" {
    explain "$(onset clonic "Gastro L")"
    [[ "$output" = "Gastro L at "*": a clonic episode from "* ]]
    [[ "$output" != *"TA L at"* ]]
    [[ "$output" = *"The burst rate is "* ]]
    [[ "$output" = *"for clonic +"* ]]
    by_seconds=$("$SOLEUS" episodes --explain 63.5 legs.edf)
    [ "$by_seconds" = "$("$SOLEUS" episodes --explain 0:01:03.5 legs.edf)" ]
    [ "$by_seconds" = "$("$SOLEUS" episodes --explain 1:03.5 legs.edf)" ]
    [[ "$by_seconds" = "Gastro L at 63.500 s: a clonic"* ]]
}

@test "a tonic-clonic episode has two phases and the table's boundary" {
    "$SOLEUS" episodes --explain "$(onset tonic-clonic "TA L")" --json legs.edf >both.json
    /usr/bin/python3 - <<'END_OF_PYTHON'
import csv, json, math
said = json.load(open("both.json"))
assert len(said["explanations"]) == 1
one = said["explanations"][0]
row = next(r for r in csv.DictReader(open("legs.tsv"), delimiter="\t")
           if r["trial_type"] == "tonic-clonic")
group = one["group"]
assert one["what"] == "episode" and one["channel"] == "TA L"
assert group["trial_type"] == "tonic-clonic"
assert [phase["phase"] for phase in group["phases"]] == ["tonic", "clonic"]
assert abs(group["boundary"] - float(row["boundary"])) < 1e-5
assert abs(group["confidence"] - float(row["confidence"])) < 1e-12
assert abs(one["onset"] - float(row["onset"])) < 1e-5
assert len(group["bursts"]) == int(row["burst_count"])
log_odds = group["plausibility_middle_log_odds"] + \
    sum(m["log_odds"] for m in group["plausibility_measures"])
assert abs(1 / (1 + math.exp(-log_odds)) - group["plausibility"]) < 1e-9
END_OF_PYTHON
}

@test "what was rejected, and why" {
    at=$(awk -F'\t' '$4 == "artefact" && $3 == "TA L" && $1 > 138 { print $1; exit }' bursts.tsv)
    [ -n "$at" ]
    explain "$at" --channels "TA L"
    [[ "$output" = "TA L at "*"rejected as artefact."* ]]
    [[ "$output" = *"uV: motion or pop"* ]]
    [[ "$output" != *"Class:"* ]]
}

@test "nothing there: rest and its level" {
    explain 40
    [[ "$output" = "TA L at 40.000 s: no episode, but plain rest."*"Gastro L at 40.000 s"* ]]
    [[ "$output" = *"over the"*"floor."* ]]
    [[ "$output" = *"nothing within 10 s"* ]]
}

@test "what an option would change is what it changes" {
    "$SOLEUS" episodes --explain "$(onset clonic "Gastro L")" --plausibility 1 --json legs.edf >raised.json
    least=$(/usr/bin/python3 -c '
import json
one = [e for e in json.load(open("raised.json"))["explanations"] if e["channel"] == "Gastro L"][0]
assert one["what"] == "implausible", one["what"]
change = one["changes"][0]
assert change["trial_type"] == "clonic"
print(change["options"].split()[1])')
    "$SOLEUS" episodes --plausibility "$least" legs.edf | grep -q $'\tclonic\tGastro L'
}

@test "what --exclude-events does to the table is said" {
    explain "$(onset clonic "Gastro L")" --exclude-events walk
    [[ "$output" = *"It is not in the table: --exclude-events leaves it out."* ]]
}

@test "outside of the recording, and no time" {
    for time in 180 4000 -1 1:00:00; do
        run --separate-stderr "$SOLEUS" episodes --explain "$time" legs.edf
        [ "$status" -eq 1 ]
        [ "$output" = "" ]
        [[ "$stderr" = *"legs.edf: --explain $time is outside of the recording, which lasts from 0 to 180 s"* ]]
    done
    for time in abc "" 1:75 1.5:30 1:2:3:4 "3 s" nan; do
        run --separate-stderr "$SOLEUS" episodes --explain "$time" legs.edf
        [ "$status" -eq 2 ]
    done
    run "$SOLEUS" episodes --explain 3 --bursts legs.edf
    [ "$status" -eq 2 ]
    run "$SOLEUS" episodes --closeup a.svg legs.edf
    [ "$status" -eq 2 ]
    run "$SOLEUS" episodes --explain 3 --closeup a.gif legs.edf
    [ "$status" -eq 2 ]
    [ ! -e a.svg ]
}

@test "the close-up of an episode, of an artefact and of rest" {
    at=$(awk -F'\t' '$4 == "artefact" && $3 == "TA L" && $1 > 138 { print $1; exit }' bursts.tsv)
    for time in 21 62 95 "$at" 40 0 179.9; do
        for format in svg png pdf; do
            run --separate-stderr "$SOLEUS" episodes -q --explain "$time" --closeup "at-$time.$format" legs.edf
            [ "$status" -eq 0 ]
            [ "$stderr" = "" ]
            [ -s "at-$time.$format" ]
        done
        /usr/bin/python3 - "at-$time.svg" <<'END_OF_PYTHON'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert abs(float(root.get("width")) / 96 * 25.4 - 85) < 0.3
texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
for wanted in ("noise floor", "least activity", "phases", "rejected", "Amplitude (µV)"):
    assert any(text and wanted in text for text in texts), wanted
END_OF_PYTHON
    done
    grep -q "Clonic (confidence" at-62.svg
    grep -q "motion or pop" "at-$at.svg"
    "$SOLEUS" episodes -q --explain 62 --closeup again.svg -o again.txt legs.edf
    cmp again.svg at-62.svg
    [[ "$(cat again.txt)" = "Gastro L at 62.000 s: a clonic"* ]]
    # Not overwritten without -f, nor the recording ever.
    run "$SOLEUS" episodes --explain 62 --closeup again.svg legs.edf
    [ "$status" -eq 1 ]
    "$SOLEUS" episodes -q -f --explain 62 --closeup again.svg legs.edf
}

@test "the same words from a pipe, and whatever the block" {
    "$SOLEUS" episodes --explain 95 legs.edf >file.txt
    "$SOLEUS" episodes --explain 95 - <legs.edf >pipe.txt
    cmp file.txt pipe.txt
    "$SOLEUS" episodes --explain 95 --block 0.7 --threads 1 legs.edf >block.txt
    cmp file.txt block.txt
    "$SOLEUS" episodes -q --explain 95 --closeup pipe.svg - <legs.edf >/dev/null
    [ -s pipe.svg ]
}
