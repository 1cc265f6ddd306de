#include "host/deputy.h"

#include <fmt/format.h>
#include <tenon/status.h>

#include "base/clock.h"
#include "host/deputy_answer.h"
#include "host/host.h"
#include "host/plugin.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

namespace broker = sandbox::broker;

std::vector<broker::ProgramRule> programs_of(const Granted& granted) {
    std::vector<broker::ProgramRule> rules;
    for (const manifest::ProcessPermission& process : granted.permissions.processes)
        rules.push_back({process.program, process.arguments});
    return rules;
}

struct Meaning {
    std::string_view id;
    std::int32_t status;
};
// Of all others: TENON_E_IO.
constexpr Meaning meanings[] = {
    {"permission.denied", TENON_E_REFUSED},
    {"broker.private-address", TENON_E_REFUSED},
    {"broker.not-found", TENON_E_NOT_FOUND},
    {"collection.no-item", TENON_E_NOT_FOUND},
    {"broker.bad-path", TENON_E_INVALID},
    {"broker.bad-request", TENON_E_INVALID},
    {"broker.bad-url", TENON_E_INVALID},
    {"broker.bad-value", TENON_E_INVALID},
    {"collection.bad-key", TENON_E_INVALID},
    {"broker.too-large", TENON_E_FULL},
    {"broker.too-often", TENON_E_FULL},
    {"collection.too-large", TENON_E_FULL},
    {"collection.full", TENON_E_FULL},
    {"broker.timeout", TENON_E_DEADLINE},
    {"broker.stopped", TENON_E_CANCELLED},
    {"broker.no-http", TENON_E_UNIMPLEMENTED},
    {"collection.no-store", TENON_E_UNIMPLEMENTED},
    {"provider.none", TENON_E_UNIMPLEMENTED},
    {"model.no-tokens", TENON_E_FULL},
};

std::int32_t status_of(const base::Problem& problem) noexcept {
    for (const Meaning& meaning : meanings)
        if (problem.id == meaning.id) return meaning.status;
    return TENON_E_IO;
}

class Counted {
public:
    explicit Counted(std::atomic<std::uint32_t>& count) noexcept : count_(count) {
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Counted() { count_.fetch_sub(1, std::memory_order_relaxed); }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::atomic<std::uint32_t>& count_;
};

// The broker's fixes are clauses, the store's are sentences.
std::string with_fix(const base::Problem& problem) {
    if (problem.fix.empty()) return problem.text;
    const bool clause = problem.fix[0] >= 'a' && problem.fix[0] <= 'z';
    return problem.text + (clause ? "; " : ". ") + problem.fix;
}

}  // namespace

Deputy::Deputy(Plugin& plugin)
    : plugin_(plugin),
      granted_(granted_to(plugin)),
      waiting_(granted_.waiting, places_of(plugin.host, plugin)),
      denials_(plugin),
      files_(granted_.files),
      programs_(programs_of(granted_), {}),
      connector_({network_rules_of(granted_), granted_.sockets}, look_up_) {
    if (Store* const store = plugin.host.store()) collections_.emplace(*store);
    for (const base::Problem& trouble : granted_.troubles)
        plugin.host.log().write(TENON_LOG_ERROR, plugin.id(), fmt::format("a grant does not count: {}", trouble.text));
    for (const base::Problem& trouble : granted_.denials)
        plugin.host.log().write(TENON_LOG_ERROR, plugin.id(), fmt::format("{}; {}", trouble.text, trouble.fix));
}

Deputy::~Deputy() = default;

base::Check pay(broker::Bucket& bucket, std::uint64_t amount, std::string_view what) {
    const std::uint64_t now = base::monotonic_ns();
    if (bucket.take(amount, now)) return {};
    return base::Problem{"broker.too-often", fmt::format("more than {} {} a minute", bucket.per_minute(), what),
                         fmt::format("wait {} s", bucket.wait_ns(amount, now) / broker::second_ns + 1)};
}

std::int32_t Deputy::act(const tenon_request& request, const Taker& taker, broker::Deadline until) {
    if (request.named.count > most_named) return TENON_E_INVALID;
    const Counted counted(asked_);
    switch (request.kind) {
        case TENON_REQUEST_OPEN_FILE:
            return open_file(request, taker);
        case TENON_REQUEST_STAT_FILE:
            return stat_file(request, taker);
        case TENON_REQUEST_FETCH:
            return fetch(request, taker, {until, &stop_});
        case TENON_REQUEST_RUN:
            return run(request, taker, {until, &stop_});
        case TENON_REQUEST_CONNECT:
            return connect(request, taker, {until, &stop_});
        case TENON_REQUEST_COLLECTION_GET:
        case TENON_REQUEST_COLLECTION_PUT:
        case TENON_REQUEST_COLLECTION_REMOVE:
        case TENON_REQUEST_COLLECTION_LIST:
            return use_collection(request, taker);
        case TENON_REQUEST_NOTIFY:
        case TENON_REQUEST_CLIPBOARD_READ:
        case TENON_REQUEST_CLIPBOARD_WRITE:
        case TENON_REQUEST_MODEL:
        case TENON_REQUEST_DEVICE:
        case TENON_REQUEST_CONTENT_READ:
        case TENON_REQUEST_CONTENT_CHANGE:
            return use_provided(request, taker, {until, &stop_});
        default:
            return TENON_E_INVALID;
    }
}

std::string Deputy::words_of(const base::Problem& problem) const {
    if (problem.id == "broker.private-address" && problem.fix == broker::let_private)
        return fmt::format("{}: if this is meant, let the operator's file say allow_private of {}", problem.text,
                           plugin_.id());
    const std::optional<std::string> missing = broker::missing_permission(problem);
    if (!missing) return with_fix(problem);
    const std::string denied = fmt::format("{} to {}", problem.text, plugin_.id());
    if (granted_.level == sandbox::Level::locked) return denied + ", which is locked";
    const std::optional<std::string> request = waiting_.allowing(*missing);
    if (!request) return denied + ", and its manifest does not ask for it";
    return fmt::format("{}; to grant it: {}", denied,
                       command_to_grant(plugin_.id(), *request, plugin_.host.settings().store_file));
}

// The plugin is told the same as the log.
std::int32_t Deputy::refuse(const base::Problem& problem, const Taker& taker) {
    const std::int32_t status = status_of(problem);
    const std::string text = words_of(problem);
    if (status == TENON_E_REFUSED)
        denials_.note(broker::missing_permission(problem).value_or(problem.text.substr(0, problem.text.find(": "))),
                      text);
    return say_no(text, status, taker);
}

std::int32_t Deputy::say_no(const std::string& text, std::int32_t status, const Taker& taker) {
    tenon_answer answer = new_answer();
    answer.error = borrow(text);
    taker(answer);
    return status;
}

}  // namespace tenon::host
