// Calls that cross to another process: Tenon's worker, the floors and the peers, in one run; and what a worker costs.
// Through the installed library.
#include <cstdio>
#include <exception>
#include <string>

#include "measure.h"
#include "report.h"
#include "worker_cost.h"
#include "worker_overrun.h"
#include "worker_peers.h"
#include "worker_tenon.h"
#include "worker_trips.h"

namespace {

using namespace bench;

constexpr Placement apart = {0, 1}, together = {0, 0};

std::vector<Crossing> others() {
    return {spin_words(), spin_memory(), futex(),          event_descriptors(),
            pipes(),      seqpacket(),   message_queues(), grpc_unary()};
}

// Tenon beside the floor that it is judged by, so that both have the same machine.
std::vector<Crossing> everybody() {
    std::vector<Crossing> all = others();
    all.insert(all.begin() + 3, {worker_first(), worker_confined(), worker_filter(), worker_around(), in_process()});
    return all;
}

std::vector<Crossing> with_payloads() {
    return {spin_memory(), worker_first(),   worker_confined(), pipes(),
            seqpacket(),   message_queues(), grpc_unary(),      in_process()};
}

std::string times_table(const std::string& what, const std::vector<Series>& all) {
    std::string table = head({what, "times", "p50", "p99", "longest"});
    for (const Series& one : all)
        table += row({one.name, std::to_string(one.ns.size()), fixed(one.p50() / 1e3, 1),
                      fixed(quantile(one.ns, 0.99) / 1e3, 1), fixed(quantile(one.ns, 1) / 1e3, 1)});
    return table;
}

std::string gate(const std::string& what, const std::string& limit, double measured, double most, int digits) {
    return row({what, limit, fixed(measured, digits) + (measured <= most ? " (met)" : " (missed)")});
}

double ratio(const std::vector<Series>& all, const Crossing& floor) {
    return named(all, worker_first().name).p50() / named(all, floor.name).p50();
}

struct Measured {
    std::vector<Series> hot, parked, started, opened;
    Overruns overrun;
    Series orphan;
    LeftBehind left;
};

std::string gates(const Measured& m, int crashes) {
    const std::string after = "after " + std::to_string(crashes) + " crashes: ";
    std::string table = head({"gate", "limit", "measured"});
    table += gate("hot, p50, to spinning with the same 64 bytes", "2", ratio(m.hot, spin_memory()), 2, 2);
    table += gate("hot, p50, us", "1", named(m.hot, worker_first().name).p50() / 1e3, 1, 3);
    table += gate("parked, p50, to the futex", "1.5", ratio(m.parked, futex()), 1.5, 2);
    table += gate("ready, p50, ms", "2", named(m.started, worker_first().name).p50() / 1e6, 2, 2);
    table += gate("ready and confined, p50, ms", "4", named(m.started, worker_confined().name).p50() / 1e6, 4, 2);
    table += gate("hot and confined, p50, to the same not confined", "1.05",
                  named(m.hot, worker_confined().name).p50() / named(m.hot, worker_first().name).p50(), 1.05, 2);
    table += gate("a file opened through the host, p50, us", "50", m.opened.back().p50() / 1e3, 50, 1);
    table += gate("budget of 100 us: control back, p99, us", "200", quantile(m.overrun.wall.ns, 0.99) / 1e3, 200, 1);
    table += gate("budget of 100 us: control back, p99 of the time with a processor, us", "200",
                  quantile(m.overrun.given.ns, 0.99) / 1e3, 200, 1);
    table += gate("the host is killed: its worker gone, p99, ms", "100", quantile(m.orphan.ns, 0.99) / 1e6, 100, 1);
    table += gate(after + "processes more", "0", static_cast<double>(m.left.processes), 0, 0);
    table += gate(after + "descriptors more", "0", static_cast<double>(m.left.descriptors), 0, 0);
    table += gate(after + "mappings more", "0", static_cast<double>(m.left.mappings), 0, 0);
    table += gate(after + "files more", "0", static_cast<double>(m.left.files), 0, 0);
    return table;
}

std::string payload_tables(int rounds) {
    std::string tables;
    for (const std::size_t kib : {1u, 64u, 1024u})
        tables +=
            trips_table(std::to_string(kib) + " KiB, two processors, us",
                        in_turns(with_payloads(), apart, kib * 1024, {4'000, 0.3}, rounds), {spin_memory().name}) +
            "\n";
    return tables;
}

std::string measure(int rounds, int crashes) {
    const std::vector<std::string> floors = {spin_words().name, futex().name};
    // Many short turns: a virtual machine's pace changes within seconds, and hot calls are judged by their ratios.
    const Pace hot = {10'000, 0.1}, parked = {400, 1, 1000};
    const int turns = 5 * rounds;
    Measured m;
    m.hot = in_turns(everybody(), apart, small_request, hot, turns);
    m.parked = in_turns(everybody(), apart, small_request, parked, rounds);
    const std::vector<Series> shared = in_turns(everybody(), together, small_request, hot, turns);
    std::string table = trips_table("64 bytes, hot, two processors, us", m.hot, floors) + "\n";
    table += trips_table("64 bytes, parked, two processors, us", m.parked, floors) + "\n";
    table += trips_table("64 bytes, hot, both on one processor, us", shared, {futex().name}) + "\n";
    table += payload_tables(rounds);
    m.started = starts(300);
    m.opened = opened(2000);
    m.overrun = overruns(300);
    m.orphan = orphans(100);
    std::vector<Series> all = m.started;
    all.insert(all.end(), {m.overrun.wall, m.overrun.given, m.overrun.floor, m.orphan});
    table += times_table("start and overrun, us", all) + "\n" + times_table("a file, us", m.opened) + "\n";
    table += workers_table(100) + "\n";
    m.left = bench::crashes(crashes);
    return table + gates(m, crashes);
}

}  // namespace

// worker_bench [ROUNDS [CRASHES]]
int main(int argc, char** argv) try {
    const std::string table =
        machine() + "\n\n" + measure(argc > 1 ? std::stoi(argv[1]) : 5, argc > 2 ? std::stoi(argv[2]) : 10'000);
    std::fputs(table.c_str(), stdout);
    keep(table);
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "worker_bench: %s\n", e.what());
    return 1;
}
