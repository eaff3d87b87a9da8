#include "pipeline/score/rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct score_rules score_rules_defaults(void)
{
    return (struct score_rules){.iou = 0.5, .onset_tolerance = INFINITY, .step = 0.01};
}

int score_rules_class(const struct score_rules *rules, const char *text)
{
    if (!text) {
        return SCORE_OTHER;
    }
    for (size_t i = 0; i < rules->class_count; i++) {
        if (strcasecmp(text, rules->classes[i]) == 0) {
            return (int)i;
        }
    }
    for (size_t i = 0; i < rules->alias_count; i++) {
        if (strcasecmp(text, rules->aliases[i].name) == 0) {
            return rules->aliases[i].class;
        }
    }
    for (size_t i = 0; i < rules->unjudged_count; i++) {
        if (strcasecmp(text, rules->unjudged[i]) == 0) {
            return SCORE_UNJUDGED;
        }
    }
    return SCORE_OTHER;
}

/* Copies [from, end) without the blanks about it. */
static enum status copy_name(char to[SCORE_NAME_SIZE], const char *from, const char *end,
                             const char *option, struct error *error)
{
    while (from < end && *from == ' ') {
        from++;
    }
    while (end > from && end[-1] == ' ') {
        end--;
    }
    size_t length = (size_t)(end - from);
    if (length == 0 || length >= SCORE_NAME_SIZE) {
        return error_set(error, STATUS_USAGE,
                         length ? "--%s: '%.*s' is longer than any name may be"
                                : "--%s: a name between the commas is empty%.*s",
                         option, (int)(length ? length : 0), from);
    }
    memcpy(to, from, length);
    to[length] = '\0';
    return STATUS_OK;
}

/* Takes the next name off a list; NULL at its end. */
static enum status next_name(const char **list, char to[SCORE_NAME_SIZE], const char *option,
                             struct error *error)
{
    const char *end = *list + strcspn(*list, ",");
    enum status status = copy_name(to, *list, end, option, error);
    *list = *end ? end + 1 : NULL;
    return status;
}

static enum status check_new(const struct score_rules *rules, const char *name, size_t count,
                             size_t maximum, const char *option, struct error *error)
{
    if (score_rules_class(rules, name) != SCORE_OTHER) {
        return error_set(error, STATUS_USAGE,
                         "--%s: '%s' has a meaning already: name it once among --classes, --as and "
                         "--ignore",
                         option, name);
    }
    return count < maximum
               ? STATUS_OK
               : error_set(error, STATUS_USAGE, "--%s: more than %zu names", option, maximum);
}

enum status score_rules_set_classes(struct score_rules *rules, const char *list,
                                    struct error *error)
{
    enum status status = STATUS_OK;
    rules->class_count = 0;
    while (list && status == STATUS_OK) {
        char name[SCORE_NAME_SIZE];
        status = next_name(&list, name, "classes", error);
        if (status == STATUS_OK) {
            status =
                check_new(rules, name, rules->class_count, SCORE_CLASSES_MAX, "classes", error);
        }
        if (status == STATUS_OK) {
            memcpy(rules->classes[rules->class_count++], name, sizeof name);
        }
    }
    return status;
}

enum status score_rules_add_aliases(struct score_rules *rules, const char *list,
                                    struct error *error)
{
    enum status status = STATUS_OK;
    while (list && status == STATUS_OK) {
        char pair[SCORE_NAME_SIZE], name[SCORE_NAME_SIZE], class[SCORE_NAME_SIZE];
        status = next_name(&list, pair, "as", error);
        if (status != STATUS_OK) {
            break;
        }
        const char *sign = strrchr(pair, '=');
        if (!sign) {
            return error_set(error, STATUS_USAGE,
                             "--as: '%s' is not TRIAL_TYPE=CLASS, such as voluntary=tonic", pair);
        }
        status = copy_name(name, pair, sign, "as", error);
        if (status == STATUS_OK) {
            status = copy_name(class, sign + 1, sign + strlen(sign), "as", error);
        }
        if (status == STATUS_OK) {
            status = check_new(rules, name, rules->alias_count, SCORE_NAMES_MAX, "as", error);
        }
        int index = status == STATUS_OK ? score_rules_class(rules, class) : SCORE_OTHER;
        if (status == STATUS_OK && index < 0) {
            return error_set(error, STATUS_USAGE, "--as: '%s' is none of the --classes", class);
        }
        if (status == STATUS_OK) {
            struct score_alias *alias = &rules->aliases[rules->alias_count++];
            memcpy(alias->name, name, sizeof name);
            alias->class = index;
        }
    }
    return status;
}

enum status score_rules_add_unjudged(struct score_rules *rules, const char *list,
                                     struct error *error)
{
    enum status status = STATUS_OK;
    while (list && status == STATUS_OK) {
        char name[SCORE_NAME_SIZE];
        status = next_name(&list, name, "ignore", error);
        if (status == STATUS_OK) {
            status =
                check_new(rules, name, rules->unjudged_count, SCORE_NAMES_MAX, "ignore", error);
        }
        if (status == STATUS_OK) {
            memcpy(rules->unjudged[rules->unjudged_count++], name, sizeof name);
        }
    }
    return status;
}
