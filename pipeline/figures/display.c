#include "pipeline/figures/display.h"

#include "formats/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS    "\xe2\x80\xa6"
#define REPLACEMENT "\xef\xbf\xbd"
#define MINUS       "\xe2\x88\x92"

bool figure_character_shown(const char *character, size_t length)
{
    const unsigned char *c = (const unsigned char *)character;
    switch (length) {
    case 1:
        return c[0] >= 0x20 && c[0] != 0x7f;
    case 2:
        return !(c[0] == 0xc2 && c[1] < 0xa0);
    case 3:
        return !(c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9)) &&
               !(c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe);
    default:
        return true;
    }
}

/* A copy with what must not be shown replaced; *count characters. */
static char *clean_copy(const char *text, size_t *count)
{
    size_t left = strlen(text);
    char *copy = malloc(3 * left + 1), *to = copy;
    *count = 0;
    while (copy && left > 0) {
        size_t length = utf8_character(text, left);
        const char *from = length == 0                            ? REPLACEMENT
                           : figure_character_shown(text, length) ? text
                                                                  : " ";
        size_t bytes = from == text ? length : strlen(from);
        memcpy(to, from, bytes);
        to += bytes;
        length = length ? length : 1;
        text += length;
        left -= length;
        ++*count;
    }
    if (copy) {
        *to = '\0';
    }
    return copy;
}

/* Where character `index` of a clean text starts. */
static char *character_at(char *text, size_t index)
{
    while (index-- > 0) {
        text += utf8_character(text, strlen(text));
    }
    return text;
}

char *figure_display_text(const char *text, size_t characters)
{
    size_t count;
    char *copy = clean_copy(text, &count);
    if (!copy || count <= characters) {
        return copy;
    }
    size_t tail = (characters - 1) * 2 / 5, head = characters - 1 - tail;
    char *cut = NULL;
    char *end = character_at(copy, count - tail);
    *character_at(copy, head) = '\0';
    if (asprintf(&cut, "%s" ELLIPSIS "%s", copy, end) < 0) {
        cut = NULL;
    }
    free(copy);
    return cut;
}

const char *figure_base_name(const char *path)
{
    const char *base = path;
    for (const char *p = path; *p; p++) {
        if (*p == '/' && p[1]) {
            base = p + 1;
        }
    }
    return base;
}

/* Digits and the minus sign after ^, raised. */
static const char *raised(char c)
{
    static const char *const digits[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
        "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
    return c == '-' ? "\xe2\x81\xbb" : c >= '0' && c <= '9' ? digits[c - '0'] : NULL;
}

void figure_display_unit(const char *unit, char *to, size_t size)
{
    size_t used = 0;
    bool power = false;
    to[0] = '\0';
    if (!unit || strcmp(unit, "1") == 0) {
        return;
    }
    for (const char *p = unit; *p && used + 8 < size; p++) {
        const char *piece = power ? raised(*p) : NULL;
        char same[2] = {*p, '\0'};
        power = power && piece;
        if (*p == '^' && raised(p[1])) {
            power = true;
            continue;
        }
        if (!piece && *p == 'u' && p[1] == 'V') {
            piece = "\xc2\xb5";
        }
        used += (size_t)snprintf(to + used, size - used, "%s", piece ? piece : same);
    }
}

/* A number that printf has spelled, with a true minus sign; "−0.00" is "0.00". */
static void copy_number(const char *spelled, char *to, size_t size)
{
    bool zero = strcspn(spelled, "123456789") == strlen(spelled);
    const char *digits = spelled + (*spelled == '-');
    size_t used = (size_t)snprintf(to, size, "%s", *spelled == '-' && !zero ? MINUS : "");
    for (const char *p = digits; *p && used + 4 < size; p++) {
        used += (size_t)snprintf(to + used, size - used, *p == '-' ? MINUS : "%c", *p);
    }
}

void figure_display_number(double value, int digits, char *to, size_t size)
{
    char text[64];
    if (isnan(value)) {
        snprintf(to, size, "n/a");
        return;
    }
    snprintf(text, sizeof text, "%.*g", digits, value);
    copy_number(text, to, size);
}

void figure_display_interval(double value, double low, double high, char *to, size_t size)
{
    char texts[3][64], spelled[64], exponent[16], power[40] = "";
    const double values[3] = {value, low, high};
    double half = (high - low) / 2, largest = fmax(fabs(value), fmax(fabs(low), fabs(high)));
    if (!isfinite(value) || !isfinite(half) || half <= 0) {
        figure_display_number(value, 3, to, size);
        return;
    }
    int decimals = 1 - (int)floor(log10(half)), scale = 0;
    if (decimals > 4 || largest >= 1e6) {
        scale = (int)floor(log10(largest));
        decimals += scale;
        snprintf(exponent, sizeof exponent, "10^%d", scale);
        figure_display_unit(exponent, power, sizeof power);
    }
    decimals = decimals < 0 ? 0 : decimals > 4 ? 4 : decimals;
    for (int i = 0; i < 3; i++) {
        snprintf(spelled, sizeof spelled, "%.*f", decimals, values[i] / pow(10, scale));
        copy_number(spelled, texts[i], sizeof texts[i]);
    }
    snprintf(to, size, "%s [%s, %s]%s%s", texts[0], texts[1], texts[2], scale ? "\xc2\xb7" : "",
             power);
}

void figure_display_p(double p, char *to, size_t size)
{
    if (isnan(p)) {
        snprintf(to, size, "p n/a");
    } else if (p < 0.001) {
        snprintf(to, size, "p < 0.001");
    } else {
        snprintf(to, size, "p = %.*f", p < 0.1 ? 3 : 2, p);
    }
}
