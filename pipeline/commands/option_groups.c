/* The option groups that commands share. Defaults are in pipeline/parameters.c; sources of the
 * thresholds in the help texts and, at length, in the manual. */
#include "pipeline/commands/options.h"

#define PARAMETER(member) SETTING(parameters.member)
#define RECORDING(member) SETTING(recording.member)

const struct option_row options_recording[] = {
    {.kind = OPTION_TITLE, .help = "Recording:"},
    {"channels", 0, OPTION_TEXT, "LIST", RECORDING(channels), 0, 0, NULL, false,
     "labels or numbers such as 1,3-5 (default: the EMG channels)"},
    {"rate", 0, OPTION_REAL, "HZ", RECORDING(rate), 1e-3, 1e7, NULL, false,
     "sampling rate, where the file has none or a wrong one"},
    {"scale", 0, OPTION_REAL, "UV", RECORDING(scale), 1e-12, 1e12, NULL, false,
     "microvolts per unit of the file (without unit or scale: a.u.)"},
    {"format", 0, OPTION_TEXT, "ID", RECORDING(format), 0, 0, NULL, true,
     "force a format (see 'soleus formats'; default: by content)"},
    {"strict", 0, OPTION_FLAG, NULL, RECORDING(strict), 0, 0, NULL, true,
     "refuse damaged recordings that could be mended with a warning"},
    {.kind = OPTION_END},
};

const struct option_row options_output[] = {
    {.kind = OPTION_TITLE, .help = "Output:"},
    {"output", 'o', OPTION_TEXT, "FILE", SETTING(output), 0, 0, NULL, false,
     "write there instead of standard output ('-')"},
    {"force", 'f', OPTION_FLAG, NULL, SETTING(force), 0, 0, NULL, false,
     "overwrite an existing output"},
    {.kind = OPTION_END},
};

const struct option_row options_spectrum[] = {
    {.kind = OPTION_TITLE, .help = "Analysis:"},
    {"mains", 0, OPTION_CHOICE, "HZ", PARAMETER(mains), 0, 0, "auto off 50 60", false,
     "mains and harmonics to remove: auto, off, 50 or 60 (auto)"},
    {"band", 0, OPTION_RANGE, "LOW-HIGH", PARAMETER(band), 0.1, 1e5, NULL, false,
     "analysed band, Hz (20-450)"},
    {"epoch", 0, OPTION_REAL, "S", PARAMETER(epoch), 0.05, 3600, NULL, false,
     "length of an epoch (1)"},
    {"hop", 0, OPTION_REAL, "S", PARAMETER(hop), 0.01, 3600, NULL, false,
     "from one epoch's start to the next (1: no overlap)"},
    {"segment", 0, OPTION_REAL, "S", PARAMETER(segment), 0.02, 3600, NULL, true,
     "Welch segment, periodic Hann (0.5; Welch 1967)"},
    {"overlap", 0, OPTION_REAL, "FRACTION", PARAMETER(overlap), 0, 0.95, NULL, true,
     "overlap of Welch segments (0.5)"},
    {"low-band", 0, OPTION_RANGE, "LOW-HIGH", PARAMETER(low_band), 0, 1e5, NULL, true,
     "low band of lhr, Hz (20-40; Bigland-Ritchie 1981)"},
    {"high-band", 0, OPTION_RANGE, "LOW-HIGH", PARAMETER(high_band), 0, 1e5, NULL, true,
     "high band of lhr, Hz (130-238; Bigland-Ritchie 1981)"},
    {"hysteresis", 0, OPTION_REAL, "FRACTION", PARAMETER(hysteresis), 0, 10, NULL, true,
     "of zcr and ssc, as a fraction of the epoch's RMS (0.05)"},
    {.kind = OPTION_END},
};

const struct option_row options_activity[] = {
    {.kind = OPTION_TITLE, .help = "Bursts and episodes:", .advanced = true},
    {"detector", 0, OPTION_CHOICE, "NAME", PARAMETER(detector), 0, 0, "teager hodges bonato", true,
     "teager (Li 2007, Solnik 2008), hodges (Hodges & Bui 1996) or bonato (Bonato 1998)"},
    {"onset-ratio", 0, OPTION_REAL, "RATIO", PARAMETER(onset_ratio), 1.1, 1000, NULL, true,
     "energy over the noise floor that starts a burst (5)"},
    {"offset-ratio", 0, OPTION_REAL, "RATIO", PARAMETER(offset_ratio), 1.05, 1000, NULL, true,
     "energy over the noise floor that ends it (2.5)"},
    {"sustained-ratio", 0, OPTION_REAL, "RATIO", PARAMETER(sustained_ratio), 1.05, 1000, NULL, true,
     "the same over the long window, for weak sustained activity (2)"},
    {"short-window", 0, OPTION_REAL, "S", PARAMETER(short_window), 0.004, 0.5, NULL, true,
     "smoothing of the envelope for onsets (0.024)"},
    {"long-window", 0, OPTION_REAL, "S", PARAMETER(long_window), 0.02, 5, NULL, true,
     "smoothing of the envelope for sustained activity (0.2)"},
    {"minimum-burst", 0, OPTION_REAL, "S", PARAMETER(minimum_burst), 0, 1, NULL, true,
     "shorter activity is a single potential, no burst (0.03)"},
    {"minimum-gap", 0, OPTION_REAL, "S", PARAMETER(minimum_gap), 0, 1, NULL, true,
     "shorter silences do not split a burst (0.03)"},
    {"horizon", 0, OPTION_REAL, "S", PARAMETER(horizon), 10, 7200, NULL, true,
     "how far the noise floor looks each way (2000: outlasts a tonic cramp of 30 min)"},
    {"keep-artefacts", 0, OPTION_FLAG, NULL, PARAMETER(keep_artefacts), 0, 0, NULL, true,
     "keep what is rejected as ECG, motion or an electrode pop"},
    {"join-gap", 0, OPTION_REAL, "S", PARAMETER(join_gap), 0, 60, NULL, true,
     "shorter gaps join bursts to one episode (1; after Thomas 2014)"},
    {"join-intervals", 0, OPTION_REAL, "N", PARAMETER(join_intervals), 0, 20, NULL, true,
     "and gaps shorter than N times the median burst interval (2.5)"},
    {"tonic-minimum", 0, OPTION_REAL, "S", PARAMETER(tonic_minimum), 0.05, 60, NULL, true,
     "sustained activity from here on is tonic (0.5)"},
    {"myoclonic-maximum", 0, OPTION_REAL, "S", PARAMETER(myoclonic_maximum), 0.01, 5, NULL, true,
     "single bursts up to here are myoclonic (0.25)"},
    {"burst-rate", 0, OPTION_RANGE, "LOW-HIGH", PARAMETER(rate_band), 0.05, 30, NULL, true,
     "burst rates that are clonic, Hz (0.5-12)"},
    {"regularity", 0, OPTION_REAL, "CV", PARAMETER(regularity), 0.01, 2, NULL, true,
     "largest variation of clonic burst intervals (0.35)"},
    {"prolonged", 0, OPTION_REAL, "S", PARAMETER(prolonged), 1, 1e5, NULL, true,
     "tonic episodes longer than this are flagged prolonged (180)"},
    {"long-episode", 0, OPTION_REAL, "S", PARAMETER(long_episode), 1, 1e5, NULL, true,
     "episodes longer than this are flagged long (600)"},
    {"night", 0, OPTION_RANGE, "FROM-TO", PARAMETER(night), 0, 24, "wraps", true,
     "clock hours that are nocturnal (22-6)"},
    {"merge-gap", 0, OPTION_REAL, "S", PARAMETER(merge_gap), 0, 60, NULL, true,
     "episodes of several channels this close are one event (1)"},
    {.kind = OPTION_END},
};

const struct option_row options_trend[] = {
    {.kind = OPTION_TITLE, .help = "Trends:"},
    {"during", 0, OPTION_TEXT, "LABEL", PARAMETER(during), 0, 0, NULL, false,
     "also fit trends over the intervals of that trial_type"},
    {"events", 0, OPTION_TEXT, "FILE", PARAMETER(events), 0, 0, NULL, false,
     "BIDS events (TSV) that --during names intervals of"},
    {"confidence", 0, OPTION_REAL, "FRACTION", PARAMETER(confidence), 0.5, 0.9999, NULL, true,
     "of the intervals (0.95)"},
    {"contraction-minimum", 0, OPTION_REAL, "S", PARAMETER(contraction_minimum), 2, 1e5, NULL, true,
     "shortest tonic episode with trends of its own (10)"},
    {.kind = OPTION_END},
};

const struct option_row options_common[] = {
    {.kind = OPTION_TITLE, .help = "General:"},
    {"threads", 0, OPTION_COUNT, "N", PARAMETER(threads), 0, 1024, NULL, true,
     "threads over the channels of a recording (0: one a processor)"},
    {"block", 0, OPTION_REAL, "S", PARAMETER(block), 0.01, 600, NULL, true,
     "seconds read at a time (4); results do not depend on it"},
    {"quiet", 'q', OPTION_FLAG, NULL, SETTING(quiet), 0, 0, NULL, false,
     "no warnings, no progress"},
    {"verbose", 'v', OPTION_FLAG, NULL, SETTING(verbose), 0, 0, NULL, false, "tell what is done"},
    {.kind = OPTION_END},
};
