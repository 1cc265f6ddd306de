#include "host/trace.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <new>

#include "host/text.h"

namespace tenon::host {

namespace {

constexpr std::size_t chunk_size = 512;
constexpr std::size_t remembered = 64;

bool is_of(const TraceName& name, const tenon_call_event& event) noexcept {
    return name.plugin == view_of(event.plugin) && name.hook == view_of(event.hook) &&
           name.handler == view_of(event.handler);
}

// Where the name is remembered: borrowed texts mostly stay where they are.
std::size_t place_of(const tenon_call_event& event) noexcept {
    const auto at = [](tenon_str text) { return reinterpret_cast<std::uintptr_t>(text.data) >> 3; };
    return (at(event.plugin) + at(event.hook) * 5 + at(event.handler) * 13) % remembered;
}

// The name of the calling thread, if it is this one.
std::string name_of_thread(std::int32_t thread) {
    char name[16] = "";
    if (thread != ::gettid() || ::prctl(PR_GET_NAME, name) != 0) return {};
    return name;
}

}  // namespace

struct alignas(64) Recorder::Shard {
    std::mutex lock;
    std::vector<std::vector<TracedCall>> chunks;
    std::array<const TraceName*, remembered> recent{};
    std::map<std::int32_t, std::string> threads;
    std::int32_t last_thread = 0;

    std::vector<TracedCall>& room() {
        if (chunks.empty() || chunks.back().size() == chunk_size) {
            std::vector<TracedCall> chunk;
            chunk.reserve(chunk_size);
            chunks.push_back(std::move(chunk));
        }
        return chunks.back();
    }
    void meet(std::int32_t thread) {
        if (thread == last_thread) return;
        if (threads.size() < most_threads / shards && !threads.contains(thread))
            threads.emplace(thread, name_of_thread(thread));
        last_thread = thread;
    }
};

Recorder::Recorder(std::uint64_t limit)
    : limit_(limit == 0 ? usual_limit : limit), shards_(std::make_unique<Shard[]>(shards)) {}

Recorder::~Recorder() = default;

const TraceName* Recorder::intern(const tenon_call_event& event) {
    const std::array<std::string_view, 3> key{view_of(event.plugin), view_of(event.hook), view_of(event.handler)};
    const std::lock_guard guard(names_lock_);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    if (names_.size() == most_names) return nullptr;
    const TraceName& name =
        names_.emplace_back(TraceName{std::string(key[0]), std::string(key[1]), std::string(key[2])});
    known_.emplace(std::array<std::string_view, 3>{name.plugin, name.hook, name.handler}, &name);
    return &name;
}

const TraceName* Recorder::name_of(Shard& shard, const tenon_call_event& event) {
    const TraceName*& recent = shard.recent[place_of(event)];
    if (recent == nullptr || !is_of(*recent, event)) recent = intern(event);
    return recent;
}

void Recorder::keep(const tenon_call_event& event) {
    Shard& shard = shards_[static_cast<std::uint32_t>(event.thread) % shards];
    const std::lock_guard guard(shard.lock);
    const TraceName* const name = name_of(shard, event);
    if (name == nullptr) throw std::bad_alloc();
    shard.meet(event.thread);
    shard.room().push_back({event.begin_ns, event.end_ns, name, event.thread, event.status, event.depth});
}

void Recorder::record(const tenon_call_event& event) noexcept {
    if (seen_.fetch_add(1, std::memory_order_relaxed) >= limit_) return;
    try {
        keep(event);
    } catch (...) {  // out of memory, or too many names
        lost_.fetch_add(1, std::memory_order_relaxed);
    }
}

Recording Recorder::take() {
    Recording out;
    for (std::size_t i = 0; i < shards; ++i) {
        const std::lock_guard guard(shards_[i].lock);
        for (std::vector<TracedCall>& chunk : shards_[i].chunks) out.calls.push_back(std::move(chunk));
        for (auto& [thread, name] : shards_[i].threads)
            if (!name.empty()) out.threads.emplace(thread, std::move(name));
        shards_[i].chunks.clear();
    }
    const std::uint64_t seen = seen_.load(std::memory_order_relaxed);
    out.dropped = (seen > limit_ ? seen - limit_ : 0) + lost_.load(std::memory_order_relaxed);
    const std::lock_guard guard(names_lock_);
    known_.clear();
    out.names = std::move(names_);  // its elements stay where they are
    return out;
}

}  // namespace tenon::host
