/* EDF+ and BDF+ as written, read back by the project's reader and by EDFlib. */
#include "unit/empty_folder.h"
#include "unit/read_back.h"
#include "unit/write_out.h"

#include <edflib.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void path_of(const char *name, char path[4096])
{
    snprintf(path, 4096, "%s/%s", empty_folder, name);
}

static void write_or_fail(const char *path, const char *format, const struct recording_info *info,
                          float *const *planes, const size_t *counts, size_t step)
{
    struct error error = {0};
    if (write_all(path, format, info, planes, counts, step, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
}

static void read_or_fail(const char *path, struct read_back *back)
{
    struct error error = {0};
    struct recording_options options = {.all_channels = true, .strict = true};
    if (read_back(path, &options, 1.7, 0, back, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
}

static bool edflib_opens(const char *path, struct edf_hdr_struct *header)
{
    int result = edfopen_file_readonly(path, header, EDFLIB_READ_ALL_ANNOTATIONS);
    if (result == 0) {
        edfclose_file(header->handle);
    }
    return result == 0;
}

/* Every sample file and real recording that has no gaps comes back bit for bit. */
static void what_was_read_is_written_exactly(void **state)
{
    (void)state;
    static const char *const names[] = {
        "good-edf-plain.edf",
        "good-edf-mixed-rates.edf",
        "good-edf-annotations.edf",
        "good-edf-recording-ends.edf",
        "good-edf-latin1-unit.edf",
        "good-edf-inverted-range.edf",
        "good-bdf-24bit.bdf",
        "good-bdf-named-edf.bdf",
        "plux_fatigue.edf",
        "plux_fatigue.bdf",
        "myo_fist_rest_annotated.edf",
    };
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        char from[4096], to[4096];
        const char *recordings = getenv("SOLEUS_RECORDINGS");
        struct read_back before, after;
        struct edf_hdr_struct header;
        const char *format = strstr(names[n], ".bdf") ? "bdf" : "edf";
        snprintf(from, sizeof from, "%s/%s", recordings ? recordings : ".", names[n]);
        if (n < 8) {
            sample_path(names[n], from);
        } else if (access(from, R_OK) != 0) {
            continue;
        }
        read_or_fail(from, &before);
        path_of(names[n], to);
        write_or_fail(to, format, before.info, before.samples, before.counts, 77);
        read_or_fail(to, &after);
        assert_int_equal(before.info->start.known, after.info->start.known);
        assert_int_equal(before.info->start.seconds, after.info->start.seconds);
        assert_close(before.info->start.fraction, after.info->start.fraction, 1e-7);
        assert_int_equal(before.info->annotation_count, after.info->annotation_count);
        for (size_t i = 0; i < before.info->annotation_count; i++) {
            assert_string_equal(before.info->annotations[i].text, after.info->annotations[i].text);
            assert_close(before.info->annotations[i].onset, after.info->annotations[i].onset, 1e-7);
        }
        for (size_t c = 0; c < before.info->channel_count; c++) {
            const struct channel *a = &before.info->channels[c], *b = &after.info->channels[c];
            assert_int_equal(before.counts[c], after.counts[c]);
            assert_string_equal(strstr(a->label, "Pr\xc3\xbc") ? "Prufung" : a->label, b->label);
            assert_string_equal(a->description, b->description);
            assert_true(a->rate == b->rate);
            assert_close(a->minimum, b->minimum, 1e-9 * fabs(a->minimum));
            for (size_t i = 0; i < before.counts[c]; i++) {
                double x = before.samples[c][i], y = after.samples[c][i];
                assert_close((y - x) / a->gain, 0, 1e-6 * fabs(x / a->gain) + 1e-6);
            }
        }
        /* EDFlib knows no start before 1985. */
        assert_true(edflib_opens(to, &header) || strstr(names[n], "good-edf-annotations"));
        read_back_clear(&before);
        read_back_clear(&after);
        unlink(to);
    }
}

/* Digital values survive: what is written from what was read is the same file. */
static void writing_again_gives_the_same_bytes(void **state)
{
    (void)state;
    for (int bdf = 0; bdf < 2; bdf++) {
        char first[4096], second[4096], command[9000];
        const char *format = bdf ? "bdf" : "edf";
        struct recording_info info;
        struct read_back back;
        float *planes[3];
        size_t counts[3] = {25931, 25931, 3825};
        double limits[3] = {5000, 1234, 8};
        describe(&info, 3, 2000, "uV");
        info.channels[2].rate = 295; /* 12.9655 s, as the others */
        strcpy(info.channels[2].label, "ACC x");
        strcpy(info.channels[2].unit, "g");
        info.start = (struct start_time){true, 1709414130, 0.125};
        for (size_t c = 0; c < 3; c++) {
            info.channels[c].maximum = limits[c];
            info.channels[c].minimum = -limits[c];
            planes[c] = random_plane(counts[c], limits[c] / 1e6, -1e6, 1e6, (unsigned)c + 1);
        }
        path_of(bdf ? "a.bdf" : "a.edf", first);
        path_of(bdf ? "b.bdf" : "b.edf", second);
        write_or_fail(first, format, &info, planes, counts, 1000);
        read_or_fail(first, &back);
        for (size_t c = 0; c < 3; c++) {
            /* With a gain of 1, whole units are on the grid. */
            double step = 1 / floor((bdf ? 16777215 : 65535) / (2 * limits[c]));
            assert_int_equal(back.counts[c], counts[c]);
            for (size_t i = 0; i < counts[c]; i++) {
                assert_close(back.samples[c][i], planes[c][i],
                             0.51 * step + 2e-7 * fabs(planes[c][i]));
            }
            free(planes[c]);
        }
        write_or_fail(second, format, back.info, back.samples, back.counts, 313);
        snprintf(command, sizeof command, "cmp %s %s", first, second);
        assert_int_equal(system(command), 0);
        read_back_clear(&back);
        recording_info_clear(&info);
        unlink(first);
        unlink(second);
    }
}

static void digital_values_are_bit_exact(void **state)
{
    (void)state;
    for (int bdf = 0; bdf < 2; bdf++) {
        char path[4096];
        struct recording_info info;
        struct edf_hdr_struct header;
        size_t count = 20000;
        double step = bdf ? 1.0 / 32 : 0.1, top = bdf ? 8388576 : 32767;
        float *plane = random_plane(count, step, -top, top, 5);
        int *digital = calloc(count, sizeof *digital);
        plane[0] = (float)(step * top);
        describe(&info, 1, 1000, "uV"); /* no limits: the default range */
        path_of("exact", path);
        write_or_fail(path, bdf ? "bdf" : "edf", &info, &plane, &count, 999);
        assert_int_equal(edfopen_file_readonly(path, &header, EDFLIB_READ_ALL_ANNOTATIONS), 0);
        assert_int_equal(header.filetype, bdf ? EDFLIB_FILETYPE_BDFPLUS : EDFLIB_FILETYPE_EDFPLUS);
        assert_int_equal(edfread_digital_samples(header.handle, 0, (int)count, digital), count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(digital[i], lrint(plane[i] / step));
        }
        edfclose_file(header.handle);
        recording_info_clear(&info);
        free(digital);
        free(plane);
        unlink(path);
    }
}

static void last_record_ends_where_the_samples_end(void **state)
{
    (void)state;
    char path[4096];
    struct recording_info info;
    struct read_back back;
    struct edf_hdr_struct header;
    float *planes[2] = {random_plane(3400, 0.1, -99, 99, 1), random_plane(400, 0.1, -99, 99, 2)};
    /* 1259.259 and 148.148 Hz: 34/4 samples; records of 27 s. */
    size_t counts[2] = {3400, 400};
    describe(&info, 2, 1259.259, "uV");
    info.channels[1].rate = 148.148;
    path_of("trigno.edf", path);
    write_or_fail(path, "edf", &info, planes, counts, 500);
    read_or_fail(path, &back);
    assert_int_equal(back.counts[0], 3400);
    assert_int_equal(back.counts[1], 400);
    assert_close(back.info->channels[0].rate, 1259.259, 2e-6 * 1259);
    assert_int_equal(back.info->annotation_count, 0);
    assert_false(back.info->start.known);
    read_back_clear(&back);
    assert_true(edflib_opens(path, &header));
    assert_int_equal(header.startdate_year, 1985);

    /* What the second channel lacks of the last second is missing. */
    counts[1] = 252;
    write_or_fail(path, "edf", &info, planes, counts, 500);
    read_or_fail(path, &back);
    assert_int_equal(back.counts[0], 3400);
    assert_int_equal(back.counts[1], 400);
    assert_int_equal(back.info->annotation_count, 0);
    assert_int_equal(back.info->gap_count, 1);
    assert_int_equal(back.info->gaps[0].channel, 1);
    for (size_t i = 0; i < 400; i++) {
        assert_int_equal(isnan(back.samples[1][i]) != 0, i >= 252);
    }
    read_back_clear(&back);
    recording_info_clear(&info);
    free(planes[0]);
    free(planes[1]);
    unlink(path);
}

/* More annotations, and longer ones, than the records were made for. */
static void annotations_find_room(void **state)
{
    (void)state;
    for (int bdf = 0; bdf < 2; bdf++) {
        char path[4096], text[700];
        struct recording_info info;
        struct read_back back;
        struct error error;
        struct edf_hdr_struct header;
        size_t count = 3500;
        float *plane = random_plane(count, 0.1, -99, 99, 3);
        describe(&info, 1, 1000, "uV");
        info.start = (struct start_time){true, 1709414130, 0.9999999};
        for (int i = 299; i >= 0; i--) {
            int length = snprintf(text, sizeof text, "annotation %d \xc3\xa4 ", i);
            memset(text + length, 'x', sizeof text - (size_t)length);
            assert_int_equal(recording_info_annotate(&info, i * 0.01, i % 2 ? 0.5 : NAN, text,
                                                     (size_t)(i % 3 ? length : 600), &error),
                             STATUS_OK);
        }
        path_of("annotated", path);
        write_or_fail(path, bdf ? "bdf" : "edf", &info, &plane, &count, 100);
        read_or_fail(path, &back);
        assert_int_equal(back.info->annotation_count, 300);
        assert_int_equal(back.counts[0], 3500);
        for (size_t i = 0; i < count; i++) {
            assert_close(back.samples[0][i], plane[i], bdf ? 1.0 / 64 + 1e-5 : 1e-5);
        }
        for (int i = 0; i < 300; i++) {
            const struct annotation *annotation = &back.info->annotations[i];
            snprintf(text, sizeof text, "annotation %d \xc3\xa4", i);
            assert_close(annotation->onset, i * 0.01, 1e-6);
            assert_true(i % 2 ? annotation->duration == 0.5 : isnan(annotation->duration));
            assert_memory_equal(annotation->text, text, strlen(text));
            assert_int_equal(strlen(annotation->text), i % 3 ? strlen(text) : 512);
        }
        assert_close(back.info->start.fraction, 0.9999999, 1e-7);
        read_back_clear(&back);
        assert_true(edflib_opens(path, &header));
        assert_int_equal(header.annotations_in_file, 301); /* with "Recording ends" */
        recording_info_clear(&info);
        free(plane);
        unlink(path);
    }
}

static void conditioning_is_remembered(void **state)
{
    (void)state;
    char path[4096];
    struct recording_info info;
    struct read_back back;
    size_t count = 1000;
    float *plane = random_plane(count, 0.001, -3000, 3000, 3);
    describe(&info, 1, 1000, "uV");
    /* A coarse converter's grid must not coarsen what a filter made finer. */
    info.channels[0].gain = 2;
    info.channels[0].minimum = -2048;
    info.channels[0].maximum = 2046;
    info.conditioned = true;
    path_of("conditioned.edf", path);
    write_or_fail(path, "edf", &info, &plane, &count, 100);
    read_or_fail(path, &back);
    assert_true(back.info->conditioned);
    for (size_t i = 0; i < count; i++) {
        assert_close(back.samples[0][i], plane[i], 0.51 * 4094 / 65535);
    }
    read_back_clear(&back);
    recording_info_clear(&info);
    free(plane);
    unlink(path);
}

/* Beside a channel that calls itself EMG, one that does not must be said to be EMG. Labels of more
 * than 16 characters stay apart for everybody, and whole for this project's reader. */
static void labels_and_types_survive(void **state)
{
    (void)state;
    char path[4096];
    struct recording_info info;
    struct read_back back;
    size_t counts[3] = {1000, 1000, 1000};
    float *plane = random_plane(1000, 0.1, -99, 99, 3), *planes[3] = {plane, plane, plane};
    describe(&info, 3, 1000, "uV");
    strcpy(info.channels[1].label, "Gastrocnemius medialis");
    strcpy(info.channels[2].label, "Gastrocnemius mediolateralis");
    path_of("labels.edf", path);
    write_or_fail(path, "edf", &info, planes, counts, 100);
    read_or_fail(path, &back);
    assert_string_equal(back.info->channels[1].label, "Gastrocnemius medialis");
    assert_string_equal(back.info->channels[2].label, "Gastrocnemius mediolateralis");
    assert_string_equal(back.info->channels[2].description, "");
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(back.info->channels[c].type, CHANNEL_EMG);
    }
    read_back_clear(&back);
    recording_info_clear(&info);
    free(plane);
    unlink(path);
}

static bool gappy(size_t pattern, size_t c, size_t i)
{
    switch (pattern) {
    case 0: /* whole records, and the same of all channels beside them */
        return i >= 2500 && i < 7300;
    case 1: /* different ones, one over the end of a record */
        return (c == 0 && i >= 100 && i < 200) || (c == 1 && i > 950 && i < 1100);
    case 2: /* the start, and the end */
        return i < 3100 || i >= 8200;
    case 3: /* one channel throughout */
        return c == 1;
    default: /* more runs than an annotation area was made for */
        return i % 7 == 3 || (c == 0 && i > 4000 && i < 6500);
    }
}

/* Gaps come back to the sample, with the samples about them, whatever the blocks; EDFlib still
 * reads what has no whole record missing. */
static void gaps_are_written(void **state)
{
    (void)state;
    for (size_t n = 0; n < 20; n++) {
        char path[4096];
        struct recording_info info;
        struct read_back back;
        struct edf_hdr_struct header;
        size_t pattern = n / 4, counts[2] = {9123, 9123}, missing[2] = {0, 0};
        bool bdf = n % 2, mixed = n / 2 % 2;
        float *planes[2] = {random_plane(9123, 0.1, -99, 99, 1), random_plane(9123, 0.1, -9, 9, 2)};
        describe(&info, 2, 1000, "uV");
        info.start = (struct start_time){true, 1709414130, 0.25};
        if (mixed) {
            info.channels[1].rate = 148.148;
            counts[1] = 1352;
        }
        for (size_t c = 0; c < 2; c++) {
            for (size_t i = 0; i < counts[c]; i++) {
                size_t at = c == 1 && mixed ? i * 27 / 4 : i;
                planes[c][i] = gappy(pattern, c, at) ? NAN : planes[c][i];
                missing[c] += isnan(planes[c][i]) != 0;
            }
        }
        struct error error;
        recording_info_annotate(&info, 4.5, 1, "within the gap", 14, &error);
        recording_info_annotate(&info, 8, 1, "behind it", 9, &error);
        path_of("gaps", path);
        write_or_fail(path, bdf ? "bdf" : "edf", &info, planes, counts, 100 + 711 * n);
        read_or_fail(path, &back);
        for (size_t c = 0; c < 2; c++) {
            assert_int_equal(back.counts[c], counts[c]);
            assert_true(missing[c] > 0 || pattern != 0);
            for (size_t i = 0; i < counts[c]; i++) {
                assert_int_equal(!isnan(planes[c][i]), !isnan(back.samples[c][i]));
                if (!isnan(planes[c][i])) {
                    assert_close(back.samples[c][i], planes[c][i], bdf ? 1.0 / 64 + 1e-5 : 1e-5);
                }
            }
        }
        assert_int_equal(back.info->annotation_count, 2);
        assert_close(back.info->annotations[0].onset, 4.5, 1e-6);
        assert_close(back.info->annotations[1].onset, 8, 1e-6);
        assert_close(back.info->start.fraction, 0.25, 1e-7);
        read_back_clear(&back);
        /* Records of 27 s hold it all. */
        assert_int_equal(edflib_opens(path, &header), mixed || (pattern != 0 && pattern != 2));
        recording_info_clear(&info);
        free(planes[0]);
        free(planes[1]);
        unlink(path);
    }
}

/* A program that moves annotations to other records does not close gaps: those told of too late are
 * annotations, the others gaps. */
static void moved_annotations_of_gaps(void **state)
{
    (void)state;
    char path[4096];
    struct recording_info info;
    struct read_back back;
    struct error error;
    size_t count = 5000000;
    float *plane = random_plane(count, 0.1, -99, 99, 3);
    /* Told of in the first record, and, as annotations, far apart. */
    describe(&info, 1, 1000, "uV");
    plane[2000] = plane[4500000] = NAN;
    for (size_t i = 0; i < 2; i++) {
        recording_info_annotate(&info, i ? 4000.5 : 0.5, 0.25, "No data: EMG 1", 14, &error);
        recording_info_annotate(&info, i ? 4000.5 : 0.5, 1.25, "No data: EMG 1", 14, &error);
        recording_info_annotate(&info, i ? 4000.5 : 0.5, 0.25, "No data: nobody", 15, &error);
    }
    path_of("moved.edf", path);
    write_or_fail(path, "edf", &info, &plane, &count, 100000);
    read_or_fail(path, &back);
    /* Those longer than a record, and those of no channel, are no gaps. */
    assert_int_equal(back.info->annotation_count, 4);
    assert_int_equal(back.info->gap_count, 4);
    for (size_t i = 0; i < count; i++) {
        bool gap =
            i == 2000 || i == 4500000 || (i >= 500 && i < 750) || (i >= 4000500 && i < 4000750);
        assert_int_equal(isnan(back.samples[0][i]) != 0, gap);
    }
    read_back_clear(&back);
    /* All annotations in the last records: the first gap has passed when it is told of. */
    size_t size;
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = (size_t)ftell(file);
    char *bytes = malloc(size);
    rewind(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    static const char told[] = "+4500\x15"
                               "0.001\x14"
                               "No data\x14";
    char *last = memmem(bytes, size, told, sizeof told - 1);
    assert_non_null(last);
    memcpy(last, "+0001\x15", 6);
    rewind(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    read_or_fail(path, &back);
    assert_int_equal(back.info->annotation_count, 5);
    assert_int_equal(back.info->gap_count, 3);
    assert_false(isnan(back.samples[0][1000]));
    read_back_clear(&back);
    free(bytes);
    recording_info_clear(&info);
    free(plane);
    unlink(path);
}

/* The raw numbers of channels that are on their grid stay what they are, in another unit or shifted
 * where they must. */
static void numbers_on_a_grid_are_kept(void **state)
{
    (void)state;
    static const struct {
        double gain, offset, lowest, highest, shift;
        const char *file_unit;
    } cases[] = {
        {3276.7 / 32767, 0, -32767, 32767, 0, "uV"},
        {1.0 / 3, 0.125, -2048, 2047, 0, ""},
        {5e6 / 32768, 0, -32768, 32767, 0, "V"},
        {0.19531250931322574, 0, -1234, 30000, 0, "uV"},
        {0.0298023, 0, 100000, 160000, 132768, "uV"},
        {1, 0, 7, 7, 0, ""},
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        char path[4096];
        struct recording_info info;
        struct read_back back;
        struct edf_hdr_struct header;
        size_t count = 5000;
        int digital[5000];
        double g = cases[n].gain;
        float *plane = random_plane(count, 1, cases[n].lowest, cases[n].highest, 9);
        describe(&info, 1, 500, "uV");
        struct channel *channel = info.channels;
        channel->gain = g;
        channel->offset = cases[n].offset;
        channel->on_grid = true;
        strcpy(channel->file_unit, cases[n].file_unit);
        channel->minimum = g * cases[n].lowest + cases[n].offset;
        channel->maximum = g * cases[n].highest + cases[n].offset;
        int *expected = calloc(count, sizeof *expected);
        for (size_t i = 0; i < count; i++) {
            expected[i] = (int)(plane[i] - cases[n].shift);
            plane[i] = (float)(g * plane[i] + cases[n].offset);
        }
        path_of("grid.edf", path);
        write_or_fail(path, "edf", &info, &plane, &count, 999);
        assert_int_equal(edfopen_file_readonly(path, &header, EDFLIB_READ_ALL_ANNOTATIONS), 0);
        assert_int_equal(edfread_digital_samples(header.handle, 0, (int)count, digital), count);
        edfclose_file(header.handle);
        assert_memory_equal(digital, expected, sizeof digital);
        read_or_fail(path, &back);
        for (size_t i = 0; i < count; i++) {
            assert_close(back.samples[0][i], plane[i], 0.005 * g + 1e-7 * fabs(plane[i]));
        }
        read_back_clear(&back);
        recording_info_clear(&info);
        free(expected);
        free(plane);
        unlink(path);
    }
}

/* A rate that was measured, of which no number of seconds holds whole samples. */
static void any_rate_is_kept(void **state)
{
    (void)state;
    static const double rates[] = {490.003, 2048.0131, 99.99871};
    for (size_t n = 0; n < 3; n++) {
        char path[4096];
        struct recording_info info;
        struct read_back back;
        struct edf_hdr_struct header;
        size_t count = 12345;
        float *plane = random_plane(count, 0.1, -99, 99, 3);
        describe(&info, 1, rates[n], "uV");
        plane[5000] = plane[6000] = NAN;
        path_of("measured.edf", path);
        write_or_fail(path, "edf", &info, &plane, &count, 100);
        read_or_fail(path, &back);
        assert_close(back.info->channels[0].rate, rates[n], 2e-6 * rates[n]);
        assert_int_equal(back.counts[0], count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(isnan(back.samples[0][i]) != 0, i == 5000 || i == 6000);
            assert_true(isnan(plane[i]) || fabs(back.samples[0][i] - plane[i]) < 1e-5);
        }
        read_back_clear(&back);
        assert_true(edflib_opens(path, &header));
        recording_info_clear(&info);
        free(plane);
        unlink(path);
    }
}

/* Small voltages in volts are told in a unit that has digits for them; small numbers of no unit
 * take a wider range. */
static void small_ranges_find_digits(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        double error; /* of the range */
    } cases[] = {{"V", 1e-5}, {"a.u.", 0.02}};
    for (size_t n = 0; n < 2; n++) {
        char path[4096];
        struct recording_info info;
        struct read_back back;
        size_t count = 1000;
        float *plane = random_plane(count, 1e-9, -461585, 474510, 3);
        describe(&info, 1, 1000, cases[n].unit);
        info.channels[0].type = CHANNEL_OTHER;
        info.channels[0].gain = 0;
        info.channels[0].minimum = -0.000461585;
        info.channels[0].maximum = 0.00047451;
        path_of("small.edf", path);
        write_or_fail(path, "edf", &info, &plane, &count, 100);
        read_or_fail(path, &back);
        double factor = n == 0 ? 1e-6 : 1, span = 0.000936095;
        assert_string_equal(back.info->channels[0].unit, n == 0 ? "uV" : "a.u.");
        assert_close(factor * (back.info->channels[0].maximum - back.info->channels[0].minimum),
                     span, cases[n].error * span);
        for (size_t i = 0; i < count; i++) {
            assert_close(factor * back.samples[0][i], plane[i], 0.52 * span / 65535);
        }
        read_back_clear(&back);
        recording_info_clear(&info);
        free(plane);
        unlink(path);
    }
}

static void expect_refusal(const struct recording_info *info, float *plane, size_t count,
                           const char *part)
{
    char path[4096];
    struct error error = {0};
    path_of("refused.edf", path);
    assert_true(write_all(path, "edf", info, &plane, &count, 100, &error) != STATUS_OK);
    if (!strstr(error.message, part)) {
        fail_msg("'%s' says nothing of '%s'", error.message, part);
    }
    assert_true(access(path, F_OK) != 0);
}

static void what_edf_cannot_hold_is_refused(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error = {0};
    struct output *output;
    float *plane = random_plane(1000, 0.1, -99, 99, 3);
    void *writer;
    describe(&info, 1, 1000, "uV");
    plane[500] = 3300;
    expect_refusal(&info, plane, 1000, "reaches 3300 uV at 0.5 s");
    expect_refusal(&info, plane, 0, "no samples");
    info.channels[0].rate = 1 / 61.0;
    expect_refusal(&info, plane, 100, "no data record of 1 to 60 s");
    info.channels[0].rate = 1000;
    strcpy(info.channels[0].unit, "a.u.");
    expect_refusal(&info, plane, 100, "no known range");
    info.channels[0].minimum = -1e12;
    info.channels[0].maximum = 1e12;
    expect_refusal(&info, plane, 100, "does not fit the 8");
    assert_int_equal(output_create("-", NULL, false, &output, &error), STATUS_OK);
    assert_int_equal(registry_writer("edf")->open(output, &info, &writer, &error), STATUS_USAGE);
    assert_null(writer);
    output_abort(output);
    recording_info_clear(&info);
    free(plane);
}

/* A file size limit stands in for a full disk; it strikes in the header, in the first records, and
 * in the last one. */
static void full_disk_is_noticed(void **state)
{
    (void)state;
    size_t count = 300000;
    char path[4096];
    struct recording_info info;
    struct rlimit before, limit;
    float *plane = random_plane(count, 0.1, -99, 99, 3);
    describe(&info, 1, 1000, "uV");
    path_of("full.edf", path);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlim_t sizes[] = {100, 768, 100000, 629500};
    for (size_t i = 0; i < 4; i++) {
        struct error error = {0};
        limit = (struct rlimit){sizes[i], before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        enum status status = write_all(path, "edf", &info, &plane, &count, 1000, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, STATUS_FAILED);
        assert_non_null(strstr(error.message, "full.edf"));
        assert_true(access(path, F_OK) != 0);
    }
    struct error error = {0};
    assert_int_equal(write_all("/dev/full", "edf", &info, &plane, &count, 1000, &error),
                     STATUS_FAILED);
    recording_info_clear(&info);
    free(plane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written_exactly),
        cmocka_unit_test(writing_again_gives_the_same_bytes),
        cmocka_unit_test(digital_values_are_bit_exact),
        cmocka_unit_test(last_record_ends_where_the_samples_end),
        cmocka_unit_test(annotations_find_room),
        cmocka_unit_test(gaps_are_written),
        cmocka_unit_test(any_rate_is_kept),
        cmocka_unit_test(small_ranges_find_digits),
        cmocka_unit_test(moved_annotations_of_gaps),
        cmocka_unit_test(numbers_on_a_grid_are_kept),
        cmocka_unit_test(conditioning_is_remembered),
        cmocka_unit_test(labels_and_types_survive),
        cmocka_unit_test(what_edf_cannot_hold_is_refused),
        cmocka_unit_test(full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
