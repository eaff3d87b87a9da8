#include "unit/test.h"

#include "pipeline/trend/collect.h"
#include "pipeline/trend/events.h"

#include <string.h>

enum { MDF, RMS, MARKERS };

static const struct trend_marker markers[] = {{"mdf", "Hz", false}, {"rms", "uV", false}};
static const char *const units_of_b[] = {"Hz", "a.u."};
static const struct trend_channel channels[] = {{"a", NULL}, {"b", units_of_b}};
static const struct trend_collect_options options = {
    .trend = {.confidence = 0.95, .minimum_count = 5}, .epoch = 1, .hop = 1, .minimum_length = 10};

static struct trend_collector *make(void)
{
    struct trend_collector *collector = NULL;
    assert_int_equal(
        trend_collector_create(channels, 2, markers, MARKERS, &options, &collector, NULL),
        STATUS_OK);
    return collector;
}

/* Epochs of 1 s from the start on; a wobble keeps them from being a line. */
static void push_epochs(struct trend_collector *collector, size_t channel, size_t first,
                        size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        double wobble = (double)(i * 7 % 5);
        double values[MARKERS] = {90 - 0.1 * (double)i + wobble, 10 + 0.1 * (double)i + wobble};
        assert_int_equal(trend_collector_push(collector, (double)i + 0.5, channel, values, NULL),
                         STATUS_OK);
    }
}

static struct table *finish(struct trend_collector *collector, const struct trend_scopes *scopes)
{
    struct table *table = NULL;
    assert_int_equal(trend_collector_finish(collector, scopes, &table, NULL), STATUS_OK);
    assert_non_null(table);
    trend_collector_destroy(collector);
    return table;
}

static double real(const struct table *table, size_t row, const char *column)
{
    return table_real(table, row, table_find(table, column));
}

static const char *text(const struct table *table, size_t row, const char *column)
{
    return table_text(table, row, table_find(table, column));
}

static void rows_of_all_scopes(void **state)
{
    (void)state;
    struct trend_collector *collector = make();
    push_epochs(collector, 0, 0, 1000);
    push_epochs(collector, 1, 10, 600);
    const struct trend_interval episodes[] = {{100, 50, 0, 4, NULL}, {300, 9.9, 0, 5, NULL}};
    const struct trend_interval named[] = {{20, 30, TREND_ALL_CHANNELS, 1, "hold"}};
    struct trend_scopes scopes = {.episodes = {2, episodes}, .named = {1, named}};
    struct table *table = finish(collector, &scopes);
    static const struct {
        const char *scope, *channel, *marker, *unit;
        double onset, n;
    } rows[] = {{"active", "a", "mdf", "Hz", 0, 1000},  {"active", "a", "rms", "uV", 0, 1000},
                {"active", "b", "mdf", "Hz", 10, 600},  {"active", "b", "rms", "a.u.", 10, 600},
                {"episode", "a", "mdf", "Hz", 100, 50}, {"episode", "a", "rms", "uV", 100, 50},
                {"hold", "a", "mdf", "Hz", 20, 30},     {"hold", "a", "rms", "uV", 20, 30},
                {"hold", "b", "mdf", "Hz", 20, 30},     {"hold", "b", "rms", "a.u.", 20, 30}};
    assert_int_equal(table->row_count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < table->row_count; i++) {
        assert_string_equal(text(table, i, "scope"), rows[i].scope);
        assert_string_equal(text(table, i, "channel"), rows[i].channel);
        assert_string_equal(text(table, i, "marker"), rows[i].marker);
        assert_string_equal(text(table, i, "unit"), rows[i].unit);
        assert_close(real(table, i, "onset"), rows[i].onset, 1e-9);
        assert_close(real(table, i, "n"), rows[i].n, 0);
        assert_string_equal(text(table, i, "status"), "ok");
    }
    assert_close(real(table, 4, "episode"), 4, 0);
    assert_close(real(table, 6, "episode"), 1, 0);
    assert_true(isnan(real(table, 0, "episode")));
    assert_string_equal(text(table, 0, "verdict"), "falls");
    assert_string_equal(text(table, 0, "jasa"), "fatigue");
    table_destroy(table);
}

/* An epoch belongs to an interval when it lies wholly inside: edges count, parts do not. */
static void wholly_inside(void **state)
{
    (void)state;
    static const struct {
        double onset, duration, n, first;
    } cases[] = {{20, 10, 10, 20},
                 {20.2, 10, 9, 21},
                 {20, 10.9, 10, 20},
                 {19.5, 11, 10, 20},
                 {995, 100, 5, 995}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trend_collector *collector = make();
        push_epochs(collector, 0, 0, 1000);
        const struct trend_interval named = {cases[i].onset, cases[i].duration, 0, 1, "x"};
        struct trend_scopes scopes = {.named = {1, &named}};
        struct table *table = finish(collector, &scopes);
        assert_int_equal(table->row_count, 6);
        assert_close(real(table, 4, "n"), cases[i].n, 0);
        assert_close(real(table, 4, "onset"), cases[i].first, 1e-9);
        table_destroy(table);
    }
}

/* What touches a clonic phase is left out of the whole and of named intervals, in its channel. */
static void excluded_intervals(void **state)
{
    (void)state;
    struct trend_collector *collector = make();
    push_epochs(collector, 0, 0, 100);
    push_epochs(collector, 1, 0, 100);
    const struct trend_interval excluded[] = {{10.5, 4, 0, 1, NULL},
                                              {50, 10, TREND_ALL_CHANNELS, 2, NULL}};
    const struct trend_interval episode = {45, 20, 0, 1, NULL}, named = {45, 20, 0, 1, "x"};
    struct trend_scopes scopes = {
        .episodes = {1, &episode}, .named = {1, &named}, .excluded = {2, excluded}};
    struct table *table = finish(collector, &scopes);
    assert_close(real(table, 0, "n"), 100 - 5 - 10, 0);
    assert_close(real(table, 2, "n"), 100 - 10, 0);
    assert_close(real(table, 4, "n"), 20, 0);
    assert_close(real(table, 6, "n"), 10, 0);
    assert_string_equal(text(table, 6, "scope"), "x");
    table_destroy(table);
}

/* A value that is missing leaves its marker alone; an empty scope is a row that says so. */
static void missing_values(void **state)
{
    (void)state;
    struct trend_collector *collector = make();
    for (size_t i = 0; i < 300; i++) {
        double values[MARKERS] = {i % 3 ? 80 + (double)(i * 7 % 5) : NAN, (double)(i * 11 % 13)};
        trend_collector_push(collector, (double)i + 0.5, 0, values, NULL);
    }
    struct table *table = finish(collector, &(struct trend_scopes){.named = {0, NULL}});
    assert_int_equal(table->row_count, 4);
    assert_close(real(table, 0, "n"), 200, 0);
    assert_close(real(table, 1, "n"), 300, 0);
    assert_close(real(table, 2, "n"), 0, 0);
    assert_string_equal(text(table, 2, "status"), "too few epochs");
    assert_true(isfinite(real(table, 0, "slope_low")));
    table_destroy(table);
}

static void same_rows_same_bytes(void **state)
{
    (void)state;
    char *texts[2];
    size_t sizes[2];
    for (int k = 0; k < 2; k++) {
        struct trend_collector *collector = make();
        /* Channels may take turns in any way. */
        if (k == 0) {
            push_epochs(collector, 0, 0, 500);
            push_epochs(collector, 1, 0, 500);
        } else {
            for (size_t i = 0; i < 500; i++) {
                push_epochs(collector, 1, i, 1);
                push_epochs(collector, 0, i, 1);
            }
        }
        struct table *table = finish(collector, &(struct trend_scopes){.named = {0, NULL}});
        FILE *stream = open_memstream(&texts[k], &sizes[k]);
        table_write_tsv(table, stream, true, 0, table->row_count);
        fclose(stream);
        table_destroy(table);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(texts[0], texts[1], sizes[0]);
    free(texts[0]);
    free(texts[1]);
}

static struct table *read_events(const char *tsv)
{
    struct table *table = NULL;
    struct error error;
    FILE *stream = fmemopen((char *)tsv, strlen(tsv), "r");
    assert_int_equal(table_read_tsv(stream, "events.tsv", &table, &error), STATUS_OK);
    fclose(stream);
    return table;
}

static const char events_tsv[] = "onset\tduration\ttrial_type\tchannel\n"
                                 "10\t20\ttonic\ta\n"
                                 "40\t5\tclonic\tb\n"
                                 "50\t30\thold\tn/a\n"
                                 "90\t12\ttonic-clonic\ta\n"
                                 "110\tn/a\thold\tb\n"
                                 "120\t30\thold\telsewhere\n"
                                 "160\t30\thold\tb\n"
                                 "200\t0.1\tmyoclonic\ta\n";
static const char *const labels[] = {"a", "b"};

static void events_become_scopes(void **state)
{
    (void)state;
    struct table *table = read_events(events_tsv);
    struct trend_events events;
    assert_int_equal(trend_events_find(table, "events.tsv", "hold", labels, 2, &events, NULL),
                     STATUS_OK);
    assert_int_equal(events.scopes.episodes.count, 1);
    assert_int_equal(events.episodes[0].number, 1);
    assert_int_equal(events.episodes[0].channel, 0);
    assert_int_equal(events.scopes.excluded.count, 2);
    assert_int_equal(events.excluded[0].channel, 1);
    assert_close(events.excluded[1].onset, 90, 0);
    assert_int_equal(events.scopes.named.count, 2);
    assert_true(events.named[0].channel == TREND_ALL_CHANNELS);
    assert_int_equal(events.named[1].number, 2);
    assert_close(events.named[1].onset, 160, 0);
    assert_string_equal(events.named[1].label, "hold");
    trend_events_clear(&events);
    assert_int_equal(trend_events_find(table, "events.tsv", NULL, labels, 2, &events, NULL),
                     STATUS_OK);
    assert_int_equal(events.scopes.named.count, 0);
    trend_events_clear(&events);
    table_destroy(table);
}

static void events_that_do_not_do(void **state)
{
    (void)state;
    struct error error;
    struct trend_events events;
    struct table *table = read_events(events_tsv);
    assert_int_equal(trend_events_find(table, "events.tsv", "grip", labels, 2, &events, &error),
                     STATUS_FAILED);
    assert_non_null(strstr(error.message, "events.tsv: no event has the trial_type 'grip'"));
    assert_non_null(strstr(error.message, "tonic, clonic, hold, tonic-clonic, myoclonic"));
    table_destroy(table);
    table = read_events("onset\tlength\ttrial_type\n1\t2\thold\n");
    assert_int_equal(trend_events_find(table, "events.tsv", "hold", labels, 2, &events, &error),
                     STATUS_FAILED);
    assert_non_null(strstr(error.message, "no column 'duration'"));
    table_destroy(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_all_scopes),    cmocka_unit_test(wholly_inside),
        cmocka_unit_test(excluded_intervals),    cmocka_unit_test(missing_values),
        cmocka_unit_test(same_rows_same_bytes),  cmocka_unit_test(events_become_scopes),
        cmocka_unit_test(events_that_do_not_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
