/* EDFlib and the project's reader: the same samples wherever EDFlib reads a file, and which files
 * it refuses. */
#include "unit/read_back.h"

#include "formats/text.h"

#include <dirent.h>
#include <edflib.h>

static size_t compared, refused;

static void read_or_fail(const char *path, struct read_back *back)
{
    struct error error = {0};
    /* A channel that has no calibration is refused when it is asked for. */
    struct recording_options options = {.all_channels = !strstr(path, "unreadable-channel")};
    if (read_back(path, &options, 1, 0, back, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
}

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

/* Digital and physical values of one signal. */
static void compare_signal(const struct edf_hdr_struct *header, int s, const struct read_back *back)
{
    const struct channel *channel = &back->info->channels[s];
    long long count = header->signalparam[s].smp_in_file;
    int *digital = malloc((size_t)count * sizeof *digital);
    double *physical = malloc((size_t)count * sizeof *physical);
    double factor = text_microvolts_per(channel->file_unit);
    factor = strcmp(channel->unit, "uV") == 0 ? factor : 1;
    assert_non_null(digital);
    assert_non_null(physical);
    assert_true((long long)back->counts[s] <= count);
    assert_int_equal(edfread_digital_samples(header->handle, s, (int)count, digital), count);
    edfrewind(header->handle, s);
    assert_int_equal(edfread_physical_samples(header->handle, s, (int)count, physical), count);
    assert_true(factor > 0);
    for (size_t i = 0; i < back->counts[s]; i++) {
        double raw = (back->samples[s][i] - channel->offset) / channel->gain;
        assert_int_equal(lrint(raw), digital[i]);
        assert_close(back->samples[s][i], factor * physical[i],
                     1e-6 * (channel->maximum - channel->minimum));
    }
    free(digital);
    free(physical);
}

static void compare_annotations(const struct edf_hdr_struct *header, const struct read_back *back)
{
    for (size_t i = 0; i < back->info->annotation_count; i++) {
        const struct annotation *own = &back->info->annotations[i];
        bool found = false;
        for (int k = 0; k < header->annotations_in_file; k++) {
            struct edf_annotation_struct theirs;
            assert_int_equal(edf_get_annotation(header->handle, k, &theirs), 0);
            double onset = (double)theirs.onset / EDFLIB_TIME_DIMENSION;
            found = found ||
                    (strcmp(theirs.annotation, own->text) == 0 && fabs(onset - own->onset) < 1e-6);
        }
        assert_true(found);
    }
}

static void compare(const char *path)
{
    struct edf_hdr_struct header;
    struct read_back back;
    read_or_fail(path, &back);
    /* In BDF that calls itself EDF+, EDFlib takes the annotations for a signal. */
    if (edfopen_file_readonly(path, &header, EDFLIB_READ_ALL_ANNOTATIONS) != 0) {
        print_message("refused by EDFlib (%d), %zu channels read: %s\n", header.filetype,
                      back.info->channel_count, name_of(path));
        assert_true(back.counts[0] > 0);
        refused++;
    } else if (strstr(path, "good-bdf-named-edf.bdf")) {
        print_message("annotations taken for a signal by EDFlib: %s\n", name_of(path));
        assert_int_equal(header.edfsignals, back.info->channel_count + 1);
        edfclose_file(header.handle);
    } else {
        assert_int_equal(back.info->channel_count, header.edfsignals);
        assert_int_equal(back.info->annotation_count +
                             (strstr(path, "recording-ends") ? 1 : 0), /* used up */
                         header.annotations_in_file);
        for (int s = 0; s < header.edfsignals; s++) {
            compare_signal(&header, s, &back);
        }
        compare_annotations(&header, &back);
        assert_close(header.starttime_subsecond / 1e7, back.info->start.fraction, 1e-7);
        edfclose_file(header.handle);
        compared++;
    }
    read_back_clear(&back);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every EDF and BDF file of a folder that should be readable; those of samples/ say it. */
static void compare_folder(const char *folder, bool samples)
{
    char *names[256], path[4096];
    size_t count = 0;
    DIR *open = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; open && (entry = readdir(open)) && count < 256;) {
        const char *dot = strrchr(entry->d_name, '.');
        bool edf = dot && (strcmp(dot, ".edf") == 0 || strcmp(dot, ".bdf") == 0);
        if (edf && (!samples || strncmp(entry->d_name, "good-", 5) == 0)) {
            names[count] = strdup(entry->d_name);
            assert_non_null(names[count++]);
        }
    }
    if (open) {
        closedir(open);
    }
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        compare(path);
        free(names[i]);
    }
}

static void samples_agree(void **state)
{
    (void)state;
    compared = refused = 0;
    compare_folder(getenv("SOLEUS_SAMPLES"), true);
    print_message("%zu sample files compared with EDFlib, %zu refused by it\n", compared, refused);
    assert_true(compared >= 5);
    assert_true(refused >= 5);
}

static void recordings_agree(void **state)
{
    (void)state;
    compared = refused = 0;
    compare_folder(getenv("SOLEUS_RECORDINGS"), false);
    print_message("%zu real recordings compared with EDFlib, %zu refused by it\n", compared,
                  refused);
    if (compared + refused == 0) {
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_agree),
        cmocka_unit_test(recordings_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
