// The statistics of a moment: a range of rows, and three ways to show them.
#ifndef TENON_STATS_HPP
#define TENON_STATS_HPP

#include <tenon/stats.h>
#include <exception>
#include <memory>
#include <string>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <vector>

namespace tenon {

// Owns its rows; their strings live as long as it does. Movable; any number of threads may read it.
class Stats {
public:
    explicit Stats(tenon_stats* raw = nullptr) noexcept : stats_(raw) {}

    class iterator {
    public:
        iterator(const Stats* stats, std::uint64_t index) noexcept : stats_(stats), index_(index) {}
        tenon_stats_row operator*() const noexcept { return (*stats_)[index_]; }
        iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        bool operator==(const iterator& other) const noexcept { return index_ == other.index_; }

    private:
        const Stats* stats_;
        std::uint64_t index_;
    };

    std::uint64_t size() const noexcept { return tenon_stats_count(stats_.get()); }
    // Zero-filled beyond the end.
    tenon_stats_row operator[](std::uint64_t index) const noexcept {
        auto row = sized<tenon_stats_row>();
        tenon_stats_row_at(stats_.get(), index, &row);
        return row;
    }
    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, size()}; }

    // The plugins that run in workers; their strings live as long as the Stats.
    std::vector<tenon_worker_stats> workers() const {
        std::vector<tenon_worker_stats> all(tenon_stats_worker_count(stats_.get()), sized<tenon_worker_stats>());
        for (std::uint64_t i = 0; i < all.size(); ++i) tenon_stats_worker_at(stats_.get(), i, &all[i]);
        return all;
    }

    // Throw Error, or std::bad_alloc.
    std::string to_json() const { return written(TENON_STATS_JSON); }
    std::string to_prometheus() const { return written(TENON_STATS_PROMETHEUS); }
    std::string to_table() const { return written(TENON_STATS_TABLE); }

private:
    struct destroy {
        void operator()(tenon_stats* raw) const noexcept { tenon_stats_destroy(raw); }
    };

    static std::uint32_t append(void* to, tenon_str piece) noexcept {
        try {
            static_cast<std::string*>(to)->append(view(piece));
            return 1;
        } catch (...) {  // out of memory; the text ends here, and the status says so
            return 0;
        }
    }
    std::string written(std::uint32_t format) const {
        std::string out;
        const std::int32_t status = tenon_stats_write(stats_.get(), format, append, &out);
        if (status == TENON_E_CANCELLED || status == TENON_E_NO_MEMORY) throw std::bad_alloc();
        if (status < 0) throw Error(status, "the statistics cannot be written: " + std::to_string(status));
        return out;
    }

    std::unique_ptr<tenon_stats, destroy> stats_;
};

// Those of a host (its raw()) at this moment. Throws Error.
inline Stats stats_of(tenon_host* host) {
    tenon_stats* raw = nullptr;
    if (const std::int32_t status = tenon_host_stats(host, &raw); status < 0)
        throw Error(status, "the host has no statistics to give: " + std::to_string(status));
    return Stats(raw);
}

}  // namespace tenon

#endif
