#include "host/order.h"

#include <fmt/format.h>

#include <utility>

#include "host/order_graph.h"
#include "host/order_words.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

// Two members: the wish, and the phases that stand against it.
OrderCycle against_phases(const OrderGraph& graph, const OrderWords& words, const Wish& wish) {
    const Place& late = graph.place(wish.from);
    const Place& early = graph.place(wish.to);
    return {{graph.index(wish.from), graph.index(wish.to)},
            {words.contradiction(graph, wish), fmt::format("{} runs before {} because {}", words.title(early),
                                                           words.title(late), words.key(early, late))},
            "put both into one phase, or remove the wish"};
}

OrderCycle cycle_of(const OrderGraph& graph, const OrderWords& words, const std::vector<Wish>& circle) {
    OrderCycle cycle;
    for (const Wish& wish : circle) {
        cycle.members.push_back(graph.index(wish.from));
        cycle.reasons.push_back(fmt::format("{} runs before {} because {}", words.title(graph.place(wish.from)),
                                            words.title(graph.place(wish.to)), words.wish(graph, wish)));
    }
    cycle.fix = circle.size() == 1 ? "remove the wish" : "remove one of these wishes";
    return cycle;
}

}  // namespace

bool runs_before(const Place& a, const Place& b) {
    if (a.phase != b.phase) return a.phase < b.phase;
    if (a.priority != b.priority) return a.priority > b.priority;
    if (const int compared = a.owner.compare(b.owner); compared != 0) return compared < 0;
    return a.sequence < b.sequence;
}

Solved solve(Places places) {
    const OrderGraph graph(places);
    Solved solved;
    solved.missing = graph.missing();
    if (graph.contradiction()) {
        solved.cycle = against_phases(graph, OrderWords(places), *graph.contradiction());
        return solved;
    }
    std::vector<std::size_t> order = graph.order();
    if (order.size() < places.size()) {
        solved.cycle = cycle_of(graph, OrderWords(places), graph.circle());
        return solved;
    }
    for (std::size_t& rank : order) rank = graph.index(rank);
    solved.order = std::move(order);
    return solved;
}

base::Problem cycle_problem(std::string_view hook, const OrderCycle& cycle) {
    return {"hook.order-cycle", fmt::format("{}: the order of its handlers is a circle: {}", hook, told(cycle.reasons)),
            cycle.fix};
}

base::Problem missing_problem(std::string_view hook, Places places, const MissingName& missing) {
    const Place& own = *places[missing.place];
    std::vector<std::string> known;
    for (const Place* place : places) {
        if (place != &own) known.push_back(OrderWords::plain_title(*place));
        if (place->owner != own.owner) known.push_back(place->owner);
    }
    const std::vector<std::string_view> names(known.begin(), known.end());
    const std::string_view meant = manifest::nearest(missing.name, names);
    return {"hook.order-missing",
            fmt::format("{}: {} wants to be {} {}, but no handler here has that name{}", hook,
                        OrderWords(places).title(own), missing.after ? "after" : "before",
                        manifest::in_quotes(missing.name),
                        meant.empty() ? "" : fmt::format("; did you mean {}?", manifest::in_quotes(meant))),
            "correct the name, or leave it: the wish counts as soon as there is such a handler"};
}

}  // namespace tenon::host
