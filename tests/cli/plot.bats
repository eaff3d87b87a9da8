# soleus plot. SOLEUS is the program, RESULTS/figures the folder that make_figures_input has filled.
bats_require_minimum_version 1.5.0

setup() {
    inputs=$RESULTS/figures
    one=$inputs/one_results.h5
    cd "$BATS_TEST_TMPDIR"
}

figures() {
    "$SOLEUS" plot --list | tail -n +2 | cut -f 1
}

# Well-formed XML with a size and some text.
check_svg() {
    /usr/bin/python3 - "$@" <<'END'
import sys
import xml.etree.ElementTree as tree
for name in sys.argv[1:]:
    root = tree.parse(name).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg", name
    assert abs(float(root.get("width")) / 96 * 25.4 - 85) < 0.3 or \
        abs(float(root.get("width")) / 96 * 25.4 - 170) < 0.3, name
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and "(" in text for text in texts), name
    sizes = [float(g.get("font-size")) for g in root.iter() if g.get("font-size")]
    assert min(sizes) / 96 * 72 >= 5.99, (name, min(sizes))
END
}

@test "lists the figures" {
    run --separate-stderr "$SOLEUS" plot --list
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
    [ "${lines[0]}" = $'figure\tone_per\tdescription' ]
    [ "$(figures | tr '\n' ' ')" = "overview trend spectrum spectrogram episode " ]
}

@test "draws every figure of every results file as sound SVG, silently" {
    for input in "$inputs"/*_results.h5; do
        for figure in $(figures); do
            name=$(basename "$input" _results.h5)_$figure.svg
            run --separate-stderr "$SOLEUS" plot "$input" --figure "$figure" -o "$name"
            [ "$status" -eq 0 ]
            [ "$output" = "" ]
            [ "$stderr" = "" ]
        done
    done
    check_svg ./*.svg
    [ ! -e canary ]
    [ "$(find . -name '*.part*' | wc -l)" -eq 0 ]
}

@test "draws PNG and PDF" {
    for figure in $(figures); do
        "$SOLEUS" plot "$inputs/ten_results.h5" --figure "$figure" -o "$figure.png"
        "$SOLEUS" plot "$inputs/ten_results.h5" --figure "$figure" -o "$figure.pdf"
        [ "$(head -c 4 "$figure.pdf")" = %PDF ]
        # 600 dots per inch
        /usr/bin/python3 -c '
import struct, sys
data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n"
width, = struct.unpack(">I", data[16:20])
assert width in (2008, 4016), width' "$figure.png"
    done
}

@test "the same bytes twice, whatever the place, the locale and the user's gnuplot" {
    mkdir home elsewhere
    echo 'set title "not from here"' >home/.gnuplot
    for format in svg png; do
        "$SOLEUS" plot "$one" -o "a.$format"
        (cd elsewhere && HOME=$PWD/../home LC_ALL=de_DE.UTF-8 GNUTERM=dumb TZ=Asia/Tokyo \
            "$SOLEUS" plot "$one" -o "../b.$format")
        cmp "a.$format" "b.$format"
    done
}

@test "writes to standard output" {
    "$SOLEUS" plot "$one" -o - >out.svg
    "$SOLEUS" plot "$one" -o file.svg
    cmp out.svg file.svg
    "$SOLEUS" plot "$one" --figure-format png -o - | head -c 4 | grep -q PNG
    run --separate-stderr bash -c '"$1" plot "$2" -o - >/dev/full' - "$SOLEUS" "$one"
    [ "$status" -eq 1 ]
    [[ $stderr == *"No space left on device"* ]]
    run --separate-stderr bash -c '"$1" plot "$2" -o - | true; exit "${PIPESTATUS[0]}"' - \
        "$SOLEUS" "$one"
    [ "$status" -eq 1 ]
}

@test "labels run no commands, wherever they are shown" {
    for figure in $(figures); do
        for format in svg png pdf; do
            "$SOLEUS" plot "$inputs/hostile_results.h5" --figure "$figure" -o "$figure.$format" \
                --keep-gp gp -f
        done
    done
    (cd gp && for script in overview trend spectrum; do gnuplot -d $script.gp; done)
    [ ! -e canary ]
    [ ! -e gp/canary ]
}

@test "names of files run no commands either" {
    name="a'; system(\"touch canary\") \`touch canary\` \$(touch canary).svg"
    cp "$one" "$name.h5"
    "$SOLEUS" plot "$name.h5" -o "$name" --style /dev/null --keep-gp "gp'\`touch canary\`"
    check_svg "$name"
    [ ! -e canary ]
}

@test "options choose episode, marker and channels" {
    "$SOLEUS" plot "$inputs/four_results.h5" --episode 3 -o e.svg
    grep -q 'Episode 3: tonic-clonic' e.svg
    "$SOLEUS" plot "$inputs/four_results.h5" --marker rms --channels 'GM left' -o rms.svg
    grep -q 'RMS (µV)' rms.svg
    grep -q 'GM left' rms.svg
    run ! grep -q 'TA left' rms.svg
    "$SOLEUS" plot "$inputs/four_results.h5" --marker finsm5 -o finsm5.svg
    grep -q 'FINSM5 (Hz⁻⁶)' finsm5.svg
    grep -q 'no active epochs' finsm5.svg
}

@test "the trend's numbers are those of the table" {
    "$SOLEUS" plot "$one" --figure trend -o trend.svg
    "$SOLEUS" export "$one" trends >trends.tsv
    /usr/bin/python3 - <<'END'
import csv
row = next(r for r in csv.DictReader(open("trends.tsv"), delimiter="\t") if r["marker"] == "mdf")
text = open("trend.svg", encoding="utf-8").read().replace("−", "-")
numbers = [f"{float(row[k]):.3f}" for k in ("slope", "slope_low", "slope_high")]
assert "{} [{}, {}] Hz/s".format(*numbers) in text, numbers
numbers = [f"{float(row['normalised_' + k]):.3f}" for k in ("slope", "slope_low", "slope_high")]
assert "{} [{}, {}] %/s".format(*numbers) in text, numbers
assert f"n = {row['n']}: {row['verdict']}" in text
END
}

@test "a style changes what it says, and its faults are told" {
    printf "font_name = 'Courier'\nclass_ink[1] = 0x123456" >mine.gp
    "$SOLEUS" plot "$one" --style mine.gp -o styled.svg
    grep -q 'font-family="Courier"' styled.svg
    grep -q 'rgb( 18,  52,  86)' styled.svg
    printf 'font_size = 8\nset nonsense\n' >mine.gp
    run --separate-stderr "$SOLEUS" plot "$one" --style mine.gp -o fault.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"mine.gp, line 2: gnuplot says: "*"set nonsense"* ]]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [ ! -e fault.svg ]
    run --separate-stderr "$SOLEUS" plot "$one" --style absent.gp -o fault.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"absent.gp: cannot be read: No such file or directory"* ]]
}

@test "kept scripts draw the same picture by themselves" {
    echo 'small_size = 6.5' >mine.gp
    for figure in $(figures); do
        "$SOLEUS" plot "$inputs/four_results.h5" --figure "$figure" --keep-gp "gp/$figure" \
            --style mine.gp -o "$figure.svg"
        script=$(basename "$(ls "gp/$figure"/*-data.gp)" -data.gp)
        mv "gp/$figure" moved
        (cd moved && env -i PATH="$PATH" gnuplot "$script.gp")
        cmp "moved/$script.svg" "$figure.svg"
        rm -r moved
    done
    "$SOLEUS" plot "$one" --keep-gp gp -o kept.svg
    run "$SOLEUS" plot "$one" --keep-gp gp -o other.svg
    [ "$status" -eq 1 ]
    [[ $output == *"gp/overview.gp: exists"* ]]
    [ ! -e other.svg ]
}

@test "a missing gnuplot is told with the package to install" {
    run --separate-stderr env PATH=/nonexistent "$SOLEUS" plot "$one" -o out.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"no program 'gnuplot'"*"gnuplot-nox"* ]]
    [ ! -e out.svg ]
    [ "$(find . -name '*.part*' | wc -l)" -eq 0 ]
}

@test "scripts come from SOLEUS_FIGURES when it is set" {
    mkdir scripts
    cp "$(dirname "$BATS_TEST_DIRNAME")/../scripts/figures"/*.gp scripts
    sed -i "s/'Least/&/; s/^font_size = .*/font_size = 9.0/" scripts/style.gp
    SOLEUS_FIGURES=scripts "$SOLEUS" plot "$one" -o nine.svg
    grep -q 'font-size="12.00"' nine.svg
    run --separate-stderr env SOLEUS_FIGURES=absent "$SOLEUS" plot "$one" -o absent.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"no script style.gp in absent"* ]]
}

@test "does not overwrite without -f, and never its input" {
    echo kept >out.svg
    run "$SOLEUS" plot "$one" -o out.svg
    [ "$status" -eq 1 ]
    [ "$(cat out.svg)" = kept ]
    "$SOLEUS" plot "$one" -f -o out.svg
    check_svg out.svg
    cp "$one" input.svg
    run "$SOLEUS" plot input.svg -f -o input.svg
    [ "$status" -eq 1 ]
    cmp "$one" input.svg
}

@test "folders that are not there or not to be written" {
    run --separate-stderr "$SOLEUS" plot "$one" -o absent/out.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"absent/out.svg: cannot be created"* ]]
    touch file
    run --separate-stderr "$SOLEUS" plot "$one" -o out.svg --keep-gp file/gp
    [ "$status" -eq 1 ]
    [[ $stderr == *"the folder cannot be made"* ]]
    [ ! -e out.svg ]
    [ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
    mkdir -m 555 locked
    run --separate-stderr "$SOLEUS" plot "$one" -o locked/out.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"locked/out.svg: cannot be created"* ]]
}

@test "wrong usage has status 2 and names every mistake" {
    run --separate-stderr "$SOLEUS" plot
    [ "$status" -eq 2 ]
    [[ $stderr == *"wants a results file"*"wants -o FIGURE"* ]]
    run --separate-stderr "$SOLEUS" plot "$one" -o out.gif --figure portrait
    [ "$status" -eq 2 ]
    [[ $stderr == *"out.gif"*"no 'portrait'"* ]]
    run --separate-stderr "$SOLEUS" plot "$one" -o out.svg --figure trend --episode 2
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" plot "$one" -o out.svg --figure episode --marker mdf
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" plot "$one" -o out.svg --marker fame
    [ "$status" -eq 2 ]
    run --separate-stderr "$SOLEUS" plot "$one" -o out.svg --episode 0
    [ "$status" -eq 2 ]
    [ ! -e out.svg ]
}

@test "what is no results file is told" {
    echo text >text.h5
    run --separate-stderr "$SOLEUS" plot text.h5 -o out.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"text.h5: no results file of soleus"* ]]
    run --separate-stderr "$SOLEUS" plot "$RESULTS/absent.h5" -o out.svg
    [ "$status" -eq 1 ]
    head -c 20000 "$one" >cut.h5
    run --separate-stderr "$SOLEUS" plot cut.h5 -o out.svg
    [ "$status" -eq 1 ]
    [[ $stderr == *"cut.h5: "*"truncated"* ]]
    [ ! -e out.svg ]
}

@test "draws what soleus run has made" {
    recording=$SAMPLES/study/sub-01/ses-1/sub-01_ses-1_task-rest_emg.edf
    [ -e "$recording" ] || skip "no sample study"
    "$SOLEUS" run -q "$recording" -o out
    for figure in $(figures); do
        "$SOLEUS" plot out/*_results.h5 --figure "$figure" -o "$figure.svg"
    done
    check_svg ./*.svg
}
