/* Lossless audio containers through libsndfile. Whole-number samples come as ±1 and have no
 * physical unit; --scale gives them one. */
#include "formats/audio/audio_claim.h"
#include "formats/audio/interleave.h"
#include "formats/checked.h"
#include "formats/reader.h"
#include "formats/text.h"

#include <inttypes.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct audio {
    const struct source *source;
    struct recording_info *info;
    SNDFILE *file;
    bool strict;
    bool ended;
    sf_count_t claimed; /* frames that the header claims; 0: unknown */
    sf_count_t done;    /* frames read */
    float *frames;
    size_t limit; /* frames that fit there */
};

static const char not_read[] =
    "is none of WAV, W64, RF64, CAF, AIFF, FLAC and AU; convert it to one of them";

static bool begins(const unsigned char *head, size_t size, size_t at, const char *magic)
{
    size_t length = strlen(magic);
    return size >= at + length && memcmp(head + at, magic, length) == 0;
}

static bool has_extension(const char *path, const char *extension)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot + 1, extension) == 0;
}

/* The name of a lossy kind of audio, or NULL. */
static const char *lossy_kind(const unsigned char *head, size_t size, const char *path)
{
    if (begins(head, size, 0, "OggS")) {
        return "Ogg (Vorbis, Opus)";
    }
    if (begins(head, size, 0, "ID3") ||
        (size > 1 && head[0] == 0xff && (head[1] & 0xe0) == 0xe0 && has_extension(path, "mp3"))) {
        return "MP3";
    }
    if (begins(head, size, 4, "ftyp")) {
        return "MPEG-4 (AAC)";
    }
    if (begins(head, size, 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11")) {
        return "Windows Media";
    }
    return NULL;
}

static struct probe audio_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    const char *lossy = lossy_kind(head, size, path);
    bool wave = begins(head, size, 8, "WAVE");
    if (lossy) {
        probe.verdict = PROBE_UNSUPPORTED;
        probe.confidence = 85;
        snprintf(probe.reason, sizeof probe.reason,
                 "%s audio is not read: lossy coding keeps what is heard, and changes the spectrum "
                 "of EMG; record or export to WAV or FLAC",
                 lossy);
    } else if ((wave && (begins(head, size, 0, "RIFF") || begins(head, size, 0, "RIFX") ||
                         begins(head, size, 0, "RF64") || begins(head, size, 0, "BW64"))) ||
               begins(head, size, 0, "riff\x2e\x91\xcf\x11") ||
               (begins(head, size, 0, "FORM") && begins(head, size, 8, "AIF")) ||
               begins(head, size, 0, "caff") || begins(head, size, 0, "fLaC")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 90;
    } else if (begins(head, size, 0, ".snd") || begins(head, size, 0, "dns.")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 60; /* the AU reader is surer of what it can read */
    }
    return probe;
}

/* True for the containers that this reader stands for; libsndfile knows more. */
static bool container_is_read(int format)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_W64:
    case SF_FORMAT_RF64:
    case SF_FORMAT_CAF:
    case SF_FORMAT_AIFF:
    case SF_FORMAT_FLAC:
    case SF_FORMAT_AU:
        return true;
    default:
        return false;
    }
}

/* Bits of whole-number samples, 0 for floats, −1 for companded samples, −2 for lossy coding. */
static int sample_bits(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
        return 8;
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ALAC_16:
        return 16;
    case SF_FORMAT_ALAC_20:
        return 20;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
        return 24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
        return 32;
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
        return 0;
    case SF_FORMAT_ULAW:
    case SF_FORMAT_ALAW:
        return -1;
    default:
        return -2;
    }
}

static enum status check_format(const char *name, const SF_INFO *about, struct recording_info *info,
                                struct error *error)
{
    int bits = sample_bits(about->format);
    if (!container_is_read(about->format)) {
        return error_set(error, STATUS_UNSUPPORTED, "%s: %s", name, not_read);
    }
    if (bits == -2) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: its samples are coded with loss, which changes the spectrum of EMG; "
                         "record or export whole numbers or floats (PCM)",
                         name);
    }
    if (bits == -1) {
        warnings_add(&info->warnings,
                     "%s: companded samples (mu-law or A-law): amplitudes are coarse", name);
    }
    return STATUS_OK;
}

/* Compares the header's claim with the file: libsndfile reads what there is. */
static enum status check_claim(struct audio *audio, struct error *error)
{
    const char *name = source_name(audio->source);
    struct audio_claim claim = audio_claim_read(source_descriptor(audio->source));
    uint64_t size = source_size(audio->source);
    if (!claim.known || claim.start > size) {
        return STATUS_OK;
    }
    uint64_t there = size - claim.start;
    if (claim.size == 0 && there > 8) {
        return error_set(error, STATUS_FAILED,
                         "%s: its header says that there are no samples, but %" PRIu64
                         " bytes follow: the recorder was stopped before it could finish the file; "
                         "repair the header with an audio editor",
                         name, there);
    }
    if (claim.size > there && audio->strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: cut short: its header claims %" PRIu64 " bytes of samples, there are "
                         "%" PRIu64,
                         name, claim.size, there);
    }
    if (claim.size > there) {
        warnings_add(&audio->info->warnings,
                     "%s: cut short: its header claims %" PRIu64 " bytes of samples, there are "
                     "%" PRIu64,
                     name, claim.size, there);
    }
    return STATUS_OK;
}

/* The start time that broadcast WAV files carry. */
static void read_start(SNDFILE *file, struct start_time *start)
{
    SF_BROADCAST_INFO broadcast;
    char text[24] = "";
    int year, month, day, hour, minute, second;
    memset(&broadcast, 0, sizeof broadcast);
    if (sf_command(file, SFC_GET_BROADCAST_INFO, &broadcast, sizeof broadcast) != SF_TRUE) {
        return;
    }
    memcpy(text, broadcast.origination_date, sizeof broadcast.origination_date);
    text[10] = ' ';
    memcpy(text + 11, broadcast.origination_time, sizeof broadcast.origination_time);
    if (sscanf(text, "%4d%*1[-:_./ ]%2d%*1[-:_./ ]%2d %2d%*1[-:_./ ]%2d%*1[-:_./ ]%2d", &year,
               &month, &day, &hour, &minute, &second) == 6) {
        start->known = text_civil_seconds(year, month, day, hour, minute, second, &start->seconds);
    }
}

static void set_channels(struct recording_info *info, const SF_INFO *about, double rate)
{
    int bits = sample_bits(about->format);
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        channel->rate = rate > 0 ? rate : about->samplerate;
        if (bits > 0) {
            channel->minimum = -1;
            channel->maximum = 1 - ldexp(1, 1 - bits);
        }
    }
}

/* Hands libsndfile a descriptor of its own, at the start of the file. */
static enum status open_file(struct source *source, SNDFILE **file, SF_INFO *about,
                             struct error *error)
{
    const char *name = source_name(source);
    if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: audio other than AU cannot be read from a pipe; save it to a file "
                         "first",
                         name);
    }
    /* What is no audio of these kinds never reaches libsndfile, which knows kinds that print. */
    const unsigned char *head;
    size_t size;
    enum status status = source_peek(source, SOURCE_PEEK_MAX, &head, &size, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct probe probe = audio_probe(head, size, name);
    if (probe.verdict != PROBE_MINE) {
        return error_set(error, STATUS_UNSUPPORTED, "%s: %s", name,
                         probe.verdict == PROBE_UNSUPPORTED ? probe.reason : not_read);
    }
    status = source_seek(source, 0, error);
    if (status != STATUS_OK) {
        return status;
    }
    int descriptor = dup(source_descriptor(source));
    *file = descriptor >= 0 ? sf_open_fd(descriptor, SFM_READ, about, SF_TRUE) : NULL;
    if (!*file) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be read as audio: %s; was it written to the end?", name,
                         sf_strerror(NULL));
    }
    return STATUS_OK;
}

static void audio_close(void *state)
{
    struct audio *audio = state;
    if (audio) {
        if (audio->file) {
            sf_close(audio->file);
        }
        free(audio->frames);
        free(audio);
    }
}

static enum status prepare(struct audio *audio, const SF_INFO *about, double rate,
                           struct error *error)
{
    struct recording_info *info = audio->info;
    enum status status = recording_info_allocate(info, (size_t)about->channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, source_name(audio->source));
        return status;
    }
    set_channels(info, about, rate);
    read_start(audio->file, &info->start);
    status = check_claim(audio, error);
    if (status == STATUS_OK && about->frames == 0) {
        status = error_set(error, STATUS_FAILED, "%s: holds no samples; was it written to the end?",
                           source_name(audio->source));
    }
    /* Compressed files that were written to a pipe do not know their length. */
    if (about->seekable && about->frames > 0 && about->frames < SF_COUNT_MAX / 2) {
        audio->claimed = about->frames;
        info->duration = (double)about->frames / info->channels[0].rate;
    }
    audio->limit = GATHER_VALUES / info->channel_count;
    audio->limit = audio->limit > 0 ? audio->limit : 1;
    audio->frames = checked_calloc(audio->limit * info->channel_count, sizeof *audio->frames);
    if (status == STATUS_OK && !audio->frames) {
        status = error_memory(error, "opening a recording");
    }
    return status;
}

static enum status audio_open(struct source *source, const struct reader_options *options,
                              struct recording_info *info, void **state, struct error *error)
{
    SF_INFO about = {0};
    *state = NULL;
    struct audio *audio = calloc(1, sizeof *audio);
    if (!audio) {
        return error_memory(error, "opening a recording");
    }
    *audio = (struct audio){.source = source, .info = info, .strict = options->strict};
    enum status status = open_file(source, &audio->file, &about, error);
    if (status == STATUS_OK) {
        status = check_format(source_name(source), &about, info, error);
    }
    if (status == STATUS_OK) {
        status = prepare(audio, &about, options->rate, error);
    }
    if (status == STATUS_OK) {
        *state = audio;
    } else {
        audio_close(audio);
    }
    return status;
}

/* Compares what was read with what the header claims. */
static enum status note_end(struct audio *audio, struct error *error)
{
    const char *name = source_name(audio->source);
    bool broken = sf_error(audio->file) != SF_ERR_NO_ERROR;
    audio->ended = true;
    if (!broken && audio->done >= audio->claimed) {
        return STATUS_OK;
    }
    const char *why = broken ? sf_strerror(audio->file) : "it was cut short";
    if (audio->strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: ends after %" PRId64 " of %" PRId64 " frames: %s", name,
                         (int64_t)audio->done, (int64_t)audio->claimed, why);
    }
    warnings_add(&audio->info->warnings, "%s: ends after %" PRId64 " of %" PRId64 " frames: %s",
                 name, (int64_t)audio->done, (int64_t)audio->claimed, why);
    return STATUS_OK;
}

static enum status audio_read(void *state, struct block *block, struct error *error)
{
    struct audio *audio = state;
    size_t room = interleave_room(block, SIZE_MAX), done = 0;
    enum status status = STATUS_OK;
    while (done < room && !audio->ended && status == STATUS_OK) {
        size_t step = room - done < audio->limit ? room - done : audio->limit;
        sf_count_t got = sf_readf_float(audio->file, audio->frames, (sf_count_t)step);
        got = got > 0 ? got : 0;
        if (interleave_spread(audio->frames, (size_t)got, audio->info, block, done)) {
            warnings_add(&audio->info->warnings, "%s: infinite samples are taken for gaps",
                         source_name(audio->source));
        }
        done += (size_t)got;
        audio->done += got;
        if ((size_t)got < step) {
            status = note_end(audio, error);
        }
    }
    interleave_set_frames(block, done);
    return status;
}

const struct reader reader_audio = {
    .id = "audio",
    .description = "lossless audio (WAV, W64, RF64, CAF, AIFF, FLAC, AU)",
    .extensions = "wav w64 rf64 caf aif aiff aifc flac",
    .streams = false,
    .isolated = true,
    .probe = audio_probe,
    .open = audio_open,
    .read = audio_read,
    .close = audio_close,
};
