// A host with a plugin in a worker, and what is left when both are gone.
#pragma once

#include <tenon/stats.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "tests/fixtures/worker/yard.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"
#include "tests/unit/sandbox/worker_process.h"

namespace tenon::test {

// The host's log, written on any thread.
class SharedLog {
public:
    static void write(void* self, uint32_t, tenon_str plugin, tenon_str text) {
        auto& log = *static_cast<SharedLog*>(self);
        const std::lock_guard guard(log.lock_);
        ++log.count_;
        log.last_ = std::string(view(plugin)) + ": " + std::string(view(text));
        log.all_ += log.last_ + "\n";
        if (log.at_line) log.at_line(log.last_);
    }
    // Called with each line, under the lock; set before there is a host.
    std::function<void(const std::string& line)> at_line{};

    bool has(const std::string& words) const { return text().find(words) != std::string::npos; }
    std::string text() const {
        const std::lock_guard guard(lock_);
        return all_;
    }
    std::size_t count() const {
        const std::lock_guard guard(lock_);
        return count_;
    }

private:
    mutable std::mutex lock_;
    std::string all_, last_;
    std::size_t count_ = 0;
};

// An environment variable, which a worker has from its host, for as long as this lives.
class Setting {
public:
    Setting(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Setting() { ::unsetenv(name_); }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

private:
    const char* name_;
};

inline std::size_t threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

inline std::size_t lane_mappings() {
    std::ifstream file("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) count += line.find("memfd:tenon") != std::string::npos;
    return count;
}

// What a process has that somebody may leave behind. Threads that have been joined are still listed for a moment.
struct Holdings {
    std::size_t descriptors = sandbox_test::open_descriptors();
    std::size_t threads = test::threads();
    std::size_t lanes = lane_mappings();
    std::string children = sandbox_test::children();
    bool operator==(const Holdings&) const = default;
};

// In nanoseconds: a call that has so much time left has begun before it is over, on slow machines, too.
inline constexpr std::uint64_t time_to_begin = 300'000'000;

struct YardSettings {
    std::string worker;  // the program; empty: the real one
    std::string plugin = "misbehaves";
    uint32_t breakers = TENON_BREAKER_METRICS_ONLY;
    std::string private_folder{};  // empty: a new one
    std::string operator_file{};
    uint64_t drain_timeout_ns = 0;
};

// A host with one plugin, which is loaded.
class YardHost {
public:
    explicit YardHost(YardSettings settings = {})
        : settings_(std::move(settings)), host(options()), scope((host.offer<yard_contract>(), host)) {
        report.emplace(host.load(std::string(TENON_FIXTURES) + "/worker/" + settings_.plugin + ".so"));
    }

    std::string id() const {
        std::string id = "org.tenon.test." + settings_.plugin;
        for (char& c : id) c = c == '_' ? '-' : c;
        return id;
    }
    tenon_report_row row() const { return (*report)[0]; }
    std::string text() const { return std::string(view(row().text)); }
    std::string reason() const { return std::string(view(row().reason)); }

    struct Answer {
        int32_t verdict = 0;
        int32_t number = 0;
        std::string text{};  // of the first error
        int32_t code = 0;
        std::string reason{};
    };
    template <class H>
    Answer run(std::string_view text = {}, int32_t number = 0) {
        return run_in<H>(scope, text, number);
    }
    template <class H>
    Answer run_in(Scope& in, std::string_view text = {}, int32_t number = 0) {
        in.reset();
        return dispatch<H>(in, text, number);
    }
    template <class H>
    Answer dispatch(Scope& in, std::string_view text = {}, int32_t number = 0) {
        auto question = sized<yard_item>();
        question.text = str(text);
        question.number = number;
        auto reply = sized<yard_item>();
        auto found = sized<tenon_collection>();
        Answer out;
        tenon_hook* const hook = host.hook<H>().raw();
        if constexpr (H::kind == TENON_FILTER)
            out.verdict = tenon_hook_call(hook, in.raw(), nullptr, &question);
        else if constexpr (H::kind == TENON_COLLECT)
            out.verdict = tenon_hook_call(hook, in.raw(), &question, &found);
        else
            out.verdict = tenon_hook_call(hook, in.raw(), &question, &reply);
        if (out.verdict == TENON_PENDING) out.verdict = tenon_scope_wait(in.raw(), UINT64_MAX);
        out.number = H::kind == TENON_FILTER ? question.number : reply.number;
        if (in.error_count() == 0) return out;
        const tenon_error error = in.error(0);
        out.text = error.text;
        out.code = error.code;
        out.reason = error.reason;
        return out;
    }

    SharedLog log;

private:
    tenon_host_options options() {
        auto options = sized<tenon_host_options>();
        options.trust = TENON_TRUST_TRUSTED;
        options.log = SharedLog::write;
        options.log_data = &log;
        options.breakers = settings_.breakers;
        options.workers = TENON_WORKERS_ALL;
        options.worker_file = str(settings_.worker);
        options.private_folder = str(settings_.private_folder);
        options.operator_file = str(settings_.operator_file);
        options.drain_timeout_ns = settings_.drain_timeout_ns;
        return options;
    }
    const YardSettings settings_;

public:
    tenon::Host host;
    tenon::Scope scope;
    std::optional<tenon::Report> report;
};

// Runs it with a host of its own, of which nothing is left afterwards.
template <class Act>
void leaving_nothing(Act&& act) {
    const Holdings before;
    act();
    CHECK(sandbox_test::eventually([&] { return Holdings() == before; }));
}

}  // namespace tenon::test
