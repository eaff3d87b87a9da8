/* The header of EDF+ and BDF+ files. */
#include "formats/edf/writer.h"

#include "formats/edf/header.h"
#include "formats/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct calendar {
    int year, month, day, hour, minute, second;
};

/* Days and clock of a civil time; the inverse of text_civil_seconds. */
static struct calendar calendar_of(int64_t seconds)
{
    int64_t days = seconds / 86400, clock = seconds % 86400;
    if (clock < 0) {
        clock += 86400;
        days--;
    }
    /* Years that begin in March, counted in eras of 400 years. */
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct calendar calendar = {
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .hour = (int)(clock / 3600),
        .minute = (int)(clock / 60 % 60),
        .second = (int)(clock % 60),
    };
    calendar.year = (int)(year_of_era + era * 400 + (calendar.month <= 2));
    return calendar;
}

/* A field of `size` bytes, padded with blanks, cut when it is longer. */
static void put_field(FILE *stream, const char *text, size_t size)
{
    size_t length = strlen(text);
    length = length < size ? length : size;
    fwrite(text, 1, length, stream);
    for (; length < size; length++) {
        putc(' ', stream);
    }
}

static void put_number(FILE *stream, double number, size_t size)
{
    char text[32];
    snprintf(text, sizeof text, "%.0f", number);
    put_field(stream, text, size);
}

uint64_t edf_out_data_start(const struct edf_out *out)
{
    return EDF_FIXED_SIZE + EDF_SIGNAL_SIZE * ((uint64_t)out->info->channel_count + 1);
}

static void put_fixed(const struct edf_out *out, bool final)
{
    static const char months[12][4] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    FILE *stream = out->stream;
    const struct start_time *start = &out->info->start;
    size_t signals = out->info->channel_count + 1;
    struct calendar at = calendar_of(start->seconds);
    char date[24] = "X", text[96];
    /* Bytes must not depend on the clock: an unknown start is the conventional anonymous one. */
    if (!start->known || at.year < 1 || at.year > 9999) {
        at = (struct calendar){1985, 1, 1, 0, 0, 0};
    } else {
        snprintf(date, sizeof date, "%02d-%s-%04d", at.day % 100, months[(at.month - 1) % 12],
                 at.year % 10000);
    }
    put_field(stream, out->bdf ? "\377BIOSEMI" : "0", 8);
    put_field(stream, "X X X X", 80);
    snprintf(text, sizeof text, "Startdate %s X X " EDF_EQUIPMENT "%s", date,
             out->info->conditioned ? EDF_CONDITIONED : "");
    put_field(stream, text, 80);
    snprintf(text, sizeof text, "%02d.%02d.%02d%02d.%02d.%02d", at.day, at.month, at.year % 100,
             at.hour, at.minute, at.second);
    put_field(stream, text, 16);
    put_number(stream, (double)edf_out_data_start(out), 8);
    snprintf(text, sizeof text, "%cDF+%c", out->bdf ? 'B' : 'E',
             edf_out_discontinuous(out) ? 'D' : 'C');
    put_field(stream, text, 44);
    put_number(stream, final ? (double)out->records : -1, 8);
    snprintf(text, sizeof text, "%.7g", out->duration);
    put_field(stream, text, 8);
    put_number(stream, (double)signals, 4);
}

/* Labels have 16 characters; two that begin alike end in ~2, ~3. */
void edf_out_labels(struct edf_out *out)
{
    const struct recording_info *info = out->info;
    for (size_t c = 0; c < info->channel_count; c++) {
        char label[LABEL_SIZE], other[LABEL_SIZE], number[24];
        size_t twins = 1;
        text_to_ascii(label, sizeof label, info->channels[c].label);
        for (size_t d = 0; d < c; d++) {
            text_to_ascii(other, sizeof other, info->channels[d].label);
            twins += strncmp(label, other, EDF_LABEL_SIZE) == 0;
        }
        label[EDF_LABEL_SIZE] = '\0';
        if (twins > 1) {
            snprintf(number, sizeof number, "~%zu", twins);
            size_t at = EDF_LABEL_SIZE - strlen(number), length = strlen(label);
            strcpy(label + (at < length ? at : length), number);
        }
        text_from_field(out->channels[c].label, sizeof out->channels[c].label, label,
                        EDF_LABEL_SIZE);
    }
}

/* Whether the labels and descriptions of the file say of some channel that it is EMG; those that
 * do not say it are then taken for something else when they are read. */
static bool any_is_labelled_emg(const struct recording_info *info)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct channel *channel = &info->channels[c];
        if (text_channel_type(channel->label, channel->description, "") == CHANNEL_EMG) {
            return true;
        }
    }
    return false;
}

/* Description; in front of it a label that is too long for its own field, and EMG where it must be
 * said. */
static void put_transducers(const struct edf_out *out)
{
    bool say = any_is_labelled_emg(out->info);
    for (size_t c = 0; c < out->info->channel_count; c++) {
        const struct channel *channel = &out->info->channels[c];
        char label[LABEL_SIZE], description[LABEL_SIZE], text[2 * LABEL_SIZE + 8];
        text_to_ascii(label, sizeof label, channel->label);
        text_to_ascii(description, sizeof description, channel->description);
        bool cut = strlen(label) > EDF_LABEL_SIZE;
        bool unsaid = say && channel->type == CHANNEL_EMG &&
                      text_channel_type(label, description, "") == CHANNEL_UNKNOWN;
        snprintf(text, sizeof text, "%s%s%s%s%s", unsaid ? "EMG" : "",
                 unsaid && (cut || description[0]) ? "; " : "", cut ? label : "",
                 cut && description[0] ? "; " : "", description);
        put_field(out->stream, text, 80);
    }
    put_field(out->stream, "", 80);
}

static void put_signals(const struct edf_out *out)
{
    FILE *stream = out->stream;
    const struct recording_info *info = out->info;
    size_t count = info->channel_count;
    for (size_t c = 0; c < count; c++) {
        put_field(stream, out->channels[c].label, EDF_LABEL_SIZE);
    }
    put_field(stream, out->bdf ? "BDF Annotations" : "EDF Annotations", EDF_LABEL_SIZE);
    put_transducers(out);
    for (size_t c = 0; c < count; c++) {
        char unit[UNIT_SIZE];
        text_to_ascii(unit, sizeof unit, out->channels[c].unit);
        put_field(stream, strcmp(unit, "a.u.") == 0 ? "" : unit, 8);
    }
    put_field(stream, "", 8);
    for (size_t c = 0; c < count; c++) {
        put_field(stream, out->channels[c].physical_minimum, 8);
    }
    put_field(stream, "-1", 8);
    for (size_t c = 0; c < count; c++) {
        put_field(stream, out->channels[c].physical_maximum, 8);
    }
    put_field(stream, "1", 8);
    for (size_t c = 0; c < count; c++) {
        put_number(stream, out->channels[c].lowest, 8);
    }
    put_field(stream, out->bdf ? "-8388608" : "-32768", 8);
    for (size_t c = 0; c < count; c++) {
        put_number(stream, out->channels[c].highest, 8);
    }
    put_field(stream, out->bdf ? "8388607" : "32767", 8);
    for (size_t c = 0; c < count + 1; c++) {
        put_field(stream, "", 80);
    }
    for (size_t c = 0; c < count; c++) {
        put_number(stream, (double)out->channels[c].samples, 8);
    }
    put_number(stream, (double)(out->text_bytes / out->width), 8);
    for (size_t c = 0; c < count + 1; c++) {
        put_field(stream, "", 32);
    }
}

enum status edf_out_failure(const struct edf_out *out, struct error *error)
{
    return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; is the disk full?",
                     output_name(out->output), strerror(errno ? errno : EIO));
}

enum status edf_out_header(struct edf_out *out, bool final, struct error *error)
{
    errno = 0;
    if (fseeko(out->stream, 0, SEEK_SET) != 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: is no regular file, and the header of EDF is written last; write to "
                         "a file, or use another format in a pipe",
                         output_name(out->output));
    }
    put_fixed(out, final);
    put_signals(out);
    return fflush(out->stream) != 0 || ferror(out->stream) ? edf_out_failure(out, error)
                                                           : STATUS_OK;
}
