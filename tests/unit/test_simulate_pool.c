/* The motor-unit pool, its potentials and its drive. */
#include "unit/simulated.h"

#include "pipeline/simulate/drive.h"
#include "pipeline/simulate/motor_pool.h"
#include "pipeline/simulate/muscle_activity.h"
#include "pipeline/simulate/potential.h"

static struct motor_pool *make_pool(const struct specification *specification)
{
    struct motor_pool *pool;
    struct error error;
    assert_int_equal(motor_pool_create(&specification->pool, 1, 0, &pool, &error), STATUS_OK);
    return pool;
}

/* Fuglevand, Winter & Patla 1993, equations 1 to 3, in closed form. */
static void thresholds_rates_and_amplitudes(void **state)
{
    (void)state;
    struct specification *s = right_specification("[recording]\n");
    struct motor_pool *pool = make_pool(s);
    assert_int_equal(pool->count, 120);
    assert_close(pool->units[0].threshold, exp(log(30) / 120), 1e-12);
    assert_close(pool->units[59].threshold, sqrt(30), 1e-12);
    assert_close(pool->units[119].threshold, 30, 1e-12);
    assert_close(pool->units[119].amplitude, 100, 1e-11);
    assert_close(pool->units[59].amplitude, 10, 1e-12);
    assert_close(pool->units[119].peak_rate, 25, 1e-12);
    assert_close(pool->maximum, 47, 1e-12); /* 30 + (25 − 8) / 1 */
    /* Unit 60 at half of the largest excitation: 8 + 1 × (23.5 − √30). */
    assert_close(motor_pool_rate(pool, 59, 0.5), 8 + 23.5 - sqrt(30), 1e-11);
    assert_close(motor_pool_rate(pool, 119, 1), 25, 1e-11);
    assert_close(motor_pool_rate(pool, 0, 1), pool->units[0].peak_rate, 1e-11);
    /* At its threshold a unit discharges at the minimum rate, and not below it. */
    double threshold = pool->units[80].threshold / pool->maximum;
    assert_close(motor_pool_rate(pool, 80, threshold + 1e-12), 8, 1e-9);
    assert_close(motor_pool_rate(pool, 80, threshold - 1e-9), 0, 0);
    motor_pool_destroy(pool);
    specification_destroy(s);
}

/* The size principle: units come in the order of their size, and at any excitation the earlier
 * ones discharge no slower. */
static void recruitment_follows_size(void **state)
{
    (void)state;
    struct specification *s = right_specification("[recording]\n");
    struct motor_pool *pool = make_pool(s);
    for (double e = 0; e <= 1; e += 0.01) {
        bool silent = false;
        for (size_t i = 0; i < pool->count; i++) {
            double rate = motor_pool_rate(pool, i, e);
            assert_false(silent && rate > 0);
            silent = rate == 0;
            if (i > 0) {
                assert_true(rate <= motor_pool_rate(pool, i - 1, e));
                assert_true(pool->units[i].amplitude > pool->units[i - 1].amplitude);
            }
        }
    }
    motor_pool_destroy(pool);
    specification_destroy(s);
}

static struct electrode *make_electrode(const struct specification *s, struct motor_pool *pool,
                                        double rate, size_t channel)
{
    struct electrode *electrode;
    struct error error;
    assert_int_equal(
        electrode_create(&s->channels[channel], pool, rate, 1, channel, &electrode, &error),
        STATUS_OK);
    return electrode;
}

/* ∫ potential² dt, s. */
static double energy_of(struct potential potential, double rate)
{
    double sum = 0;
    for (size_t i = 0; i < potential.length; i++) {
        sum += (double)potential.samples[i] * (double)potential.samples[i];
    }
    return sum / rate;
}

/* Median frequency of one potential. */
static double median_of(struct potential potential, double rate)
{
    double power[1000], total = 0, sum = 0;
    for (size_t f = 1; f < 1000; f++) {
        double re = 0, im = 0;
        for (size_t i = 0; i < potential.length; i++) {
            re += (double)potential.samples[i] * cos(2 * M_PI * (double)f * (double)i / rate);
            im += (double)potential.samples[i] * sin(2 * M_PI * (double)f * (double)i / rate);
        }
        power[f] = re * re + im * im;
        total += power[f];
    }
    for (size_t f = 1; f < 1000; f++) {
        sum += power[f];
        if (sum >= total / 2) {
            return (double)f + 0.5 - (sum - total / 2) / power[f];
        }
    }
    return NAN;
}

static void potentials_scale_with_velocity(void **state)
{
    (void)state;
    struct specification *s = right_specification("[recording]\n");
    struct motor_pool *pool = make_pool(s);
    struct electrode *electrode = make_electrode(s, pool, 8000, 0);
    for (size_t unit = 0; unit < pool->count; unit += 17) {
        struct potential fresh = electrode_potential(electrode, unit, 1);
        double energy = energy_of(fresh, 8000), median = median_of(fresh, 8000);
        assert_close(energy, 1, 0.03); /* the anti-alias filter takes little */
        assert_in_range((int)median, 25, 300);
        for (size_t phase = 0; phase < POTENTIAL_PHASES; phase++) {
            struct potential shifted = {fresh.samples + phase * fresh.length, fresh.length};
            assert_close(energy_of(shifted, 8000), energy, 0.01);
        }
        /* Half the velocity: twice as long, half the frequencies, the same height. */
        struct potential tired = electrode_potential(electrode, unit, 0.5);
        assert_close(median_of(tired, 8000) / median, 0.5, 0.01);
        assert_close(energy_of(tired, 8000) / energy, 2, 0.06);
    }
    electrode_destroy(electrode);
    motor_pool_destroy(pool);
    specification_destroy(s);
}

/* Two channels of one muscle, one further along the fibres: a unit's potential comes later there,
 * by the distance over its velocity. */
static void potentials_travel(void **state)
{
    (void)state;
    struct specification *s = right_specification("[channel A]\nmuscle = m\nposition = 26\n"
                                                  "distance = 10\n[channel B]\nmuscle = m\n"
                                                  "position = 36\ndistance = 10\n");
    struct motor_pool *pool = make_pool(s);
    const double rate = 20000;
    struct electrode *a = make_electrode(s, pool, rate, 0), *b = make_electrode(s, pool, rate, 1);
    size_t compared = 0;
    for (size_t unit = 0; unit < pool->count; unit++) {
        /* Near ones, whose zone lies well before both, so that one travelling wave dominates. */
        const struct unit *u = &pool->units[unit];
        if (u->innervation > 0 || u->y > -7 || fabs(u->x) > 5) {
            continue;
        }
        struct potential first = electrode_potential(a, unit, 1);
        struct potential second = electrode_potential(b, unit, 1);
        double best = -1;
        size_t lag_of_best = 0;
        for (size_t lag = 0; lag < 200; lag++) {
            double sum = 0;
            for (size_t i = 0; i + lag < second.length && i < first.length; i++) {
                sum += (double)first.samples[i] * (double)second.samples[i + lag];
            }
            if (sum > best) {
                best = sum;
                lag_of_best = lag;
            }
        }
        double expected = 0.010 / u->velocity * rate;
        assert_close((double)lag_of_best, expected, 0.12 * expected);
        compared++;
    }
    assert_true(compared >= 3);
    electrode_destroy(a);
    electrode_destroy(b);
    motor_pool_destroy(pool);
    specification_destroy(s);
}

static void canvas_takes_what_fits(void **state)
{
    (void)state;
    float samples[40] = {0}, values[POTENTIAL_PHASES * 20];
    struct potential potential = {values, 20};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        values[i] = 1;
    }
    struct canvas canvas = {samples + 10, 100, 20};
    canvas_add(&canvas, 0.095, 1000, potential, 1);  /* begins at 87: 7 values are inside */
    canvas_add(&canvas, 0.1235, 1000, potential, 2); /* begins at 115: ends past the canvas */
    canvas_add(&canvas, 50, 1000, potential, 4);
    canvas_add(&canvas, -50, 1000, potential, 4);
    for (size_t i = 0; i < 40; i++) {
        float expected = i >= 10 && i < 17 ? 1 : i >= 25 && i < 30 ? 2 : 0;
        assert_true(samples[i] == expected);
    }
}

static void burst_shapes(void **state)
{
    (void)state;
    for (int shape = BURST_ROUND; shape < BURST_ANY; shape++) {
        double largest = 0, peak = 0;
        for (double u = 0; u <= 1; u += 0.001) {
            double height = drive_shape((enum burst_shape)shape, u);
            assert_true(height >= 0 && height <= 1 + 1e-12);
            if (height > largest) {
                largest = height;
                peak = u;
            }
        }
        assert_close(largest, 1, 1e-3);
        assert_true(shape != BURST_SHARP || (peak > 0.1 && peak < 0.2));
        assert_close(drive_shape((enum burst_shape)shape, 0), 0, 0);
        assert_close(drive_shape((enum burst_shape)shape, 1), 0, 0);
    }
}

/* The envelope swings by the depth asked for, at the rate asked for. */
static void envelope_of_tremor(void **state)
{
    (void)state;
    struct ziggurat ziggurat;
    struct drive drive;
    struct simulated_episode episode = {.class = SIMULATED_TONIC,
                                        .duration = 20,
                                        .tonic_end = 20,
                                        .tremor_rate = 8,
                                        .tremor_depth = 0.5};
    ziggurat_build(&ziggurat);
    drive_start(&drive, &episode, 1, &ziggurat);
    double lowest = 9, highest = 0;
    size_t burst, minima = 0;
    double before = 0, before_that = 0;
    for (size_t i = 0; i < drive_steps(&episode); i++) {
        double level = drive_next(&drive, &burst);
        assert_true(burst == DRIVE_NO_BURST);
        lowest = level < lowest ? level : lowest;
        highest = level > highest ? level : highest;
        minima += i > 1 && before < level && before <= before_that;
        before_that = before;
        before = level;
    }
    assert_close((highest - lowest) / (highest + lowest), 0.5, 1e-3);
    assert_close((double)minima / 20, 8, 0.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_rates_and_amplitudes),
        cmocka_unit_test(recruitment_follows_size),
        cmocka_unit_test(potentials_scale_with_velocity),
        cmocka_unit_test(potentials_travel),
        cmocka_unit_test(canvas_takes_what_fits),
        cmocka_unit_test(burst_shapes),
        cmocka_unit_test(envelope_of_tremor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
