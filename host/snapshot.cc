#include "host/snapshot.h"

#include <new>

namespace tenon::host {

Chunk* Chunk::make(std::span<tenon_registration* const> registrations) {
    void* const memory = ::operator new(sizeof(Chunk) + registrations.size() * sizeof(Entry));
    auto* const chunk = new (memory) Chunk{1, static_cast<std::uint32_t>(registrations.size())};
    auto* next = reinterpret_cast<Entry*>(chunk + 1);
    for (tenon_registration* registration : registrations) {
        new (next++) Entry{registration->fn, registration->self, registration, registration->number.index};
        ++registration->chunks;
    }
    return chunk;
}

void Chunk::drop(Chunk* chunk) noexcept {
    if (--chunk->uses != 0) return;
    for (const Entry& entry : *chunk) --entry.registration->chunks;
    ::operator delete(chunk);
}

const Snapshot* Snapshot::make(const std::vector<Chunk*>& chunks, std::uint32_t index_limit,
                               const Interceptors* interceptors, bool slow) {
    if (chunks.empty()) return nullptr;
    void* const memory = ::operator new(sizeof(Snapshot) + chunks.size() * sizeof(Run));
    slow = slow || interceptors != nullptr;
    auto* const snapshot = new (memory) Snapshot{static_cast<std::uint32_t>(chunks.size()), index_limit,
                                                 slow ? UINT32_MAX : index_limit, interceptors, slow};
    auto* next = reinterpret_cast<Run*>(snapshot + 1);
    for (Chunk* chunk : chunks) {
        new (next++) Run{chunk->begin(), chunk->end(), chunk};
        ++chunk->uses;
    }
    return snapshot;
}

void Snapshot::destroy(const Snapshot* snapshot) noexcept {
    if (snapshot == nullptr) return;
    for (const Run& run : *snapshot) Chunk::drop(run.chunk);
    ::operator delete(const_cast<Snapshot*>(snapshot));
}

}  // namespace tenon::host
