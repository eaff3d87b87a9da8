#include "pipeline/score/assignment.h"

#include "formats/checked.h"

#include <stdbool.h>

#define WEIGHT_UNIT 1e9
#define SCATTER     4096

/* What a path adds to a choice: weight, and where that is the same, preference. */
struct gain {
    bool reached;
    int64_t weight, tie;
};

/* Vertices are numbered left ones first. */
struct graph {
    const struct score_edge *edges;
    size_t count, left_count, vertex_count;
    size_t *root;  /* of the part that a vertex is in, by the union of sets */
    size_t *rank;  /* of a vertex among those of its side and part */
    size_t *lefts; /* of a root: vertices of each side in its part */
    size_t *rights;
    size_t *order;     /* edges, part by part */
    struct gain *gain; /* of the best path to a vertex */
    size_t *via;       /* the edge that it comes by */
    size_t *matched;   /* the edge that a vertex is matched by; SIZE_MAX */
};

static size_t find_root(size_t *root, size_t vertex)
{
    while (root[vertex] != vertex) {
        root[vertex] = root[root[vertex]];
        vertex = root[vertex];
    }
    return vertex;
}

static size_t right_of(const struct graph *graph, size_t edge)
{
    return graph->left_count + graph->edges[edge].right;
}

static void find_parts(struct graph *graph)
{
    for (size_t v = 0; v < graph->vertex_count; v++) {
        graph->root[v] = v;
        graph->matched[v] = SIZE_MAX;
    }
    for (size_t e = 0; e < graph->count; e++) {
        size_t a = find_root(graph->root, graph->edges[e].left);
        size_t b = find_root(graph->root, right_of(graph, e));
        /* The smallest vertex is the root, so that parts are in order. */
        graph->root[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t v = 0; v < graph->vertex_count; v++) {
        size_t root = find_root(graph->root, v);
        graph->rank[v] = v < graph->left_count ? graph->lefts[root]++ : graph->rights[root]++;
    }
}

/* Puts the edges of one part behind one another; first[root] is where they begin. */
static void order_edges(struct graph *graph, size_t *first)
{
    for (size_t e = 0; e < graph->count; e++) {
        first[find_root(graph->root, graph->edges[e].left) + 1]++;
    }
    for (size_t v = 0; v < graph->vertex_count; v++) {
        first[v + 1] += first[v];
    }
    for (size_t e = graph->count; e-- > 0;) {
        size_t root = find_root(graph->root, graph->edges[e].left);
        graph->order[first[root + 1] - 1 - graph->via[root]++] = e;
    }
}

/* Scatters pairs of ranks, {i, j} and {j, i} alike, over SCATTER numbers. */
static int64_t scatter(size_t i, size_t j)
{
    uint64_t low = i < j ? i : j, high = i < j ? j : i;
    uint64_t mixed = (low * 0x9E3779B97F4A7C15u) ^ (high * 0xC2B2AE3D27D4EB4Fu);
    mixed ^= mixed >> 29;
    mixed *= 0xBF58476D1CE4E5B9u;
    return (int64_t)(mixed >> 32) % SCATTER;
}

static struct gain gain_of(const struct graph *graph, size_t edge)
{
    size_t left = graph->edges[edge].left, right = right_of(graph, edge);
    size_t root = find_root(graph->root, left);
    int64_t early = (int64_t)((graph->lefts[root] - graph->rank[left]) *
                              (graph->rights[root] - graph->rank[right]));
    return (struct gain){true, (int64_t)rint(graph->edges[edge].weight * WEIGHT_UNIT),
                         early * SCATTER + scatter(graph->rank[left], graph->rank[right])};
}

static struct gain plus(struct gain a, struct gain b)
{
    return (struct gain){a.reached, a.weight + b.weight, a.tie + b.tie};
}

static struct gain minus(struct gain a, struct gain b)
{
    return (struct gain){a.reached, a.weight - b.weight, a.tie - b.tie};
}

static bool exceeds(struct gain a, struct gain b)
{
    return !b.reached || a.weight > b.weight || (a.weight == b.weight && a.tie > b.tie);
}

/* Spreads the gains of paths that alternate between edges not taken and taken, from the free left
 * vertices on, until none grows. Returns the free right vertex of the greatest gain; SIZE_MAX. */
static size_t best_end(struct graph *graph, const size_t *order, size_t count)
{
    size_t best = SIZE_MAX;
    for (size_t k = 0; k < count; k++) {
        size_t left = graph->edges[order[k]].left;
        graph->gain[left] = (struct gain){.reached = graph->matched[left] == SIZE_MAX};
        graph->gain[right_of(graph, order[k])] = (struct gain){.reached = false};
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t k = 0; k < count; k++) {
            size_t e = order[k], left = graph->edges[e].left, right = right_of(graph, e);
            if (!graph->gain[left].reached || graph->matched[left] == e) {
                continue;
            }
            struct gain gain = plus(graph->gain[left], gain_of(graph, e));
            if (!exceeds(gain, graph->gain[right])) {
                continue;
            }
            graph->gain[right] = gain;
            graph->via[right] = e;
            grown = true;
            size_t taken = graph->matched[right];
            if (taken != SIZE_MAX) {
                graph->gain[graph->edges[taken].left] = minus(gain, gain_of(graph, taken));
            }
        }
    }
    for (size_t k = 0; k < count; k++) {
        size_t right = right_of(graph, order[k]);
        bool open = graph->matched[right] == SIZE_MAX && graph->gain[right].reached;
        if (open && (best == SIZE_MAX || exceeds(graph->gain[right], graph->gain[best]))) {
            best = right;
        }
    }
    return best;
}

static void solve_part(struct graph *graph, const size_t *order, size_t count)
{
    size_t right;
    while ((right = best_end(graph, order, count)) != SIZE_MAX) {
        for (bool more = true; more;) {
            size_t edge = graph->via[right], left = graph->edges[edge].left;
            size_t taken = graph->matched[left];
            graph->matched[right] = edge;
            graph->matched[left] = edge;
            more = taken != SIZE_MAX;
            right = more ? right_of(graph, taken) : right;
        }
    }
}

static void solve(struct graph *graph, const size_t *first, size_t *match_left, size_t *match_right)
{
    for (size_t root = 0; root < graph->vertex_count; root++) {
        if (first[root + 1] > first[root]) {
            solve_part(graph, graph->order + first[root], first[root + 1] - first[root]);
        }
    }
    for (size_t v = 0; v < graph->vertex_count; v++) {
        size_t edge = graph->matched[v];
        if (v < graph->left_count) {
            match_left[v] = edge == SIZE_MAX ? SIZE_MAX : graph->edges[edge].right;
        } else {
            match_right[v - graph->left_count] =
                edge == SIZE_MAX ? SIZE_MAX : graph->edges[edge].left;
        }
    }
}

enum status score_assign(const struct score_edge *edges, size_t count, size_t left_count,
                         size_t right_count, size_t *match_left, size_t *match_right,
                         struct error *error)
{
    struct graph graph = {.edges = edges,
                          .count = count,
                          .left_count = left_count,
                          .vertex_count = left_count + right_count};
    size_t **const lists[] = {&graph.root,   &graph.rank, &graph.lefts,
                              &graph.rights, &graph.via,  &graph.matched};
    size_t *first = checked_calloc(graph.vertex_count + 1, sizeof *first);
    enum status status = first ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        *lists[i] = checked_calloc(graph.vertex_count, sizeof **lists[i]);
        status = *lists[i] ? status : STATUS_FAILED;
    }
    graph.order = checked_calloc(count, sizeof *graph.order);
    graph.gain = checked_calloc(graph.vertex_count, sizeof *graph.gain);
    if (status != STATUS_OK || !graph.order || !graph.gain) {
        status = error_memory(error, "matching episodes");
    } else {
        find_parts(&graph);
        order_edges(&graph, first);
        solve(&graph, first, match_left, match_right);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        free(*lists[i]);
    }
    free(graph.order);
    free(graph.gain);
    free(first);
    return status;
}
