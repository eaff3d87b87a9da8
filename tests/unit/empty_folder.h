/* A folder for the files of a test program, which every test leaves empty. */
#ifndef SOLEUS_TESTS_UNIT_EMPTY_FOLDER_H
#define SOLEUS_TESTS_UNIT_EMPTY_FOLDER_H

#include <stdlib.h>
#include <unistd.h>

static char empty_folder[] = "/tmp/soleus-test-XXXXXX";

/* For cmocka_run_group_tests: makes it. */
static inline int make_folder(void **state)
{
    (void)state;
    return mkdtemp(empty_folder) ? 0 : -1;
}

/* For cmocka_run_group_tests: fails where a file is left behind. */
static inline int remove_folder(void **state)
{
    (void)state;
    return rmdir(empty_folder);
}

#endif
