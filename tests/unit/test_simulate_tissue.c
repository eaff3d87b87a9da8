/* Activity and baseline spliced from recorded tissue. */
#include "unit/simulated.h"

#include "pipeline/simulate/splice.h"

#include <unistd.h>

#define RATE 1000

/* Noise between two frequencies, with a drift that is no muscle's. */
static float *make_noise(uint64_t seed, size_t length, double low, double high, double drift)
{
    struct random random;
    struct ziggurat ziggurat;
    struct filter filter = {0};
    float *samples = calloc(length, sizeof *samples);
    assert_non_null(samples);
    ziggurat_build(&ziggurat);
    random_seed(&random, seed, RANDOM_NOISE, 0, 0);
    filter_add_highpass(&filter, low, RATE);
    filter_add_lowpass(&filter, high, RATE);
    for (size_t i = 0; i < length; i++) {
        samples[i] = (float)(filter_step(&filter, random_gaussian(&random, &ziggurat)) + 5 +
                             drift * sin(2 * M_PI * 0.3 * (double)i / RATE));
    }
    return samples;
}

static void add_noise(struct splice_source *source, uint64_t seed, double seconds, double low,
                      double high, float factor)
{
    size_t length = (size_t)(seconds * RATE);
    float *samples = make_noise(seed, length, low, high, 3);
    struct error error = {0};
    for (size_t i = 0; i < length; i++) {
        samples[i] *= factor;
    }
    assert_int_equal(splice_source_add(source, samples, length, "piece", &error), STATUS_OK);
    free(samples);
}

static double *run_splice(const struct splice_source *source, uint64_t seed, size_t length)
{
    struct random random;
    struct splice splice;
    double *samples = calloc(length, sizeof *samples);
    assert_non_null(samples);
    random_seed(&random, seed, RANDOM_SPLICE, 0, 0);
    splice_start(&splice, source, 0.3, 1.5, random);
    for (size_t i = 0; i < length; i++) {
        samples[i] = splice_next(&splice);
    }
    return samples;
}

/* Σ x² after the filter. */
static double energy_through(struct filter filter, const double *samples, size_t length)
{
    double sum = 0;
    for (size_t i = 0; i < length; i++) {
        double y = filter_step(&filter, samples[i]);
        sum += y * y;
    }
    return sum;
}

/* Strong and weak contractions come out alike, and crossfades take nothing away. */
static void power_is_kept(void **state)
{
    (void)state;
    struct splice_source source = {.rate = RATE};
    struct filter band = splice_measure(RATE);
    add_noise(&source, 1, 4, 20, 450, 1);
    add_noise(&source, 2, 0.8, 20, 450, 30);
    add_noise(&source, 3, 2, 20, 450, 0.1F);
    size_t length = 200 * RATE, second = RATE;
    double *samples = run_splice(&source, 1, length);
    for (size_t at = 0; at < length; at += second) {
        /* The filter settles in the first 50 ms. */
        double energy = energy_through(band, samples + at, second) / (0.95 * (double)second);
        assert_true(energy > 0.7 && energy < 1.35);
    }
    assert_close(10 * log10(energy_through(band, samples, length) / (double)length), 0, 0.1);
    free(samples);
    splice_source_clear(&source);
}

/* Tissue of 60–120 Hz: a click at a seam would be heard above 300 Hz, a step below 20 Hz. */
static void seams_do_not_click(void **state)
{
    (void)state;
    struct splice_source source = {.rate = RATE};
    struct filter above = {0}, below = {0};
    add_noise(&source, 4, 3, 60, 120, 1);
    add_noise(&source, 5, 3, 60, 120, 1);
    filter_add_highpass(&above, 300, RATE);
    filter_add_lowpass(&below, 15, RATE);
    size_t length = 100 * RATE;
    double *samples = run_splice(&source, 1, length);
    double whole = energy_through((struct filter){0}, samples, length);
    double piece_above = 0, piece_below = 0, piece_whole = 0;
    for (size_t p = 0; p < source.count; p++) {
        double *piece = calloc(source.pieces[p].length, sizeof *piece);
        assert_non_null(piece);
        for (size_t i = 0; i < source.pieces[p].length; i++) {
            piece[i] = (double)source.pieces[p].samples[i];
        }
        piece_above += energy_through(above, piece, source.pieces[p].length);
        piece_below += energy_through(below, piece, source.pieces[p].length);
        piece_whole += energy_through((struct filter){0}, piece, source.pieces[p].length);
        free(piece);
    }
    /* About 110 seams: hard cuts would put 1e-3 of the energy there. */
    assert_true(energy_through(above, samples, length) / whole < piece_above / piece_whole + 5e-5);
    assert_true(energy_through(below, samples, length) / whole < piece_below / piece_whole + 5e-5);
    free(samples);
    splice_source_clear(&source);
}

/* Two seconds of tissue are heard again and again, but never at a beat. */
static void nothing_repeats_at_a_fixed_lag(void **state)
{
    (void)state;
    struct splice_source source = {.rate = RATE};
    add_noise(&source, 6, 2, 20, 450, 1);
    size_t length = 60 * RATE;
    double *samples = run_splice(&source, 1, length), largest = 0;
    for (size_t lag = RATE / 10; lag < 6 * RATE; lag++) {
        double sum = 0;
        for (size_t i = 0; i + lag < length; i += 3) {
            sum += samples[i] * samples[i + lag];
        }
        largest = fmax(largest, fabs(sum) / ((double)(length - lag) / 3));
    }
    assert_true(largest < 0.2);
    free(samples);
    splice_source_clear(&source);
}

static void pieces_that_are_no_use(void **state)
{
    (void)state;
    struct splice_source source = {.rate = RATE};
    struct error error = {0};
    float *samples = make_noise(7, 1000, 20, 450, 0);
    assert_int_equal(splice_source_add(&source, samples, 200, "a", &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "a: only 0.2 s"));
    samples[300] = NAN;
    assert_int_equal(splice_source_add(&source, samples, 1000, "b", &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "b: no sample 0.3 s"));
    for (size_t i = 0; i < 1000; i++) {
        samples[i] = 12;
    }
    assert_int_equal(splice_source_add(&source, samples, 1000, "c", &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "c: a flat line"));
    assert_int_equal(source.count, 0);
    free(samples);
    splice_source_clear(&source);
}

/* A recording whose first 6 s are a contraction and whose last 10 s are rest. */
static void write_recording(char *path)
{
    int file = mkstemps(path, 4);
    assert_true(file >= 0);
    FILE *stream = fdopen(file, "w");
    assert_non_null(stream);
    float *strong = make_noise(8, 6 * RATE, 30, 200, 2),
          *weak = make_noise(9, 10 * RATE, 5, 400, 2);
    for (size_t i = 0; i < 6 * RATE; i++) {
        fprintf(stream, "%.6f\n", (double)strong[i] * 100);
    }
    for (size_t i = 0; i < 10 * RATE; i++) {
        fprintf(stream, "%.6f\n", (double)weak[i] * 4);
    }
    assert_int_equal(fclose(stream), 0);
    free(strong);
    free(weak);
}

static void specification_of(char *text, size_t size, const char *path, int seed)
{
    snprintf(
        text, size,
        "[recording]\nduration = 60\nnoise = 4\nchannels = 2\nseed = %d\n"
        "[tissue]\nfile = %s\ninterval = 0..3\nrate = 1000\n"
        "[tissue]\nfile = %s\ninterval = 3.2..6\nrate = 1000\n"
        "[rest]\nfile = %s\ninterval = 6.5..16\nrate = 1000\n"
        "[tonic]\nonset = 20\nduration = 20\nsnr = 6\nrise = 0.02\nfall = 0.02\nvariation = 0\n"
        "[clonic]\nonset = 45\nduration = 10\nrate = 4\nduty = 0.4\nchannels = 2\nsnr = 12\n",
        seed, path, path, path);
}

static void strength_is_what_was_asked_for(void **state)
{
    (void)state;
    char path[] = "/tmp/soleus_tissue_XXXXXX.csv", text[2000];
    struct simulated s;
    write_recording(path);
    specification_of(text, sizeof text, path, 3);
    simulate_text(&s, text);
    for (size_t c = 0; c < 2; c++) {
        double rest = band_rms(&s, c, 1, 19);
        double both = band_rms(&s, c, 21, 39);
        assert_close(rest, 4, 4 * 0.035);
        assert_close(10 * log10((both * both - rest * rest) / (rest * rest)), 6, 0.3);
    }
    const struct table *events = simulation_events(s.simulation);
    assert_int_equal(events->row_count, 3);
    size_t tonic = find_event(events, "tonic", NULL, 0),
           clonic = find_event(events, "clonic", NULL, 0);
    assert_close(cell(events, tonic, "onset"), 20.004, 0.003);
    assert_close(cell(events, tonic, "duration"), 19.99, 0.006);
    assert_close(cell(events, clonic, "burst_rate"), 4, 0.1);
    assert_true(isnan(cell(events, tonic, "level")));
    assert_close(cell(events, clonic, "snr"), 12, 1e-6);
    simulated_clear(&s);
    unlink(path);
}

static void seeds_and_blocks(void **state)
{
    (void)state;
    char path[] = "/tmp/soleus_tissue_XXXXXX.csv", text[2000], other_text[2000];
    struct simulated one, same, other;
    write_recording(path);
    specification_of(text, sizeof text, path, 3);
    specification_of(other_text, sizeof other_text, path, 4);
    simulate_by(&one, text, 100);
    simulate_by(&same, text, 0.37);
    simulate_by(&other, other_text, 100);
    for (size_t c = 0; c < 2; c++) {
        assert_memory_equal(one.samples[c], same.samples[c], one.frames * sizeof(float));
        assert_memory_not_equal(one.samples[c], other.samples[c], one.frames * sizeof(float));
    }
    /* Channels of a recording are spliced each on its own. */
    assert_memory_not_equal(one.samples[0], one.samples[1], one.frames * sizeof(float));
    simulated_clear(&one);
    simulated_clear(&same);
    simulated_clear(&other);
    unlink(path);
}

static void options_are_sections(void **state)
{
    (void)state;
    struct specification *s = right_specification("[recording]\n");
    struct error error = {0};
    assert_int_equal(specification_add_tissue(s, SECTION_TISSUE,
                                              "a@b.edf@1.5-2,c.csv@0-1e1@Soleus L", 500, &error),
                     STATUS_OK);
    assert_int_equal(s->tissue_count, 2);
    assert_string_equal(s->tissues[0].file, "a@b.edf");
    assert_string_equal(s->tissues[0].channel, "");
    assert_close(s->tissues[0].interval.low, 1.5, 0);
    assert_string_equal(s->tissues[1].file, "c.csv");
    assert_string_equal(s->tissues[1].channel, "Soleus L");
    assert_close(s->tissues[1].interval.high, 10, 0);
    assert_close(s->tissues[1].rate, 500, 0);
    static const char *const wrong[] = {"",      "a.edf",  "@1-2",   "a@1",
                                        "a@2-1", "a@1-2@", "a@1-2,", "a@-1-2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(specification_add_tissue(s, SECTION_REST, wrong[i], 0, &error),
                         STATUS_USAGE);
        assert_non_null(strstr(error.message, "--rest"));
    }
    specification_destroy(s);
}

static void files_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *section, *message;
    } cases[] = {
        {"interval = 15..17\nrate = 1000", "the recording ends at 16 s"},
        {"interval = 1..1.1\nrate = 1000", "only 0.1 s"},
        {"interval = 1..2", "sampling rate"},
        {"interval = 1..2\nrate = 1000\nchannel = 7", "no channel '7'"},
        {"interval = 1..2\nrate = 1000\n[rest]\nfile = PATH\ninterval = 3..4\nrate = 500",
         "500 Hz, but the tissue before it has 1000 Hz"},
    };
    char path[] = "/tmp/soleus_tissue_XXXXXX.csv", text[2000];
    write_recording(path);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *more = strstr(cases[i].section, "PATH");
        struct simulation *simulation;
        struct error error = {0};
        snprintf(text, sizeof text, "[tissue]\nfile = %s\n%.*s%s%s\n", path,
                 (int)(more ? (size_t)(more - cases[i].section) : strlen(cases[i].section)),
                 cases[i].section, more ? path : "", more ? more + 4 : "");
        struct specification *s = right_specification(text);
        assert_int_not_equal(simulation_create(s, &simulation, &error), STATUS_OK);
        assert_null(simulation);
        if (!strstr(error.message, cases[i].message)) {
            print_error("%s\n", error.message);
            fail();
        }
        specification_destroy(s);
    }
    snprintf(text, sizeof text,
             "[recording]\nrate = 500\n[rest]\nfile = %s\ninterval = 7..9\nrate = 1000\n", path);
    struct specification *s = right_specification(text);
    struct simulation *simulation;
    struct error error = {0};
    assert_int_equal(simulation_create(s, &simulation, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "leave rate out"));
    specification_destroy(s);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_kept),
        cmocka_unit_test(seams_do_not_click),
        cmocka_unit_test(nothing_repeats_at_a_fixed_lag),
        cmocka_unit_test(pieces_that_are_no_use),
        cmocka_unit_test(strength_is_what_was_asked_for),
        cmocka_unit_test(seeds_and_blocks),
        cmocka_unit_test(options_are_sections),
        cmocka_unit_test(files_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
