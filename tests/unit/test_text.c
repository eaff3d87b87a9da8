/* Text tables, written here as strings. */
#include "unit/reading.h"

static struct reading read_options(const char *content, struct recording_options options)
{
    const char *path = reading_path("table");
    reading_write_file(path, content, strlen(content));
    options.all_channels = true;
    return reading_all(path, options, 0);
}

static struct reading read_text(const char *content, double rate)
{
    return read_options(content, (struct recording_options){.rate = rate});
}

/* One channel's samples, NaN equal to NaN. */
static void assert_samples(const struct reading *reading, size_t channel, size_t count,
                           const double *expected)
{
    if (reading->status != STATUS_OK) {
        print_error("%s\n", reading->error.message);
        fail();
    }
    assert_int_equal(reading->counts[channel], count);
    for (size_t i = 0; i < count; i++) {
        float sample = reading->samples[channel][i];
        if (isnan(expected[i]) ? !isnan(sample) : sample != (float)expected[i]) {
            print_error("channel %zu, sample %zu: %.9g, not %.9g\n", channel, i, (double)sample,
                        expected[i]);
            fail();
        }
    }
}

/* The same two channels in every dialect. */
static void dialects(void **state)
{
    (void)state;
    static const double first[] = {1.5, -2, 0.25, 1000}, second[] = {0, 7, -8.125, 9e-3};
    static const char *const tables[] = {
        "1.5,0\n-2,7\n.25,-8.125\n1000,9e-3\n",
        "1.5, 0\r\n -2 ,7\r\n+.25,-8.125\r\n1.0e+003,9e-03",
        "1.5\t0\n-2\t7\n.25\t-8.125\n1000\t9E-3\n",
        "1,5\t0\n-2\t7\n,25\t-8,125\n1000\t9e-3\n",
        "1.5;0\n-2;7\n.25;-8.125\n1000;9e-3\n",
        "1,5;0;\n-2;7;\n0,25;-8,125;\n1000;9e-3;\n",
        "1.5 0\n-2 7\n.25 -8.125\n1000 9e-3\n",
        "  1.5   0  \n  -2\t7\n.25 -8.125\n1e3 9e-3\n\n\n",
        " 1,5   0\n-2 7\n0,25 -8,125\n1000 9e-3\n",
        "\"1.5\",\"0\"\n\"-2\",\"7\"\n\".25\",\"-8.125\"\n\"1000\",\"9e-3\"\n",
        "\"1,5\",\"0\"\n\"-2\",\"7\"\n\"0,25\",\"-8,125\"\n\"1000\",\"0,009\"\n",
        "\xef\xbb\xbf"
        "1.5,0\n-2,7\n.25,-8.125\n1000,9e-3\n",
        "1.5,0\r-2,7\r.25,-8.125\r1000,9e-3\r",
        "# 1,2\n1.5,0\n\n-2,7\n% x\n// y,z\n;z,1\n.25,-8.125\n1000,9e-3\n#",
        "a,b\n1.5,0\n-2,7\n.25,-8.125\n1000,9e-3\n",
        "Some device\nserial 17, a\n\na;b\n1.5;0\n-2;7\n.25;-8.125\n1000;9e-3\n",
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct reading reading = read_text(tables[i], 1000);
        if (reading.status != STATUS_OK || reading.channels != 2) {
            print_error("table %zu: %zu channels: %s\n", i, reading.channels,
                        reading.error.message);
            fail();
        }
        assert_samples(&reading, 0, 4, first);
        assert_samples(&reading, 1, 4, second);
        assert_int_equal(reading.info->warnings.count, 0);
        assert_close(reading.info->duration, 0.004, 1e-15);
        reading_clear(&reading);
    }
}

static void one_column(void **state)
{
    (void)state;
    static const double values[] = {-10.361, -10.012, 5};
    static const char *const tables[] = {"-10.361\n-10.012\n5\n", "-10,361\n-10,012\n5\n",
                                         "EMG\n-10.361\n-10.012\n5", "EMG\n-10,361\n-10,012\n5\n",
                                         "-10.361,\n-10.012,\n5,\n"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct reading reading = read_text(tables[i], 1000);
        assert_int_equal(reading.channels, 1);
        assert_samples(&reading, 0, 3, values);
        assert_string_equal(reading.info->channels[0].label,
                            strncmp(tables[i], "EMG", 3) ? "1" : "EMG");
        reading_clear(&reading);
    }
    /* Whole numbers in two columns stay two columns. */
    struct reading reading = read_text("512,498\n513,401\n499,388\n", 1000);
    assert_int_equal(reading.channels, 2);
    reading_clear(&reading);
}

static void missing_values(void **state)
{
    (void)state;
    static const double first[] = {1, NAN, NAN, NAN, NAN, 6, NAN},
                        second[] = {1, 2, 3, 4, NAN, NAN, NAN};
    struct reading reading =
        read_text("a,b\n1,1\n,2\nNaN,3\nn/a,4\nnull,-1.#IND\n6,\n-inf,1e400\n", 10);
    assert_samples(&reading, 0, 7, first);
    assert_samples(&reading, 1, 7, second);
    assert_int_equal(reading.info->gap_count, 3);
    reading_clear(&reading);
    reading = read_text("a\tb\n1\t1\n\t2\nnan\t3\nNA\t4\nNULL\tInf\n6\t \n\t\n", 10);
    assert_samples(&reading, 0, 7, first);
    assert_samples(&reading, 1, 7, second);
    reading_clear(&reading);
    /* Missing from the start, which is no header. */
    static const double late[] = {NAN, NAN, 3};
    reading = read_text("a,b\nNaN,NaN\nNaN,2\n3,3\n", 10);
    assert_samples(&reading, 0, 3, late);
    reading_clear(&reading);
}

static void labels_and_units(void **state)
{
    (void)state;
    const struct {
        const char *header, *label, *file_unit, *unit;
        enum channel_type type;
    } cases[] = {
        {"time;EMG1 (mV)", "EMG1", "mV", "uV", CHANNEL_EMG},
        {"time;EMG [uV]", "EMG", "uV", "uV", CHANNEL_EMG},
        {"time;Biceps (left)", "Biceps (left)", "", "a.u.", CHANNEL_EMG},
        {"time;EMG (1)", "EMG (1)", "", "a.u.", CHANNEL_EMG},
        {"time;Biceps (left) (\xc2\xb5V)", "Biceps (left)", "\xc2\xb5V", "uV", CHANNEL_EMG},
        {"time;\"EMG; \"\"x\"\" [V]\"", "EMG; \"x\"", "V", "uV", CHANNEL_EMG},
        {"time;TA [a.u.]", "TA", "", "a.u.", CHANNEL_EMG},
        {"time;knee (deg)", "knee", "deg", "deg", CHANNEL_OTHER},
        {"time;EMG \xb5V", "EMG \xc2\xb5V", "", "a.u.", CHANNEL_EMG},
        {"time;EMG [\xb5V]", "EMG", "\xc2\xb5V", "uV", CHANNEL_EMG},
        {"time;EMG\ns;mV", "EMG", "mV", "uV", CHANNEL_EMG},
        {"time;EMG\n[s];[mV]", "EMG", "mV", "uV", CHANNEL_EMG},
        {"time;EMG\ns;", "EMG", "", "a.u.", CHANNEL_EMG},
        {"time;", "1", "", "a.u.", CHANNEL_EMG},
        {"time;EMG;", "EMG", "", "a.u.", CHANNEL_EMG},
        {"# time;EMG [mV]", "EMG", "mV", "uV", CHANNEL_EMG},
        {"time;()", "()", "", "a.u.", CHANNEL_EMG},
        {"time;[]", "1", "", "a.u.", CHANNEL_EMG},
        {"time;(mV)", "1", "mV", "uV", CHANNEL_EMG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char table[200];
        snprintf(table, sizeof table, "%s\n0;1\n0.01;2\n0.02;3\n", cases[i].header);
        struct reading reading = read_text(table, 0);
        if (reading.status != STATUS_OK) {
            print_error("%s: %s\n", cases[i].header, reading.error.message);
            fail();
        }
        const struct channel *channel = &reading.info->channels[0];
        assert_int_equal(reading.channels, 1);
        assert_string_equal(channel->label, cases[i].label);
        assert_string_equal(channel->file_unit, cases[i].file_unit);
        assert_string_equal(channel->unit, cases[i].unit);
        assert_int_equal(channel->type, cases[i].type);
        reading_clear(&reading);
    }
}

/* An index is neither time nor muscle. */
static void index_columns(void **state)
{
    (void)state;
    struct reading reading = read_text("0,5\n1,6\n2,4\n3,5\n", 500);
    assert_int_equal(reading.channels, 2);
    assert_int_equal(reading.info->channels[0].type, CHANNEL_OTHER);
    assert_int_equal(reading.info->channels[1].type, CHANNEL_EMG);
    reading_clear(&reading);
    reading = read_text("0,5\n1,6\n2,4\n3,5\n", 0);
    assert_int_equal(reading.status, STATUS_NO_RATE);
    assert_contains(reading.error.message, "--rate");
    reading_clear(&reading);
    /* As R writes a table: the column of row names has no label. */
    reading = read_text("\"a\" \"b\"\n\"1\" 5.5 2\n\"2\" 6 3\n\"3\" 4 7\n", 500);
    assert_int_equal(reading.channels, 3);
    assert_string_equal(reading.info->channels[1].label, "a");
    assert_int_equal(reading.info->channels[0].type, CHANNEL_OTHER);
    reading_clear(&reading);
}

static void rates_from_times(void **state)
{
    (void)state;
    const struct {
        const char *table;
        double rate; /* 0: refused */
    } cases[] = {
        {"time,a\n0,1\n0.001,2\n0.002,3\n0.003,4\n", 1000},
        {"T,a\n5,1\n5.0005,2\n5.001,3\n5.0015,4\n", 2000},
        {"a,Time [s]\n1,0.000\n2,0.004\n3,0.008\n", 250},
        {"time (ms),a\n0,1\n1,2\n2,3\n", 1000},
        {"time_us,a\n0,1\n500,2\n1000,3\n", 2000},
        {"Timestamp ms,a\n1000000,1\n1000005,2\n1000010,3\n", 200},
        {"seconds,a\n0,1\n0.01,2\n0.02,3\n", 100},
        {"X [s],a\n0,1\n0.01,2\n0.02,3\n", 100},
        {"Temps (ms),a\n0,1\n2,2\n4,3\n", 500},
        {"0,1.5\n0.0010,2\n0.002,3\n0.003,4\n", 1000},
        {"1.0000e0;1\n1.0010e0;2\n1.0020e0;3\n", 1000},
        {"time,a\n0,1\n1,2\n2,3\n", 0},
        {"timestamp,a\n1669108500000,1\n1669108500005,2\n1669108500010,3\n", 200},
        {"timestamp,a\n1669108500.000,1\n1669108500.005,2\n1669108500.010,3\n", 200},
        {"time,a\n0,1\n0,2\n0,3\n", 0},
        {"time,a\n0,1\n", 0},
        {"a,b\n0.1,1\n0.2,2\n0.4,3\n", 0},
        {"time (mV),a\n0.1,1\n0.2,2\n0.3,3\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading = read_text(cases[i].table, 0);
        if (cases[i].rate == 0) {
            assert_int_equal(reading.status, STATUS_NO_RATE);
            assert_contains(reading.error.message, "--rate");
        } else {
            if (reading.status != STATUS_OK) {
                print_error("table %zu: %s\n", i, reading.error.message);
                fail();
            }
            assert_int_equal(reading.channels, 1);
            assert_close(reading.info->channels[0].rate, cases[i].rate, 0);
        }
        reading_clear(&reading);
        /* Whatever the times say, --rate has the last word. */
        reading = read_text(cases[i].table, 123.5);
        assert_int_equal(reading.status, STATUS_OK);
        assert_true(reading.info->channels[0].rate == 123.5);
        reading_clear(&reading);
    }
}

static void lost_samples(void **state)
{
    (void)state;
    char table[4000] = "time,a\n";
    size_t used = strlen(table);
    for (int i = 0; i < 200; i++) {
        if (i < 100 || i >= 130) {
            used += (size_t)sprintf(table + used, "%.3f,%d\n", i / 1000.0, i);
        }
    }
    struct reading reading = read_text(table, 0);
    assert_int_equal(reading.counts[0], 200);
    assert_true(reading.info->channels[0].rate == 1000);
    for (int i = 0; i < 200; i++) {
        float sample = reading.samples[0][i];
        assert_true(i >= 100 && i < 130 ? isnan(sample) : sample == (float)i);
    }
    assert_int_equal(reading.info->gap_count, 1);
    assert_close(reading.info->gaps[0].onset, 0.1, 1e-12);
    assert_close(reading.info->gaps[0].duration, 0.03, 1e-12);
    assert_true(reading_warned(&reading, "line 102: 30 samples are missing"));
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct reading parts = reading_all(reading_path("table"),
                                           (struct recording_options){.all_channels = true}, seed);
        reading_assert_same(&reading, &parts);
        reading_clear(&parts);
    }
    reading_clear(&reading);
}

/* Words do harm only where somebody wants numbers. */
static void words(void **state)
{
    (void)state;
    const char *table = "EMG,note,force\n1,2,3\n4,5,6\n7,8,9\n1,x,3\n4,\"y,z\",6\n";
    struct reading reading = read_text(table, 100);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "line 5 has 'x' in column 2 (note)");
    reading_clear(&reading);
    reading = reading_all(reading_path("table"),
                          (struct recording_options){.rate = 100, .channels = "EMG"}, 0);
    static const double values[] = {1, 4, 7, 1, 4};
    assert_samples(&reading, 0, 5, values);
    reading_clear(&reading);
    reading = read_text("EMG,phase\n1,rest\n2,rest\n3,\"fi,st\"\n", 100);
    assert_int_equal(reading.channels, 1);
    assert_true(reading_warned(&reading, "column 2 (phase) holds words"));
    reading_clear(&reading);
    /* Dates that are not wanted do none. */
    const char *dates = "time,EMG\n2026-11-22 10:00:00,1\n2026-11-22 10:00:01,2\n";
    reading = read_text(dates, 100);
    static const double two[] = {1, 2};
    assert_samples(&reading, 0, 2, two);
    assert_true(reading.info->channels[0].rate == 100);
    reading_clear(&reading);
}

static void faults_name_the_line(void **state)
{
    (void)state;
    const struct {
        const char *table, *message;
    } cases[] = {
        {"a,b\n1,2\n3\n4,5\n6,7\n", "line 3 has 1 columns where 2 were expected"},
        {"a,b\n1,2\n3,4,5\n4,5\n6,7\n", "line 3 has 3 columns where 2 were expected"},
        {"a,b\n# x\n\n1,2\n3,4\n4,x5\n6,7\n", "line 6 has 'x5' in column 2 (b)"},
        {"1,2\r\n3,4\r\n5,6\r\n7 8,9\r\n", "line 4 has '7 8' in column 1"},
        {"a,b\n1,2\n3,4\n5,6\n7,8,9", "line 5 has 3 columns"},
        {"time,a\n0.1,1\n0.2,2\n0.3,3\n0.2,4\n", "line 5: the time goes back to 0.2"},
        {"time,a\n0,1\n0.1,2\n0.2,3\n0.3,3\nx,4\n0.5,5\n", "line 6 has 'x' in column 1 (time)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading = read_text(cases[i].table, i < 5 ? 100 : 0);
        if (reading.status != STATUS_FAILED) {
            print_error("case %zu is read\n", i);
            fail();
        }
        assert_contains(reading.error.message, cases[i].message);
        assert_contains(reading.error.message, "/table: ");
        reading_clear(&reading);
    }
}

/* A file that was cut short loses its last line, and nothing else. */
static void ragged_last_row(void **state)
{
    (void)state;
    static const char *const cut[] = {"a,b\n1,2\n3,4\n5",   "a,b\n1,2\n3,4\n5\n\n \n",
                                      "a,b\n1,2\n3,4\n5,-", "a,b\n1,2\n3,4\n5,6e",
                                      "a b\n1 2\n3 4\n5",   "a,b,\n1,2,\n3,4,\n5"};
    static const double values[] = {1, 3};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        struct reading reading = read_text(cut[i], 100);
        assert_samples(&reading, 0, 2, values);
        assert_true(reading_warned(&reading, "the last line (4) is cut short"));
        reading_clear(&reading);
        reading = read_options(cut[i], (struct recording_options){.rate = 100, .strict = true});
        assert_int_equal(reading.status, STATUS_FAILED);
        assert_contains(reading.error.message, "cut short");
        reading_clear(&reading);
    }
}

static void what_is_no_table(void **state)
{
    (void)state;
    const struct {
        const char *content;
        size_t size;
        enum status status;
        const char *message;
    } cases[] = {
        {"\xff\xfe"
         "1\0,\0002\0\n\0",
         10, STATUS_UNSUPPORTED, "UTF-16"},
        {"1\0,\0002\0\n\0001\0,\0002\0\n\0", 16, STATUS_UNSUPPORTED, "UTF-16"},
        {"1,2\n\0,3\n", 8, STATUS_FAILED, "control characters"},
        {"1,2\n\033[31m3,4\n", 13, STATUS_FAILED, "control characters"},
        {"Dear colleague,\nplease find 2 tables.\n", 38, STATUS_FAILED, "no table"},
        {"a,b\n", 4, STATUS_FAILED, "no table"},
        {"\n\n\n", 3, STATUS_FAILED, "no table"},
        {",,\n,,\n", 6, STATUS_FAILED, "no table"},
        {"nan,nan\n", 8, STATUS_FAILED, "no table"},
        {"#1,2\n", 5, STATUS_FAILED, "no table"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = reading_path("none");
        reading_write_file(path, cases[i].content, cases[i].size);
        struct recording_options options = {.format = "text", .rate = 100};
        struct reading reading = reading_all(path, options, 0);
        if (reading.status != cases[i].status) {
            print_error("case %zu: status %d\n", i, reading.status);
            fail();
        }
        assert_contains(reading.error.message, cases[i].message);
        reading_clear(&reading);
        reading = reading_all(path, (struct recording_options){.rate = 100}, 0);
        assert_true(reading.status != STATUS_OK);
        reading_clear(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects),
        cmocka_unit_test(one_column),
        cmocka_unit_test(missing_values),
        cmocka_unit_test(labels_and_units),
        cmocka_unit_test(index_columns),
        cmocka_unit_test(rates_from_times),
        cmocka_unit_test(lost_samples),
        cmocka_unit_test(words),
        cmocka_unit_test(faults_name_the_line),
        cmocka_unit_test(ragged_last_row),
        cmocka_unit_test(what_is_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
