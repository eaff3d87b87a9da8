/* What a results file holds: names of groups, dimensions and arrays. save.c writes them, figures
 * and tests read them.
 *
 * Dimensions (coordinate variables at the root):
 *   channel (text: labels), epoch (s, centres), frequency (Hz, the band's bins),
 *   overview_time, spectrogram_time (s, centres of columns), modulation_frequency (Hz),
 *   closeup_column (1 …), burst, episode, trend, annotation, closeup (1 …)
 *
 * Amplitudes are in µV, or in a.u. where the recording has no physical unit; channels that differ
 * in their bins (rates) are interpolated to those of the channel that has most.
 *
 * /markers      <marker>(epoch, channel); status(epoch, channel), flags; active(epoch, channel),
 *               fraction of the epoch with activity
 * /spectrum     density(spectrogram_time, channel, frequency), bins averaged over the epochs that a
 *               column stands for; first(channel, frequency) and last(channel, frequency): means
 *               over the first and the last fifth of the active epochs (all NaN without any)
 * /overview     minimum, maximum (recorded signal), rms (conditioned signal)
 *               (overview_time, channel)
 * /closeups     episode(closeup): number of the row of /episodes, from 1; first, step (s): time of
 *               the first column and between columns; columns(closeup): how many are used;
 *               minimum, maximum, envelope (closeup, closeup_column), µV, unused: NaN;
 *               modulation(closeup, modulation_frequency), µV²/Hz
 * /bursts, /episodes, /trends   tables over burst, episode, trend: the columns of
 *               analysis_tables.h and trend.h
 * /quality      table over channel
 * /annotations  onset, duration, text over annotation: those of the recording
 *
 * Root attributes: title, history, soleus_version, library_versions, source_file, source_files (with
 * other parts and sidecars, separated by ", "), source_format, source_sha256 (of the recording's
 * file; where it has several, of the lines "SHA-256  NAME" of all), parameters (JSON), duration (s),
 * start (ISO 8601 civil time, or n/a), mains (Hz; 0: none). */
#ifndef SOLEUS_PIPELINE_RESULTS_LAYOUT_H
#define SOLEUS_PIPELINE_RESULTS_LAYOUT_H

#define LAYOUT_MARKERS     "/markers"
#define LAYOUT_SPECTRUM    "/spectrum"
#define LAYOUT_OVERVIEW    "/overview"
#define LAYOUT_CLOSEUPS    "/closeups"
#define LAYOUT_BURSTS      "/bursts"
#define LAYOUT_EPISODES    "/episodes"
#define LAYOUT_TRENDS      "/trends"
#define LAYOUT_QUALITY     "/quality"
#define LAYOUT_ANNOTATIONS "/annotations"

#endif
