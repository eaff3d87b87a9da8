#include "pipeline/commands/settings.h"

#include "formats/checked.h"

#include <string.h>

struct settings settings_defaults(void)
{
    return (struct settings){
        .parameters = parameters_defaults(),
        .seed = -1,
    };
}

const char *settings_keep(struct settings *settings, const char *text)
{
    struct settings_texts *texts = &settings->texts;
    char **grown = checked_realloc(texts->list, texts->count + 1, sizeof *grown);
    char *copy = grown ? strdup(text) : NULL;
    texts->list = grown ? grown : texts->list;
    if (copy) {
        texts->list[texts->count++] = copy;
    }
    return copy;
}

void settings_clear(struct settings *settings)
{
    for (size_t i = 0; i < settings->texts.count; i++) {
        free(settings->texts.list[i]);
    }
    free(settings->texts.list);
    settings->texts = (struct settings_texts){0};
}
