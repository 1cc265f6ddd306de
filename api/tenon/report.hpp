// What happened to each plugin, as a range of rows.
#ifndef TENON_REPORT_HPP
#define TENON_REPORT_HPP

#include <tenon/report.h>
#include <memory>
#include <tenon/types.hpp>

namespace tenon {

// Owns its rows; their strings live as long as it does. Movable.
class Report {
public:
    explicit Report(tenon_report* raw = nullptr) noexcept : report_(raw) {}

    std::uint64_t size() const noexcept { return tenon_report_count(report_.get()); }
    tenon_report_row operator[](std::uint64_t index) const noexcept {
        auto row = sized<tenon_report_row>();
        tenon_report_get(report_.get(), index, &row);
        return row;
    }
    // True when no plugin was refused or failed.
    bool all_active() const noexcept {
        for (std::uint64_t i = 0; i < size(); ++i)
            if ((*this)[i].state != TENON_STATE_ACTIVE) return false;
        return true;
    }

private:
    struct destroy {
        void operator()(tenon_report* raw) const noexcept { tenon_report_destroy(raw); }
    };
    std::unique_ptr<tenon_report, destroy> report_;
};

}  // namespace tenon

#endif
