#include "host/listeners.h"

#include <algorithm>

#include "host/slots.h"
#include "host/table.h"

namespace tenon::host {

namespace {

bool is_inside_a_dispatch() noexcept {
    return current_slot != nullptr && current_slot->depth != 0;
}

}  // namespace

void Listeners::publish() {
    auto list = std::make_unique<Interceptors>();
    list->all = all_;
    table_.listen(all_.empty() ? nullptr : std::unique_ptr<const Interceptors>(std::move(list)));
}

std::uint64_t Listeners::add(const tenon_interceptor& interceptor) {
    const std::lock_guard guard(lock_);
    return add_locked(interceptor);
}

std::uint64_t Listeners::add_locked(const tenon_interceptor& interceptor) {
    all_.push_back({last_id_ + 1, interceptor});
    try {
        publish();
    } catch (...) {
        all_.pop_back();
        throw;
    }
    return ++last_id_;
}

std::int32_t Listeners::remove(std::uint64_t id) {
    if (is_inside_a_dispatch()) return TENON_E_STATE;
    {
        const std::lock_guard guard(lock_);
        const auto is_it = [&](const Interceptors::One& one) { return one.id == id; };
        if (std::erase_if(all_, is_it) == 0) return TENON_E_NOT_FOUND;
        publish();
    }
    return table_.wait_until_unheard(patience_ns_) ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_BUSY};
}

std::int32_t Listeners::start_trace(std::uint64_t limit) {
    const std::lock_guard guard(lock_);
    if (recorder_) return TENON_E_STATE;
    auto recorder = std::make_unique<Recorder>(limit);
    tenon_interceptor interceptor{};
    interceptor.struct_size = sizeof interceptor;
    interceptor.data = recorder.get();
    interceptor.after = [](void* data, const tenon_call_event* event) { static_cast<Recorder*>(data)->record(*event); };
    recorder_id_ = add_locked(interceptor);
    recorder_ = std::move(recorder);
    return TENON_OK;
}

std::int32_t Listeners::stop_trace(tenon_write_fn write, void* data) {
    if (is_inside_a_dispatch()) return TENON_E_STATE;
    std::uint64_t id = 0;
    {
        const std::lock_guard guard(lock_);
        if (!recorder_) return TENON_E_STATE;
        id = recorder_id_;
    }
    // Removed already, if this is tried again after calls that would not end.
    if (remove(id) == TENON_E_BUSY || !table_.wait_until_unheard(patience_ns_)) return TENON_E_BUSY;
    std::unique_ptr<Recorder> recorder;
    {
        const std::lock_guard guard(lock_);
        if (!recorder_ || recorder_id_ != id) return TENON_E_STATE;
        recorder = std::move(recorder_);
    }
    Outlet outlet(write, data);
    write_trace(recorder->take(), outlet);
    return outlet.finish();
}

}  // namespace tenon::host
