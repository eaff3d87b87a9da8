#include "pipeline/commands/provenance.h"

#include "formats/checksum.h"
#include "formats/table.h"
#include "formats/utf8.h"
#include "pipeline/commands/options.h"
#include "pipeline/shell_word.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 128

static const struct option_row *const groups[] = {options_recording, options_spectrum,
                                                  options_activity,  options_trend,
                                                  options_events,    options_surroundings};

/* An option and its value, spelled as JSON (NULL: null) and as a command line has it. */
struct entry {
    char name[80];
    char *json, *word; /* owned; word is NULL for flags and for what has no option of its own */
    bool is_default, flag;
};

struct entries {
    size_t count;
    struct entry list[ENTRIES_MAX];
};

static void clear(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->list[i].json);
        free(entries->list[i].word);
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Names a file: its value is what it holds, wherever it lies. */
static bool names_file(const struct option_row *row)
{
    return strcmp(row->argument ? row->argument : "", "FILE") == 0;
}

/* A name of a group that says how options come in, not what they are. */
static bool is_left_out(const struct option_row *row)
{
    return row->kind == OPTION_TITLE || strcmp(row->name, "params") == 0;
}

static char *quote_json(const char *text)
{
    char *repaired = utf8_duplicate(text, strlen(text));
    json_t *string = repaired ? json_string(repaired) : NULL;
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    json_decref(string);
    free(repaired);
    return quoted;
}

static char *choice_name(const struct option_row *row, int index)
{
    const char *p = row->choices;
    for (; index > 0; index--) {
        p += strcspn(p, " ");
        p += strspn(p, " ");
    }
    return strndup(p, strcspn(p, " "));
}

/* A number that lies outside of its limits says that it was not given. */
static void spell_number(const struct option_row *row, double value, struct entry *entry)
{
    char text[40];
    table_format_real(text, sizeof text, value);
    if (value >= row->minimum && value <= row->maximum) {
        entry->json = strdup(text);
    }
    entry->word = strdup(text);
}

static void spell_range(const double *range, struct entry *entry)
{
    char low[40], high[40];
    table_format_real(low, sizeof low, range[0]);
    table_format_real(high, sizeof high, range[1]);
    if (asprintf(&entry->json, "[%s, %s]", low, high) < 0) {
        entry->json = NULL;
    }
    if (asprintf(&entry->word, "%s-%s", low, high) < 0) {
        entry->word = NULL;
    }
}

/* Spells the value of a row; false when memory ran out. */
static bool spell(const struct option_row *row, const void *value, const void *usual,
                  struct entry *entry)
{
    const char *text, *usual_text;
    snprintf(entry->name, sizeof entry->name, "%s", row->name);
    switch (row->kind) {
    case OPTION_FLAG:
    case OPTION_NEGATED:
        entry->flag = true;
        entry->is_default = *(const bool *)value == *(const bool *)usual;
        entry->json = strdup(*(const bool *)value ? "true" : "false");
        return entry->json;
    case OPTION_REAL:
        entry->is_default = *(const double *)value == *(const double *)usual;
        spell_number(row, *(const double *)value, entry);
        return entry->word;
    case OPTION_COUNT:
        entry->is_default = *(const size_t *)value == *(const size_t *)usual;
        spell_number(row, (double)*(const size_t *)value, entry);
        return entry->word;
    case OPTION_RANGE:
        entry->is_default = memcmp(value, usual, 2 * sizeof(double)) == 0;
        spell_range(value, entry);
        return entry->json && entry->word;
    case OPTION_CHOICE:
        entry->is_default = *(const int *)value == *(const int *)usual;
        entry->word = choice_name(row, *(const int *)value);
        entry->json = entry->word ? quote_json(entry->word) : NULL;
        return entry->json;
    case OPTION_TEXT:
        text = *(const char *const *)value;
        usual_text = *(const char *const *)usual;
        entry->is_default = text == usual_text;
        if (!text) {
            return true;
        }
        text = names_file(row) ? base_name(text) : text;
        entry->word = strdup(text);
        entry->json = quote_json(text);
        return entry->json && entry->word;
    default:
        return true;
    }
}

static enum status add(const struct option_row *row, const struct settings *settings,
                       const struct settings *usual, struct entries *entries, struct error *error)
{
    const char *value = (const char *)settings + row->offset;
    const char *usual_value = (const char *)usual + row->offset;
    if (entries->count + 2 > ENTRIES_MAX) {
        return error_set(error, STATUS_FAILED, "there are too many options to record");
    }
    struct entry *entry = &entries->list[entries->count++];
    *entry = (struct entry){.json = NULL};
    if (!spell(row, value, usual_value, entry)) {
        return error_memory(error, "recording parameters");
    }
    const char *path = row->kind == OPTION_TEXT ? *(const char *const *)(const void *)value : NULL;
    if (!path || !names_file(row)) {
        return STATUS_OK;
    }
    char sum[CHECKSUM_SIZE];
    enum status status = checksum_file(path, sum, error);
    struct entry *contents = &entries->list[entries->count++];
    *contents = (struct entry){.is_default = true, .json = quote_json(sum)};
    snprintf(contents->name, sizeof contents->name, "%s_sha256", row->name);
    return status;
}

/* All options that determine results. clear also after a failure. */
static enum status gather(const struct settings *settings, struct entries *entries,
                          struct error *error)
{
    struct settings usual = settings_defaults();
    enum status status = STATUS_OK;
    entries->count = 0;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        for (const struct option_row *row = groups[g];
             row->kind != OPTION_END && status == STATUS_OK; row++) {
            if (!is_left_out(row)) {
                status = add(row, settings, &usual, entries, error);
            }
        }
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

enum status provenance_parameters(const struct settings *settings, char **text, struct error *error)
{
    struct entries entries;
    size_t size;
    *text = NULL;
    enum status status = gather(settings, &entries, error);
    FILE *stream = status == STATUS_OK ? open_memstream(text, &size) : NULL;
    if (stream) {
        qsort(entries.list, entries.count, sizeof *entries.list, by_name);
        putc('{', stream);
        for (size_t i = 0; i < entries.count; i++) {
            const char *json = entries.list[i].json;
            fprintf(stream, "%s\"%s\": %s", i ? ", " : "", entries.list[i].name,
                    json ? json : "null");
        }
        putc('}', stream);
    }
    if (status == STATUS_OK && (!stream || fclose(stream) != 0)) {
        status = error_memory(error, "recording parameters");
    }
    clear(&entries);
    return status;
}

enum status provenance_history(const struct settings *settings, char **text, struct error *error)
{
    struct entries entries;
    size_t size;
    *text = NULL;
    enum status status = gather(settings, &entries, error);
    FILE *stream = status == STATUS_OK ? open_memstream(text, &size) : NULL;
    if (stream) {
        fputs("soleus run", stream);
        for (size_t i = 0; i < entries.count; i++) {
            const struct entry *entry = &entries.list[i];
            if (entry->is_default) {
                continue;
            }
            char *word = entry->flag || !entry->word ? NULL : shell_word(entry->word);
            fprintf(stream, " --%s%s%s", entry->name, word ? " " : "", word ? word : "");
            free(word);
        }
    }
    if (status == STATUS_OK && (!stream || fclose(stream) != 0)) {
        status = error_memory(error, "recording parameters");
    }
    clear(&entries);
    return status;
}
