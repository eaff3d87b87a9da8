/* Fuzzes the files beside a recording: a table of four channels in a dataset, with an *_emg.json, a
 * *_channels.tsv, an *_electrodes.tsv, a *_coordsystem.json and an *_events.tsv. An input begins
 * with the sizes of the first four as 32-bit little-endian numbers; the parts follow
 * (tests/fuzz/pack.py). An empty part is no file. */
#include "fuzz/fuzz_reader.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

#define PARTS 5

static char folder[] = "/tmp/soleus-fuzz-XXXXXX";
static const char *const names[PARTS] = {"task-x_emg.json", "sub-1_task-x_channels.tsv",
                                         "sub-1_electrodes.tsv", "sub-1_coordsystem.json",
                                         "sub-1_task-x_events.tsv"};
static const char recording_name_[] = "sub-1_task-x_emg.csv";
static const char description[] = "dataset_description.json";

static void write_file(const char *name, const void *data, size_t size)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size) {
        abort();
    }
    close(descriptor);
}

static void remove_file(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static void remove_folder(void)
{
    for (size_t i = 0; i < PARTS; i++) {
        remove_file(names[i]);
    }
    remove_file(recording_name_);
    remove_file(description);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    char table[1200] = "E1,e2,E3,Force\n";
    (void)count, (void)arguments;
    if (!mkdtemp(folder)) {
        abort();
    }
    atexit(remove_folder);
    for (size_t i = 0; i < 100; i++) {
        strcat(table, i % 2 ? "1,2,3,4\n" : "2,-2,3,5\n");
    }
    write_file(recording_name_, table, strlen(table));
    write_file(description, "{}", 2);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 4 * (PARTS - 1);
    char path[100];
    struct recording *recording = NULL;
    struct error error = {0};
    const struct recording_options options = {.strict = size % 5 == 0, .all_channels = size % 2};
    if (size < at) {
        return 0;
    }
    for (size_t i = 0; i < PARTS; i++) {
        size_t length = fuzz_part_length(data, size, PARTS, i, at);
        if (length > 0) {
            write_file(names[i], data + at, length);
        } else {
            remove_file(names[i]);
        }
        at += length;
    }
    snprintf(path, sizeof path, "%s/%s", folder, recording_name_);
    if (recording_open(path, &options, &recording, &error) == STATUS_OK) {
        const struct recording_info *info = recording_info(recording);
        for (size_t c = 0; c < info->channel_count; c++) {
            const struct channel *channel = &info->channels[c];
            if (!(channel->rate > 0) || !isfinite(channel->rate) || channel->row < 0 ||
                channel->column < 0 || !channel->label[0]) {
                abort();
            }
        }
        fuzz_read(recording, 1);
        recording_close(recording);
    } else if (recording || error.message[0] == '\0') {
        abort();
    }
    return 0;
}
