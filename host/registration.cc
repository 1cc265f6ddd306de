#include "host/registration.h"

#include <new>

namespace tenon::host {

const Snapshot* Snapshot::make(const std::vector<tenon_registration*>& sorted) {
    if (sorted.empty()) return nullptr;
    void* const memory = ::operator new(sizeof(Snapshot) + sorted.size() * sizeof(Entry));
    auto* const snapshot = new (memory) Snapshot{sorted.size()};
    auto* next = reinterpret_cast<Entry*>(snapshot + 1);
    for (tenon_registration* registration : sorted) {
        new (next++) Entry{registration->fn, registration->self, registration};
        ++registration->snapshots;
    }
    return snapshot;
}

void Snapshot::destroy(const Snapshot* snapshot) noexcept {
    if (snapshot == nullptr) return;
    for (const Entry& entry : *snapshot) --entry.registration->snapshots;
    ::operator delete(const_cast<Snapshot*>(snapshot));
}

}  // namespace tenon::host
