/* Which arrays of a MATLAB file are the signals: by the layouts of known programs, by common names
 * and shapes, or by the user's word. */
#ifndef SOLEUS_FORMATS_MAT_FIND_H
#define SOLEUS_FORMATS_MAT_FIND_H

#include "formats/mat/plan.h"

/* Fills plan and file->info's channels, with rate 0 where the file does not tell it (`why` then
 * has a reason, or is ""). variable: "name", "struct.field", or NULL. Ambiguous files are refused
 * with the list of candidates. */
enum status mat_find_signals(struct mat_file *file, const char *variable, struct mat_plan *plan,
                             char why[200], struct error *error);

/* Layouts of programs that export MATLAB files. *matched: the file is of that layout; then plan
 * and info are filled, or the status says what is wrong. */
enum status mat_layout_labchart(struct mat_file *file, struct mat_plan *plan, bool *matched,
                                struct error *error);
enum status mat_layout_acqknowledge(struct mat_file *file, struct mat_plan *plan, bool *matched,
                                    struct error *error);
enum status mat_layout_spike2(struct mat_file *file, struct mat_plan *plan, bool *matched,
                              struct error *error);
enum status mat_layout_eeglab(struct mat_file *file, struct mat_plan *plan, bool *matched,
                              struct source **companion, struct error *error);

#endif
