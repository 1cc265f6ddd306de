// Which files grants are about, and which of them the kernel can enforce.
#include "host/file_grants.h"

#include <unistd.h>

#include "base/file.h"
#include "tests/support/catch.h"

using namespace tenon;
using Texts = std::vector<std::string>;

namespace {

const host::GlobPlaces places{"/data/me", "", "/home/anna", "/tmp"};

sandbox::broker::FileRules rules_of(const Texts& read, const Texts& write, const Texts& deny) {
    manifest::Permissions permissions;
    permissions.read = read;
    permissions.write = write;
    return host::file_rules_of(permissions, deny, places);
}

// "read /srv/**", "write /srv/a"
Texts by_kernel(const Texts& read, const Texts& write, const Texts& deny) {
    Texts out;
    for (const sandbox::PathRule& rule : host::path_rules_of(rules_of(read, write, deny)))
        out.push_back((rule.write ? "write " : "read ") + rule.path + (rule.tree ? "/**" : ""));
    return out;
}

std::string judged(const sandbox::broker::FileRules& rules, const std::string& path, bool change = false) {
    const base::Check no = sandbox::broker::permit(rules, path, change);
    return no ? no->text.substr(no->text.find(" is ") + 4) : "fine";
}

}  // namespace

TEST_CASE("whole folders and single files are the kernel's, other globs the broker's") {
    CHECK(by_kernel({"/srv/**", "/srv/*.txt", "$home/a"}, {"$data/**", "/srv/*/**"}, {}) ==
          Texts{"read /srv/**", "read /home/anna/a", "write /data/me/**"});
}

TEST_CASE("a folder with exceptions is the broker's, and takes nothing from other entries") {
    CHECK(by_kernel({"/srv/** !/srv/private/**", "/srv/private/a"}, {"$data/** !$data/kept"}, {}) ==
          Texts{"read /srv/private/a"});
    const auto rules = rules_of({"/srv/** !/srv/private/** !$home/x", "/srv/private/a"}, {}, {});
    CHECK(judged(rules, "/srv/b") == "fine");
    CHECK(judged(rules, "/srv/private/a") == "fine");
    CHECK(judged(rules, "/srv/private/b") == "denied by the rule \"!/srv/private/**\"");
    CHECK(judged(rules, "/srv/private") == "denied by the rule \"!/srv/private/**\"");
    CHECK(judged(rules, "/home/anna/x") == "not granted");
}

TEST_CASE("an entry counts for nothing if one of its exceptions has no place") {
    CHECK(rules_of({"/srv/** !$resources/x"}, {}, {}).read.empty());
}

TEST_CASE("a folder that a denial may touch is the broker's, one that it cannot touch stays the kernel's") {
    const Texts trees{"/srv/shop/**", "/srv/office/**", "/srv/office/a"};
    const auto left = [&](const char* denial) { return by_kernel(trees, {}, {denial}); };
    CHECK(left("read:/srv/shop/orders/**") == Texts{"read /srv/office/**", "read /srv/office/a"});
    CHECK(left("read:/srv/shop") == Texts{"read /srv/office/**", "read /srv/office/a"});
    CHECK(left("read:/srv/sho") == Texts{"read /srv/shop/**", "read /srv/office/**", "read /srv/office/a"});
    CHECK(left("read:/srv/*/secret") == Texts{"read /srv/office/a"});
    CHECK(left("read:/**/a") == Texts{});
    CHECK(left("read:/srv/office") == Texts{"read /srv/shop/**"});
    CHECK(left("read:$resources/**") == Texts{"read /srv/shop/**", "read /srv/office/**", "read /srv/office/a"});
    CHECK(by_kernel({}, {"$data/**"}, {"read:$data/kept/**"}).empty());
}

TEST_CASE("where writing is denied the kernel lets read") {
    CHECK(by_kernel({"/srv/a/**"}, {"/srv/**", "/srv/b/c"}, {"write:/srv/b/**"}) ==
          Texts{"read /srv/a/**", "read /srv/**", "read /srv/b/c"});
    const auto rules = rules_of({}, {"/srv/**"}, {"write:/srv/b/**"});
    CHECK(judged(rules, "/srv/b/c") == "fine");
    CHECK(judged(rules, "/srv/b/c", true) == "denied by the rule \"write:/srv/b/**\"");
    CHECK(judged(rules, "/srv/a", true) == "fine");
}

TEST_CASE("a denial goes before all grants, and takes both reading and writing") {
    const auto rules = rules_of({}, {"$home/**", "$home/.ssh/config"}, {"read:$home/.ssh"});
    CHECK(judged(rules, "/home/anna/notes", true) == "fine");
    for (const bool change : {false, true})
        CHECK(judged(rules, "/home/anna/.ssh/config", change) == "denied by the rule \"read:$home/.ssh\"");
}

TEST_CASE("what is denied or left out by the name of a link is so by where that leads") {
    const std::string folder = base::make_unique_folder(base::temporary_folder(), "grants").take();
    const std::string real = folder + "/real", link = folder + "/link";
    REQUIRE_FALSE(base::make_folder(real));
    REQUIRE(::symlink(real.c_str(), link.c_str()) == 0);
    CHECK(by_kernel({real + "/**"}, {}, {"read:" + link + "/*.txt"}).empty());
    CHECK(judged(rules_of({real + "/**"}, {}, {"read:" + link + "/*.txt"}), real + "/a.txt") ==
          "denied by the rule \"read:" + link + "/*.txt\"");
    CHECK(judged(rules_of({real + "/** !" + link + "/a"}, {}, {}), real + "/a/b").starts_with("denied by the rule"));
    base::remove_tree(folder);
}
