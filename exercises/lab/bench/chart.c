/* The figures as a picture, to be read from the back of a classroom: how fast, and below it how many calls. The look is
   that of the timelines. Only the seven chapters are in it: for an eighth server there is no room. */
#include "measure.h"
#include "timeline/timeline.h"

#include <math.h>
#include <string.h>

#define WIDTH      1400
#define HEIGHT     1160
#define LEFT       84
#define GROUP      186          /* a model's width */
#define BAR        42
#define SPEED_TOP  206          /* the upper panel */
#define SPEED_BASE 600
#define CALLS_TOP  866          /* the lower one */
#define CALLS_BASE 1020
#define SHADES     4            /* one bar for each number of clients */

/* Large letters. The four shades of one colour are more and more clients; a frame of dashes is fewer than asked for. */
static const char *style =
    "text{font-size:22px}.huge{font-size:34px;font-weight:bold}.large{font-size:26px;font-weight:bold}\n"
    ".value{font-size:20px}.grid{stroke:#d0d7de;stroke-width:1}.axis{stroke:#57606a;stroke-width:2}\n"
    ".b0{fill:#b9d9f2;stroke:#0072b2}.b1{fill:#5aa5db;stroke:#0072b2}.b2{fill:#0072b2;stroke:#0072b2}\n"
    ".b3{fill:#00426e;stroke:#00426e}.fewer{fill-opacity:.55;stroke-width:3;stroke-dasharray:7 4}\n"
    ".k0{fill:#d0d7de;stroke:#57606a}.k1{fill:#8c959f;stroke:#57606a}.w0{fill:#f5c3a3;stroke:#c2510c}\n"
    ".w1{fill:#c2510c;stroke:#c2510c}.whisker{stroke:#1f2328;stroke-width:3}.round{stroke:#ffffff;stroke-width:7}\n"
    "@media (prefers-color-scheme:dark){.grid{stroke:#30363d}.axis{stroke:#8b949e}\n"
    ".b0{fill:#123f60;stroke:#58b7f0}.b1{fill:#2276ad;stroke:#58b7f0}.b2{fill:#58b7f0;stroke:#58b7f0}\n"
    ".b3{fill:#c8e7fb;stroke:#c8e7fb}.k0{fill:#30363d;stroke:#8b949e}.k1{fill:#6e7681;stroke:#8b949e}\n"
    ".w0{fill:#5c2e10;stroke:#ff9a57}.w1{fill:#ff9a57;stroke:#ff9a57}\n"
    ".whisker{stroke:#e6edf3}.round{stroke:#0d1117}}\n";

static void bar(FILE *file, double x, double top, double base, const char *class)
{
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" rx=\"2\" class=\"%s\"/>\n", x, top, BAR - 4,
            base - top, class);
}

/* The least of 1, 2, 5, 10, 20 ... that divides the scale into at most most steps. */
static double step_for(double greatest, int most)
{
    double step = 1;

    for (int i = 0; greatest / step > most && i < 60; i++)
        step *= i % 3 == 1 ? 2.5 : 2;
    return step;
}

/* As few digits as tell it apart: "0.03", "4.8", "152". */
static const char *short_number(double value)
{
    static char text[20];

    snprintf(text, sizeof text, "%.*f", value < 0.095 && value > 0 ? 2 : value < 9.95 ? 1 : 0, value);
    return text;
}

static double bar_x(int model, int shade)
{
    return LEFT + model * GROUP + (GROUP - SHADES * BAR) / 2.0 + shade * BAR;
}

/* ---- How fast ---- */

/* From the least to the greatest, with light around it, so that it is seen on a dark bar, too. */
static void whisker(FILE *file, double x, double low, double high)
{
    for (int part = 0; part < 2; part++) {
        const char *class = part == 0 ? "round" : "whisker";
        double more = part == 0 ? 2 : 0;

        line(file, x, low + more, x, high - more, class);
        line(file, x - 8 - more, low, x + 8 + more, low, class);
        line(file, x - 8 - more, high, x + 8 + more, high, class);
    }
}

/* Returns the greatest value of the scale. */
static double draw_grid(FILE *file, double top, double base, double greatest, int most_steps)
{
    double step = step_for(greatest, most_steps);
    int steps = (int)ceil(greatest / step);

    for (int i = 0; i <= steps; i++) {
        double y = base - (base - top) * i / steps;
        char text[20];

        line(file, LEFT, y, WIDTH - 14, y, i == 0 ? "axis" : "grid");
        snprintf(text, sizeof text, "%g", i * step);
        text_at(file, LEFT - 10, y + 7, "", "end", text);
    }
    return steps * step;
}

static void draw_speed_bar(const struct bench *b, FILE *file, int i, int work, double scale)
{
    struct spread s = spread_of(b->figures[i][work], b->rounds, rate_of);
    double x = bar_x(i, work), middle = x + BAR / 2.0 - 2, high = SPEED_BASE - s.greatest / 1000 * scale;
    bool fewer = clients_for(&servers[i], (enum work)work) < workloads[work].clients;
    char class[20], clients[20];

    if (s.count == 0)
        return;
    snprintf(class, sizeof class, "b%d%s", work, fewer ? " fewer" : "");
    bar(file, x, SPEED_BASE - s.median / 1000 * scale, SPEED_BASE, class);
    if (s.count > 1)
        whisker(file, middle, SPEED_BASE - s.least / 1000 * scale, high);
    text_at(file, middle, high - 9, "value", "middle", short_number(s.median / 1000));
    if (fewer) {
        snprintf(clients, sizeof clients, "%d", b->figures[i][work][0].clients);
        text_at(file, middle, SPEED_BASE + 24, "value", "middle", clients);
    }
}

static void draw_speed(const struct bench *b, FILE *file)
{
    double greatest = 0.001, scale;

    for (int i = 0; i < CHAPTERS; i++)
        for (int work = PING_PONG_1; work <= PING_PONG_1000; work++) {
            struct spread s = spread_of(b->figures[i][work], b->rounds, rate_of);

            greatest = s.greatest / 1000 > greatest ? s.greatest / 1000 : greatest;
        }
    scale = (SPEED_BASE - SPEED_TOP) / draw_grid(file, SPEED_TOP, SPEED_BASE, greatest, 6);
    for (int i = 0; i < CHAPTERS; i++)
        for (int work = PING_PONG_1; work <= PING_PONG_1000; work++)
            draw_speed_bar(b, file, i, work, scale);
}

/* ---- How many calls ---- */

static void draw_calls(const struct bench *b, FILE *file)
{
    static const char *const classes[2 * COUNTED] = { "k0", "k1", "w0", "w1" };
    double greatest = 1, scale;

    for (int i = 0; i < CHAPTERS; i++)
        for (int n = 0; n < COUNTED; n++)
            greatest = b->counts[i][n].calls > greatest ? b->counts[i][n].calls : greatest;
    scale = (CALLS_BASE - CALLS_TOP) / draw_grid(file, CALLS_TOP, CALLS_BASE, greatest, 4);
    for (int i = 0; i < CHAPTERS; i++)
        for (int n = 0; n < 2 * COUNTED; n++) {
            const struct counts *c = &b->counts[i][n % COUNTED];
            double count = n < COUNTED ? c->calls : c->wakes, x = bar_x(i, n), top = CALLS_BASE - scale * count;

            bar(file, x, top, CALLS_BASE, classes[n]);
            text_at(file, x + BAR / 2.0 - 2, top - 8, "value", "middle", short_number(count));
        }
}

/* ---- All of it ---- */

static void draw_names(FILE *file)
{
    for (int i = 0; i < CHAPTERS; i++) {
        double middle = LEFT + (i + 0.5) * GROUP;
        const char *name = chapters[i].name + 3, *cut = strchr(name, '_');
        char first[40];

        snprintf(first, sizeof first, "%.*s", cut != NULL ? (int)(cut - name) : 30, name);
        text_at(file, middle, SPEED_BASE + 58, "large", "middle", chapters[i].number);
        text_at(file, middle, SPEED_BASE + 86, "", "middle", first);
        if (cut != NULL)
            text_at(file, middle, SPEED_BASE + 111, "", "middle", cut + 1);
        text_at(file, middle, CALLS_BASE + 34, "large", "middle", chapters[i].number);
    }
}

static void draw_legend(FILE *file, double y, int count, const char *const *classes, const char *const *names,
                        double width)
{
    for (int i = 0; i < count; i++) {
        bar(file, 20 + i * width, y - 20, y + 4, classes[i]);
        text_at(file, 20 + i * width + 48, y, "", "start", names[i]);
    }
}

void write_bench_chart(const struct bench *b, FILE *file)
{
    static const char *const shades[] = { "b0", "b1", "b2", "b3" };
    static const char *const clients[] = { "1 client", "32 clients", "256 clients", "1000 clients" };
    static const char *const kinds[] = { "k0", "k1", "w0", "w1" };
    static const char *const counts[] = { "calls, 1 client", "calls, 32 clients", "wake-ups, 1 client",
                                          "wake-ups, 32 clients" };
    static const char *const fewer[] = { "b2 fewer" };
    static const char *const what[] = { "fewer clients, the number is below: the server takes no more" };
    char text[240];

    write_svg_head(file, WIDTH, HEIGHT, "Messages a second, and calls for a message, of the seven servers", style);
    text_at(file, 20, 46, "huge", "start", "Thousands of messages a second");
    snprintf(text, sizeof text, "%s. %s.", machine_name(), today());
    text_at(file, 20, 82, "", "start", text);
    draw_legend(file, 124, SHADES, shades, clients, 228);
    whisker(file, 950, 128, 104);
    text_at(file, 970, 124, "", "start", "least to greatest");
    draw_legend(file, 160, 1, fewer, what, 0);
    snprintf(text, sizeof text, "64 bytes; median of %d round%s", b->rounds, b->rounds == 1 ? "" : "s");
    text_at(file, 950, 160, "", "start", text);
    draw_speed(b, file);
    draw_names(file);
    text_at(file, 20, CALLS_TOP - 92, "huge", "start", "Calls and wake-ups for one message");
    draw_legend(file, CALLS_TOP - 48, 2 * COUNTED, kinds, counts, 338);
    draw_calls(b, file);
    if (is_wine())
        text_at(file, 20, HEIGHT - 58, "large", "start",
              "Under Wine: the speeds and their order are not those of Windows. Compare the calls.");
    text_at(file, 20, HEIGHT - 20, "", "start", "Drawn by \"make bench\" from its own runs. All figures: "
          "exercises/lab/bench.csv");
    fputs("</svg>\n", file);
}
