#include "formats/mat/facts.h"

#include "formats/mat/cursor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names in the form of mat_name_plain. Rates of the EMG, of the signals, and of anything: the first
 * of these that a file has counts. */
static const char *const emg_rate_names[] = {"fsemg",           "emgfs",         "emgrate",
                                             "emgsamplingrate", "emgsamplerate", NULL};
static const char *const rate_names[] = {"fs",
                                         "srate",
                                         "sfreq",
                                         "samplingrate",
                                         "samplerate",
                                         "sr",
                                         "samplingfrequency",
                                         "samplefrequency",
                                         "samplingfreq",
                                         "samplefreq",
                                         "sampfreq",
                                         "samprate",
                                         "fsample",
                                         "fsamp",
                                         "samplespersecond",
                                         "acquisitionrate",
                                         "fsampling",
                                         "ratehz",
                                         "fshz",
                                         NULL};
static const char *const any_rate_names[] = {"frequency", "freq", "rate", "hz", NULL};
static const char *const *const rates_by_trust[] = {emg_rate_names, rate_names, any_rate_names};
static const char *const interval_names[] = {
    "dt",           "isi",    "interval", "samplinginterval", "sampleinterval", "samplingperiod",
    "sampleperiod", "deltat", NULL};
static const char *const interval_unit_names[] = {
    "isiunits", "isiunit", "dtunits", "dtunit", "intervalunits", "intervalunit", NULL};
static const char *const time_names[] = {
    "t",        "time",    "times",   "timevector", "timestamps", "timestamp",
    "timeaxis", "timevec", "tvec",    "timesec",    "timems",     "tms",
    "tsec",     "timeemg", "emgtime", "temg",       NULL};
static const char *const milliseconds_names[] = {"timems", "tms", NULL};
static const char *const label_names[] = {
    "labels",        "label",        "channels",  "channelnames", "channelname", "chnames",
    "channellabels", "names",        "titles",    "title",        "muscles",     "musclenames",
    "muscle",        "chanlabels",   "channames", "emglabels",    "emgnames",    "emgchannels",
    "siglabels",     "signallabels", NULL};
static const char *const unit_names[] = {"units",     "unit",        "channelunits",
                                         "unitstext", "emgunits",    "emgunit",
                                         "chunits",   "signalunits", NULL};

/* What analyses find: words of such names, and names written as one. */
static const char *const result_words[] = {
    "mdf",      "mnf",      "mpf",   "rms", "arv",  "iemg", "psd",         "pxx",
    "spectrum", "envelope", "freqs", "mvc", "mvic", "fft",  "periodogram", NULL};
static const char *const result_names[] = {
    "medianfrequency", "medianfreq",     "meanfrequency", "meanfreq",     "medfreq",
    "frequencies",     "emgrms",         "rmsemg",        "emgenvelope",  "emgmvc",
    "mvcemg",          "linearenvelope", "powerspectrum", "fatigueindex", NULL};

/* Slower and faster than any recording of EMG: the times are no seconds. Hz. */
#define RATE_MIN 20
#define RATE_MAX 1e6

static bool is_result(const char *name)
{
    for (const char *p = name; *p;) {
        char word[64];
        size_t length = strcspn(p, "_-. ");
        snprintf(word, sizeof word, "%.*s", length < 64 ? (int)length : 63, p);
        if (mat_name_is(word, result_words)) {
            return true;
        }
        p += length;
        p += strspn(p, "_-. ");
    }
    return mat_name_is(name, result_names);
}

static bool is_rate(const char *name)
{
    return mat_name_is(name, emg_rate_names) || mat_name_is(name, rate_names) ||
           mat_name_is(name, any_rate_names);
}

bool mat_facts_claim(const struct mat_array *array)
{
    const char *name = array->name ? array->name : "";
    return is_rate(name) || is_result(name) || mat_name_is(name, interval_names) ||
           mat_name_is(name, time_names) || mat_name_is(name, label_names) ||
           mat_name_is(name, unit_names);
}

/* The largest distance of the times from a straight line, in steps of it; NaN when unreadable. */
static double unevenness(struct mat_cursor *cursor, uint64_t count, double *step)
{
    double values[1024], first, last, worst = 0;
    if (!mat_cursor_seek(cursor, 0) || mat_cursor_read(cursor, &first, 1) < 1 ||
        !mat_cursor_seek(cursor, count - 1) || mat_cursor_read(cursor, &last, 1) < 1 ||
        !mat_cursor_seek(cursor, 0)) {
        return NAN;
    }
    *step = (last - first) / (double)(count - 1);
    if (!(*step > 0) || !isfinite(*step)) {
        return INFINITY;
    }
    for (uint64_t i = 0; i < count;) {
        size_t got = mat_cursor_read(cursor, values, 1024);
        for (size_t k = 0; k < got; k++, i++) {
            double distance = fabs(values[k] - (first + (double)i * *step));
            if (isnan(distance)) {
                return NAN;
            }
            worst = fmax(worst, distance);
        }
        if (got == 0) {
            return NAN;
        }
    }
    return worst / *step;
}

double mat_facts_time_rate(const struct mat_file *file, const struct mat_array *times,
                           char why[200])
{
    double step = 0;
    struct mat_cursor *cursor = mat_cursor_open(file, times, NULL);
    double uneven = cursor ? unevenness(cursor, times->count, &step) : NAN;
    mat_cursor_close(cursor);
    if (!(uneven <= 1)) {
        snprintf(why, 200, "the times in '%s' do not go in equal steps", times->name);
        return 0;
    }
    double rate = (mat_name_is(times->name, milliseconds_names) ? 1000 : 1) / step;
    if (rate < RATE_MIN || rate > RATE_MAX) {
        snprintf(why, 200, "the times in '%s' go in steps of %g, which is hardly seconds",
                 times->name, step);
        return 0;
    }
    /* Times were rounded when they were stored. */
    return fabs(rate - round(rate)) < 1e-6 * rate ? round(rate) : rate;
}

/* Frames that tell a column of times, or of numbers of samples, from a signal. */
#define RAMP_FRAMES 256
/* Steps that times may lie off by. */
#define RAMP_SLACK 4

bool mat_facts_is_ramp(const struct mat_file *file, const struct mat_array *array,
                       bool channels_are_rows)
{
    double values[RAMP_FRAMES];
    uint64_t stride = channels_are_rows ? array->rows : 1;
    size_t got = 0;
    if (array->count / stride < RAMP_FRAMES) {
        return false;
    }
    struct mat_cursor *cursor = mat_cursor_open(file, array, NULL);
    while (cursor && got < RAMP_FRAMES && mat_cursor_seek(cursor, got * stride) &&
           mat_cursor_read(cursor, &values[got], 1) == 1) {
        got++;
    }
    mat_cursor_close(cursor);
    double step = got == RAMP_FRAMES ? (values[got - 1] - values[0]) / (double)(got - 1) : 0;
    bool ramp = step > 0 && isfinite(step);
    for (size_t i = 0; i < got && ramp; i++) {
        /* Rounded times repeat themselves, but never fall. */
        ramp = fabs(values[i] - (values[0] + (double)i * step)) <= RAMP_SLACK * step &&
               (i == 0 || values[i] >= values[i - 1]);
    }
    return ramp;
}

/* The rate that an array gives a channel: one for all channels, or one each. */
static double rate_of(const struct mat_array *array, size_t channel)
{
    return array->values[array->count == 1 ? 0 : channel];
}

static bool gives_rates(const struct mat_scope *scope, const struct mat_array *array)
{
    if (!mat_array_is_numeric(array) || !array->values ||
        (array->count != 1 && array->count != scope->channels)) {
        return false;
    }
    for (size_t i = 0; i < array->count; i++) {
        if (!(array->values[i] > 0) || !isfinite(array->values[i]) ||
            (scope->apart && array->values[i] != array->values[0])) {
            return false;
        }
    }
    return true;
}

static void set_rate(const struct mat_scope *scope, double rate)
{
    for (size_t c = 0; c < scope->channels; c++) {
        scope->file->info->channels[c].rate = rate;
    }
}

static bool take_interval(const struct mat_scope *scope, const struct mat_array *where,
                          char why[200])
{
    double interval;
    char unit[UNIT_SIZE];
    const struct mat_array *array = mat_array_any(where, interval_names);
    if (!mat_array_scalar(array, &interval) || !(interval > 0)) {
        return false;
    }
    mat_array_text(mat_array_any(where, interval_unit_names), 0, unit, sizeof unit);
    double second = strcmp(unit, "ms") == 0 ? 1e3 : strcmp(unit, "us") == 0 ? 1e6 : 1;
    if (second / interval < RATE_MIN) {
        snprintf(why, 200, "'%s' is %g, which is hardly seconds", array->name, interval);
        return false;
    }
    set_rate(scope, second / interval);
    return true;
}

/* The vectors of times that are as long as the signals. */
static bool take_times(const struct mat_scope *scope, const struct mat_array *where, char why[200])
{
    for (size_t i = 0; i < where->child_count; i++) {
        const struct mat_array *array = &where->children[i];
        if (!array->name || !mat_name_is(array->name, time_names) || !mat_array_is_numeric(array) ||
            array->rank > 2 || array->count != scope->frames || array->count < 3 ||
            (array->rows != 1 && array->columns != 1)) {
            continue;
        }
        double rate = mat_facts_time_rate(scope->file, array, why);
        if (rate > 0) {
            set_rate(scope, rate);
            return true;
        }
    }
    return false;
}

enum finding { NOT_FOUND, FOUND, CONTRADICTED };

/* Rates by one list of names. Two that differ contradict each other: which is the signals'? */
static enum finding find_named_rates(const struct mat_scope *scope, const struct mat_array *where,
                                     const char *const *names, char why[200])
{
    const struct mat_array *first = NULL;
    for (size_t i = 0; i < where->child_count; i++) {
        const struct mat_array *array = &where->children[i];
        if (!array->name || !mat_name_is(array->name, names) || !gives_rates(scope, array)) {
            continue;
        }
        for (size_t c = 0; first && c < scope->channels; c++) {
            if (rate_of(first, c) != rate_of(array, c)) {
                snprintf(why, 200, "'%.60s' is %g, and '%.60s' is %g", first->name,
                         rate_of(first, c), array->name, rate_of(array, c));
                set_rate(scope, 0);
                return CONTRADICTED;
            }
        }
        first = first ? first : array;
    }
    for (size_t c = 0; first && c < scope->channels; c++) {
        scope->file->info->channels[c].rate = rate_of(first, c);
    }
    return first ? FOUND : NOT_FOUND;
}

static enum finding find_rates(const struct mat_scope *scope, const struct mat_array *where,
                               char why[200])
{
    enum finding finding = NOT_FOUND;
    for (size_t k = 0; k < 3 && finding == NOT_FOUND; k++) {
        finding = find_named_rates(scope, where, rates_by_trust[k], why);
    }
    if (finding == NOT_FOUND &&
        (take_interval(scope, where, why) || take_times(scope, where, why))) {
        finding = FOUND;
    }
    return finding;
}

/* The structs of one element among the variables: "info.fs". */
static void find_rates_elsewhere(const struct mat_scope *scope, char why[200])
{
    const struct mat_array *root = &scope->file->root, *first = NULL;
    const struct channel *channels = scope->file->info->channels;
    double rate = 0;
    for (size_t i = 0; i < root->child_count; i++) {
        const struct mat_array *array = &root->children[i];
        if (array->class != MAT_STRUCT || array->count != 1 || array == scope->beside) {
            continue;
        }
        enum finding finding = find_rates(scope, array, why);
        if (finding == CONTRADICTED) {
            return;
        }
        if (finding == FOUND && first && channels[0].rate != rate) {
            snprintf(why, 200, "'%.60s' has %g Hz, and '%.60s' %g Hz", first->name, rate,
                     array->name, channels[0].rate);
            set_rate(scope, 0);
            return;
        }
        if (finding == FOUND) {
            first = array;
            rate = channels[0].rate;
        }
    }
}

void mat_facts_label(struct channel *channel, const struct mat_array *texts, size_t index)
{
    mat_array_text(texts, index, channel->label, sizeof channel->label);
}

void mat_facts_unit(struct channel *channel, const struct mat_array *texts, size_t index)
{
    mat_array_text(texts, index, channel->file_unit, sizeof channel->file_unit);
}

bool mat_facts_are_counts(const struct mat_array *array)
{
    return mat_class_size(array->class) > 0 && array->class != MAT_DOUBLE &&
           array->class != MAT_SINGLE;
}

void mat_facts_limits(struct channel *channel, enum mat_class class)
{
    int bits = (int)mat_class_size(class) * 8;
    switch (class) {
    case MAT_INT8:
    case MAT_INT16:
    case MAT_INT32:
        channel->minimum = -ldexp(1, bits - 1);
        channel->maximum = ldexp(1, bits - 1) - 1;
        break;
    case MAT_UINT8:
    case MAT_UINT16:
    case MAT_UINT32:
        channel->minimum = 0;
        channel->maximum = ldexp(1, bits) - 1;
        break;
    default:
        break;
    }
}

/* The first array of such a name that has a text for each channel (or, for units, one for all). */
static const struct mat_array *find_texts(const struct mat_scope *scope, const char *const *names,
                                          bool one_for_all)
{
    const struct mat_array *places[] = {scope->beside, &scope->file->root};
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < places[p]->child_count; i++) {
            const struct mat_array *array = &places[p]->children[i];
            size_t texts = mat_array_texts(array);
            if (array->name && mat_name_is(array->name, names) &&
                ((texts == scope->channels && !scope->apart) || (one_for_all && texts == 1))) {
                return array;
            }
        }
    }
    return NULL;
}

enum status mat_facts_find(const struct mat_scope *scope, const char *name, char why[200],
                           struct error *error)
{
    const struct mat_array *root = &scope->file->root;
    const struct mat_array *labels = find_texts(scope, label_names, false);
    const struct mat_array *units = find_texts(scope, unit_names, true);
    (void)error;
    why[0] = '\0';
    enum finding finding = find_rates(scope, scope->beside, why);
    if (finding == NOT_FOUND && scope->beside != root) {
        finding = find_rates(scope, root, why);
    }
    if (finding == NOT_FOUND) {
        find_rates_elsewhere(scope, why);
    }
    for (size_t c = 0; c < scope->channels; c++) {
        struct channel *channel = &scope->file->info->channels[c];
        char label[LABEL_SIZE];
        if (labels) {
            mat_facts_label(channel, labels, c);
        } else if (!channel->label[0]) {
            snprintf(label, sizeof label, scope->channels > 1 ? "%.60s %zu" : "%.60s", name, c + 1);
            memcpy(channel->label, label, sizeof label);
        }
        if (units) {
            mat_facts_unit(channel, units, mat_array_texts(units) == 1 ? 0 : c);
        }
    }
    return STATUS_OK;
}
