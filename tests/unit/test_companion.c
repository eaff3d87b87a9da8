/* Files beside a header, and files that no reader takes. */
#include "unit/test.h"

#include "formats/companion.h"
#include "formats/registry.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/soleus-companion-XXXXXX";

static void put(const char *name, const void *data, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    char inner[128];
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(inner, sizeof inner, "%s/part", folder);
    put("Header.one", "header", 6);
    put("Signals.DAT", "signals", 7);
    return mkdir(inner, 0700) == 0 ? (put("part/inner.dat", "inner", 5), 0) : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

/* The first byte of the companion of that name; -1 and the message when it is not opened. */
static int first_byte(const char *name, struct recording_info *info, struct error *error)
{
    char path[128];
    struct source *header = NULL, *source = NULL;
    const unsigned char *data;
    size_t size;
    int byte = -1;
    snprintf(path, sizeof path, "%s/Header.one", folder);
    assert_int_equal(source_open(path, &header, error), STATUS_OK);
    if (companion_open(header, info, name, &source, error) == STATUS_OK) {
        assert_int_equal(source_peek(source, 1, &data, &size, error), STATUS_OK);
        byte = data[0];
        assert_true(companion_exists(header, name));
    } else {
        assert_null(source);
        assert_false(companion_exists(header, name));
    }
    source_close(source);
    source_close(header);
    return byte;
}

static void test_opens_what_is_beside(void **state)
{
    (void)state;
    struct recording_info info = {0};
    struct error error = {0};
    assert_int_equal(first_byte("Signals.DAT", &info, &error), 's');
    assert_int_equal(first_byte("signals.dat", &info, &error), 's');
    assert_int_equal(first_byte("part/inner.dat", &info, &error), 'i');
    assert_int_equal(first_byte("part\\inner.dat", &info, &error), 'i');
    assert_int_equal(first_byte("./Signals.DAT", NULL, &error), 's');
    /* By whatever spelling it was asked for, a file is noted once. */
    assert_int_equal(info.file_count, 2);
    assert_non_null(strstr(info.files[0], "Signals.DAT"));
    recording_info_clear(&info);
}

/* Of several names that differ in case alone the first by bytes is opened, on every machine. */
static void test_chooses_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"cAses.dat", "caSes.dat", "CASES.dat", "casEs.dat",
                                        "caseS.dat", "Cases.dat", "CAses.dat"};
    struct error error = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char number = (char)('0' + i);
        put(names[i], &number, 1);
    }
    assert_int_equal(first_byte("cases.DAT", NULL, &error), '2');
}

static void test_refuses_what_is_elsewhere(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
    } cases[] = {{"/etc/passwd", "absolute"},    {"C:\\signals.dat", "absolute"},
                 {"../Header.one", "leads out"}, {"part/../Signals.DAT", "leads out"},
                 {"part\\..\\x", "leads out"},   {"", "empty"},
                 {"absent.dat", "not beside"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        assert_int_equal(first_byte(cases[i].name, NULL, &error), -1);
        if (!strstr(error.message, cases[i].words)) {
            fail_msg("'%s': %s", cases[i].name, error.message);
        }
    }
}

static void test_names_of_parts(void **state)
{
    (void)state;
    char path[128], name[32];
    struct source *header = NULL;
    struct error error = {0};
    snprintf(path, sizeof path, "%s/Header.one", folder);
    assert_int_equal(source_open(path, &header, &error), STATUS_OK);
    assert_true(companion_name(header, "atr", name, sizeof name));
    assert_string_equal(name, "Header.atr");
    assert_false(companion_name(header, "atr", name, 10));
    source_close(header);
}

static void test_says_what_an_unread_file_is(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *words;
        enum status status;
    } cases[] = {{"\x1f\x8b\x08\0\0\0\0\0", 8, "unpack", STATUS_UNSUPPORTED},
                 {"TDSm\x0e\0\0\0", 8, "LVM", STATUS_UNSUPPORTED},
                 {"\x93NUMPY\x01\0", 8, "savemat", STATUS_UNSUPPORTED},
                 {"######## Neuralynx Data File Header\r\n\0\0", 39, "NWB", STATUS_UNSUPPORTED},
                 {"\x01\x02\x03\x04\x05\0\0\0", 8, "no known format", STATUS_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128];
        struct source *source = NULL;
        const struct reader *reader = NULL;
        struct error error = {0};
        put("unread", cases[i].bytes, cases[i].size);
        snprintf(path, sizeof path, "%s/unread", folder);
        assert_int_equal(source_open(path, &source, &error), STATUS_OK);
        assert_int_equal(registry_detect(source, &reader, &error), cases[i].status);
        if (!strstr(error.message, cases[i].words)) {
            fail_msg("%s", error.message);
        }
        source_close(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_what_is_beside),        cmocka_unit_test(test_chooses_by_name),
        cmocka_unit_test(test_refuses_what_is_elsewhere),   cmocka_unit_test(test_names_of_parts),
        cmocka_unit_test(test_says_what_an_unread_file_is),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
