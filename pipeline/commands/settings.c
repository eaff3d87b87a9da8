#include "pipeline/commands/settings.h"

#include "formats/checked.h"

#include <string.h>

struct settings settings_defaults(void)
{
    return (struct settings){
        .parameters = parameters_defaults(),
        .seed = -1,
        .read_back = true,
        .score = {.rules = score_rules_defaults(),
                  .classes = "tonic,clonic,tonic-clonic,myoclonic",
                  .bins = 10},
    };
}

const char *settings_add(struct settings_texts *texts, const char *text)
{
    char **grown = checked_realloc(texts->list, texts->count + 1, sizeof *grown);
    char *copy = grown ? strdup(text) : NULL;
    texts->list = grown ? grown : texts->list;
    if (copy) {
        texts->list[texts->count++] = copy;
    }
    return copy;
}

const char *settings_keep(struct settings *settings, const char *text)
{
    return settings_add(&settings->texts, text);
}

static void clear_texts(struct settings_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->list[i]);
    }
    free(texts->list);
    *texts = (struct settings_texts){0};
}

void settings_clear(struct settings *settings)
{
    clear_texts(&settings->texts);
    clear_texts(&settings->annotate);
    clear_texts(&settings->score.aliases);
    clear_texts(&settings->score.unjudged);
    clear_texts(&settings->tissue);
    clear_texts(&settings->rest);
    clear_texts(&settings->participants);
    clear_texts(&settings->sessions);
    clear_texts(&settings->tasks);
}
