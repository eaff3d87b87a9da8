#include "formats/xdf/plan.h"

#include "formats/checked.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Over the whole recording the nominal rate may part from the stamps by so many seconds, or by
 * what their jitter leaves open. */
#define DRIFT_MAX 0.02

/* Streams that begin further apart than this were not recorded together. s. */
#define APART_MAX (40.0 * 86400)

static bool is_numeric(const struct xdf_stream *stream)
{
    return stream->type != XDF_STRING && stream->count > 0;
}

static bool is_named(const struct xdf_stream *stream, const char *name)
{
    char id[16];
    snprintf(id, sizeof id, "%u", (unsigned)stream->id);
    return strcmp(stream->name, name) == 0 || strcmp(id, name) == 0;
}

/* The names of all streams of numbers, for messages. */
static void candidates(const struct xdf_file *file, char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < file->count && used + 1 < size; i++) {
        if (is_numeric(&file->streams[i])) {
            used += (size_t)snprintf(to + used, size - used, "%s'%.60s'", used ? ", " : "",
                                     file->streams[i].name);
        }
    }
}

static enum status refuse_choice(const struct xdf_file *file, const char *variable,
                                 struct error *error)
{
    const char *name = source_name(file->source);
    char known[600];
    bool irregular = false;
    candidates(file, known, sizeof known);
    for (size_t i = 0; i < file->count; i++) {
        const struct xdf_stream *stream = &file->streams[i];
        irregular = irregular || (is_numeric(stream) && stream->stamps.interval == 0 &&
                                  (!variable || is_named(stream, variable)));
    }
    if (irregular) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: stream %s has no sampling rate in its header (nominal_srate 0); give "
                         "it with --rate, and the stream with --var: %s",
                         name, variable ? variable : "of numbers", known);
    }
    if (variable) {
        return error_set(error, STATUS_USAGE, "%s: has no stream of numbers '%s'; it has: %s", name,
                         variable, known[0] ? known : "none");
    }
    return error_set(error, STATUS_FAILED,
                     "%s: holds no stream of numbers with samples, only markers or nothing", name);
}

/* The chosen stream, or all regular ones; with a rate given, EMG that has none as well. */
static bool is_chosen(const struct xdf_stream *stream, const char *variable)
{
    if (!is_numeric(stream) || stream->stamps.interval == 0) {
        return false;
    }
    return variable ? is_named(stream, variable)
                    : stream->nominal > 0 || strcasestr(stream->kind, "EMG");
}

/* What the stamps of all stretches say of the rate. */
static struct xdf_line pool(const struct xdf_stream *stream)
{
    struct xdf_line sum = {0};
    for (size_t k = 0; k < stream->stamps.stretch_count; k++) {
        const struct xdf_stretch *stretch = &stream->stamps.stretches[k];
        double slope = 1 + xdf_clock_correction(&stream->clock, stretch->clocks).slope;
        sum.count += stretch->line.count;
        sum.xx += stretch->line.xx;
        sum.xy += stretch->line.xy * slope;
        sum.yy += stretch->line.yy * slope * slope;
    }
    return sum;
}

/* The delivered rate: the nominal one where stamps allow it. */
static void set_rate(struct xdf_file *file, const struct reader_options *options, size_t chosen,
                     struct xdf_planned *planned)
{
    const struct xdf_stream *stream = planned->stream;
    struct xdf_line line = pool(stream);
    double slope = line.xx > 0 ? line.xy / line.xx : NAN, count = (double)stream->count;
    double rest = line.count > 2 ? (line.yy - slope * line.xy) / (line.count - 2) : NAN;
    double doubt = 3 * sqrt(fmax(rest, 0) / line.xx) * count;
    planned->measured = slope > 0 ? 1 / slope : NAN;
    double drift = fabs(slope - stream->stamps.interval) * count;
    bool given = options->rate > 0 && (chosen == 1 || stream->nominal == 0 ||
                                       fabs(options->rate / stream->nominal - 1) < 0.1);
    if (given) {
        planned->rate = options->rate;
    } else if (!(planned->measured > 0) || !isfinite(planned->measured) || !(drift > DRIFT_MAX) ||
               drift <= doubt) {
        planned->rate = stream->nominal;
    } else {
        planned->rate = planned->measured;
        warnings_add(&file->info->warnings,
                     "stream '%s': %.10g Hz by its header, %.10g Hz by its time stamps over %.6g "
                     "s; delivered at the latter",
                     stream->name, stream->nominal, planned->measured, count * slope);
    }
}

/* When a stretch begins, on the recorder's clock, by the middle of its stamps. */
static double start_of(const struct xdf_planned *planned, const struct xdf_stretch *stretch)
{
    struct xdf_correction correction =
        xdf_clock_correction(&planned->stream->clock, stretch->clocks);
    double middle = stretch->origin + stretch->line.mean_y;
    middle += correction.constant + correction.slope * middle;
    return middle - stretch->line.mean_x / planned->rate;
}

/* Puts the stretches onto the grid of the stream's rate. */
static enum status place(struct xdf_file *file, double zero, struct xdf_planned *planned,
                         struct error *error)
{
    const char *name = planned->stream->name;
    enum status status = STATUS_OK;
    uint64_t next = 0;
    for (size_t k = 0; k < planned->stream->stamps.stretch_count && status == STATUS_OK; k++) {
        struct xdf_stretch *stretch = &planned->stream->stamps.stretches[k];
        double start = start_of(planned, stretch) - zero;
        double frame = round(start * planned->rate), early = (double)next - frame;
        if (!(start < APART_MAX) || !(frame < 1e15)) {
            return error_set(error, STATUS_FAILED,
                             "%s: stream '%s' goes on %.6g s after the recording's beginning; its "
                             "time stamps make no sense, choose another stream with --var",
                             source_name(file->source), name, start);
        }
        stretch->frame = frame > (double)next ? (uint64_t)frame : next;
        if (k > 0 && early > 1 && early > DRIFT_MAX * planned->rate) {
            status = mend(source_name(file->source), file->strict, file->info, error,
                          "stream '%s': its time stamps go back by %.6g s at %.6g s; what follows "
                          "is put after what came before",
                          name, early / planned->rate, (double)next / planned->rate);
        }
        next = stretch->frame + stretch->count;
    }
    planned->frames = next;
    return status;
}

static enum status describe(struct xdf_file *file, const struct xdf_planned *planned,
                            struct error *error)
{
    const struct xdf_stream *stream = planned->stream;
    struct channel *channels = &file->info->channels[planned->first];
    enum status status = xdf_header_channels(file->source, stream, channels, error);
    char composed[3 * LABEL_SIZE];
    int length = snprintf(composed, sizeof composed, "nominal %.6g Hz, measured %.7g Hz; %s%s%s",
                          stream->nominal, planned->measured, stream->name,
                          stream->device[0] ? ", " : "", stream->device);
    for (size_t c = 0; c < stream->channels; c++) {
        channels[c].rate = planned->rate;
        text_from_field(channels[c].description, sizeof channels[c].description, composed,
                        (size_t)length);
    }
    return status;
}

/* A stream that the user names is wanted, whatever its channels are called. */
static void want(struct recording_info *info)
{
    bool any = false;
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct channel *channel = &info->channels[c];
        any = any || channel->type == CHANNEL_EMG ||
              (channel->type == CHANNEL_UNKNOWN &&
               text_channel_type(channel->label, "", channel->file_unit) != CHANNEL_OTHER);
    }
    for (size_t c = 0; c < info->channel_count && !any; c++) {
        info->channels[c].type = CHANNEL_EMG;
    }
}

static void set_times(struct xdf_file *file, const struct xdf_plan *plan)
{
    struct recording_info *info = file->info;
    for (size_t i = 0; i < info->annotation_count && i < file->mark_count; i++) {
        struct annotation *annotation = &info->annotations[i];
        struct xdf_correction correction = xdf_clock_correction(
            &file->streams[file->marks[i].stream].clock, file->marks[i].clocks);
        annotation->onset +=
            correction.constant + correction.slope * annotation->onset - plan->zero;
    }
    info->duration = 0;
    for (size_t i = 0; i < plan->count; i++) {
        info->duration =
            fmax(info->duration, (double)plan->streams[i].frames / plan->streams[i].rate);
    }
}

static void note_left_out(struct xdf_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct xdf_stream *stream = &file->streams[i];
        if (is_numeric(stream) && stream->nominal == 0 && !is_chosen(stream, NULL) &&
            !strcasestr(stream->kind, "marker") && !strcasestr(stream->kind, "event")) {
            warnings_add(&file->info->warnings,
                         "stream '%s' has no regular sampling rate; it is left out", stream->name);
        }
    }
}

enum status xdf_plan(struct xdf_file *file, const struct reader_options *options,
                     struct xdf_plan *plan, struct error *error)
{
    size_t channels = 0;
    enum status status = STATUS_OK;
    *plan = (struct xdf_plan){.zero = INFINITY};
    plan->streams = checked_calloc(file->count, sizeof *plan->streams);
    if (!plan->streams) {
        return error_memory(error, "opening an XDF file");
    }
    for (size_t i = 0; i < file->count; i++) {
        if (is_chosen(&file->streams[i], options->variable)) {
            plan->streams[plan->count++] =
                (struct xdf_planned){.stream = &file->streams[i], .first = channels};
            channels += file->streams[i].channels;
        }
    }
    if (plan->count == 0) {
        return refuse_choice(file, options->variable, error);
    }
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        struct xdf_planned *planned = &plan->streams[i];
        set_rate(file, options, plan->count, planned);
        planned->start = start_of(planned, &planned->stream->stamps.stretches[0]);
        plan->zero = fmin(plan->zero, planned->start);
    }
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        status = place(file, plan->zero, &plan->streams[i], error);
    }
    if (status == STATUS_OK) {
        status = recording_info_allocate(file->info, channels, error);
    }
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        status = describe(file, &plan->streams[i], error);
    }
    if (status == STATUS_OK) {
        set_times(file, plan);
        if (options->variable) {
            want(file->info);
        } else {
            note_left_out(file);
        }
    }
    return status;
}
