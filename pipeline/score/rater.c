/* Tables of episodes as lists: reading them, and numbering channels. */
#include "pipeline/score/rater.h"

#include "formats/checked.h"
#include "pipeline/annotation_table.h"
#include "pipeline/transfer/outline.h"
#include "pipeline/transfer/remarks.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define BLOCK_SECONDS 4

struct columns {
    size_t onset, duration, type, channel, confidence, burst_rate, boundary;
};

static const struct column_definition annotation_columns[] = {
    {"onset", COLUMN_REAL, "s", "start", NULL},
    {"duration", COLUMN_REAL, "s", "length", NULL},
    {"trial_type", COLUMN_TEXT, "", "text", NULL},
    {"channel", COLUMN_TEXT, "", "channel", NULL},
};

static enum status ignore(void *context, const struct block *block, struct error *error)
{
    (void)context;
    (void)block;
    (void)error;
    return STATUS_OK;
}

/* A recording's annotations, all of which are known when its end has been read. */
static enum status read_annotations(const char *path, struct table **table, struct error *error)
{
    /* The file's own: a table of events beside it may be the other one of the pair. */
    struct recording_options options = {.all_channels = true, .no_sidecars = true};
    struct recording *recording = NULL;
    struct outline outline = {0};
    enum status status = recording_open(path, &options, &recording, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = outline_create(recording, 0, 0, &outline, error);
    if (status == STATUS_OK) {
        status = outline_run(&outline, recording, BLOCK_SECONDS, ignore, NULL, error);
    }
    if (status == STATUS_OK) {
        *table = annotation_table(recording_info(recording), "annotations", annotation_columns, 4,
                                  error);
        status = *table ? STATUS_OK : STATUS_FAILED;
    }
    for (size_t row = 0; status == STATUS_OK && row < (*table)->row_count; row++) {
        struct remark remark = remark_parse(table_text(*table, row, 2));
        status = table_set_text(*table, row, 2, remark.type, error);
        if (status == STATUS_OK && remark.label[0]) {
            status = table_set_text(*table, row, 3, remark.label, error);
        }
    }
    if (status != STATUS_OK) {
        table_destroy(*table);
        *table = NULL;
    }
    outline_clear(&outline);
    recording_close(recording);
    return status;
}

static enum status read_table(const char *path, struct table **table, struct error *error)
{
    const char *dot = strrchr(path, '.');
    bool piped = strcmp(path, "-") == 0;
    struct stat about;
    /* A pipe of the shell's has no ending, and is a table. */
    if (!piped && (!dot || strcasecmp(dot, ".tsv") != 0) && stat(path, &about) == 0 &&
        S_ISREG(about.st_mode)) {
        return read_annotations(path, table, error);
    }
    FILE *stream = piped ? stdin : fopen(path, "re");
    if (!stream) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be opened: %s; give a table of episodes, TSV", path,
                         strerror(errno));
    }
    enum status status = table_read_tsv(stream, piped ? "standard input" : path, table, error);
    if (!piped) {
        fclose(stream);
    }
    return status;
}

/* Finds the columns and sees to it that each is of its type: names may be spelled as numbers. */
static enum status find_columns(struct table *table, const char *name, struct columns *columns,
                                struct error *error)
{
    static const char *const needed[] = {"onset", "duration", "trial_type"};
    size_t *const found[] = {&columns->onset, &columns->duration, &columns->type};
    for (size_t i = 0; i < 3; i++) {
        *found[i] = table_find(table, needed[i]);
        if (*found[i] == SIZE_MAX) {
            return error_set(error, STATUS_FAILED,
                             "%s: has no column '%s'; events want the columns onset, duration and "
                             "trial_type (BIDS)",
                             name, needed[i]);
        }
        if (i < 2 && table->columns[*found[i]].definition.type == COLUMN_TEXT) {
            return error_set(error, STATUS_FAILED,
                             "%s: the column '%s' holds texts; it wants seconds", name, needed[i]);
        }
    }
    columns->channel = table_find(table, "channel");
    columns->confidence = table_find(table, "confidence");
    columns->burst_rate = table_find(table, "burst_rate");
    columns->boundary = table_find(table, "boundary");
    enum status status = table_make_text(table, columns->type, error);
    if (status == STATUS_OK && columns->channel != SIZE_MAX) {
        status = table_make_text(table, columns->channel, error);
    }
    return status;
}

static double number(const struct table *table, size_t row, size_t column)
{
    double value = column == SIZE_MAX ? NAN : table_real(table, row, column);
    return isfinite(value) ? value : NAN;
}

static void take_row(const struct columns *columns, size_t row, const struct score_rules *rules,
                     struct score_rater *rater)
{
    const struct table *table = rater->table;
    const char *label =
        columns->channel == SIZE_MAX ? NULL : table_text(table, row, columns->channel);
    int class = score_rules_class(rules, table_text(table, row, columns->type));
    double onset = number(table, row, columns->onset);
    double offset = onset + number(table, row, columns->duration);
    bool dated = isfinite(offset) && offset >= onset;
    if (dated && offset > rater->end) {
        rater->end = offset;
    }
    if (class == SCORE_OTHER) {
        rater->other++;
        return;
    }
    if (!dated) {
        rater->undated++;
        return;
    }
    struct score_episode episode = {
        .onset = onset,
        .offset = offset,
        .class = class,
        .label = label && label[0] ? label : NULL,
        .confidence = number(table, row, columns->confidence),
        .burst_rate = number(table, row, columns->burst_rate),
        .boundary = number(table, row, columns->boundary),
    };
    if (class == SCORE_UNJUDGED) {
        rater->unjudged[rater->unjudged_count++] = episode;
    } else {
        rater->episodes[rater->count++] = episode;
    }
}

enum status score_rater_take(struct table *table, const char *name, const struct score_rules *rules,
                             struct score_rater *rater, struct error *error)
{
    struct columns columns;
    *rater = (struct score_rater){.table = table};
    enum status status = find_columns(table, name, &columns, error);
    if (status != STATUS_OK) {
        return status;
    }
    rater->episodes = checked_calloc(table->row_count, sizeof *rater->episodes);
    rater->unjudged = checked_calloc(table->row_count, sizeof *rater->unjudged);
    if (!rater->episodes || !rater->unjudged) {
        return error_memory(error, "reading a table of episodes");
    }
    for (size_t row = 0; row < table->row_count; row++) {
        take_row(&columns, row, rules, rater);
    }
    return STATUS_OK;
}

enum status score_rater_read(const char *path, const struct score_rules *rules,
                             struct score_rater *rater, struct error *error)
{
    struct table *table = NULL;
    *rater = (struct score_rater){0};
    enum status status = read_table(path, &table, error);
    return status == STATUS_OK ? score_rater_take(table, path, rules, rater, error) : status;
}

void score_rater_clear(struct score_rater *rater)
{
    table_destroy(rater->table);
    free(rater->episodes);
    free(rater->unjudged);
    *rater = (struct score_rater){0};
}

static int by_label(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    return !x || !y ? (x != NULL) - (y != NULL) : strcmp(x, y);
}

/* The sorted labels, each once, of the episodes of a rater. */
static size_t list_labels(const struct score_rater *rater, const char **labels)
{
    size_t kept = 0;
    for (size_t i = 0; i < rater->count; i++) {
        labels[i] = rater->episodes[i].label;
    }
    qsort(labels, rater->count, sizeof *labels, by_label);
    for (size_t i = 0; i < rater->count; i++) {
        if (i == 0 || by_label(&labels[i], &labels[kept - 1]) != 0) {
            labels[kept++] = labels[i];
        }
    }
    return kept;
}

static bool same_label(const char *a, const char *b)
{
    struct remark remark = {.cut = false};
    struct channel channel = {.type = CHANNEL_UNKNOWN};
    if (!a || !b) {
        return a == b;
    }
    text_from_field(remark.label, sizeof remark.label, a, strlen(a));
    text_from_field(channel.label, sizeof channel.label, b, strlen(b));
    return remark_is_of(&remark, &channel);
}

/* The channel of a label: the one that is spelled so, else the only one it can mean. */
static size_t find_label(const struct score_channels *channels, const char *label)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < channels->count; i++) {
        if (by_label(&channels->labels[i], &label) == 0) {
            return i;
        }
        if (same_label(label, channels->labels[i])) {
            found = found == SIZE_MAX ? i : SIZE_MAX - 1;
        }
    }
    return found < channels->count ? found : SIZE_MAX;
}

static bool is_unnamed(const char *const *labels, size_t count)
{
    return count == 0 || (count == 1 && labels[0] == NULL);
}

static void number_all(struct score_rater *rater, const struct score_channels *channels, bool one)
{
    for (size_t i = 0; i < rater->count; i++) {
        rater->episodes[i].channel = one ? 0 : find_label(channels, rater->episodes[i].label);
    }
    for (size_t i = 0; i < rater->unjudged_count; i++) {
        struct score_episode *interval = &rater->unjudged[i];
        interval->channel = SCORE_ALL_CHANNELS;
        if (!one && interval->label) {
            /* SIZE_MAX - 1: a channel without episodes, which none of them is of. */
            size_t channel = find_label(channels, interval->label);
            interval->channel = channel == SIZE_MAX ? SIZE_MAX - 1 : channel;
        }
    }
}

enum status score_channels_number(const struct score_rules *rules, struct score_rater raters[2],
                                  const char *const names[2], struct score_channels *channels,
                                  struct error *error)
{
    const char **lists[2] = {NULL, NULL};
    size_t counts[2] = {0, 0}, total = 0;
    enum status status = STATUS_OK;
    channels->count = 0;
    channels->labels = checked_calloc(raters[0].count + raters[1].count, sizeof *channels->labels);
    for (size_t r = 0; r < 2; r++) {
        lists[r] = checked_calloc(raters[r].count, sizeof *lists[r]);
        counts[r] = lists[r] ? list_labels(&raters[r], lists[r]) : 0;
        total += counts[r];
    }
    if (!channels->labels || !lists[0] || !lists[1]) {
        status = error_memory(error, "numbering channels");
        goto out;
    }
    bool one = rules->by_event;
    for (size_t r = 0; r < 2; r++) {
        bool unnamed = counts[r] > 0 && is_unnamed(lists[r], counts[r]);
        if (unnamed && counts[1 - r] > 1 && !rules->by_event) {
            status = error_set(error, STATUS_FAILED,
                               "%s: names no channels, but %s has episodes of %zu; name them in a "
                               "column 'channel', or compare --by-event",
                               names[r], names[1 - r], counts[1 - r]);
            goto out;
        }
        one = one || unnamed;
    }
    for (size_t r = 0; r < 2; r++) {
        for (size_t i = 0; i < counts[r]; i++) {
            size_t other = r == 0 ? SIZE_MAX : find_label(channels, lists[r][i]);
            if (other == SIZE_MAX) {
                channels->labels[channels->count++] = lists[r][i];
            }
        }
    }
    if (one && channels->count > 0) {
        /* The name, where one of both has it. */
        const char *last = channels->labels[channels->count - 1];
        channels->labels[0] = rules->by_event ? NULL : last ? last : channels->labels[0];
        channels->count = 1;
    }
    qsort(channels->labels, channels->count, sizeof *channels->labels, by_label);
    number_all(&raters[0], channels, one);
    number_all(&raters[1], channels, one);
out:
    free(lists[0]);
    free(lists[1]);
    return status;
}

void score_channels_clear(struct score_channels *channels)
{
    free(channels->labels);
    *channels = (struct score_channels){0};
}
