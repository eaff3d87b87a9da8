#include "pipeline/save/derivative.h"

#include "formats/bids_name.h"

#include <jansson.h>
#include <math.h>

/* A whole number as one. */
static json_t *number(double value)
{
    return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
                                                       : json_real(value);
}

/* The rate of the analysed channels; 0 when they differ. */
static double rate_of(const struct analysis *analysis)
{
    double rate = 0;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        double own = analysis->info->channels[analysis->indexes[i]].rate;
        if (i > 0 && own != rate) {
            return 0;
        }
        rate = own;
    }
    return rate;
}

static json_t *list_sources(const struct provenance *provenance)
{
    json_t *list = json_array();
    for (size_t i = 0; i < provenance->source_count; i++) {
        if (json_array_append_new(list, json_string(provenance->sources[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* What is the recording's own. */
static int describe_recording(json_t *all, const struct analysis *analysis,
                              const struct provenance *provenance)
{
    struct bids_name name;
    const char *task =
        bids_name_parse(provenance->source_file, &name) ? bids_name_value(&name, "task") : NULL;
    double rate = rate_of(analysis);
    int failed = task ? json_object_set_new(all, "TaskName", json_string(task)) : 0;
    if (rate > 0) {
        failed |= json_object_set_new(all, "SamplingFrequency", number(rate));
    }
    /* What is where it was recorded; what was removed is in the results file. */
    double mains = analysis->info->mains > 0 ? analysis->info->mains : analysis->mains;
    failed |= json_object_set_new(all, "PowerLineFrequency",
                                  mains > 0 ? number(mains) : json_string("n/a"));
    return failed | json_object_set_new(all, "RecordingDuration", number(analysis->seconds));
}

enum status derivative_describe(const struct analysis *analysis,
                                const struct provenance *provenance, FILE *stream,
                                struct error *error)
{
    json_t *all = json_object();
    const struct {
        const char *key;
        json_t *value;
    } members[] = {
        {"Description", json_string("Results of Soleus: markers of fatigue, spectra, bursts, "
                                    "episodes of tonic and clonic activity, trends and quality, in "
                                    "HDF5 that is netCDF-4 too")},
        {"Sources", list_sources(provenance)},
        {"SourcesSHA256", json_string(provenance->source_sha256)},
        {"SoftwareName", json_string("Soleus")},
        {"SoftwareVersion", json_string(SOLEUS_VERSION)},
        {"CommandLine", json_string(provenance->history)},
        {"Parameters", json_loads(provenance->parameters, 0, NULL)},
    };
    int failed = all == NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        failed |= json_object_set_new(all, members[i].key, members[i].value) != 0;
    }
    failed = failed || describe_recording(all, analysis, provenance) != 0;
    /* A stream that fails is found when the output is committed. */
    if (!failed && json_dumpf(all, stream,
                              JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) == 0) {
        putc('\n', stream);
    }
    json_decref(all);
    return failed ? error_memory(error, "describing results") : STATUS_OK;
}
