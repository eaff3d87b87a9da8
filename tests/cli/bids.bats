# soleus bids, and soleus run on BIDS datasets. SOLEUS is the program, SAMPLES the folder of samples.
bats_require_minimum_version 1.5.0

setup_file() {
    cp -r "$SAMPLES/bids" "$BATS_FILE_TMPDIR/study"
    cd "$BATS_FILE_TMPDIR"
    "$SOLEUS" run study -o reference -q -j 1 --threads 1
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$BATS_FILE_TMPDIR/study" study
    reference=$BATS_FILE_TMPDIR/reference
}

# Everything but what tells how long things took.
same() {
    diff -r -x run.tsv -x logs "$1" "$2"
}

recordings() {
    find "$1" -name '*_desc-soleus_emg.h5' | sed 's|.*/||' | sort | tr '\n' ' '
}

# row FILE: the columns of run.tsv that are the same every time, the input without its folder.
row() {
    cut -f1,3,7,8 "$1"
}

@test "the results of a dataset are a derivative" {
    for name in sub-01/ses-1/emg/sub-01_ses-1 sub-01/ses-2/emg/sub-01_ses-2 sub-02/emg/sub-02; do
        stem=$reference/${name}_task-hold
        for end in episodes_events.tsv episodes_events.json trends_emg.tsv trends_emg.json \
            soleus_emg.h5 soleus_emg.json; do
            [ -s "${stem}_desc-$end" ]
        done
        [ -s "$(dirname "$stem")/figures/$(basename "$stem")_overview.svg" ]
    done
    [ -z "$(find "$reference" -name '*_results.h5')" ]
    [ "$(find "$reference" -maxdepth 1 -type f | sed 's|.*/||' | sort | tr '\n' ' ')" = \
        ".bidsignore dataset_description.json episodes.tsv run.tsv trends.tsv " ]
    [ "$(head -1 "$reference/episodes.tsv" | cut -f1-8)" = \
        $'recording\tparticipant_id\tsession_id\ttask\tage\tsex\tgroup\tonset' ]
    [ "$(cut -f2-7 "$reference/episodes.tsv" | sed -n '2p;$p')" = \
        $'sub-01\tses-1\thold\t58\tF\tidiopathic\nsub-02\tn/a\thold\t67\tM\tsecondary' ]
    # The bad channel has no row.
    [ "$(cut -f8 "$reference/trends.tsv" | tail -n +2 | sort -u | tr '\n' ' ')" = "GL SL " ]
    [ "$(sed -n 4p "$reference/run.tsv" | cut -f8)" = \
        sub-02/emg/sub-02_task-hold_desc-soleus_emg.h5 ]
}

@test "the same bytes with any number of jobs, and when it is done again" {
    "$SOLEUS" run study -o out -q -j 3 --threads 2
    diff -r -x run.tsv "$reference" out -x dataset_description.json
    run --separate-stderr "$SOLEUS" run study -o out
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    rm out/sub-02/emg/sub-02_task-hold_desc-trends_emg.json
    run --separate-stderr "$SOLEUS" run study/ -o out
    [[ $stderr == *"1 done, 0 failed, 2 up to date"* ]]
    diff -r -x run.tsv "$reference" out -x dataset_description.json
    # A sidecar of the dataset that all inherit.
    sed -i 's/"PowerLineFrequency": 50/"PowerLineFrequency": 60/' study/task-hold_emg.json
    run --separate-stderr "$SOLEUS" run study -o out
    [[ $stderr == *"3 done, 0 failed, 0 up to date"* ]]
}

@test "results may lie in the dataset, and are no inputs" {
    "$SOLEUS" run study -o study/derivatives/soleus -q
    diff -r -x run.tsv -x dataset_description.json "$reference" study/derivatives/soleus
    run --separate-stderr "$SOLEUS" run study -o study/derivatives/soleus
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    grep -q '"raw": "../.."' study/derivatives/soleus/dataset_description.json
    "$SOLEUS" run study -o again -q
    [ "$(wc -l <again/run.tsv)" -eq 4 ]
    # Somewhere else in it, and walked as any folder.
    "$SOLEUS" run study -o study/other -q
    "$SOLEUS" run study -o third -q
    [ "$(wc -l <third/run.tsv)" -eq 4 ]
    mkdir plain
    cp -r study/other plain
    run "$SOLEUS" run plain -o fourth
    [ "$status" -eq 1 ]
    [[ $output == *"plain: no recordings there"* ]]
}

@test "the dataset itself, and other datasets, are not written into" {
    run "$SOLEUS" run study -o study
    [ "$status" -eq 2 ]
    [[ $output == *"study: is the dataset itself"*"study/derivatives/soleus"* ]]
    run "$SOLEUS" bids study study participant
    [ "$status" -eq 2 ]
    diff -r study "$SAMPLES/bids"
    mkdir out
    echo '{"Name": "Mine", "BIDSVersion": "1.11.0"}' >out/dataset_description.json
    run "$SOLEUS" bids study out participant
    [ "$status" -eq 1 ]
    [[ $output == *"out/dataset_description.json: is not of soleus; use -f"* ]]
    grep -q Mine out/dataset_description.json
    "$SOLEUS" bids study out participant -f -q --no-figures
    cp -r study another
    run "$SOLEUS" run another -o out
    [ "$status" -eq 1 ]
    [[ $output == *"out/dataset_description.json: is a derivative of another dataset"* ]]
    # One that was moved is the same.
    rm -r another
    mv study moved
    "$SOLEUS" run moved -o out -q --no-figures
    grep -q '"raw": "../moved"' out/dataset_description.json
    grep -q '"Name": "Soleus"' out/dataset_description.json
}

@test "what is no dataset keeps its names" {
    rm study/dataset_description.json
    "$SOLEUS" run study -o out -q --no-figures
    [ -s out/sub-02/emg/sub-02_task-hold_emg_results.h5 ]
    [ ! -e out/dataset_description.json ]
    [ "$(head -1 out/episodes.tsv | cut -f1-4)" = $'recording\tparticipant_id\tsession_id\tonset' ]
    # A part of a dataset, one of its files, and two datasets at once.
    "$SOLEUS" run "$SAMPLES/bids/sub-02" -o part -q --no-figures
    [ -s part/emg/sub-02_task-hold_emg_results.h5 ]
    cp -r "$SAMPLES/bids" a
    cp -r a b
    "$SOLEUS" run a b -o two -q --no-figures
    [ "$(find two -name '*_results.h5' | wc -l)" -eq 6 ]
}

@test "recordings that differ in their extension only are told apart" {
    cp study/sub-02/emg/sub-02_task-hold_emg.edf study/sub-02/emg/sub-02_task-hold_emg.bdf
    "$SOLEUS" run study -o out -q --no-figures
    [ -s out/sub-02/emg/sub-02_task-hold_emg.edf_results.h5 ]
    [ -s out/sub-02/emg/sub-02_task-hold_emg.bdf_results.h5 ]
    [ -s out/sub-01/ses-1/emg/sub-01_ses-1_task-hold_desc-soleus_emg.h5 ]
    [ "$(cut -f2 out/run.tsv | tail -n +2 | sort -u)" = done ]
}

@test "plot and export take the results, and a second run keeps their rows" {
    results=$reference/sub-02/emg/sub-02_task-hold_desc-soleus_emg.h5
    "$SOLEUS" plot "$results" -o overview.svg
    cmp overview.svg "$reference/sub-02/emg/figures/sub-02_task-hold_overview.svg"
    "$SOLEUS" export "$results" trends | cut -f1-5 >exported
    [ "$(wc -l <exported)" -eq "$(wc -l <"${results/soleus_emg.h5/trends_emg.tsv}")" ]
    "$SOLEUS" run study -o out -q --no-figures
    "$SOLEUS" run "$SAMPLES/good-edf-plain.edf" -o out -q --no-figures
    [ "$(wc -l <out/run.tsv)" -eq 5 ]
    [ "$(cut -f1 out/episodes.tsv | tail -n +2 | sort -u | wc -l)" -eq 3 ]
}

@test "participants by label, in both spellings" {
    "$SOLEUS" bids study a participant --participant-label 02 -q --no-figures
    "$SOLEUS" bids study b participant --participant_label sub-02 -q --no-figures
    same a b
    [ "$(recordings a)" = "sub-02_task-hold_desc-soleus_emg.h5 " ]
    # Several after one option, repeated, and with other options after them.
    "$SOLEUS" bids study c participant --participant-label 01 sub-02 --session_label ses-2 -q \
        --skip_bids_validator --no-figures
    [ "$(recordings c)" = "sub-01_ses-2_task-hold_desc-soleus_emg.h5 " ]
    "$SOLEUS" bids study d participant --participant-label 01 --participant-label 02 \
        --task-label hold --skip_bids_validation -j 1 -q --no-figures
    [ "$(find d -name '*_desc-soleus_emg.h5' | wc -l)" -eq 3 ]
    "$SOLEUS" bids --session-label 1 --no-figures -q study e participant
    [ "$(recordings e)" = "sub-01_ses-1_task-hold_desc-soleus_emg.h5 " ]
    [ ! -e e/run.tsv ]
    [ ! -e e/episodes.tsv ]
}

@test "participants at once, then the group: the same bytes as one run" {
    "$SOLEUS" bids study out participant --participant-label 01 --session-label 1 -q &
    first=$!
    "$SOLEUS" bids study out participant --participant-label 01 --session-label 2 -q &
    second=$!
    "$SOLEUS" bids study out participant --participant-label 02 -q
    wait $first
    wait $second
    [ ! -e out/run.tsv ]
    run --separate-stderr "$SOLEUS" bids study out group
    [ "$status" -eq 0 ]
    [[ $stderr == *"gathered 3 recordings, 0 without results; tables are in out"* ]]
    diff -r -x run.tsv -x logs -x dataset_description.json "$reference" out
    diff <(row "$reference/run.tsv") <(row out/run.tsv)
    [ "$(cut -f2 out/run.tsv | sort -u | tr '\n' ' ')" = "done status " ]
    [ -z "$(find out -name '*.part.*')" ]
    # A run over all finds everything done, and a group after a run has the same tables.
    run --separate-stderr "$SOLEUS" run study -o out
    [[ $stderr == *"0 done, 0 failed, 3 up to date"* ]]
    "$SOLEUS" bids study out group -q
    cmp out/episodes.tsv "$reference/episodes.tsv"
}

@test "the group tells what has no results, and gathers the others" {
    head -c 300 "$SAMPLES/bids/sub-02/emg/sub-02_task-hold_emg.edf" >study/sub-02/emg/sub-02_task-hold_emg.edf
    run --separate-stderr "$SOLEUS" bids study out participant --no-figures
    [ "$status" -eq 1 ]
    [[ $stderr == *"errors in out/logs"* ]]
    rm -r out/sub-01/ses-2
    run --separate-stderr "$SOLEUS" bids study out group
    [ "$status" -eq 1 ]
    [[ $stderr == *"sub-01_ses-2_task-hold_emg.edf: has no results; run 'participant' for it"$'\n'* ]]
    [[ $stderr == *"sub-02_task-hold_emg.edf"*"run 'participant' for it again"* ]]
    [ "$(cut -f2 out/run.tsv | tail -n +2 | tr '\n' ' ')" = "done pending failed " ]
    [ "$(cut -f1 out/episodes.tsv | tail -n +2 | sort -u)" = \
        sub-01/ses-1/emg/sub-01_ses-1_task-hold_emg ]
}

@test "what is missing is told with what there is" {
    run "$SOLEUS" bids study out participant --participant-label 01 03
    [ "$status" -eq 1 ]
    [[ $output == *"study: no recording of EMG is of sub-03; there are: 01, 02" ]]
    run "$SOLEUS" bids study out participant --task_label rest
    [[ $output == *"is of task-rest; there are: hold" ]]
    run "$SOLEUS" bids study out participant --participant-label 02 --session-label 1
    [ "$status" -eq 1 ]
    [[ $output == *"leave out one of the choices"* ]]
    mkdir -p other/sub-01/eeg
    cp study/dataset_description.json other
    cp "$SAMPLES/good-edf-plain.edf" other/sub-01/eeg/sub-01_task-rest_eeg.edf
    run "$SOLEUS" bids other out participant
    [ "$status" -eq 1 ]
    [[ $output == *"other: no recordings of EMG there; they are looked for as sub-"* ]]
    run "$SOLEUS" bids absent out participant
    [ "$status" -eq 1 ]
    [[ $output == *"absent: is no folder"* ]]
    [ ! -e out ]
}

@test "a missing dataset_description.json is a warning, and an error when strict" {
    rm study/dataset_description.json
    run --separate-stderr "$SOLEUS" bids study out participant --participant-label 02 --no-figures
    [ "$status" -eq 0 ]
    [[ $stderr == *"warning: "*"study/dataset_description.json: is missing"* ]]
    [ -s out/sub-02/emg/sub-02_task-hold_desc-soleus_emg.h5 ]
    run "$SOLEUS" bids study out2 participant --strict
    [ "$status" -eq 1 ]
    [[ $output == *"error: study/dataset_description.json: is missing"* ]]
    [ ! -e out2 ]
}

@test "wrong usage has status 2; -v and --version tell the version" {
    for arguments in "" "study" "study out" "study out all" "study out participant more"; do
        # shellcheck disable=SC2086
        run "$SOLEUS" bids $arguments
        [ "$status" -eq 2 ]
    done
    run "$SOLEUS" bids study out participant --participant-label
    [ "$status" -eq 2 ]
    [[ $output == *"--participant-label needs a value"* ]]
    [ ! -e out ]
    [ "$("$SOLEUS" bids -v)" = "$("$SOLEUS" --version)" ]
    [ "$("$SOLEUS" bids --version)" = "$("$SOLEUS" --version)" ]
}

@test "columns of participants.tsv never take the place of ours" {
    printf 'participant_id\tduration\tnote\n02\t12\t\n' >study/participants.tsv
    "$SOLEUS" run study -o out -q --no-figures
    [ "$(head -1 out/episodes.tsv | cut -f4-8)" = \
        $'task\tparticipant_duration\tnote\tonset\tduration' ]
    [ "$(cut -f5,6 out/episodes.tsv | sed -n '2p;$p')" = $'n/a\tn/a\n12\tn/a' ]
    printf 'name\tage\nsub-01\t3\n' >study/participants.tsv
    run "$SOLEUS" run study -o out --no-figures
    [ "$status" -eq 1 ]
    [[ $output == *"participants.tsv: has no column participant_id"* ]]
}
