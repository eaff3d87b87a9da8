#include "unit/figures_content.h"

#include <math.h>
#include <string.h>

static const char *const muscles[] = {"TA left",
                                      "TA right",
                                      "GM left",
                                      "GM right",
                                      "GL left",
                                      "GL right",
                                      "SOL left",
                                      "SOL right",
                                      "VL left",
                                      "VL right",
                                      "RF left",
                                      "RF right",
                                      "Gastrocnemius medialis, left",
                                      "BF right",
                                      "ST left",
                                      "ST right"};
static const char *const hostile_labels[] = {
    "a'b\"; system(\"touch canary\") \\n %s", "`touch canary` $(touch canary) @x <b>&amp;&#10;</b>",
    "tab\tline\nend\x1b[31m' . system('touch canary') . '\xff"};

const char *content_label(const struct figures_example *example, size_t channel)
{
    return example->hostile ? hostile_labels[channel] : muscles[channel];
}

double content_noise(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u ^ b * 0xbf58476d1ce4e5b9u ^ c * 0x94d049bb133111ebu;
    x ^= x >> 31;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 29;
    return (double)(x >> 11) / 9007199254740992.0;
}

struct happening content_happening(const struct figures_example *example, size_t i)
{
    double slot = example->duration / (double)example->episodes;
    double longest = fmin(slot * 0.8, 300);
    struct happening h = {.channel = (i * 5 + i / 3) % example->channels,
                          .class = i % 7 == 6 ? 3 : (int)(i % 3)};
    h.onset = slot * ((double)i + 0.12 + 0.1 * content_noise(i, 7, 1));
    h.end = h.onset + (h.class == 3 ? 0.12 : longest * (0.4 + 0.6 * content_noise(i, 8, 2)));
    return h;
}

double content_activity(const struct figures_example *example, size_t c, double time)
{
    double most = 0;
    for (size_t i = 0; i < example->episodes; i++) {
        struct happening h = content_happening(example, i);
        if (h.channel != c || time < h.onset || time > h.end) {
            continue;
        }
        bool jerking = h.class == 1 || (h.class == 2 && time > (h.onset + h.end) / 2);
        bool pause = jerking && fmod(time - h.onset, 0.4) > 0.22;
        double fades = 0.6 + 0.4 * (time - h.onset) / (h.end - h.onset);
        most = fmax(most, pause ? 0 : fades);
    }
    return most;
}

double content_rms(const struct figures_example *example, size_t c, double time)
{
    double a = content_activity(example, c, time);
    return example->scale * (0.8 + 0.4 * content_noise((uint64_t)(time * 50), c, 3)) * (1 + 30 * a);
}

bool content_missing(const struct figures_example *example, double time)
{
    double place = time / example->duration;
    return example->gaps && place > 0.42 && place < 0.47;
}

double content_density(double f, double mdf, double power)
{
    double x = f / mdf;
    return power * x * x / (1 + pow(x, 5)) / mdf;
}

double content_mdf(const struct figures_example *example, size_t c, double time)
{
    return 95 + 4 * (double)c - 32 * time / example->duration +
           7 * (content_noise((uint64_t)(time * 10), c, 4) - 0.5);
}

bool content_active(const struct figures_example *example, size_t c, double time)
{
    return example->active && content_activity(example, c, time) > 0 &&
           !content_missing(example, time);
}

double content_marker(const struct figures_example *example, size_t marker, size_t c, double time)
{
    double mdf = content_mdf(example, c, time);
    return !example->active ? (double)NAN
           : marker == 0    ? mdf
           : marker == 1    ? content_rms(example, c, time)
                            : 1e-13 * pow(mdf / 90, -6);
}

size_t content_epochs(const struct figures_example *example)
{
    return (size_t)example->duration;
}
