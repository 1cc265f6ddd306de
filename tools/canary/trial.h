// What the canary does with its order: a host, the plugins, and down again.
#pragma once

#include <cstdint>

#include "loader/canary_line.h"

namespace tenon::canary {

// Tells the host where it has got to.
class Line {
public:
    explicit Line(int socket) : socket_(socket) {}

    void reach(loader::CanaryStage stage, std::uint32_t which = 0);
    // At the stage that was reached last.
    void refuse(std::string reason, std::string text, std::string fix);

private:
    void send(const loader::CanaryAnswer& answer) const;

    const int socket_;
    loader::CanaryStage stage_{};
    std::uint32_t which_ = 0;
};

// Runs the plugins' code. False when the host refused something, which is said on the line.
bool try_out(const loader::CanaryOrder& order, Line& line);

}  // namespace tenon::canary
