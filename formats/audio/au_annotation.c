#include "formats/audio/au.h"

#include "formats/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The version of the annotation's meaning; readers refuse newer ones. */
#define ANNOTATION_VERSION 1

/* JSON has no NaN. */
static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *encode_channel(const struct channel *channel)
{
    json_t *object = json_object();
    int failed = 0;
    failed |= json_object_set_new(object, "label", json_string(channel->label));
    failed |= json_object_set_new(object, "unit", json_string(channel->unit));
    failed |= json_object_set_new(object, "file_unit", json_string(channel->file_unit));
    failed |= json_object_set_new(object, "muscle", json_string(channel->muscle));
    failed |= json_object_set_new(object, "description", json_string(channel->description));
    failed |= json_object_set_new(object, "minimum", number_or_null(channel->minimum));
    failed |= json_object_set_new(object, "maximum", number_or_null(channel->maximum));
    if (channel->type != CHANNEL_UNKNOWN) {
        failed |= json_object_set_new(object, "type",
                                      json_string(channel->type == CHANNEL_EMG ? "emg" : "other"));
    }
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *encode_annotation(const struct annotation *annotation)
{
    json_t *object = json_object();
    int failed = 0;
    failed |= json_object_set_new(object, "onset", number_or_null(annotation->onset));
    failed |= json_object_set_new(object, "duration", number_or_null(annotation->duration));
    failed |= json_object_set_new(object, "text", json_string(annotation->text));
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* "2026-11-22T09:15:00.5", to the nanosecond. */
static json_t *encode_start(const struct start_time *start)
{
    char text[80], fraction[24];
    struct tm parts;
    time_t seconds = (time_t)start->seconds;
    if (!gmtime_r(&seconds, &parts) || parts.tm_year < -1899 || parts.tm_year > 9999 - 1900) {
        return json_null();
    }
    snprintf(fraction, sizeof fraction, "%.9f", fmin(fmax(start->fraction, 0), 0.999999999));
    size_t length = strlen(fraction);
    while (fraction[length - 1] == '0') {
        fraction[--length] = '\0';
    }
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%s", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
             length > 2 ? fraction + 1 : "");
    return json_string(text);
}

char *au_annotation_encode(const struct recording_info *info, const char *name, struct error *error)
{
    json_t *root = json_object(), *channels = json_array(), *annotations = json_array();
    int failed = 0;
    for (size_t c = 0; c < info->channel_count && !failed; c++) {
        failed |= json_array_append_new(channels, encode_channel(&info->channels[c]));
    }
    for (size_t i = 0; i < info->annotation_count && !failed; i++) {
        failed |= json_array_append_new(annotations, encode_annotation(&info->annotations[i]));
    }
    failed |= json_object_set_new(root, "soleus", json_integer(ANNOTATION_VERSION));
    failed |= json_object_set_new(root, "rate", json_real(info->channels[0].rate));
    failed |= json_object_set_new(root, "conditioned", json_boolean(info->conditioned));
    failed |= json_object_set_new(root, "channels", channels);
    failed |= json_object_set_new(root, "annotations", annotations);
    if (info->start.known) {
        failed |= json_object_set_new(root, "start", encode_start(&info->start));
    }
    char *text = failed ? NULL : json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    if (!text) {
        error_memory(error, "describing the channels");
    } else if (strlen(text) >= AU_ANNOTATION_MAX) {
        error_set(
            error, STATUS_FAILED,
            "%s: the labels and annotations take more than %d MiB, too much for an AU header; "
            "write another format",
            name, AU_ANNOTATION_MAX >> 20);
        free(text);
        text = NULL;
    }
    return text;
}

/* Copies a string member; "" when it is absent or no string. */
static void decode_text(const json_t *object, const char *key, char *to, size_t size)
{
    const json_t *value = json_object_get(object, key);
    text_from_field(to, size, json_is_string(value) ? json_string_value(value) : "",
                    json_is_string(value) ? json_string_length(value) : 0);
}

static double decode_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void decode_channel(const json_t *object, struct channel *channel)
{
    char type[8];
    decode_text(object, "label", channel->label, sizeof channel->label);
    decode_text(object, "unit", channel->file_unit, sizeof channel->file_unit);
    decode_text(object, "muscle", channel->muscle, sizeof channel->muscle);
    decode_text(object, "description", channel->description, sizeof channel->description);
    decode_text(object, "type", type, sizeof type);
    channel->type = strcmp(type, "emg") == 0     ? CHANNEL_EMG
                    : strcmp(type, "other") == 0 ? CHANNEL_OTHER
                                                 : CHANNEL_UNKNOWN;
    channel->minimum = decode_number(object, "minimum");
    channel->maximum = decode_number(object, "maximum");
    if (strcmp(channel->file_unit, "a.u.") == 0) {
        channel->file_unit[0] = '\0'; /* the name for having no unit */
    }
}

static bool decode_start(const char *text, struct start_time *start)
{
    int year, month, day, hour, minute, second, used = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
               &used) != 6 ||
        !text_civil_seconds(year, month, day, hour, minute, second, &start->seconds)) {
        return false;
    }
    start->fraction = 0;
    if (text[used] == '.' && strspn(text + used + 1, "0123456789") == strlen(text + used + 1)) {
        start->fraction = strtod(text + used, NULL);
    } else if (text[used] != '\0') {
        return false;
    }
    start->known = start->fraction >= 0 && start->fraction < 1;
    return start->known;
}

static enum status decode_annotations(const json_t *list, struct recording_info *info,
                                      struct error *error)
{
    enum status status = STATUS_OK;
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        const json_t *text = json_object_get(entry, "text");
        double onset = decode_number(entry, "onset");
        if (isfinite(onset) && json_is_string(text) && status == STATUS_OK) {
            status =
                recording_info_annotate(info, onset, decode_number(entry, "duration"),
                                        json_string_value(text), json_string_length(text), error);
        }
    }
    return status;
}

/* What the object, known to be an annotation of Soleus, says of the recording. */
static enum status decode_root(const json_t *root, const char *name, struct recording_info *info,
                               double *rate, struct error *error)
{
    const json_t *channels = json_object_get(root, "channels");
    const json_t *start = json_object_get(root, "start");
    if (json_integer_value(json_object_get(root, "soleus")) > ANNOTATION_VERSION) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: written by a newer Soleus than this one; update this one", name);
    }
    if (!json_is_array(channels) || json_array_size(channels) != info->channel_count) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header says %zu channels, its annotation %zu; if another "
                         "program chose channels, let it remove the annotation",
                         name, info->channel_count, json_array_size(channels));
    }
    *rate = decode_number(root, "rate");
    if (!(*rate > 0) || !isfinite(*rate)) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header's annotation has no positive rate; was the file edited "
                         "by hand?",
                         name);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        decode_channel(json_array_get(channels, c), &info->channels[c]);
    }
    if (json_is_string(start) && !decode_start(json_string_value(start), &info->start)) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header's annotation has a start that is no date and time "
                         "('%s'); was the file edited by hand?",
                         name, json_string_value(start));
    }
    info->conditioned = json_is_true(json_object_get(root, "conditioned"));
    return decode_annotations(json_object_get(root, "annotations"), info, error);
}

enum status au_annotation_decode(const char *text, size_t length, const char *name,
                                 struct recording_info *info, double *rate, bool *found,
                                 struct error *error)
{
    json_error_t problem;
    length = strnlen(text, length);
    *found = memmem(text, length, "\"soleus\"", 8) && text[0] == '{';
    if (!*found) {
        return STATUS_OK;
    }
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (!root) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header's annotation is broken at byte %d (%s); write the file "
                         "again",
                         name, AU_HEADER_SIZE + problem.position, problem.text);
    }
    enum status status = STATUS_OK;
    *found = json_is_integer(json_object_get(root, "soleus"));
    if (*found) {
        status = decode_root(root, name, info, rate, error);
    }
    json_decref(root);
    return status;
}
