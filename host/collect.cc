#include "host/collect.h"

#include <algorithm>
#include <cstring>

namespace tenon::host {

namespace {
constexpr std::uint64_t default_limit = 65536;
}

Sink::Sink(Walk& walk) noexcept
    : Sink(walk.level, walk.point, walk.scope.shared->arena, static_cast<tenon_collection*>(walk.reply)) {}

Sink::Sink(Level& level, const Point& point, base::Arena& arena, tenon_collection* out) noexcept
    : level_(level),
      layout_(point.reply),
      arena_(arena),
      out_(out),
      limit_(out->limit == 0 ? default_limit : out->limit),
      room_(0),
      settled_(0) {
    out->items = {nullptr, 0, static_cast<std::uint32_t>(layout_.full), 0};
    level.sink = this;
}

bool Sink::usable(const void* reply) noexcept {
    return reply != nullptr && static_cast<const tenon_collection*>(reply)->struct_size >= sizeof(tenon_collection);
}

bool Sink::grow() noexcept {
    const std::uint64_t wanted = std::min(limit_, std::max<std::uint64_t>(8, room_ * 2));
    if (wanted > UINT64_MAX / layout_.full) return false;
    void* const memory = arena_.alloc(wanted * layout_.full, 16);
    if (memory == nullptr) return false;
    if (out_->items.count != 0) std::memcpy(memory, out_->items.data, out_->items.count * layout_.full);
    out_->items.data = memory;
    room_ = wanted;
    return true;
}

// What the handler's element has beyond the type on offer is dropped, what it lacks is zero.
std::int32_t Sink::emit(const void* element) noexcept {
    if (element == nullptr) return TENON_E_INVALID;
    std::uint64_t size = layout_.full;
    if (layout_.appendable) {
        std::uint32_t own = 0;
        std::memcpy(&own, element, sizeof own);
        if (own < layout_.size) return TENON_E_INVALID;
        size = std::min<std::uint64_t>(own, layout_.full);
    }
    if (out_->items.count >= limit_) return TENON_E_FULL;
    if (out_->items.count == room_ && !grow()) return TENON_E_NO_MEMORY;
    char* const at = static_cast<char*>(const_cast<void*>(out_->items.data)) + out_->items.count * layout_.full;
    std::memset(at, 0, layout_.full);
    std::memcpy(at, element, size);
    const auto kept = static_cast<std::uint32_t>(size);
    if (layout_.appendable) std::memcpy(at, &kept, sizeof kept);
    ++out_->items.count;
    return TENON_OK;
}

void Sink::settle(std::int32_t status) noexcept {
    if (status < 0) out_->items.count = settled_;
    settled_ = out_->items.count;
}

}  // namespace tenon::host
