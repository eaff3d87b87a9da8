/* The files that a recording's analysis becomes, which appear together or not at all.
 *
 * `prefix` names them: PREFIX_results.h5, PREFIX_episodes.tsv with its sidecar
 * PREFIX_episodes.json, and PREFIX_trends.tsv. A prefix that ends in "_desc-" is that of a BIDS
 * derivative: PREFIXepisodes_events.tsv, PREFIXtrends_emg.tsv and PREFIXsoleus_emg.h5, each with a
 * sidecar. The results file is renamed last, so that its
 * presence means that the set is complete. Processes that commit sets in one folder take turns (on
 * file systems that have locks), so that two of them never mix their sets. */
#ifndef SOLEUS_PIPELINE_RESULTS_SET_H
#define SOLEUS_PIPELINE_RESULTS_SET_H

#include "formats/output.h"
#include "pipeline/save/save.h"

enum results_part {
    RESULTS_EPISODES = 0,
    RESULTS_SIDECAR,
    RESULTS_TRENDS,
    RESULTS_FILE,
    RESULTS_TRENDS_SIDECAR, /* this and the next: of derivatives only */
    RESULTS_FILE_SIDECAR
};
#define RESULTS_PARTS      4 /* of a set */
#define RESULTS_PARTS_BIDS 6 /* of a set that is a BIDS derivative */

/* How prefixes of derivatives end. */
#define RESULTS_BIDS_END "_desc-"

/* How many parts a set of that prefix has. */
int results_set_parts(const char *prefix);

/* Whether a file's name ends as that of a part does. */
bool results_set_is_part(const char *name, size_t length);

/* The length of the prefix in the name of a results file ("a_results.h5", "a_desc-soleus_emg.h5");
 * 0 when it is none. */
size_t results_set_prefix(const char *name);

struct results_set;

/* Makes the folder and the .part files. Files of other programs at these places are refused
 * unless force is set; those of earlier runs stay until the commit. input: the recording. */
enum status results_set_create(const char *prefix, const char *input, bool force,
                               struct results_set **set, struct error *error);

/* Where the results file is to be written. */
const char *results_set_file(const struct results_set *set);

/* Writes the tables of the analysis and, for a derivative, the sidecars; provenance is looked at
 * for those only. */
enum status results_set_tables(struct results_set *set, const struct analysis *analysis,
                               const struct provenance *provenance, struct error *error);

/* Puts all in place, and destroys the set. On failure nothing of the set remains. */
enum status results_set_commit(struct results_set *set, struct error *error);
/* Destroys the set; an earlier set stays as it was. Accepts NULL. */
void results_set_abort(struct results_set *set);

/* After a process died in results_set_commit: removes what has no results file. */
void results_set_remove_incomplete(const char *prefix);

/* Path of a part; owned by the caller, NULL when memory ran out. */
char *results_set_path(const char *prefix, enum results_part part);

/* Whether the file at path is absent, or is a table that starts with these columns
 * ("onset\tduration"): one of ours. */
bool results_set_is_table(const char *path, const char *columns);

#endif
