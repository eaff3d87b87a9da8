/* Recordings of Soleus in HDF5: what is written comes back to the bit. */
#include "unit/reader_checks.h"

#include <hdf5.h>
#include <sys/resource.h>

#define FRAMES 50000

static void own_layout(void **state)
{
    (void)state;
    struct reading reading = reading_all(sample("good-hdf5-recording.h5"),
                                         (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_string_equal(reading.info->format, "hdf5");
    const struct channel *channels = reading.info->channels;
    assert_int_equal(reading.channels, 2);
    assert_string_equal(channels[0].label, "torque");
    assert_string_equal(channels[0].unit, "Nm");
    assert_string_equal(channels[1].label, "Soleus/L");
    assert_string_equal(channels[1].muscle, "soleus");
    assert_true(channels[1].rate == 1000 && channels[0].rate == 100);
    assert_int_equal(reading.counts[0], 60);
    assert_int_equal(reading.counts[1], 600);
    for (size_t i = 0; i < 600; i++) {
        float expected = (float)((double)(i * 7 % 201) - 100) * 0.5F + 3;
        assert_true(i >= 100 && i < 150 ? isnan(reading.samples[1][i])
                                        : reading.samples[1][i] == expected);
    }
    for (size_t i = 0; i < 60; i++) {
        float expected = (float)(((double)(i * 9 % 201) - 100) / 7);
        assert_true(i >= 10 && i < 20 ? isnan(reading.samples[0][i])
                                      : reading.samples[0][i] == expected);
    }
    assert_int_equal(reading.info->start.seconds, 1614834367);
    assert_true(reading.info->start.fraction == 0.5);
    assert_true(reading.info->mains == 50);
    assert_int_equal(reading.info->annotation_count, 2);
    assert_string_equal(reading.info->annotations[1].text, "cramp \xc2\xb5");
    assert_true(isnan(reading.info->annotations[0].duration));
    reading_clear(&reading);
}

static void refused(void **state)
{
    (void)state;
    const struct {
        const char *name, *format, *says;
    } cases[] = {
        {"unsupported-hdf5-results.h5", NULL, "results of soleus"},
        {"unsupported-hdf5-results.h5", "hdf5", "results of soleus"},
        {"unsupported-hdf5-newer.h5", NULL, "newer soleus"},
        {"unsupported-hdf5-generic.h5", NULL, "NWB 2"},
        {"good-hdf5-recording.h5", "nwb", "read it as hdf5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recording_options options = {.format = cases[i].format};
        struct reading reading = reading_all(sample(cases[i].name), options, 0);
        assert_int_equal(reading.status, STATUS_UNSUPPORTED);
        assert_contains(reading.error.message, cases[i].says);
    }
    /* MATLAB's HDF5 is another reader's. */
    unsigned char head[1024] = "MATLAB 7.3 MAT-file, Platform: GLNXA64";
    memcpy(head + 512, "\x89HDF\r\n\x1a\n", 8);
    for (size_t i = 0; registry_readers[i]; i++) {
        const char *id = registry_readers[i]->id;
        if (strcmp(id, "hdf5") == 0 || strcmp(id, "nwb") == 0 || strcmp(id, "opensignals") == 0) {
            struct probe probe = registry_readers[i]->probe(head, sizeof head, "x.mat");
            assert_int_equal(probe.verdict, PROBE_NOT_MINE);
            assert_false(registry_readers[i]->streams);
        }
    }
}

/* A recording with channels of every kind of coding. */
struct example {
    struct recording_info info;
    float *samples[5];
    size_t counts[5];
};

static void make_example(struct example *example)
{
    struct error error;
    *example = (struct example){0};
    assert_int_equal(recording_info_allocate(&example->info, 5, &error), STATUS_OK);
    struct channel *channels = example->info.channels;
    static const char *const labels[] = {"a/b", "a_b", "wide", "real", "slow"};
    for (size_t c = 0; c < 5; c++) {
        strcpy(channels[c].label, labels[c]);
        strcpy(channels[c].unit, "uV");
        channels[c].type = CHANNEL_EMG;
        channels[c].rate = c == 4 ? 148.148 : 1259.259;
        example->counts[c] = c == 4 ? 5000 : c == 3 ? FRAMES - 7 : FRAMES;
        example->samples[c] = checked_calloc(example->counts[c], sizeof(float));
    }
    channels[0].gain = 0.1;
    channels[0].offset = -0.05;
    channels[1].gain = 1.0 / 3;
    channels[2].gain = 0.01;
    channels[4].gain = 3000.0 / 65536;
    channels[4].offset = -1500;
    const double lows[] = {-32768, -32768, -8388608, NAN, 0};
    const double highs[] = {32767, 32767, 8388607, NAN, 65535};
    for (size_t c = 0; c < 5; c++) {
        channels[c].minimum = channels[c].gain * lows[c] + channels[c].offset;
        channels[c].maximum = channels[c].gain * highs[c] + channels[c].offset;
        for (size_t i = 0; i < example->counts[c]; i++) {
            double raw = (double)((i * 7919 + c * 31) % 60001) - 30000;
            raw = c == 4 ? raw + 30000 : c == 2 ? raw * 250 : raw;
            example->samples[c][i] =
                c == 3 ? sinf((float)i) : (float)(channels[c].gain * raw + channels[c].offset);
        }
    }
    for (size_t i = 20000; i < 20100; i++) {
        example->samples[0][i] = NAN;
        example->samples[3][i] = NAN;
    }
    strcpy(channels[0].muscle, "soleus");
    strcpy(channels[1].grid, "G");
    channels[1].row = 3;
    channels[1].column = 4;
    channels[1].distance = 8;
    channels[2].bad = true;
    strcpy(channels[2].why_bad, "no gel");
    example->info.start = (struct start_time){true, 1614834367, 0.123456789};
    example->info.mains = 60;
    recording_info_annotate(&example->info, 1.5, NAN, "twitch", 6, &error);
    recording_info_annotate(&example->info, 2.5, 180, "cramp \xc2\xb5", 8, &error);
}

static void clear_example(struct example *example)
{
    for (size_t c = 0; c < 5; c++) {
        free(example->samples[c]);
    }
    recording_info_clear(&example->info);
}

static void write_example(const struct example *example, const char *path, size_t step,
                          bool unevenly)
{
    struct error error = {0};
    if (reading_write("hdf5", path, &example->info, example->samples, example->counts, step,
                      unevenly, &error) != STATUS_OK) {
        print_error("%s\n", error.message);
        fail();
    }
}

static void assert_bits(const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(isnan(a[i]) ? isnan(b[i]) : memcmp(&a[i], &b[i], sizeof *a) == 0);
    }
}

/* The class of a variable's type, and its bytes. */
static void assert_stored(const char *path, const char *name, H5T_class_t kind, size_t width)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t type = H5Dget_type(dataset);
    assert_true(dataset >= 0);
    assert_int_equal(H5Tget_class(type), kind);
    assert_int_equal(H5Tget_size(type), width);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void round_trip(void **state)
{
    (void)state;
    struct example example;
    make_example(&example);
    char path[200];
    snprintf(path, sizeof path, "%s", reading_path("round.h5"));
    write_example(&example, path, 1000, false);
    struct recording_options all = {.all_channels = true};
    struct reading reading = reading_all(path, all, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 5);
    for (size_t c = 0; c < 5; c++) {
        const struct channel *was = &example.info.channels[c], *is = &reading.info->channels[c];
        assert_string_equal(is->label, was->label);
        assert_string_equal(is->unit, "uV");
        assert_string_equal(is->muscle, was->muscle);
        assert_string_equal(is->grid, was->grid);
        assert_int_equal(is->row, was->row);
        assert_int_equal(is->column, was->column);
        assert_true(is->bad == was->bad);
        assert_string_equal(is->why_bad, was->why_bad);
        assert_true(is->rate == was->rate);
        assert_true(c == 3 || is->gain == was->gain);
        assert_true(c == 3 || is->offset == was->offset);
        assert_true(isnan(was->maximum) ? isnan(is->maximum) : is->maximum == was->maximum);
        assert_int_equal(reading.counts[c], example.counts[c]);
        assert_bits(example.samples[c], reading.samples[c], example.counts[c]);
    }
    assert_int_equal(reading.info->start.seconds, example.info.start.seconds);
    assert_true(reading.info->start.fraction == example.info.start.fraction);
    assert_true(reading.info->mains == 60);
    assert_int_equal(reading.info->annotation_count, 2);
    assert_string_equal(reading.info->annotations[1].text, "cramp \xc2\xb5");
    assert_true(reading.info->annotations[1].duration == 180);
    reading_clear(&reading);
    assert_stored(path, "/signals/a_b", H5T_INTEGER, 2);
    assert_stored(path, "/signals/a_b_2", H5T_INTEGER, 2);
    assert_stored(path, "/signals/wide", H5T_INTEGER, 4);
    assert_stored(path, "/signals/real", H5T_FLOAT, 4);
    assert_stored(path, "/signals/slow", H5T_INTEGER, 4);
    for (uint64_t seed = 1; seed < 4; seed++) {
        struct reading whole = reading_all(path, all, 0), other = reading_all(path, all, seed);
        reading_assert_same(&whole, &other);
        reading_clear(&whole);
        reading_clear(&other);
    }
    clear_example(&example);
}

/* Samples that are not the integers which the limits promise: the coding widens, in the middle of
 * the recording too, and nothing is lost. */
static void codings_widen(void **state)
{
    (void)state;
    const struct {
        float value; /* at sample 40000 of the first channel */
        H5T_class_t kind;
        size_t width;
    } cases[] = {{(float)(0.1 * -32768 - 0.05), H5T_INTEGER, 4}, /* the code of what is missing */
                 {(float)(0.1 * 40000 - 0.05), H5T_INTEGER, 4},
                 {0.123F, H5T_FLOAT, 4},
                 {INFINITY, H5T_FLOAT, 4},
                 {1e30F, H5T_FLOAT, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct example example;
        make_example(&example);
        example.samples[0][40000] = cases[i].value;
        char path[200];
        snprintf(path, sizeof path, "%s", reading_path("widen.h5"));
        write_example(&example, path, 3000, true);
        struct reading reading =
            reading_all(path, (struct recording_options){.all_channels = true}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        for (size_t c = 0; c < 5; c++) {
            assert_int_equal(reading.counts[c], example.counts[c]);
            assert_bits(example.samples[c], reading.samples[c], example.counts[c]);
        }
        reading_clear(&reading);
        assert_stored(path, "/signals/a_b", cases[i].kind, cases[i].width);
        clear_example(&example);
    }
}

static void same_bytes(void **state)
{
    (void)state;
    struct example example;
    make_example(&example);
    example.samples[0][30000] = 0.123F;
    char path[200];
    snprintf(path, sizeof path, "%s", reading_path("bytes.h5"));
    size_t size, other_size;
    write_example(&example, path, 1000, false);
    char *bytes = reading_load_file(path, &size);
    static const size_t steps[] = {7, 4096, 20000, 100000};
    for (size_t i = 0; i < 8; i++) {
        write_example(&example, path, steps[i / 2], i % 2);
        char *other = reading_load_file(path, &other_size);
        assert_int_equal(size, other_size);
        assert_memory_equal(bytes, other, size);
        free(other);
    }
    free(bytes);
    clear_example(&example);
}

static void empty_channels(void **state)
{
    (void)state;
    struct example example;
    make_example(&example);
    memset(example.counts, 0, sizeof example.counts);
    example.counts[0] = 1;
    char path[200];
    snprintf(path, sizeof path, "%s", reading_path("empty.h5"));
    write_example(&example, path, 1000, false);
    struct reading reading = reading_all(path, (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 1);
    assert_int_equal(reading.counts[4], 0);
    reading_clear(&reading);
    clear_example(&example);
}

static void what_cannot_be_written_is_told(void **state)
{
    (void)state;
    struct error error = {0};
    struct example example;
    make_example(&example);
    enum status status = reading_write("hdf5", "/dev/full", &example.info, example.samples,
                                       example.counts, 1000, false, &error);
    assert_int_equal(status, STATUS_FAILED);
    assert_contains(error.message, "regular file");

    char path[200];
    struct rlimit before, limit;
    snprintf(path, sizeof path, "%s", reading_path("full.h5"));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    for (rlim_t room = 0; room < 200000; room += 40000) {
        limit.rlim_cur = room;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        status = reading_write("hdf5", path, &example.info, example.samples, example.counts, 1000,
                               false, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, STATUS_FAILED);
        assert_contains(error.message, "full.h5: cannot write");
        assert_int_equal(access(path, F_OK), -1);
    }
    clear_example(&example);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_layout),
        cmocka_unit_test(refused),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(codings_widen),
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(empty_channels),
        cmocka_unit_test(what_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
