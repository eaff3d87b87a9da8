# soleus convert, and episodes --from-annotations: what the user sees.
bats_require_minimum_version 1.5.0

setup() {
    work=$(mktemp -d)
    cd "$work"
    # Apart from the events beside them, which would be annotations too.
    recording=$BATS_TEST_TMPDIR/rest.edf
    clonic=$BATS_TEST_TMPDIR/clonic.edf
    cp "$SAMPLES/study/sub-01/ses-1/sub-01_ses-1_task-rest_emg.edf" "$recording"
    cp "$SAMPLES/study/sub-02/ses-1/sub-02_ses-1_task-rest_emg.edf" "$clonic"
}

teardown() {
    rm -rf "$work"
}

# samples FILE: its samples as text, in the delivered units, without times and header.
samples() {
    "$SOLEUS" convert "$1" -q --to-format csv -o - | sed 1d | cut -d, -f2-
}

@test "EDF to EDF and BDF and back is exact to the bit, and silent" {
    for target in a.edf a.bdf; do
        run --separate-stderr "$SOLEUS" convert "$recording" --exact -o $target
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
    done
    "$SOLEUS" convert a.bdf --exact -o back.edf
    cmp a.edf back.edf
    cmp <(samples "$recording") <(samples back.edf)
}

@test "every writer holds a recording, and the same samples come out of it" {
    samples "$recording" >expected
    for target in a.edf a.bdf a.wav a.w64 a.au a.csv a.tsv; do
        run "$SOLEUS" convert "$recording" --exact -o $target
        [ "$status" -eq 0 ]
        cmp expected <(samples $target)
    done
}

@test "what is lost is told for each channel, and refused with --exact" {
    printf 'EMG1 (uV),EMG2 (uV)\n' >floats.csv
    awk 'BEGIN { for (i = 0; i < 2000; i++) printf "%.6f,%d\n", 1e3 * sin(i), i % 7 }' >>floats.csv
    run "$SOLEUS" convert floats.csv --rate 1000 -o floats.edf
    [ "$status" -eq 0 ]
    [[ $output == *"channel 'EMG1': largest error 0.01"*" uV, at "*" s"* ]]
    [[ $output != *EMG2* ]]
    run "$SOLEUS" convert floats.csv --rate 1000 --exact -o exact.edf
    [ "$status" -eq 1 ]
    [[ $output == *"--exact"*".bdf"* ]]
    [ ! -e exact.edf ]
    [ -z "$(ls | grep part || true)" ]
    "$SOLEUS" convert floats.csv --rate 1000 --exact -o exact.w64
    # Half a step of the range that the samples have: 2000 uV in 65535 steps.
    error=$(sed -n 's/.*error \([0-9.e-]*\) uV.*/\1/p' <<<"$("$SOLEUS" convert floats.csv --rate 1000 -f -o floats.edf 2>&1)")
    awk -v e="$error" 'BEGIN { exit !(e > 0.005 && e < 2000 / 65535 / 2 * 1.001) }'
    run "$SOLEUS" convert floats.csv --rate 1000 --range -500:500 -o clipped.edf
    [ "$status" -eq 0 ]
    [[ $output == *"EMG1': largest error 50"[0-9.]*" uV"* || $output == *"EMG1': largest error 49"[0-9.]*" uV"* || $output == *"EMG1': largest error 500 uV"* ]]
    run "$SOLEUS" convert floats.csv --rate 1000 -q -f -o floats.edf
    [ -z "$output" ]
}

@test "24 bits go into 16 where the samples need no more" {
    "$SOLEUS" convert "$recording" -o wide.bdf
    "$SOLEUS" convert wide.bdf --exact -o narrow.edf
    cmp <(samples "$recording") <(samples narrow.edf)
    run "$SOLEUS" convert "$SAMPLES/good-bdf-24bit.bdf" --exact -o no.edf
    [ "$status" -eq 1 ]
}

@test "gaps stay gaps, to the sample, by way of every format that has them" {
    for sample in good-edf-plus-d-gap.edf good-bdf-plus-d-gap.bdf good-text-gap.csv; do
        samples "$SAMPLES/$sample" >expected
        grep -q NaN expected
        for target in gap.bdf gap.au gap.csv gap.w64; do
            rm -f gap.*
            "$SOLEUS" convert "$SAMPLES/$sample" --exact -o $target
            cmp expected <(samples $target)
        done
    done
    "$SOLEUS" convert "$SAMPLES/good-edf-plus-d-gap.edf" -f -o gap.edf
    run "$SOLEUS" info gap.edf
    [ "$(cut -f12-14 <<<"${lines[1]}")" = "$("$SOLEUS" info "$SAMPLES/good-edf-plus-d-gap.edf" | cut -f12-14 | sed -n 2p)" ]
}

@test "pipes carry recordings from any format to any other" {
    samples "$recording" >expected
    "$SOLEUS" convert "$recording" -o - | "$SOLEUS" convert - -o piped.bdf
    "$SOLEUS" convert "$recording" -o - | "$SOLEUS" convert --exact -o piped.csv
    cmp expected <(samples piped.csv)
    "$SOLEUS" convert - --exact -o piped.edf <"$recording"
    cmp expected <(samples piped.edf)
    run "$SOLEUS" convert "$recording" --to-format edf -o -
    [ "$status" -eq 2 ]
    [[ $output == *"standard output"* ]]
}

@test "an interval is cut to the sample, with its start and its annotations" {
    run "$SOLEUS" convert "$recording" --from 10.0005 --to 10.5 --exact -o part.edf
    [ "$status" -eq 0 ]
    samples "$recording" | sed -n 10002,10500p >expected
    cmp expected <(samples part.edf)
    run "$SOLEUS" info part.edf
    [[ $output == *$'\t0.499\t'*":10.001"* ]]
    printf 'onset\tduration\ttrial_type\n2\t9\tacross\n5\t1\tbefore\n10.2\tn/a\tinside\n10.4\t5\tend\n' >e.tsv
    "$SOLEUS" convert "$recording" --from 10 --to 10.5 --annotate e.tsv --sidecars -o part.csv
    run cat part_events.tsv
    [ "${lines[1]}" = $'0\t0.5\tacross' ]
    [ "${lines[2]:0:18}" = $'0.1999999999999993' ] || [[ ${lines[2]} == $'0.2'*$'\tn/a\tinside' ]]
    [[ ${lines[3]} == $'0.4\t0.1'*$'\tend' || ${lines[3]} == *$'\tend' ]]
    [ "${#lines[@]}" -eq 4 ]
    run "$SOLEUS" convert "$recording" --from 5 --to 4 -o no.edf
    [ "$status" -eq 2 ]
    run "$SOLEUS" convert "$recording" --from 1e6 -o no.edf
    [ "$status" -eq 1 ]
    [[ $output == *"--from"* ]]
}

@test "what a format cannot hold is refused with a remedy, and nothing is left behind" {
    run "$SOLEUS" convert "$SAMPLES/good-edf-mixed-rates.edf" -o mixed.csv
    [ "$status" -eq 1 ]
    [[ $output == *"--channels"* ]]
    run "$SOLEUS" convert "$SAMPLES/good-edf-mixed-rates.edf" --channels 1 -o mixed.csv
    [ "$status" -eq 0 ]
    run "$SOLEUS" convert "$SAMPLES/good-au-soleus.au" -o rate.wav
    [ "$status" -eq 1 ]
    [[ $output == *".csv"* ]]
    run "$SOLEUS" convert "$recording" -o a.xyz
    [ "$status" -eq 2 ]
    run "$SOLEUS" convert "$recording" --to-format xyz -o a.edf
    [ "$status" -eq 2 ]
    cp "$recording" own.edf
    run "$SOLEUS" convert own.edf -f -o own.edf
    [ "$status" -eq 1 ]
    cmp own.edf "$recording"
    run "$SOLEUS" convert own.edf -o mixed.csv
    [ "$status" -eq 1 ]
    [[ $output == *"-f"* ]]
    run "$SOLEUS" convert own.edf --sidecars -o -
    [ "$status" -eq 2 ]
    [ "$(ls | tr '\n' ' ')" = "mixed.csv own.edf " ]
}

@test "a full device is a failure" {
    run "$SOLEUS" convert "$recording" --to-format au -o /dev/full
    [ "$status" -eq 1 ]
    run bash -c '"$1" convert "$2" -o - >/dev/full' - "$SOLEUS" "$recording"
    [ "$status" -eq 1 ]
}

@test "sidecars say what the format cannot, and annotations left out are told" {
    "$SOLEUS" episodes "$recording" -o e.tsv
    run "$SOLEUS" convert "$recording" --annotate e.tsv -o a.wav
    [ "$status" -eq 0 ]
    [[ $output == *"annotations are left out"*"--sidecars"* ]]
    run "$SOLEUS" convert "$recording" --annotate e.tsv --sidecars -o b_emg.wav
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ "$(head -1 b_channels.tsv | cut -f1-5)" = $'name\ttype\tunits\tsampling_frequency\ttarget_muscle' ]
    grep -q $'^Soleus R\tEMG\tuV\t1000\t' b_channels.tsv || grep -q $'\tEMG\tuV\t1000\t' b_channels.tsv
    grep -q '"SamplingFrequency": 1000' b_emg.json
    # With what the recording itself was annotated.
    [ "$(grep -c ']$' b_events.tsv)" -eq "$(sed 1d e.tsv | wc -l)" ]
    grep -q $'^45\t6\tintervention$' b_events.tsv
    grep -q '"Description"' b_events.json
}

@test "episodes go to a viewer and come back the same" {
    recording=$clonic
    for target in r.edf r.bdf; do
        "$SOLEUS" episodes "$recording" -o e.tsv -f
        [ "$(wc -l <e.tsv)" -gt 2 ]
        "$SOLEUS" convert "$recording" --annotate e.tsv --exact -o $target
        "$SOLEUS" episodes --from-annotations $target -f -o back.tsv
        # The confidence is the classifier's own.
        cmp <(cut -f1-5,7- e.tsv) <(cut -f1-5,7- back.tsv)
        [ "$(sed 1d back.tsv | cut -f6 | sort -u)" = n/a ]
    done
    # Only the annotations are taken from a file of other signals, cut and begun later.
    "$SOLEUS" convert "$recording" --annotate e.tsv --from 1 -o cut.edf
    "$SOLEUS" episodes "$recording" --from-annotations cut.edf -o back.tsv -f
    cmp <(cut -f1-5,7- e.tsv) <(cut -f1-5,7- back.tsv)
}

@test "corrections of a reviewer are taken: moved, added, deleted, renamed" {
    recording=$clonic
    "$SOLEUS" episodes "$recording" -o e.tsv
    label=$(sed -n 2p e.tsv | cut -f4)
    awk -F'\t' -v OFS='\t' 'NR == 2 { $1 += 0.5; $2 -= 1 } NR == 3 { next } { print }' e.tsv >edited.tsv
    printf '1.25\t0.5\tmyoclonic\t%s\n' "$label" | awk -F'\t' -v OFS='\t' -v n="$(head -1 e.tsv | awk -F'\t' '{ print NF }')" \
        '{ for (i = NF + 1; i <= n; i++) $i = "n/a"; print }' >>edited.tsv
    "$SOLEUS" convert "$recording" --annotate edited.tsv -o r.edf
    # As a viewer does that writes in place.
    LC_ALL=C sed -i 's/clonic \[/tonic  [/g; s/myotonic  \[/myoclonic [/g' r.edf
    run "$SOLEUS" episodes -q --from-annotations r.edf
    [ "$status" -eq 0 ]
    # One deleted, one added.
    [ "$(grep -c $'\t' <<<"$output")" -eq "$(wc -l <e.tsv)" ]
    [ "$(cut -f1-4 <<<"${lines[1]}")" = $'1.25\t0.5\tmyoclonic\t'"$label" ]
    moved=$(sed -n 2p edited.tsv | cut -f1-4)
    [ "$(cut -f1-4 <<<"${lines[2]}")" = "$moved" ]
    [[ $(cut -f13 <<<"${lines[2]}") =~ ^[0-9] ]]
    ! grep -q $'\tclonic\t' <<<"$output"
}

@test "other annotations are left out with a count, or taken by --label" {
    label=$("$SOLEUS" info "$recording" | sed -n 2p | cut -f4)
    printf 'onset\tduration\ttrial_type\tchannel\n2\t3\tcramp A\t%s\n5\t1\tnote\tn/a\n7\t1\ttonic\tnone such\n8\tn/a\ttonic\t%s\n9\t1\tTonic\t%s\n' \
        "$label" "$label" "$label" >e.tsv
    "$SOLEUS" convert "$recording" --annotate e.tsv -o r.edf
    run --separate-stderr "$SOLEUS" episodes --from-annotations r.edf
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == $'9\t1\ttonic\t'* ]]
    [[ $stderr == *"3 annotations name no class"*"cramp A"*"--label"* ]]
    [[ $stderr == *"1 annotation is left out, of no channel"*"none such"* ]]
    [[ $stderr == *"without a duration"* ]]
    run --separate-stderr "$SOLEUS" episodes --from-annotations r.edf --label 'cramp*'
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[1]} == $'2\t3\tcramp A\t'* ]]
    # What lies outside of the recording is no episode of it.
    "$SOLEUS" convert "$recording" --to 5 -o short.edf
    run --separate-stderr "$SOLEUS" episodes short.edf --from-annotations r.edf --label 'cramp*'
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} == $'2\t3\tcramp A\t'* ]]
    [[ $stderr == *"1 annotation is left out, outside of the recording"* ]]
    run "$SOLEUS" episodes "$recording" --label tonic
    [ "$status" -eq 2 ]
    run "$SOLEUS" convert "$recording" --annotate "$work/none.tsv" -o x.edf
    [ "$status" -eq 1 ]
    [[ $output == *"none.tsv"* ]]
    printf 'onset\tduration\n1\t2\n' >poor.tsv
    run "$SOLEUS" convert "$recording" --annotate poor.tsv -o x.edf
    [ "$status" -eq 1 ]
    [[ $output == *"trial_type"* ]]
    [ ! -e x.edf ]
}

@test "filter keeps the annotations" {
    "$SOLEUS" filter "$recording" -o filtered.edf
    [ "$("$SOLEUS" info filtered.edf | sed -n 2p | cut -f15)" = 1 ]
}

@test "--annotate may be repeated" {
    printf 'onset\tduration\ttrial_type\n2\t3\tone\n' >a.tsv
    printf 'onset\tduration\ttrial_type\n1\t3\ttwo\n' >b.tsv
    "$SOLEUS" convert "$recording" --annotate a.tsv --annotate b.tsv --sidecars -o x.csv
    [ "$(sed 1d x_events.tsv | cut -f3 | tr '\n' ' ')" = "two one intervention " ]
}

@test "sidecars are not written where they would say wrong units of the input" {
    printf 'time (s),EMG (mV)\n' >m.csv
    seq 0 1999 | awk '{ print $1 / 1000 "," ($1 % 7) / 10 }' >>m.csv
    run "$SOLEUS" convert m.csv --sidecars -o m.wav
    [ "$status" -eq 1 ]
    [[ $output == *"m.csv"*"microvolts"*"another name"* ]]
    run "$SOLEUS" convert m.csv --sidecars -o "$PWD/m.wav"
    [ "$status" -eq 1 ]
    [ "$(ls m*)" = m.csv ]
    "$SOLEUS" convert m.csv --sidecars -o n.wav
    [ -e n_channels.tsv ]
    "$SOLEUS" convert m.csv --sidecars -o "$(mkdir other && echo other)/m.wav"
    sed '1s/mV/uV/' m.csv >u.csv
    "$SOLEUS" convert u.csv --sidecars -o u.wav
    sed '1s/ (mV)//' m.csv >s.csv
    "$SOLEUS" convert s.csv --scale 1 --sidecars -o s.wav
    run "$SOLEUS" convert s.csv --scale 2 --sidecars -f -o s.wav
    [ "$status" -eq 1 ]
}

@test "episodes are measured where a table of events says" {
    "$SOLEUS" episodes "$recording" -o e.tsv
    "$SOLEUS" episodes "$recording" --from-annotations e.tsv -o back.tsv
    cmp <(cut -f1-4,13-15 e.tsv) <(cut -f1-4,13-15 back.tsv)
    # The same as by way of annotations, which the recording's own do not join.
    "$SOLEUS" convert "$recording" --annotate e.tsv -o r.edf
    sed 2d e.tsv >fewer.tsv
    "$SOLEUS" episodes r.edf --from-annotations fewer.tsv -o back.tsv -f
    cmp <(cut -f1-4 fewer.tsv) <(cut -f1-4 back.tsv)
    printf 'begin\tend\n1\t2\n' >poor.tsv
    run "$SOLEUS" episodes "$recording" --from-annotations poor.tsv
    [ "$status" -eq 1 ]
    [[ $output == *"poor.tsv: has no column 'onset'"* ]]
}
