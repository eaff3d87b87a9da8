/* The option groups that commands share. Defaults are in pipeline/parameters.c; sources of the
 * thresholds in the help texts and, at length, in the manual. */
#include "pipeline/commands/options.h"

#define PARAMETER(member) SETTING(parameters.member)
#define RECORDING(member) SETTING(recording.member)

const struct option_row options_recording[] = {
    {.kind = OPTION_TITLE, .help = "Recording:"},
    {"channels", 0, OPTION_TEXT, "LIST", RECORDING(channels), 0, 0, NULL, false,
     "labels or numbers such as 1,3-5 (the EMG channels; convert: all)"},
    {"rate", 0, OPTION_REAL, "HZ", RECORDING(rate), 1e-3, 1e7, NULL, false,
     "sampling rate, where the file has none or a wrong one (run, bids: has none)"},
    {"scale", 0, OPTION_REAL, "UV", RECORDING(scale), 1e-12, 1e12, NULL, false,
     "microvolts per unit of the file (without unit or scale: a.u.)"},
    {"format", 0, OPTION_TEXT, "ID", RECORDING(format), 0, 0, NULL, true,
     "force a format (see 'soleus formats'; default: by content)"},
    {"var", 0, OPTION_TEXT, "NAME", RECORDING(variable), 0, 0, NULL, true,
     "the array, device, stream or acquisition to read, in files of several (MATLAB, HDF5, NWB, "
     "OpenSignals, OTB, XDF)"},
    {"no-sidecars", 0, OPTION_FLAG, NULL, RECORDING(no_sidecars), 0, 0, NULL, true,
     "leave out what files beside a recording say (STEM.json, STEM_channels.tsv, BIDS)"},
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

const struct option_row options_batch[] = {
    {"force", 'f', OPTION_FLAG, NULL, SETTING(force), 0, 0, NULL, false,
     "analyse again what is up to date, and overwrite files of other programs"},
    {"jobs", 'j', OPTION_COUNT, "N", SETTING(jobs), 0, 1024, NULL, false,
     "recordings at a time (0: one a processor)"},
    {"timeout", 0, OPTION_REAL, "S", SETTING(timeout), 0, 1e9, NULL, false,
     "longest time a recording may take (0: no limit)"},
    {"memory-limit", 0, OPTION_REAL, "MIB", SETTING(memory_limit), 0, 1e9, NULL, false,
     "most memory a recording's process may allocate (0: no limit)"},
    {"no-figures", 0, OPTION_FLAG, NULL, SETTING(no_figures), 0, 0, NULL, false,
     "tables and results files only"},
    {"figure-format", 0, OPTION_CHOICE, "NAME", SETTING(figure_kind), 0, 0, "svg pdf png", true,
     "svg, pdf or png (svg)"},
    {"style", 0, OPTION_TEXT, "FILE", SETTING(style), 0, 0, NULL, true,
     "gnuplot commands read before each figure"},
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
     "of zcr and ssc, as a fraction of the epoch's RMS (0.02)"},
    {"params", 0, OPTION_TEXT, "FILE", SETTING(params), 0, 0, NULL, false,
     "take options from FILE, as 'name = value' lines; the command line wins"},
    {.kind = OPTION_END},
};

const struct option_row options_activity[] = {
    {.kind = OPTION_TITLE, .help = "Bursts and episodes:", .advanced = true},
    {"detector", 0, OPTION_CHOICE, "NAME", PARAMETER(detector), 0, 0, "teager hodges bonato", true,
     "teager (Li 2007, Solnik 2008), hodges (Hodges & Bui 1996) or bonato (Bonato 1998)"},
    {"onset-ratio", 0, OPTION_REAL, "RATIO", PARAMETER(onset_ratio), 1.1, 1000, NULL, true,
     "least energy of activity over the noise floor (2)"},
    {"change-cost", 0, OPTION_REAL, "NATS", PARAMETER(change_cost), 0, 100, NULL, true,
     "log-likelihood that a change between rest and activity costs (2)"},
    {"burst-evidence", 0, OPTION_REAL, "NATS", PARAMETER(burst_evidence), 0, 1000, NULL, true,
     "log-likelihood over noise below which a burst is noise (6)"},
    {"short-window", 0, OPTION_REAL, "S", PARAMETER(short_window), 0.004, 0.5, NULL, true,
     "smoothing of the envelope (0.02)"},
    {"minimum-burst", 0, OPTION_REAL, "S", PARAMETER(minimum_burst), 0, 1, NULL, true,
     "shorter activity is a single potential, no burst (0.03)"},
    {"minimum-gap", 0, OPTION_REAL, "S", PARAMETER(minimum_gap), 0, 1, NULL, true,
     "shorter silences do not split a burst (0.03)"},
    {"horizon", 0, OPTION_REAL, "S", PARAMETER(horizon), 10, 7200, NULL, true,
     "how far the noise floor looks each way (1900: outlasts a tonic cramp of 30 min)"},
    {"prominence", 0, OPTION_REAL, "RATIO", PARAMETER(prominence), 0, 1, NULL, true,
     "energy over the loudest within 10 s below which activity is background tone (0.0075)"},
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
     "largest variation of clonic burst intervals (0.5)"},
    {"plausibility", 0, OPTION_REAL, "PROBABILITY", PARAMETER(plausibility), 0, 1, NULL, true,
     "of muscle, below which bursts are no episode (0.7)"},
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

const struct option_row options_events[] = {
    {"events", 0, OPTION_TEXT, "FILE", PARAMETER(events), 0, 0, NULL, false,
     "BIDS events (TSV) that labels are looked for in (default: the recording's annotations)"},
    {.kind = OPTION_END},
};

const struct option_row options_surroundings[] = {
    {.kind = OPTION_TITLE, .help = "Around episodes:", .advanced = true},
    {"exclude-events", 0, OPTION_TEXT, "LABELS", PARAMETER(excluded), 0, 0, NULL, true,
     "leave out the intervals of these events ('walk*,stairs'): what begins in one is dropped, "
     "what runs into one is cut"},
    {"mvc", 0, OPTION_TEXT, "UV", PARAMETER(mvc), 0, 0, NULL, true,
     "amplitude of the maximum voluntary contraction, RMS: of all, or LABEL=UV,..."},
    {"mvc-event", 0, OPTION_TEXT, "LABEL", PARAMETER(mvc_event), 0, 0, NULL, true,
     "or the event of the maximal contraction, where the largest RMS is it"},
    {"mvc-window", 0, OPTION_REAL, "S", PARAMETER(mvc_window), 0.05, 10, NULL, true,
     "over which the largest RMS is taken (0.5; convention, reported as ISEK asks: Merletti 1999)"},
    {"intervention", 0, OPTION_TEXT, "LABEL", PARAMETER(intervention), 0, 0, NULL, true,
     "event of what was done against an episode, for its relief (intervention)"},
    {"prodrome", 0, OPTION_REAL, "S", PARAMETER(prodrome), 1, 3600, NULL, true,
     "time before an onset whose twitches and trends are told (60; convention)"},
    {"baseline", 0, OPTION_REAL, "S", PARAMETER(baseline), 1, 3600, NULL, true,
     "the last epochs before an onset, of rest or of activity, that recovery is measured by (60; "
     "convention)"},
    {"recovery-rms", 0, OPTION_REAL, "DB", PARAMETER(recovery_rms), 0.01, 40, NULL, true,
     "RMS is back when at most this far above that of rest (1.5; 7 times the spread of epochs of "
     "noise)"},
    {"recovery-mdf", 0, OPTION_REAL, "PERCENT", PARAMETER(recovery_mdf), 0.1, 100, NULL, true,
     "median frequency is back within this of the baseline (10; twice the spread of epochs)"},
    {"recovery-epochs", 0, OPTION_COUNT, "N", PARAMETER(recovery_epochs), 1, 1000, NULL, true,
     "successive epochs that must be back (3)"},
    {.kind = OPTION_END},
};

const struct option_row options_trend[] = {
    {.kind = OPTION_TITLE, .help = "Trends:"},
    {"during", 0, OPTION_TEXT, "LABEL", PARAMETER(during), 0, 0, NULL, false,
     "also fit trends over the intervals of that trial_type"},
    {"all-epochs", 0, OPTION_FLAG, NULL, PARAMETER(all_epochs), 0, 0, NULL, false,
     "trends over all epochs, not the active ones alone (for trials that never rest)"},
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
