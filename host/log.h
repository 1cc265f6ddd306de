// The host's log: the application's function, or standard error.
#pragma once

#include <tenon/host.h>

#include <string_view>

namespace tenon::host {

// Constant after construction; may be used on any thread. Never throws, holds no lock while the application's function
// runs.
class Log {
public:
    Log() = default;
    Log(tenon_log_fn function, void* data) : function_(function), data_(data) {}

    // `plugin` is empty for the host's own lines. Without a function of the application, lines below a warning are
    // dropped.
    void write(std::uint32_t level, std::string_view plugin, std::string_view text) const noexcept;

private:
    tenon_log_fn function_ = nullptr;
    void* data_ = nullptr;
};

}  // namespace tenon::host
