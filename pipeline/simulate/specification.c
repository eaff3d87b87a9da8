#include "pipeline/simulate/specification.h"

#include "formats/checked.h"
#include "pipeline/simulate/specification_parser.h"

#include <ini.h>
#include <string.h>
#include <strings.h>

/* inih hands lines through a buffer of 200 bytes. */
#define LINE_MAX_LENGTH 190

/* Appends a zeroed element to an array of a specification; NULL when memory runs out. */
static void *append(void **array, size_t *count, size_t size)
{
    char *grown = checked_realloc(*array, *count + 1, size);
    if (!grown) {
        return NULL;
    }
    *array = grown;
    memset(grown + *count * size, 0, size);
    return grown + (*count)++ * size;
}

static void *new_values(struct parser *parser, enum section_kind kind)
{
    struct specification *s = parser->specification;
    if (kind == SECTION_RECORDING) {
        return &s->recording;
    }
    if (kind == SECTION_POOL) {
        return &s->pool;
    }
    if (kind == SECTION_CHANNEL) {
        return append((void **)&s->channels, &s->channel_count, sizeof *s->channels);
    }
    if (kind == SECTION_TISSUE || kind == SECTION_REST) {
        struct tissue_section *tissue =
            append((void **)&s->tissues, &s->tissue_count, sizeof *s->tissues);
        if (tissue) {
            tissue->kind = kind;
            tissue->line = parser->line;
        }
        return tissue;
    }
    if (kind == SECTION_ANNOTATION) {
        return append((void **)&s->annotations, &s->annotation_count, sizeof *s->annotations);
    }
    if (kind < SECTION_MAINS) {
        struct event_section *event =
            append((void **)&s->events, &s->event_count, sizeof *s->events);
        if (event) {
            event->kind = kind;
            event->line = parser->line;
        }
        return event;
    }
    struct contaminant_section *contaminant =
        append((void **)&s->contaminants, &s->contaminant_count, sizeof *s->contaminants);
    if (contaminant) {
        contaminant->kind = kind;
        contaminant->line = parser->line;
    }
    return contaminant;
}

/* What cannot be said of one key alone. */
static void end_section(struct parser *parser)
{
    static const char *const exclusive[][2] = {
        {"snr", "amplitude"}, {"amplitude", "ratio"}, {"delay", "delays"}, {"gain", "gains"}};
    if (!parser->section) {
        return;
    }
    for (size_t i = 0; i < sizeof exclusive / sizeof *exclusive; i++) {
        int found = 0;
        for (size_t k = 0; k < key_count; k++) {
            if (parser->given[k] && (strcmp(key_definitions[k].name, exclusive[i][0]) == 0 ||
                                     strcmp(key_definitions[k].name, exclusive[i][1]) == 0)) {
                found++;
            }
        }
        if (found == 2) {
            parser_problem(parser, "the [%s] section that ends here has both %s and %s; give one",
                           parser->section->name, exclusive[i][0], exclusive[i][1]);
        }
    }
}

static void name_sections(struct parser *parser, const char *name)
{
    char list[500];
    size_t used = 0;
    for (size_t s = 0; s < section_count && used < sizeof list; s++) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%s[%s]", s ? " " : "",
                                 section_definitions[s].name);
    }
    parser_problem(parser, "no section [%s]; there are %s", name, list);
}

/* The label in "[channel LABEL]". */
static void set_label(struct parser *parser, const char *title)
{
    struct specification *s = parser->specification;
    struct channel_section *channel = parser->values;
    text_from_field(channel->label, sizeof channel->label, title, strlen(title));
    if (!channel->label[0]) {
        parser_problem(parser, "[channel] without a label; write [channel Soleus L]");
    }
    for (size_t c = 0; c + 1 < s->channel_count; c++) {
        if (strcasecmp(s->channels[c].label, channel->label) == 0) {
            parser_problem(parser, "a second [channel %s]", channel->label);
        }
    }
    if (s->channel_count > SPECIFICATION_CHANNELS) {
        parser_problem(parser, "more than %d channels", SPECIFICATION_CHANNELS);
        s->channel_count--;
    }
}

/* A line "[name]" or "[name title]". */
static void begin_section(struct parser *parser, char *text)
{
    char *close = strchr(text, ']');
    end_section(parser);
    memset(parser->given, 0, key_count * sizeof *parser->given);
    parser->section = NULL;
    parser->unknown = true;
    if (!close) {
        parser_problem(parser, "a section's name that does not end with ]");
        return;
    }
    *close = '\0';
    char *name = text + 1 + strspn(text + 1, " \t");
    size_t length = strcspn(name, " \t");
    const char *title = name[length] ? name + length + 1 : "";
    name[length] = '\0';
    const struct section_definition *found = NULL;
    for (size_t s = 0; s < section_count; s++) {
        if (strcasecmp(section_definitions[s].name, name) == 0) {
            found = &section_definitions[s];
        }
    }
    if (!found) {
        name_sections(parser, name);
        return;
    }
    if (found->once && (parser->seen & found->kind)) {
        parser_problem(parser, "a second [%s]; one is enough", name);
        return;
    }
    if (!found->titled && title[strspn(title, " \t")]) {
        parser_problem(parser, "[%s] takes no name ('%s')", name, title);
    }
    parser->seen |= found->kind;
    parser->section = found;
    parser->unknown = false;
    parser->values = new_values(parser, found->kind);
    if (!parser->values) {
        parser->section = NULL;
        parser->status = error_memory(parser->error, "reading a specification");
        return;
    }
    parser_defaults_of(found->kind, parser->values);
    if (found->kind == SECTION_CHANNEL) {
        set_label(parser, title);
    }
}

/* inih's reader: one line a call, without leading blanks (it would take an indented line for more
 * of the value before). Section headers are taken here, since it shortens their names and does
 * not tell one [tonic] from the next; it never sees them. */
static char *read_line(char *to, int size, void *stream)
{
    struct parser *parser = stream;
    ssize_t length =
        parser->status ? -1 : getline(&parser->text, &parser->text_size, parser->stream);
    if (length < 0) {
        return NULL;
    }
    parser->line++;
    char *text = parser->text;
    if (parser->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
    }
    if (strlen(parser->text) != (size_t)length) {
        parser_problem(parser, "a NUL byte; a specification is a text file");
    }
    text += strspn(text, " \t\r\n\f\v");
    bool comment = *text == ';' || *text == '#' || *text == '\0';
    if (!comment && strlen(text) > LINE_MAX_LENGTH) {
        parser_problem(parser, "longer than %d bytes", LINE_MAX_LENGTH);
        comment = true;
    } else if (*text == '[') {
        begin_section(parser, text);
        comment = true;
    } else if (!comment && !strpbrk(text, "=:")) {
        parser_problem(parser, "'%.40s' is no section, no comment and no 'key = value'", text);
        comment = true;
    }
    snprintf(to, (size_t)size, "%s", comment ? "\n" : text);
    return to;
}

/* inih's handler: one key. */
static int take_key(void *user, const char *section, const char *name, const char *value)
{
    (void)section;
    struct parser *parser = user;
    if (!parser->section && !parser->unknown) {
        parser_problem(parser, "'%s' before the first section; begin with [recording]", name);
    } else if (parser->section) {
        parser_set_value(parser, name, value);
    }
    return 1;
}

/* Channels that no section describes. */
static enum status make_channels(struct specification *s, struct error *error)
{
    for (size_t c = 0, count = s->channel_count ? 0 : (size_t)s->recording.channels; c < count;
         c++) {
        struct channel_section *channel =
            append((void **)&s->channels, &s->channel_count, sizeof *s->channels);
        if (!channel) {
            return error_memory(error, "reading a specification");
        }
        parser_defaults_of(SECTION_CHANNEL, channel);
        snprintf(channel->label, sizeof channel->label, "EMG %zu", c + 1);
    }
    return STATUS_OK;
}

static enum status parse(struct parser *parser)
{
    struct specification *s = parser->specification;
    parser_defaults_of(SECTION_RECORDING, &s->recording);
    parser_defaults_of(SECTION_POOL, &s->pool);
    int result = ini_parse_stream(read_line, parser, take_key, parser);
    if (parser->status) {
        return parser->status;
    }
    if (ferror(parser->stream) || result == -2) {
        return error_set(parser->error, STATUS_FAILED, "%s: cannot be read (line %zu)", s->name,
                         parser->line);
    }
    end_section(parser);
    if ((parser->seen & SECTION_CHANNEL) && parser->channels_given &&
        s->recording.channels != (double)s->channel_count) {
        parser_problem(parser, "[recording] channels = %g, but there are %zu [channel] sections",
                       s->recording.channels, s->channel_count);
    }
    if (make_channels(s, parser->error)) {
        return parser->error->status;
    }
    parser_check(parser);
    size_t problems = parser->problems->count + parser->problems->omitted;
    if (problems) {
        return error_set(parser->error, STATUS_FAILED, "%s%s", parser->problems->texts[0],
                         problems > 1 ? " (and more)" : "");
    }
    return STATUS_OK;
}

enum status specification_read(FILE *stream, const char *name, struct specification **specification,
                               struct warnings *problems, struct error *error)
{
    struct error scratch;
    struct parser parser = {
        .stream = stream, .problems = problems, .error = error ? error : &scratch};
    enum status status;
    *specification = NULL;
    parser.specification = checked_calloc(1, sizeof *parser.specification);
    parser.given = checked_calloc(key_count, sizeof *parser.given);
    if (parser.specification) {
        parser.specification->name = strdup(name);
    }
    if (!parser.specification || !parser.given || !parser.specification->name) {
        status = error_memory(error, "reading a specification");
    } else {
        status = parse(&parser);
    }
    if (status == STATUS_OK) {
        *specification = parser.specification;
        parser.specification = NULL;
    }
    free(parser.text);
    free(parser.given);
    specification_destroy(parser.specification);
    return status;
}

void specification_destroy(struct specification *specification)
{
    if (specification) {
        free(specification->name);
        free(specification->channels);
        free(specification->events);
        free(specification->contaminants);
        free(specification->annotations);
        free(specification->tissues);
        free(specification);
    }
}
