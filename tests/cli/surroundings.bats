# What lies around episodes, from the shell. SOLEUS is the program.
bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    "$SOLEUS" simulate - -o night.edf -q <<SPECIFICATION
[recording]
duration = 420
rate = 1000
seed = 11
noise = 4
start = 2024-01-31T21:57:00
[channel TA L]
[channel Gastro L]
[fasciculations]
channels = 1
rate = 12
amplitude = 80
[tonic]
channels = TA L, Gastro L
onset = 100
duration = 20
delay = 0.4
snr = 24
[tonic]
channels = 1
onset = 200
duration = 10
snr = 24
[clonic]
channels = 2
onset = 300
duration = 16
snr = 24
[annotation]
text = Intervention
onset = 110
[annotation]
text = walk [Gastro L]
onset = 308
duration = 60
[annotation]
text = stretch
onset = 114
SPECIFICATION
    "$SOLEUS" episodes night.edf -o plain.tsv
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# column TABLE TYPE CHANNEL COLUMN: the cells of the rows of that type and channel.
column() {
    awk -F'\t' -v type="$2" -v channel="$3" -v name="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; if (!(name in at)) exit 1; next }
        $3 == type && $4 == channel { print $at[name] }' "$1"
}

# within VALUE LOW HIGH
within() {
    awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(x + 0 == x && x >= low && x <= high) }'
}

@test "an event's order, night, relief, prodrome and recovery" {
    [[ "$(column plain.tsv tonic 'Gastro L' spread_order)" =~ ^TA\ L\+0\.000\;Gastro\ L\+0\.[345][0-9]+$ ]]
    [ "$(column plain.tsv tonic 'Gastro L' extent)" = generalised ]
    [ "$(column plain.tsv tonic 'TA L' night | tr '\n' ' ')" = "n/a 2024-01-31 " ]
    within "$(column plain.tsv tonic 'TA L' relief | head -1)" 8 10.5
    [ "$(column plain.tsv tonic 'TA L' relief | tail -1)" = n/a ]
    within "$(column plain.tsv tonic 'TA L' prodrome_rate | head -1)" 3 20
    [ "$(column plain.tsv tonic 'Gastro L' prodrome_rate)" = 0 ]
    within "$(column plain.tsv tonic 'Gastro L' recovery_rms)" 0 1.5
    within "$(column plain.tsv clonic 'Gastro L' recovery_rms)" 0 1.5
    [ "$(column plain.tsv tonic 'TA L' mean_mvc | sort -u)" = n/a ]
    # 12 a minute were made, of which the weakest drown in the noise and some are jerks.
    within "$("$SOLEUS" quality night.edf | awk -F'\t' '$2 == "TA L" { print $15 }')" 1 13
    [ "$("$SOLEUS" quality night.edf | awk -F'\t' '$2 == "Gastro L" { print $15 }')" = 0 ]
}

@test "long and prolonged" {
    "$SOLEUS" episodes --prolonged 15 --long-episode 12 night.edf >long.tsv
    column long.tsv tonic 'Gastro L' flags | grep -q '^prolonged,long'
    column long.tsv clonic 'Gastro L' flags | grep -q '^long'
    ! grep -qE "prolonged|long" plain.tsv
}

@test "the night is an option, and wants a start time" {
    "$SOLEUS" episodes --night 1-5 night.edf >early.tsv
    [ "$(column early.tsv tonic 'TA L' night | sort -u)" = n/a ]
    ! grep -q nocturnal early.tsv
    "$SOLEUS" filter night.edf -o untimed.wav -q
    "$SOLEUS" episodes --night 0-24 untimed.wav >untimed.tsv
    [ "$(wc -l <untimed.tsv)" -gt 3 ]
    ! grep -qE "nocturnal|recurrent" untimed.tsv
}

@test "another intervention, from annotations and from a table" {
    "$SOLEUS" episodes --intervention 'STRETCH*' night.edf >stretch.tsv
    within "$(column stretch.tsv tonic 'TA L' relief | head -1)" 4 6.5
    printf 'onset\tduration\ttrial_type\tchannel\n205\tn/a\tmassage\tTA L\n' >massage_events.tsv
    "$SOLEUS" episodes --events massage_events.tsv --intervention massage night.edf >massage.tsv
    [ "$(column massage.tsv tonic 'TA L' relief | head -1)" = n/a ]
    paste <(column massage.tsv tonic 'TA L' onset) <(column massage.tsv tonic 'TA L' duration) \
        <(column massage.tsv tonic 'TA L' relief) |
        awk 'END { d = $1 + $2 - 205 - $3; exit !(d < 2e-6 && d > -2e-6) }'
    # A pipe is read once, though trends look for events too.
    "$SOLEUS" episodes --events <(cat massage_events.tsv) --intervention massage night.edf |
        cmp - massage.tsv
}

@test "named intervals are left out by episodes and run alike" {
    "$SOLEUS" episodes --exclude-events 'WALK*' night.edf >cut.tsv
    within "$(column cut.tsv clonic 'Gastro L' onset)" 299.8 300.3
    awk -F'\t' '$3 == "clonic" { d = $1 + $2 - 308; exit !(d < 1e-6 && d > -1e-6) }' cut.tsv
    column cut.tsv clonic 'Gastro L' flags | grep -q '\<cut\>'
    [ "$(column cut.tsv tonic 'TA L' onset)" = "$(column plain.tsv tonic 'TA L' onset)" ]
    printf 'onset\tduration\ttrial_type\n299\t60\twalk\n100.3\t5\tstairs\n' >events.tsv
    "$SOLEUS" episodes --exclude-events walk,stairs --events events.tsv night.edf >two.tsv
    [ -z "$(column two.tsv clonic 'Gastro L' onset)" ]
    [ "$(column two.tsv tonic 'TA L' onset | wc -l)" -eq 1 ]
    "$SOLEUS" run night.edf -o out -q --no-figures --exclude-events walk,stairs --events events.tsv
    cmp two.tsv out/night_episodes.tsv
    "$SOLEUS" run night.edf -o all -q --no-figures
    cmp plain.tsv all/night_episodes.tsv
    # It is part of what results were made with.
    run --separate-stderr "$SOLEUS" run night.edf -o all --no-figures --exclude-events 'walk*'
    [[ $stderr == *"1 done, 0 failed, 0 up to date"* ]]
    cmp cut.tsv all/night_episodes.tsv
    "$SOLEUS" export all/night_results.h5 episodes | cmp - cut.tsv
    # No trend over what is left out.
    [ "$("$SOLEUS" export out/night_results.h5 trends | grep -c episode)" -lt \
        "$("$SOLEUS" export all/night_results.h5 trends | grep -c episode)" ]
}

@test "bids leaves the same intervals out" {
    mkdir -p set/sub-1/emg
    echo '{"Name": "one", "BIDSVersion": "1.10.0"}' >set/dataset_description.json
    cp night.edf set/sub-1/emg/sub-1_task-rest_emg.edf
    printf 'onset\tduration\ttrial_type\n299\t60\twalk\n' >set/sub-1/emg/sub-1_task-rest_events.tsv
    "$SOLEUS" bids set derived participant -q --no-figures --exclude-events walk
    table=derived/sub-1/emg/sub-1_task-rest_desc-episodes_events.tsv
    [ -z "$(column $table clonic 'Gastro L' onset)" ]
    [ "$(column $table tonic 'TA L' onset)" = "$(column plain.tsv tonic 'TA L' onset)" ]
    /usr/bin/python3 - "${table%.tsv}.json" $table <<'PYTHON'
import json, sys
about = json.load(open(sys.argv[1]))
header = open(sys.argv[2]).readline().split()
assert list(about) == header, set(about) ^ set(header)
assert all(about[name]["Description"] for name in header)
assert about["prodrome_rate"]["Units"] == "1/min" and about["relief"]["Units"] == "s"
assert {"cut", "not_recovered"} <= set(about["flags"]["Levels"])
PYTHON
}

@test "amplitudes in percent of the maximum" {
    "$SOLEUS" episodes --mvc 200 night.edf >one.tsv
    "$SOLEUS" episodes --mvc 'ta l=100' night.edf 2>err >half.tsv
    [ ! -s err ]
    paste <(column one.tsv tonic 'TA L' mean_mvc) <(column half.tsv tonic 'TA L' mean_mvc) |
        awk '{ r = $2 / $1; n++; if (r < 1.999999 || r > 2.000001) exit 1 } END { exit !(n == 2) }'
    [ "$(column half.tsv tonic 'Gastro L' mean_mvc)" = n/a ]
    # The second of the two tonic ones as the maximum of itself: its peak is all of it.
    printf 'onset\tduration\ttrial_type\n199\t13\tmaximum\n' >maximum_events.tsv
    "$SOLEUS" episodes --mvc-event maximum --events maximum_events.tsv night.edf >own.tsv
    within "$(column own.tsv tonic 'TA L' peak_mvc | tail -1)" 98 100.0001
    within "$(column own.tsv tonic 'TA L' mean_mvc | tail -1)" 60 98
}

@test "wrong usage is told" {
    run "$SOLEUS" episodes --mvc high night.edf
    [ "$status" -eq 2 ]
    [[ $output == *"--mvc"*"LABEL=UV"* ]]
    run "$SOLEUS" episodes --mvc 100 --mvc-event maximum night.edf
    [ "$status" -eq 2 ]
    [[ $output == *"give one of them"* ]]
    for option in prodrome baseline recovery-rms recovery-mdf recovery-epochs mvc-window; do
        run "$SOLEUS" episodes --$option 0 night.edf
        [ "$status" -eq 2 ]
        [[ $output == *"--$option"* ]]
    done
    run "$SOLEUS" trend --events massage_events.tsv plain.tsv
    [ "$status" -eq 2 ]
    [[ $output == *"--during"* ]]
}

@test "events that cannot be read fail, and those not there are a warning" {
    run "$SOLEUS" episodes --events nowhere.tsv night.edf
    [ "$status" -eq 1 ]
    [[ $output == *"nowhere.tsv"* ]]
    printf 'onset\tduration\n1\t2\n' >bare.tsv
    run "$SOLEUS" episodes --events bare.tsv night.edf
    [ "$status" -eq 1 ]
    [[ $output == *"bare.tsv"*"trial_type"* ]]
    run --separate-stderr "$SOLEUS" episodes --exclude-events stairs --mvc 'Soleus=3' night.edf
    [ "$status" -eq 0 ]
    [[ $stderr == *"--exclude-events"*"'stairs'"* && $stderr == *"'Soleus'"* ]]
    run --separate-stderr "$SOLEUS" episodes --exclude-events stretch night.edf
    [[ $stderr == *"'stretch' have no duration"* ]]
}

@test "a parameters file sets them" {
    printf 'exclude-events = walk*\nmvc = TA L=100\nrecovery-rms = 0.5\n' >options.ini
    "$SOLEUS" episodes --params options.ini night.edf >from.tsv
    "$SOLEUS" episodes --exclude-events 'walk*' --mvc 'TA L=100' --recovery-rms 0.5 night.edf |
        cmp - from.tsv
}
