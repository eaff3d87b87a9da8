#include "formats/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10^q for q = POWER_FIRST...POWER_LAST as 2^floor(log2(10^q)) · c / 2^127 with c rounded down to
 * a whole number of 128 bits (exact for 0 ≤ q ≤ 55), high and low half. The unit test checks the
 * whole table through number_parse. */
#define POWER_FIRST -60
#define POWER_LAST  40

static const uint64_t powers[POWER_LAST - POWER_FIRST + 1][2] = {
    {0xcdb02555653131b6, 0x3792f412cb06794d}, {0x808e17555f3ebf11, 0xe2bbd88bbee40bd0},
    {0xa0b19d2ab70e6ed6, 0x5b6aceaeae9d0ec4}, {0xc8de047564d20a8b, 0xf245825a5a445275},
    {0xfb158592be068d2e, 0xeed6e2f0f0d56712}, {0x9ced737bb6c4183d, 0x55464dd69685606b},
    {0xc428d05aa4751e4c, 0xaa97e14c3c26b886}, {0xf53304714d9265df, 0xd53dd99f4b3066a8},
    {0x993fe2c6d07b7fab, 0xe546a8038efe4029}, {0xbf8fdb78849a5f96, 0xde98520472bdd033},
    {0xef73d256a5c0f77c, 0x963e66858f6d4440}, {0x95a8637627989aad, 0xdde7001379a44aa8},
    {0xbb127c53b17ec159, 0x5560c018580d5d52}, {0xe9d71b689dde71af, 0xaab8f01e6e10b4a6},
    {0x9226712162ab070d, 0xcab3961304ca70e8}, {0xb6b00d69bb55c8d1, 0x3d607b97c5fd0d22},
    {0xe45c10c42a2b3b05, 0x8cb89a7db77c506a}, {0x8eb98a7a9a5b04e3, 0x77f3608e92adb242},
    {0xb267ed1940f1c61c, 0x55f038b237591ed3}, {0xdf01e85f912e37a3, 0x6b6c46dec52f6688},
    {0x8b61313bbabce2c6, 0x2323ac4b3b3da015}, {0xae397d8aa96c1b77, 0xabec975e0a0d081a},
    {0xd9c7dced53c72255, 0x96e7bd358c904a21}, {0x881cea14545c7575, 0x7e50d64177da2e54},
    {0xaa242499697392d2, 0xdde50bd1d5d0b9e9}, {0xd4ad2dbfc3d07787, 0x955e4ec64b44e864},
    {0x84ec3c97da624ab4, 0xbd5af13bef0b113e}, {0xa6274bbdd0fadd61, 0xecb1ad8aeacdd58e},
    {0xcfb11ead453994ba, 0x67de18eda5814af2}, {0x81ceb32c4b43fcf4, 0x80eacf948770ced7},
    {0xa2425ff75e14fc31, 0xa1258379a94d028d}, {0xcad2f7f5359a3b3e, 0x096ee45813a04330},
    {0xfd87b5f28300ca0d, 0x8bca9d6e188853fc}, {0x9e74d1b791e07e48, 0x775ea264cf55347d},
    {0xc612062576589dda, 0x95364afe032a819d}, {0xf79687aed3eec551, 0x3a83ddbd83f52204},
    {0x9abe14cd44753b52, 0xc4926a9672793542}, {0xc16d9a0095928a27, 0x75b7053c0f178293},
    {0xf1c90080baf72cb1, 0x5324c68b12dd6338}, {0x971da05074da7bee, 0xd3f6fc16ebca5e03},
    {0xbce5086492111aea, 0x88f4bb1ca6bcf584}, {0xec1e4a7db69561a5, 0x2b31e9e3d06c32e5},
    {0x9392ee8e921d5d07, 0x3aff322e62439fcf}, {0xb877aa3236a4b449, 0x09befeb9fad487c2},
    {0xe69594bec44de15b, 0x4c2ebe687989a9b3}, {0x901d7cf73ab0acd9, 0x0f9d37014bf60a10},
    {0xb424dc35095cd80f, 0x538484c19ef38c94}, {0xe12e13424bb40e13, 0x2865a5f206b06fb9},
    {0x8cbccc096f5088cb, 0xf93f87b7442e45d3}, {0xafebff0bcb24aafe, 0xf78f69a51539d748},
    {0xdbe6fecebdedd5be, 0xb573440e5a884d1b}, {0x89705f4136b4a597, 0x31680a88f8953030},
    {0xabcc77118461cefc, 0xfdc20d2b36ba7c3d}, {0xd6bf94d5e57a42bc, 0x3d32907604691b4c},
    {0x8637bd05af6c69b5, 0xa63f9a49c2c1b10f}, {0xa7c5ac471b478423, 0x0fcf80dc33721d53},
    {0xd1b71758e219652b, 0xd3c36113404ea4a8}, {0x83126e978d4fdf3b, 0x645a1cac083126e9},
    {0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a3}, {0xcccccccccccccccc, 0xcccccccccccccccc},
    {0x8000000000000000, 0x0000000000000000}, {0xa000000000000000, 0x0000000000000000},
    {0xc800000000000000, 0x0000000000000000}, {0xfa00000000000000, 0x0000000000000000},
    {0x9c40000000000000, 0x0000000000000000}, {0xc350000000000000, 0x0000000000000000},
    {0xf424000000000000, 0x0000000000000000}, {0x9896800000000000, 0x0000000000000000},
    {0xbebc200000000000, 0x0000000000000000}, {0xee6b280000000000, 0x0000000000000000},
    {0x9502f90000000000, 0x0000000000000000}, {0xba43b74000000000, 0x0000000000000000},
    {0xe8d4a51000000000, 0x0000000000000000}, {0x9184e72a00000000, 0x0000000000000000},
    {0xb5e620f480000000, 0x0000000000000000}, {0xe35fa931a0000000, 0x0000000000000000},
    {0x8e1bc9bf04000000, 0x0000000000000000}, {0xb1a2bc2ec5000000, 0x0000000000000000},
    {0xde0b6b3a76400000, 0x0000000000000000}, {0x8ac7230489e80000, 0x0000000000000000},
    {0xad78ebc5ac620000, 0x0000000000000000}, {0xd8d726b7177a8000, 0x0000000000000000},
    {0x878678326eac9000, 0x0000000000000000}, {0xa968163f0a57b400, 0x0000000000000000},
    {0xd3c21bcecceda100, 0x0000000000000000}, {0x84595161401484a0, 0x0000000000000000},
    {0xa56fa5b99019a5c8, 0x0000000000000000}, {0xcecb8f27f4200f3a, 0x0000000000000000},
    {0x813f3978f8940984, 0x4000000000000000}, {0xa18f07d736b90be5, 0x5000000000000000},
    {0xc9f2c9cd04674ede, 0xa400000000000000}, {0xfc6f7c4045812296, 0x4d00000000000000},
    {0x9dc5ada82b70b59d, 0xf020000000000000}, {0xc5371912364ce305, 0x6c28000000000000},
    {0xf684df56c3e01bc6, 0xc732000000000000}, {0x9a130b963a6c115c, 0x3c7f400000000000},
    {0xc097ce7bc90715b3, 0x4b9f100000000000}, {0xf0bdc21abb48db20, 0x1e86d40000000000},
    {0x96769950b50d88f4, 0x1314448000000000}, {0xbc143fa4e250eb31, 0x17d955a000000000},
    {0xeb194f8e1ae525fd, 0x5dcfab0800000000},
};

static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define EXACT_POWER_MAX 22

/* digits · 10^q by one product of 64 × 128 bits. The table's rounding and the bits cut off below
 * can raise the product's upper 128 bits by one at most: false when that, or an exact tie, could
 * change the rounding. digits > 0. */
static bool scale(uint64_t digits, int q, double *value)
{
    if (q < POWER_FIRST || q > POWER_LAST) {
        return false;
    }
    int shift = __builtin_clzll(digits);
    uint64_t w = digits << shift;
    unsigned __int128 high = (unsigned __int128)w * powers[q - POWER_FIRST][0];
    unsigned __int128 low = (unsigned __int128)w * powers[q - POWER_FIRST][1];
    high += (uint64_t)(low >> 64);
    uint64_t top = (uint64_t)(high >> 64), middle = (uint64_t)high;
    int upper = (int)(top >> 63);
    int drop = upper + 9; /* 54 bits stay: 53 and the one that rounds */
    uint64_t mask = ((uint64_t)1 << drop) - 1, rest = top & mask;
    uint64_t mantissa = top >> drop;
    if ((rest == mask && middle == UINT64_MAX) || (rest == 0 && middle == 0 && (mantissa & 1))) {
        return false;
    }
    mantissa = (mantissa + 1) >> 1;
    int exponent = upper + 11 - shift + ((q * 217706) >> 16);
    if (mantissa >> 53) {
        mantissa >>= 1;
        exponent++;
    }
    uint64_t bits = ((uint64_t)(exponent + 52 + 1023) << 52) | (mantissa & ~((uint64_t)1 << 52));
    memcpy(value, &bits, sizeof *value);
    return true;
}

/* The C library's answer for the number in [start, end), whose syntax has been checked. */
static const char *parse_slowly(const char *start, const char *end, char mark, double *value)
{
    char copy[NUMBER_LENGTH_MAX + 1];
    size_t length = (size_t)(end - start);
    if (length > NUMBER_LENGTH_MAX) {
        return NULL;
    }
    memcpy(copy, start, length);
    copy[length] = '\0';
    char *comma = mark == '.' ? NULL : memchr(copy, mark, length);
    if (comma) {
        *comma = '.';
    }
    *value = strtod(copy, NULL);
    return end;
}

static inline unsigned digit_at(const char *p)
{
    return (unsigned)(unsigned char)*p - '0';
}

/* Reads e[+-]digits; leaves p alone when no digit follows. */
static const char *parse_exponent(const char *p, int *exponent)
{
    const char *at = p + 1;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    if (digit_at(at) > 9) {
        return p;
    }
    int sum = 0;
    for (; digit_at(at) <= 9; at++) {
        sum = sum < 100000 ? sum * 10 + (int)digit_at(at) : sum;
    }
    *exponent = negative ? -sum : sum;
    return at;
}

/* Zeros before the first digit that counts. */
static size_t leading_zeros(const char *p, char mark)
{
    size_t zeros = 0;
    for (; *p == '0' || *p == mark; p++) {
        zeros += *p == '0';
    }
    return zeros;
}

const char *number_parse(const char *p, char mark, double *value)
{
    const char *start = p;
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    const char *first = p;
    uint64_t digits = 0;
    unsigned digit;
    while ((digit = digit_at(p)) <= 9) {
        digits = digits * 10 + digit;
        p++;
    }
    size_t count = (size_t)(p - first);
    int exponent = 0;
    if (*p == mark && (digit_at(p + 1) <= 9 || (mark == '.' && count > 0))) {
        const char *fraction = ++p;
        while ((digit = digit_at(p)) <= 9) {
            digits = digits * 10 + digit;
            p++;
        }
        exponent = -(int)(p - fraction < 10000 ? p - fraction : 10000);
        count += (size_t)(p - fraction);
    }
    if (count == 0) {
        return NULL;
    }
    if ((*p | 0x20) == 'e') {
        int power = 0;
        p = parse_exponent(p, &power);
        exponent += power;
    }
    if (count > 19 && count - leading_zeros(first, mark) > 19) {
        return parse_slowly(start, p, mark, value);
    }
    double result;
    if (digits >> 53 == 0 && exponent <= 0 && exponent >= -EXACT_POWER_MAX) {
        result = (double)digits / exact_powers[-exponent];
    } else if (digits == 0) {
        result = 0;
    } else if (!scale(digits, exponent, &result)) {
        return parse_slowly(start, p, mark, value);
    }
    *value = negative ? -result : result;
    return p;
}

/* Writes digits · 10^-decimals without an exponent. */
static size_t put_decimal(uint64_t digits, int decimals, bool negative, char *to)
{
    char text[NUMBER_SIZE];
    int count = 0;
    size_t length = 0;
    for (; decimals > 0 && digits % 10 == 0; decimals--) {
        digits /= 10;
    }
    for (; decimals < 0; decimals++) {
        digits *= 10;
    }
    for (; digits > 0 || count <= decimals; digits /= 10) {
        text[count++] = (char)('0' + digits % 10);
    }
    if (negative) {
        to[length++] = '-';
    }
    while (count > 0) {
        if (count-- == decimals) {
            to[length++] = '.';
        }
        to[length++] = text[count];
    }
    to[length] = '\0';
    return length;
}

/* True when the decimal `near` lies inside the interval that rounds to value. The interval is
 * narrowed a little, since `near` itself is rounded. */
static bool reads_back(float value, double near)
{
    double exact = (double)value;
    double other = (double)nextafterf(value, near < exact ? 0.0f : HUGE_VALF);
    return fabs(near - exact) < 0.499999 * fabs(other - exact);
}

size_t number_format_float(float value, char to[NUMBER_SIZE])
{
    double magnitude = fabs((double)value);
    if (magnitude >= 1e-5 && magnitude < 1e9) {
        int leading = -5; /* power of ten of the first digit */
        while (leading < 8 && magnitude >= (leading < -1 ? 1 / exact_powers[-1 - leading]
                                                         : exact_powers[leading + 1])) {
            leading++;
        }
        /* A decimal of up to six digits shows as trailing zeros; nine always suffice. */
        for (int precision = 6; precision <= 9; precision++) {
            int decimals = precision - 1 - leading;
            double power = exact_powers[decimals < 0 ? -decimals : decimals];
            double digits = rint(decimals < 0 ? magnitude / power : magnitude * power);
            double near = decimals < 0 ? digits * power : digits / power;
            if (reads_back((float)magnitude, near)) {
                return put_decimal((uint64_t)digits, decimals, value < 0, to);
            }
        }
    }
    if (value == 0 || isnan(value)) {
        return (size_t)snprintf(to, NUMBER_SIZE, "%s",
                                isnan(value)     ? "NaN"
                                : signbit(value) ? "-0"
                                                 : "0");
    }
    int length = 0;
    for (int precision = 1; precision <= 9; precision++) {
        length = snprintf(to, NUMBER_SIZE, "%.*g", precision, (double)value);
        if (strtof(to, NULL) == value) {
            break;
        }
    }
    return (size_t)length;
}
