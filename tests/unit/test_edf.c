/* What the EDF and BDF readers make of the files in samples/. */
#include "unit/read_back.h"

#include "formats/registry.h"

#include <dirent.h>

/* What make_edf_samples.py puts into sample i of signal s. */
static double digital(size_t signal, size_t i)
{
    return (double)((i * (7 + 2 * signal)) % 201) - 100;
}

static void open_good(const char *name, const struct recording_options *options,
                      struct read_back *back)
{
    char path[4096];
    struct error error = {0};
    if (read_back(sample_path(name, path), options, 0.3, 0, back, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
}

/* Samples from `first` on are gain × digital + offset of the signal's sample `from` on. */
static void expect_run(const struct read_back *back, size_t c, size_t signal, size_t first,
                       size_t from, size_t count, double gain, double offset)
{
    for (size_t i = 0; i < count; i++) {
        double expected = gain * digital(signal, from + i) + offset;
        assert_close(back->samples[c][first + i], expected, 1e-6 * fabs(expected) + 1e-6);
    }
}

static void expect_warning(const struct read_back *back, const char *part)
{
    for (size_t i = 0; i < back->info->warnings.count; i++) {
        if (strstr(back->info->warnings.texts[i], part)) {
            return;
        }
    }
    fail_msg("no warning says '%s'", part);
}

static void plain_file_is_read_to_the_digital_step(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-plain.edf", &options, &back);
    assert_string_equal(back.info->format, "edf");
    assert_int_equal(back.info->warnings.count, 0);
    assert_int_equal(back.info->channel_count, 2);
    assert_string_equal(back.info->channels[0].label, "EMG Soleus L");
    assert_string_equal(back.info->channels[0].description, "AgAgCl electrodes; HP:10Hz LP:500Hz");
    assert_string_equal(back.info->channels[0].unit, "uV");
    assert_close(back.info->channels[0].minimum, -3276.8, 1e-9);
    assert_close(back.info->channels[0].maximum, 3276.7, 1e-9);
    assert_true(back.info->start.known);
    assert_int_equal(back.info->start.seconds, 1709414130); /* 2024-03-02 21:15:30 */
    assert_close(back.info->duration, 4, 0);
    for (size_t c = 0; c < 2; c++) {
        assert_close(back.info->channels[c].rate, 100, 0);
        assert_int_equal(back.counts[c], 400);
        expect_run(&back, c, c, 0, 0, 400, 0.1, 0);
    }
    read_back_clear(&back);
}

static void rates_may_differ(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {.all_channels = true};
    open_good("good-edf-mixed-rates.edf", &options, &back);
    const double rates[] = {100, 15, 50};
    for (size_t c = 0; c < 3; c++) {
        assert_close(back.info->channels[c].rate, rates[c], 0);
        assert_int_equal(back.counts[c], 6 * (size_t)rates[c]);
    }
    expect_run(&back, 0, 0, 0, 0, 600, 0.1, 0);
    expect_run(&back, 1, 1, 0, 0, 90, 16.0 / 65535, 16.0 / 65535 / 2);
    expect_run(&back, 2, 2, 0, 0, 300, 1e4 / 4095, 1e4 / 4095 / 2);
    assert_int_equal(back.info->channels[1].type, CHANNEL_OTHER);
    assert_string_equal(back.info->channels[1].unit, "g");
    assert_string_equal(back.info->channels[2].unit, "uV");
    assert_close(back.info->channels[2].maximum, 5000, 1e-9);
    read_back_clear(&back);
}

static void annotations_of_all_signals_are_found(void **state)
{
    (void)state;
    static const struct {
        double onset, duration;
        const char *text;
    } expected[] = {
        {-0.75, NAN, "before the start"},   {0.5, 1.5, "Contraction"},     {0.5, 1.5, "loud"},
        {1.25, NAN, "Wadenkr\xc3\xa4mpfe"}, {2.75, NAN, "Kr\xc3\xa4mpfe"},
    };
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-annotations.edf", &options, &back);
    assert_int_equal(back.info->start.seconds, -1446345870); /* 1924-03-02 21:15:30 */
    assert_close(back.info->start.fraction, 0.25, 1e-12);
    assert_int_equal(back.info->channel_count, 2);
    assert_int_equal(back.info->annotation_count, 5);
    for (size_t i = 0; i < 5; i++) {
        const struct annotation *annotation = &back.info->annotations[i];
        assert_close(annotation->onset, expected[i].onset, 1e-12);
        assert_true(isnan(expected[i].duration) ? isnan(annotation->duration)
                                                : annotation->duration == expected[i].duration);
        assert_string_equal(annotation->text, expected[i].text);
    }
    assert_int_equal(back.info->warnings.count, 0);
    read_back_clear(&back);
}

static void filling_after_recording_ends_is_cut_off(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-recording-ends.edf", &options, &back);
    assert_int_equal(back.counts[0], 235);
    assert_int_equal(back.counts[1], 235);
    assert_int_equal(back.info->annotation_count, 0);
    assert_close(back.info->duration, 2.35, 1e-12);
    expect_run(&back, 1, 1, 0, 0, 235, 0.1, 0);
    read_back_clear(&back);
}

static void gaps_are_missing_samples(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-plus-d-gap.edf", &options, &back);
    assert_int_equal(back.counts[0], 550);
    expect_run(&back, 0, 0, 0, 0, 200, 0.1, 0);
    for (size_t i = 200; i < 350; i++) {
        assert_true(isnan(back.samples[0][i]));
    }
    expect_run(&back, 0, 0, 350, 200, 200, 0.1, 0);
    assert_int_equal(back.info->gap_count, 1);
    assert_close(back.info->gaps[0].onset, 2, 1e-12);
    assert_close(back.info->gaps[0].duration, 1.5, 1e-12);
    read_back_clear(&back);

    open_good("good-bdf-plus-d-gap.bdf", &options, &back);
    assert_int_equal(back.counts[0], 384);
    assert_true(isnan(back.samples[0][128]) && isnan(back.samples[0][255]));
    assert_false(isnan(back.samples[0][127]) || isnan(back.samples[0][256]));
    read_back_clear(&back);
}

/* Filling that a file of this project tells of is a gap; other texts that look so are annotations. */
static void told_filling_is_a_gap(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-no-data.edf", &options, &back);
    assert_int_equal(back.counts[0], 500);
    assert_int_equal(back.counts[1], 500);
    for (size_t i = 0; i < 500; i++) {
        bool both = i >= 190 && i < 400, right = i >= 50 && i < 75;
        assert_int_equal(isnan(back.samples[0][i]) != 0, both);
        assert_int_equal(isnan(back.samples[1][i]) != 0, both || right);
    }
    expect_run(&back, 0, 0, 0, 0, 190, 0.1, 0);
    expect_run(&back, 0, 0, 400, 200, 100, 0.1, 0);
    assert_int_equal(back.info->gap_count, 3);
    assert_int_equal(back.info->annotation_count, 2);
    assert_string_equal(back.info->annotations[0].text, "No data: EMG Soleus");
    assert_string_equal(back.info->annotations[1].text, "No data");
    read_back_clear(&back);
}

static void damaged_ends_are_mended(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-truncated-record.edf", &options, &back);
    assert_int_equal(back.counts[0], 400);
    assert_int_equal(back.counts[1], 330);
    expect_run(&back, 1, 1, 0, 0, 330, 0.1, 0);
    expect_warning(&back, "ends in data record 4, after 261 of its 400 bytes");
    read_back_clear(&back);
    open_good("good-edf-trailing-bytes.edf", &options, &back);
    assert_int_equal(back.counts[0], 400);
    expect_warning(&back, "14 bytes follow");
    read_back_clear(&back);
    open_good("good-edf-count-minus-one.edf", &options, &back);
    assert_int_equal(back.counts[0], 400);
    assert_close(back.info->duration, 4, 0);
    expect_warning(&back, "'-1' for the number of data records");
    read_back_clear(&back);
    open_good("good-edf-header-size.edf", &options, &back);
    assert_int_equal(back.counts[0], 400);
    expect_run(&back, 0, 0, 0, 0, 400, 0.1, 0);
    expect_warning(&back, "begin at byte 768");
    read_back_clear(&back);
}

static void odd_headers_are_understood(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {.all_channels = true};
    open_good("good-edf-latin1-unit.edf", &options, &back);
    assert_string_equal(back.info->channels[0].file_unit, "\xc2\xb5V");
    assert_string_equal(back.info->channels[0].unit, "uV");
    assert_string_equal(back.info->channels[1].label, "Pr\xc3\xbc"
                                                      "fung");
    expect_run(&back, 0, 0, 0, 0, 200, 0.1, 0);
    read_back_clear(&back);
    open_good("good-edf-decimal-comma.edf", &options, &back);
    assert_close(back.info->channels[0].rate, 200, 0);
    expect_run(&back, 0, 0, 0, 0, 200, 0.1, 0);
    read_back_clear(&back);
    open_good("good-edf-nul-padding.edf", &options, &back);
    assert_string_equal(back.info->channels[1].label, "EMG Soleus R");
    expect_run(&back, 1, 1, 0, 0, 200, 0.1, 0);
    read_back_clear(&back);
    open_good("good-edf-inverted-range.edf", &options, &back);
    assert_close(back.info->channels[0].minimum, -3276.7, 1e-9);
    assert_close(back.info->channels[0].maximum, 3276.8, 1e-9);
    expect_run(&back, 0, 0, 0, 0, 200, -0.1, 0);
    read_back_clear(&back);
    open_good("good-edf-no-scale.edf", &options, &back);
    assert_string_equal(back.info->channels[0].unit, "a.u.");
    expect_run(&back, 0, 0, 0, 0, 200, 1, 0);
    expect_warning(&back, "without a unit");
    read_back_clear(&back);
}

static void unreadable_channel_costs_only_itself(void **state)
{
    (void)state;
    char path[4096];
    struct error error = {0};
    struct read_back back;
    struct recording_options options = {0};
    open_good("good-edf-one-unreadable-channel.edf", &options, &back);
    assert_false(back.info->channels[1].selected);
    expect_run(&back, 0, 0, 0, 0, 200, 0.1, 0);
    expect_warning(&back, "(EMG broken) is left out");
    read_back_clear(&back);
    options.channels = "2";
    assert_int_equal(read_back(sample_path("good-edf-one-unreadable-channel.edf", path), &options,
                               1, 0, &back, &error),
                     STATUS_FAILED);
    assert_non_null(strstr(error.message, "'EMG broken' cannot be read"));
    assert_non_null(strstr(error.message, "(byte 520)"));
    read_back_clear(&back);
}

static void bdf_has_24_bits(void **state)
{
    (void)state;
    struct read_back back;
    struct recording_options options = {.all_channels = true};
    open_good("good-bdf-24bit.bdf", &options, &back);
    assert_string_equal(back.info->format, "bdf");
    assert_int_equal(back.counts[0], 384);
    assert_int_equal(back.info->channels[1].type, CHANNEL_OTHER);
    assert_int_equal(back.info->channels[0].type, CHANNEL_EMG);
    double step = 524287.0 / 16777215;
    expect_run(&back, 0, 0, 0, 0, 384, 1000 * step, 8388608 * step - 262144);
    expect_run(&back, 1, 1, 0, 0, 384, 1000, 0);
    read_back_clear(&back);
    open_good("good-bdf-named-edf.bdf", &options, &back);
    assert_int_equal(back.info->channel_count, 1);
    assert_int_equal(back.info->annotation_count, 2);
    assert_string_equal(back.info->annotations[1].text, "mark 1");
    assert_close(back.info->annotations[1].onset, 1.5, 1e-12);
    read_back_clear(&back);
}

static void rate_can_be_overridden_when_it_is_one(void **state)
{
    (void)state;
    char path[4096];
    struct error error = {0};
    struct read_back back;
    struct recording_options options = {.rate = 1000};
    open_good("good-edf-plain.edf", &options, &back);
    assert_close(back.info->channels[0].rate, 1000, 1e-9);
    assert_close(back.info->duration, 0.4, 1e-12);
    read_back_clear(&back);
    assert_int_equal(
        read_back(sample_path("good-edf-mixed-rates.edf", path), &options, 1, 0, &back, &error),
        STATUS_USAGE);
    assert_non_null(strstr(error.message, "differ in rate"));
    assert_int_equal(
        read_back(sample_path("good-edf-plus-d-gap.edf", path), &options, 1, 0, &back, &error),
        STATUS_USAGE);
    assert_non_null(strstr(error.message, "their own times"));
}

/* Samples that are read with a warning are refused by --strict, the others are not. */
static void strict_refuses_what_is_mended(void **state)
{
    (void)state;
    char path[4096];
    size_t seen = 0, refused = 0;
    DIR *folder = opendir(sample_path("", path));
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        bool ours = strncmp(entry->d_name, "good-edf-", 9) == 0 ||
                    strncmp(entry->d_name, "good-bdf-", 9) == 0;
        if (!ours) {
            continue;
        }
        struct read_back back;
        struct error error = {0};
        struct recording_options options = {0};
        open_good(entry->d_name, &options, &back);
        size_t warnings = back.info->warnings.count;
        read_back_clear(&back);
        options.strict = true;
        enum status status =
            read_back(sample_path(entry->d_name, path), &options, 1, 0, &back, &error);
        assert_int_equal(status, warnings ? STATUS_FAILED : STATUS_OK);
        assert_true(warnings == 0 ||
                    (strstr(error.message, entry->d_name) && strstr(error.message, "--strict")));
        refused += warnings > 0;
        seen++;
        read_back_clear(&back);
    }
    closedir(folder);
    assert_true(seen >= 18);
    assert_int_equal(refused, 6);
}

static void bad_files_are_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *name, *part;
        enum status status;
    } cases[] = {
        {"bad-edf-empty.edf", "is empty", STATUS_FAILED},
        {"bad-edf-fixed-header-cut.edf", "200 of at least 512 bytes", STATUS_FAILED},
        {"bad-edf-header-cut.edf", "byte 700 of 768", STATUS_FAILED},
        {"bad-edf-negative-signals.edf", "'number of signals' (byte 252) is '-2'", STATUS_FAILED},
        {"bad-edf-zero-signals.edf", "'number of signals' (byte 252) is '0'", STATUS_FAILED},
        {"bad-edf-more-signals-than-bytes.edf", "byte 2368 of 2560000", STATUS_FAILED},
        {"bad-edf-header-size.edf", "'number of header bytes' (byte 184) is '512'", STATUS_FAILED},
        {"bad-edf-no-records.edf", "no samples", STATUS_FAILED},
        {"bad-edf-zero-duration.edf", "give the rate with --rate", STATUS_FAILED},
        {"bad-edf-digital-min-equals-max.edf", "signal 1 (byte 384) is '0', the same as",
         STATUS_FAILED},
        {"bad-edf-physical-text.edf", "'physical minimum' of signal 1 (byte 360) is 'low'",
         STATUS_FAILED},
        {"bad-edf-huge-samples.edf", "signal 1 (byte 688) is '99999999'", STATUS_FAILED},
        {"bad-edf-negative-samples.edf", "signal 1 (byte 688) is '-100'", STATUS_FAILED},
        {"bad-edf-zero-samples.edf", "signal 1 (byte 688) is '0'", STATUS_FAILED},
        {"bad-edf-plus-d-overlap.edf", "data record 3 begins at 1.5 s", STATUS_FAILED},
        {"bad-edf-plus-d-back.edf", "data record 3 begins at -5 s", STATUS_FAILED},
        {"bad-edf-plus-d-far-gap.edf", "data record 3 claims", STATUS_FAILED},
        {"unsupported-edf-annotations-only.edf", "annotations only", STATUS_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[4096];
        struct error error = {0};
        struct read_back back;
        struct recording_options options = {0};
        enum status status =
            read_back(sample_path(cases[i].name, path), &options, 1, 0, &back, &error);
        read_back_clear(&back);
        if (status != cases[i].status || !strstr(error.message, cases[i].part) ||
            !strstr(error.message, cases[i].name)) {
            fail_msg("%s: status %d: %s", cases[i].name, (int)status, error.message);
        }
    }
}

/* Other formats, and text that happens to begin with EDF's version field, are not taken. */
static void only_edf_is_taken_for_edf(void **state)
{
    (void)state;
    char text[600];
    size_t used = 0;
    for (int row = 0; used < 500; row++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%-8d%-8g\n", row, 0.1 * row);
    }
    const char *const heads[] = {text, "GDF 2.51", "Brain Vision Data Exchange Header File",
                                 "0       ,1,2\n", "# comment"};
    for (size_t i = 0; i < 5; i++) {
        char head[600] = "";
        memcpy(head, heads[i], strlen(heads[i]));
        for (size_t r = 0; r < 2; r++) {
            const struct reader *reader = registry_reader(r ? "bdf" : "edf");
            struct probe probe = reader->probe((const unsigned char *)head, sizeof head, "x.edf");
            assert_int_equal(probe.verdict, PROBE_NOT_MINE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_file_is_read_to_the_digital_step),
        cmocka_unit_test(rates_may_differ),
        cmocka_unit_test(annotations_of_all_signals_are_found),
        cmocka_unit_test(filling_after_recording_ends_is_cut_off),
        cmocka_unit_test(gaps_are_missing_samples),
        cmocka_unit_test(told_filling_is_a_gap),
        cmocka_unit_test(damaged_ends_are_mended),
        cmocka_unit_test(odd_headers_are_understood),
        cmocka_unit_test(unreadable_channel_costs_only_itself),
        cmocka_unit_test(bdf_has_24_bits),
        cmocka_unit_test(rate_can_be_overridden_when_it_is_one),
        cmocka_unit_test(strict_refuses_what_is_mended),
        cmocka_unit_test(bad_files_are_refused_with_the_place),
        cmocka_unit_test(only_edf_is_taken_for_edf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
