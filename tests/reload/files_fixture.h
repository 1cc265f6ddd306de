// A shop whose plugin's file is watched, and what is told of its reloads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/reload/reload_fixture.h"

namespace tenon::test {

constexpr std::chrono::seconds too_long{30};  // a test fails after that

// The records and the log of a host, from whatever thread they come.
class Told {
public:
    static void record(void* self, const tenon_reload_record* record) {
        Told& told = *static_cast<Told*>(self);
        const std::lock_guard guard(told.lock_);
        told.records_[record->number] = Reloaded::of(*record);
        told.changed_.notify_all();
    }
    static void log(void* self, uint32_t, tenon_str, tenon_str text) {
        Told& told = *static_cast<Told*>(self);
        const std::lock_guard guard(told.lock_);
        told.lines_.emplace_back(view(text));
    }

    std::vector<Reloaded> of(const std::string& plugin) const {
        const std::lock_guard guard(lock_);
        return of_plugin(plugin);
    }
    std::size_t count(const std::string& plugin, std::uint32_t verdict) const {
        std::size_t count = 0;
        for (const Reloaded& record : of(plugin)) count += record.verdict == verdict ? 1 : 0;
        return count;
    }
    // Until `judge` likes the records of the plugin.
    template <class Judge>
    bool wait(const std::string& plugin, Judge&& judge) const {
        std::unique_lock guard(lock_);
        return changed_.wait_for(guard, too_long, [&] { return judge(of_plugin(plugin)); });
    }
    bool said(std::string_view text) const {
        const std::lock_guard guard(lock_);
        for (const std::string& line : lines_)
            if (line.find(text) != std::string::npos) return true;
        return false;
    }

private:
    std::vector<Reloaded> of_plugin(const std::string& plugin) const {
        std::vector<Reloaded> found;
        for (const auto& [number, record] : records_)
            if (record.plugin == plugin) found.push_back(record);
        return found;
    }

    mutable std::mutex lock_;
    mutable std::condition_variable changed_;
    std::map<std::uint64_t, Reloaded> records_;
    std::vector<std::string> lines_;
};

inline tenon_host_options told_to(Told& told, std::uint32_t mode = TENON_RELOAD_PRODUCTION) {
    tenon_host_options options = reload_options(mode);
    options.log = Told::log;
    options.log_data = &told;
    return options;
}

inline std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.flush().good());
}

inline bool succeeds(const std::string& command) {
    return std::system(command.c_str()) == 0;
}

// Told outlives the host.
class FileShop : public Told, public ReloadShop {
public:
    explicit FileShop(std::uint32_t mode = TENON_RELOAD_PRODUCTION)
        : ReloadShop("tells_its_build", "a", told_to(*this, mode)) {
        tenon_host_on_reload(host.raw(), Told::record, static_cast<Told*>(this));
    }

    std::string folder() const { return std::filesystem::path(path()).parent_path().string(); }
    std::vector<Reloaded> records() const { return of(id()); }

    void watch(std::uint32_t poll = 0) {
        tenon_watch_options options = TENON_WATCH_OPTIONS_INIT;
        options.poll = poll;
        options.poll_period_ns = 5'000'000;
        options.reload = at_once();
        REQUIRE(tenon_host_watch(host.raw(), &options, nullptr) == TENON_OK);
    }
    // Another plugin, whose file is told of after the plugin's, and so tells when all that was done before is known.
    void load_marker() {
        REQUIRE(succeeds("cp '" + build_of("counts_sales", "a") + "' '" + marker() + "'"));
        REQUIRE(host.load(marker()).all_active());
    }
    void settle() {
        marker_build_ = marker_build_ == "a" ? "b" : "a";
        const std::size_t before = count(marker_id, TENON_RELOADED);
        std::filesystem::copy_file(build_of("counts_sales", marker_build_), folder() + "/zz");
        std::filesystem::rename(folder() + "/zz", marker());
        REQUIRE(Told::wait(marker_id, [&](const auto& all) {
            std::size_t now = 0;
            for (const Reloaded& one : all) now += one.verdict == TENON_RELOADED ? 1 : 0;
            return now > before;
        }));
    }
    // Until the last record of the plugin is of that verdict, and there are more than `before`.
    bool comes(std::uint32_t verdict, std::size_t before = 0) const {
        return Told::wait(id(), [&](const auto& all) { return all.size() > before && all.back().verdict == verdict; });
    }
    // The build that serves; of its answers, prices are the one that the marker does not give.
    std::string serving() {
        auto article = sized<shop_article>();
        scope.reset();
        return price()(scope, article) == TENON_CHANGED ? std::string(1, static_cast<char>(article.cents)) : "nobody";
    }
    bool comes_to_serve(const std::string& build) {
        const auto deadline = std::chrono::steady_clock::now() + too_long;
        while (serving() != build) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::yield();
        }
        return true;
    }

private:
    static constexpr const char* marker_id = "org.tenon.test.counts-sales";
    std::string marker() const { return folder() + "/z.so"; }

    std::string marker_build_ = "a";
};

}  // namespace tenon::test
