/* Reals as text: the shortest spelling that reads back, exactly and fast, and the way back. */
#include "formats/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values in [FAST_MINIMUM, FAST_MAXIMUM) are spelled with whole numbers of 128 bits, all others by
 * the C library. */
#define FAST_MINIMUM 1e-15
#define FAST_MAXIMUM 1e15

typedef unsigned __int128 wide;

/* 5^0 ... 5^27 */
static const uint64_t powers_of_5[] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

/* |value| = mantissa · 2^exponent */
struct binary {
    uint64_t mantissa;
    int exponent;
};

static wide power_of_5(int k)
{
    return k <= 27 ? powers_of_5[k] : (wide)powers_of_5[27] * powers_of_5[k - 27];
}

/* Rounds value · 10^k to a whole number, ties to even: exact, since mantissa · 5^k fits in 128 bits
 * for k ≤ 31 and what is left is a shift. True when that number over 10^k reads back to the value,
 * that is, when it is off by less than half the distance to the next double (or by just that, and
 * the tie goes to an even mantissa). */
static bool scale(struct binary value, int k, uint64_t *digits)
{
    wide power = power_of_5(k), scaled = value.mantissa * power;
    int shift = -(value.exponent + k);
    wide unit = (wide)1 << shift, rest = scaled & (unit - 1);
    *digits = (uint64_t)(scaled >> shift);
    bool above = rest > unit / 2 || (rest == unit / 2 && (*digits & 1));
    *digits += above;
    wide error = above ? unit - rest : rest;
    /* Below a power of two, the next double is only half as far. */
    error *= !above && value.mantissa == (uint64_t)1 << 52 ? 4 : 2;
    return error < power || (error == power && (value.mantissa & 1) == 0);
}

/* Writes digits · 10^(ten − count + 1), where count is the number of digits, as %g would with that
 * precision. */
static int put_digits(char *to, bool negative, uint64_t digits, int count, int ten)
{
    char text[24];
    int precision = count;
    while (digits % 10 == 0) {
        digits /= 10;
        count--;
    }
    for (int i = count; i > 0; i--) {
        text[i - 1] = (char)('0' + digits % 10);
        digits /= 10;
    }
    char *p = to;
    if (negative) {
        *p++ = '-';
    }
    if (ten < -4 || ten >= precision) {
        *p++ = text[0];
        if (count > 1) {
            *p++ = '.';
            memcpy(p, text + 1, (size_t)count - 1);
            p += count - 1;
        }
        return (int)(p - to) + sprintf(p, "e%+03d", ten);
    }
    if (ten < 0) {
        memcpy(p, "0.0000", (size_t)(1 - ten));
        p += 1 - ten;
        memcpy(p, text, (size_t)count);
        p += count;
    } else {
        for (int i = 0; i < count || i <= ten; i++) {
            if (i == ten + 1) {
                *p++ = '.';
            }
            *p++ = i < count ? text[i] : '0';
        }
    }
    *p = '\0';
    return (int)(p - to);
}

static int format_fast(char *to, double value)
{
    static const uint64_t limits[] = {1000000000000000u, 10000000000000000u, 100000000000000000u};
    int two;
    struct binary binary;
    binary.mantissa = (uint64_t)ldexp(frexp(fabs(value), &two), 53);
    binary.exponent = two - 53;
    /* log10(2) as 78913 / 2^18 puts the first digit at this power of ten or the next. */
    int ten = ((two - 1) * 78913) >> 18;
    uint64_t digits;
    scale(binary, 16 - ten, &digits);
    ten += digits >= limits[2];
    /* Any decimal of up to 15 digits survives the way to a double and back: what 15 digits do not
     * hold has none shorter. */
    for (int count = 15; count <= 17; count++) {
        bool back = scale(binary, count - 1 - ten, &digits);
        if (back || count == 17) {
            bool carried = digits == limits[count - 15];
            return put_digits(to, value < 0, carried ? digits / 10 : digits, count, ten + carried);
        }
    }
    return 0;
}

int table_format_real(char *to, size_t size, double value)
{
    if (isnan(value)) {
        return snprintf(to, size, "n/a");
    }
    if (isinf(value)) {
        return snprintf(to, size, value < 0 ? "-inf" : "inf");
    }
    if (fabs(value) < FAST_MAXIMUM && value == (double)(int64_t)value) {
        return snprintf(to, size, "%" PRId64, (int64_t)value);
    }
    if (size >= 32 && fabs(value) >= FAST_MINIMUM && fabs(value) < FAST_MAXIMUM) {
        return format_fast(to, value);
    }
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(to, size, "%.*g", digits, value);
        if (strtod(to, NULL) == value) {
            break;
        }
    }
    return length;
}

static bool is_missing(const char *cell)
{
    static const char *const spellings[] = {"", "n/a", "NA", "NaN", "nan"};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        if (strcmp(cell, spellings[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool table_parse_real(const char *cell, double *value)
{
    if (is_missing(cell)) {
        *value = NAN;
        return true;
    }
    const char *digits = cell + (*cell == '-' || *cell == '+');
    if (strcasecmp(digits, "inf") == 0) {
        *value = *cell == '-' ? -INFINITY : INFINITY;
        return true;
    }
    size_t length = strlen(digits);
    if (strspn(digits, "0123456789.eE+-") != length) {
        return false;
    }
    if (length > 1 && digits[0] == '0' && strspn(digits, "0123456789") == length) {
        return false; /* 007 is a name */
    }
    char *end;
    *value = strtod(cell, &end);
    return end != cell && *end == '\0' && isfinite(*value);
}
