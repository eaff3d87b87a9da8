/* What determines results, as text: from the option tables, so that nothing else lists it. */
#ifndef SOLEUS_COMMANDS_PROVENANCE_H
#define SOLEUS_COMMANDS_PROVENANCE_H

#include "formats/error.h"
#include "pipeline/commands/settings.h"

/* JSON object of every option of the groups recording, spectrum, activity and trend: by long name
 * (as --params takes them), sorted; what was not given and has no default is null. Files that
 * options name stand with their base name, and with their contents' SHA-256 as NAME_sha256. Not in
 * it, since results do not depend on them: folders, jobs, threads, blocks. Owned by the caller. */
enum status provenance_parameters(const struct settings *settings, char **text,
                                  struct error *error);

/* The command line that gives these results: "soleus run" and the same options where they differ
 * from their defaults, quoted for a shell. Owned by the caller. */
enum status provenance_history(const struct settings *settings, char **text, struct error *error);

#endif
