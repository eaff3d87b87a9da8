#include "unit/test.h"

#include "pipeline/trend/markers.h"

#include <string.h>

static const struct trend_request defaults = {.trend = {.confidence = 0.95, .minimum_count = 5},
                                              .minimum_length = 10};

static struct table *parse(const char *tsv)
{
    struct table *table = NULL;
    struct error error;
    FILE *stream = fmemopen((char *)tsv, strlen(tsv), "r");
    if (table_read_tsv(stream, "markers.tsv", &table, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    fclose(stream);
    return table;
}

/* A table of `count` epochs of two channels; b is at rest in the first half, everything in epochs
 * from `rest` on. hop and first centre in s. */
static char *make_tsv(size_t count, double first, double hop, size_t rest)
{
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fprintf(stream, "epoch\tchannel\tmdf\trms\tfinsm5\tmine\tnote\tstatus\n");
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < 2; c++) {
            int resting = i >= rest || (c == 1 && i < count / 2);
            double wobble = (double)(i * 7 % 5) / 10;
            fprintf(stream, "%.17g\t%s\t%g\t%g\t%g\t%g\tx\t%d\n", first + (double)i * hop,
                    c ? "b" : "a", 80 - 0.1 * (double)i + wobble, 100 + (double)i + wobble,
                    2e-14 * exp(0.01 * (double)i + wobble), wobble, resting ? 1 + 8 : 16);
        }
    }
    fclose(stream);
    return text;
}

static struct table *trends_of(const char *tsv, const struct trend_request *request)
{
    struct table *markers = parse(tsv), *trends = NULL;
    struct error error;
    if (trend_from_markers(markers, "markers.tsv", request, &trends, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    table_destroy(markers);
    return trends;
}

static void assert_refused(const char *tsv, const struct trend_request *request,
                           const char *message)
{
    struct table *markers = parse(tsv), *trends = NULL;
    struct error error;
    assert_int_equal(trend_from_markers(markers, "markers.tsv", request, &trends, &error),
                     STATUS_FAILED);
    assert_null(trends);
    if (!strstr(error.message, message)) {
        fail_msg("'%s' does not say '%s'", error.message, message);
    }
    table_destroy(markers);
}

static double real(const struct table *table, size_t row, const char *column)
{
    return table_real(table, row, table_find(table, column));
}

static const char *text(const struct table *table, size_t row, const char *column)
{
    return table_text(table, row, table_find(table, column));
}

static void active_epochs(void **state)
{
    (void)state;
    char *tsv = make_tsv(60, 0.5, 1, 50);
    struct table *trends = trends_of(tsv, &defaults);
    static const char *const markers[] = {"mdf", "rms", "finsm5", "mine"};
    assert_int_equal(trends->row_count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(text(trends, i, "channel"), i < 4 ? "a" : "b");
        assert_string_equal(text(trends, i, "marker"), markers[i % 4]);
        assert_string_equal(text(trends, i, "scope"), "active");
        assert_close(real(trends, i, "n"), i < 4 ? 50 : 20, 0);
    }
    assert_string_equal(text(trends, 0, "unit"), "Hz");
    assert_string_equal(text(trends, 0, "jasa"), "fatigue");
    assert_string_equal(text(trends, 2, "slope_unit"), "1/s");
    assert_close(real(trends, 2, "slope"), 0.01, 0.005);
    assert_null(text(trends, 3, "unit"));
    assert_null(text(trends, 3, "slope_unit"));
    assert_string_equal(text(trends, 3, "verdict"), "no change");
    table_destroy(trends);
    free(tsv);
}

static void choices(void **state)
{
    (void)state;
    char *tsv = make_tsv(60, 0.5, 1, 50);
    struct trend_request request = defaults;
    request.markers = "rms,mdf";
    request.channels = "2";
    request.all_epochs = true;
    request.logarithm = "rms";
    struct table *trends = trends_of(tsv, &request);
    assert_int_equal(trends->row_count, 2);
    assert_string_equal(text(trends, 0, "marker"), "rms");
    assert_string_equal(text(trends, 0, "channel"), "b");
    assert_string_equal(text(trends, 0, "scope"), "all");
    assert_string_equal(text(trends, 0, "slope_unit"), "1/s");
    assert_close(real(trends, 0, "n"), 60, 0);
    assert_string_equal(text(trends, 1, "slope_unit"), "Hz/s");
    table_destroy(trends);
    request.channels = "A";
    request.logarithm = NULL;
    trends = trends_of(tsv, &request);
    assert_string_equal(text(trends, 0, "channel"), "a");
    assert_string_equal(text(trends, 0, "slope_unit"), "uV/s");
    table_destroy(trends);
    free(tsv);
}

/* One contraction from end to end, in which rest cannot be told from activity. */
static void nothing_active(void **state)
{
    (void)state;
    char *tsv = make_tsv(60, 0.5, 1, 0);
    struct table *trends = trends_of(tsv, &defaults);
    assert_string_equal(text(trends, 0, "scope"), "all");
    assert_close(real(trends, 0, "n"), 60, 0);
    table_destroy(trends);
    free(tsv);
    /* A night of rest has no trends. */
    tsv = make_tsv(TREND_ALL_MOST + 1, 0.5, 1, 0);
    struct trend_request request = defaults;
    request.markers = "mdf";
    trends = trends_of(tsv, &request);
    assert_string_equal(text(trends, 0, "scope"), "active");
    assert_close(real(trends, 0, "n"), 0, 0);
    table_destroy(trends);
    free(tsv);
}

/* Length and hop of epochs from their centres: overlap shows in onset and duration. */
static void timing(void **state)
{
    (void)state;
    static const struct {
        double first, hop, onset, duration;
    } cases[] = {{0.5, 1, 0, 40},      {0.5, 0.5, 0, 20.5}, {1, 0.5, 0, 21.5},
                 {0.125, 0.25, 0, 10}, {5, 1, 4.5, 40},     {0, 1, -0.5, 40}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *tsv = make_tsv(40, cases[i].first, cases[i].hop, 40);
        struct table *trends = trends_of(tsv, &defaults);
        assert_close(real(trends, 0, "onset"), cases[i].onset, 1e-9);
        assert_close(real(trends, 0, "duration"), cases[i].duration, 1e-9);
        table_destroy(trends);
        free(tsv);
    }
    char *tsv = make_tsv(40, 0.5, 0.5, 40);
    struct trend_request request = defaults;
    request.epoch = 0.5;
    struct table *trends = trends_of(tsv, &request);
    assert_close(real(trends, 0, "onset"), 0.25, 1e-9);
    table_destroy(trends);
    free(tsv);
}

static void events_and_episodes(void **state)
{
    (void)state;
    char *tsv = make_tsv(60, 0.5, 1, 60);
    struct trend_request request = defaults;
    struct table *episodes = parse("onset\tduration\ttrial_type\tchannel\n"
                                   "0\t10\tclonic\ta\n20\t15\ttonic\ta\n");
    struct table *events = parse("onset\tduration\ttrial_type\n30\t20\thold\n30\t1\tbeep\n");
    request.markers = "mdf";
    request.episodes = episodes;
    request.episodes_name = "episodes.tsv";
    request.events = events;
    request.events_name = "events.tsv";
    request.during = "hold";
    struct table *trends = trends_of(tsv, &request);
    static const struct {
        const char *scope, *channel;
        double n;
    } rows[] = {{"active", "a", 50},
                {"active", "b", 30},
                {"episode", "a", 15},
                {"hold", "a", 20},
                {"hold", "b", 20}};
    assert_int_equal(trends->row_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(text(trends, i, "scope"), rows[i].scope);
        assert_string_equal(text(trends, i, "channel"), rows[i].channel);
        assert_close(real(trends, i, "n"), rows[i].n, 0);
    }
    assert_close(real(trends, 2, "episode"), 2, 0);
    request.during = "grip";
    assert_refused(tsv, &request, "events.tsv: no event has the trial_type 'grip'");
    table_destroy(trends);
    table_destroy(episodes);
    table_destroy(events);
    free(tsv);
}

/* Other programs' tables: no channel, no status; labels that are numbers; nothing but a header. */
static void other_tables(void **state)
{
    (void)state;
    struct table *trends =
        trends_of("epoch\tmdf\n1\t80\n2\t79\n3\t78.5\n4\t77\n5\t76\n6\t75.5\n", &defaults);
    assert_int_equal(trends->row_count, 1);
    assert_string_equal(text(trends, 0, "channel"), "1");
    assert_string_equal(text(trends, 0, "verdict"), "falls");
    table_destroy(trends);
    trends = trends_of("epoch\tchannel\tmdf\n1\t7\t80\n1\t8\t80\n2\t7\t81\n2\t8\t80\n", &defaults);
    assert_int_equal(trends->row_count, 2);
    assert_string_equal(text(trends, 1, "channel"), "8");
    assert_string_equal(text(trends, 1, "status"), "too few epochs");
    table_destroy(trends);
    trends = trends_of("epoch\tchannel\tmdf\tstatus\n", &defaults);
    assert_int_equal(trends->row_count, 0);
    table_destroy(trends);
    /* A marker without any value is a column of text to the reader. */
    trends = trends_of("epoch\tmdf\n1\tn/a\n2\tn/a\n", &defaults);
    assert_close(real(trends, 0, "n"), 0, 0);
    table_destroy(trends);
}

static void refusals(void **state)
{
    (void)state;
    struct trend_request request = defaults;
    assert_refused("onset\tduration\n1\t2\n", &request, "markers.tsv: is no marker table");
    assert_refused("epoch\tmdf\nnow\t2\n", &request, "is no marker table");
    assert_refused("epoch\tnote\n1\tx\n", &request, "no column of numbers beside 'epoch'");
    assert_refused("epoch\tmdf\n1\t2\n3\t2\n2\t5\n", &request, "line 4: the epoch does not come");
    assert_refused("epoch\tmdf\n1\t2\nn/a\t2\n", &request, "line 3");
    request.markers = "mdf,rms";
    assert_refused("epoch\tmdf\n1\t2\n", &request, "--marker: the table has no marker 'rms'");
    request.markers = "note";
    assert_refused("epoch\tnote\n1\tx\n", &request, "the column 'note' holds text");
    request.markers = "epoch";
    assert_refused("epoch\tmdf\n1\t2\n", &request, "has no marker 'epoch'");
    request.markers = NULL;
    request.logarithm = "arv";
    assert_refused("epoch\tmdf\n1\t2\n", &request, "--logarithm: the table has no marker 'arv'");
    request.logarithm = NULL;
    request.channels = "c";
    assert_refused("epoch\tchannel\tmdf\n1\ta\t2\n", &request, "has no channel 'c'; it has 1 'a'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(active_epochs),
        cmocka_unit_test(choices),
        cmocka_unit_test(nothing_active),
        cmocka_unit_test(timing),
        cmocka_unit_test(events_and_episodes),
        cmocka_unit_test(other_tables),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
