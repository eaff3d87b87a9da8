/* By which rules two tables of episodes are compared. */
#ifndef SOLEUS_PIPELINE_SCORE_RULES_H
#define SOLEUS_PIPELINE_SCORE_RULES_H

#include "formats/error.h"

#include <stdbool.h>

#define SCORE_CLASSES_MAX 16 /* classes that count */
#define SCORE_NAMES_MAX   64 /* other names: aliases, and what is not judged */
#define SCORE_NAME_SIZE   64

/* What score_rules_class answers, besides the number of a class. */
enum { SCORE_OTHER = -1, SCORE_UNJUDGED = -2 };

struct score_alias {
    char name[SCORE_NAME_SIZE];
    int class;
};

struct score_rules {
    size_t class_count;
    char classes[SCORE_CLASSES_MAX][SCORE_NAME_SIZE];
    size_t alias_count; /* trial_types that stand for a class */
    struct score_alias aliases[SCORE_NAMES_MAX];
    size_t unjudged_count; /* trial_types in whose intervals nothing is right or wrong */
    char unjudged[SCORE_NAMES_MAX][SCORE_NAME_SIZE];

    double iou;              /* two episodes match from this intersection over union on, 0 to 1 */
    double merge_gap;        /* s; episodes of one channel and class closer than this are one; 0: no
                                episodes are merged, even where they overlap */
    double minimum_duration; /* s; shorter episodes are left out */
    double
        onset_tolerance; /* s; two episodes with onsets further apart never agree; INFINITY: may */
    double step;         /* s between the samples of the comparison in time, > 0 */
    bool by_event;       /* the channels merged: what overlaps over the channels is one event */
    bool raters;         /* two raters, neither a reference */
};

/* No classes yet, 0.5, 0, 0, INFINITY, 0.01, by channel, with a reference. */
struct score_rules score_rules_defaults(void);

/* Sets the classes that count: names with commas between, blanks about them taken off. STATUS_USAGE
 * for empty, repeated, overlong or too many names, as of the next two. */
enum status score_rules_set_classes(struct score_rules *rules, const char *list,
                                    struct error *error);
/* Adds aliases, "voluntary=tonic,cramp=tonic"; what is right of '=' must be a class. */
enum status score_rules_add_aliases(struct score_rules *rules, const char *list,
                                    struct error *error);
/* Adds trial_types whose intervals are not judged; none may be a class or an alias. */
enum status score_rules_add_unjudged(struct score_rules *rules, const char *list,
                                     struct error *error);

/* The class (index) that a trial_type is, upper or lower case alike; else SCORE_OTHER or
 * SCORE_UNJUDGED. text may be NULL (missing): SCORE_OTHER. */
int score_rules_class(const struct score_rules *rules, const char *text);

#endif
