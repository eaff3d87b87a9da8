/* Events over channels and nights: members with known times, no signal. */
#include "unit/test.h"

#include "pipeline/analysis/events.h"

#include <string.h>

#define MOST 16

/* 2024-01-31T00:00:00 */
#define DAY 1706659200

static const double night[2] = {22, 6};

struct set {
    struct episode episodes[MOST];
    struct event_member members[MOST];
    size_t count;
};

static void add(struct set *set, size_t channel, double onset, double offset,
                enum episode_class class)
{
    struct episode *episode = &set->episodes[set->count];
    *episode = (struct episode){.onset = onset, .offset = offset, .class = class};
    set->members[set->count++] = (struct event_member){.episode = episode, .channel = channel};
}

static struct start_time start_at(double hour)
{
    return (struct start_time){.known = true, .seconds = DAY + (int64_t)(hour * 3600)};
}

static void number(struct set *set, const struct start_time *start)
{
    events_number(set->members, set->count, 1, start, night);
}

static void leads_delays_and_spread(void **state)
{
    (void)state;
    struct set set = {0};
    struct start_time unknown = {0};
    add(&set, 2, 30, 31, EPISODE_TONIC);
    add(&set, 1, 10.42, 14, EPISODE_TONIC);
    add(&set, 0, 10, 12, EPISODE_TONIC);
    add(&set, 0, 14.9, 16, EPISODE_CLONIC); /* within the merge gap of channel 1's end */
    number(&set, &unknown);
    static const struct {
        size_t channel, event, lead, spread;
        double delay, interval;
    } expected[] = {
        {0, 1, 0, 2, 0, NAN}, {1, 1, 0, 2, 0.42, NAN}, {0, 1, 0, 2, 4.9, NAN}, {2, 2, 2, 1, 0, 14}};
    for (size_t i = 0; i < 4; i++) {
        const struct event_member *member = &set.members[i];
        assert_int_equal(member->channel, expected[i].channel);
        assert_int_equal(member->event, expected[i].event);
        assert_int_equal(member->lead, expected[i].lead);
        assert_int_equal(member->spread, expected[i].spread);
        assert_close(member->delay, expected[i].delay, 1e-9);
        if (isnan(expected[i].interval)) {
            assert_true(isnan(member->interval));
        } else {
            assert_close(member->interval, expected[i].interval, 1e-9);
        }
        assert_false(member->recurrent);
    }
}

static void jerks_stand_aside(void **state)
{
    (void)state;
    struct set set = {0};
    struct start_time start = start_at(23);
    add(&set, 0, 100, 110, EPISODE_TONIC);
    add(&set, 0, 150, 150.1, EPISODE_MYOCLONIC);
    add(&set, 0, 200, 230, EPISODE_CLONIC);
    number(&set, &start);
    assert_close(set.members[1].interval, 40, 1e-9); /* of a jerk: from any event */
    assert_close(set.members[2].interval, 90, 1e-9); /* of another: not from a jerk */
    assert_true(set.members[0].recurrent && set.members[2].recurrent);
    assert_false(set.members[1].recurrent);

    struct set one = {0};
    add(&one, 0, 100, 110, EPISODE_TONIC);
    add(&one, 0, 150, 150.1, EPISODE_MYOCLONIC);
    number(&one, &start);
    assert_false(one.members[0].recurrent);
    /* What a reviewer has named is no jerk. */
    one.count = 0;
    add(&one, 0, 100, 110, EPISODE_TONIC);
    add(&one, 0, 150, 150.1, EPISODE_MYOCLONIC);
    one.members[1].type = "cramp";
    number(&one, &start);
    assert_true(one.members[0].recurrent && one.members[1].recurrent);
}

/* A night spans midnight; two of one event are not two events; days between belong to none. */
static void nights_of_several_days(void **state)
{
    (void)state;
    struct set set = {0};
    struct start_time start = start_at(20);
    const double h = 3600;
    add(&set, 0, 3 * h, 3 * h + 9, EPISODE_TONIC);          /* 23:00, night 1 */
    add(&set, 0, 7 * h, 7 * h + 9, EPISODE_TONIC);          /* 03:00, night 1 */
    add(&set, 0, 11 * h, 11 * h + 9, EPISODE_TONIC);        /* 07:00, day */
    add(&set, 0, 27 * h, 27 * h + 9, EPISODE_TONIC);        /* 23:00, night 2 */
    add(&set, 1, 27 * h + 2, 27 * h + 9, EPISODE_TONIC);    /* the same event */
    add(&set, 0, 40 * h, 40 * h + 9, EPISODE_TONIC);        /* 12:00, day */
    add(&set, 0, 40 * h + 99, 40 * h + 109, EPISODE_TONIC); /* two by day are not recurrent */
    add(&set, 0, 57.5 * h, 57.5 * h + 9, EPISODE_TONIC);    /* 05:30, night 3 */
    add(&set, 0, 57.99 * h, 57.99 * h + 9, EPISODE_TONIC);  /* 05:59:24, night 3 */
    add(&set, 0, 58 * h, 58 * h + 9, EPISODE_TONIC);        /* 06:00, day */
    number(&set, &start);
    static const bool recurrent[] = {true,  true,  false, false, false,
                                     false, false, true,  true,  false};
    static const char *const nights[] = {
        "2024-01-31", "2024-01-31", "",           "2024-02-01", "2024-02-01",
        "",           "",           "2024-02-02", "2024-02-02", ""};
    for (size_t i = 0; i < set.count; i++) {
        char text[16];
        assert_int_equal(set.members[i].recurrent, recurrent[i]);
        events_night_text(&start, set.members[i].episode->onset, night, text, sizeof text);
        assert_string_equal(text, nights[i]);
    }
    struct start_time unknown = {0};
    number(&set, &unknown);
    for (size_t i = 0; i < set.count; i++) {
        char text[16];
        assert_false(set.members[i].recurrent);
        events_night_text(&unknown, set.members[i].episode->onset, night, text, sizeof text);
        assert_string_equal(text, "");
    }
}

static void a_night_that_does_not_wrap(void **state)
{
    (void)state;
    static const double early[2] = {1, 5};
    assert_true(events_in_night(1, early) && events_in_night(4.99, early));
    assert_false(events_in_night(5, early) || events_in_night(0.99, early));
    assert_true(events_in_night(22, night) && events_in_night(0, night));
    assert_false(events_in_night(6, night) || events_in_night(21.99, night));
}

static void unusable_channels_do_not_count(void **state)
{
    (void)state;
    struct set set = {0};
    struct start_time unknown = {0};
    static const bool usable[] = {true, false, true};
    add(&set, 0, 10, 12, EPISODE_TONIC);
    add(&set, 1, 10.2, 12, EPISODE_TONIC);
    add(&set, 2, 10.4, 12, EPISODE_TONIC);
    add(&set, 2, 30, 32, EPISODE_TONIC);
    add(&set, 2, 32.5, 34, EPISODE_TONIC);
    number(&set, &unknown);
    events_count_usable(set.members, set.count, usable);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(set.members[i].spread, 3);
        assert_int_equal(set.members[i].usable_spread, 2);
    }
    assert_int_equal(set.members[3].usable_spread, 1);
    assert_int_equal(set.members[4].usable_spread, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leads_delays_and_spread),
        cmocka_unit_test(jerks_stand_aside),
        cmocka_unit_test(nights_of_several_days),
        cmocka_unit_test(a_night_that_does_not_wrap),
        cmocka_unit_test(unusable_channels_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
