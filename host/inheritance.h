// What one generation of a plugin leaves to the next: its state, and the journal of changes since it was saved.
#pragma once

#include <tenon/plugin.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/scope.h"

namespace tenon::host {

class Plugin;

// A saved state. Its bytes lie in `memory`, the host's own, until the generation that restored it is gone.
struct Inheritance {
    std::unique_ptr<Shared> memory;
    std::string schema;
    std::uint32_t version = 0;
    tenon_bytes data{nullptr, 0};
};

// What a plugin notes while another generation is taking over (policy "journal"). Any thread.
class Journal {
public:
    static constexpr std::size_t most_bytes = std::size_t{64} << 20;

    void begin();
    // TENON_OK, or TENON_E_NO_MEMORY when there are too many; then the take-over is refused.
    std::int32_t add(std::string_view entry);
    struct Entries {
        std::vector<std::string> all;
        bool complete = true;
    };
    Entries end();

private:
    std::atomic<bool> open_{false};
    std::mutex lock_;
    Entries entries_;
    std::size_t bytes_ = 0;
};

// Whether and how the state goes over; asked before anything is saved.
enum class Legacy : std::uint8_t {
    nothing,  // the old generation has none, or says nothing of it
    waits,    // calls wait meanwhile (policy "freeze")
    notes,    // the old generation notes what changes ("journal")
    lossy     // nothing waits
};
// Problems: "reload.state-dropped" (nobody would take it), "reload.state-schema" (both schemas, field by field),
// "reload.state-journal" (the new generation cannot apply entries).
base::Result<Legacy> legacy_of(const Plugin& from, const Plugin& to);

// All of them run code of the plugin, on this thread, behind the barrier against exceptions.
// Problem: "reload.state-save", also when the state is not what the manifest says.
base::Result<std::unique_ptr<Inheritance>> save_state(Plugin& from);
// Problem: "reload.state-restore".
base::Check restore_state(Plugin& to, const Inheritance& state);
// Problem: "reload.state-journal".
base::Check apply_journal(Plugin& to, const Journal::Entries& entries);

}  // namespace tenon::host
