/* Tables from text. */
#ifndef SOLEUS_TESTS_UNIT_PARSE_TABLE_H
#define SOLEUS_TESTS_UNIT_PARSE_TABLE_H

#include "unit/test.h"

#include "formats/table.h"

#include <string.h>

static inline struct table *parse(const char *text, size_t size, struct error *error)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, size, stream), size);
    rewind(stream);
    struct table *table = NULL;
    enum status status = table_read_tsv(stream, "in.tsv", &table, error);
    fclose(stream);
    assert_true((status == STATUS_OK) == (table != NULL));
    return table;
}

static inline struct table *parsed(const char *text)
{
    struct error error = {0};
    struct table *table = parse(text, strlen(text), &error);
    if (!table) {
        print_error("%s\n", error.message);
    }
    assert_non_null(table);
    return table;
}

#endif
