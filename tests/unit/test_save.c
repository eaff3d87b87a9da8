/* A results file against the analysis that it was made of, and against itself. */
#include "unit/saving.h"

static void attributes_tell_where_results_come_from(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    const char *const expected[][2] = {
        {"title", "Soleus results of it's one.edf"},
        {"history", "soleus run --mains off 'it'\\''s one.edf'"},
        {"source_file", "it's one.edf"},
        {"source_format", "edf"},
        {"source_sha256", "00ff"},
        {"parameters", "{\"mains\": \"off\"}"},
        {"start", "2024-01-31T02:30:00.000"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_string_equal(results_text_attribute(saved.results, expected[i][0]), expected[i][1]);
    }
    assert_contains(results_text_attribute(saved.results, "library_versions"), "HDF5 1.");
    assert_contains(results_text_attribute(saved.results, "library_versions"), ", FFTW 3.");
    assert_contains(results_text_attribute(saved.results, "library_versions"), ", libsndfile 1.");
    assert_true(results_real_attribute(saved.results, "duration") == 40);
    assert_true(results_real_attribute(saved.results, "mains") == 0);
    saved_clear(&saved);
}

static void rows_are_kept_as_they_came(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    struct results_values mdf = read_array(&saved, LAYOUT_MARKERS, "mdf");
    struct results_values status = read_array(&saved, LAYOUT_MARKERS, "status");
    struct results_values epoch = read_array(&saved, "/", "epoch");
    struct results_values channel = read_array(&saved, "/", "channel");
    assert_int_equal(saved.rows, 40);
    assert_int_equal(mdf.size[0], 40);
    assert_int_equal(mdf.size[1], 3);
    assert_string_equal(mdf.dimensions[0], "epoch");
    assert_string_equal(mdf.unit, "Hz");
    assert_memory_equal(mdf.reals, saved.mdf, 120 * sizeof(double));
    assert_memory_equal(status.integers, saved.status, 120 * sizeof(int64_t));
    assert_contains(status.flag_meanings, "rest too_short");
    assert_true(epoch.reals[0] == 0.5 && epoch.reals[39] == 39.5);
    assert_string_equal(channel.texts[1], "EMG Soleus L");
    results_values_clear(&mdf);
    results_values_clear(&status);
    results_values_clear(&epoch);
    results_values_clear(&channel);
    saved_clear(&saved);
}

/* The density of a column is that of its epoch here, so its sum is the marker power; and the
 * first fifth of the active epochs is the mean of theirs. */
static void spectra_agree_with_markers(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    struct results_values density = read_array(&saved, LAYOUT_SPECTRUM, "density");
    struct results_values first = read_array(&saved, LAYOUT_SPECTRUM, "first");
    struct results_values power = read_array(&saved, LAYOUT_MARKERS, "power");
    struct results_values active = read_array(&saved, LAYOUT_MARKERS, "active");
    struct results_values frequency = read_array(&saved, "/", "frequency");
    struct results_values time = read_array(&saved, "/", "spectrogram_time");
    size_t bins = frequency.count;
    assert_int_equal(bins, 216); /* 20, 22, … 450 Hz */
    assert_true(frequency.reals[0] == 20 && frequency.reals[bins - 1] == 450);
    assert_int_equal(time.count, 40);
    assert_true(time.reals[7] == 7.5);
    assert_string_equal(density.unit, "uV^2/Hz");
    for (size_t k = 0; k < 40; k++) {
        for (size_t i = 0; i < 2; i++) {
            double sum = 0;
            for (size_t b = 0; b < bins; b++) {
                sum += 2 * density.reals[(k * 3 + i) * bins + b];
            }
            assert_close(sum / power.reals[k * 3 + i], 1, 1e-5);
        }
    }
    size_t total = 0, wanted, seen = 0;
    for (size_t k = 0; k < 40; k++) {
        total += active.reals[3 * k] >= 0.5;
    }
    assert_in_range(total, 10, 15);
    wanted = (total + 4) / 5;
    double *mean = calloc(bins, sizeof *mean);
    for (size_t k = 0; k < 40 && seen < wanted; k++) {
        for (size_t b = 0; b < bins && active.reals[3 * k] >= 0.5; b++) {
            mean[b] += density.reals[3 * k * bins + b] / (double)wanted;
        }
        seen += active.reals[3 * k] >= 0.5;
    }
    for (size_t b = 0; b < bins; b++) {
        assert_close(first.reals[b] / mean[b], 1, 1e-5);
    }
    free(mean);
    results_values_clear(&density);
    results_values_clear(&first);
    results_values_clear(&power);
    results_values_clear(&active);
    results_values_clear(&frequency);
    results_values_clear(&time);
    saved_clear(&saved);
}

/* The slow channel's bins are 625 / 313 Hz apart and end below 281.25 Hz or at half its rate. */
static void other_rates_are_interpolated(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    struct results_values density = read_array(&saved, LAYOUT_SPECTRUM, "density");
    struct results_values frequency = read_array(&saved, "/", "frequency");
    const struct reduction *own = channel_spectrogram(saved.analysis->paths[2]);
    size_t low, count, checked = 0;
    double width;
    channel_bins_of_band(saved.analysis->paths[2], &low, &count, &width);
    assert_true(width != 2 && own->per_column == 1);
    for (size_t b = 0; b < frequency.count; b++) {
        double value = density.reals[(5 * 3 + 2) * frequency.count + b], f = frequency.reals[b];
        double at = f / width - (double)low;
        if (at < 0 || at > (double)(count - 1)) {
            assert_true(isnan(value));
            continue;
        }
        double below = reduction_value(own, 5, (size_t)at);
        double above = reduction_value(own, 5, (size_t)ceil(at));
        assert_true(value >= fmin(below, above) * (1 - 1e-6));
        assert_true(value <= fmax(below, above) * (1 + 1e-6));
        checked++;
    }
    assert_true(checked > 100 && checked < frequency.count);
    results_values_clear(&density);
    results_values_clear(&frequency);
    saved_clear(&saved);
}

static void overview_agrees_with_markers(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    struct results_values low = read_array(&saved, LAYOUT_OVERVIEW, "minimum");
    struct results_values high = read_array(&saved, LAYOUT_OVERVIEW, "maximum");
    struct results_values rms = read_array(&saved, LAYOUT_OVERVIEW, "rms");
    struct results_values marker = read_array(&saved, LAYOUT_MARKERS, "rms");
    struct results_values time = read_array(&saved, "/", "overview_time");
    assert_int_equal(time.count, 2000);
    assert_close(time.reals[3], 0.07, 1e-12);
    assert_string_equal(low.unit, "uV");
    for (size_t k = 0; k < 40; k++) {
        double squares = 0;
        for (size_t j = 50 * k; j < 50 * k + 50; j++) {
            double value = rms.reals[3 * j];
            assert_true(low.reals[3 * j] < high.reals[3 * j]);
            squares += value * value / 50;
        }
        assert_close(sqrt(squares) / marker.reals[3 * k], 1, 0.02);
    }
    results_values_clear(&low);
    results_values_clear(&high);
    results_values_clear(&rms);
    results_values_clear(&marker);
    results_values_clear(&time);
    saved_clear(&saved);
}

static void tables_are_those_of_the_analysis(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    const struct {
        const char *group;
        const struct table *table;
    } tables[] = {{LAYOUT_BURSTS, saved.analysis->bursts},
                  {LAYOUT_EPISODES, saved.analysis->episodes},
                  {LAYOUT_TRENDS, saved.analysis->trends},
                  {LAYOUT_QUALITY, saved.analysis->quality}};
    struct error error;
    for (size_t t = 0; t < 4; t++) {
        struct table *read = NULL;
        char *texts[2];
        size_t sizes[2];
        must(results_read_table(saved.results, tables[t].group, &read, &error), &error);
        assert_true(read->row_count > 0);
        const struct table *both[] = {tables[t].table, read};
        for (size_t k = 0; k < 2; k++) {
            FILE *stream = open_memstream(&texts[k], &sizes[k]);
            table_write_tsv(both[k], stream, true, 0, both[k]->row_count);
            assert_int_equal(fclose(stream), 0);
        }
        assert_string_equal(texts[0], texts[1]);
        free(texts[0]);
        free(texts[1]);
        table_destroy(read);
    }
    saved_clear(&saved);
}

/* Episodes of two channels are sorted by onset; a close-up tells which row it shows. */
static void closeups_show_their_episodes(void **state)
{
    (void)state;
    struct saved saved = save_usual();
    struct results_values number = read_array(&saved, LAYOUT_CLOSEUPS, "episode");
    struct results_values first = read_array(&saved, LAYOUT_CLOSEUPS, "first");
    struct results_values step = read_array(&saved, LAYOUT_CLOSEUPS, "step");
    struct results_values columns = read_array(&saved, LAYOUT_CLOSEUPS, "columns");
    struct results_values envelope = read_array(&saved, LAYOUT_CLOSEUPS, "envelope");
    const struct table *episodes = saved.analysis->episodes;
    assert_int_equal(number.count, episodes->row_count);
    assert_in_range(number.count, 3, 8);
    for (size_t i = 0; i < number.count; i++) {
        size_t row = (size_t)number.integers[i] - 1;
        assert_int_equal(row, i);
        double onset = table_real(episodes, row, 0), duration = table_real(episodes, row, 1);
        double begin = first.reals[i] - step.reals[i] / 2;
        double end = begin + (double)columns.integers[i] * step.reals[i];
        assert_true(begin < onset && onset + duration < end);
        assert_true(end - begin < duration + 2 * fmax(0.6, 0.25 * duration));
        /* What is inside of the episode is larger than what is before it. */
        double inside = 0, before = 0;
        size_t n_inside = 0, n_before = 0;
        for (size_t k = 0; k < (size_t)columns.integers[i]; k++) {
            double time = first.reals[i] + (double)k * step.reals[i];
            double value = envelope.reals[i * CLOSEUP_COLUMNS + k];
            if (isnan(value)) {
                continue;
            }
            bool within = time > onset && time < onset + duration;
            *(within ? &inside : &before) += time < onset + duration ? value : 0;
            n_inside += within;
            n_before += time < onset;
        }
        assert_true(inside / (double)n_inside > 2 * before / (double)n_before);
        for (size_t k = (size_t)columns.integers[i]; k < CLOSEUP_COLUMNS; k++) {
            assert_true(isnan(envelope.reals[i * CLOSEUP_COLUMNS + k]));
        }
    }
    results_values_clear(&number);
    results_values_clear(&first);
    results_values_clear(&step);
    results_values_clear(&columns);
    results_values_clear(&envelope);
    saved_clear(&saved);
}

static void blocks_and_threads_change_no_byte(void **state)
{
    (void)state;
    const double blocks[] = {4, 0.13, 7};
    const size_t threads[] = {1, 3, 2};
    char *bytes[3], to[160];
    size_t sizes[3];
    for (size_t i = 0; i < 3; i++) {
        const char *from = make_recording();
        snprintf(to, sizeof to, "%s", reading_path("b_results.h5"));
        struct saved saved = save(from, to, (struct recording_options){0}, blocks[i], threads[i]);
        saved_clear(&saved);
        bytes[i] = reading_load_file(to, &sizes[i]);
    }
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(sizes[i], sizes[0]);
        assert_memory_equal(bytes[i], bytes[0], sizes[0]);
    }
    for (size_t i = 0; i < 3; i++) {
        free(bytes[i]);
    }
}

static void without_a_unit_amplitudes_are_arbitrary(void **state)
{
    (void)state;
    char from[160], to[160];
    struct simulated simulated;
    simulate_text(&simulated, specification);
    snprintf(from, sizeof from, "%s", reading_path("plain.csv"));
    snprintf(to, sizeof to, "%s", reading_path("c_results.h5"));
    FILE *file = fopen(from, "w");
    fprintf(file, "a\n");
    for (size_t i = 0; i < simulated.frames; i++) {
        fprintf(file, "%.3f\n", (double)simulated.samples[0][i]);
    }
    fclose(file);
    struct saved saved = save(from, to, (struct recording_options){.rate = 1000}, 4, 1);
    const struct {
        const char *group, *name, *unit;
    } expected[] = {{LAYOUT_MARKERS, "rms", "a.u."},
                    {LAYOUT_MARKERS, "m1", "a.u.^2 Hz"},
                    {LAYOUT_MARKERS, "mdf", "Hz"},
                    {LAYOUT_SPECTRUM, "density", "a.u.^2/Hz"},
                    {LAYOUT_EPISODES, "peak", "a.u."},
                    {LAYOUT_BURSTS, "floor", "a.u."},
                    {LAYOUT_QUALITY, "baseline_noise", "a.u."},
                    {LAYOUT_OVERVIEW, "rms", "a.u."}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct results_values values = read_array(&saved, expected[i].group, expected[i].name);
        assert_string_equal(values.unit, expected[i].unit);
        results_values_clear(&values);
    }
    assert_string_equal(results_text_attribute(saved.results, "start"), "n/a");
    saved_clear(&saved);
    simulated_clear(&simulated);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct recording_options options = {0};
    struct recording *recording = NULL;
    struct saver *saver = NULL;
    struct error error = {0};
    must(recording_open(make_recording(), &options, &recording, &error), &error);
    assert_int_equal(saver_create("/nowhere/x.h5", recording_info(recording), &saver, &error),
                     STATUS_FAILED);
    assert_null(saver);
    assert_contains(error.message, "/nowhere/x.h5");
    recording_close(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_tell_where_results_come_from),
        cmocka_unit_test(rows_are_kept_as_they_came),
        cmocka_unit_test(spectra_agree_with_markers),
        cmocka_unit_test(other_rates_are_interpolated),
        cmocka_unit_test(overview_agrees_with_markers),
        cmocka_unit_test(tables_are_those_of_the_analysis),
        cmocka_unit_test(closeups_show_their_episodes),
        cmocka_unit_test(blocks_and_threads_change_no_byte),
        cmocka_unit_test(without_a_unit_amplitudes_are_arbitrary),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
