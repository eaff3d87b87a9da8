/* Text tables that are larger than any buffer, real ones, and those that Soleus writes. */
#include "unit/reading.h"

#define FRAMES 30000

/* A table of 3 channels in some 900 KiB, with gaps and comments; *size bytes, to be freed. */
static char *make_table(size_t *size, const char *end)
{
    char *table = malloc(4 << 20), *p = table;
    uint64_t seed = 77;
    assert_non_null(table);
    p += sprintf(p, "time,EMG 1 (uV),EMG 2 (mV),force (N)%s", end);
    for (int i = 0; i < FRAMES; i++) {
        if (i % 7919 == 7918) {
            i += 25; /* lost samples */
        }
        if (reading_random(&seed) % 500 == 0) {
            p += sprintf(p, "# remark%s%s", end, end);
        }
        p += sprintf(p, "%.4f,%.3f,", i / 2000.0, (double)(int)(reading_random(&seed) % 2000) / 7);
        p += reading_random(&seed) % 1000 ? sprintf(p, "%.9g", (double)i / 3) : 0;
        p += sprintf(p, ",%d%s", (int)(reading_random(&seed) % 1000), end);
    }
    *size = (size_t)(p - table);
    return table;
}

static void blocks_and_pipes_change_nothing(void **state)
{
    (void)state;
    const struct recording_options all = {.all_channels = true};
    for (int crlf = 0; crlf < 2; crlf++) {
        size_t size;
        char *table = make_table(&size, crlf ? "\r\n" : "\n"), path[160];
        snprintf(path, sizeof path, "%s", reading_path("large.csv"));
        reading_write_file(path, table, size);
        free(table);
        assert_true(size > 600000);
        struct reading whole = reading_all(path, all, 0);
        assert_int_equal(whole.status, STATUS_OK);
        assert_int_equal(whole.counts[2], FRAMES);
        assert_true(whole.info->channels[0].rate == 2000);
        assert_string_equal(whole.info->channels[1].unit, "uV");
        for (size_t i = 0; i < FRAMES; i++) {
            assert_true(isnan(whole.samples[1][i]) ||
                        fabs(whole.samples[1][i] - 1000.0 * (double)i / 3) <=
                            1e-7 * 1000.0 * (double)i / 3);
            assert_true(!isnan(whole.samples[0][i]) || isnan(whole.samples[2][i]));
        }
        for (uint64_t seed = 1; seed < 8; seed++) {
            struct reading parts = reading_all(path, all, seed);
            reading_assert_same(&whole, &parts);
            reading_clear(&parts);
        }
        struct reading piped = reading_through_pipe(path, all);
        reading_assert_same(&whole, &piped);
        reading_clear(&piped);
        reading_clear(&whole);
    }
}

/* Cut anywhere: read up to the last whole row, or refused, but never more than was there. */
static void truncated_anywhere(void **state)
{
    (void)state;
    size_t size;
    char *table = make_table(&size, "\n"), path[160];
    snprintf(path, sizeof path, "%s", reading_path("cut.csv"));
    size_t cuts[120];
    for (size_t i = 0; i < 120; i++) {
        cuts[i] = i < 100 ? i : size - (i - 100) * 3001 - 1;
    }
    for (size_t i = 0; i < 120; i++) {
        reading_write_file(path, table, cuts[i]);
        struct reading reading = reading_all(path, (struct recording_options){0}, 0);
        if (reading.status == STATUS_OK) {
            assert_true(reading.counts[0] <= FRAMES);
            assert_true(cuts[i] > 50);
        } else {
            assert_true(reading.status == STATUS_FAILED || reading.status == STATUS_NO_RATE);
            assert_true(cuts[i] < 100);
        }
        reading_clear(&reading);
    }
    free(table);
}

static void endless_lines_are_refused(void **state)
{
    (void)state;
    size_t size = 3 << 20, used = 0;
    char *table = malloc(size), path[160];
    snprintf(path, sizeof path, "%s", reading_path("long.csv"));
    assert_non_null(table);
    memset(table, '1', size);
    used = (size_t)sprintf(table, "1,2\n3,4\n");
    table[used] = '5';
    reading_write_file(path, table, size);
    struct reading reading = reading_all(path, (struct recording_options){.rate = 100}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "longer than 1 MiB");
    reading_clear(&reading);
    memset(table, '1', used);
    reading_write_file(path, table, size);
    reading = reading_all(path, (struct recording_options){.rate = 100}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    reading_clear(&reading);
    free(table);
}

/* Labels that occur twice get a number, also when there are thousands of them. */
static void labels_become_unique(void **state)
{
    (void)state;
    const char *path = reading_path("labels.csv");
    const char *few = "a,a,a (2),,a,a\n1,2,3,4,5,6\n";
    static const char *const labels[] = {"a", "a (2)", "a (2) (2)", "4", "a (3)", "a (4)"};
    const struct recording_options options = {.rate = 100, .all_channels = true};
    reading_write_file(path, few, strlen(few));
    struct reading reading = reading_all(path, options, 0);
    assert_int_equal(reading.channels, 6);
    for (size_t c = 0; c < 6; c++) {
        assert_string_equal(reading.info->channels[c].label, labels[c]);
    }
    reading_clear(&reading);
    const size_t many = 15000;
    char *table = malloc(4 * many), *p = table;
    assert_non_null(table);
    for (size_t i = 0; i < 2 * many; i++) {
        *p++ = i < many ? 'a' : '1';
        *p++ = (i + 1) % many ? ',' : '\n';
    }
    reading_write_file(path, table, 4 * many);
    free(table);
    reading = reading_all(path, options, 0);
    assert_int_equal(reading.channels, many);
    assert_string_equal(reading.info->channels[many - 1].label, "a (15000)");
    reading_clear(&reading);
}

static const char *recording_file(const char *name)
{
    static char path[4096];
    const char *folder = getenv("SOLEUS_RECORDINGS");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    if (access(path, R_OK) != 0) {
        print_message("%s is absent\n", path);
        skip();
    }
    return path;
}

static void real_biceps_holds(void **state)
{
    (void)state;
    const char *path = recording_file("biceps_holds.csv");
    struct reading reading = reading_all(path, (struct recording_options){.rate = 1000}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 1);
    assert_close(reading.info->duration, 40.4, 1e-9);
    assert_true(reading.samples[0][0] == -10.361f && reading.samples[0][7] == -10.344f);
    assert_true(reading.samples[0][40399] == -11.064f);
    assert_int_equal(reading.info->warnings.count, 0);
    struct reading piped = reading_through_pipe(path, (struct recording_options){.rate = 1000});
    reading_assert_same(&reading, &piped);
    reading_clear(&piped);
    reading_clear(&reading);
    reading = reading_all(path, (struct recording_options){0}, 0);
    assert_contains(reading.error.message, "--rate");
    reading_clear(&reading);
}

static void real_myo_armband(void **state)
{
    (void)state;
    struct recording_options options = {.rate = 200, .channels = "1-8", .strict = true};
    struct reading reading = reading_all(recording_file("myo_fist_labelled.csv"), options, 9);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 9);
    assert_close(reading.info->duration, 60, 1e-9);
    assert_true(reading.samples[1][0] == -3 && reading.samples[7][11999] == -10);
    assert_int_equal(reading.counts[8], 0);
    reading_clear(&reading);
}

/* Two channels with a gap at an awkward rate. */
static void describe(struct recording_info *info, float *planes[2], double rate)
{
    static float samples[2][FRAMES];
    struct error error;
    uint64_t seed = 5;
    *info = (struct recording_info){.duration = NAN};
    assert_int_equal(recording_info_allocate(info, 2, &error), STATUS_OK);
    for (size_t c = 0; c < 2; c++) {
        info->channels[c].rate = rate;
        strcpy(info->channels[c].unit, c ? "a.u." : "uV");
        strcpy(info->channels[c].label, c ? "EMG, \"right\"" : "EMG left");
        planes[c] = samples[c];
        for (size_t i = 0; i < FRAMES; i++) {
            samples[c][i] = (float)ldexp((double)(reading_random(&seed) >> 40) - 8388608.0,
                                         -(int)(reading_random(&seed) % 40));
        }
    }
    for (size_t i = 500; i < 700; i++) {
        samples[1][i] = NAN;
    }
}

static void writer_round_trip(void **state)
{
    (void)state;
    static const double rates[] = {1000, 1259.259, 2148.1481, 44100, 512, 10};
    const size_t counts[2] = {FRAMES, FRAMES};
    for (size_t r = 0; r < 2 * sizeof rates / sizeof *rates; r++) {
        struct recording_info info;
        struct error error;
        float *planes[2];
        char path[160], again[160];
        const char *id = r % 2 ? "tsv" : "csv";
        describe(&info, planes, rates[r / 2]);
        snprintf(path, sizeof path, "%s", reading_path("out"));
        snprintf(again, sizeof again, "%s", reading_path("again"));
        assert_int_equal(reading_write(id, path, &info, planes, counts, 999, false, &error), 0);
        assert_int_equal(reading_write(id, again, &info, planes, counts, 4001, true, &error), 0);
        size_t size, size_again;
        char *first = reading_load_file(path, &size),
             *second = reading_load_file(again, &size_again);
        assert_int_equal(size, size_again);
        assert_memory_equal(first, second, size);
        const char *head = r % 2 ? "time\tEMG left (uV)\t\"EMG, \"\"right\"\" (a.u.)\"\n0\t"
                                 : "time,EMG left (uV),\"EMG, \"\"right\"\" (a.u.)\"\n0,";
        assert_memory_equal(first, head, strlen(head));
        free(first);
        free(second);
        struct reading reading = reading_all(path, (struct recording_options){.strict = true}, 5);
        assert_int_equal(reading.status, STATUS_OK);
        assert_true(reading.info->channels[0].rate == rates[r / 2]);
        assert_int_equal(reading.info->warnings.count, 0);
        assert_string_equal(reading.info->channels[0].unit, "uV");
        assert_string_equal(reading.info->channels[1].label, "EMG, \"right\"");
        assert_string_equal(reading.info->channels[1].unit, "a.u.");
        assert_int_equal(reading.info->gap_count, 1);
        for (size_t c = 0; c < 2; c++) {
            assert_int_equal(reading.counts[c], FRAMES);
            for (size_t i = 0; i < FRAMES; i++) {
                assert_true(isnan(planes[c][i]) ? isnan(reading.samples[c][i])
                                                : reading.samples[c][i] == planes[c][i]);
            }
        }
        reading_clear(&reading);
        recording_info_clear(&info);
    }
}

static void writer_refuses(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    float *planes[2];
    const size_t counts[2] = {FRAMES, FRAMES}, few[2] = {2, 1};
    describe(&info, planes, 1000);
    assert_int_equal(reading_write("csv", "/dev/full", &info, planes, counts, 999, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, "No space left");
    assert_int_equal(reading_write("csv", "/dev/full", &info, planes, few, 999, false, &error),
                     STATUS_FAILED);
    assert_int_equal(
        reading_write("csv", reading_path("few.csv"), &info, planes, few, 999, false, &error),
        STATUS_OK);
    info.channels[1].rate = 500;
    assert_int_equal(
        reading_write("csv", reading_path("mixed.csv"), &info, planes, few, 999, false, &error),
        STATUS_FAILED);
    assert_contains(error.message, "--channels");
    recording_info_clear(&info);
    size_t size;
    char *text = reading_load_file(reading_path("few.csv"), &size);
    const char *last = strstr(text, "\n0.001,");
    assert_non_null(last);
    assert_contains(last, ",NaN\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_pipes_change_nothing),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(endless_lines_are_refused),
        cmocka_unit_test(labels_become_unique),
        cmocka_unit_test(real_biceps_holds),
        cmocka_unit_test(real_myo_armband),
        cmocka_unit_test(writer_round_trip),
        cmocka_unit_test(writer_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
