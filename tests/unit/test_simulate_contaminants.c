/* Noise, contamination and faults of the recorder. */
#include "unit/simulated.h"

static void baseline_noise(void **state)
{
    (void)state;
    static const char *const rates[] = {"500", "1000", "4000"};
    for (size_t i = 0; i < 3; i++) {
        char text[200];
        double power[1000];
        struct simulated s;
        snprintf(text, sizeof text,
                 "[recording]\nduration = 60\nrate = %s\nflicker = 20\n[channel A]\n[channel B]\n"
                 "noise = 8\n",
                 rates[i]);
        simulate_text(&s, text);
        plain_spectrum(&s, 0, 1, 60, power);
        /* At 500 Hz the measuring band ends at 225 Hz. */
        size_t high = s.rate < 1000 ? 225 : 450;
        assert_close(sqrt(sum_between(power, 20, high + 1)), 5, 0.1);
        plain_spectrum(&s, 1, 1, 60, power);
        assert_close(sqrt(sum_between(power, 20, high + 1)), 8, 0.16);
        /* 1 + 20 / f: 11 at 2 Hz, 1.1 at 200 Hz. */
        double slope = sum_between(power, 1, 4) / 3 / (sum_between(power, 150, 200) / 50);
        assert_true(slope > 6 && slope < 16);
        /* Flat above. */
        assert_close(sum_between(power, 150, 180) / sum_between(power, 190, 220), 1, 0.12);
        simulated_clear(&s);
    }
}

static void floor_changes(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 90\nchannels = 2\n"
                      "[floor]\nonset = 30\nduration = 30\nfactor = 3\ntransition = 2\n"
                      "channels = 2\n");
    assert_close(band_rms(&s, 1, 0, 29) / 5, 1, 0.05);
    assert_close(band_rms(&s, 1, 33, 57) / 5, 3, 0.1);
    assert_close(band_rms(&s, 1, 61, 90) / 5, 1, 0.05);
    assert_close(band_rms(&s, 0, 33, 57) / 5, 1, 0.05);
    simulated_clear(&s);
}

static void mains_have_their_frequency(void **state)
{
    (void)state;
    struct simulated s;
    double power[1000];
    simulate_text(&s, "[recording]\nduration = 60\nnoise = 0.01\nchannels = 2\n"
                      "[mains]\nonset = 10\nduration = 40\nfrequency = 60\namplitude = 20\n"
                      "harmonics = 2\nharmonic = 0.4\nspread = 0\nvariability = 0\nwander = 0\n");
    plain_spectrum(&s, 0, 11, 49, power);
    assert_close(sqrt(power[60]), 20, 0.1);
    assert_close(sqrt(power[120]), 20 * 0.4 / 3, 0.05);
    assert_close(sqrt(power[180]), 20 * 0.2, 0.05);
    assert_close(sqrt(sum_between(power, 185, 400)), 0, 0.05);
    plain_spectrum(&s, 0, 0, 10, power);
    assert_close(sqrt(power[60]), 0, 0.02);
    plain_spectrum(&s, 0, 50, 60, power);
    assert_close(sqrt(power[60]), 0, 0.02);
    /* Without a spread, the same on both channels. */
    for (size_t i = 20000; i < 21000; i++) {
        assert_close((double)s.samples[0][i], (double)s.samples[1][i], 0.2);
    }
    simulated_clear(&s);
}

static void heart_beats_at_its_rate(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 120\nnoise = 1\nflicker = 0\n"
                      "[ecg]\nrate = 72\nratio = 20\nspread = 0\n");
    size_t beats = 0, last = 0;
    double sum = 0, squares = 0;
    for (size_t i = 1; i + 1 < s.frames; i++) {
        const float *x = s.samples[0] + i;
        if (x[0] > 12 && x[-1] <= 12 && (beats == 0 || i - last > 150)) {
            if (beats) {
                double interval = (double)(i - last) / 1000;
                sum += interval;
                squares += interval * interval;
            }
            beats++;
            last = i;
        }
    }
    double n = (double)beats - 1, mean = sum / n;
    assert_close((double)beats, 144, 4);
    assert_close(mean, 60.0 / 72, 0.02);
    assert_close(sqrt(squares / n - mean * mean) / mean, 0.04, 0.015);
    simulated_clear(&s);
}

/* Motion and rubbing stay below 20 Hz, and have the RMS asked for. */
static void slow_artefacts_stay_slow(void **state)
{
    (void)state;
    static const char *const kinds[] = {"motion", "rub", "drift"};
    for (size_t i = 0; i < 3; i++) {
        char text[200];
        double power[1000];
        struct simulated s;
        snprintf(text, sizeof text,
                 "[recording]\nduration = 200\nnoise = 0\nlimit = 1e6\n"
                 "[%s]\nonset = 0\nduration = 200\namplitude = 100\n%s",
                 kinds[i], i == 2 ? "spread = 0\n" : "");
        simulate_text(&s, text);
        assert_close(rms(s.samples[0], s.frames), 100, i == 2 ? 30 : 8);
        plain_spectrum(&s, 0, 0, 200, power);
        double fast = sum_between(power, 25, 500), all = sum_between(power, 0, 500);
        assert_true(fast / all < 0.01);
        simulated_clear(&s);
    }
}

static void common_noise_is_common(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 10\nnoise = 0\nchannels = 3\n"
                      "[common]\nonset = 2\nduration = 4\namplitude = 30\n");
    for (size_t c = 1; c < 3; c++) {
        assert_memory_equal(s.samples[0], s.samples[c], s.frames * sizeof(float));
    }
    assert_close(rms(s.samples[0] + 2100, 3800), 30, 2);
    assert_close(rms(s.samples[0], 2000), 0, 0);
    assert_close(rms(s.samples[0] + 6000, 4000), 0, 0);
    simulated_clear(&s);
}

static void pops_and_spikes(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 300\nnoise = 0\nchannels = 2\n"
                      "[pops]\nrate = 6\namplitude = 200\ndecay = 0.1\n");
    const struct table *artefacts = simulation_artefacts(s.simulation);
    size_t channel = table_find(artefacts, "channel");
    assert_close((double)artefacts->row_count, 30, 25);
    double free_from = -10;
    for (size_t row = 0; row < artefacts->row_count; row++) {
        double onset = cell(artefacts, row, "onset");
        size_t at = (size_t)(onset * 1000 + 0.5);
        size_t c = strcmp(table_text(artefacts, row, channel), "EMG 1") != 0;
        bool alone =
            row + 1 == artefacts->row_count || cell(artefacts, row + 1, "onset") - onset > 0.2;
        if (onset - free_from > 3 && alone && at + 100 < s.frames) {
            assert_close(fabs((double)s.samples[c][at]), 200, 0.1);
            assert_close(fabs((double)s.samples[c][at + 100]), 200 / M_E, 0.1);
        }
        free_from = onset;
    }
    simulated_clear(&s);

    simulate_text(&s, "[recording]\nduration = 300\nnoise = 0\nchannels = 2\n"
                      "[spikes]\nrate = 6\namplitude = 100\nwidth = 3\nwhere = all\n");
    size_t high = 0;
    for (size_t i = 0; i < s.frames; i++) {
        high += s.samples[0][i] != 0;
    }
    artefacts = simulation_artefacts(s.simulation);
    assert_int_equal(artefacts->row_count % 2, 0);
    assert_close((double)high, 3 * (double)artefacts->row_count / 2, 3);
    simulated_clear(&s);
}

static void recorder_clips_and_drops(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, "[recording]\nduration = 20\nchannels = 2\nlimit = 100\n"
                      "[tonic]\nonset = 0\nduration = 20\namplitude = 90\n"
                      "[clipping]\nonset = 5\nduration = 2\namplitude = 40\nchannels = 1\n"
                      "[dropout]\nonset = 10\nduration = 1\nmode = gap\nchannels = 2\n"
                      "[dropout]\nonset = 12\nduration = 1\nmode = zero\nchannels = 2\n"
                      "[dropout]\nonset = 14\nduration = 1\nmode = hold\nchannels = 2\n");
    size_t at_limit = 0, clipped = 0;
    for (size_t i = 0; i < s.frames; i++) {
        float x = s.samples[0][i], y = s.samples[1][i];
        bool inside = i >= 5000 && i < 7000;
        assert_true(fabsf(x) <= (inside ? 40 : 100));
        at_limit += fabsf(x) == 100;
        clipped += inside && fabsf(x) == 40;
        assert_int_equal(isnan(y) != 0, i >= 10000 && i < 11000);
        assert_true(i < 12000 || i >= 13000 || y == 0);
        assert_true(i < 14000 || i >= 15000 || y == s.samples[1][13999]);
    }
    assert_true(at_limit > 100);
    assert_true(clipped > 500);
    const struct table *artefacts = simulation_artefacts(s.simulation);
    assert_int_equal(count_events(artefacts, "dropout"), 3);
    assert_int_equal(count_events(artefacts, "clipping"), 1);
    assert_int_equal(simulation_info(s.simulation)->gap_count, 1);
    simulated_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baseline_noise),
        cmocka_unit_test(floor_changes),
        cmocka_unit_test(mains_have_their_frequency),
        cmocka_unit_test(heart_beats_at_its_rate),
        cmocka_unit_test(slow_artefacts_stay_slow),
        cmocka_unit_test(common_noise_is_common),
        cmocka_unit_test(pops_and_spikes),
        cmocka_unit_test(recorder_clips_and_drops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
