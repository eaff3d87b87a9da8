/* Simulated recordings as wholes: activity, its truth, and reproducibility. */
#include "unit/simulated.h"

#include <time.h>

static const char *const everything =
    "[recording]\nduration = 21\nrate = 1000\nchannels = 3\nseed = 9\n"
    "[tonic]\nonset = -1\nduration = 4\nchannels = 1,2\ndelay = 0.1\nfatigue = 1\n"
    "[clonic]\nonset = 6\nduration = 4\nchannels = 3\n"
    "[tonic-clonic]\nonset = 12\nduration = 5\n[myoclonic]\nonset = 18.5\n"
    "[voluntary]\nonset = 19\nduration = 5\n"
    "[fasciculations]\nrate = 60\n"
    "[mains]\n[ecg]\n[drift]\n[motion]\n[rub]\n[pops]\nrate = 60\n[spikes]\nrate = 60\n"
    "[common]\nonset = 11\nduration = 0.5\n[floor]\nonset = 3\nduration = 5\n"
    "[clipping]\nonset = 13\nduration = 1\namplitude = 20\n"
    "[dropout]\nonset = 10\nmode = hold\n[dropout]\nonset = 2.047\nmode = gap\n"
    "[annotation]\nonset = 4\ntext = later\n[annotation]\nonset = 2\ntext = sooner\n";

static char *table_text_of(const struct table *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    table_write_tsv(table, stream, true, 0, table->row_count);
    fclose(stream);
    return text;
}

static void blocks_change_no_byte(void **state)
{
    (void)state;
    const double sizes[] = {100, 0.0001, 0.37, 2.048};
    struct simulated one;
    simulate_by(&one, everything, 1);
    char *events = table_text_of(simulation_events(one.simulation));
    char *bursts = table_text_of(simulation_bursts(one.simulation));
    char *artefacts = table_text_of(simulation_artefacts(one.simulation));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct simulated other;
        simulate_by(&other, everything, sizes[i]);
        for (size_t c = 0; c < one.channel_count; c++) {
            assert_memory_equal(one.samples[c], other.samples[c], one.frames * sizeof(float));
        }
        char *texts[] = {table_text_of(simulation_events(other.simulation)),
                         table_text_of(simulation_bursts(other.simulation)),
                         table_text_of(simulation_artefacts(other.simulation))};
        assert_string_equal(texts[0], events);
        assert_string_equal(texts[1], bursts);
        assert_string_equal(texts[2], artefacts);
        for (size_t k = 0; k < 3; k++) {
            free(texts[k]);
        }
        simulated_clear(&other);
    }
    free(events);
    free(bursts);
    free(artefacts);
    simulated_clear(&one);
}

static void description_of_the_recording(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 4\nrate = 1259.259\nunit = mV\nlimit = 2000\n"
                      "start = 2024-01-31T22:30:00\n[channel Soleus L]\nmuscle = soleus\n"
                      "[annotation]\nonset = 3\ntext = b\n[annotation]\nonset = 1\ntext = a\n"
                      "[dropout]\nonset = 1\nduration = 0.5\nmode = gap\n");
    const struct recording_info *info = simulation_info(s.simulation);
    assert_string_equal(info->channels[0].label, "Soleus L");
    assert_string_equal(info->channels[0].muscle, "soleus");
    assert_string_equal(info->channels[0].unit, "mV");
    assert_int_equal(info->channels[0].type, CHANNEL_EMG);
    assert_close(info->channels[0].rate, 1259.259, 0);
    assert_close(info->channels[0].maximum, 2, 1e-12);
    assert_close(info->channels[0].minimum, -2, 1e-12);
    assert_true(info->start.known);
    assert_int_equal(info->annotation_count, 2);
    assert_string_equal(info->annotations[0].text, "a");
    assert_int_equal(info->gap_count, 1);
    assert_close(info->gaps[0].onset, 1, 1e-3);
    assert_int_equal(s.frames, 5037);
    /* 5 µV, in mV: the band's upper edge is 450 Hz of 629.6. */
    double whole = rms(s.samples[0] + 2000, 3000);
    assert_true(whole > 0.0055 && whole < 0.0075);
    simulated_clear(&s);
}

/* RMS of the activity over RMS of the rest, 20–450 Hz, by a plain Fourier transform. */
static double obtained_snr(const struct simulated *s, size_t channel, double from, double to,
                           double rest_from, double rest_to)
{
    double rest = band_rms(s, channel, rest_from, rest_to);
    double both = band_rms(s, channel, from, to);
    return 10 * log10((both * both - rest * rest) / (rest * rest));
}

static void snr_asked_for_is_obtained(void **state)
{
    (void)state;
    static const char *const rates[] = {"500", "1000", "2000", "4000"};
    for (size_t i = 0; i < 4; i++) {
        for (int snr = 2; snr <= 30; snr += 14) {
            char text[400];
            struct simulated s;
            snprintf(text, sizeof text,
                     "[recording]\nduration = 60\nrate = %s\nchannels = 1\nseed = %d\n"
                     "[tonic]\nonset = 2\nduration = 26\nrise = 0\nfall = 0\nsnr = %d\n",
                     rates[i], snr, snr);
            simulate_text(&s, text);
            double got = obtained_snr(&s, 0, 2, 28, 30, 60);
            assert_close(got, snr, 0.5);
            simulated_clear(&s);
        }
    }
}

static void fatigue_growth_and_bursts_keep_the_snr(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 60\nchannels = 2\n"
                      "[voluntary]\nchannels = 1\nonset = 2\nduration = 26\nfatigue = 1.5\n"
                      "growth = 2\nsnr = 20\n"
                      "[clonic]\nchannels = 2\nonset = 2\nduration = 26.2\nrate = 4\nduty = 0.5\n"
                      "jitter = 0\nsnr = 14\n");
    assert_close(obtained_snr(&s, 0, 2, 28, 30, 60), 20, 0.5);
    /* Half of the time is silence. */
    assert_close(obtained_snr(&s, 1, 2, 28, 30, 60), 14 - 10 * log10(2), 0.5);
    simulated_clear(&s);
}

static void short_jerks_keep_the_snr(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 5; seed++) {
        char text[300];
        struct simulated s;
        double power[1000];
        snprintf(text, sizeof text,
                 "[recording]\nduration = 1\nseed = %d\nnoise = 0\n"
                 "[myoclonic]\nonset = 0.4\nduration = 0.08\namplitude = 50\n",
                 seed);
        simulate_text(&s, text);
        plain_spectrum(&s, 0, 0, 1, power);
        assert_close(10 * log10(sum_between(power, 20, 451) / 0.08 / 2500), 0, 0.5);
        simulated_clear(&s);
    }
}

static void median_frequency_follows_velocity(void **state)
{
    (void)state;
    /* 1 %/s over 45 s: by centres of 5 s at its ends, from 0.975 to 0.575 of the fresh velocity. */
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 48\nnoise = 0\nrate = 2000\n[channel A]\n"
                      "[channel B]\n"
                      "[voluntary]\nonset = 0\nduration = 45\namplitude = 100\nfatigue = 1\n"
                      "variation = 0\n");
    for (size_t c = 0; c < 2; c++) {
        double first = median_frequency(&s, c, 0, 5), last = median_frequency(&s, c, 40, 45);
        assert_true(first > 60 && first < 130);
        assert_close(last / first, 0.575 / 0.975, 0.06);
    }
    simulated_clear(&s);
    simulate_text(&s, "[recording]\nduration = 48\nnoise = 0\nrate = 2000\n"
                      "[voluntary]\nonset = 0\nduration = 45\namplitude = 100\n");
    assert_close(median_frequency(&s, 0, 35, 45) / median_frequency(&s, 0, 0, 10), 1, 0.05);
    simulated_clear(&s);
}

static void growth_raises_the_amplitude(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 40\nnoise = 0\n"
                      "[tonic]\nonset = 0\nduration = 40\namplitude = 100\ngrowth = 5\n"
                      "variation = 0\n");
    /* 1 + 0.05 t at 7.5 s and at 32.5 s. */
    double ratio = band_rms(&s, 0, 30, 35) / band_rms(&s, 0, 5, 10);
    assert_close(ratio, 2.625 / 1.375, 0.15);
    simulated_clear(&s);
}

/* The rate that the envelope really has: its strongest line. */
static double envelope_rate(const struct simulated *s, size_t channel, double from, double to)
{
    double best = 0, best_rate = 0;
    for (double f = 0.5; f < 12; f += 0.01) {
        double re = 0, im = 0;
        for (size_t i = (size_t)(from * s->rate); i < (size_t)(to * s->rate); i++) {
            double t = (double)i / s->rate, x = fabs((double)s->samples[channel][i]);
            re += x * cos(2 * M_PI * f * t);
            im += x * sin(2 * M_PI * f * t);
        }
        if (re * re + im * im > best) {
            best = re * re + im * im;
            best_rate = f;
        }
    }
    return best_rate;
}

static void clonic_rate_is_obtained(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 25\nrate = 500\nchannels = 3\n"
                      "[clonic]\nchannels = 1\nonset = 2\nduration = 20\nrate = 1.5\njitter = 0\n"
                      "[clonic]\nchannels = 2\nonset = 2\nduration = 20\nrate = 5\njitter = 0\n"
                      "floor = 0.15\n"
                      "[clonic]\nchannels = 3\nonset = 2\nduration = 20\nrate = 9\nmissed = 0.1\n"
                      "jitter = 0.02\n");
    const double rates[] = {1.5, 5, 9};
    static const char *const labels[] = {"EMG 1", "EMG 2", "EMG 3"};
    const struct table *events = simulation_events(s.simulation);
    for (size_t c = 0; c < 3; c++) {
        size_t row = find_event(events, "clonic", labels[c], 0);
        assert_close(cell(events, row, "burst_rate"), rates[c], 0.02 * rates[c]);
        assert_close(envelope_rate(&s, c, 2, 22), cell(events, row, "burst_rate"), 0.06);
    }
    simulated_clear(&s);
}

/* Activity is where the truth says, and nowhere else. */
static void truth_matches_the_energy(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 8; seed++) {
        char text[500];
        struct simulated s;
        snprintf(text, sizeof text,
                 "[recording]\nduration = 90\nnoise = 0\nseed = %d\n[channel A]\n[channel B]\n"
                 "[random]\nepisodes = 5\ntonic_duration = 2..8\nclonic_duration = 4..6\n"
                 "tonic_clonic_duration = 6..8\namplitude = 50\ndelay = 0.2\n",
                 seed);
        simulate_text(&s, text);
        const struct table *events = simulation_events(s.simulation);
        size_t channels = table_find(events, "channel");
        assert_true(events->row_count == 10);
        for (size_t c = 0; c < 2; c++) {
            double inside = 0, outside = 0, episodes = 0;
            for (size_t row = 0; row < events->row_count; row++) {
                if (strcmp(table_text(events, row, channels), c ? "B" : "A") != 0) {
                    continue;
                }
                double onset = cell(events, row, "onset");
                double end = onset + cell(events, row, "duration");
                size_t first = (size_t)(onset * s.rate), last = (size_t)(end * s.rate);
                /* Potentials begin up to 8 samples before a discharge (their sampling filter), and
                 * end up to 40 ms after it; then they are 0 to the bit. */
                for (size_t i = first - 8; i < last + 48; i++) {
                    inside += (double)s.samples[c][i] * (double)s.samples[c][i];
                    s.samples[c][i] = 0;
                }
                episodes++;
            }
            for (size_t i = 0; i < s.frames; i++) {
                outside += (double)s.samples[c][i] * (double)s.samples[c][i];
            }
            assert_true(inside > 0);
            assert_close(outside, 0, 0);
            assert_close(episodes, 5, 0);
        }
        simulated_clear(&s);
    }
}

/* Onset and offset are those of the envelope, as near as discharges can be. */
static void truth_is_that_of_the_drive(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 60\n[channel A]\n[channel B]\n"
                      "[tonic]\nonset = 10.5\nduration = 10\nrise = 0.05\nfall = 0.05\n"
                      "delays = 0.25\n"
                      "[tonic-clonic]\nonset = 30\nduration = 10\nrate = 5\nboundary = 0.4\n"
                      "[tonic]\nonset = -2\nduration = 5\n[tonic]\nonset = 55\nduration = 20\n");
    const struct table *events = simulation_events(s.simulation);
    size_t a = find_event(events, "tonic", "A", 1), b = find_event(events, "tonic", "B", 1);
    assert_close(cell(events, a, "onset"), 10.5, 0.02);
    assert_close(cell(events, a, "duration"), 10, 0.05);
    assert_close(cell(events, b, "onset"), 10.75, 0.02);
    assert_close(cell(events, b, "delay"), 0.25, 0);
    assert_close(cell(events, a, "episode"), 2, 0);
    assert_close(cell(events, b, "episode"), 2, 0);
    size_t mixed = find_event(events, "tonic-clonic", "A", 0);
    assert_close(cell(events, mixed, "boundary"), 34, 1e-9);
    assert_close(cell(events, mixed, "snr"), 20, 1e-9);
    /* What runs past an end of the recording is cut there. */
    size_t first = find_event(events, "tonic", "A", 0), last = find_event(events, "tonic", "A", 2);
    assert_close(cell(events, first, "onset"), 0, 0.02);
    assert_close(cell(events, first, "duration"), 3, 0.05);
    assert_close(cell(events, last, "onset") + cell(events, last, "duration"), 60, 0.02);
    assert_true(rms(s.samples[0], 1000) > 30);
    assert_true(rms(s.samples[0] + 59000, 1000) > 30);
    /* Bursts lie within their episode, in its clonic phase, at its rate. */
    const struct table *bursts = simulation_bursts(s.simulation);
    size_t count = 0;
    for (size_t row = 0; row < bursts->row_count; row++) {
        double onset = cell(bursts, row, "onset");
        assert_true(onset > 34 && onset < 40);
        assert_true(cell(bursts, row, "duration") < 0.081);
        count += strcmp(table_text(bursts, row, table_find(bursts, "channel")), "A") == 0;
    }
    assert_close((double)count, cell(events, mixed, "burst_count"), 0);
    assert_close((double)count, 29.5, 2);
    simulated_clear(&s);
}

static void fasciculations_are_single_potentials(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 600\nnoise = 0\nchannels = 2\n"
                      "[fasciculations]\nrate = 12\namplitude = 80\n");
    const struct table *events = simulation_events(s.simulation);
    size_t channel = table_find(events, "channel");
    /* 120 in each channel, ± 5 standard deviations. */
    assert_close((double)count_events(events, "fasciculation"), 240, 80);
    for (size_t row = 0; row < events->row_count; row++) {
        double onset = cell(events, row, "onset"), highest = 0;
        size_t c = strcmp(table_text(events, row, channel), "EMG 1") != 0;
        for (size_t i = (size_t)(onset * 1000); i < (size_t)(onset * 1000) + 50; i++) {
            highest = fmax(highest, fabs((double)s.samples[c][i]));
        }
        assert_true(highest > 60); /* sampled beside its peak; or two at once */
    }
    simulated_clear(&s);
}

/* Channels of one muscle see the same discharges, others do not; crosstalk is heard. */
static void muscles_and_crosstalk(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 20\nnoise = 0\n"
                      "[channel A]\nmuscle = one\n[channel B]\nmuscle = one\n[channel C]\n"
                      "[channel D]\ncrosstalk = 0.1\n"
                      "[tonic]\nonset = 0\nduration = 20\nchannels = A,B,C\namplitude = 100\n");
    double products[4][4] = {{0}};
    for (size_t i = 0; i < s.frames; i++) {
        for (size_t a = 0; a < 4; a++) {
            for (size_t b = 0; b < 4; b++) {
                products[a][b] += (double)s.samples[a][i] * (double)s.samples[b][i];
            }
        }
    }
    double same = products[0][1] / sqrt(products[0][0] * products[1][1]);
    double other = products[0][2] / sqrt(products[0][0] * products[2][2]);
    double heard = products[2][3] / sqrt(products[2][2] * products[3][3]);
    assert_true(same > 0.7);
    assert_close(other, 0, 0.05);
    assert_close(heard, 1, 1e-6);
    assert_close(sqrt(products[3][3] / products[2][2]), 0.1, 1e-6);
    simulated_clear(&s);
}

static void half_an_hour_of_eight_channels(void **state)
{
    (void)state;
    struct specification *specification =
        right_specification("[recording]\nduration = 1800\nrate = 2000\nchannels = 8\n"
                            "[random]\nepisodes = 4\n[mains]\n[ecg]\n");
    struct simulation *simulation;
    struct error error;
    struct block block;
    clock_t begin = clock();
    assert_int_equal(simulation_create(specification, &simulation, &error), STATUS_OK);
    assert_int_equal(block_allocate(&block, simulation_info(simulation), 4, &error), STATUS_OK);
    size_t frames = 0;
    do {
        assert_int_equal(simulation_read(simulation, &block, &error), STATUS_OK);
        frames += block.frames[0];
    } while (block.frames[0]);
    assert_int_equal(frames, 3600000);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    print_message("30 min x 8 channels x 2 kHz: %.2f s; 24 h would take %.0f s\n", seconds,
                  48 * seconds);
    block_clear(&block);
    simulation_destroy(simulation);
    specification_destroy(specification);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_change_no_byte),
        cmocka_unit_test(description_of_the_recording),
        cmocka_unit_test(snr_asked_for_is_obtained),
        cmocka_unit_test(fatigue_growth_and_bursts_keep_the_snr),
        cmocka_unit_test(short_jerks_keep_the_snr),
        cmocka_unit_test(median_frequency_follows_velocity),
        cmocka_unit_test(growth_raises_the_amplitude),
        cmocka_unit_test(clonic_rate_is_obtained),
        cmocka_unit_test(truth_matches_the_energy),
        cmocka_unit_test(truth_is_that_of_the_drive),
        cmocka_unit_test(fasciculations_are_single_potentials),
        cmocka_unit_test(muscles_and_crosstalk),
        cmocka_unit_test(half_an_hour_of_eight_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
