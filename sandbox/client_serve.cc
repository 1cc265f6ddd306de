// What a worker asks for, asked of the host in the plugin's place.
#include <fmt/format.h>
#include <tenon/host.h>

#include <cstring>

#include "sandbox/letters_in.h"

namespace tenon::sandbox {

void Talk::answer(std::int32_t status, std::uint64_t target) noexcept {
    Head head = head_of(Kind::answer, number_, status);
    head.target = target;
    lane_.post(head, [](Composer&) {});
}

bool Talk::serve(const Letter& letter) {
    switch (letter.head.kind) {
        case Kind::fail:
        case Kind::next:
        case Kind::emit:
        case Kind::hook:
        case Kind::service:
        case Kind::defer:
            if (call_ != nullptr) return serve_in_call(letter);
            wrong_ = "it asks outside of a call for what belongs to one";
            return false;
        case Kind::init_service:
        case Kind::init_hook:
        case Kind::init_folder:
        case Kind::init_fail:
            return serve_at_start(letter);
        default:
            return serve_anywhere(letter);
    }
}

bool Talk::serve_in_call(const Letter& letter) {
    switch (letter.head.kind) {
        case Kind::fail: {
            const std::string text = text_of(letter, 0);
            answer(call_->ops->fail(call_, letter.head.status, str(text)));
            return true;
        }
        case Kind::next:
            return serve_next(letter);
        case Kind::emit: {
            const Types types = thunk_ != nullptr ? thunk_->types : Types{};
            const Value element = value_in(letter, 0, types, types.reply, memory_of(call_));
            wrong_ = element.violation;
            if (wrong_ != nullptr) return false;
            answer(element.status < 0 ? element.status : call_->ops->emit(call_, element.value));
            return true;
        }
        case Kind::hook:
            return serve_hook(letter);
        case Kind::service:
            return serve_service(letter);
        default: {
            tenon_pending* pending = nullptr;
            {
                const std::lock_guard guard(client_.lock_);
                if (client_.promises_.size() >= most_handlers) return answer(TENON_E_NO_MEMORY), true;
            }
            const std::int32_t status = call_->ops->defer(call_, letter.head.detail == 0 ? nullptr : &pending);
            const std::uint64_t target = status < 0 ? 0 : keep_promise(pending);
            if (target == 0 && status >= 0) {
                constexpr std::string_view why = "there is no memory for it";
                static_cast<void>(
                    pending->ops->complete(pending, TENON_E_NO_MEMORY, nullptr, {why.data(), why.size()}));
            }
            answer(target == 0 && status >= 0 ? TENON_E_NO_MEMORY : status, target);
            return true;
        }
    }
}

// The host itself judges whether its tenon_init may still be used, and on this thread.
bool Talk::serve_at_start(const Letter& letter) {
    tenon_init* init = nullptr;
    bool full = false;
    {
        const std::lock_guard guard(client_.lock_);
        init = client_.init_;
        full = client_.hooks_.size() >= most_handlers || client_.services_.size() >= most_handlers;
    }
    if (init == nullptr) return answer(TENON_E_STATE), true;
    if (full) return answer(TENON_E_NO_MEMORY), true;
    const std::string first = text_of(letter, 0), second = text_of(letter, 1);
    const bool has_out = letter.head.detail != 0;
    switch (letter.head.kind) {
        case Kind::init_service: {
            tenon_service* service = nullptr;
            const std::int32_t status = init->ops->service(init, str(first), has_out ? &service : nullptr);
            if (status < 0) return answer(status), true;
            const loader::Service* const own = service_in(client_.own_, first);
            const std::lock_guard guard(client_.lock_);
            client_.services_.push_back(
                {service, own != nullptr ? client_.contracts_->methods(*own) : std::vector<Types>()});
            answer(status, client_.services_.size());
            return true;
        }
        case Kind::init_hook: {
            tenon_hook* hook = nullptr;
            const std::int32_t status = init->ops->hook(init, str(first), str(second), has_out ? &hook : nullptr);
            if (status < 0) return answer(status), true;
            const std::lock_guard guard(client_.lock_);
            client_.hooks_.push_back({hook, client_.contracts_->hook(first, second)});
            answer(status, client_.hooks_.size());
            return true;
        }
        case Kind::init_folder: {
            if (letter.head.detail == 2)
                return answer(init->ops->plugin(init) != nullptr ? std::int32_t{TENON_OK}
                                                                 : std::int32_t{TENON_E_STATE}),
                       true;
            const tenon_str folder =
                letter.head.detail == 0 ? init->ops->resource_folder(init) : init->ops->data_folder(init);
            lane_.post(head_of(Kind::answer, number_, TENON_OK),
                       [&](Composer& out) { out.bytes(folder.data, folder.size); });
            return true;
        }
        default:
            answer(init->ops->fail(init, letter.head.status, str(first)));
            return true;
    }
}

bool Talk::serve_anywhere(const Letter& letter) {
    tenon_plugin* plugin = nullptr;
    {
        const std::lock_guard guard(client_.lock_);
        plugin = client_.plugin_;
    }
    if (letter.head.kind == Kind::room) {
        const bool made = lane_.make_room(letter.head.detail);
        answer(made ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_NO_MEMORY});
        return true;
    }
    if (plugin == nullptr) return answer(TENON_E_STATE), true;
    switch (letter.head.kind) {
        case Kind::log:
            return serve_log(plugin, letter);
        case Kind::add_handler:
            return serve_add(letter);
        case Kind::remove_handler:
            return serve_remove(plugin, letter);
        case Kind::run:
            return serve_run(letter);
        case Kind::journal: {
            const std::string entry(letter.text(0).substr(0, most_bytes));
            answer(plugin->ops->journal(plugin, {entry.data(), entry.size()}));
            return true;
        }
        case Kind::complete:
            return serve_complete(letter);
        case Kind::request:
            return serve_request(plugin, letter);
        case Kind::is_cancelled: {
            tenon_pending* pending = nullptr;
            const std::lock_guard guard(client_.lock_);
            const auto found = client_.promises_.find(letter.head.target);
            if (found != client_.promises_.end()) pending = found->second.pending;
            answer(pending == nullptr || pending->ops->cancelled(pending) != 0 ? 1 : 0);
            return true;
        }
        default:
            wrong_ = "it says what is no word of the protocol";
            return false;
    }
}

// What is too much is dropped, and counted, as of what it prints.
bool Talk::serve_log(tenon_plugin* plugin, const Letter& letter) {
    if (const std::optional<std::uint64_t> dropped = client_.admit_line()) {
        const std::string notice = *dropped == 0 ? "" : fmt::format("{} lines of its log were dropped", *dropped);
        if (*dropped != 0) plugin->ops->log(plugin, TENON_LOG_WARNING, str(notice));
        const std::string line = line_of(letter, 0);
        plugin->ops->log(plugin, static_cast<std::uint32_t>(letter.head.detail), str(line));
    }
    answer(TENON_OK);
    return true;
}

}  // namespace tenon::sandbox
