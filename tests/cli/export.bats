# soleus export. SOLEUS is the program, RESULTS the folder that make_results has filled.
bats_require_minimum_version 1.5.0

setup() {
    example=$RESULTS/example_results.h5
    cd "$BATS_TEST_TMPDIR"
}

@test "lists the tables of a file" {
    run --separate-stderr "$SOLEUS" export "$example"
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
    [ "${lines[0]}" = $'table\tdimensions\trows\tcolumns' ]
    [ "${lines[1]}" = $'markers\tepoch channel\t7500\t4' ]
}

@test "prints a table, to standard output or a file" {
    "$SOLEUS" export "$example" markers >out.tsv
    [ "$(head -n 1 out.tsv)" = $'epoch\tchannel\tmdf\tstatus' ]
    [ "$(wc -l <out.tsv)" -eq 7501 ]
    "$SOLEUS" export "$example" markers -o file.tsv
    cmp out.tsv file.tsv
}

@test "does not overwrite without -f, and never its input" {
    echo kept >file.tsv
    run "$SOLEUS" export "$example" quality -o file.tsv
    [ "$status" -eq 1 ]
    [ "$(cat file.tsv)" = kept ]
    "$SOLEUS" export "$example" quality -f -o file.tsv
    [ "$(wc -l <file.tsv)" -eq 4 ]
    cp "$example" copy.h5
    run "$SOLEUS" export copy.h5 quality -f -o copy.h5
    [ "$status" -eq 1 ]
    cmp "$example" copy.h5
}

@test "prints JSON" {
    "$SOLEUS" export "$example" quality --json >out.json
    [ "$(/usr/bin/python3 -c 'import json; print(json.load(open("out.json"))[0]["verdict"])')" = good ]
    "$SOLEUS" export "$example" --json >list.json
    [ "$(/usr/bin/python3 -c 'import json; print(json.load(open("list.json"))[0]["rows"])')" = 7500 ]
}

@test "tells what is wrong" {
    run --separate-stderr "$SOLEUS" export "$example" nothing
    [ "$status" -eq 1 ]
    [ "$output" = "" ]
    [[ $stderr == *"no table 'nothing'; there are: markers, "* ]]
    run --separate-stderr "$SOLEUS" export absent.h5 markers
    [ "$status" -eq 1 ]
    [[ $stderr == *"absent.h5: cannot open: No such file or directory"* ]]
    echo text >text.h5
    run --separate-stderr "$SOLEUS" export text.h5 markers -o out.tsv
    [ "$status" -eq 1 ]
    [[ $stderr == *"text.h5: no results file of soleus"* ]]
    [ ! -e out.tsv ]
    head -c 30000 "$example" >cut.h5
    run --separate-stderr "$SOLEUS" export cut.h5 markers
    [ "$status" -eq 1 ]
    [[ $stderr == *"cut.h5: "*"truncated"* ]]
}

@test "wrong usage has status 2" {
    run --separate-stderr "$SOLEUS" export
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" export "$example" markers more
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" export --nonsense "$example"
    [ "$status" -eq 2 ]
}

@test "a full disk and a closed pipe are failures" {
    run --separate-stderr bash -c '"$1" export "$2" markers >/dev/full' - "$SOLEUS" "$example"
    [ "$status" -eq 1 ]
    [[ $stderr == *"No space left on device"* ]]
    run --separate-stderr bash -c '"$1" export "$2" markers | true; exit "${PIPESTATUS[0]}"' - \
        "$SOLEUS" "$example"
    [ "$status" -eq 1 ]
}
