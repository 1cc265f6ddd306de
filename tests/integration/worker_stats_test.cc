// What a host knows of the workers that its plugins run in, and what its log says when one crashes.
#include <signal.h>

#include <atomic>
#include <mutex>
#include <tenon/stats.hpp>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using test::comes_true;
using test::OpenShop;

namespace {

constexpr const char* discount = "org.tenon.test.gives-discount";
constexpr const char* faller = "org.tenon.test.falls-over";

std::string fixture(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/shop/" + name;
}

struct LogLine {
    std::uint32_t level = 0;
    std::string text;
};

// What is said of plugins, with its levels. For any thread.
class Log {
public:
    static void write(void* self, std::uint32_t level, tenon_str plugin, tenon_str text) {
        auto& log = *static_cast<Log*>(self);
        const std::lock_guard guard(log.lock_);
        if (plugin.size != 0) log.lines_.push_back({level, std::string(view(text))});
    }
    std::vector<LogLine> lines() const {
        const std::lock_guard guard(lock_);
        return lines_;
    }
    // The first line from there on that has `part` in it; past the end if there is none.
    std::size_t find(const std::string& part, std::size_t from = 0) const {
        const std::vector<LogLine> all = lines();
        while (from < all.size() && all[from].text.find(part) == std::string::npos) ++from;
        return from;
    }
    bool has(const std::string& part) const { return find(part) < lines().size(); }

private:
    mutable std::mutex lock_;
    std::vector<LogLine> lines_;
};

tenon_host_options with_workers(Log& log) {
    tenon_host_options options = test::quiet_options();
    options.workers = TENON_WORKERS_ALL;
    options.log = Log::write;
    options.log_data = &log;
    return options;
}

// One worker, with its texts.
struct Worker {
    Stats stats;
    tenon_worker_stats row = sized<tenon_worker_stats>();
};

Worker worker_of(OpenShop& shop, std::string_view plugin) {
    Worker out{stats_of(shop.host.raw())};
    for (const tenon_worker_stats& row : out.stats.workers())
        if (view(row.plugin) == plugin) out.row = row;
    return out;
}

void price(OpenShop& shop, int times) {
    for (int i = 0; i < times; ++i) {
        auto article = sized<shop_article>();
        article.cents = 100;
        shop.price()(shop.scope, article);
        REQUIRE(article.cents == 50);
    }
}

int32_t sell(OpenShop& shop, const char* name) {
    auto article = sized<shop_article>();
    article.name = tenon_str_from(name);
    shop.scope.reset();
    return tenon_hook_call(shop.sold().raw(), shop.scope.raw(), &article, nullptr);
}

bool runs_again(OpenShop& shop, std::uint64_t restarts) {
    return comes_true([&] {
        const Worker worker = worker_of(shop, faller);
        return worker.row.restarts == restarts && worker.row.state == TENON_WORKER_RUNS;
    });
}

}  // namespace

TEST_CASE("workers are counted one by one: their calls, and the bytes that cross") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load({fixture("gives_discount"), fixture("falls_over")});
    const Worker before = worker_of(shop, discount), other_before = worker_of(shop, faller);
    CHECK(before.stats.workers().size() == 2);
    CHECK(before.row.state == TENON_WORKER_RUNS);
    CHECK(view(before.row.version) == "1.0.0");
    CHECK(::kill(before.row.pid, 0) == 0);
    CHECK(::kill(other_before.row.pid, 0) == 0);
    CHECK(before.row.pid != other_before.row.pid);
    CHECK(before.row.resident_kib > 0);
    CHECK(before.row.peak_kib >= before.row.resident_kib);
    CHECK(before.row.minor_faults > 0);
    CHECK(before.row.restarts == 0);
    CHECK(view(before.row.last_end).empty());

    price(shop, 100);
    const Worker after = worker_of(shop, discount), other_after = worker_of(shop, faller);
    CHECK(after.row.calls == before.row.calls + 100);
    const std::uint64_t least = 100 * sizeof(std::int32_t);
    CHECK(after.row.bytes_out > before.row.bytes_out + least);
    CHECK(after.row.bytes_in > before.row.bytes_in + least);
    CHECK(after.row.lanes == before.row.lanes + 1);
    CHECK(after.row.pid == before.row.pid);
    CHECK(other_after.row.calls == other_before.row.calls);
    CHECK(other_after.row.bytes_out == other_before.row.bytes_out);
    CHECK(other_after.row.bytes_in == other_before.row.bytes_in);
}

TEST_CASE("a letter that is too large for a frame is counted with its annex") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load(fixture("gives_discount"));
    const Worker before = worker_of(shop, discount);
    const std::string large(1u << 20, 'x');
    auto article = sized<shop_article>();
    article.name = str(large);
    shop.price()(shop.scope, article);
    const Worker after = worker_of(shop, discount);
    CHECK(after.row.bytes_out > before.row.bytes_out + large.size());
    CHECK(after.row.bytes_in > before.row.bytes_in + large.size());
}

TEST_CASE("time that a plugin works counts for its worker alone") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load({fixture("gives_discount"), fixture("falls_over")});
    const Worker before = worker_of(shop, faller), other_before = worker_of(shop, discount);
    for (int i = 0; i < 4; ++i) CHECK(sell(shop, "works for a while") >= 0);
    constexpr std::uint64_t worked = 4 * 50'000'000;
    CHECK(worker_of(shop, faller).row.cpu_ns >= before.row.cpu_ns + worked);
    CHECK(worker_of(shop, discount).row.cpu_ns < other_before.row.cpu_ns + worked);
}

TEST_CASE("a worker that was killed is started again: what it did stays counted, and the others go on") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load({fixture("gives_discount"), fixture("falls_over")});
    const Worker other = worker_of(shop, discount);
    CHECK(sell(shop, "works for a while") >= 0);
    Worker last = worker_of(shop, faller);
    const Worker first = worker_of(shop, faller);
    REQUIRE(::kill(first.row.pid, SIGKILL) == 0);
    // At no time is anything less than it was.
    CHECK(comes_true([&] {
        Worker now = worker_of(shop, faller);
        const tenon_worker_stats &a = last.row, &b = now.row;
        CHECK((b.cpu_ns >= a.cpu_ns && b.calls >= a.calls && b.bytes_out >= a.bytes_out && b.bytes_in >= a.bytes_in));
        CHECK((b.peak_kib >= a.peak_kib && b.minor_faults >= a.minor_faults && b.major_faults >= a.major_faults));
        CHECK((b.voluntary_switches >= a.voluntary_switches && b.involuntary_switches >= a.involuntary_switches));
        CHECK((b.state == TENON_WORKER_RUNS || b.state == TENON_WORKER_DOWN));
        const bool again = b.restarts == 1 && b.state == TENON_WORKER_RUNS;
        last = std::move(now);
        return again;
    }));
    CHECK(last.row.pid > 0);
    CHECK(last.row.pid != first.row.pid);
    CHECK(view(last.row.last_end) == std::string(faller) + " 1.0.0: its worker was ended by signal 9 (Killed)");
    const Worker still = worker_of(shop, discount);
    CHECK(still.row.pid == other.row.pid);
    CHECK(still.row.restarts == 0);
    CHECK(view(still.row.last_end).empty());
}

TEST_CASE("a worker that ends too often is in quarantine, and its row says why it ended last") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load(fixture("falls_over"));
    for (std::uint64_t restarts = 0; restarts < 4; ++restarts) {
        REQUIRE(runs_again(shop, restarts));
        REQUIRE(::kill(worker_of(shop, faller).row.pid, SIGKILL) == 0);
    }
    CHECK(comes_true([&] { return worker_of(shop, faller).row.state == TENON_WORKER_QUARANTINED; }));
    const Worker worker = worker_of(shop, faller);
    CHECK(worker.row.restarts == 3);
    CHECK(worker.row.pid == 0);
    CHECK(worker.row.resident_kib == 0);
    CHECK(worker.row.peak_kib > 0);
    CHECK(view(worker.row.last_end).ends_with("its worker was ended by signal 9 (Killed)"));
}

TEST_CASE("a plugin that is unloaded, and one of this process, have no worker") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load(fixture("gives_discount"));
    CHECK(stats_of(shop.host.raw()).workers().size() == 1);
    shop.host.unload(discount);
    CHECK(stats_of(shop.host.raw()).workers().empty());

    tenon_host_options options = test::quiet_options();
    options.workers = TENON_WORKERS_NONE;
    OpenShop other(options);
    other.host.load(fixture("gives_discount"));
    CHECK(stats_of(other.host.raw()).workers().empty());
}

TEST_CASE("statistics may be taken on any thread while plugins come, crash and go") {
    Log log;
    OpenShop shop(with_workers(log));
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> taken{0};
    std::thread reader([&] {
        while (!done) {
            const Stats stats = stats_of(shop.host.raw());
            for (const tenon_worker_stats& row : stats.workers())
                if (view(row.version) == "1.0.0") ++taken;
        }
    });
    for (int i = 0; i < 10; ++i) {
        shop.host.load(fixture("falls_over"));
        const std::uint64_t seen = taken;
        CHECK(comes_true([&] { return taken > seen; }));
        if (i % 2 == 0) sell(shop, "falls over");
        shop.host.unload(faller);
    }
    done = true;
    reader.join();
}

TEST_CASE("the log has what a plugin printed, then the stack of its crash with the function's name, then the end") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load(fixture("falls_over"));
    sell(shop, "falls over");
    const std::string end = "its worker was ended by signal 6 (Aborted)";
    REQUIRE(comes_true([&] { return log.has(end); }));
    const std::size_t tale = log.find("this is my tale");
    const std::size_t words = log.find("tenon-worker: ended by SIGABRT; the stack:");
    const std::size_t frame = log.find("(shop_fixture_falls_over+0x");
    const std::size_t last = log.find(end);
    CHECK(tale < words);
    CHECK(words < frame);
    CHECK(frame < last);
    const std::vector<LogLine> lines = log.lines();
    CHECK(lines.at(tale).level == TENON_LOG_INFO);
    CHECK(lines.at(frame).text.find("org.tenon.test.falls-over") == 0);  // the private copy is named for the plugin
    for (std::size_t i = words; i <= last; ++i) {
        INFO(lines.at(i).text);
        const bool is_of_slow_calls = lines.at(i).text.find("hard budget") != std::string::npos;  // of the host's
        CHECK((lines.at(i).level == TENON_LOG_ERROR || is_of_slow_calls));
    }
    CHECK(lines.at(last).text.starts_with(std::string(faller) + " 1.0.0: " + end));

    REQUIRE(runs_again(shop, 1));
    CHECK(sell(shop, "tells") >= 0);  // what it prints from then on is of no concern
    REQUIRE(comes_true([&] { return log.find("this is my tale", last) < log.lines().size(); }));
    CHECK(log.lines().at(log.find("this is my tale", last)).level == TENON_LOG_INFO);
}

TEST_CASE("a flood of lines does not drown the last words") {
    Log log;
    OpenShop shop(with_workers(log));
    shop.host.load(fixture("falls_over"));
    sell(shop, "in a flood");
    const std::string end = "its worker was ended by signal 6 (Aborted)";
    REQUIRE(comes_true([&] { return log.has(end); }));
    const std::size_t dropped = log.find("lines more were dropped");
    const std::size_t last = log.find(end);
    CHECK(dropped < last);
    int frames = 0;
    for (const LogLine& line : log.lines())
        if (line.level == TENON_LOG_ERROR && line.text.find("(shop_fixture_falls_over+0x") != std::string::npos)
            ++frames;
    CHECK(frames == 1);
    CHECK(log.find("(shop_fixture_falls_over+0x") < last);
}
