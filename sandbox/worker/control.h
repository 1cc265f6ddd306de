// The worker's end of the control socket, and a thread that reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/fd.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox::worker {

struct Message {
    Control control;
    std::vector<base::Fd> descriptors;
};

// The next message; nothing when the host has gone. One thread at a time.
std::optional<Message> receive(int socket);

// Asks the host for another lane upwards. Any thread.
void ring() noexcept;

}  // namespace tenon::sandbox::worker
