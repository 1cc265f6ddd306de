// Every plugin does the same in the application's process and in a process of its own.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "tests/conformance/child.h"
#include "tests/conformance/differences.h"
#include "tests/conformance/fixtures.h"
#include "tests/conformance/kinds.h"
#include "tests/conformance/loadings.h"
#include "tests/conformance/refused.h"
#include "tests/support/catch.h"

using namespace tenon::conformance;

namespace {

constexpr unsigned patience_s = 120, for_ever_s = 5;
constexpr char no_difference[] = "no difference";

const std::vector<Fixture>& fixtures() {
    static const std::vector<Fixture> all = read_fixtures(CONFORMANCE_LIST);
    return all;
}

template <class Entry>
const Entry* entry_of(const std::vector<Entry>& all, const std::string& fixture) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& one) { return one.fixture == fixture; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> arguments_for(const Fixture& fixture) {
    std::vector<std::string> out;
    if (entry_of(varying(), fixture.name) != nullptr) out.push_back("load");
    if (const Meanwhile* const entry = entry_of(meanwhile(), fixture.name)) out.push_back("meanwhile=" + entry->point);
    // The next build by name, of those that do not end the application.
    const auto next = std::find_if(fixtures().begin(), fixtures().end(), [&](const Fixture& other) {
        return other.name > fixture.name && are_builds_of_one(fixture, other) &&
               entry_of(differences(), other.name) == nullptr;
    });
    if (next != fixtures().end()) out.push_back("reload=" + next->name);
    return out;
}

// Two lines from a little before where they differ.
std::string told(int number, const std::string& above, const std::string& one, const std::string& other) {
    const auto at = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin();
    const std::size_t from = at > 100 ? static_cast<std::size_t>(at) - 100 : 0;
    return "line " + std::to_string(number) + " from column " + std::to_string(from) +
           ", after: " + above.substr(0, 200) + "\n" + kinds()[0].name + ": " + one.substr(from, 300) + "\n" +
           kinds()[1].name + ": " + other.substr(from, 300);
}

// The first lines that differ, with the line above them.
std::string difference(const std::string& one, const std::string& other) {
    std::istringstream a(one), b(other);
    std::string line_a, line_b, above = "(the beginning)";
    for (int number = 1;; ++number) {
        const bool more_a = static_cast<bool>(std::getline(a, line_a)),
                   more_b = static_cast<bool>(std::getline(b, line_b));
        if (!more_a && !more_b) return no_difference;
        if (!more_a) line_a = "(the end)";
        if (!more_b) line_b = "(the end)";
        if (line_a != line_b) return told(number, above, line_a, line_b);
        above = line_a;
    }
}

std::string last_line(const std::string& text) {
    const std::size_t from = text.rfind('\n', text.size() < 2 ? 0 : text.size() - 2);
    return text.substr(from == std::string::npos ? 0 : from + 1);
}

// One fixture as a module of either kind.
struct Comparison {
    const Fixture* fixture = nullptr;
    const Difference* entry = nullptr;  // what is expected; none: equal transcripts
    std::vector<std::string> arguments;

    struct Side {
        std::string end, last_line, output;
        Loadings loadings;
    };
    std::array<Side, 2> sides;
    std::string difference;

    bool stays() const { return entry != nullptr && entry->in_process == "did not end"; }
    void make();
};

void Comparison::make() {
    std::array<std::string, 2> transcripts;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (entry != nullptr && i != 0 && !there_are_workers) break;
        const bool for_ever = i == 0 && stays();
        Outcome outcome =
            make_transcript(fixture->name, kinds()[i].workers, arguments, for_ever ? for_ever_s : patience_s);
        sides[i] = {outcome.end, last_line(outcome.transcript).substr(0, 300), outcome.output,
                    loadings_of(outcome.transcript, fixture->id)};
        transcripts[i] = std::move(outcome.transcript);
    }
    difference = ::difference(transcripts[0], transcripts[1]);
}

void make_often_enough(Comparison& one) {
    const Hurried* const entry = entry_of(hurried(), one.fixture->name);
    for (unsigned left = entry == nullptr ? 1 : entry->attempts; left > 0; --left) {
        one.make();
        if (one.difference == no_difference) return;
    }
}

void expect_ended(const Comparison::Side& side, const Kind& kind) {
    INFO(kind.name << ": " << side.end << ", last line: " << side.last_line << "\noutput: " << side.output);
    CHECK(side.end == "ended");
    CHECK(side.last_line == "== the end\n");
}

// Two refusals are equal, too, and say nothing of the plugin.
void expect_loaded(const Comparison& done, std::size_t side) {
    const Loadings& loadings = done.sides[side].loadings;
    const Refused* const entry = entry_of(refused(), done.fixture->name);
    INFO(kinds()[side].name << ": active in " << loadings.active << " settings");
    if (entry == nullptr) {
        CAPTURE(loadings.reasons);
        CHECK(loadings.active != 0);
        return;
    }
    CHECK(loadings.active == 0);
    CHECK(loadings.reasons == std::set<std::string>{entry->reason});
}

void expect_equal(const Comparison& done) {
    for (std::size_t i = 0; i < kinds().size(); ++i) {
        expect_ended(done.sides[i], kinds()[i]);
        expect_loaded(done, i);
    }
    CHECK(done.difference == no_difference);
}

// In process as the table says; in a worker the application lives on, whatever the plugin does.
void expect_difference(const Comparison& done) {
    INFO("may differ: " << done.entry->reason);
    INFO("output: " << done.sides[0].output << "\nlast line: " << done.sides[0].last_line);
    CHECK(done.sides[0].end == done.entry->in_process);
    if (done.sides[0].end == "ended") expect_loaded(done, 0);
    if (!there_are_workers) return;
    expect_ended(done.sides[1], kinds()[1]);
    expect_loaded(done, 1);
    INFO("an entry of the table that is not needed");
    CHECK(done.difference != no_difference);
}

std::vector<Comparison> comparisons_of(const Fixture& fixture) {
    const std::vector<std::string> arguments = arguments_for(fixture);
    const Difference* const entry = entry_of(differences(), fixture.name);
    if (entry == nullptr || entry->points.empty()) return {{&fixture, entry, arguments, {}, {}}};
    std::vector<Comparison> out;
    std::vector<std::string> without = arguments;
    for (const std::string& point : entry->points) {
        without.push_back("without=" + point);
        std::vector<std::string> only = arguments;
        if (point != "unloading") only.push_back("only=" + point);
        out.push_back({&fixture, entry, only, {}, {}});
    }
    out.push_back({&fixture, nullptr, without, {}, {}});
    return out;
}

// Two at a time; those that take long because they do nothing are begun first, all at once.
void make_all(std::vector<Comparison>& all) {
    std::vector<std::thread> threads;
    std::vector<Comparison*> busy;
    for (Comparison& one : all) {
        if (one.stays())
            threads.emplace_back([&one] { one.make(); });
        else
            busy.push_back(&one);
    }
    std::atomic<std::size_t> next{0};
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            for (std::size_t at = next++; at < busy.size(); at = next++) make_often_enough(*busy[at]);
        });
    for (std::thread& thread : threads) thread.join();
}

template <class Entry>
void expect_fixtures_of(const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        INFO("an entry for " << entry.fixture);
        CHECK(entry_of(entries, entry.fixture) == &entry);
        CHECK(std::any_of(fixtures().begin(), fixtures().end(),
                          [&](const Fixture& one) { return one.name == entry.fixture; }));
    }
}

}  // namespace

TEST_CASE("every plugin does the same as a module of either kind") {
    const char* const only = std::getenv("CONFORMANCE_FIXTURE");  // a part of a name, for whoever looks for a fault
    std::vector<Comparison> all;
    for (const Fixture& fixture : fixtures())
        if (only == nullptr || fixture.name.find(only) != std::string::npos)
            for (Comparison& one : comparisons_of(fixture)) all.push_back(std::move(one));
    make_all(all);
    for (const Comparison& one : all) {
        INFO("the fixture " << one.fixture->name);
        if (one.entry == nullptr)
            expect_equal(one);
        else
            expect_difference(one);
    }
}

TEST_CASE("the tables of what may differ are about plugins that there are") {
    expect_fixtures_of(differences());
    expect_fixtures_of(varying());
    expect_fixtures_of(hurried());
    expect_fixtures_of(meanwhile());
    expect_fixtures_of(refused());
}
