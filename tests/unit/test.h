/* What every unit test includes: cmocka with the headers it needs, and a close-enough check. */
#ifndef SOLEUS_TESTS_UNIT_TEST_H
#define SOLEUS_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

/* |a − b| ≤ tolerance, false for NaN; shows the values when it fails. */
#define assert_close(a, b, tolerance)                                                              \
    do {                                                                                           \
        double value_a_ = (a), value_b_ = (b);                                                     \
        if (!(fabs(value_a_ - value_b_) <= (tolerance))) {                                         \
            print_error("%s = %.17g, %s = %.17g\n", #a, value_a_, #b, value_b_);                   \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#endif
