// What listings tell of a plugin's confinement, on machines that have all layers and on others.
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tenon/report.hpp>
#include <vector>

#include "base/file.h"
#include "host/confinement.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/report.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;

namespace {

constexpr std::string_view id = "org.acme.spell";

sandbox::Machine good_machine() {
    sandbox::Machine machine;
    machine.kernel = "6.1.0";
    machine.landlock_abi = 2;
    machine.seccomp = true;
    machine.namespaces = true;
    return machine;
}

sandbox::Machine machine_without_landlock() {
    sandbox::Machine machine = good_machine();
    machine.landlock_abi = 0;
    machine.landlock_error = ENOSYS;
    return machine;
}

// A host with an operator's file, and a plugin of it that nobody has loaded.
class Listing {
public:
    explicit Listing(const std::string& words, std::uint32_t trust = TENON_TRUST_STANDARD) {
        const std::string file = folder_ + "/operator.toml";
        REQUIRE_FALSE(base::write_file(file, words));
        auto options = sized<tenon_host_options>();
        options.log = test::drop_log;
        options.operator_file = str(file);
        options.trust = trust;
        base::Result<std::unique_ptr<tenon_host>> host = tenon::host::Host::create(&options);
        REQUIRE(host);
        host_ = host.take();
        plugin_ = std::make_unique<tenon::host::Plugin>(*host_, "spell.so");
        plugin_->manifest.emplace();
        plugin_->manifest->id = id;
    }
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;
    ~Listing() { base::remove_tree(folder_); }
    tenon::host::Confined on(const sandbox::Machine& machine) const {
        return tenon::host::confined(*host_, *plugin_, machine);
    }
    tenon::host::Row row() const { return plugin_->row(); }

private:
    const std::string folder_ = base::make_unique_folder(base::temporary_folder(), "listing").take();
    std::unique_ptr<tenon_host> host_;
    std::unique_ptr<tenon::host::Plugin> plugin_;
};

using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("a plugin's row tells its level, and that nothing is left out or missing") {
    for (const std::uint32_t trust : {TENON_TRUST_STANDARD, TENON_TRUST_STRICT, TENON_TRUST_LOCKED}) {
        const tenon::host::Confined told = Listing("", trust).on(good_machine());
        CHECK(told.trust == trust);
        CHECK(told.in_worker);
        CHECK(told.without.empty());
        CHECK(told.missing.empty());
        CHECK_FALSE(told.allow_degraded);
        CHECK_FALSE(told.is_degraded());
    }
}

TEST_CASE("a trusted plugin has no layers that could be left out or missing") {
    const Listing listing("[sandbox]\nwithout = [\"seccomp\"]\nallow_degraded = true\n", TENON_TRUST_TRUSTED);
    const tenon::host::Confined told = listing.on(machine_without_landlock());
    CHECK(told.trust == TENON_TRUST_TRUSTED);
    CHECK_FALSE(told.in_worker);
    CHECK(told.without.empty());
    CHECK(told.missing.empty());
    CHECK_FALSE(told.allow_degraded);
}

TEST_CASE("what the operator leaves out of one plugin's confinement is told of it") {
    const Listing listing(
        "[plugins.\"org.acme.spell\".sandbox]\nlevel = \"strict\"\nwithout = [\"seccomp\", \"limits\"]\n");
    const tenon::host::Confined told = listing.on(good_machine());
    CHECK(told.trust == TENON_TRUST_STRICT);
    CHECK(told.without == Names{"limits", "seccomp"});
    CHECK(told.missing.empty());
}

TEST_CASE("a missing layer is told, and whether the operator accepts that") {
    const tenon::host::Confined refused = Listing("").on(machine_without_landlock());
    CHECK(refused.missing == Names{"landlock"});
    CHECK_FALSE(refused.is_degraded());
    const tenon::host::Confined accepted = Listing("[sandbox]\nallow_degraded = true\n").on(machine_without_landlock());
    CHECK(accepted.missing == Names{"landlock"});
    CHECK(accepted.allow_degraded);
    CHECK(accepted.is_degraded());
}

TEST_CASE("that degradation is accepted is told where nothing is missing, too") {
    const tenon::host::Confined told = Listing("[sandbox]\nallow_degraded = true\n").on(good_machine());
    CHECK(told.allow_degraded);
    CHECK_FALSE(told.is_degraded());
}

TEST_CASE("a layer that is left out is not missed, and namespaces never are") {
    sandbox::Machine machine = machine_without_landlock();
    machine.namespaces = false;
    const tenon::host::Confined told = Listing("[sandbox]\nwithout = [\"landlock\"]\n").on(machine);
    CHECK(told.without == Names{"landlock"});
    CHECK(told.missing.empty());
}

TEST_CASE("applications get it in the report, as names") {
    const Listing listing("[sandbox]\nlevel = \"locked\"\nwithout = [\"seccomp\"]\nallow_degraded = true\n");
    tenon::host::Row row = listing.row();
    row.confined.missing = {"landlock"};
    const Report report(new tenon_report({row}));
    const tenon_report_row told = report[0];
    CHECK(told.trust == TENON_TRUST_LOCKED);
    CHECK(told.in_worker == 1);
    CHECK(told.allow_degraded == 1);
    CHECK(told.degraded == 1);
    REQUIRE(told.without.count == 1);
    CHECK(view(SpanView<tenon_str>(told.without)[0]) == "seccomp");
    REQUIRE(told.missing.count == 1);
    CHECK(view(SpanView<tenon_str>(told.missing)[0]) == "landlock");
}

TEST_CASE("an application that was built before there were levels gets a row without them") {
    const std::unique_ptr<tenon_report, decltype(&tenon_report_destroy)> report(new tenon_report({Listing("").row()}),
                                                                                tenon_report_destroy);
    auto row = sized<tenon_report_row>();
    row.struct_size = offsetof(tenon_report_row, trust);
    row.trust = 77;
    CHECK(tenon_report_get(report.get(), 0, &row) == TENON_OK);
    CHECK(row.struct_size == offsetof(tenon_report_row, trust));
    CHECK(row.trust == 77);
}
