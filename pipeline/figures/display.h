/* Text and numbers as figures show them. */
#ifndef SOLEUS_FIGURES_DISPLAY_H
#define SOLEUS_FIGURES_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a sound UTF-8 character of `length` bytes may be shown: no control character, no line or
 * paragraph separator, none that XML forbids. */
bool figure_character_shown(const char *character, size_t length);

/* A copy that is fit to be shown: UTF-8, no control characters, at most `characters` of them (3 or
 * more), the middle of longer ones replaced by an ellipsis, since the end often tells the side.
 * Owned by the caller; NULL when memory runs out. */
char *figure_display_text(const char *text, size_t characters);

/* The last part of a path, within `path`. */
const char *figure_base_name(const char *path);

/* A unit of tables as print has it: "uV^2/Hz" is "µV²/Hz", "1" is "". */
void figure_display_unit(const char *unit, char *to, size_t size);

/* A number with so many significant digits and a true minus sign, as "−0.0123". "n/a" for NaN. */
void figure_display_number(double value, int digits, char *to, size_t size);

/* "−0.152 [−0.171, −0.133]", "−3.70 [−3.73, −3.67]·10⁻⁴": as many decimals as the interval's
 * half-width needs to be told with two digits. The interval is left out when it is missing. */
void figure_display_interval(double value, double low, double high, char *to, size_t size);

/* "p < 0.001" or "p = 0.032"; "p n/a" for NaN. */
void figure_display_p(double p, char *to, size_t size);

#endif
