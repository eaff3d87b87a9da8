/* Results files that are none, are damaged, or do not fit on the disk. */
#include "unit/test.h"

#include "unit/results_example.h"

#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/soleus-faults-XXXXXX";
static char path[256], example[256];

static int set_up(void **state)
{
    (void)state;
    struct error error = {0};
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/it.h5", folder);
    snprintf(example, sizeof example, "%s/example.h5", folder);
    return example_write(example, 100, false, &error) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    unlink(example);
    return rmdir(folder);
}

static void write_file(const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void assert_not_opened(enum status expected, const char *part)
{
    struct error error = {0};
    struct results *results = (struct results *)&error;
    assert_int_equal(results_open(path, &results, &error), expected);
    assert_null(results);
    if (!strstr(error.message, part) || strncmp(error.message, path, strlen(path)) != 0) {
        print_error("%s\nshould hold: %s\n", error.message, part);
        fail();
    }
}

static void other_files_are_refused(void **state)
{
    (void)state;
    unlink(path);
    assert_not_opened(STATUS_FAILED, "No such file or directory");
    write_file("", 0);
    assert_not_opened(STATUS_FAILED, "the file is empty");
    write_file("onset\tduration\n1\t2\n", 19);
    assert_not_opened(STATUS_UNSUPPORTED, "no results file of soleus");
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    assert_not_opened(STATUS_UNSUPPORTED, "attribute soleus_version is missing");
    char kept[sizeof path];
    memcpy(kept, path, sizeof kept);
    memcpy(path, folder, sizeof folder);
    assert_not_opened(STATUS_FAILED, "directory");
    memcpy(path, kept, sizeof kept);
}

static size_t read_example(char **bytes)
{
    FILE *file = fopen(example, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(size);
    assert_int_equal(fread(*bytes, 1, size, file), size);
    fclose(file);
    return size;
}

static void truncated_files_are_refused(void **state)
{
    (void)state;
    char *bytes;
    size_t size = read_example(&bytes);
    for (size_t part = 0; part < 20; part++) {
        write_file(bytes, 8 + (size - 9) * part / 19);
        assert_not_opened(STATUS_FAILED, part < 19 ? "" : "truncated file");
    }
    free(bytes);
}

static void damaged_arrays_do_not_take_all_memory(void **state)
{
    (void)state;
    /* An array whose shape claims 2^40 values of which none is stored. */
    hsize_t size = 1, huge = (hsize_t)1 << 40, chunk = 1 << 10;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1), scalar = H5Screate(H5S_SCALAR);
    H5Tset_size(type, 8);
    hid_t version = H5Acreate2(file, "soleus_version", type, scalar, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(version, type, "0.1.0\0\0");
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &huge, NULL);
    H5Pset_chunk(layout, 1, &chunk);
    hid_t data = H5Dcreate2(file, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    hid_t strange = H5Dcreate2(file, "y", type, H5Screate_simple(1, &size, NULL), H5P_DEFAULT,
                               H5P_DEFAULT, H5P_DEFAULT);
    assert_true(version >= 0 && data >= 0 && strange >= 0);
    H5Aclose(version);
    H5Dclose(data);
    H5Dclose(strange);
    H5Fclose(file);
    struct error error = {0};
    struct results *results = NULL;
    assert_int_equal(results_open(path, &results, &error), STATUS_OK);
    assert_string_equal(results_text_attribute(results, "soleus_version"), "0.1.0");
    struct results_values values;
    assert_int_equal(results_read(results, "/", "x", &values, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "claims more values than the file can hold"));
    assert_int_equal(results_read(results, "/", "y", &values, &error), STATUS_UNSUPPORTED);
    results_close(results);
}

/* Writes the example with a limit on the size of files; 0: done, 1: refused with a message that
 * names the file and the reason, 2: anything else. */
static int write_limited(rlim_t limit, int *errors)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limits = {limit, limit};
        setrlimit(RLIMIT_FSIZE, &limits);
        if (dup2(*errors, STDERR_FILENO) < 0) {
            exit(3);
        }
        struct error error = {0};
        if (example_write(path, 60, false, &error) == STATUS_OK) {
            exit(0);
        }
        bool good = strstr(error.message, path) && strstr(error.message, "File too large");
        exit(good ? 1 : 2); /* HDF5 cleans up, which must not crash */
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void full_disk_is_noticed(void **state)
{
    (void)state;
    struct stat about;
    assert_int_equal(stat(example, &about), 0);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    for (off_t limit = 0; limit < about.st_size; limit += 9973) {
        int result = write_limited((rlim_t)limit, &pipes[1]);
        if (result != 1) {
            print_error("limit %ld: %d\n", (long)limit, result);
            fail();
        }
    }
    assert_int_equal(write_limited((rlim_t)about.st_size - 1, &pipes[1]), 1);
    assert_int_equal(write_limited((rlim_t)about.st_size, &pipes[1]), 0);
    /* HDF5 has printed nothing. */
    close(pipes[1]);
    char text[64] = "";
    ssize_t got = read(pipes[0], text, sizeof text - 1);
    close(pipes[0]);
    if (got != 0) {
        print_error("on standard error: %s\n", text);
        fail();
    }
}

static void impossible_paths_are_told(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(example_write("/nowhere/at/all.h5", 60, false, &error), STATUS_FAILED);
    assert_string_equal(error.message,
                        "/nowhere/at/all.h5: cannot create: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(damaged_arrays_do_not_take_all_memory),
        cmocka_unit_test(full_disk_is_noticed),
        cmocka_unit_test(impossible_paths_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
