/* What the tests of readers ask of the files in samples/: their values, refusals, blocks and pipes.
 * Paths from these functions are valid until the same function is called again. */
#ifndef SOLEUS_TESTS_UNIT_READER_CHECKS_H
#define SOLEUS_TESTS_UNIT_READER_CHECKS_H

#include "unit/read_back.h"
#include "unit/reading.h"

static inline const char *sample(const char *name)
{
    static char path[4096];
    return sample_path(name, path);
}

/* A real recording; skips the test when it is not there. */
static inline const char *real(const char *name)
{
    static char path[4096];
    return path_in("SOLEUS_RECORDINGS", name, path);
}

/* Value i of channel c in the samples, before any scale: (i (7 + 2 c)) mod 201 − 100. */
static inline double number(size_t channel, size_t frame)
{
    return (double)(frame * (7 + 2 * channel) % 201) - 100;
}

/* All of the sample in blocks of a second; it must be readable, and of that format. */
static inline struct reading read_sample_as(const char *format, const char *name,
                                            struct recording_options options)
{
    struct reading reading = reading_all(sample(name), options, 0);
    if (reading.status != STATUS_OK) {
        print_error("%s: %s\n", name, reading.error.message);
        fail();
    }
    assert_string_equal(reading.info->format, format);
    return reading;
}

/* A warning has the text; none was given where it is NULL. */
static inline void assert_warned(const struct reading *reading, const char *text)
{
    assert_int_equal(reading->info->warnings.count > 0, text != NULL);
    assert_true(!text || reading_warned(reading, text));
}

/* duration NAN: that of an instant. Both in s. */
static inline void assert_annotation(const struct reading *reading, size_t index, double onset,
                                     double duration, const char *text)
{
    const struct annotation *annotation = &reading->info->annotations[index];
    assert_true(index < reading->info->annotation_count);
    assert_close(annotation->onset, onset, 1e-12);
    assert_true(isnan(duration) ? isnan(annotation->duration)
                                : fabs(annotation->duration - duration) < 1e-12);
    assert_string_equal(annotation->text, text);
}

/* The same bits, gaps, number of warnings and texts of annotations. */
static inline void assert_alike(const struct reading *a, const struct reading *b)
{
    reading_assert_same(a, b);
    assert_int_equal(a->status, STATUS_OK);
    assert_int_equal(a->info->annotation_count, b->info->annotation_count);
    for (size_t i = 0; i < a->info->annotation_count; i++) {
        assert_string_equal(a->info->annotations[i].text, b->info->annotations[i].text);
    }
}

/* The sample read in blocks of random sizes, `times` times, is `whole`. */
static inline void assert_any_blocks(const char *name, struct recording_options options,
                                     const struct reading *whole, uint64_t times)
{
    for (uint64_t seed = 1; seed <= times; seed++) {
        struct reading parts = reading_all(sample(name), options, seed);
        assert_alike(whole, &parts);
        reading_clear(&parts);
    }
}

/* The sample read through a pipe is `whole`. */
static inline void assert_same_piped(const char *name, struct recording_options options,
                                     const struct reading *whole)
{
    struct reading piped = reading_through_pipe(sample(name), options);
    assert_alike(whole, &piped);
    reading_clear(&piped);
}

/* A sample that is refused, and a part of what the message says. */
struct refusal {
    const char *name;
    enum status status;
    const char *says;
};

/* Each sample is refused with its status, by a message that says the words and names the file: the
 * sample, or that part of the recording (of the same name but for the extension) with which the
 * words begin. */
static inline void assert_refused(const struct refusal *cases, size_t count,
                                  struct recording_options options)
{
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        const char *name = cases[i].name, *says = cases[i].says;
        struct reading reading = reading_all(sample(name), options, 0);
        const char *message = reading.error.message;
        bool part = strncmp(says, name, strcspn(name, ".") + 1) == 0;
        if (reading.status != cases[i].status || !strstr(message, says) ||
            !(part || strstr(message, name))) {
            print_error("%s: status %d with '%s', not %d with '%s'\n", name, (int)reading.status,
                        message, (int)cases[i].status, says);
            fail();
        }
        reading_clear(&reading);
    }
}

/* --strict refuses the sample, and the message says the words. */
static inline void assert_strict_refuses(const char *name, struct recording_options options,
                                         const char *says)
{
    options.strict = true;
    struct reading reading = reading_all(sample(name), options, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, says);
    reading_clear(&reading);
}

#endif
