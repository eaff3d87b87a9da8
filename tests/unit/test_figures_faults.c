/* Figures: what can go wrong, and how it is told. */
#include "unit/figures_drawing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void existing_files_are_kept(void **state)
{
    (void)state;
    struct figure_options options = {0};
    struct error error = {0};
    size_t length;
    drawing_write(drawing_path("kept.svg"), "kept", 0644);
    assert_int_equal(figures_draw_one(drawing_results("one"), "trend", drawing_path("kept.svg"),
                                      &options, &error),
                     STATUS_FAILED);
    assert_non_null(strstr(error.message, "exists"));
    char *text = drawing_read(drawing_path("kept.svg"), &length);
    assert_string_equal(text, "kept");
    free(text);
    options.force = true;
    assert_drawn(drawing_results("one"), "trend", drawing_path("kept.svg"), &options);
    /* The results file itself is no output, not even then. */
    assert_int_equal(
        figures_draw_one(drawing_results("one"), "trend", drawing_results("one"), &options, &error),
        STATUS_FAILED);
    options.force = false;
    /* One that exists keeps all of a set from being drawn. */
    assert_int_equal(mkdir(drawing_path("set"), 0777), 0);
    drawing_write(drawing_path("set/one_spectrum.svg"), "kept", 0644);
    assert_int_equal(
        figures_draw(drawing_results("one"), drawing_path("set"), "one", &options, &error),
        STATUS_FAILED);
    assert_int_equal(drawing_count(drawing_path("set"), ""), 1);
}

static void a_missing_gnuplot_is_told(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    setenv("PATH", drawing_path("nowhere"), 1);
    assert_refused(drawing_results("one"), "overview", &options, "apt-get install gnuplot-nox");
    setenv("PATH", drawing_programs, 1);
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
    assert_int_equal(mkdir(drawing_path("bin"), 0777), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char script[200], path[5000];
        snprintf(script, sizeof script, "#!/bin/sh\n%s\n", cases[i].script);
        drawing_write(drawing_path("bin/gnuplot"), script, 0755);
        snprintf(path, sizeof path, "%s:%s", drawing_path("bin"), drawing_programs);
        setenv("PATH", path, 1);
        assert_refused(drawing_results("one"), "overview", &options, cases[i].message);
        setenv("PATH", drawing_programs, 1);
    }
}

static void styles_take_effect_and_are_named_in_errors(void **state)
{
    (void)state;
    struct figure_options options = {.style = drawing_path("mine.gp")};
    size_t length;
    drawing_write(drawing_path("mine.gp"), "font_name = 'Courier'\nfit_ink = 0x123456", 0644);
    assert_drawn(drawing_results("one"), "trend", drawing_path("styled.svg"), &options);
    char *text = drawing_read(drawing_path("styled.svg"), &length);
    assert_non_null(strstr(text, "font-family=\"Courier\""));
    assert_null(strstr(text, "font-family=\"sans-serif\""));
    assert_non_null(strstr(text, "rgb( 18,  52,  86)"));
    free(text);
    drawing_write(drawing_path("mine.gp"), "font_size = 8\nfont_siz + 1\n", 0644);
    assert_refused(drawing_results("one"), "trend", &options, "mine.gp, line 2: gnuplot says: ");
    drawing_write(drawing_path("mine.gp"), "exit\n", 0644);
    assert_refused(drawing_results("one"), "trend", &options, "gnuplot has left no figure");
    drawing_write(drawing_path("mine.gp"), "set terminal dumb; page(w, h) = ''\n", 0644);
    assert_refused(drawing_results("one"), "trend", &options, "gnuplot has left no figure");
    options.style = drawing_path("absent.gp");
    assert_refused(drawing_results("one"), "trend", &options, "absent.gp: cannot be read");
}

static void scripts_are_found_or_missed(void **state)
{
    (void)state;
    const struct figure_options options = {0};
    setenv("SOLEUS_FIGURES", drawing_path("nowhere"), 1);
    assert_refused(drawing_results("one"), "trend", &options, "there is no script style.gp in ");
    assert_int_equal(mkdir(drawing_path("scripts"), 0777), 0);
    drawing_write(drawing_path("scripts/style.gp"), "\n", 0644);
    setenv("SOLEUS_FIGURES", drawing_path("scripts"), 1);
    assert_refused(drawing_results("one"), "trend", &options, "there is no script trend.gp in ");
    drawing_write(drawing_path("scripts/trend.gp"), "\nplot 'absent'\n", 0644);
    assert_refused(drawing_results("one"), "trend", &options,
                   "figure trend, line 2: gnuplot says: ");
    unsetenv("SOLEUS_FIGURES");
    assert_drawn(drawing_results("one"), "trend", drawing_path("found.svg"), &options);
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
        assert_refused(drawing_results(cases[i].results), cases[i].figure, &cases[i].options,
                       cases[i].message);
    }
    const struct figure_options options = {0};
    drawing_write(drawing_path("text_results.h5"), "no results", 0644);
    assert_refused(drawing_results("text"), "trend", &options, "no results file of soleus");
    assert_refused(drawing_results("absent"), "trend", &options, "No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(existing_files_are_kept),
        cmocka_unit_test(a_missing_gnuplot_is_told),
        cmocka_unit_test(a_broken_gnuplot_is_told),
        cmocka_unit_test(styles_take_effect_and_are_named_in_errors),
        cmocka_unit_test(scripts_are_found_or_missed),
        cmocka_unit_test(what_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, drawing_set_up, drawing_tear_down);
}
