# soleus score. SOLEUS is the program, SAMPLES the folder of samples.
bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    study="$SAMPLES/study/sub-01/ses-1/sub-01_ses-1_task-rest"
    table ref.tsv '10 10 tonic TA' '30 10 clonic TA' '50 20 tonic-clonic TA' '80 0.2 myoclonic TA'
    table est.tsv '10.1 9.7 tonic TA' '30.2 10.2 tonic TA' '49.5 21 tonic-clonic TA' '110 2 clonic TA'
}

# table FILE ROW...: onset, duration, trial_type, channel with blanks between.
table() {
    local file=$1
    shift
    printf 'onset\tduration\ttrial_type\tchannel\n' >"$file"
    [ $# -eq 0 ] || printf '%s\n' "$@" | tr ' ' '\t' >>"$file"
}

# cell FILE COLUMN [PAIR [GROUP]]: of the row of that pair and group (total, n/a).
cell() {
    awk -F'\t' -v column="$2" -v pair="${3-total}" -v group="${4-n/a}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        NR > 1 && $1 == pair && $2 == group { print $at[column]; exit }' "$1"
}

@test "one pair: a row and the total" {
    "$SOLEUS" score -q ref.tsv est.tsv --duration 3600 >score.tsv
    [ "$(wc -l <score.tsv)" -eq 3 ]
    [ "$(cell score.tsv matched ref)" = 3 ]
    [ "$(cell score.tsv matched)" = 3 ]
    [ "$(cell score.tsv sensitivity)" = 0.75 ]
    [ "$(cell score.tsv precision)" = 0.75 ]
    [ "$(cell score.tsv false_per_hour)" = 1 ]
    [ "$(cell score.tsv class_right)" = 2 ]
    [ "$(cell score.tsv rate_error_median)" = n/a ]
    ! grep -qi -e nan -e inf score.tsv
    [ "$(head -1 score.tsv | tr '\t' '\n' | sort | uniq -d)" = "" ]
}

@test "the measures are listed" {
    "$SOLEUS" score --list >list.tsv
    "$SOLEUS" score -q ref.tsv est.tsv | head -1 | tr '\t' '\n' | tail -n +3 >header
    cut -f 1 list.tsv | tail -n +2 | cmp - header
}

@test "the rules are printed, unless quiet" {
    run --separate-stderr "$SOLEUS" score ref.tsv est.tsv --iou 0.3 --merge-gap 2 --as hold=tonic \
        --ignore gait
    [ "$status" -eq 0 ]
    [[ $stderr == *"IoU 0.3"*"merged below 2 s"*"every 0.01 s"*"hold as tonic"*"not judged in gait"* ]]
    [[ $stderr == *"last offset"* ]]
    run --separate-stderr "$SOLEUS" score -q ref.tsv est.tsv
    [ -z "$stderr" ]
}

@test "a recording tells the time and the channels" {
    "$SOLEUS" score -q "${study}_events.tsv" "${study}_events.tsv" --as voluntary=tonic \
        --recording "${study}_emg.edf" >score.tsv
    seconds=$("$SOLEUS" info --json "${study}_emg.edf" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["recordings"][0]["duration"])')
    awk -v hours="$(cell score.tsv hours)" -v seconds="$seconds" \
        'BEGIN { exit !(hours * 3600 - seconds < 1e-6 && seconds - hours * 3600 < 1e-6) }'
    [ "$(cell score.tsv channels)" = 2 ]
    [ "$(cell score.tsv sensitivity)" = 1 ]
    [ "$(cell score.tsv sample_kappa)" = 1 ]
}

@test "annotations of a recording, as convert writes them" {
    "$SOLEUS" convert -q --no-sidecars "${study}_emg.edf" --annotate "${study}_events.tsv" -o review.edf
    "$SOLEUS" score -q "${study}_events.tsv" review.edf >score.tsv
    [ "$(cell score.tsv matched)" -gt 1 ]
    [ "$(cell score.tsv missed)" = 0 ]
    [ "$(cell score.tsv false)" = 0 ]
    [ "$(cell score.tsv class_accuracy)" = 1 ]
}

@test "standard input for one of both, once" {
    "$SOLEUS" score -q ref.tsv est.tsv | cut -f 2- >file.tsv
    "$SOLEUS" score -q ref.tsv - <est.tsv | cut -f 2- >dash.tsv
    cmp file.tsv dash.tsv
    "$SOLEUS" score -q ref.tsv <(cat est.tsv) | cut -f 2- >pipe.tsv
    cmp file.tsv pipe.tsv
    run "$SOLEUS" score - -
    [ "$status" -eq 2 ]
    [[ $output == *"standard input"* ]]
}

@test "confusion, errors, calibration" {
    "$SOLEUS" score -q --confusion ref.tsv est.tsv >confusion.tsv
    [ "$(cut -f 3- confusion.tsv | sed -n 3p)" = "$(printf 'clonic\t1\t0\t0\t0\t0')" ]
    [ "$(cut -f 3- confusion.tsv | sed -n 5p)" = "$(printf 'myoclonic\t0\t0\t0\t0\t1')" ]
    [ "$(cut -f 3- confusion.tsv | sed -n 6p)" = "$(printf 'false\t0\t1\t0\t0\tn/a')" ]
    "$SOLEUS" score -q --errors ref.tsv est.tsv >errors.tsv
    [ "$(cut -f 3 errors.tsv | tail -n +2 | tr '\n' ' ')" = "match wrong match missed false " ]
    [ "$(sed -n 2p errors.tsv | cut -f 12)" = 0.1 ]
    [ "$(sed -n 4p errors.tsv | cut -f 12)" = -0.5 ]
    sed 's/$/\t0.75/; 1s/0.75/confidence/' est.tsv >sure.tsv
    "$SOLEUS" score -q --calibration --bins 4 ref.tsv sure.tsv >calibration.tsv
    [ "$(wc -l <calibration.tsv)" -eq 6 ]
    [ "$(sed -n 5p calibration.tsv | cut -f 3-6)" = "$(printf '0.75\t1\t3\t0.75')" ]
    run "$SOLEUS" score --calibration --errors ref.tsv sure.tsv
    [ "$status" -eq 2 ]
    run "$SOLEUS" score --calibration --raters ref.tsv sure.tsv
    [ "$status" -eq 2 ]
}

@test "JSON has everything" {
    "$SOLEUS" score -q --json ref.tsv est.tsv --raters --duration 600 >score.json
    python3 - <<'CODE'
import json
score = json.load(open("score.json"))
assert list(score) == ["settings", "scores", "confusion", "calibration", "errors"]
assert score["settings"]["iou"] == 0.5 and score["settings"]["raters"] is True
assert score["settings"]["onset_tolerance"] is None
assert score["scores"][-1]["pair"] == "total" and score["scores"][-1]["matched"] == 3
assert score["scores"][-1]["rate_error_median"] is None
assert len(score["errors"]) == 5
CODE
}

@test "a list of pairs, with groups" {
    table none.tsv
    printf 'reference\testimate\tduration\tchannels\tsnr\n' >pairs.tsv
    printf '%s\n' 'ref.tsv est.tsv 1800 2 6' 'ref.tsv ref.tsv 1800 2 12' \
        'none.tsv none.tsv 3600 1 12' | tr ' ' '\t' >>pairs.tsv
    "$SOLEUS" score --pairs pairs.tsv --group-by snr >score.tsv 2>messages
    ! grep -q 'last offset' messages
    [ "$(cut -f 1,2 score.tsv | tail -n +2 | tr '\t\n' ' ,')" = \
        "est.tsv 6,ref.tsv 12,none 12,total 6,total 12,total n/a," ]
    [ "$(cell score.tsv matched total 12)" = 4 ]
    [ "$(cell score.tsv hours total 12)" = 1.5 ]
    [ "$(cell score.tsv channels)" = 5 ]
    [ "$(cell score.tsv sensitivity)" = 0.875 ]
    [ "$(cell score.tsv sensitivity none 12)" = 1 ]
    "$SOLEUS" score -q --pairs - --group-by snr --total <pairs.tsv >totals.tsv
    [ "$(wc -l <totals.tsv)" -eq 4 ]
    [ "$(tail -1 totals.tsv)" = "$(tail -1 score.tsv)" ]
    run "$SOLEUS" score --pairs pairs.tsv --group-by depth
    [ "$status" -eq 1 ]
    [[ $output == *"no column 'depth'"* ]]
}

@test "two folders are paired by name, and what has no partner is told" {
    mkdir -p truth/a found/emg
    cp ref.tsv truth/a/sub-1_task-rest_events.tsv
    cp est.tsv found/emg/sub-1_task-rest_desc-episodes_events.tsv
    cp ref.tsv truth/night_truth.tsv
    cp ref.tsv found/night_emg_episodes.tsv
    cp ref.tsv found/night_emg_trends.tsv
    "$SOLEUS" score -q truth found >score.tsv
    [ "$(cut -f 1 score.tsv | tr '\n' ' ')" = "pair night sub-1_task-rest total " ]
    [ "$(cell score.tsv matched)" = 7 ]
    cp ref.tsv truth/alone_truth.tsv
    run --separate-stderr "$SOLEUS" score truth found
    [ "$status" -eq 1 ]
    [[ $stderr == *"alone_truth.tsv: has no partner"* ]]
    [[ $output == *"total"* ]]
    mkdir truth/b
    cp ref.tsv truth/b/sub-1_task-rest_events.tsv
    run "$SOLEUS" score truth found
    [ "$status" -eq 1 ]
    [[ $output == *"sub-1_task-rest"* ]]
    run "$SOLEUS" score truth est.tsv
    [ "$status" -eq 2 ]
}

@test "a pair that fails is told, and the others are scored" {
    printf 'onset\tlength\n1\t2\n' >odd.tsv
    run --separate-stderr "$SOLEUS" score ref.tsv odd.tsv ref.tsv est.tsv absent.tsv est.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"odd.tsv: has no column 'duration'"* ]]
    [[ $stderr == *"absent.tsv: cannot be opened"* ]]
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 3 ]
    run --separate-stderr "$SOLEUS" score ref.tsv odd.tsv
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    sed '2s/^10/ten/' ref.tsv >words.tsv
    run "$SOLEUS" score ref.tsv words.tsv
    [ "$status" -eq 1 ]
    [[ $output == *"'onset' holds texts"* ]]
}

@test "wrong usage" {
    for wrong in "ref.tsv" "" "ref.tsv est.tsv ref.tsv" "ref.tsv est.tsv --classes tonic,,clonic" \
        "ref.tsv est.tsv --as voluntary" "ref.tsv est.tsv --ignore tonic" "ref.tsv est.tsv --iou 2" \
        "ref.tsv est.tsv --group-by snr" "ref.tsv est.tsv --step 0" "ref.tsv est.tsv --pairs p.tsv" \
        "ref.tsv est.tsv ref.tsv est.tsv --recording x.edf" "ref.tsv est.tsv --json --errors"; do
        run "$SOLEUS" score $wrong
        [ "$status" -eq 2 ]
        [ "${#lines[@]}" -ge 1 ]
    done
}

@test "an output is not overwritten, and no input is" {
    "$SOLEUS" score -q ref.tsv est.tsv -o score.tsv
    run "$SOLEUS" score -q ref.tsv est.tsv -o score.tsv
    [ "$status" -eq 1 ]
    "$SOLEUS" score -q ref.tsv est.tsv -o score.tsv -f
    run "$SOLEUS" score -q ref.tsv est.tsv -o est.tsv -f
    [ "$status" -ne 0 ]
    [ "$(sed -n 2p est.tsv | cut -f 1)" = 10.1 ]
    if [ -e /dev/full ]; then
        run bash -c '"$1" score -q ref.tsv est.tsv >/dev/full' - "$SOLEUS"
        [ "$status" -eq 1 ]
    fi
}

@test "two raters: exchanging the tables exchanges their sides" {
    "$SOLEUS" score -q --raters ref.tsv est.tsv --duration 200 >one.tsv
    "$SOLEUS" score -q --raters est.tsv ref.tsv --duration 200 >two.tsv
    [ "$(cell one.tsv sensitivity_any)" = "$(cell two.tsv precision_any)" ]
    [ "$(cell one.tsv missed)" = "$(cell two.tsv false)" ]
    for name in f1 class_kappa sample_kappa activity_agreement iou_median onset_error_95; do
        [ "$(cell one.tsv "$name")" = "$(cell two.tsv "$name")" ]
    done
}
