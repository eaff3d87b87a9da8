#include "pipeline/figures/script.h"

#include "formats/utf8.h"
#include "pipeline/figures/display.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figure_script {
    FILE *stream;
    char *text;
    size_t length;
};

struct figure_script *figure_script_create(struct error *error)
{
    struct figure_script *script = calloc(1, sizeof *script);
    if (script) {
        script->stream = open_memstream(&script->text, &script->length);
    }
    if (!script || !script->stream) {
        free(script);
        error_memory(error, "preparing a figure");
        return NULL;
    }
    return script;
}

void figure_script_destroy(struct figure_script *script)
{
    if (script) {
        if (script->stream) {
            fclose(script->stream);
        }
        free(script->text);
        free(script);
    }
}

enum status figure_script_finish(struct figure_script *script, const char **text, size_t *length,
                                 struct error *error)
{
    bool good = script->stream && !ferror(script->stream);
    if (script->stream) {
        good = fclose(script->stream) == 0 && good;
        script->stream = NULL;
    }
    *text = script->text;
    *length = script->length;
    return good ? STATUS_OK : error_memory(error, "preparing a figure");
}

void figure_script_comment(struct figure_script *script, const char *text)
{
    fprintf(script->stream, "# %s\n", text);
}

static void put_real(FILE *stream, double value, int digits)
{
    if (!isfinite(value)) {
        fputs("NaN", stream);
    } else if (value == floor(value) && fabs(value) < 1e15) {
        /* Not -0; a decimal point, lest gnuplot divides as whole numbers do. */
        fprintf(stream, "%.0f.0", value == 0 ? 0.0 : value);
    } else {
        fprintf(stream, "%.*g", digits, value);
    }
}

void figure_script_real(struct figure_script *script, const char *name, double value)
{
    fprintf(script->stream, "%s = ", name);
    put_real(script->stream, value, 15);
    fputc('\n', script->stream);
}

void figure_script_integer(struct figure_script *script, const char *name, int64_t value)
{
    fprintf(script->stream, "%s = %lld\n", name, (long long)value);
}

static void put_text(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (size_t left = strlen(text); left > 0;) {
        size_t length = utf8_character(text, left);
        if (length == 0) {
            fputs("\xef\xbf\xbd", stream);
            length = 1;
        } else if (!figure_character_shown(text, length)) {
            fputc(' ', stream);
        } else {
            fwrite(text, 1, length, stream);
            if (*text == '\'') {
                fputc('\'', stream);
            }
        }
        text += length;
        left -= length;
    }
    fputc('\'', stream);
}

void figure_script_text(struct figure_script *script, const char *name, const char *text)
{
    fprintf(script->stream, "%s = ", name);
    put_text(script->stream, text ? text : "");
    fputc('\n', script->stream);
}

void figure_script_reals(struct figure_script *script, const char *name, const double *values,
                         size_t count)
{
    fprintf(script->stream, "array %s[%zu]\n", name, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        fprintf(script->stream, "%s[%zu] = ", name, i + 1);
        put_real(script->stream, values[i], 15);
        fputc('\n', script->stream);
    }
}

void figure_script_texts(struct figure_script *script, const char *name, const char *const *texts,
                         size_t count)
{
    fprintf(script->stream, "array %s[%zu]\n", name, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        fprintf(script->stream, "%s[%zu] = ", name, i + 1);
        put_text(script->stream, texts[i] ? texts[i] : "");
        fputc('\n', script->stream);
    }
}

void figure_script_data(struct figure_script *script, const char *name)
{
    fprintf(script->stream, "$%s << EOD\n", name);
}

void figure_script_row(struct figure_script *script, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            fputc(' ', script->stream);
        }
        if (isfinite(values[i])) {
            /* Seven digits: more than a picture shows. Times past 10^4 s keep their milliseconds.
             */
            double size = fabs(values[i]);
            fprintf(script->stream, "%.*g", size >= 1e4 ? 12 : 7, values[i] == 0 ? 0.0 : values[i]);
        } else {
            fputs("NaN", script->stream);
        }
    }
    fputc('\n', script->stream);
}

void figure_script_break(struct figure_script *script)
{
    fputc('\n', script->stream);
}

void figure_script_next(struct figure_script *script)
{
    fputs("\n\n", script->stream);
}

void figure_script_data_end(struct figure_script *script)
{
    fputs("EOD\n", script->stream);
}
