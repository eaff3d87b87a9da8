#include "pipeline/simulate/specification_keys.h"

#include <math.h>

#define RECORDING(field)   offsetof(struct recording_section, field)
#define POOL(field)        offsetof(struct pool_section, field)
#define CHANNEL(field)     offsetof(struct channel_section, field)
#define EVENT(field)       offsetof(struct event_section, field)
#define CONTAMINANT(field) offsetof(struct contaminant_section, field)
#define ANNOTATION(field)  offsetof(struct annotation_section, field)
#define TISSUE(field)      offsetof(struct tissue_section, field)

#define FIXED                                                                                      \
    (SECTION_TONIC | SECTION_CLONIC | SECTION_TONIC_CLONIC | SECTION_MYOCLONIC | SECTION_VOLUNTARY)
#define EPISODES  (FIXED | SECTION_RANDOM)
#define SUSTAINED (SECTION_TONIC | SECTION_TONIC_CLONIC | SECTION_VOLUNTARY)
#define RHYTHMIC  (SECTION_CLONIC | SECTION_TONIC_CLONIC)
#define STANDING  (SECTION_MAINS | SECTION_ECG | SECTION_DRIFT | SECTION_POPS | SECTION_SPIKES)
#define PASSING   (SECTION_MOTION | SECTION_RUB)
#define POINTS    (SECTION_POPS | SECTION_SPIKES)
#define CONTAMINANTS                                                                               \
    (STANDING | PASSING | SECTION_COMMON | SECTION_FLOOR | SECTION_CLIPPING | SECTION_DROPOUT)
#define TISSUES (SECTION_TISSUE | SECTION_REST)
#define ADDED (STANDING | PASSING | SECTION_COMMON)

#define NONE NAN, NAN
#define DAY  86400.0

const char *const specification_units[] = {"uV", "mV", "V", NULL};

const struct section_definition section_definitions[] = {
    {SECTION_RECORDING, "recording", false, true, "the recording as a whole"},
    {SECTION_POOL, "pool", false, true, "the motor-unit pool that every muscle has"},
    {SECTION_CHANNEL, "channel", true, false, "[channel LABEL]: one electrode pair, in order"},
    {SECTION_TONIC, "tonic", false, false, "sustained involuntary activity"},
    {SECTION_CLONIC, "clonic", false, false, "rhythmic bursts"},
    {SECTION_TONIC_CLONIC, "tonic-clonic", false, false, "a tonic and a clonic phase"},
    {SECTION_MYOCLONIC, "myoclonic", false, false, "a single jerk"},
    {SECTION_VOLUNTARY, "voluntary", false, false, "a voluntary contraction, or several in a row"},
    {SECTION_RANDOM, "random", false, false, "episodes of classes drawn at random"},
    {SECTION_FASCICULATIONS, "fasciculations", false, false, "single motor-unit potentials"},
    {SECTION_MAINS, "mains", false, false, "hum of the power line, the same on all channels"},
    {SECTION_ECG, "ecg", false, false, "heartbeats"},
    {SECTION_DRIFT, "drift", false, false, "slow wander of the baseline"},
    {SECTION_MOTION, "motion", false, false, "motion artefact, a few Hz"},
    {SECTION_RUB, "rub", false, false, "rubbing of the cable, below 15 Hz"},
    {SECTION_POPS, "pops", false, false, "electrode pops: steps that decay"},
    {SECTION_SPIKES, "spikes", false, false, "spikes of a few samples"},
    {SECTION_COMMON, "common", false, false, "the same noise on all channels at once"},
    {SECTION_FLOOR, "floor", false, false, "an interval in which the baseline noise is larger"},
    {SECTION_CLIPPING, "clipping", false, false, "samples past a limit are cut off"},
    {SECTION_DROPOUT, "dropout", false, false, "the signal is lost"},
    {SECTION_ANNOTATION, "annotation", false, false, "a remark in the recording and the truth"},
    {SECTION_TISSUE, "tissue", false, false, "a recorded contraction; all of them are spliced into the activity, instead of motor units"},
    {SECTION_REST, "rest", false, false, "recorded rest; all of it is spliced into the baseline, instead of noise"},
};
const size_t section_count = sizeof section_definitions / sizeof *section_definitions;

/* clang-format off */
const struct key_definition key_definitions[] = {
    {SECTION_RECORDING, "duration", "s", KEY_RANGE, RECORDING(duration), 60, 60, 0.01, 30 * DAY, NULL, "length"},
    {SECTION_RECORDING, "rate", "Hz", KEY_RANGE, RECORDING(rate), 1000, 1000, 10, 100000, NULL, "sampling rate of all channels; with [tissue] or [rest], that of their files"},
    {SECTION_RECORDING, "channels", "", KEY_WHOLE, RECORDING(channels), 1, 1, 1, SPECIFICATION_CHANNELS, NULL, "how many, when there are no [channel] sections"},
    {SECTION_RECORDING, "seed", "", KEY_WHOLE, RECORDING(seed), 1, 1, 0, 9007199254740992.0, NULL, "same seed, same samples"},
    {SECTION_RECORDING, "start", "", KEY_TIME, RECORDING(start), NONE, NONE, NULL, "date and time, 2024-01-31T22:30:00"},
    {SECTION_RECORDING, "unit", "", KEY_CHOICE, RECORDING(unit), 0, 0, NONE, "uV mV V", "of the samples"},
    {SECTION_RECORDING, "limit", "uV", KEY_NUMBER, RECORDING(limit), 5000, 5000, 1, 1e7, NULL, "what the amplifier holds, either sign; samples past it are cut off"},
    {SECTION_RECORDING, "noise", "uV", KEY_RANGE, RECORDING(noise), 5, 5, 0, 1e5, NULL, "RMS of the baseline, 20-450 Hz (at most 0.45 x rate)"},
    {SECTION_RECORDING, "flicker", "Hz", KEY_NUMBER, RECORDING(flicker), 15, 15, 0, 1000, NULL, "where the noise's 1/f part equals its white part"},

    {SECTION_POOL, "units", "", KEY_WHOLE, POOL(units), 120, 120, 2, 1000, NULL, "motor units"},
    {SECTION_POOL, "recruitment_range", "1", KEY_NUMBER, POOL(recruitment_range), 30, 30, 1.5, 1000, NULL, "last recruitment threshold over the first"},
    {SECTION_POOL, "amplitude_range", "1", KEY_NUMBER, POOL(amplitude_range), 100, 100, 1, 1000, NULL, "largest potential over the smallest"},
    {SECTION_POOL, "gain", "Hz", KEY_NUMBER, POOL(gain), 1, 1, 0.01, 100, NULL, "discharge rate per unit of excitation above the threshold"},
    {SECTION_POOL, "minimum_rate", "Hz", KEY_NUMBER, POOL(minimum_rate), 8, 8, 1, 50, NULL, "discharge rate at recruitment"},
    {SECTION_POOL, "peak_rate", "Hz", KEY_NUMBER, POOL(peak_rate), 35, 35, 2, 200, NULL, "peak discharge rate of the first unit"},
    {SECTION_POOL, "rate_range", "Hz", KEY_NUMBER, POOL(rate_range), 10, 10, 0, 100, NULL, "how much lower the last unit's peak rate is"},
    {SECTION_POOL, "variability", "1", KEY_NUMBER, POOL(variability), 0.2, 0.2, 0, 0.5, NULL, "coefficient of variation of the intervals between discharges"},
    {SECTION_POOL, "velocity", "m/s", KEY_NUMBER, POOL(velocity), 4, 4, 1, 10, NULL, "mean conduction velocity of fresh fibres"},
    {SECTION_POOL, "velocity_spread", "1", KEY_NUMBER, POOL(velocity_spread), 0.12, 0.12, 0, 0.3, NULL, "its coefficient of variation over the units"},

    {SECTION_CHANNEL, "muscle", "", KEY_TEXT, CHANNEL(muscle), NONE, NONE, "", "channels of one muscle see the same motor units; its own by default"},
    {SECTION_CHANNEL, "noise", "uV", KEY_RANGE, CHANNEL(noise), NONE, 0, 1e5, NULL, "as [recording] noise, for this channel"},
    {SECTION_CHANNEL, "crosstalk", "1", KEY_NUMBER, CHANNEL(crosstalk), 0, 0, 0, 1, NULL, "share of each neighbouring channel's activity that is heard here"},
    {SECTION_CHANNEL, "position", "mm", KEY_NUMBER, CHANNEL(position), 20, 20, 0, 45, NULL, "distance from the innervation zone along the fibres"},
    {SECTION_CHANNEL, "distance", "mm", KEY_NUMBER, CHANNEL(distance), 20, 20, 2, 50, NULL, "between the two electrodes"},
    {SECTION_CHANNEL, "depth", "mm", KEY_NUMBER, CHANNEL(depth), 3, 3, 0.5, 50, NULL, "of skin and fat above the muscle; more of it makes lower frequencies"},

    {FIXED, "onset", "s", KEY_RANGE, EVENT(onset), NONE, -3600, 30 * DAY, NULL, "start (below 0: it was there before the recording); without it, placed at random, clear of the others"},
    {SECTION_FASCICULATIONS, "onset", "s", KEY_RANGE, EVENT(onset), 0, 0, 0, 30 * DAY, NULL, "start of the interval"},
    {SECTION_TONIC, "duration", "s", KEY_RANGE, EVENT(duration), 10, 10, 0.5, DAY, NULL, "length"},
    {SECTION_VOLUNTARY, "duration", "s", KEY_RANGE, EVENT(duration), 5, 5, 0.1, DAY, NULL, "length of each contraction"},
    {SECTION_CLONIC, "duration", "s", KEY_RANGE, EVENT(duration), 10, 10, 0.3, DAY, NULL, "length"},
    {SECTION_TONIC_CLONIC, "duration", "s", KEY_RANGE, EVENT(duration), 20, 20, 1, DAY, NULL, "length of both phases"},
    {SECTION_MYOCLONIC, "duration", "s", KEY_RANGE, EVENT(duration), 0.1, 0.1, 0.02, 0.25, NULL, "length"},
    {SECTION_FASCICULATIONS, "duration", "s", KEY_RANGE, EVENT(duration), NONE, 0, 30 * DAY, NULL, "of the interval; to the end without it"},
    {SECTION_RANDOM, "classes", "", KEY_TEXT, EVENT(classes), NONE, NONE, "tonic clonic tonic-clonic myoclonic", "to draw from; a class named twice comes twice as often"},
    {SECTION_RANDOM, "episodes", "", KEY_COUNT, EVENT(count), 5, 5, 0, 10000, NULL, "how many; lengths drawn are cut, down to their LOW, where there is no room"},
    {SECTION_RANDOM, "tonic_duration", "s", KEY_RANGE, EVENT(tonic_duration), 1, 60, 0.5, DAY, NULL, "of tonic episodes and voluntary contractions (log-uniform)"},
    {SECTION_RANDOM, "clonic_duration", "s", KEY_RANGE, EVENT(clonic_duration), 3, 30, 0.3, DAY, NULL, "of clonic episodes (log-uniform; at least 4 bursts long)"},
    {SECTION_RANDOM, "tonic_clonic_duration", "s", KEY_RANGE, EVENT(tonic_clonic_duration), 6, 60, 1, DAY, NULL, "of tonic-clonic episodes (log-uniform; at least 4 bursts in the clonic phase)"},
    {SECTION_RANDOM, "myoclonic_duration", "s", KEY_RANGE, EVENT(myoclonic_duration), 0.04, 0.25, 0.02, 0.25, NULL, "of myoclonic jerks"},
    {FIXED, "count", "", KEY_COUNT, EVENT(count), 1, 1, 0, 10000, NULL, "how many such episodes, each drawn anew"},
    {EPISODES, "gap", "s", KEY_NUMBER, EVENT(gap), 4, 4, 0, DAY, NULL, "rest kept around episodes placed at random"},
    {EPISODES, "margin", "s", KEY_NUMBER, EVENT(margin), 2, 2, 0, DAY, NULL, "rest kept at both ends of the recording by episodes placed at random"},
    {SECTION_VOLUNTARY, "cycles", "", KEY_COUNT, EVENT(cycles), 1, 1, 1, 100000, NULL, "contractions in a row"},
    {SECTION_VOLUNTARY, "pause", "s", KEY_RANGE, EVENT(pause), 2, 2, 0.05, DAY, NULL, "rest between contractions in a row"},
    {EPISODES | SECTION_FASCICULATIONS, "channels", "", KEY_TEXT, EVENT(channels), NONE, NONE, "all", "labels or numbers, the leading one first; or all, one, some (drawn)"},
    {FIXED, "delay", "s", KEY_RANGE, EVENT(delay), 0, 0, 0, 60, NULL, "from each channel to the next one"},
    {SECTION_RANDOM, "delay", "s", KEY_RANGE, EVENT(delay), 0, 0.3, 0, 60, NULL, "from each channel to the next one"},
    {EPISODES, "delays", "s", KEY_TEXT, EVENT(delays), NONE, NONE, "", "behind the leading channel, one a further channel, instead of delay"},
    {FIXED, "gain", "1", KEY_RANGE, EVENT(gain), 1, 1, 1e-3, 10, NULL, "strength in the further channels, relative to the leading one"},
    {SECTION_RANDOM, "gain", "1", KEY_RANGE, EVENT(gain), 1, 1, 1e-3, 10, NULL, "strength in the further channels, relative to the leading one"},
    {EPISODES, "gains", "1", KEY_TEXT, EVENT(gains), NONE, NONE, "", "one a further channel, instead of gain"},
    {FIXED, "snr", "dB", KEY_RANGE, EVENT(snr), 20, 20, -20, 80, NULL, "RMS of the activity over that of the channel's noise, 20-450 Hz, over the time that bursts or tonic activity last"},
    {SECTION_RANDOM, "snr", "dB", KEY_RANGE, EVENT(snr), 6, 24, -20, 80, NULL, "RMS of the activity over that of the channel's noise, 20-450 Hz, over the time that bursts or tonic activity last"},
    {EPISODES, "amplitude", "uV", KEY_RANGE, EVENT(amplitude), NONE, 1e-3, 1e5, NULL, "RMS of the activity, instead of snr"},
    {FIXED, "level", "1", KEY_RANGE, EVENT(level), 0.6, 0.6, 0.02, 1, NULL, "peak excitation of the pool; more of it recruits more units, at higher rates"},
    {SECTION_RANDOM, "level", "1", KEY_RANGE, EVENT(level), 0.4, 0.8, 0.02, 1, NULL, "peak excitation of the pool; more of it recruits more units, at higher rates"},
    {SUSTAINED, "rise", "s", KEY_RANGE, EVENT(rise), 0.2, 0.2, 0, 600, NULL, "of the envelope at the onset"},
    {SECTION_CLONIC, "rise", "s", KEY_RANGE, EVENT(rise), 0, 0, 0, 600, NULL, "of the bursts' height at the onset"},
    {SECTION_RANDOM, "rise", "s", KEY_RANGE, EVENT(rise), 0.02, 0.1, 0, 600, NULL, "of the envelope at the onset (not of clonic episodes)"},
    {SUSTAINED, "fall", "s", KEY_RANGE, EVENT(fall), 0.3, 0.3, 0, 600, NULL, "of the envelope at the offset"},
    {SECTION_CLONIC, "fall", "s", KEY_RANGE, EVENT(fall), 0, 0, 0, 600, NULL, "of the bursts' height at the offset"},
    {SECTION_RANDOM, "fall", "s", KEY_RANGE, EVENT(fall), 0.05, 0.3, 0, 600, NULL, "of the envelope at the offset (not of clonic episodes)"},
    {EPISODES, "variation", "1", KEY_RANGE, EVENT(variation), 0.1, 0.1, 0, 0.5, NULL, "slow random changes of the envelope; differences between bursts"},
    {EPISODES, "fatigue", "%/s", KEY_RANGE, EVENT(fatigue), 0, 0, -5, 20, NULL, "decline of conduction velocity, down to half of the fresh one"},
    {EPISODES, "growth", "%/s", KEY_RANGE, EVENT(growth), 0, 0, -20, 100, NULL, "growth of the potentials' amplitude"},
    {SUSTAINED, "tremor_rate", "Hz", KEY_RANGE, EVENT(tremor_rate), 8, 8, 1, 20, NULL, "of tremor on tonic activity"},
    {SECTION_RANDOM, "tremor_rate", "Hz", KEY_RANGE, EVENT(tremor_rate), 5, 11, 1, 20, NULL, "of tremor on tonic activity"},
    {SUSTAINED, "tremor_depth", "1", KEY_RANGE, EVENT(tremor_depth), 0, 0, 0, 0.9, NULL, "of tremor: (highest - lowest) / (highest + lowest) of the envelope"},
    {SECTION_RANDOM, "tremor_depth", "1", KEY_RANGE, EVENT(tremor_depth), 0, 0.5, 0, 0.9, NULL, "of tremor: (highest - lowest) / (highest + lowest) of the envelope"},
    {RHYTHMIC, "rate", "Hz", KEY_RANGE, EVENT(rate), 4, 4, 0.5, 12, NULL, "bursts a second, at the beginning"},
    {SECTION_RANDOM, "rate", "Hz", KEY_RANGE, EVENT(rate), 0.8, 10, 0.5, 12, NULL, "bursts a second, at the beginning (log-uniform)"},
    {RHYTHMIC, "slope", "%/s", KEY_RANGE, EVENT(slope), 0, 0, -20, 20, NULL, "change of that rate; below 0 it slows"},
    {SECTION_RANDOM, "slope", "%/s", KEY_RANGE, EVENT(slope), -2, 0, -20, 20, NULL, "change of that rate; below 0 it slows"},
    {RHYTHMIC, "jitter", "1", KEY_RANGE, EVENT(jitter), 0.05, 0.05, 0, 0.3, NULL, "coefficient of variation of the intervals between bursts"},
    {SECTION_RANDOM, "jitter", "1", KEY_RANGE, EVENT(jitter), 0.03, 0.15, 0, 0.3, NULL, "coefficient of variation of the intervals between bursts"},
    {RHYTHMIC, "duty", "1", KEY_RANGE, EVENT(duty), 0.4, 0.4, 0.05, 0.9, NULL, "share of a period that its burst fills"},
    {SECTION_RANDOM, "duty", "1", KEY_RANGE, EVENT(duty), 0.15, 0.6, 0.05, 0.9, NULL, "share of a period that its burst fills"},
    {RHYTHMIC, "floor", "1", KEY_RANGE, EVENT(floor), 0, 0, 0, 0.9, NULL, "activity between bursts (incomplete relaxation), relative to their height"},
    {SECTION_RANDOM, "floor", "1", KEY_RANGE, EVENT(floor), 0, 0.2, 0, 0.9, NULL, "activity between bursts (incomplete relaxation), relative to their height"},
    {RHYTHMIC, "missed", "1", KEY_RANGE, EVENT(missed), 0, 0, 0, 0.5, NULL, "share of beats that fail to come"},
    {SECTION_RANDOM, "missed", "1", KEY_RANGE, EVENT(missed), 0, 0.1, 0, 0.5, NULL, "share of beats that fail to come"},
    {RHYTHMIC | SECTION_MYOCLONIC, "shape", "", KEY_CHOICE, EVENT(shape), BURST_ROUND, 0, NONE, "round sharp square any", "of bursts: sharp rises fast and falls slowly"},
    {SECTION_RANDOM, "shape", "", KEY_CHOICE, EVENT(shape), BURST_ANY, 0, NONE, "round sharp square any", "of bursts: sharp rises fast and falls slowly"},
    {SECTION_TONIC_CLONIC, "boundary", "1", KEY_RANGE, EVENT(boundary), 0.5, 0.5, 0.05, 0.95, NULL, "share of the episode that is tonic"},
    {SECTION_RANDOM, "boundary", "1", KEY_RANGE, EVENT(boundary), 0.3, 0.7, 0.05, 0.95, NULL, "share of a tonic-clonic episode that is tonic"},
    {SECTION_TONIC_CLONIC, "order", "", KEY_CHOICE, EVENT(order), ORDER_TONIC_FIRST, 0, NONE, "tonic-first clonic-first either", "of the phases"},
    {SECTION_RANDOM, "order", "", KEY_CHOICE, EVENT(order), ORDER_TONIC_FIRST, 0, NONE, "tonic-first clonic-first either", "of the phases"},
    {SECTION_FASCICULATIONS, "rate", "1/min", KEY_RANGE, EVENT(rate), 10, 10, 0, 600, NULL, "potentials a minute in each channel"},
    {SECTION_FASCICULATIONS, "amplitude", "uV", KEY_RANGE, EVENT(amplitude), 60, 60, 0.01, 1e5, NULL, "largest deflection of a potential (each drawn anew)"},
    {SECTION_FASCICULATIONS, "ratio", "1", KEY_RANGE, EVENT(ratio), NONE, 0.01, 1e5, NULL, "the same as a multiple of the channel's noise, instead of amplitude"},

    {STANDING | SECTION_COMMON | SECTION_CLIPPING, "onset", "s", KEY_RANGE, CONTAMINANT(onset), 0, 0, 0, 30 * DAY, NULL, "start"},
    {PASSING | SECTION_FLOOR | SECTION_DROPOUT, "onset", "s", KEY_RANGE, CONTAMINANT(onset), NONE, 0, 30 * DAY, NULL, "start; anywhere without it"},
    {STANDING | SECTION_COMMON | SECTION_CLIPPING, "duration", "s", KEY_RANGE, CONTAMINANT(duration), NONE, 0, 30 * DAY, NULL, "length; to the end without it"},
    {PASSING, "duration", "s", KEY_RANGE, CONTAMINANT(duration), 1, 4, 0, 30 * DAY, NULL, "length"},
    {SECTION_FLOOR, "duration", "s", KEY_RANGE, CONTAMINANT(duration), 60, 60, 0, 30 * DAY, NULL, "length"},
    {SECTION_DROPOUT, "duration", "s", KEY_RANGE, CONTAMINANT(duration), 0.5, 0.5, 0, 30 * DAY, NULL, "length"},
    {CONTAMINANTS, "count", "", KEY_COUNT, CONTAMINANT(count), 1, 1, 0, 100000, NULL, "how many such intervals, each drawn anew"},
    {CONTAMINANTS, "channels", "", KEY_TEXT, CONTAMINANT(channels), NONE, NONE, "all", "labels or numbers; or all, one, some (drawn)"},
    {SECTION_MAINS, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 10, 10, 0, 1e7, NULL, "RMS of the fundamental"},
    {SECTION_ECG, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 30, 30, 0, 1e7, NULL, "height of the R wave"},
    {SECTION_DRIFT, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 50, 50, 0, 1e7, NULL, "RMS"},
    {PASSING, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 150, 150, 0, 1e7, NULL, "RMS"},
    {SECTION_COMMON, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 30, 30, 0, 1e7, NULL, "RMS"},
    {SECTION_POPS, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 100, 500, 0, 1e7, NULL, "height of the step (each drawn anew; either sign)"},
    {SECTION_SPIKES, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 100, 500, 0, 1e7, NULL, "height (each drawn anew; either sign)"},
    {ADDED, "ratio", "1", KEY_RANGE, CONTAMINANT(ratio), NONE, 0, 1e6, NULL, "the same as a multiple of the channel's noise, instead of amplitude"},
    {SECTION_CLIPPING, "amplitude", "uV", KEY_RANGE, CONTAMINANT(amplitude), 200, 200, 1e-3, 1e7, NULL, "the limit, either sign"},
    {STANDING & ~POINTS, "spread", "1", KEY_RANGE, CONTAMINANT(spread), 0.3, 0.3, 0, 1, NULL, "how far channels may differ in amplitude"},
    {SECTION_MAINS, "frequency", "Hz", KEY_RANGE, CONTAMINANT(frequency), 50, 50, 16, 400, NULL, "of the fundamental"},
    {SECTION_MAINS, "harmonics", "", KEY_WHOLE, CONTAMINANT(harmonics), 3, 3, 0, 19, NULL, "how many above the fundamental, below half the rate"},
    {SECTION_MAINS, "harmonic", "1", KEY_RANGE, CONTAMINANT(harmonic), 0.3, 0.3, 0, 1, NULL, "n-th component: this, over n - 1, of the fundamental; even ones a third of it"},
    {SECTION_MAINS, "wander", "Hz", KEY_RANGE, CONTAMINANT(wander), 0.02, 0.02, 0, 1, NULL, "standard deviation of the frequency"},
    {SECTION_MAINS, "variability", "1", KEY_RANGE, CONTAMINANT(variability), 0.1, 0.1, 0, 0.5, NULL, "coefficient of variation of the amplitude, slow"},
    {SECTION_ECG, "rate", "1/min", KEY_RANGE, CONTAMINANT(rate), 70, 70, 20, 250, NULL, "heart rate"},
    {SECTION_ECG, "variability", "1", KEY_RANGE, CONTAMINANT(variability), 0.04, 0.04, 0, 0.3, NULL, "coefficient of variation of the beat-to-beat intervals"},
    {SECTION_DRIFT, "frequency", "Hz", KEY_RANGE, CONTAMINANT(frequency), 0.2, 0.2, 0.005, 5, NULL, "highest"},
    {SECTION_MOTION, "low", "Hz", KEY_RANGE, CONTAMINANT(low), 1, 1, 0.05, 20, NULL, "lowest frequency"},
    {SECTION_MOTION, "high", "Hz", KEY_RANGE, CONTAMINANT(high), 10, 10, 0.5, 40, NULL, "highest frequency"},
    {SECTION_RUB, "high", "Hz", KEY_RANGE, CONTAMINANT(high), 15, 15, 0.5, 40, NULL, "highest frequency"},
    {SECTION_COMMON, "low", "Hz", KEY_RANGE, CONTAMINANT(low), 20, 20, 0.5, 1000, NULL, "lowest frequency"},
    {SECTION_COMMON, "high", "Hz", KEY_RANGE, CONTAMINANT(high), 450, 450, 1, 10000, NULL, "highest frequency (at most 0.45 x rate)"},
    {POINTS, "rate", "1/min", KEY_RANGE, CONTAMINANT(rate), 2, 2, 0, 6000, NULL, "how many a minute"},
    {POINTS, "where", "", KEY_CHOICE, CONTAMINANT(where), PLACE_ONE, 0, NONE, "one all", "each on one of the channels, or on all of them"},
    {SECTION_POPS, "decay", "s", KEY_RANGE, CONTAMINANT(decay), 0.1, 0.1, 0.001, 10, NULL, "time constant"},
    {SECTION_SPIKES, "width", "samples", KEY_COUNT, CONTAMINANT(width), 1, 4, 1, 100, NULL, "of a spike"},
    {SECTION_FLOOR, "factor", "1", KEY_RANGE, CONTAMINANT(factor), 2, 2, 0.01, 100, NULL, "noise within the interval over that outside"},
    {SECTION_FLOOR, "transition", "s", KEY_RANGE, CONTAMINANT(transition), 1, 1, 0, 600, NULL, "from one to the other, inside the interval"},
    {SECTION_DROPOUT, "mode", "", KEY_CHOICE, CONTAMINANT(mode), DROPOUT_ZERO, 0, NONE, "zero hold gap", "0 uV, the last sample held, or no samples (NaN)"},

    {SECTION_ANNOTATION, "onset", "s", KEY_RANGE, ANNOTATION(onset), 0, 0, 0, 30 * DAY, NULL, "start"},
    {SECTION_ANNOTATION, "duration", "s", KEY_RANGE, ANNOTATION(duration), 0, 0, 0, 30 * DAY, NULL, "length"},
    {SECTION_ANNOTATION, "text", "", KEY_TEXT, ANNOTATION(text), NONE, NONE, "remark", "the remark"},

    {TISSUES, "file", "", KEY_TEXT, TISSUE(file), NONE, NONE, "", "any recording that soleus reads; a relative path is one from the working directory"},
    {TISSUES, "interval", "s", KEY_RANGE, TISSUE(interval), NONE, 0, 30 * DAY, NULL, "from when to when; nothing is drawn"},
    {TISSUES, "channel", "", KEY_TEXT, TISSUE(channel), NONE, NONE, "", "label or number; the first EMG channel without it"},
    {TISSUES, "rate", "Hz", KEY_NUMBER, TISSUE(rate), NONE, 1, 1e6, NULL, "sampling rate, where the file has none"},
};
/* clang-format on */
const size_t key_count = sizeof key_definitions / sizeof *key_definitions;
