#include "unit/test.h"

#include "formats/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A fixed sequence: xorshift64. */
static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* number_parse must give strtod's bits and end, for '.' and, rewritten, for ','. */
static void check(const char *text)
{
    char line[NUMBER_LENGTH_MAX + 8];
    char *expected_end;
    double value = -1;
    double expected = strtod(text, &expected_end);
    snprintf(line, sizeof line, "%s\n", text);
    for (const char *mark = ".,"; *mark; mark++) {
        char *point = strchr(line, '.');
        if (point) {
            *point = *mark;
        }
        const char *end = number_parse(line, *mark, &value);
        if (!end || end - line != expected_end - text ||
            memcmp(&value, &expected, sizeof value) != 0) {
            print_error("'%s' with '%c': %.17g for %.17g\n", text, *mark, value, expected);
            fail();
        }
    }
}

static void random_decimals_match_strtod(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    char text[64];
    for (int i = 0; i < 2000000; i++) {
        uint64_t digits = next(&seed) >> (next(&seed) % 64);
        int decimals = (int)(next(&seed) % 20);
        const char *sign = next(&seed) & 1 ? "-" : "";
        switch (next(&seed) % 3) {
        case 0: /* as tables have them */
            snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64, sign, digits % 100000,
                     decimals ? decimals : 1, next(&seed) % 1000000);
            break;
        case 1: /* up to 20 digits, with an exponent that the table of powers may not hold */
            snprintf(text, sizeof text, "%s%" PRIu64 "e%d", sign, digits,
                     (int)(next(&seed) % 140) - 70);
            break;
        default: /* as a program writes a double */
            snprintf(text, sizeof text, "%s%.*e", sign, decimals,
                     (double)digits * pow(10, -(int)(next(&seed) % 25)));
        }
        check(text);
    }
}

/* Decimals at, and next to, the middle between two doubles. */
static void hard_decimals_match_strtod(void **state)
{
    (void)state;
    uint64_t seed = 2463534242u;
    char text[128];
    for (int i = 0; i < 300000; i++) {
        /* m + 1/2 with m of 53 bits, scaled by a small power of two, is a tie in 17–19 digits. */
        uint64_t odd = (next(&seed) >> 10 | (uint64_t)1 << 53) | 1;
        snprintf(text, sizeof text, "%" PRIu64, odd);
        check(text);
        snprintf(text, sizeof text, "%" PRIu64 "e-%d", odd, (int)(next(&seed) % 30));
        check(text);
        /* The exact middle of two doubles in full, then cut to 19 digits and one unit around. */
        double low = (double)(next(&seed) >> 11) * ldexp(1, -(int)(next(&seed) % 100));
        snprintf(text, sizeof text, "%.18Le",
                 ((long double)low + (long double)nextafter(low, INFINITY)) / 2);
        check(text);
        size_t last = strcspn(text, "e") - 1;
        text[last] = text[last] == '9' ? '8' : (char)(text[last] + 1);
        check(text);
    }
    const char *const known[] = {"9007199254740993",
                                 "9007199254740992.5",
                                 "9007199254740993.0000000000000000001",
                                 "1.7976931348623157e308",
                                 "1e309",
                                 "-1e400",
                                 "4.9e-324",
                                 "2.4703282292062327e-324",
                                 "2.2250738585072011e-308",
                                 "1e-400",
                                 "0",
                                 "-0",
                                 "0.0e99",
                                 "00012.500",
                                 "+5",
                                 "1e23",
                                 "8.41",
                                 "9.5e-3",
                                 "5e-324",
                                 "123456789012345678",
                                 "1234567890123456789012345678901234567890",
                                 "0.1000000000000000055511151231257827021181583404541015625",
                                 "3.2e+003",
                                 "-.5",
                                 "6.02214076E+23",
                                 "0.000000000000000000000000000000000000000000000000001",
                                 "18446744073709551615",
                                 "9999999999999999999",
                                 "99999999999999999999e-60"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        check(known[i]);
    }
}

/* Every power that a table could hold. */
static void powers_match_strtod(void **state)
{
    (void)state;
    char text[64];
    for (int q = -330; q <= 310; q++) {
        for (uint64_t digits = 1; digits < UINT64_MAX / 100; digits = digits * 7 + 3) {
            snprintf(text, sizeof text, "%" PRIu64 "e%d", digits, q);
            check(text);
        }
    }
}

/* Where a number ends, and what is none. */
static void syntax(void **state)
{
    (void)state;
    const struct {
        const char *text;
        char mark;
        int length; /* −1: no number */
        double value;
    } cases[] = {
        {"1.5,2\n", '.', 3, 1.5},  {"1,5;2\n", ',', 3, 1.5}, {"1,\n", ',', 1, 1},
        {"1.\n", '.', 2, 1},       {".5\n", '.', 2, 0.5},    {",5\n", ',', 2, 0.5},
        {"1e\n", '.', 1, 1},       {"1e+\n", '.', 1, 1},     {"1e5x\n", '.', 3, 1e5},
        {"0x10\n", '.', 1, 0},     {"-\n", '.', -1, 0},      {".\n", '.', -1, 0},
        {"\n", '.', -1, 0},        {"nan\n", '.', -1, 0},    {"inf\n", '.', -1, 0},
        {"--1\n", '.', -1, 0},     {" 1\n", '.', -1, 0},     {"1.5.5\n", '.', 3, 1.5},
        {"-e5\n", '.', -1, 0},     {"1 000\n", '.', 1, 1},   {"1.5\n", ',', 1, 1},
        {"+.5e-1\n", '.', 6, .05},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0;
        const char *end = number_parse(cases[i].text, cases[i].mark, &value);
        int length = end ? (int)(end - cases[i].text) : -1;
        if (length != cases[i].length || value != cases[i].value) {
            print_error("case %zu '%s': length %d, value %g\n", i, cases[i].text, length, value);
            fail();
        }
    }
    char digits[NUMBER_LENGTH_MAX + 3];
    double value;
    memset(digits, '7', sizeof digits);
    digits[NUMBER_LENGTH_MAX + 1] = '\n';
    assert_null(number_parse(digits, '.', &value));
    digits[NUMBER_LENGTH_MAX] = '\n';
    assert_ptr_equal(number_parse(digits, '.', &value), digits + NUMBER_LENGTH_MAX);
    assert_true(isinf(value));
}

/* The written decimal reads back to the same float, and none of fewer digits would. */
static void check_float(float value)
{
    char text[NUMBER_SIZE + 1], other[64];
    double parsed;
    size_t length = number_format_float(value, text);
    assert_int_equal(length, strlen(text));
    if (strtof(text, NULL) != value || signbit(strtof(text, NULL)) != signbit(value)) {
        print_error("%.9g is written as %s\n", (double)value, text);
        fail();
    }
    strcpy(text + length, "\n");
    const char *end = number_parse(text, '.', &parsed);
    assert_ptr_equal(end, text + length);
    assert_true((float)parsed == value);
    int digits = 0;
    bool leading = true;
    for (const char *p = text; *p && *p != 'e'; p++) {
        leading = leading && (*p < '1' || *p > '9');
        digits += !leading && *p >= '0' && *p <= '9';
    }
    if (!strchr(text, '.')) {
        return; /* zeros of a whole number are no digits that could be left out */
    }
    snprintf(other, sizeof other, "%.*e", digits - 2, (double)value);
    if (digits >= 2 && strtof(other, NULL) == value) {
        print_error("%s could be %s\n", text, other);
        fail();
    }
}

static void floats_are_written_shortest(void **state)
{
    (void)state;
    uint64_t seed = 123456789u;
    for (int i = 0; i < 400000; i++) {
        uint32_t bits = (uint32_t)next(&seed);
        float value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value) && i % 4 == 0) {
            check_float(value);
        }
        check_float((float)((double)(int32_t)next(&seed) / 1e6)); /* microvolts */
        check_float((float)((int)(next(&seed) % 20001) - 10000) / 1000);
    }
    for (int e = -20; e < 32; e++) {
        check_float(ldexpf(1, e));
        check_float(nextafterf(ldexpf(1, e), 0));
        check_float(nextafterf(ldexpf(1, e), HUGE_VALF));
    }
    const struct {
        float value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0f, "-0"},
                 {1, "1"},
                 {-10.361f, "-10.361"},
                 {0.1f, "0.1"},
                 {100, "100"},
                 {123456792, "123456790"},
                 {0.00002f, "0.00002"},
                 {0.00001f, "1e-05"},
                 {1e-6f, "1e-06"},
                 {3.2e20f, "3.2e+20"},
                 {0.3333333433f, "0.33333334"},
                 {16777216, "16777216"},
                 {NAN, "NaN"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_SIZE];
        number_format_float(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_decimals_match_strtod),
        cmocka_unit_test(hard_decimals_match_strtod),
        cmocka_unit_test(powers_match_strtod),
        cmocka_unit_test(syntax),
        cmocka_unit_test(floats_are_written_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
