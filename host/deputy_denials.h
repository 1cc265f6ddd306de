// What a plugin was denied since it was loaded. Plugins can repeat a request as often as they like, so that each
// different one is told once, and counted from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace tenon::host {

class Plugin;

// Used by any thread.
class Denials {
public:
    static constexpr std::size_t most = 100;  // different ones that are told

    explicit Denials(Plugin& plugin) : plugin_(plugin) {}

    // `permission` was denied, in these words: a line in the log and, where the host has a store, a row in its audit
    // log. When it is denied for the 10th, 100th ... time, another line.
    void note(const std::string& permission, const std::string& text);

private:
    enum class Tell { nothing, all, count, end };
    Tell enter(const std::string& permission, std::uint64_t& times);
    void record(const std::string& detail) const;

    Plugin& plugin_;
    std::mutex lock_;
    std::map<std::string, std::uint64_t> times_;
    bool ended_ = false;  // it has been told that no others will be
};

}  // namespace tenon::host
