// One call of what the application provides. Its answer is foreign, too: it is copied, bounded and judged.
#pragma once

#include <tenon/provide.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "host/deputy_answer.h"
#include "host/providers.h"
#include "sandbox/broker/stop.h"

namespace tenon::host {

struct AnswerRules {
    static constexpr std::uint64_t most_named = 4096;
    static constexpr std::uint64_t most_named_bytes = 1u << 20;
    static constexpr std::uint64_t most_error_bytes = 4096;

    std::uint64_t most_output = 0;
    bool wanted = true;             // TENON_OK does not do without one
    bool is_text = false;           // the output is UTF-8
    bool may_be_file = false;       // a descriptor, of anything but a folder
    bool counts_tokens = false;     // its number
    std::uint64_t most_tokens = 0;  // 0: any number
};

struct Provided {
    std::int32_t status = TENON_OK;  // the provider's, or TENON_E_FAILED
    std::int32_t number = 0;
    base::Fd file = base::Fd();
    std::string output;
    NamedTexts named;
    std::string error;
    std::string fault;  // what is wrong with the answer; empty: nothing
};

// `request` is sound. Blocks while the provider runs.
Provided ask_provider(const Providers::Use& provider, std::string_view plugin, const tenon_request& request,
                      const sandbox::broker::Patience& patience, const AnswerRules& rules) noexcept;

// What keeps it from being the answer: "provider.bad-answer", "provider.failed".
base::Check problem_of(const Provided& provided, const std::string& permission);

// "provider.none"; `kind`: the name of its constant.
base::Problem no_provider(const std::string& permission, std::string_view kind);

}  // namespace tenon::host
