// A host that does nothing but write its store, for tests that kill it.
//   store_writer PATH decide NAME    adds and disables for ever; writes 'a' when a count was added, 'd' when a plugin
//                                    (org.test.NAME.n0, n1, ...) was disabled
//   store_writer PATH add COUNT      adds 1 to the calls of org.test.counted and org.test.counted-too, COUNT times
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/store.h"

using namespace tenon;

namespace {

int give_up(const base::Problem& problem) {
    std::fprintf(stderr, "%s: %s\n", problem.id.c_str(), problem.text.c_str());
    return 1;
}

bool tell(char what) {
    return ::write(STDOUT_FILENO, &what, 1) == 1;
}

int decide(host::Store& store, const std::string& name, const std::vector<host::HealthDelta>& one) {
    for (std::uint64_t i = 0;; ++i) {
        if (const base::Check problem = store.add(one)) return give_up(*problem);
        if (!tell('a')) return 1;
        const std::string id = "org.test." + name + ".n" + std::to_string(i);
        if (const base::Check problem = store.disable(id, "reason", "store_writer", i)) return give_up(*problem);
        if (!tell('d')) return 1;
    }
}

int count(host::Store& store, unsigned long times, const std::vector<host::HealthDelta>& one) {
    for (; times > 0; --times)
        if (const base::Check problem = store.add(one)) return give_up(*problem);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string what = argv[2];
    base::Result<host::Store> store = host::Store::open(argv[1], {.patience_ms = 60'000});
    if (!store) return give_up(store.problem());
    const std::vector<host::HealthDelta> one{{"org.test.counted", 1}, {"org.test.counted-too", 1}};
    if (what == "decide") return decide(store.value(), argv[3], one);
    return count(store.value(), std::strtoul(argv[3], nullptr, 10), one);
}
