// The annexes of a lane as a worker has them: what comes over the control socket is mapped, and heard letters are read.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "sandbox/letter.h"
#include "sandbox/region.h"
#include "sandbox/worker/control.h"

namespace tenon::sandbox {

class WorkerAnnexes {
public:
    // Never waits for the socket: what the host speaks of, it has sent before.
    explicit WorkerAnnexes(int control) : control_(control) {
        if (::fcntl(control, F_SETFL, O_NONBLOCK) != 0) std::abort();
    }

    // A letter of the host's; it is one, and its annex is there.
    Head hear(std::span<const std::byte> frame) {
        take_all();
        Letter letter;
        if (read_head(frame, letter.head) != nullptr) std::abort();
        if (letter.head.annex > host_s().size()) std::abort();
        const auto where = letter.head.annex == 0 ? frame.subspan(sizeof(Head)) : host_s().first(letter.head.annex);
        if (find_parts(where, letter) != nullptr) std::abort();
        return letter.head;
    }
    // What follows the head is said in the annex, too, if there is one; beyond it lies what lay there before.
    void say(std::string_view parts) {
        if (!mine_) return;
        const std::span<std::byte> room = mine_->writable();
        std::memcpy(room.data(), parts.data(), std::min(parts.size(), room.size()));
    }

private:
    std::span<const std::byte> host_s() const { return host_s_ ? host_s_->bytes() : std::span<const std::byte>(); }

    void take_all() {
        while (std::optional<worker::Message> message = worker::receive(control_)) {
            const bool of_host = message->control.what == Control::What::annex_of_host;
            if (!of_host && message->control.what != Control::What::annex_of_worker) std::abort();
            if (message->control.lane != 1 || message->descriptors.size() != 1) std::abort();
            std::optional<Region>& annex = of_host ? host_s_ : mine_;
            annex = Region::map(std::move(message->descriptors[0]), message->control.size,
                                of_host ? Writer::host : Writer::worker)
                        .take();
        }
    }

    const int control_;
    std::optional<Region> host_s_, mine_;
};

}  // namespace tenon::sandbox
