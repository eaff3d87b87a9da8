/* Plain text of 80 columns: sentences that fill lines. */
#ifndef SOLEUS_COMMANDS_PROSE_H
#define SOLEUS_COMMANDS_PROSE_H

#include <stddef.h>
#include <stdio.h>

#define PROSE_WIDTH 80

struct prose {
    FILE *stream; /* not owned; its errors are the caller's to find */
    size_t column, indent;
};

/* Appends words, broken at blanks where a line is full; between two calls there is a blank. */
void prose_say(struct prose *prose, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the line when one is begun; the next ones are indented by so many columns from their second
 * line on. */
void prose_line(struct prose *prose, size_t indent);

/* Ends the paragraph: an empty line follows. */
void prose_paragraph(struct prose *prose);

#endif
