#include "host/provided.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

namespace broker = sandbox::broker;

// What the provider sees of the call; the rest is behind it.
struct Asking : tenon_provider_call {
    const Providers::Use* provider = nullptr;
    const broker::Patience* patience = nullptr;
    const AnswerRules* rules = nullptr;
    Provided got;
    bool answered = false;
};

bool points_nowhere(const void* data, std::uint64_t size) {
    return data == nullptr && size != 0;
}

std::string named_fault(const tenon_span& named, NamedTexts& out) {
    if (named.count > AnswerRules::most_named)
        return fmt::format("it has {} names, of {} at most", named.count, std::uint64_t{AnswerRules::most_named});
    if (points_nowhere(named.data, named.count)) return "its names point nowhere";
    std::uint64_t left = AnswerRules::most_named_bytes;
    tenon_named one{};
    for (std::uint64_t i = 0; tenon_span_get(&named, i, &one, sizeof one); ++i)
        for (const tenon_str& text : {one.name, one.value}) {
            if (points_nowhere(text.data, text.size)) return "its names point nowhere";
            if (text.size > left)
                return fmt::format("its names have more than {} bytes", std::uint64_t{AnswerRules::most_named_bytes});
            if (!broker::is_valid_utf8(view_of(text))) return "its names are not UTF-8";
            left -= text.size;
        }
    out = named_of(named);
    return {};
}

std::string output_fault(const tenon_bytes& output, const AnswerRules& rules, std::string& out) {
    if (points_nowhere(output.data, output.size)) return "its output points nowhere";
    if (output.size > rules.most_output)
        return fmt::format("its output has {} bytes, of {} at most", output.size, rules.most_output);
    if (rules.is_text && !broker::is_valid_utf8(view_of(output))) return "its output is not UTF-8";
    out = view_of(output);
    return {};
}

std::string error_fault(tenon_str error, std::string& out) {
    if (points_nowhere(error.data, error.size)) return "its error points nowhere";
    if (error.size > AnswerRules::most_error_bytes)
        return fmt::format("its error has {} bytes, of {} at most", error.size,
                           std::uint64_t{AnswerRules::most_error_bytes});
    if (!broker::is_valid_utf8(view_of(error))) return "its error is not UTF-8";
    out = view_of(error);
    return {};
}

std::string file_fault(int descriptor, const AnswerRules& rules, base::Fd& out) {
    if (descriptor < 0) return {};
    // An answer of zeros has descriptor 0. Those of the process itself are never meant.
    if (!rules.may_be_file || descriptor <= STDERR_FILENO)
        return "it has a descriptor, which answers nothing here: begin with TENON_ANSWER_INIT";
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) return fmt::format("its descriptor {} is not open", descriptor);
    if (S_ISDIR(facts.st_mode)) return "its descriptor is a folder's";
    out = base::Fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    return out ? std::string() : std::string("its descriptor cannot be duplicated");
}

std::string tokens_fault(std::int32_t number, const AnswerRules& rules) {
    if (!rules.counts_tokens) return {};
    const std::uint64_t most = rules.most_tokens;
    if (number < 0) return fmt::format("it says that {} tokens were used", number);
    if (most != 0 && static_cast<std::uint64_t>(number) > most)
        return fmt::format("it says that {} tokens were used, of {} at most", number, most);
    return {};
}

// The first that is wrong. Nothing else of the answer is taken then, except the number.
std::string fault_of(const tenon_answer* answer, Asking& asking) {
    if (std::exchange(asking.answered, true)) return "it answers twice";
    if (answer == nullptr || answer->struct_size < sizeof(tenon_answer)) return "its answer is none: look at its size";
    Provided& got = asking.got;
    got.number = answer->number;
    std::string fault = tokens_fault(answer->number, *asking.rules);
    if (fault.empty()) fault = output_fault(answer->output, *asking.rules, got.output);
    if (fault.empty()) fault = named_fault(answer->named, got.named);
    if (fault.empty()) fault = error_fault(answer->error, got.error);
    if (fault.empty()) fault = file_fault(answer->descriptor, *asking.rules, got.file);
    return fault;
}

void take(const tenon_provider_call* call, const tenon_answer* answer) {
    Asking& asking = *const_cast<Asking*>(static_cast<const Asking*>(call));
    try {
        std::string fault = fault_of(answer, asking);
        if (asking.got.fault.empty()) asking.got.fault = std::move(fault);
    } catch (...) {
        asking.got.fault = "out of memory";  // short enough to need none
    }
}

std::uint32_t is_cancelled(const tenon_provider_call* call) {
    const Asking& asking = *static_cast<const Asking*>(call);
    const bool over = asking.patience->stopped() || asking.provider->withdrawn() || asking.patience->left_ms() == 0;
    return over ? 1 : 0;
}

std::int32_t judged(std::int32_t status, Asking& asking) {
    std::string& fault = asking.got.fault;
    if (fault.empty() && status > 0) fault = fmt::format("it returns {}, which is no status of a request", status);
    if (fault.empty() && status == TENON_OK && !asking.answered && asking.rules->wanted)
        fault = "it returns TENON_OK without an answer";
    // These mean that nobody was told anything.
    if (status == TENON_E_STATE || status == TENON_E_GONE || status < TENON_E_FULL) return TENON_E_FAILED;
    return fault.empty() ? status : std::int32_t{TENON_E_FAILED};
}

}  // namespace

Provided ask_provider(const Providers::Use& provider, std::string_view plugin, const tenon_request& request,
                      const broker::Patience& patience, const AnswerRules& rules) noexcept {
    Asking asking{};
    asking.struct_size = sizeof(tenon_provider_call);
    asking.plugin = borrow(plugin);
    asking.request = &request;
    asking.deadline_ns = patience.until == broker::no_deadline ? 0 : patience.until;
    asking.most_tokens = rules.most_tokens;
    asking.is_cancelled = is_cancelled;
    asking.answer = take;
    asking.provider = &provider;
    asking.patience = &patience;
    asking.rules = &rules;
    try {
        asking.got.status = judged(provider.call(asking), asking);
    } catch (...) {
        asking.got.status = TENON_E_EXCEPTION;
        asking.got.fault = "it throws";  // short enough to need no memory
    }
    return std::move(asking.got);
}

base::Check problem_of(const Provided& provided, const std::string& permission) {
    if (!provided.fault.empty())
        return base::Problem{"provider.bad-answer",
                             fmt::format("{}: the application's provider is wrong: {}", permission, provided.fault),
                             "The application has to be mended."};
    if (provided.status >= 0) return {};
    const std::string why =
        provided.error.empty() ? fmt::format("{} without a reason", provided.status) : provided.error;
    return base::Problem{"provider.failed", fmt::format("{}: the application says no: {}", permission, why), ""};
}

base::Problem no_provider(const std::string& permission, std::string_view kind) {
    return {"provider.none", fmt::format("{}: the application does not provide it", permission),
            fmt::format("The application has to register a provider of {} with tenon_host_set_provider.", kind)};
}

}  // namespace tenon::host
