/* Where the data records of an EDF file lie in time. */
#include "formats/edf/records.h"
#include "formats/mend.h"

#include <math.h>

/* No recording is longer; a record that claims to begin later lies. s. */
#define RECORDING_MAX (400.0 * 86400)

/* Rounding of products of times and rates, in samples. */
#define SLACK 0.01

enum status edf_records_text(struct edf_records *records, uint64_t number, bool first,
                             const unsigned char *bytes, size_t size, struct edf_onset *onset,
                             struct error *error)
{
    struct edf_annotations *annotations = &records->annotations;
    if (first) {
        *onset = edf_annotations_onset(bytes, size);
        if (number == 0 && onset->known) {
            annotations->zero = onset->seconds;
        }
    }
    enum status status = edf_annotations_collect(annotations, bytes, size, error);
    if (status == STATUS_OK && annotations->malformed > 0 && !records->malformed_told) {
        records->malformed_told = true;
        status = mend(source_name(records->source), records->strict, records->info, error,
                      "data record %llu and perhaps others hold annotations that are not in "
                      "the form of EDF+; those are passed over",
                      (unsigned long long)number + 1);
    }
    return status;
}

/* A continuous file's time stamps are checked, but its samples are taken as it says. */
static enum status check_continuous(struct edf_records *records, uint64_t number,
                                    struct edf_onset onset, struct error *error)
{
    double duration = records->header->duration;
    double expected = (double)number * duration, actual = onset.seconds - records->annotations.zero;
    if (!onset.known || !records->check_times ||
        fabs(actual - expected) <= fmax(duration / 2, pow(10, -onset.decimals))) {
        return STATUS_OK;
    }
    records->check_times = false;
    return mend(source_name(records->source), records->strict, records->info, error,
                "data record %llu begins at %.10g s by its annotation, and at %.10g s if the "
                "file is continuous, as its header says; it is read as continuous",
                (unsigned long long)number + 1, actual, expected);
}

/* How far an onset may lie beside the end of the record before, to be taken for it: what its last
 * digit leaves open. Files with more digits elsewhere are held to those. s. */
static double tolerance(struct edf_records *records, struct edf_onset onset)
{
    if (onset.decimals > records->decimals) {
        records->decimals = onset.decimals;
    }
    return 0.5 * pow(10, -records->decimals) * (1 + 1e-6);
}

static enum status check_order(const struct edf_records *records, uint64_t number,
                               const struct edf_place *place, struct error *error)
{
    const char *name = source_name(records->source);
    if (place->onset > RECORDING_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: data record %llu claims to begin %.10g s after the first, more than "
                         "400 days; its time stamp is damaged, so cut the file before it",
                         name, (unsigned long long)number + 1, place->onset);
    }
    for (size_t c = 0; c < records->info->channel_count; c++) {
        double rate = records->info->channels[c].rate;
        double late = place->onset * rate - (double)records->planned[c];
        if (late < -fmax(0.5, place->tolerance * rate) - SLACK) {
            return error_set(error, STATUS_FAILED,
                             "%s: data record %llu begins at %.10g s, before the one before it "
                             "ends (%.10g s); records that overlap cannot be put in order, so cut "
                             "the file before it",
                             name, (unsigned long long)number + 1, place->onset,
                             (double)records->planned[c] / rate);
        }
    }
    return STATUS_OK;
}

enum status edf_records_place(struct edf_records *records, uint64_t number, size_t slot,
                              struct edf_onset onset, struct error *error)
{
    const struct edf_header *header = records->header;
    enum status status = STATUS_OK;
    if (!header->discontinuous) {
        status = check_continuous(records, number, onset, error);
    } else if (!onset.known) {
        records->places[slot] = (struct edf_place){NAN, 0};
        status = records->untimed_told
                     ? STATUS_OK
                     : mend(source_name(records->source), records->strict, records->info, error,
                            "data record %llu and perhaps others have no time stamp, although the "
                            "file is discontinuous; they are taken to follow the record before",
                            (unsigned long long)number + 1);
        records->untimed_told = true;
    } else {
        struct edf_place *place = &records->places[slot];
        place->onset = onset.seconds - records->annotations.zero;
        place->tolerance = tolerance(records, onset);
        status = check_order(records, number, place, error);
    }
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        size_t c = header->signals[s].channel;
        if (c != SIZE_MAX) {
            records->planned[c] += edf_records_gap(records, slot, records->info->channels[c].rate,
                                                   records->planned[c]);
            records->planned[c] += header->signals[s].samples;
        }
    }
    return status;
}

uint64_t edf_records_gap(const struct edf_records *records, size_t slot, double rate,
                         uint64_t position)
{
    if (!records->places || isnan(records->places[slot].onset)) {
        return 0;
    }
    const struct edf_place *place = &records->places[slot];
    double late = place->onset * rate - (double)position;
    if (late <= fmax(0.5, place->tolerance * rate) + SLACK) {
        return 0;
    }
    return (uint64_t)llround(place->onset * rate) - position;
}

bool edf_records_ends_within(const struct edf_records *records)
{
    const struct edf_header *header = records->header;
    const struct edf_annotations *annotations = &records->annotations;
    for (size_t s = 0; s < header->signal_count && annotations->end_known; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations) {
            double rate = records->info->channels[signal->channel].rate;
            double before = (double)(records->planned[signal->channel] - signal->samples);
            double end = annotations->end * rate;
            return end >= before - SLACK && end < before + (double)signal->samples - SLACK;
        }
    }
    return false;
}

size_t edf_records_trimmed(const struct edf_records *records, size_t channel, size_t samples)
{
    double before = (double)(records->planned[channel] - samples);
    double end = ceil(records->annotations.end * records->info->channels[channel].rate - SLACK);
    double kept = end - before;
    return kept <= 0 ? 0 : kept < (double)samples ? (size_t)kept : samples;
}
