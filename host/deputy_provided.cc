// What the application provides: the clipboard, models, devices, its content, notifications.
#include <fmt/format.h>
#include <tenon/status.h>

#include <algorithm>
#include <optional>

#include "host/deputy.h"
#include "host/deputy_answer.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/provided.h"
#include "host/provided_kinds.h"
#include "host/time_text.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace broker = sandbox::broker;

namespace {

// Media types are compared without case.
bool is_text_type(std::string_view type) {
    constexpr std::string_view text = "text/";
    const auto lower = [](char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter - 'A' + 'a') : letter; };
    return type.size() >= text.size() && std::ranges::equal(type.substr(0, text.size()), text, {}, lower);
}

}  // namespace

const manifest::ModelPermission* Deputy::model_of(std::string_view name) const {
    const auto& models = granted_.permissions.models;
    auto found = std::ranges::find(models, name, &manifest::ModelPermission::name);
    if (found == models.end()) found = std::ranges::find(models, "*", &manifest::ModelPermission::name);
    return found == models.end() ? nullptr : &*found;
}

bool Deputy::may_use_provided(const tenon_request& request) const {
    using manifest::Access;
    const manifest::Permissions& granted = granted_.permissions;
    const auto clipboard = [&](Access enough) {
        return granted.clipboard == enough || granted.clipboard == Access::read_write;
    };
    switch (request.kind) {
        case TENON_REQUEST_NOTIFY:
            return granted.notifications;
        case TENON_REQUEST_CLIPBOARD_READ:
            return clipboard(Access::read);
        case TENON_REQUEST_CLIPBOARD_WRITE:
            return clipboard(Access::write);
        case TENON_REQUEST_MODEL:
            return model_of(view_of(request.subject)) != nullptr;
        case TENON_REQUEST_DEVICE:
            return std::ranges::find(granted.devices, view_of(request.subject)) != granted.devices.end();
        case TENON_REQUEST_CONTENT_READ:
            return granted.content != manifest::Content::none;
        default:
            return granted.content == manifest::Content::change;
    }
}

base::Check Deputy::pay_for(std::uint32_t kind) {
    switch (kind) {
        case TENON_REQUEST_NOTIFY:
            return pay(notices_, 1, "notifications");
        case TENON_REQUEST_CLIPBOARD_READ:
        case TENON_REQUEST_CLIPBOARD_WRITE:
            return pay(clipboard_uses_, 1, "uses of the clipboard");
        case TENON_REQUEST_MODEL:
            return pay(model_calls_, 1, "calls of models");
        case TENON_REQUEST_DEVICE:
            return pay(device_uses_, 1, "uses of devices");
        default:
            return pay(content_uses_, 1, "uses of the content");
    }
}

std::int32_t Deputy::use_provided(const tenon_request& request, const Taker& taker, const broker::Patience& patience) {
    const std::string permission = permission_of(request);
    if (!may_use_provided(request)) return refuse(broker::denied(permission), taker);
    const NamedTexts texts = named_of(request.named);
    const std::vector<tenon_named> named = borrow(texts);
    tenon_request asked = request;
    asked.struct_size = sizeof asked;
    asked.named = span_of(named);
    if (is_clipboard(request.kind) && request.detail.size == 0) asked.detail = TENON_STR("text/plain");
    const bool is_text = is_clipboard(request.kind) && is_text_type(view_of(asked.detail));
    if (const base::Check bad = check_provided(asked, texts, is_text)) return refuse(*bad, taker);
    if (patience.stopped()) return refuse(broker::stopped(permission), taker);
    base::Result<Provided> got = ask_application(asked, patience, is_text);
    if (!got) return refuse(got.problem(), taker);
    return hand_over(got.take(), permission, taker);
}

// The plugin's function that takes the answer does not run in here: withdrawing a provider does not wait for it.
base::Result<Provided> Deputy::ask_application(const tenon_request& asked, const broker::Patience& patience,
                                               bool is_text) {
    const ProvidedKind& kind = kind_of(asked.kind);
    std::optional<Providers::Use> provider(std::in_place, plugin_.host.providers(), asked.kind);
    if (!*provider && asked.kind != TENON_REQUEST_NOTIFY) return no_provider(permission_of(asked), kind.constant);
    if (const base::Check often = pay_for(asked.kind)) return *often;
    if (!*provider) return log_notice(asked), Provided();
    AnswerRules rules;
    rules.most_output = kind.most_output;
    rules.wanted = kind.wants_answer;
    rules.is_text = is_text;
    rules.may_be_file = kind.may_be_file;
    if (asked.kind != TENON_REQUEST_MODEL) return ask_provider(*provider, plugin_.id(), asked, patience, rules);
    const base::Result<std::uint64_t> most = reserve_tokens(view_of(asked.subject));
    if (!most) return most.problem();
    rules.counts_tokens = true;
    rules.most_tokens = most.value();
    Provided got = ask_provider(*provider, plugin_.id(), asked, patience, rules);
    provider.reset();  // nobody who withdraws it waits for the store and the log
    settle_tokens(view_of(asked.subject), most.value(), got.number);
    return got;
}

base::Result<std::uint64_t> Deputy::reserve_tokens(std::string_view name) const {
    const manifest::ModelPermission& model = *model_of(name);
    const TokenLimits limits{model.tokens_per_call.value_or(0), model.tokens_per_day.value_or(0)};
    Host& host = plugin_.host;
    return host.tokens().reserve({plugin_.id(), model.name}, limits, host.store(), unix_ns());
}

void Deputy::settle_tokens(std::string_view name, std::uint64_t reserved, std::int32_t number) const {
    const manifest::ModelPermission& model = *model_of(name);
    if (!model.tokens_per_day) return;
    Host& host = plugin_.host;
    const auto used = static_cast<std::uint64_t>(std::max(number, 0));
    const base::Check trouble =
        host.tokens().settle({plugin_.id(), model.name}, reserved, used, host.store(), unix_ns());
    if (trouble)
        host.log().write(TENON_LOG_ERROR, plugin_.id(),
                         fmt::format("tokens that were used are not in the store: {}", trouble->text));
}

std::int32_t Deputy::hand_over(Provided got, const std::string& permission, const Taker& taker) {
    if (const base::Check problem = problem_of(got, permission)) {
        if (!got.fault.empty()) plugin_.host.log().write(TENON_LOG_ERROR, plugin_.id(), problem->text);
        return say_no(words_of(*problem), got.status, taker);
    }
    const std::vector<tenon_named> named = borrow(got.named);
    tenon_answer answer = new_answer();
    answer.number = got.number;
    answer.output = {got.output.data(), got.output.size()};
    answer.named = span_of(named);
    answer.error = borrow(got.error);
    if (taker.take != nullptr) answer.descriptor = got.file.release();
    taker(answer);
    return TENON_OK;
}

void Deputy::log_notice(const tenon_request& request) const {
    plugin_.host.log().write(TENON_LOG_INFO, plugin_.id(),
                             fmt::format("notification: {}: {}", broker::shown(view_of(request.subject)),
                                         broker::shown(view_of(request.detail), 1024)));
}

}  // namespace tenon::host
