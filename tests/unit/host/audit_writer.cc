// A host that does nothing but write its audit log, for tests that run several of them, or kill one.
//   audit_writer PATH COUNT    appends so many rows, and grants and revokes as it goes; writes 'a' after each row
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "host/audit.h"
#include "host/grants.h"

using namespace tenon;

namespace {

int give_up(const base::Problem& problem) {
    std::fprintf(stderr, "%s: %s\n", problem.id.c_str(), problem.text.c_str());
    return 1;
}

base::Check write_row(host::Store& store, unsigned long i) {
    const host::Requests request{"env:LANG"};
    if (i % 3 == 0) return host::Audit(store).append({i, "host", "org.acme.tax", "denied", "read:/etc/shadow"});
    const std::string id = "org.acme.p" + std::to_string(::getpid());
    const base::Result<host::Requests> done = i % 3 == 1 ? host::Grants(store).grant(id, request, "writer", i)
                                                         : host::Grants(store).revoke(id, request, "writer", i);
    if (!done) return done.problem();
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    base::Result<host::Store> store = host::Store::open(argv[1], {.patience_ms = 60'000});
    if (!store) return give_up(store.problem());
    const unsigned long count = std::strtoul(argv[2], nullptr, 10);
    for (unsigned long i = 0; i < count; ++i) {
        if (const base::Check problem = write_row(store.value(), i)) return give_up(*problem);
        if (::write(STDOUT_FILENO, "a", 1) != 1) return 1;
    }
    return 0;
}
