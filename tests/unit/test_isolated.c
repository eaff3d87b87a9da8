/* Readers that misbehave, in a process of their own: made-up readers of a real file. */
#include "unit/test.h"

#include "formats/isolated.h"
#include "formats/recording.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHANNELS 3

/* What the made-up reader does when it comes to sample TROUBLE_AT. */
enum trouble { NONE, CRASH, ABORT, HANG, FLOOD, FAIL, LEAVE };

struct made {
    enum trouble trouble;
    uint64_t at, end;
    struct recording_info *info;
};

static enum trouble at_open, at_read;

static void make_trouble(enum trouble trouble)
{
    volatile int *nowhere = NULL;
    switch (trouble) {
    case CRASH:
        signal(SIGSEGV, SIG_DFL);
        *nowhere = 1;
        break;
    case ABORT:
        abort();
    case HANG:
        for (volatile unsigned i = 0;; i++) {
        }
    case FLOOD:
        for (;;) {
            char *p = malloc(1 << 24);
            if (!p) {
                return;
            }
            memset(p, 1, 1 << 24);
        }
    case LEAVE:
        _exit(0);
    default:
        break;
    }
}

static enum status made_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, void **state, struct error *error)
{
    make_trouble(at_open);
    if (at_open == FAIL || at_open == FLOOD) {
        return error_set(error, STATUS_NO_RATE, "%s: refused at %g Hz", source_name(source),
                         options->rate);
    }
    struct made *made = calloc(1, sizeof *made);
    if (!made || recording_info_allocate(info, CHANNELS, error) != STATUS_OK) {
        abort();
    }
    *made = (struct made){.trouble = at_read, .end = 10000, .info = info};
    for (size_t c = 0; c < CHANNELS; c++) {
        struct channel *channel = &info->channels[c];
        snprintf(channel->label, sizeof channel->label, "made %zu", c);
        channel->rate = 1000;
        channel->gain = 2;
    }
    info->duration = 10;
    info->mains = 60;
    info->start = (struct start_time){true, 12345, 0.5};
    warnings_add(&info->warnings, "%s: made up", source_name(source));
    *state = made;
    return recording_info_annotate(info, 1, NAN, "first", 5, error);
}

static enum status made_read(void *state, struct block *block, struct error *error)
{
    struct made *made = state;
    size_t frames = 0;
    while (frames < block->capacity[0] && made->at + frames < made->end) {
        if (made->at + frames == 5000) {
            make_trouble(made->trouble);
            if (made->trouble == FAIL) {
                return error_set(error, STATUS_FAILED, "sample 5000 is bad");
            }
        }
        for (size_t c = 0; c < CHANNELS; c++) {
            if (block->samples[c]) {
                block->samples[c][frames] =
                    (float)(made->info->channels[c].gain * (double)((made->at + frames) * (c + 1)));
            }
        }
        frames++;
    }
    made->at += frames;
    for (size_t c = 0; c < CHANNELS; c++) {
        block->frames[c] = frames;
    }
    if (frames == 0) {
        return recording_info_annotate(made->info, 9, 0.25, "last", 4, error);
    }
    return STATUS_OK;
}

static void made_close(void *state)
{
    free(state);
}

static const struct reader made_reader = {
    .id = "made", .isolated = true, .open = made_open, .read = made_read, .close = made_close};

/* Opens this file with the made-up reader and reads it to the end in blocks of 0.7 s. */
static enum status read_all(enum trouble open, enum trouble read, struct recording_info *info,
                            uint64_t *total, struct error *error)
{
    const struct reader_options options = {.rate = 250};
    struct source *source = NULL;
    void *state = NULL;
    struct block block = {0};
    at_open = open;
    at_read = read;
    *total = 0;
    assert_int_equal(source_open("/proc/self/exe", &source, error), STATUS_OK);
    enum status status = isolated_open(&made_reader, source, &options, info, &state, error);
    if (status == STATUS_OK) {
        /* What the opener does: the reader must calibrate with it, and leave out a channel. */
        for (size_t c = 0; c < CHANNELS; c++) {
            info->channels[c].gain *= 0.5;
            info->channels[c].selected = c != 1;
        }
        assert_int_equal(block_allocate(&block, info, 0.7, error), STATUS_OK);
    }
    for (bool any = true; status == STATUS_OK && any;) {
        status = isolated_read(state, &block, error);
        any = status == STATUS_OK && block.frames[0] > 0;
        for (size_t i = 0; any && i < block.frames[0]; i++) {
            assert_true(block.samples[0][i] == (float)(*total + i));
            assert_true(block.samples[2][i] == 3 * (float)(*total + i));
        }
        *total += any ? block.frames[0] : 0;
    }
    block_clear(&block);
    isolated_close(state);
    source_close(source);
    return status;
}

static void test_everything_comes_through(void **state)
{
    (void)state;
    struct recording_info info = {0};
    struct error error = {0};
    uint64_t total;
    assert_int_equal(read_all(NONE, NONE, &info, &total, &error), STATUS_OK);
    assert_int_equal(total, 10000);
    assert_int_equal(info.channel_count, CHANNELS);
    assert_string_equal(info.channels[2].label, "made 2");
    assert_close(info.duration, 10, 0);
    assert_close(info.mains, 60, 0);
    assert_true(info.start.known && info.start.seconds == 12345 && info.start.fraction == 0.5);
    assert_int_equal(info.annotation_count, 2);
    assert_string_equal(info.annotations[0].text, "first");
    assert_true(isnan(info.annotations[0].duration));
    assert_string_equal(info.annotations[1].text, "last");
    assert_close(info.annotations[1].duration, 0.25, 0);
    assert_int_equal(info.warnings.count, 1);
    assert_non_null(strstr(info.warnings.texts[0], "made up"));
    recording_info_clear(&info);
}

/* Trouble of either kind ends in a message that has the words. */
static void expect(enum trouble open, enum trouble read, enum status wanted, const char *words)
{
    struct recording_info info = {0};
    struct error error = {0};
    uint64_t total;
    enum status status = read_all(open, read, &info, &total, &error);
    if (status != wanted || !strstr(error.message, words)) {
        fail_msg("status %d, message '%s'", status, error.message);
    }
    recording_info_clear(&info);
}

static void test_failures_come_through(void **state)
{
    (void)state;
    expect(FAIL, NONE, STATUS_NO_RATE, "refused at 250 Hz");
    expect(NONE, FAIL, STATUS_FAILED, "sample 5000 is bad");
}

static void test_a_crash_is_a_message(void **state)
{
    (void)state;
    expect(ABORT, NONE, STATUS_FAILED, "broke down");
    expect(NONE, ABORT, STATUS_FAILED, "broke down");
    expect(LEAVE, NONE, STATUS_FAILED, "broke down");
    expect(NONE, LEAVE, STATUS_FAILED, "broke down");
#if !defined(__SANITIZE_ADDRESS__) /* UBSan stops at the null pointer */
    expect(CRASH, NONE, STATUS_FAILED, "Segmentation fault");
    expect(NONE, CRASH, STATUS_FAILED, "Segmentation fault");
#endif
}

/* The hard limit of this process stands in for the minute that a reader may take. */
static void test_a_hang_ends(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rusage used;
        getrusage(RUSAGE_SELF, &used);
        rlim_t hard = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 3;
        struct rlimit limit = {hard, hard};
        setrlimit(RLIMIT_CPU, &limit);
        struct recording_info info = {0};
        struct error error = {0};
        uint64_t total;
        enum status status = read_all(NONE, HANG, &info, &total, &error);
        _exit(status == STATUS_FAILED && strstr(error.message, "no end") ? 0 : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static void test_a_flood_of_memory_ends(void **state)
{
    (void)state;
#if !defined(__SANITIZE_ADDRESS__)
    expect(FLOOD, NONE, STATUS_NO_RATE, "refused");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_comes_through),
        cmocka_unit_test(test_failures_come_through),
        cmocka_unit_test(test_a_crash_is_a_message),
        cmocka_unit_test(test_a_hang_ends),
        cmocka_unit_test(test_a_flood_of_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
