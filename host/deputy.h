// Acts for one plugin where the plugin may not act itself: with what its manifest asks for, as far as that was granted
// when it was loaded.
#pragma once

#include <tenon/request.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "host/collections.h"
#include "host/confinement.h"
#include "host/deputy_denials.h"
#include "host/deputy_waiting.h"
#include "sandbox/broker/connect.h"
#include "sandbox/broker/files.h"
#include "sandbox/broker/http_module.h"
#include "sandbox/broker/lookup.h"
#include "sandbox/broker/processes.h"
#include "sandbox/broker/rate.h"
#include "sandbox/broker/stop.h"

namespace tenon::host {

class Plugin;
struct Provided;

// Whom the answer goes to; `take` may be null.
struct Taker {
    tenon_take_fn take = nullptr;
    void* data = nullptr;
    void operator()(const tenon_answer& answer) const {
        if (take != nullptr) take(data, &answer);
    }
};

// Used by any thread; a request blocks the thread that asks.
class Deputy {
public:
    static constexpr std::uint64_t most_named = 4096;  // of a request and of an answer; keys of a listing
    static constexpr std::uint64_t notifications_per_minute = 20;
    static constexpr std::uint64_t clipboard_uses_per_minute = 60;
    static constexpr std::uint64_t model_calls_per_minute = 60;
    static constexpr std::uint64_t device_uses_per_minute = 60;
    static constexpr std::uint64_t content_uses_per_minute = 6000;
    static constexpr std::uint64_t file_opens_per_minute = 6000;
    static constexpr std::uint64_t connections_per_minute = 60;
    static constexpr std::uint64_t collection_uses_per_minute = 60'000;
    static constexpr std::uint64_t collection_bytes_per_minute = 64u << 20;  // that are written

    explicit Deputy(Plugin& plugin);
    ~Deputy();
    Deputy(const Deputy&) = delete;
    Deputy& operator=(const Deputy&) = delete;

    // A status of tenon_plugin_ops.request. What is denied is logged, and is in the audit log of the host's store.
    // What takes its time, FETCH, RUN and CONNECT, ends at the deadline at the latest; what the application does, when
    // it does.
    std::int32_t act(const tenon_request& request, const Taker& taker,
                     sandbox::broker::Deadline until = sandbox::broker::no_deadline);
    // The plugin goes: what goes on of these ends, and no other begins ("broker.stopped").
    void stop() noexcept { stop_.raise(); }
    // Somebody waits for an answer.
    bool is_asked() const noexcept { return asked_.load(std::memory_order_relaxed) != 0; }
    // Another worker follows, and nothing is asked for yet.
    void resume() noexcept { stop_.lower(); }

    // Why the plugin may not call a service of another ("org.acme.tax/1"), if so; noted as what is denied.
    base::Check may_call(std::string_view service);

private:
    std::int32_t open_file(const tenon_request& request, const Taker& taker);
    std::int32_t stat_file(const tenon_request& request, const Taker& taker);
    std::int32_t fetch(const tenon_request& request, const Taker& taker, const sandbox::broker::Patience& patience);
    std::int32_t run(const tenon_request& request, const Taker& taker, const sandbox::broker::Patience& patience);
    std::int32_t connect(const tenon_request& request, const Taker& taker, const sandbox::broker::Patience& patience);
    std::int32_t use_collection(const tenon_request& request, const Taker& taker);
    std::int32_t get_item(const tenon_request& request, const Taker& taker);
    std::int32_t put_item(const tenon_request& request, const Taker& taker);
    std::int32_t remove_item(const tenon_request& request, const Taker& taker);
    std::int32_t list_items(const tenon_request& request, const Taker& taker);

    std::int32_t use_provided(const tenon_request& request, const Taker& taker,
                              const sandbox::broker::Patience& patience);
    base::Result<Provided> ask_application(const tenon_request& asked, const sandbox::broker::Patience& patience,
                                           bool is_text);
    bool may_use_provided(const tenon_request& request) const;
    const manifest::ModelPermission* model_of(std::string_view name) const;
    base::Check pay_for(std::uint32_t kind);
    base::Result<std::uint64_t> reserve_tokens(std::string_view model) const;
    void settle_tokens(std::string_view model, std::uint64_t reserved, std::int32_t number) const;
    std::int32_t hand_over(Provided got, const std::string& permission, const Taker& taker);
    void log_notice(const tenon_request& request) const;

    // The answer that says why there is none. What was denied is noted.
    std::int32_t refuse(const base::Problem& problem, const Taker& taker);
    static std::int32_t say_no(const std::string& text, std::int32_t status, const Taker& taker);
    std::string words_of(const base::Problem& problem) const;
    bool may_use(std::string_view collection, bool write) const;
    base::Result<sandbox::broker::HttpService*> http();

    Plugin& plugin_;
    const Granted granted_;
    const Waiting waiting_;
    Denials denials_;
    const sandbox::broker::FileBroker files_;
    sandbox::broker::ProcessBroker programs_;
    const sandbox::broker::LookUp look_up_ = sandbox::broker::lookups_of();
    const sandbox::broker::ConnectBroker connector_;
    sandbox::broker::Bucket notices_{notifications_per_minute};
    sandbox::broker::Bucket clipboard_uses_{clipboard_uses_per_minute};
    sandbox::broker::Bucket model_calls_{model_calls_per_minute};
    sandbox::broker::Bucket device_uses_{device_uses_per_minute};
    sandbox::broker::Bucket content_uses_{content_uses_per_minute};
    sandbox::broker::Bucket opens_{file_opens_per_minute};
    sandbox::broker::Bucket connections_{connections_per_minute};
    sandbox::broker::Bucket uses_{collection_uses_per_minute};
    sandbox::broker::Bucket written_{collection_bytes_per_minute};
    sandbox::broker::Stop stop_;
    std::atomic<std::uint32_t> asked_{0};
    std::optional<Collections> collections_;
    std::mutex http_lock_;  // for which of two that were made at once it is
    std::unique_ptr<sandbox::broker::HttpService> http_;
};

}  // namespace tenon::host
