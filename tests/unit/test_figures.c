/* Figures: every one of every kind of results file, and what can go wrong. */
#include "unit/test.h"

#include "pipeline/figures/figures.h"
#include "unit/figures_input.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/soleus-figures-XXXXXX";
static char path_before[4096];

static const char *const drawn[] = {"one", "ten", "short", "empty", "bare", "hostile", NULL};

/* FOLDER/NAME; a few at a time. */
static const char *in_folder(const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%.400s", folder, name);
    return path;
}

static const char *results_of(const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s_results.h5", name);
    return in_folder(file);
}

static char *read_file(const char *path, size_t *length)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        print_error("%s is not there\n", path);
        fail();
    }
    char *text = malloc(8 << 20);
    *length = fread(text, 1, (8 << 20) - 1, stream);
    text[*length] = '\0';
    fclose(stream);
    return text;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    assert_int_equal(chmod(path, mode), 0);
}

/* Files of a folder whose name holds a text. */
static size_t count_files(const char *path, const char *part)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        count += entry->d_name[0] != '.' && strstr(entry->d_name, part) != NULL;
    }
    if (directory) {
        closedir(directory);
    }
    return count;
}

static int set_up(void **state)
{
    (void)state;
    struct error error = {0};
    signal(SIGPIPE, SIG_IGN);
    snprintf(path_before, sizeof path_before, "%s", getenv("PATH"));
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        return -1;
    }
    for (size_t i = 0; drawn[i]; i++) {
        if (figures_example_write(figures_example_find(drawn[i]), folder, &error) != STATUS_OK) {
            print_error("%s\n", error.message);
            return -1;
        }
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void assert_drawn(const char *results, const char *figure, const char *to,
                         const struct figure_options *options)
{
    struct error error = {0};
    if (figures_draw_one(results, figure, to, options, &error) != STATUS_OK) {
        print_error("%s of %s: %s\n", figure, results, error.message);
        fail();
    }
}

/* Draws and expects a failure whose message holds a text; nothing is left of the output. */
static void assert_refused(const char *results, const char *figure,
                           const struct figure_options *options, const char *message)
{
    struct error error = {0};
    const char *to = in_folder("refused.svg");
    assert_int_not_equal(figures_draw_one(results, figure, to, options, &error), STATUS_OK);
    if (!strstr(error.message, message)) {
        print_error("'%s' does not say '%s'\n", error.message, message);
        fail();
    }
    assert_int_equal(count_files(folder, "refused"), 0);
}

static void every_figure_of_every_file(void **state)
{
    (void)state;
    for (size_t i = 0; drawn[i]; i++) {
        const struct figure_options options = {.episode_limit = 3};
        struct error error = {0};
        if (figures_draw(results_of(drawn[i]), in_folder("all"), drawn[i], &options, &error) !=
            STATUS_OK) {
            print_error("%s: %s\n", drawn[i], error.message);
            fail();
        }
        char start[80];
        snprintf(start, sizeof start, "%s_", drawn[i]);
        size_t episodes = figures_example_find(drawn[i])->episodes;
        episodes = figures_example_find(drawn[i])->bare ? 0 : episodes < 3 ? episodes : 3;
        assert_int_equal(count_files(in_folder("all"), start), 5 + episodes);
    }
    assert_int_equal(count_files(in_folder("all"), ".part"), 0);
    static const char *const names[] = {"overview",    "trend",     "trend-rms", "spectrum",
                                        "spectrogram", "episode-2", NULL};
    for (size_t i = 0; names[i]; i++) {
        char path[300];
        size_t length;
        snprintf(path, sizeof path, "%s/one_%s.svg", in_folder("all"), names[i]);
        char *text = read_file(path, &length);
        assert_int_equal(strncmp(text, "<?xml", 5), 0);
        assert_non_null(strstr(text, "</svg>"));
        free(text);
    }
}

static void files_are_of_the_format_and_size(void **state)
{
    (void)state;
    struct figure_options options = {.format = FIGURE_PNG};
    size_t length;
    assert_drawn(results_of("one"), "trend", in_folder("a.png"), &options);
    char *text = read_file(in_folder("a.png"), &length);
    assert_memory_equal(text, "\x89PNG", 4);
    /* 85 mm at 600 dots per inch. */
    unsigned width = (unsigned char)text[18] * 256u + (unsigned char)text[19];
    assert_close(width / 600.0 * 25.4, 85, 0.1);
    free(text);
    options.format = FIGURE_PDF;
    assert_drawn(results_of("one"), "overview", in_folder("a.pdf"), &options);
    text = read_file(in_folder("a.pdf"), &length);
    assert_memory_equal(text, "%PDF", 4);
    free(text);
    options.format = FIGURE_SVG;
    assert_drawn(results_of("one"), "overview", in_folder("a.svg"), &options);
    text = read_file(in_folder("a.svg"), &length);
    const char *at = strstr(text, "width=\"");
    assert_non_null(at);
    assert_close(strtod(at + 7, NULL) / 96 * 25.4, 170, 0.2);
    free(text);
    enum figure_format format;
    assert_true(figure_format_of("a/b.PNG", &format) && format == FIGURE_PNG);
    assert_false(figure_format_of("a/b.gif", &format));
    assert_false(figure_format_of("svg", &format));
}

static void same_results_same_bytes(void **state)
{
    (void)state;
    static const char *const names[] = {"overview", "trend", "spectrum", "spectrogram", "episode"};
    for (size_t i = 0; i < 10; i++) {
        const struct figure_options options = {.format = i < 5 ? FIGURE_SVG : FIGURE_PNG,
                                               .force = true};
        size_t lengths[2];
        assert_drawn(results_of("ten"), names[i % 5], in_folder("first"), &options);
        assert_drawn(results_of("ten"), names[i % 5], in_folder("second"), &options);
        char *first = read_file(in_folder("first"), &lengths[0]);
        char *second = read_file(in_folder("second"), &lengths[1]);
        assert_int_equal(lengths[0], lengths[1]);
        assert_memory_equal(first, second, lengths[0]);
        free(first);
        free(second);
    }
}

static void labels_are_shown_and_never_run(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    size_t length;
    assert_drawn(results_of("hostile"), "trend", in_folder("hostile.svg"), &options);
    char *text = read_file(in_folder("hostile.svg"), &length);
    assert_non_null(strstr(text, "a'b\"; system(\"touch canary\") \\n %s"));
    assert_non_null(strstr(text, "`touch canary` $(touch c"));
    assert_non_null(strstr(text, "&amp;amp;&amp;#10;&lt;/b"));
    assert_null(strstr(text, "<b>"));
    assert_null(strchr(text, '\x1b'));
    free(text);
    assert_int_equal(access(in_folder("canary"), F_OK), -1);
}

static void existing_files_are_kept(void **state)
{
    (void)state;
    struct figure_options options = {0};
    struct error error = {0};
    size_t length;
    write_file(in_folder("kept.svg"), "kept", 0644);
    assert_int_equal(
        figures_draw_one(results_of("one"), "trend", in_folder("kept.svg"), &options, &error),
        STATUS_FAILED);
    assert_non_null(strstr(error.message, "exists"));
    char *text = read_file(in_folder("kept.svg"), &length);
    assert_string_equal(text, "kept");
    free(text);
    options.force = true;
    assert_drawn(results_of("one"), "trend", in_folder("kept.svg"), &options);
    /* The results file itself is no output, not even then. */
    assert_int_equal(
        figures_draw_one(results_of("one"), "trend", results_of("one"), &options, &error),
        STATUS_FAILED);
    options.force = false;
    /* One that exists keeps all of a set from being drawn. */
    assert_int_equal(mkdir(in_folder("set"), 0777), 0);
    write_file(in_folder("set/one_spectrum.svg"), "kept", 0644);
    assert_int_equal(figures_draw(results_of("one"), in_folder("set"), "one", &options, &error),
                     STATUS_FAILED);
    assert_int_equal(count_files(in_folder("set"), ""), 1);
}

static void a_missing_gnuplot_is_told(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    setenv("PATH", in_folder("nowhere"), 1);
    assert_refused(results_of("one"), "overview", &options, "apt-get install gnuplot-nox");
    setenv("PATH", path_before, 1);
}

static void a_broken_gnuplot_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *script, *message;
    } cases[] = {
        {"exit 0", "gnuplot has left no figure"},
        {"cat >/dev/null", "figure overview: gnuplot has left no figure"},
        {"cat >/dev/null; exit 3", "gnuplot failed"},
        {"kill -9 $$", "ended by signal 9"},
        {"echo cannot start >&2; exit 1", "gnuplot failed: cannot start"},
    };
    const struct figure_options options = {0};
    assert_int_equal(mkdir(in_folder("bin"), 0777), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char script[200], path[5000];
        snprintf(script, sizeof script, "#!/bin/sh\n%s\n", cases[i].script);
        write_file(in_folder("bin/gnuplot"), script, 0755);
        snprintf(path, sizeof path, "%s:%s", in_folder("bin"), path_before);
        setenv("PATH", path, 1);
        assert_refused(results_of("one"), "overview", &options, cases[i].message);
        setenv("PATH", path_before, 1);
    }
}

static void styles_take_effect_and_are_named_in_errors(void **state)
{
    (void)state;
    struct figure_options options = {.style = in_folder("mine.gp")};
    size_t length;
    write_file(in_folder("mine.gp"), "font_name = 'Courier'\nfit_ink = 0x123456", 0644);
    assert_drawn(results_of("one"), "trend", in_folder("styled.svg"), &options);
    char *text = read_file(in_folder("styled.svg"), &length);
    assert_non_null(strstr(text, "font-family=\"Courier\""));
    assert_null(strstr(text, "font-family=\"sans-serif\""));
    assert_non_null(strstr(text, "rgb( 18,  52,  86)"));
    free(text);
    write_file(in_folder("mine.gp"), "font_size = 8\nfont_siz + 1\n", 0644);
    assert_refused(results_of("one"), "trend", &options, "mine.gp, line 2: gnuplot says: ");
    write_file(in_folder("mine.gp"), "exit\n", 0644);
    assert_refused(results_of("one"), "trend", &options, "gnuplot has left no figure");
    write_file(in_folder("mine.gp"), "set terminal dumb; page(w, h) = ''\n", 0644);
    assert_refused(results_of("one"), "trend", &options, "gnuplot has left no figure");
    options.style = in_folder("absent.gp");
    assert_refused(results_of("one"), "trend", &options, "absent.gp: cannot be read");
}

static void scripts_are_found_or_missed(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    setenv("SOLEUS_FIGURES", in_folder("nowhere"), 1);
    assert_refused(results_of("one"), "trend", &options, "there is no script style.gp in ");
    assert_int_equal(mkdir(in_folder("scripts"), 0777), 0);
    write_file(in_folder("scripts/style.gp"), "\n", 0644);
    setenv("SOLEUS_FIGURES", in_folder("scripts"), 1);
    assert_refused(results_of("one"), "trend", &options, "there is no script trend.gp in ");
    write_file(in_folder("scripts/trend.gp"), "\nplot 'absent'\n", 0644);
    assert_refused(results_of("one"), "trend", &options, "figure trend, line 2: gnuplot says: ");
    unsetenv("SOLEUS_FIGURES");
    assert_drawn(results_of("one"), "trend", in_folder("found.svg"), &options);
}

static void kept_scripts_draw_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"overview", "trend", "spectrum", "spectrogram", "episode"};
    write_file(in_folder("own.gp"), "small_size = 6.5\n", 0644);
    for (size_t i = 0; i < 5; i++) {
        struct figure_options options = {.keep_gp = in_folder("gp"), .style = in_folder("own.gp")};
        char command[5000];
        snprintf(command, sizeof command, "%s.svg", names[i]);
        assert_drawn(results_of("hostile"), names[i], in_folder(command), &options);
        snprintf(command, sizeof command,
                 "cd %s/gp && for f in %s*-data.gp; do gnuplot -d \"${f%%-data.gp}.gp\" && cmp "
                 "\"${f%%-data.gp}.svg\" ../%s.svg; done",
                 folder, names[i], names[i]);
        assert_int_equal(system(command), 0);
        /* What is there is not overwritten unasked. */
        options.force = false;
        assert_refused(results_of("hostile"), names[i], &options, "exists");
    }
}

static void episodes_are_chosen_by_duration_and_confidence(void **state)
{
    (void)state;
    struct figure_options options = {.names = (const char *const[]){"episode", NULL}};
    struct error error = {0};
    assert_int_equal(
        figures_draw(results_of("hostile"), in_folder("episodes"), "h", &options, &error),
        STATUS_OK);
    assert_int_equal(count_files(in_folder("episodes"), "h_episode-"), 6);
    options.episode_limit = 1;
    assert_int_equal(figures_draw(results_of("hostile"), in_folder("best"), "h", &options, &error),
                     STATUS_OK);
    assert_int_equal(count_files(in_folder("best"), "h_episode-"), 1);
    /* The figure drawn without a number is that one. */
    size_t lengths[2];
    const struct figure_options none = {0};
    DIR *directory = opendir(in_folder("best"));
    char name[300] = "";
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] != '.') {
            snprintf(name, sizeof name, "best/%s", entry->d_name);
        }
    }
    closedir(directory);
    assert_drawn(results_of("hostile"), "episode", in_folder("best.svg"), &none);
    char *first = read_file(in_folder(name), &lengths[0]);
    char *second = read_file(in_folder("best.svg"), &lengths[1]);
    assert_int_equal(lengths[0], lengths[1]);
    assert_memory_equal(first, second, lengths[0]);
    free(first);
    free(second);
}

static void figures_of_former_episodes_go(void **state)
{
    (void)state;
    struct error error = {0};
    struct figure_options options = {0};
    static const char *const others[] = {"s_episode-7.png", "s_episode-7x.svg", "t_episode-7.svg",
                                         "s_episode-.svg", "s_episode-7.svg.part.12"};
    assert_int_equal(mkdir(in_folder("stale"), 0777), 0);
    for (size_t i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof name, "stale/%s", others[i]);
        write_file(in_folder(name), "another's", 0644);
    }
    write_file(in_folder("stale/s_episode-7.svg"), "of before", 0644);
    assert_int_equal(figures_draw(results_of("one"), in_folder("stale"), "s", &options, &error),
                     STATUS_OK);
    assert_int_equal(access(in_folder("stale/s_episode-7.svg"), F_OK), 0);
    options.force = true;
    assert_int_equal(figures_draw(results_of("one"), in_folder("stale"), "s", &options, &error),
                     STATUS_OK);
    assert_int_equal(access(in_folder("stale/s_episode-7.svg"), F_OK), -1);
    /* Five of the recording, two episodes, and those of others. */
    assert_int_equal(count_files(in_folder("stale"), ""), 12);
}

static void what_is_not_there_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *results, *figure;
        struct figure_options options;
        const char *message;
    } cases[] = {
        {"one", "portrait", {0}, "there is no figure 'portrait'"},
        {"one", "episode", {.episode = 3}, "has no episode 3; they are 1 to 2"},
        {"empty", "episode", {.episode = 1}, "holds no episodes"},
        {"one", "trend", {.marker = "fame"}, "has no marker 'fame'"},
        {"one", "trend", {.marker = "status"}, "has no marker 'status'"},
        {"one", "trend", {.marker = "../mdf"}, "has no marker '../mdf'"},
        {"one", "trend", {.channels = "biceps"}, "has no channel 'biceps'; it has 1 'TA left'"},
        {"hostile", "episode", {.episode = 1, .channels = "3"}, "its channel is not chosen"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_refused(results_of(cases[i].results), cases[i].figure, &cases[i].options,
                       cases[i].message);
    }
    const struct figure_options options = {0};
    write_file(in_folder("text_results.h5"), "no results", 0644);
    assert_refused(results_of("text"), "trend", &options, "no results file of soleus");
    assert_refused(results_of("absent"), "trend", &options, "No such file");
}

static void channels_are_chosen(void **state)
{
    (void)state;
    const struct figure_options options = {.channels = "ta RIGHT"};
    size_t length;
    assert_drawn(results_of("ten"), "overview", in_folder("right.svg"), &options);
    char *text = read_file(in_folder("right.svg"), &length);
    assert_non_null(strstr(text, "TA right"));
    assert_null(strstr(text, "TA left"));
    assert_non_null(strstr(text, "no episodes"));
    free(text);
}

static void notes_stand_where_there_is_nothing(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    static const struct {
        const char *figure, *note;
    } cases[] = {{"overview", "no active epochs"},
                 {"trend", "no active epochs"},
                 {"spectrum", "no active epochs"},
                 {"episode", "no episodes"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[40];
        size_t length;
        snprintf(name, sizeof name, "note-%s.svg", cases[i].figure);
        assert_drawn(results_of("empty"), cases[i].figure, in_folder(name), &options);
        char *text = read_file(in_folder(name), &length);
        assert_non_null(strstr(text, cases[i].note));
        free(text);
    }
}

static void all_figures_are_listed(void **state)
{
    (void)state;
    struct error error = {0};
    struct table *list = figures_list(&error);
    size_t count = 0;
    while (figures[count]) {
        count++;
    }
    assert_non_null(list);
    assert_int_equal(list->row_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(table_text(list, i, 0), figures[i]->name);
        assert_ptr_equal(figures_find(figures[i]->name), figures[i]);
    }
    assert_null(figures_find("portrait"));
    table_destroy(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_of_every_file),
        cmocka_unit_test(files_are_of_the_format_and_size),
        cmocka_unit_test(same_results_same_bytes),
        cmocka_unit_test(labels_are_shown_and_never_run),
        cmocka_unit_test(existing_files_are_kept),
        cmocka_unit_test(a_missing_gnuplot_is_told),
        cmocka_unit_test(a_broken_gnuplot_is_told),
        cmocka_unit_test(styles_take_effect_and_are_named_in_errors),
        cmocka_unit_test(scripts_are_found_or_missed),
        cmocka_unit_test(kept_scripts_draw_the_same),
        cmocka_unit_test(episodes_are_chosen_by_duration_and_confidence),
        cmocka_unit_test(figures_of_former_episodes_go),
        cmocka_unit_test(what_is_not_there_is_told),
        cmocka_unit_test(channels_are_chosen),
        cmocka_unit_test(notes_stand_where_there_is_nothing),
        cmocka_unit_test(all_figures_are_listed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
