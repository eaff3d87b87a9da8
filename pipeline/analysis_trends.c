#include "pipeline/analysis_trends.h"
#include "pipeline/trend.h"
#include <stdlib.h>
const struct column_definition trend_columns[] = {
    {"channel", COLUMN_TEXT, "", "label of the channel", NULL},
    {NULL, COLUMN_REAL, NULL, NULL, NULL}};
struct trend_gatherer {
    int x;
};
enum status trend_gatherer_create(const struct analysis *a, struct trend_gatherer **g,
                                  struct error *e)
{
    (void)a;
    (void)e;
    *g = calloc(1, sizeof **g);
    return STATUS_OK;
}
void trend_gatherer_destroy(struct trend_gatherer *g)
{
    free(g);
}
enum status trend_gatherer_push(struct trend_gatherer *g, const struct analysis_row *r,
                                struct error *e)
{
    (void)g;
    (void)r;
    (void)e;
    return STATUS_OK;
}
enum status trend_gatherer_finish(struct trend_gatherer *g, struct analysis *a, struct error *e)
{
    (void)g;
    a->trends = table_create("trends", trend_columns, 1, e);
    return a->trends ? STATUS_OK : STATUS_FAILED;
}
