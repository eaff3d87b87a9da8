/* OTB+ and OTB4 of OT Bioelettronica: archives of interleaved samples with descriptions in XML. */
#include "formats/checked.h"
#include "formats/otb/layout.h"
#include "formats/otb/samples.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct otb {
    const struct source *source;
    struct recording_info *info;
    bool strict;
    size_t stream_count;
    struct otb_samples *streams;
    size_t *stream, *index; /* by channel */
};

/* The acquisitions of an OTB+ file: .sig entries, each with a description of the same name. */
static enum status choose_plus(struct otb_layout *layout, const struct otb_contents *contents,
                               const char *wanted, struct error *error)
{
    const struct otb_entry *signals = NULL, *description = NULL;
    char names[400] = "";
    size_t count = 0, used = 0;
    for (size_t i = 0; i < contents->count; i++) {
        const struct otb_entry *entry = &contents->entries[i];
        char stem[OTB_NAME_SIZE], xml[OTB_NAME_SIZE + 8];
        if (!otb_name_ends(entry->name, ".sig")) {
            continue;
        }
        snprintf(stem, sizeof stem, "%.*s", (int)(strlen(entry->name) - 4), entry->name);
        snprintf(xml, sizeof xml, "%s.xml", stem);
        const struct otb_entry *found = otb_contents_find(contents, xml);
        if (!found || !found->text) {
            continue;
        }
        if (used + 1 < sizeof names) {
            used +=
                (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", stem);
        }
        if (wanted && strcasecmp(wanted, stem) != 0 && strcasecmp(wanted, entry->name) != 0) {
            continue;
        }
        signals = signals ? signals : entry;
        description = description ? description : found;
        count++;
    }
    if (count == 0 && used > 0) {
        return error_set(error, STATUS_FAILED, "%s: has no acquisition '%s'; it has: %s",
                         layout->name, wanted, names);
    }
    if (count == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no samples (.sig) with a description (.xml) of the same name",
                         layout->name);
    }
    if (count > 1) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds %zu acquisitions (%s); choose one with --var", layout->name,
                         count, names);
    }
    return otb_plus_read(layout, signals, description, error);
}

/* Tracks first, then what was shown to the participant. */
static enum status read_tracks(struct otb_layout *layout, const struct otb_contents *contents,
                               bool *any, struct error *error)
{
    static const char *const kinds[] = {"Tracks_", "TrapezoidalTracks_"};
    enum status status = STATUS_OK;
    *any = false;
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < contents->count && status == STATUS_OK; i++) {
            const struct otb_entry *entry = &contents->entries[i];
            if (entry->text && strncasecmp(entry->name, kinds[kind], strlen(kinds[kind])) == 0) {
                *any = true;
                status = otb_tracks_read(layout, contents, entry, kind == 1, error);
            }
        }
    }
    return status;
}

static enum status read_description(struct otb_layout *layout, const struct otb_contents *contents,
                                    const struct reader_options *options, struct error *error)
{
    bool tracks;
    enum status status = STATUS_OK;
    if (contents->damage.status != STATUS_OK && layout->strict) {
        *error = contents->damage;
        return error->status;
    }
    status = read_tracks(layout, contents, &tracks, error);
    if (status == STATUS_OK && !tracks) {
        status = choose_plus(layout, contents, options->variable, error);
    }
    if (status == STATUS_OK && layout->place_count == 0) {
        const struct warnings *said = &layout->info->warnings;
        status =
            said->count > 0
                ? error_set(error, STATUS_FAILED, "%s: %s", layout->name, said->texts[0])
                : error_set(
                      error, STATUS_FAILED,
                      "%s: describes no signal; save it anew with OTBiolab, or export it as MATLAB",
                      layout->name);
    }
    if (contents->damage.status != STATUS_OK) {
        if (status != STATUS_OK) {
            *error = contents->damage;
        } else {
            warnings_add(&layout->info->warnings, "%s", contents->damage.message);
        }
    }
    return status == STATUS_OK ? otb_extras_read(layout, contents, error) : status;
}

static void otb_close(void *state)
{
    struct otb *otb = state;
    if (!otb) {
        return;
    }
    for (size_t i = 0; otb->streams && i < otb->stream_count; i++) {
        otb_samples_clear(&otb->streams[i]);
    }
    free(otb->streams);
    free(otb->stream);
    free(otb->index);
    free(otb);
}

static enum status prepare(struct otb *otb, const struct otb_layout *layout,
                           const struct reader_options *options, struct error *error)
{
    struct recording_info *info = otb->info;
    enum status status = recording_info_allocate(info, layout->place_count, error);
    if (status != STATUS_OK) {
        error_prefix(error, layout->name);
        return status;
    }
    otb->streams = checked_calloc(layout->stream_count, sizeof *otb->streams);
    otb->stream = checked_calloc(layout->place_count, sizeof *otb->stream);
    otb->index = checked_calloc(layout->place_count, sizeof *otb->index);
    if (!otb->streams || !otb->stream || !otb->index) {
        return error_memory(error, "opening a recording");
    }
    otb->stream_count = layout->stream_count;
    for (size_t i = 0; i < layout->stream_count && status == STATUS_OK; i++) {
        status = otb_samples_prepare(&otb->streams[i], layout, i, error);
    }
    /* A rate that is given corrects the device's clock, by which all streams go. */
    double main_rate = layout->places[0].channel.rate;
    info->duration = 0;
    for (size_t c = 0; c < layout->place_count && status == STATUS_OK; c++) {
        struct channel *channel = &info->channels[c];
        *channel = layout->places[c].channel;
        otb->stream[c] = layout->places[c].stream;
        otb->index[c] = layout->places[c].index;
        if (options->rate > 0) {
            channel->rate = channel->rate > 0 && main_rate > 0
                                ? channel->rate * (options->rate / main_rate)
                                : options->rate;
        }
        uint64_t total = otb_samples_total(&otb->streams[otb->stream[c]]);
        double duration =
            total != UINT64_MAX && channel->rate > 0 ? (double)total / channel->rate : NAN;
        info->duration = isnan(info->duration) || isnan(duration) ? NAN
                         : duration > info->duration              ? duration
                                                                  : info->duration;
    }
    return status;
}

static enum status otb_open(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    struct otb_contents contents = {0};
    struct otb_layout *layout = calloc(1, sizeof *layout);
    struct otb *otb = calloc(1, sizeof *otb);
    enum status status = layout && otb ? STATUS_OK : error_memory(error, "opening a recording");
    *state = NULL;
    if (status == STATUS_OK && !source_is_file(source)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: an archive cannot be read from a pipe; save it to a file first",
                           source_name(source));
    }
    if (status == STATUS_OK) {
        *otb = (struct otb){.source = source, .info = info, .strict = options->strict};
        layout->name = source_name(source);
        layout->strict = options->strict;
        layout->info = info;
        status = otb_contents_read(&contents, source, error);
    }
    if (status == STATUS_OK) {
        status = read_description(layout, &contents, options, error);
    }
    if (status == STATUS_OK) {
        status = prepare(otb, layout, options, error);
    }
    otb_contents_clear(&contents);
    if (layout) {
        free(layout->places);
    }
    free(layout);
    if (status == STATUS_OK) {
        *state = otb;
    } else {
        otb_close(otb);
    }
    return status;
}

/* Frames that all channels of a stream can take. */
static size_t room_of(const struct otb *otb, size_t stream, const struct block *block, bool *wanted)
{
    size_t room = SIZE_MAX;
    *wanted = false;
    for (size_t c = 0; c < block->channel_count; c++) {
        if (otb->stream[c] == stream) {
            room = block->capacity[c] < room ? block->capacity[c] : room;
            *wanted = *wanted || block->samples[c];
        }
    }
    return room == SIZE_MAX ? 0 : room;
}

static enum status read_stream(struct otb *otb, size_t i, struct block *block, struct error *error)
{
    struct otb_samples *stream = &otb->streams[i];
    bool wanted;
    size_t room = room_of(otb, i, block, &wanted), done = 0;
    enum status status = STATUS_OK;
    if (!wanted && otb_samples_pass(stream, room, &done)) {
        room = done;
    }
    while (status == STATUS_OK && done < room) {
        size_t count;
        status = otb_samples_load(stream, otb->source, otb->info, otb->strict, &count, error);
        if (status != STATUS_OK || count == 0) {
            break;
        }
        count = count < room - done ? count : room - done;
        for (size_t c = 0; c < block->channel_count; c++) {
            if (otb->stream[c] == i && block->samples[c]) {
                const struct channel *channel = &otb->info->channels[c];
                otb_samples_decode(stream, otb->index[c], count, channel->gain, channel->offset,
                                   block->samples[c] + done);
            }
        }
        otb_samples_take(stream, count);
        done += count;
    }
    for (size_t c = 0; c < block->channel_count; c++) {
        if (otb->stream[c] == i) {
            block->frames[c] = done;
        }
    }
    return status;
}

static enum status otb_read(void *state, struct block *block, struct error *error)
{
    struct otb *otb = state;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < otb->stream_count && status == STATUS_OK; i++) {
        status = read_stream(otb, i, block, error);
    }
    return status;
}

const struct reader reader_otb = {
    .id = "otb",
    .description = "OT Bioelettronica OTBiolab (OTB+, OTB4)",
    .extensions = "otb+ otb4 otb",
    .streams = false,
    .isolated = true,
    .probe = otb_probe,
    .open = otb_open,
    .read = otb_read,
    .close = otb_close,
};
