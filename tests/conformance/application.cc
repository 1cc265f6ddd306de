#include "tests/conformance/application.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/conformance/handlers.h"

namespace tenon::conformance {

namespace {

tenon_str view_of(const std::string& s) {
    return {s.data(), s.size()};
}

void check(std::int32_t status, const tenon_error& error) {
    if (status < 0) throw std::runtime_error(error.text);
}

void take_log(void* data, std::uint32_t level, tenon_str plugin, tenon_str words) {
    Book& book = *static_cast<Book*>(data);
    if (plugin.size != 0) book.aside(fmt::format("  log of {}, {}: {}", text(plugin), level, text(words)));
}

std::string shown_error(const tenon_error& error) {
    return fmt::format("error {} {} of {} in {}: {}", status_name(error.code), error.reason, error.plugin, error.hook,
                       error.text);
}

}  // namespace

std::string status_name(std::int32_t status) {
    static const char* const results[] = {"CONTINUE", "HANDLED", "CHANGED", "DECLINED", "PENDING", "DENY"};
    static const char* const errors[] = {"",      "FAILED",   "INVALID",   "NOT_FOUND", "UNIMPLEMENTED", "MISMATCH",
                                         "STATE", "TOO_DEEP", "NO_MEMORY", "CANCELLED", "DEADLINE",      "EXCEPTION",
                                         "GONE",  "REFUSED",  "BUSY",      "IO",        "SKIPPED",       "FULL"};
    if (status >= 0 && status < 6) return results[status];
    if (status < 0 && status >= -17) return std::string("E_") + errors[-status];
    return std::to_string(status);
}

Application::Application(Book& into, const Options& options, const std::vector<Offer>& offers)
    : book(into), given(options.given), options_(options) {
    tenon_host_options host_options{};
    host_options.struct_size = sizeof host_options;
    host_options.log = take_log;
    host_options.log_data = &book;
    const std::string data = options_.folder + "/data";
    host_options.data_folder = view_of(data);
    const std::string copies = options_.folder + "/copies";
    host_options.private_folder = view_of(copies);
    const std::string id = "org.tenon.test.host", version = "2.0.0";
    host_options.id = view_of(id);
    host_options.version = view_of(version);
    host_options.breakers = TENON_BREAKER_METRICS_ONLY;
    host_options.drain_timeout_ns = 1'000'000'000;
    host_options.workers = options_.workers;
    host_options.trust = TENON_TRUST_TRUSTED;
    tenon_error error = TENON_ERROR_INIT;
    check(tenon_host_create(&host_options, &host, &error), error);
    offer(offers);
}

Application::~Application() {
    tenon_host_destroy(host);
}

void Application::offer(const std::vector<Offer>& offers) {
    tenon_error error = TENON_ERROR_INIT;
    for (const Offer& one : offers) {
        check(tenon_host_offer(host, one.records.data(), one.records.size(), &error), error);
        contracts_.push_back(std::make_unique<loader::Contract>(one.contract));
        if (options_.with_services) provide(*contracts_.back());
        add_points(*contracts_.back());
    }
}

void Application::provide(const loader::Contract& contract) {
    for (const loader::Service& service : contract.services) {
        desks_.push_back(std::make_unique<Desk>(this, &contract, &service));
        const std::uint64_t count = std::min(service.methods.size(), most_methods);
        const tenon_service_table table = {view_of(service.id), desk_methods(), count};
        tenon_error error = TENON_ERROR_INIT;
        check(tenon_host_provide(host, &table, desks_.back().get(), &error), error);
    }
}

void Application::meet(const std::vector<loader::Contract>& contracts) {
    for (const loader::Contract& contract : contracts) {
        const bool known =
            std::any_of(contracts_.begin(), contracts_.end(), [&](const auto& one) { return one->id == contract.id; });
        if (known || !contract.offered) continue;
        contracts_.push_back(std::make_unique<loader::Contract>(contract));
        add_points(*contracts_.back());
    }
}

bool Application::is_wanted(const std::string& point) const {
    const auto has = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), point) != list.end();
    };
    return options_.only.empty() ? !has(options_.without) : has(options_.only);
}

void Application::add_points(const loader::Contract& contract) {
    for (const loader::Hook& hook : contract.hooks) {
        auto point = std::make_unique<Point>(Point{this, &contract, &hook, nullptr});
        tenon_error error = TENON_ERROR_INIT;
        const std::int32_t status =
            tenon_host_hook(host, view_of(contract.id), view_of(hook.name), &point->raw, &error);
        if (status < 0) {
            book.line("no hook " + point->name() + ": " + shown_error(error));
            continue;
        }
        if (!is_wanted(point->name())) continue;
        if (hook.kind == TENON_COLLECT)
            point->element = elements_.make(contract, hook.reply, {"small", Filling::small, "", ""});
        for (const bool first : {true, false}) {
            tenon_handler_options options = TENON_HANDLER_OPTIONS_INIT;
            options.priority = first ? 1000 : -1000;
            options.name = tenon_str_from(first ? "application.first" : "application.last");
            tenon_registration* registration = nullptr;
            check(tenon_hook_add(point->raw, &options, first ? first_handler : last_handler, point.get(), &registration,
                                 &error),
                  error);
        }
        points.push_back(std::move(point));
    }
}

std::int32_t Application::dispatched(Point& point, tenon_scope* scope, const void* request, void* reply) {
    outermost() = &point;
    std::int32_t status = point.hook->kind == TENON_AROUND
                              ? tenon_hook_around(point.raw, scope, request, reply, around_body, &point)
                              : tenon_hook_call(point.raw, scope, request, reply);
    if (status == TENON_PENDING) status = tenon_scope_wait(scope, patience_ns);
    outermost() = nullptr;
    return status;
}

namespace {

std::string shown_errors(tenon_scope* scope) {
    std::string out;
    for (std::uint64_t i = 0; i < tenon_scope_error_count(scope); ++i) {
        tenon_error error = TENON_ERROR_INIT;
        if (tenon_scope_error(scope, i, &error) == TENON_OK) out += "; " + shown_error(error);
    }
    return out;
}

}  // namespace

std::int32_t Application::dispatch(Point& point, const Recipe& recipe, tenon_scope* scope) {
    if (point.takes_for_ever) return TENON_E_DEADLINE;
    Values values(given);
    tenon_collection collection{};
    void* const reply = make_reply(point, values, recipe, collection);
    const void* const request = values.make(*point.contract, point.hook->request, recipe);
    const std::int32_t status = dispatched(point, scope, request, reply);
    book.line(fmt::format("{} ({}): {}, {}{}", point.name(), recipe.name, status_name(status), show_reply(point, reply),
                          shown_errors(scope)));
    return status;
}

void Application::call(tenon_service* service, const loader::Contract& contract, const loader::Service& described,
                       std::uint32_t method, const Recipe& recipe, tenon_scope* scope) {
    const loader::Method& of = described.methods[method];
    Values values(given);
    void* const reply = values.make(contract, of.reply, {"empty", Filling::empty, "", ""});
    const std::int32_t status =
        tenon_service_call(service, scope, method, values.make(contract, of.request, recipe), reply);
    book.line(fmt::format("{}.{} ({}): {}, {}{}", described.id, of.name, recipe.name, status_name(status),
                          show(contract, of.reply, reply, given), shown_errors(scope)));
}

}  // namespace tenon::conformance
