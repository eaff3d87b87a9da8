#include "formats/mat/find.h"

#include "formats/checked.h"
#include "formats/mat/facts.h"

#include <stdio.h>
#include <string.h>

/* A signal has at least this many samples, unless the user names it. */
#define FRAMES_MIN   16
#define CHANNELS_MAX 1024
#define DEPTH        3 /* of structs in structs: trial.EMG.raw.data */

struct candidate {
    const struct mat_array *array, *scope;
    char path[140];
    int score;
};

struct candidates {
    size_t count;
    struct candidate *list; /* owned */
};

static const char *const emg_names[] = {"emg",        "semg",     "emgdata", "emgsignal",
                                        "emgsignals", "semgdata", "hdemg",   "hdsemg",
                                        "emgraw",     "rawemg",   NULL};
static const char *const data_names[] = {"data", "signal",     "signals", "channeldata",
                                         "val",  "rawdata",    "samples", "recording",
                                         "sig",  "datamatrix", NULL};

/* Some programs keep each channel in a cell of its own. */
static bool is_cell_of_vectors(const struct mat_array *array)
{
    if (array->class != MAT_CELL || array->child_count < 2) {
        return false;
    }
    for (size_t i = 0; i < array->child_count; i++) {
        const struct mat_array *child = &array->children[i];
        if (!mat_array_is_numeric(child) || child->rank > 2 || child->count < FRAMES_MIN ||
            (child->rows != 1 && child->columns != 1) || child->count != array->children[0].count) {
            return false;
        }
    }
    return true;
}

static size_t longer(const struct mat_array *array)
{
    if (array->class == MAT_CELL && array->child_count > 0) {
        return array->children[0].count;
    }
    return array->rows > array->columns ? array->rows : array->columns;
}

static size_t shorter(const struct mat_array *array)
{
    if (array->class == MAT_CELL) {
        return array->child_count;
    }
    return array->rows < array->columns ? array->rows : array->columns;
}

static bool is_vector(const struct mat_array *array)
{
    return shorter(array) == 1;
}

/* How much a name sounds like the signals: 3 EMG by its whole name, 2 data, 1 with EMG in it. */
static int score_of(const char *name)
{
    char plain[64];
    mat_name_plain(name, plain);
    return mat_name_is(name, emg_names)    ? 3
           : mat_name_is(name, data_names) ? 2
           : strstr(plain, "emg")          ? 1
                                           : 0;
}

static enum status add(struct candidates *candidates, const struct mat_array *array,
                       const struct mat_array *scope, const char *parent, struct error *error)
{
    const char *name = array->name ? array->name : "";
    /* Some programs put a matrix into a cell by itself. */
    if (array->class == MAT_CELL && array->child_count == 1) {
        array = &array->children[0];
    }
    size_t count = candidates->count;
    bool cells = is_cell_of_vectors(array);
    bool matrix = mat_array_is_numeric(array) && array->rank == 2 && array->rows != array->columns;
    if ((!cells && !matrix) || longer(array) < FRAMES_MIN || shorter(array) < 1 ||
        shorter(array) > CHANNELS_MAX) {
        return STATUS_OK;
    }
    struct candidate *grown = checked_grow(candidates->list, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "looking for the signals");
    }
    candidates->list = grown;
    struct candidate *candidate = &candidates->list[candidates->count++];
    *candidate = (struct candidate){.array = array, .scope = scope, .score = score_of(name)};
    snprintf(candidate->path, sizeof candidate->path, "%s%s%s", parent, parent[0] ? "." : "", name);
    return STATUS_OK;
}

/* The candidates in a scope, and, down to a depth, in the structs of one element in it. */
static enum status gather(struct candidates *candidates, const struct mat_array *scope,
                          const char *parent, int depth, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < scope->child_count && status == STATUS_OK; i++) {
        const struct mat_array *array = &scope->children[i];
        if (array->class == MAT_STRUCT && array->count == 1 && depth > 0) {
            char path[140];
            snprintf(path, sizeof path, "%.69s%s%.69s", parent, parent[0] ? "." : "",
                     array->name ? array->name : "");
            status = gather(candidates, array, path, depth - 1, error);
        } else if (!mat_facts_claim(array)) {
            status = add(candidates, array, scope, parent, error);
        }
    }
    return status;
}

static void describe(const struct mat_array *array, const char *path, char *to, size_t size)
{
    snprintf(to, size, "%.70s (%s%s, %zu x %zu%s)", path, array->complex ? "complex " : "",
             array->logical ? "logical" : mat_class_name(array->class), array->rows, array->columns,
             array->rank > 2 ? " in more dimensions" : "");
}

static void list_candidates(const struct candidates *candidates, char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < candidates->count && used + 130 < size; i++) {
        char text[128];
        describe(candidates->list[i].array, candidates->list[i].path, text, sizeof text);
        used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", text);
    }
    if (used + 130 >= size) {
        snprintf(to + used, size - used, ", ...");
    }
}

/* What the file holds instead of signals. */
static void list_variables(const struct mat_array *scope, char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < scope->child_count && used + 130 < size; i++) {
        char text[128];
        const struct mat_array *array = &scope->children[i];
        describe(array, array->name ? array->name : "", text, sizeof text);
        used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", text);
    }
}

static enum status add_cells(struct mat_file *file, const struct mat_array *cells,
                             struct mat_plan *plan, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t c = 0; c < cells->child_count && status == STATUS_OK; c++) {
        const struct mat_array *array = &cells->children[c];
        mat_facts_limits(&file->info->channels[c], array->class);
        status = mat_plan_track(plan, array, c, 1, error);
        if (status == STATUS_OK) {
            status = mat_plan_segment(plan, file, 0, array->count, 0, error);
        }
    }
    return status;
}

/* One matrix or vector, of which the longer side is time; or a cell of vectors. */
static enum status take_array(struct mat_file *file, const struct candidate *candidate,
                              struct mat_plan *plan, char why[200], struct error *error)
{
    const struct mat_array *array = candidate->array;
    bool channels_are_rows = array->rows < array->columns;
    struct mat_scope scope = {file, candidate->scope, shorter(array), longer(array), false};
    enum status status = recording_info_allocate(file->info, scope.channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, file->name);
        return status;
    }
    for (size_t c = 0; c < scope.channels; c++) {
        struct channel *channel = &file->info->channels[c];
        text_from_field(channel->description, sizeof channel->description, candidate->path,
                        sizeof candidate->path);
        mat_facts_limits(channel, array->class);
    }
    if (array->class == MAT_CELL) {
        status = add_cells(file, array, plan, error);
    } else {
        status = mat_plan_matrix(plan, file, array, channels_are_rows, error);
        if (scope.channels > 1 && mat_facts_is_ramp(file, array, channels_are_rows)) {
            file->info->channels[0].type = CHANNEL_OTHER;
        }
    }
    if (status != STATUS_OK) {
        return status;
    }
    const char *dot = strrchr(candidate->path, '.');
    return mat_facts_find(&scope, dot ? dot + 1 : candidate->path, why, error);
}

/* Vectors of the same length in the same scope, one a channel. */
static enum status take_vectors(struct mat_file *file, const struct candidates *candidates,
                                const struct candidate *first, struct mat_plan *plan, char why[200],
                                struct error *error)
{
    struct mat_scope scope = {file, first->scope, 0, longer(first->array), false};
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *other = &candidates->list[i];
        scope.channels += is_vector(other->array) && other->scope == first->scope &&
                          longer(other->array) == scope.frames;
    }
    scope.apart = scope.channels > 1;
    enum status status = recording_info_allocate(file->info, scope.channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, file->name);
        return status;
    }
    size_t c = 0;
    for (size_t i = 0; i < candidates->count && status == STATUS_OK; i++) {
        const struct candidate *other = &candidates->list[i];
        if (!is_vector(other->array) || other->scope != first->scope ||
            longer(other->array) != scope.frames) {
            continue;
        }
        const char *dot = strrchr(other->path, '.');
        struct channel *channel = &file->info->channels[c];
        text_from_field(channel->label, sizeof channel->label, dot ? dot + 1 : other->path, 64);
        mat_facts_limits(channel, other->array->class);
        status = mat_plan_track(plan, other->array, c++, 1, error);
        if (status == STATUS_OK) {
            status = mat_plan_segment(plan, file, 0, scope.frames, 0, error);
        }
    }
    return status == STATUS_OK ? mat_facts_find(&scope, "", why, error) : status;
}

/* The candidates that no other outdoes: by name, else a matrix before vectors. Returns how many;
 * *all_vectors tells whether they are vectors of one length in one scope. */
static size_t best_candidates(struct candidates *candidates, const struct candidate **best,
                              bool *all_vectors)
{
    int top = 0;
    size_t count = 0, matrices = 0, longest = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->list[i];
        top = candidate->score > top ? candidate->score : top;
        matrices += !is_vector(candidate->array);
        longest = longer(candidate->array) > longest ? longer(candidate->array) : longest;
    }
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->list[i];
        /* "data" is no better a name than "EMG_L": where both are, the user decides. */
        int least = top == 2 ? 1 : top;
        bool only_matrix = top == 0 && matrices == 1 && longer(candidate->array) == longest;
        if (candidate->score < least || (only_matrix && is_vector(candidate->array))) {
            continue;
        }
        if (count == 0) {
            *best = candidate;
            *all_vectors = true;
        }
        *all_vectors = *all_vectors && is_vector(candidate->array) &&
                       candidate->scope == (*best)->scope &&
                       longer(candidate->array) == longer((*best)->array);
        count++;
    }
    return count;
}

static enum status choose(struct mat_file *file, struct candidates *candidates,
                          const struct mat_array *scope, struct mat_plan *plan, char why[200],
                          struct error *error)
{
    char list[700];
    const struct candidate *best = NULL;
    bool all_vectors = false;
    size_t count = best_candidates(candidates, &best, &all_vectors);
    if (count == 0) {
        list_variables(scope, list, sizeof list);
        return error_set(error, STATUS_FAILED,
                         "%s: holds no matrix of real numbers with a signal a row or column; it "
                         "has: %s; an array that is one all the same is read with --var",
                         file->name, list[0] ? list : "nothing");
    }
    /* A vector named "data" stands for itself; "EMG_L" or a name that says nothing does not. */
    if (all_vectors && (count > 1 || best->score < 2)) {
        return take_vectors(file, candidates, best, plan, why, error);
    }
    if (count == 1) {
        return take_array(file, best, plan, why, error);
    }
    list_candidates(candidates, list, sizeof list);
    return error_set(error, STATUS_UNSUPPORTED,
                     "%s: several arrays could be the signals; choose one with --var: %s",
                     file->name, list);
}

/* The array at "name" or "struct.field" from `scope` on; *parent is the struct that it is in. */
static const struct mat_array *look_up(const struct mat_array *scope, const char *path,
                                       const struct mat_array **parent)
{
    const struct mat_array *array = scope;
    while (array) {
        size_t length = strcspn(path, ".");
        char name[64];
        snprintf(name, sizeof name, "%.*s", length < 64 ? (int)length : 63, path);
        *parent = array;
        array = mat_array_field(array, 0, name);
        if (array && array->class == MAT_CELL && array->child_count == 1) {
            array = &array->children[0];
        }
        if (path[length] == '\0') {
            break;
        }
        path += length + 1;
    }
    return array;
}

/* Why an array that the user named cannot be the signals; NULL when it can. */
static const char *objection(const struct mat_array *array)
{
    if (is_cell_of_vectors(array) && array->child_count <= CHANNELS_MAX) {
        return NULL;
    }
    return array->logical                  ? "holds truth values (logical)"
           : array->complex                ? "holds complex numbers"
           : !mat_array_is_numeric(array)  ? "holds no numbers"
           : array->count == 0             ? "is empty"
           : array->rank > 2               ? "has more than two dimensions"
           : shorter(array) > CHANNELS_MAX ? "has more than 1024 rows and columns"
           : array->rows == array->columns && array->count > 1
               ? "is square, so that rows and columns cannot be told apart"
               : NULL;
}

static enum status take_named(struct mat_file *file, const char *variable, struct mat_plan *plan,
                              char why[200], struct error *error)
{
    struct candidates candidates = {0};
    struct candidate named = {.array = look_up(&file->root, variable, &named.scope)};
    char list[600];
    if (!named.array) {
        list_variables(&file->root, list, sizeof list);
        return error_set(error, STATUS_FAILED, "%s: has no variable '%.100s'; it has: %s",
                         file->name, variable, list);
    }
    if (named.array->class == MAT_STRUCT && named.array->count == 1) {
        enum status status = gather(&candidates, named.array, variable, DEPTH - 1, error);
        if (status == STATUS_OK) {
            status = choose(file, &candidates, named.array, plan, why, error);
        }
        free(candidates.list);
        return status;
    }
    const char *reason = objection(named.array);
    if (reason) {
        describe(named.array, variable, list, sizeof list);
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: '%s' %s; choose a matrix of real numbers with --var", file->name,
                         list, reason);
    }
    snprintf(named.path, sizeof named.path, "%s", variable);
    return take_array(file, &named, plan, why, error);
}

enum status mat_find_signals(struct mat_file *file, const char *variable, struct mat_plan *plan,
                             char why[200], struct error *error)
{
    struct candidates candidates = {0};
    if (variable) {
        return take_named(file, variable, plan, why, error);
    }
    enum status status = gather(&candidates, &file->root, "", DEPTH, error);
    if (status == STATUS_OK) {
        status = choose(file, &candidates, &file->root, plan, why, error);
    }
    free(candidates.list);
    return status;
}
