// Hot reload: how soon after a file is closed its code is called, what that does to the calls meanwhile, and what is
// left behind. Through the installed library.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <tenon/host.hpp>
#include <tenon/reload.hpp>
#include <thread>
#include <vector>

#include "event.h"
#include "measure.h"
#include "reload_peer.h"
#include "report.h"

namespace {

using namespace bench;

const std::string id = "org.tenon.bench.reloaded";

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Two builds of one size, and the file that is now the one, now the other.
struct Builds {
    explicit Builds(const char* size)
        : bytes{bytes_of(std::string(BENCH_BUILDS "/") + size + "_1.so"),
                bytes_of(std::string(BENCH_BUILDS "/") + size + "_2.so")} {
        std::string made = (std::filesystem::temp_directory_path() / "tenon-bench-XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder = made;
        path = folder + "/plugin.so";
        put();
    }
    ~Builds() { std::filesystem::remove_all(folder); }

    // As a linker does: a new file under the old name, written and closed. When it was about to be closed.
    std::uint64_t put() {
        now = 3 - now;
        ::unlink(path.c_str());
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
        const std::string& next = bytes[now - 1];
        if (::write(file, next.data(), next.size()) != static_cast<ssize_t>(next.size()))
            throw std::runtime_error("the build cannot be written");
        const std::uint64_t closing = wall_ns();  // before: the reload may be faster than this thread comes back
        ::close(file);
        return closing;
    }

    std::string bytes[2], folder, path;
    std::uint64_t now = 2;  // the build that the file is
};

// A thread that calls without pause, keeps how long each call took, and when it first saw another build.
class Caller {
public:
    explicit Caller(std::function<std::uint64_t()> call)
        : thread_([this, call = std::move(call)] {
              pin(1);
              took_.reserve(20'000'000);
              while (!ends_.load(std::memory_order_relaxed)) {
                  const std::uint64_t begun = wall_ns();
                  const std::uint64_t build = call();
                  const std::uint64_t ended = wall_ns();
                  if (took_.size() < took_.capacity()) took_.push_back(static_cast<float>(ended - begun));
                  if (build == seen_.load(std::memory_order_relaxed)) continue;
                  changed_.store(ended, std::memory_order_relaxed);
                  seen_.store(build, std::memory_order_release);
              }
          }) {}
    ~Caller() { end(); }
    // When the build was first called. Sleeps: the processor is the reload's.
    std::uint64_t wait_for(std::uint64_t build) const {
        while (seen_.load(std::memory_order_acquire) != build)
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        return changed_.load(std::memory_order_relaxed);
    }
    std::vector<double> end() {
        ends_ = true;
        if (thread_.joinable()) thread_.join();
        return {took_.begin(), took_.end()};
    }

private:
    std::vector<float> took_;
    std::atomic<std::uint64_t> seen_{0}, changed_{0};
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

tenon_reload_options at_once() {
    tenon_reload_options options = TENON_RELOAD_OPTIONS_INIT;
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    options.probation_ns = UINT64_MAX;
    return options;
}

class Reloading {
public:
    explicit Reloading(const char* size) : builds(size) {
        host.offer<bench_contract>();
        if (!host.load(builds.path).all_active()) throw std::runtime_error("the plugin is refused");
        hook = host.hook<bench_first_hook>();
    }
    // To be called on the calling thread.
    std::function<std::uint64_t()> call() {
        auto scope = std::make_shared<tenon::Scope>(host);
        return [this, scope] {
            const bench_event event = {0};
            bench_event answer = {0};
            hook(*scope, event, answer);
            return answer.number;
        };
    }
    tenon::Reloaded reload() {
        const tenon_reload_options options = at_once();
        tenon::Reloaded record = tenon::reload(host.raw(), id, &options);
        if (record.verdict != TENON_RELOADED) throw std::runtime_error(record.text);
        return record;
    }

    Builds builds;
    tenon::Host host;
    tenon::Hook<bench_first_hook> hook;
};

std::string us(double nanoseconds) {
    return fixed(nanoseconds / 1e3, 1);
}

std::string latency_row(const std::string& what, const std::vector<double>& took) {
    return row({what, us(median(took)), us(quantile(took, 0.99)), us(quantile(took, 1))});
}

// From the file's end to the first call on its code, watched.
std::vector<double> watched(const char* size, int times) {
    Reloading reloading(size);
    tenon_watch_options options = TENON_WATCH_OPTIONS_INIT;
    options.reload = at_once();
    tenon::ErrorSlot error;
    error.check(tenon_host_watch(reloading.host.raw(), &options, error.get()));
    Caller caller(reloading.call());
    caller.wait_for(reloading.builds.now);
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the reload before is over
        const std::uint64_t closed = reloading.builds.put();
        took.push_back(static_cast<double>(caller.wait_for(reloading.builds.now) - closed));
    }
    return took;
}

// The peer has no watching: it is told at once.
std::vector<double> told(const char* size, int times) {
    Builds builds(size);
    LockedLibrary library(builds.path);
    Caller caller([&] { return library.call(); });
    caller.wait_for(builds.now);
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        const std::uint64_t closed = builds.put();
        library.reload(builds.path);
        took.push_back(static_cast<double>(caller.wait_for(builds.now) - closed));
    }
    return took;
}

std::string call_row(const std::string& what, const std::vector<double>& took) {
    return row({what, std::to_string(took.size()), fixed(median(took), 0), fixed(quantile(took, 0.999), 0),
                us(quantile(took, 1))});
}

void for_seconds(double seconds, const std::function<void()>& body) {
    const std::uint64_t begun = wall_ns();
    while (static_cast<double>(wall_ns() - begun) < seconds * 1e9) body();
}

const auto nothing = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };

struct Disturbed {
    std::vector<double> quiet, reloading;
    std::size_t reloads = 0;
    double seconds = 0;
    std::vector<tenon::Reloaded> records;
};

// A reload every so often; 0: without a pause.
Disturbed disturb_tenon(double seconds, std::uint64_t every_ns) {
    Disturbed out;
    Reloading reloading("small");
    {
        Caller caller(reloading.call());
        for_seconds(seconds, nothing);
        out.quiet = caller.end();
    }
    Caller caller(reloading.call());
    const std::uint64_t begun = wall_ns();
    for_seconds(seconds, [&] {
        reloading.builds.put();
        out.records.push_back(reloading.reload());
        ++out.reloads;
        const std::uint64_t next = begun + out.reloads * every_ns, now = wall_ns();
        if (next > now) std::this_thread::sleep_for(std::chrono::nanoseconds(next - now));
    });
    out.seconds = static_cast<double>(wall_ns() - begun) / 1e9;
    out.reloading = caller.end();
    return out;
}

Disturbed disturb_peer(double seconds) {
    Disturbed out;
    Builds builds("small");
    LockedLibrary library(builds.path);
    {
        Caller caller([&] { return library.call(); });
        for_seconds(seconds, nothing);
        out.quiet = caller.end();
    }
    Caller caller([&] { return library.call(); });
    const std::uint64_t begun = wall_ns();
    for_seconds(seconds, [&] {
        builds.put();
        library.reload(builds.path);
        ++out.reloads;
    });
    out.seconds = static_cast<double>(wall_ns() - begun) / 1e9;
    out.reloading = caller.end();
    return out;
}

std::size_t lines_of(const char* file) {
    std::ifstream in(file);
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line);) lines += line.find(".so") != std::string::npos;
    return lines;
}

std::size_t entries_of(const std::string& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::recursive_directory_iterator(folder), {}));
}

struct Left {
    long maps, descriptors, files, heap;
};

Left count(const std::string& folder) {
    ::malloc_trim(0);
    const struct mallinfo2 now = ::mallinfo2();
    return {static_cast<long>(lines_of("/proc/self/maps")), static_cast<long>(entries_of("/proc/self/fd")),
            static_cast<long>(entries_of(folder)), static_cast<long>(now.uordblks + now.hblkhd)};
}

// After some reloads, so that tables have their sizes.
Left left_behind(int times) {
    Builds builds("small");
    const std::string folder = builds.folder + "/private";
    std::filesystem::create_directory(folder);
    auto options = tenon::sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.private_folder = tenon::str(folder);
    tenon::Host host(options);
    host.offer<bench_contract>();
    if (!host.load(builds.path).all_active()) throw std::runtime_error("the plugin is refused");
    const tenon_reload_options at_once = ::at_once();
    const auto reload = [&] {
        builds.put();
        if (tenon::reload(host.raw(), id, &at_once).verdict != TENON_RELOADED)
            throw std::runtime_error("a reload is refused");
    };
    for (int i = 0; i < 300; ++i) reload();  // the records that are kept are full
    const Left before = count(folder);
    for (int i = 0; i < times; ++i) reload();
    const Left after = count(folder);
    return {after.maps - before.maps, after.descriptors - before.descriptors, after.files - before.files,
            after.heap - before.heap};
}

double median_phase(const std::vector<tenon::Reloaded>& records, std::uint32_t phase) {
    std::vector<double> took;
    for (const tenon::Reloaded& record : records) took.push_back(static_cast<double>(record.phase_ns[phase]));
    return median(took);
}

std::string gate(const std::string& what, const std::string& limit, double measured, double most, int digits) {
    return row({what, limit, fixed(measured, digits) + (measured <= most ? " (met)" : " (missed)")});
}

std::string measure(int times) {
    pin(0);
    const std::vector<double> small = watched("small", times), large = watched("large", times);
    std::string table = head({"file closed to first call on its code, us", "p50", "p99", "longest"});
    table += latency_row("Tenon, watched, 16 KB", small) + latency_row("Tenon, watched, 200 KB", large);
    table += latency_row("dlclose and dlopen under a shared_mutex, told at once, 16 KB", told("small", times));
    table += latency_row("the same, 200 KB", told("large", times));

    const Disturbed paced = disturb_tenon(3, 2'000'000), tenon = disturb_tenon(3, 0), peer = disturb_peer(3);
    table += "\n" +
             head({"a call meanwhile, ns (the clock's two readings included)", "calls", "p50", "p99.9", "longest, us"});
    table += call_row("Tenon, no reloads", paced.quiet) + call_row("Tenon, 500 reloads a second", paced.reloading);
    table += call_row("Tenon, no reloads", tenon.quiet) + call_row("Tenon, reloads without a pause", tenon.reloading);
    table += call_row("shared_mutex, no reloads", peer.quiet) + call_row("shared_mutex, the same", peer.reloading);

    table += "\n" + head({"where the time of a reload goes, medians", "us"});
    for (std::uint32_t phase = 0; phase < TENON_RELOAD_PHASES; ++phase)
        table += row({tenon_reload_phase_name(phase), us(median_phase(tenon.records, phase))});

    constexpr int many = 1000;
    const Left left = left_behind(many);
    const double per_second = static_cast<double>(tenon.reloads) / tenon.seconds;
    const double grace =
        median_phase(tenon.records, TENON_RELOAD_PUBLISH) + median_phase(tenon.records, TENON_RELOAD_GRACE);
    table += "\n" + head({"gate", "limit", "measured"});
    table += gate("file closed to first call, 200 KB, p50, ms", "0.5", median(large) / 1e6, 0.5, 3);
    table += gate("file closed to first call, 200 KB, p99, ms", "2", quantile(large, 0.99) / 1e6, 2, 3);
    table += gate("publish and grace, p50, us", "10", grace / 1e3, 10, 1);
    table += gate("p99.9 of a call, with 500 reloads a second more than without, ns", "50",
                  quantile(paced.reloading, 0.999) - quantile(paced.quiet, 0.999), 50, 0);
    table += row({"reloads a second", "500", fixed(per_second, 0) + (per_second >= 500 ? " (met)" : " (missed)")});
    table += gate("1,000 reloads: maps more", "0", static_cast<double>(left.maps), 0, 0);
    table += gate("1,000 reloads: descriptors more", "0", static_cast<double>(left.descriptors), 0, 0);
    table += gate("1,000 reloads: files more", "0", static_cast<double>(left.files), 0, 0);
    table += gate("1,000 reloads: heap more, KiB", "64", static_cast<double>(left.heap) / 1024, 64, 1);
    table += "\nThe peer did " + fixed(static_cast<double>(peer.reloads) / peer.seconds, 0) + " reloads a second.\n";
    return table;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string table = machine() + "\n\n" + measure(argc > 1 ? std::stoi(argv[1]) : 300);
    std::fputs(table.c_str(), stdout);
    keep(table);
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "reload_bench: %s\n", e.what());
    return 1;
}
