/* Words as a shell takes them. */
#ifndef SOLEUS_PIPELINE_SHELL_WORD_H
#define SOLEUS_PIPELINE_SHELL_WORD_H

/* Quotes a word where it has to be; owned by the caller, NULL when memory ran out. */
char *shell_word(const char *word);

#endif
