#include "pipeline/annotation_table.h"

struct table *annotation_table(const struct recording_info *info, const char *name,
                               const struct column_definition *columns, size_t count,
                               struct error *error)
{
    struct table *table = table_create(name, columns, count, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; i < info->annotation_count && status == STATUS_OK; i++) {
        const struct annotation *annotation = &info->annotations[i];
        size_t row;
        status = table_append(table, &row, error);
        if (status == STATUS_OK) {
            table_set_real(table, row, 0, annotation->onset);
            table_set_real(table, row, 1, annotation->duration);
            status = table_set_text(table, row, 2, annotation->text, error);
        }
    }
    if (status != STATUS_OK) {
        table_destroy(table);
        return NULL;
    }
    return table;
}
