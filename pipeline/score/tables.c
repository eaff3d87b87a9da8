#include "pipeline/score/tables.h"

#include "formats/checked.h"
#include "pipeline/score/agreement.h"

#include <string.h>

#define COLUMNS_MAX 80

static const struct column_definition names[] = {
    {"pair", COLUMN_TEXT, "", "the pair of tables, or total", NULL},
    {"group", COLUMN_TEXT, "", "its group", NULL},
};

static enum status append(struct table *table, const struct score_row *row, size_t *index,
                          struct error *error)
{
    enum status status = table_append(table, index, error);
    if (status == STATUS_OK) {
        status = table_set_text(table, *index, 0, row->pair, error);
    }
    return status == STATUS_OK ? table_set_text(table, *index, 1, row->group, error) : status;
}

static struct table *create(const char *name, const struct column_definition *columns, size_t count,
                            struct error *error)
{
    struct column_definition all[COLUMNS_MAX];
    memcpy(all, names, sizeof names);
    memcpy(all + 2, columns, count * sizeof *columns);
    return table_create(name, all, count + 2, error);
}

struct table *score_table_create(struct error *error)
{
    struct column_definition columns[COLUMNS_MAX - 2];
    size_t count = 0;
    for (; score_measures[count].column.name; count++) {
        columns[count] = score_measures[count].column;
    }
    return create("score", columns, count, error);
}

enum status score_table_add(struct table *table, const struct score_row *row,
                            const struct score_rules *rules, const struct score_tally *tally,
                            struct error *error)
{
    size_t index;
    enum status status = append(table, row, &index, error);
    for (size_t i = 0; score_measures[i].column.name && status == STATUS_OK; i++) {
        struct error own = {.status = STATUS_OK};
        double value = score_measures[i].compute(rules, tally, &own);
        if (own.status != STATUS_OK) {
            return error_set(error, own.status, "%s", own.message);
        }
        if (score_measures[i].column.type == COLUMN_REAL) {
            table_set_real(table, index, i + 2, value);
        } else {
            table_set_integer(table, index, i + 2, (int64_t)value);
        }
    }
    return status;
}

struct table *score_confusion_create(const struct score_rules *rules, struct error *error)
{
    struct column_definition columns[SCORE_CELLS + 1] = {
        {"reference", COLUMN_TEXT, "", "class in the reference, or false", NULL}};
    for (size_t k = 0; k <= rules->class_count; k++) {
        const char *name = k < rules->class_count ? rules->classes[k] : "missed";
        columns[k + 1] = (struct column_definition){name, COLUMN_INTEGER, "1",
                                                    "episodes of that class in the estimate", NULL};
    }
    return create("confusion", columns, rules->class_count + 2, error);
}

enum status score_confusion_add(struct table *table, const struct score_row *row,
                                const struct score_rules *rules, const struct score_tally *tally,
                                struct error *error)
{
    size_t none = rules->class_count;
    enum status status = STATUS_OK;
    for (size_t i = 0; i <= none && status == STATUS_OK; i++) {
        size_t index;
        status = append(table, row, &index, error);
        if (status != STATUS_OK) {
            break;
        }
        status = table_set_text(table, index, 2, i < none ? rules->classes[i] : "false", error);
        for (size_t j = 0; j <= none; j++) {
            /* What neither of both has cannot be counted. */
            table_set_integer(table, index, j + 3,
                              i == none && j == none ? TABLE_MISSING
                                                     : (int64_t)tally->confusion[i][j]);
        }
    }
    return status;
}

static const struct column_definition calibration_columns[] = {
    {"from", COLUMN_REAL, "1", "confidence at the start of the bin", NULL},
    {"to", COLUMN_REAL, "1", "confidence at its end", NULL},
    {"count", COLUMN_INTEGER, "1", "matches with a confidence in the bin", NULL},
    {"confidence", COLUMN_REAL, "1", "their mean confidence", NULL},
    {"right", COLUMN_REAL, "1", "fraction of them with the right class", NULL},
    {"right_low", COLUMN_REAL, "1", "lower end of its 95 % interval (Wilson 1927)", NULL},
    {"right_high", COLUMN_REAL, "1", "upper end", NULL},
    {"gap", COLUMN_REAL, "1",
     "confidence minus right; over all bins the expected calibration error", NULL},
};

struct table *score_calibration_create(struct error *error)
{
    return create("calibration", calibration_columns,
                  sizeof calibration_columns / sizeof *calibration_columns, error);
}

static enum status add_bin(struct table *table, const struct score_row *row,
                           const struct score_tally *tally, size_t bins, size_t bin,
                           struct error *error)
{
    size_t index, count = 0, right = 0;
    double sum = 0, interval[2];
    bool all = bin == bins;
    for (size_t i = 0; i < tally->judgement_count; i++) {
        const struct score_judgement *judgement = &tally->judgements[i];
        if (all || score_calibration_bin(judgement->confidence, bins) == bin) {
            count++;
            right += judgement->right;
            sum += judgement->confidence;
        }
    }
    enum status status = append(table, row, &index, error);
    if (status != STATUS_OK) {
        return status;
    }
    table_set_real(table, index, 2, all ? 0 : (double)bin / (double)bins);
    table_set_real(table, index, 3, all ? 1 : (double)(bin + 1) / (double)bins);
    table_set_integer(table, index, 4, (int64_t)count);
    if (count > 0) {
        double mean = sum / (double)count, share = (double)right / (double)count;
        agreement_wilson((double)right, (double)count, interval);
        table_set_real(table, index, 5, mean);
        table_set_real(table, index, 6, share);
        table_set_real(table, index, 7, interval[0]);
        table_set_real(table, index, 8, interval[1]);
        table_set_real(table, index, 9, all ? score_calibration_error(tally, bins) : mean - share);
    }
    return STATUS_OK;
}

enum status score_calibration_add(struct table *table, const struct score_row *row,
                                  const struct score_tally *tally, size_t bins, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t bin = 0; bin <= bins && status == STATUS_OK; bin++) {
        status = add_bin(table, row, tally, bins, bin, error);
    }
    return status;
}
