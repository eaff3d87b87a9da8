/* Decimal numbers as text tables have them: read and written correctly rounded, fast, and without
 * regard to the locale. */
#ifndef SOLEUS_FORMATS_NUMBER_H
#define SOLEUS_FORMATS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Longest number that is read; longer ones are no numbers. */
#define NUMBER_LENGTH_MAX 1000

/* Room that the formatting functions need, with the NUL. */
#define NUMBER_SIZE 40

/* Reads [+-]digits[.digits][e[+-]digits] at p and returns the first character after it, or NULL
 * when none is there. `mark` is the decimal mark, '.' or ','; with ',' a digit must follow it, so
 * that "1," is a number and a separator. The text must end in a character that no number contains
 * (a line feed, say), since nothing else bounds it. *value is what strtod gives: the double
 * nearest to the decimal, ties to even; ±infinity when it is too large. */
const char *number_parse(const char *p, char mark, double *value);

/* Writes the decimal with the fewest significant digits that reads back to the same float, with
 * '.' as the mark: "12.5", "-0.001", "3.2e+20"; "NaN", "inf", "-inf". Returns its length. */
size_t number_format_float(float value, char to[NUMBER_SIZE]);

#endif
