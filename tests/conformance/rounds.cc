#include "tests/conformance/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tenon/reload.h"

namespace tenon::conformance {

namespace {

class Scope {
public:
    explicit Scope(tenon_host* host) { tenon_scope_create(host, &raw); }
    ~Scope() { tenon_scope_destroy(raw); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    tenon_scope* fresh() {
        tenon_scope_reset(raw);
        tenon_scope_set_time_left(raw, patience_ns);
        return raw;
    }
    tenon_scope* raw = nullptr;
};

void tell_rows(Application& application, const std::string& title, tenon_report* report, bool all = true) {
    Book& book = application.book;
    book.line(title);
    for (std::uint64_t i = 0; all && report != nullptr && i < tenon_report_count(report); ++i) {
        tenon_report_row row{};
        row.struct_size = sizeof row;
        tenon_report_get(report, i, &row);
        book.line(fmt::format("  {} {}: {} {} | {} | {}", text(row.plugin), text(row.version),
                              tenon_state_name(row.state), text(row.reason), book.without_numbers(text(row.text)),
                              book.without_numbers(text(row.fix))));
    }
    tenon_report_destroy(report);
}

void dispatch(Application& application, Point& point, const Recipe& recipe, Scope& scope) {
    if (application.dispatch(point, recipe, scope.fresh()) == TENON_E_DEADLINE) point.takes_for_ever = true;
}

// Both at once; which of them is first does not show.
void on_two_threads(Application& application, Point& point) {
    const auto work = [&] {
        listening() = Listening::silent;
        Scope scope(application.host);
        for (int i = 0; i < 10; ++i) application.dispatch(point, {"threads", Filling::small, "", ""}, scope.fresh());
    };
    application.book.begin_sorted();
    std::thread one(work), other(work);
    one.join();
    other.join();
    application.book.end_sorted();
}

void ask_services(Application& application, const std::vector<Recipe>& recipes) {
    Scope scope(application.host);
    for (const auto& contract : application.contracts()) {
        for (const loader::Service& service : contract->services) {
            tenon_service* raw = nullptr;
            tenon_error error = TENON_ERROR_INIT;
            const std::int32_t status =
                tenon_host_service(application.host, {service.id.data(), service.id.size()}, &raw, &error);
            application.book.line("service " + service.id + ": " + status_name(status));
            if (status < 0) continue;
            for (std::uint32_t i = 0; i < service.methods.size(); ++i)
                for (const Recipe& recipe : recipes)
                    application.call(raw, *contract, service, i, recipe, scope.fresh());
        }
    }
}

}  // namespace

std::vector<Recipe> plain_ones(const std::vector<Recipe>& recipes) {
    std::vector<Recipe> out;
    for (const Recipe& recipe : recipes)
        if (recipe.filling != Filling::words) out.push_back(recipe);
    return out;
}

std::vector<Recipe> recipes_for(const Fixture& fixture) {
    std::vector<Recipe> out = {{"empty", Filling::empty, "", ""},
                               {"small", Filling::small, "", ""},
                               {"many", Filling::many, "", ""},
                               {"extreme", Filling::extreme, "", ""}};
    for (const char* const word :
         {"sales", "throw", "surprise", "jam", "fail", "slowly", "nest", "resources", "unknown service", "no service",
          "unknown hook", "add nothing", "add to an unknown hook", "remove what is not its own", "run nothing",
          "run what throws", "run what fails", "add and remove", "with much to note"}) {
        out.push_back({word, Filling::words, word, word});
        out.push_back({std::string("to it: ") + word, Filling::words, fixture.id, word});
    }
    return out;
}

void load(Application& application, const std::vector<const Fixture*>& company, const std::string& meanwhile) {
    std::vector<tenon_str> paths;
    for (const Fixture* const one : company) paths.push_back({one->path.data(), one->path.size()});
    std::atomic<bool> done{false};
    std::thread caller;
    for (const auto& point : application.points) {
        if (point->name() != meanwhile) continue;
        caller = std::thread([&application, &done, &point] {
            listening() = Listening::silent;
            Scope scope(application.host);
            Values values(application.given);
            const void* const request =
                values.make(*point->contract, point->hook->request, {"small", Filling::small, "", ""});
            while (!done) {
                tenon_hook_call(point->raw, scope.fresh(), request, nullptr);
                std::this_thread::yield();
            }
        });
    }
    tenon_report* report = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_load(application.host, paths.data(), paths.size(), &report, &error);
    done = true;
    if (caller.joinable()) caller.join();
    tell_rows(application, "loaded: " + status_name(status), report);
}

void ask_all(Application& application, const std::vector<Recipe>& recipes) {
    listening() = Listening::lines;
    Scope scope(application.host);
    for (int round = 0; round < 2; ++round) {
        application.book.line(fmt::format("round {}", round + 1));
        const std::vector<Recipe> now = round == 0 ? recipes : plain_ones(recipes);
        for (const auto& point : application.points) {
            for (const Recipe& recipe : now) {
                dispatch(application, *point, recipe, scope);
                if (point->hook->request == loader::no_type && point->hook->reply == loader::no_type) break;
            }
        }
        ask_services(application, now);
    }
}

void ask_in_other_ways(Application& application) {
    Scope scope(application.host);
    const Recipe small{"small", Filling::small, "", ""};
    application.book.line("nested");
    listening() = Listening::nested;
    for (const auto& point : application.points) dispatch(application, *point, small, scope);
    listening() = Listening::lines;
    application.book.line("cancelled");
    for (const auto& point : application.points) {
        tenon_scope_cancel(scope.fresh());
        application.dispatch(*point, small, scope.raw);
    }
    application.book.line("too late");
    for (const auto& point : application.points) {
        scope.fresh();
        tenon_scope_set_time_left(scope.raw, 0);
        application.dispatch(*point, small, scope.raw);
    }
    application.book.line("two threads");
    for (const auto& point : application.points) on_two_threads(application, *point);
}

void tell_stats(Application& application, const std::string& meanwhile) {
    tenon_stats* stats = nullptr;
    tenon_host_stats(application.host, &stats);
    application.book.line("statistics");
    for (std::uint64_t i = 0; i < tenon_stats_count(stats); ++i) {
        tenon_stats_row row{};
        row.struct_size = sizeof row;
        tenon_stats_row_at(stats, i, &row);
        const bool varies = std::any_of(application.points.begin(), application.points.end(), [&](const auto& point) {
            return (point->is_race() || point->name() == meanwhile) && point->name() == text(row.hook);
        });
        if (varies) continue;
        application.book.line(fmt::format("  {} {} {} {}: {} calls, {} errors, {} exceptions, {} short circuits",
                                          text(row.plugin), text(row.version), text(row.hook), text(row.handler),
                                          row.calls, row.errors, row.exceptions, row.short_circuits));
    }
    tenon_stats_destroy(stats);
}

void reload(Application& application, const Fixture& fixture, const Fixture& next) {
    tenon_reload_options options = TENON_RELOAD_OPTIONS_INIT;
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    options.probation_ns = UINT64_MAX;
    options.path = {next.path.data(), next.path.size()};
    tenon_error error = TENON_ERROR_INIT;
    const auto visit = [](void* data, const tenon_reload_record* record) {
        Book& book = *static_cast<Book*>(data);
        book.line(fmt::format("  {}: {} {} | {}, state of {} bytes", text(record->plugin),
                              tenon_reload_verdict_name(record->verdict), text(record->reason),
                              book.without_numbers(text(record->text)), record->state_bytes));
    };
    const std::int32_t status = tenon_host_reload(application.host, {fixture.id.data(), fixture.id.size()}, &options,
                                                  visit, &application.book, &error);
    application.book.line("reloaded to " + next.name + ": " + status_name(status));
}

void unload(Application& application, const std::string& data_folder) {
    tenon_report* plugins = nullptr;
    tenon_host_plugins(application.host, &plugins);
    std::vector<std::string> ids;
    for (std::uint64_t i = 0; i < tenon_report_count(plugins); ++i) {
        tenon_report_row row{};
        row.struct_size = sizeof row;
        tenon_report_get(plugins, i, &row);
        if (row.state == TENON_STATE_ACTIVE) ids.insert(ids.begin(), text(row.plugin));
    }
    tenon_report_destroy(plugins);
    for (const std::string& id : ids) {
        tenon_report* report = nullptr;
        const std::int32_t status = tenon_host_unload(application.host, {id.data(), id.size()}, &report, nullptr);
        tell_rows(application, "unloaded " + id + ": " + status_name(status), report, application.is_wanted(unloading));
    }
    std::error_code ignored;
    for (const auto& folder : std::filesystem::directory_iterator(data_folder, ignored))
        std::ofstream(folder.path() / "go").flush();
    for (int i = 0; i < 3000 && tenon_host_collect(application.host) != 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    tenon_host_plugins(application.host, &plugins);
    tell_rows(application, "in the end", plugins, application.is_wanted(unloading));
}

}  // namespace tenon::conformance
