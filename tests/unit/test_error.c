#include "unit/test.h"

#include "formats/error.h"

#include <string.h>

static void message_has_no_controls(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(error_set(&error, STATUS_FAILED, "a\033[31m\n\xc2\x9b%s", "b"), STATUS_FAILED);
    assert_string_equal(error.message, "a [31m   b");
    error_prefix(&error, "file.edf");
    assert_string_equal(error.message, "file.edf: a [31m   b");
}

static void warnings_are_kept_once(void **state)
{
    (void)state;
    struct warnings warnings = {0};
    warnings_add(&warnings, "record %d is short", 3);
    warnings_add(&warnings, "record %d is short", 3);
    assert_int_equal(warnings.count, 1);
    for (int i = 0; i < 40; i++) {
        warnings_add(&warnings, "warning %d", i);
    }
    assert_int_equal(warnings.count, WARNINGS_MAX);
    assert_int_equal(warnings.omitted, 9);
    warnings_clear(&warnings);
    assert_int_equal(warnings.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_has_no_controls),
        cmocka_unit_test(warnings_are_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
