# soleus trend. SOLEUS is the program, SAMPLES the folder of samples, RECORDINGS that of real ones.
bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    awk 'BEGIN {
        OFS = "\t"
        print "epoch", "channel", "mdf", "rms", "status"
        for (i = 0; i < 60; i++) {
            wobble = i * 7 % 5
            print i + 0.5, "Soleus L", 90 - 0.2 * i + wobble, 50 + i + wobble, i < 10
        }
    }' >markers.tsv
}

# cell FILE MARKER COLUMN: of the first row of that marker.
cell() {
    awk -F'\t' -v marker="$2" -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        NR > 1 && $at["marker"] == marker { print $at[column]; exit }' "$1"
}

@test "a table in, a table out" {
    "$SOLEUS" trend markers.tsv >trends.tsv
    [ "$(wc -l <trends.tsv)" -eq 3 ]
    [ "$(cell trends.tsv mdf n)" = 50 ]
    [ "$(cell trends.tsv mdf onset)" = 10 ]
    [ "$(cell trends.tsv mdf verdict)" = falls ]
    [ "$(cell trends.tsv rms verdict)" = rises ]
    [ "$(cell trends.tsv mdf jasa)" = fatigue ]
    [ "$(cell trends.tsv mdf slope_unit)" = Hz/s ]
}

@test "standard input, with - or without" {
    "$SOLEUS" trend markers.tsv >file.tsv
    "$SOLEUS" trend - <markers.tsv >dash.tsv
    "$SOLEUS" trend <markers.tsv >none.tsv
    cmp file.tsv dash.tsv
    cmp file.tsv none.tsv
}

@test "choices of markers, channels and epochs" {
    "$SOLEUS" trend --marker rms --all-epochs --channels 1 markers.tsv >trends.tsv
    [ "$(wc -l <trends.tsv)" -eq 2 ]
    [ "$(cell trends.tsv rms n)" = 60 ]
    [ "$(cell trends.tsv rms scope)" = all ]
    run --separate-stderr "$SOLEUS" trend --channels Soleus markers.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"markers.tsv: has no channel 'Soleus'; it has 1 'Soleus L'"* ]]
}

@test "intervals of the user's own" {
    printf 'onset\tduration\ttrial_type\n20\t30\thold\n50\t5\tbeep\n' >events.tsv
    "$SOLEUS" trend --marker mdf --during hold --events events.tsv markers.tsv >trends.tsv
    [ "$(cut -f3 trends.tsv | tr '\n' ' ')" = "scope active hold " ]
    run --separate-stderr "$SOLEUS" trend --during grip --events events.tsv markers.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"events.tsv: no event has the trial_type 'grip'; there are: hold, beep"* ]]
    run --separate-stderr "$SOLEUS" trend --during hold markers.tsv
    [ "$status" -eq 2 ]
}

@test "tonic episodes have rows of their own, clonic ones are left out" {
    printf 'onset\tduration\ttrial_type\tchannel\n12\t20\ttonic\tSoleus L\n40\t5\tclonic\tSoleus L\n' \
        >episodes.tsv
    "$SOLEUS" trend --marker mdf --episodes episodes.tsv markers.tsv >trends.tsv
    [ "$(cut -f3,4,7 trends.tsv | tail -n +2 | tr '\t\n' ' ;')" = "active n/a 45;episode 1 20;" ]
}

@test "a wider interval for more confidence" {
    "$SOLEUS" trend --marker mdf --confidence 0.99 markers.tsv >wide.tsv
    "$SOLEUS" trend --marker mdf markers.tsv >usual.tsv
    awk -v a="$(cell wide.tsv mdf slope_low)" -v b="$(cell usual.tsv mdf slope_low)" \
        'BEGIN { exit !(a < b) }'
}

@test "JSON" {
    "$SOLEUS" trend --json markers.tsv -o trends.json
    [ "$(/usr/bin/python3 -c '
import json
rows = json.load(open("trends.json"))
print(len(rows), rows[0]["verdict"], rows[0]["episode"])')" = "2 falls None" ]
}

@test "bad input is refused, and leaves nothing" {
    printf 'onset\tduration\n1\t2\n' >events.tsv
    run --separate-stderr "$SOLEUS" trend events.tsv -o out.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"events.tsv: is no marker table"*"soleus markers"* ]]
    [ ! -e out.tsv ]
    run --separate-stderr "$SOLEUS" trend absent.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"absent.tsv: cannot be opened: No such file or directory"* ]]
    run --separate-stderr "$SOLEUS" trend /dev/null
    [ "$status" -eq 1 ]
    run --separate-stderr "$SOLEUS" trend --confidence 2 --slope markers.tsv
    [ "$status" -eq 2 ]
    [[ $stderr == *confidence* && $stderr == *--slope* ]]
    run --separate-stderr "$SOLEUS" trend markers.tsv -f -o markers.tsv
    [ "$status" -eq 1 ]
    run --separate-stderr "$SOLEUS" trend markers.tsv -o /dev/full
    [ "$status" -eq 1 ]
}

@test "the fatigue of a biceps: MDF falls from about 74 to 55 Hz" {
    [ -e "$RECORDINGS/plux_fatigue.edf" ] || skip "no recordings"
    "$SOLEUS" markers "$RECORDINGS/plux_fatigue.edf" | "$SOLEUS" trend --marker mdf,rms - >trends.tsv
    [ "$(cell trends.tsv mdf verdict)" = falls ]
    [ "$(cell trends.tsv mdf jasa)" = fatigue ]
    awk -v first="$(cell trends.tsv mdf first)" -v last="$(cell trends.tsv mdf last)" \
        -v high="$(cell trends.tsv mdf slope_high)" \
        'BEGIN { exit !(first > 70 && first < 78 && last > 52 && last < 60 && high < 0) }'
}

@test "intervals are those of the recording's annotations where no table is given" {
    awk 'BEGIN { srand(5); for (i = 0; i < 40000; i++) { a = i > 8000 && i < 20000 || i > 26000 && i < 38000 ? 200 : 4
                 print a * (rand() - 0.5) } }' >holds.csv
    printf 'onset\tduration\ttrial_type\n8\t12\thold [1]\n26\t12\thold\n2\tn/a\tcue\n' >e.tsv
    "$SOLEUS" convert -q holds.csv --rate 1000 --annotate e.tsv -o holds.edf
    "$SOLEUS" run -q holds.edf --during hold -o with --no-figures
    [ "$(awk -F'\t' '$5 == "mdf" && $6 == "hold"' with/trends.tsv | wc -l)" = 2 ]
    run --separate-stderr "$SOLEUS" run holds.edf --during cue -o cue --no-figures
    [ "$status" -eq 0 ]
    [[ $stderr == *"'cue' have no duration"* ]]
    run --separate-stderr "$SOLEUS" run holds.edf --during grip -o grip --no-figures
    [ "$status" -eq 0 ]
    [[ $stderr == *"'grip'; there are: cue, hold"* ]]
}
