#include <fmt/format.h>

#include "host/order.h"
#include "host/order_graph.h"
#include "host/order_words.h"

namespace tenon::host {

namespace {

// Explains one solved order. Ranks throughout.
class Explanation {
public:
    Explanation(const OrderGraph& graph, Places places)
        : graph_(graph), words_(places), turn_(graph.size()), behind_(graph.size()) {
        const std::vector<std::size_t> order = graph.order();
        for (std::size_t turn = 0; turn < order.size(); ++turn) turn_[order[turn]] = turn;
        for (const std::size_t from : order)
            for (const Wish& wish : graph.wishes(from)) behind_[wish.to].push_back(&wish);
    }

    std::string of(std::size_t a, std::size_t b) const { return turn_[a] < turn_[b] ? first_of(a, b) : first_of(b, a); }

private:
    std::string first_of(std::size_t a, std::size_t b) const {
        const std::string both = fmt::format("{} runs before {}", title(a), title(b));
        const std::vector<Wish> way = graph_.way(a, b);
        if (way.size() == 1) return both + " because " + told(clauses(way));
        if (graph_.place(a).phase == graph_.place(b).phase && !way.empty())
            return fmt::format("{} by way of {}: {}", both, told(between(way), ", "), told(clauses(way)));
        if (a < b) return both + " because " + words_.key(graph_.place(a), graph_.place(b));
        return both + " because " + held_back(a, b);
    }

    // When `a` was taken, `b` had the smaller key, so it was not ready. Going back from it leads to one that was, and
    // that was passed over because its key is larger than that of `a`.
    std::string held_back(std::size_t a, std::size_t b) const {
        std::vector<Wish> way;
        std::size_t ready = b;
        while (const Wish* const wish = open_wish(ready, turn_[a])) {
            way.insert(way.begin(), *wish);
            ready = wish->from;
        }
        return fmt::format("{} waits for {} ({}), and {} runs before {}: {}", title(b), title(ready),
                           told(clauses(way)), title(a), title(ready),
                           words_.key(graph_.place(a), graph_.place(ready)));
    }

    // A wish for somebody, who had not run in that turn, to run before `rank`; nullptr if there is none.
    const Wish* open_wish(std::size_t rank, std::size_t turn) const {
        for (const Wish* wish : behind_[rank])
            if (turn_[wish->from] > turn) return wish;
        return nullptr;
    }

    std::vector<std::string> clauses(const std::vector<Wish>& way) const {
        std::vector<std::string> out;
        for (const Wish& wish : way) out.push_back(words_.wish(graph_, wish));
        return out;
    }
    std::vector<std::string> between(const std::vector<Wish>& way) const {
        std::vector<std::string> out;
        for (std::size_t i = 1; i < way.size(); ++i) out.push_back(title(way[i].from));
        return out;
    }
    std::string title(std::size_t rank) const { return words_.title(graph_.place(rank)); }

    const OrderGraph& graph_;
    OrderWords words_;
    std::vector<std::size_t> turn_;                 // of each rank: when it runs
    std::vector<std::vector<const Wish*>> behind_;  // of each rank: the wishes that hold it back
};

}  // namespace

std::string why(Places places, std::size_t a, std::size_t b) {
    const Solved solved = solve(places);
    if (!solved.ok()) {
        const OrderWords words(places);
        return fmt::format("{} and {} have no order: {}", words.title(*places[a]), words.title(*places[b]),
                           told(solved.cycle.reasons));
    }
    const OrderGraph graph(places);
    std::vector<std::size_t> rank(places.size());
    for (std::size_t at = 0; at < places.size(); ++at) rank[graph.index(at)] = at;
    return Explanation(graph, places).of(rank[a], rank[b]);
}

}  // namespace tenon::host
