// Plugins that fail too often, over restarts of the host.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "host/store.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr std::string_view id = "org.tenon.test.fails-each-time";

std::string fixture() {
    return std::string(TENON_FIXTURES) + "/shop/fails_each_time";
}

class Folder {
public:
    Folder() : path_(base::make_unique_folder(base::temporary_folder(), "tenon-health-").take()) {}
    ~Folder() { base::remove_tree(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string store() const { return path_ + "/health.db"; }
    std::string operator_file(std::string_view text) const {
        std::string path = path_ + "/operator.toml";
        if (base::write_file(path, std::string(text))) throw std::runtime_error("cannot write " + path);
        return path;
    }

private:
    std::string path_;
};

// A host with that store. Its breakers do not trip, so that only max_errors ends the plugin.
struct Run {
    explicit Run(std::string store_file, std::string operators = {})
        : store(std::move(store_file)),
          words(std::move(operators)),
          shop([this](tenon_host_options& options) {
              options.store_file = str(store);
              options.operator_file = str(words);
              options.breakers = TENON_BREAKER_METRICS_ONLY;
          }),
          report(shop.shop.host.load(fixture())) {}

    void sell(int times) {
        for (int i = 0; i < times; ++i) {
            shop.shop.scope.reset();
            shop.shop.sold()(shop.shop.scope, sized<shop_article>());
        }
    }
    Row row() const { return shop.row(id); }
    bool wait_until_disabled() const {
        return comes_true([&] { return row()->breaker == TENON_BREAKER_FORCED_OPEN; });
    }

    std::string store;
    std::string words;
    WatchedShop shop;
    Report report;
};

std::string refusal(const Run& run) {
    if (run.report.size() != 1 || run.report.all_active()) return "(not refused)";
    return std::string(view(run.report[0].reason)) + ": " + std::string(view(run.report[0].text));
}

bool is_refused_for(const Run& run, const std::string& why) {
    const std::string text = refusal(run);
    return text.find("plugin.disabled: ") == 0 && text.find(" is disabled, by ") != std::string::npos &&
           text.find(why) != std::string::npos;
}

host::Health remembered(const std::string& file) {
    return host::Store::open(file).take().health(id).take();
}

}  // namespace

TEST_CASE("a plugin that fails max_errors times is skipped from then on and refused at the next start") {
    const Folder folder;
    {
        Run run(folder.store());
        REQUIRE(run.report.all_active());
        run.sell(3);
        REQUIRE(run.wait_until_disabled());
        run.sell(5);
        CHECK(run.row()->calls == 3);
        CHECK(run.row()->skipped == 5);
        const auto line =
            "org.tenon.test.fails-each-time: disabled: 3 errors; max_errors is 3. tenon_host_enable lets "
            "it load again";
        CHECK(comes_true([&] { return !run.shop.log.with(line).empty(); }));
    }
    Run next(folder.store());
    INFO(refusal(next));
    CHECK(is_refused_for(next, ": 3 errors; max_errors is 3"));
    CHECK(is_refused_for(next, "by host at 20"));
}

TEST_CASE("a plugin that is enabled again loads, with its errors forgiven and its totals kept") {
    const Folder folder;
    {
        Run run(folder.store());
        run.sell(3);
        REQUIRE(run.wait_until_disabled());
        run.shop.shop.host.enable(id);
        CHECK(run.row()->breaker == TENON_BREAKER_METRICS_ONLY);
        run.sell(2);  // called at once
        CHECK(run.row()->calls == 5);
    }
    Run next(folder.store());
    CHECK(refusal(next) == "(not refused)");
    next.sell(1);  // the third since it was enabled
    CHECK(next.wait_until_disabled());
    CHECK(remembered(folder.store()).errors == 6);
}

TEST_CASE("errors are counted over restarts, and so is all else that a host knows of a plugin's health") {
    const Folder folder;
    for (int i = 0; i < 2; ++i) {
        Run run(folder.store());
        REQUIRE(run.report.all_active());
        run.sell(1);
    }
    const host::Health health = remembered(folder.store());
    CHECK(health.calls == 2);
    CHECK(health.errors == 2);
    CHECK(health.recent_errors == 2);
    CHECK(health.last_error != 0);
    CHECK_FALSE(health.disabled);
    Run run(folder.store());
    run.sell(1);
    CHECK(run.wait_until_disabled());
}

TEST_CASE("the operator's max_errors wins over the manifest's") {
    const Folder folder;
    Run run(folder.store(), folder.operator_file("[plugins.\"org.tenon.test.fails-each-time\"]\nmax_errors = 6\n"));
    run.sell(5);
    CHECK(run.row()->breaker == TENON_BREAKER_METRICS_ONLY);
    run.sell(1);
    CHECK(run.wait_until_disabled());
    CHECK(comes_true([&] { return !run.shop.log.with("disabled: 6 errors; max_errors is 6").empty(); }));
}

TEST_CASE("a plugin that was disabled stays so when the host is killed right after") {
    const Folder folder;
    int told[2];
    REQUIRE(::pipe(told) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        Run run(folder.store());
        run.sell(3);
        const bool shown = comes_true([&] { return !run.shop.log.with("disabled: 3 errors").empty(); });
        const char answer = shown ? 'y' : 'n';
        if (::write(told[1], &answer, 1) == 1) ::pause();
        ::_exit(1);
    }
    REQUIRE(child > 0);
    ::close(told[1]);
    char answer = 'n';
    CHECK(::read(told[0], &answer, 1) == 1);
    ::close(told[0]);
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(answer == 'y');
    CHECK(WIFSIGNALED(status));
    Run next(folder.store());
    INFO(refusal(next));
    CHECK(is_refused_for(next, ": 3 errors; max_errors is 3"));
}

TEST_CASE("an application disables a plugin with a reason, and without a store cannot") {
    const Folder folder;
    {
        Run run(folder.store());
        run.shop.shop.host.disable(id, "too loud");
        run.sell(1);
        CHECK(run.row()->calls == 0);
        CHECK(run.row()->skipped == 1);
    }
    {
        Run next(folder.store());
        INFO(refusal(next));
        CHECK(is_refused_for(next, "by the application at 20"));
        CHECK(is_refused_for(next, ": too loud"));
    }
    Run without("");
    CHECK_THROWS_WITH(without.shop.shop.host.disable(id, "too loud"),
                      Catch::Matchers::Contains("the host keeps no store"));
}

TEST_CASE("a host with a store that is no store is not created, and says why") {
    const Folder folder;
    REQUIRE_FALSE(base::write_file(folder.store(), std::string(4096, 'x')));
    tenon_host_options options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    const std::string file = folder.store();
    options.store_file = str(file);
    tenon_host* out = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_create(&options, &out, &error) < 0);
    CHECK(std::string(error.reason) == "store.not-a-store");
    CHECK(std::string(error.text) == file + ": is not an SQLite database");
}
