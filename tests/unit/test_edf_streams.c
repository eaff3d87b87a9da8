/* EDF and BDF through pipes, in odd blocks and in slices. */
#include "unit/read_back.h"

#include <dirent.h>

static const char *const real_files[] = {"myo_fist_rest_annotated.edf", "plux_fatigue.edf",
                                         "plux_fatigue.bdf", "delsys_trigno.edf"};

static void read_or_fail(const char *path, const struct recording_options *options, double seconds,
                         unsigned seed, struct read_back *back)
{
    struct error error = {0};
    if (read_back(path, options, seconds, seed, back, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
}

/* Calls `check` for every good EDF and BDF sample, and for the real recordings if there. */
static void for_each_file(void (*check)(const char *path))
{
    char path[4096];
    size_t seen = 0;
    DIR *folder = opendir(sample_path("", path));
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, "good-edf-", 9) == 0 ||
            strncmp(entry->d_name, "good-bdf-", 9) == 0) {
            check(sample_path(entry->d_name, path));
            seen++;
        }
    }
    closedir(folder);
    assert_true(seen >= 18);
    for (size_t i = 0; getenv("SOLEUS_RECORDINGS") && i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", getenv("SOLEUS_RECORDINGS"), real_files[i]);
        if (access(path, R_OK) == 0) {
            check(path);
        }
    }
}

static void compare_with_pipe(const char *path)
{
    char pipe_path[64];
    int descriptor;
    struct read_back file, piped;
    struct recording_options options = {0};
    /* Only a file's size can settle this one. */
    if (strstr(path, "good-edf-header-size.edf")) {
        return;
    }
    pid_t child = pipe_from(path, pipe_path, &descriptor);
    read_or_fail(pipe_path, &options, 0.7, 0, &piped);
    close(descriptor);
    waitpid(child, NULL, 0);
    read_or_fail(path, &options, 0.7, 0, &file);
    assert_same_recording(&file, &piped);
    assert_close(file.info->duration, piped.info->duration, 0);
    read_back_clear(&file);
    read_back_clear(&piped);
}

static void pipe_gives_what_the_file_gives(void **state)
{
    (void)state;
    for_each_file(compare_with_pipe);
}

static void compare_block_sizes(const char *path)
{
    struct read_back whole, parts;
    struct recording_options options = {0};
    read_or_fail(path, &options, 1000, 0, &whole);
    for (unsigned seed = 1; seed <= 4; seed++) {
        read_or_fail(path, &options, seed == 1 ? 0.01 : 2.0, seed, &parts);
        assert_same_recording(&whole, &parts);
        read_back_clear(&parts);
    }
    /* One channel alone: the others' planes are NULL, their frames counted all the same. */
    options.channels = "1";
    read_or_fail(path, &options, 0.5, 7, &parts);
    assert_int_equal(parts.counts[0], whole.counts[0]);
    assert_memory_equal(parts.samples[0], whole.samples[0], whole.counts[0] * sizeof(float));
    for (size_t c = 1; c < whole.info->channel_count; c++) {
        assert_null(parts.samples[c]);
        assert_int_equal(parts.counts[c], whole.counts[c]);
    }
    read_back_clear(&parts);
    read_back_clear(&whole);
}

static void block_size_changes_nothing(void **state)
{
    (void)state;
    for_each_file(compare_block_sizes);
}

static void edf_and_bdf_of_one_recording_agree(void **state)
{
    (void)state;
    char path[4096];
    struct read_back edf, bdf;
    struct recording_options options = {0};
    read_or_fail(path_in("SOLEUS_RECORDINGS", "plux_fatigue.edf", path), &options, 3, 0, &edf);
    read_or_fail(path_in("SOLEUS_RECORDINGS", "plux_fatigue.bdf", path), &options, 3, 0, &bdf);
    assert_int_equal(edf.counts[0], 126900);
    assert_int_equal(bdf.counts[0], 126900);
    /* The converter that made the EDF file rounded towards zero. */
    double step = edf.info->channels[0].gain;
    for (size_t i = 0; i < edf.counts[0]; i++) {
        assert_close(edf.samples[0][i], bdf.samples[0][i], 1.001 * step);
    }
    read_back_clear(&edf);
    read_back_clear(&bdf);
}

static void put_field(FILE *file, const char *text, int size)
{
    fprintf(file, "%-*s", size, text);
}

#define LARGE_SAMPLES 1500000

/* One data record of two signals (the second at half the rate) and annotations behind them. */
static void write_large(const char *path, bool cut)
{
    FILE *file = fopen(path, "wb");
    static const int sizes[] = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
    static const char *const texts[][3] = {{"EMG a", "EMG b", "EDF Annotations"},
                                           {"", "", ""},
                                           {"uV", "uV", ""},
                                           {"-32768", "-32768", "-1"},
                                           {"32767", "32767", "1"},
                                           {"-32768", "-32768", "-32768"},
                                           {"32767", "32767", "32767"},
                                           {"", "", ""},
                                           {"1500000", "750000", "20"},
                                           {"", "", ""}};
    char text[40] = "+0\x14\x14\0+7.5\x14mark\x14";
    assert_non_null(file);
    put_field(file, "0", 8);
    put_field(file, "X X X X", 80);
    put_field(file, "Startdate X X X X", 80);
    put_field(file, "01.01.2000.00.001024", 24);
    put_field(file, "EDF+C", 44);
    put_field(file, "1", 8);
    put_field(file, "1500", 8);
    put_field(file, "3", 4);
    for (size_t f = 0; f < 10; f++) {
        for (size_t s = 0; s < 3; s++) {
            put_field(file, texts[f][s], sizes[f]);
        }
    }
    for (int s = 0; s < 2; s++) {
        int count = s == 0 ? LARGE_SAMPLES : cut ? LARGE_SAMPLES / 4 : LARGE_SAMPLES / 2;
        for (int i = 0; i < count; i++) {
            int value = (i * (7 + 2 * s)) % 20011 - 10000;
            putc(value & 0xff, file);
            putc(value >> 8 & 0xff, file);
        }
    }
    if (!cut) {
        fwrite(text, sizeof text, 1, file);
    }
    assert_int_equal(fclose(file), 0);
}

static void large_records_are_read_in_slices(void **state)
{
    (void)state;
    char path[] = "/tmp/soleus-edf-XXXXXX", pipe_path[64];
    int made = mkstemp(path), descriptor;
    assert_true(made >= 0);
    close(made);
    for (int cut = 0; cut < 2; cut++) {
        struct read_back file, piped;
        struct recording_options options = {0};
        write_large(path, cut);
        pid_t child = pipe_from(path, pipe_path, &descriptor);
        read_or_fail(path, &options, 10, 3, &file);
        read_or_fail(pipe_path, &options, 10, 0, &piped);
        close(descriptor);
        waitpid(child, NULL, 0);
        assert_same_recording(&file, &piped);
        assert_int_equal(file.counts[0], LARGE_SAMPLES);
        assert_int_equal(file.counts[1], cut ? LARGE_SAMPLES / 4 : LARGE_SAMPLES / 2);
        assert_int_equal(file.info->annotation_count, !cut);
        assert_int_equal(file.info->warnings.count, cut);
        for (int s = 0; s < 2; s++) {
            for (size_t i = 0; i < file.counts[s]; i++) {
                assert_close(file.samples[s][i], ((int)i * (7 + 2 * s)) % 20011 - 10000, 1e-3);
            }
        }
        read_back_clear(&file);
        read_back_clear(&piped);
    }
    unlink(path);
}

/* A header that claims 200,000 s in one record of 400 MB, and a kilobyte behind it. */
static void huge_records_cost_no_memory(void **state)
{
    (void)state;
    char path[] = "/tmp/soleus-edf-XXXXXX", plain[4096], pipe_path[64], bytes[768 + 1001];
    struct read_back back;
    struct error error = {0};
    struct recording_options options = {0};
    int made = mkstemp(path), ends[2];
    FILE *file = fopen(sample_path("good-edf-plain.edf", plain), "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, sizeof bytes, 1, file), 1);
    fclose(file);
    memcpy(bytes + 236, "1       ", 8);
    memcpy(bytes + 244, "200000  ", 8);
    memcpy(bytes + 688, "9999999 99999999", 16);
    assert_int_equal(write(made, bytes, sizeof bytes), sizeof bytes);
    close(made);
    read_or_fail(path, &options, 1, 0, &back);
    assert_int_equal(back.counts[0], 500);
    assert_int_equal(back.counts[1], 0);
    assert_int_equal(back.info->warnings.count, 1);
    assert_non_null(strstr(back.info->warnings.texts[0], "after 1001 of its"));
    read_back_clear(&back);
    unlink(path);

    memcpy(bytes + 688, "9999999999999999", 16);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, sizeof bytes), sizeof bytes);
    close(ends[1]);
    snprintf(pipe_path, sizeof pipe_path, "/dev/fd/%d", ends[0]);
    assert_int_equal(read_back(pipe_path, &options, 1, 0, &back, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "data records of 399999996 bytes"));
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipe_gives_what_the_file_gives),
        cmocka_unit_test(block_size_changes_nothing),
        cmocka_unit_test(edf_and_bdf_of_one_recording_agree),
        cmocka_unit_test(large_records_are_read_in_slices),
        cmocka_unit_test(huge_records_cost_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
