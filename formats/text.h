/* Text that comes out of files: trimming, UTF-8, units, patterns of labels. */
#ifndef SOLEUS_FORMATS_TEXT_H
#define SOLEUS_FORMATS_TEXT_H

#include "formats/recording.h"

/* µV per unit for a unit of voltage (V, mV, µV in its spellings, nV, also as "microvolt"), case
 * and blanks ignored where no confusion is possible; 0 for every other unit. */
double text_microvolts_per(const char *unit);

/* What a channel's label, description and unit say it is; CHANNEL_UNKNOWN when they do not. */
enum channel_type text_channel_type(const char *label, const char *description, const char *unit);

/* A whole number of n digits at most, blank padded as in EDF headers; false when it is none. */
bool text_integer(const char *field, size_t size, int64_t *value);

/* A real number in a blank-padded field, '.' (or, as some devices write, ',') as decimal mark. */
bool text_real(const char *field, size_t size, double *value);

/* Seconds since 1970-01-01 of a civil date and time; false when a part is out of range. */
bool text_civil_seconds(int year, int month, int day, int hour, int minute, int second,
                        int64_t *seconds);

/* Civil time as ISO 8601 has it, "2018-04-25T02:30:03.5-07:00", also with a blank for the T and
 * single digits; what follows the seconds is not looked at. start is left as it is, and false
 * returned, when it is none. */
bool text_start_time(const char *text, struct start_time *start);

/* Text in ASCII: letters of Latin-1 lose their accents, the micro sign becomes u, the degree sign
 * deg, and everything else "?". */
void text_to_ascii(char *to, size_t size, const char *from);

#endif
