/* Figures: every one of every kind of results file. */
#include "unit/figures_drawing.h"
#include "unit/figures_input.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void every_figure_of_every_file(void **state)
{
    (void)state;
    for (size_t i = 0; drawing_examples[i]; i++) {
        const struct figure_options options = {.episode_limit = 3};
        struct error error = {0};
        if (figures_draw(drawing_results(drawing_examples[i]), drawing_path("all"),
                         drawing_examples[i], &options, &error) != STATUS_OK) {
            print_error("%s: %s\n", drawing_examples[i], error.message);
            fail();
        }
        char start[80];
        snprintf(start, sizeof start, "%s_", drawing_examples[i]);
        size_t episodes = figures_example_find(drawing_examples[i])->episodes;
        episodes = figures_example_find(drawing_examples[i])->bare ? 0
                   : episodes < 3                                  ? episodes
                                                                   : 3;
        assert_int_equal(drawing_count(drawing_path("all"), start), 5 + episodes);
    }
    assert_int_equal(drawing_count(drawing_path("all"), ".part"), 0);
    static const char *const names[] = {"overview",    "trend",     "trend-rms", "spectrum",
                                        "spectrogram", "episode-2", NULL};
    for (size_t i = 0; names[i]; i++) {
        char path[300];
        size_t length;
        snprintf(path, sizeof path, "%s/one_%s.svg", drawing_path("all"), names[i]);
        char *text = drawing_read(path, &length);
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
    assert_drawn(drawing_results("one"), "trend", drawing_path("a.png"), &options);
    char *text = drawing_read(drawing_path("a.png"), &length);
    assert_memory_equal(text, "\x89PNG", 4);
    /* 85 mm at 600 dots per inch. */
    unsigned width = (unsigned char)text[18] * 256u + (unsigned char)text[19];
    assert_close(width / 600.0 * 25.4, 85, 0.1);
    free(text);
    options.format = FIGURE_PDF;
    assert_drawn(drawing_results("one"), "overview", drawing_path("a.pdf"), &options);
    text = drawing_read(drawing_path("a.pdf"), &length);
    assert_memory_equal(text, "%PDF", 4);
    free(text);
    options.format = FIGURE_SVG;
    assert_drawn(drawing_results("one"), "overview", drawing_path("a.svg"), &options);
    text = drawing_read(drawing_path("a.svg"), &length);
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
        assert_drawn(drawing_results("ten"), names[i % 5], drawing_path("first"), &options);
        assert_drawn(drawing_results("ten"), names[i % 5], drawing_path("second"), &options);
        char *first = drawing_read(drawing_path("first"), &lengths[0]);
        char *second = drawing_read(drawing_path("second"), &lengths[1]);
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
    assert_drawn(drawing_results("hostile"), "trend", drawing_path("hostile.svg"), &options);
    char *text = drawing_read(drawing_path("hostile.svg"), &length);
    assert_non_null(strstr(text, "a'b\"; system(\"touch canary\") \\n %s"));
    assert_non_null(strstr(text, "`touch canary` $(touch c"));
    assert_non_null(strstr(text, "&amp;amp;&amp;#10;&lt;/b"));
    assert_null(strstr(text, "<b>"));
    assert_null(strchr(text, '\x1b'));
    free(text);
    assert_int_equal(access(drawing_path("canary"), F_OK), -1);
}

static void kept_scripts_draw_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"overview", "trend", "spectrum", "spectrogram", "episode"};
    drawing_write(drawing_path("own.gp"), "small_size = 6.5\n", 0644);
    for (size_t i = 0; i < 5; i++) {
        struct figure_options options = {.keep_gp = drawing_path("gp"),
                                         .style = drawing_path("own.gp")};
        char command[5000];
        snprintf(command, sizeof command, "%s.svg", names[i]);
        assert_drawn(drawing_results("hostile"), names[i], drawing_path(command), &options);
        snprintf(command, sizeof command,
                 "cd %s/gp && for f in %s*-data.gp; do gnuplot -d \"${f%%-data.gp}.gp\" && cmp "
                 "\"${f%%-data.gp}.svg\" ../%s.svg; done",
                 drawing_folder, names[i], names[i]);
        assert_int_equal(system(command), 0);
        /* What is there is not overwritten unasked. */
        options.force = false;
        assert_refused(drawing_results("hostile"), names[i], &options, "exists");
    }
}

static void episodes_are_chosen_by_duration_and_confidence(void **state)
{
    (void)state;
    struct figure_options options = {.names = (const char *const[]){"episode", NULL}};
    struct error error = {0};
    assert_int_equal(
        figures_draw(drawing_results("hostile"), drawing_path("episodes"), "h", &options, &error),
        STATUS_OK);
    assert_int_equal(drawing_count(drawing_path("episodes"), "h_episode-"), 6);
    options.episode_limit = 1;
    assert_int_equal(
        figures_draw(drawing_results("hostile"), drawing_path("best"), "h", &options, &error),
        STATUS_OK);
    assert_int_equal(drawing_count(drawing_path("best"), "h_episode-"), 1);
    /* The figure drawn without a number is that one. */
    size_t lengths[2];
    const struct figure_options none = {0};
    DIR *directory = opendir(drawing_path("best"));
    char name[300] = "";
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] != '.') {
            snprintf(name, sizeof name, "best/%s", entry->d_name);
        }
    }
    closedir(directory);
    assert_drawn(drawing_results("hostile"), "episode", drawing_path("best.svg"), &none);
    char *first = drawing_read(drawing_path(name), &lengths[0]);
    char *second = drawing_read(drawing_path("best.svg"), &lengths[1]);
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
    assert_int_equal(mkdir(drawing_path("stale"), 0777), 0);
    for (size_t i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof name, "stale/%s", others[i]);
        drawing_write(drawing_path(name), "another's", 0644);
    }
    drawing_write(drawing_path("stale/s_episode-7.svg"), "of before", 0644);
    assert_int_equal(
        figures_draw(drawing_results("one"), drawing_path("stale"), "s", &options, &error),
        STATUS_OK);
    assert_int_equal(access(drawing_path("stale/s_episode-7.svg"), F_OK), 0);
    options.force = true;
    assert_int_equal(
        figures_draw(drawing_results("one"), drawing_path("stale"), "s", &options, &error),
        STATUS_OK);
    assert_int_equal(access(drawing_path("stale/s_episode-7.svg"), F_OK), -1);
    /* Five of the recording, two episodes, and those of others. */
    assert_int_equal(drawing_count(drawing_path("stale"), ""), 12);
}

static void channels_are_chosen(void **state)
{
    (void)state;
    const struct figure_options options = {.channels = "ta RIGHT"};
    size_t length;
    assert_drawn(drawing_results("ten"), "overview", drawing_path("right.svg"), &options);
    char *text = drawing_read(drawing_path("right.svg"), &length);
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
        assert_drawn(drawing_results("empty"), cases[i].figure, drawing_path(name), &options);
        char *text = drawing_read(drawing_path(name), &length);
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
        cmocka_unit_test(kept_scripts_draw_the_same),
        cmocka_unit_test(episodes_are_chosen_by_duration_and_confidence),
        cmocka_unit_test(figures_of_former_episodes_go),
        cmocka_unit_test(channels_are_chosen),
        cmocka_unit_test(notes_stand_where_there_is_nothing),
        cmocka_unit_test(all_figures_are_listed),
    };
    return cmocka_run_group_tests(tests, drawing_set_up, drawing_tear_down);
}
