// Which files grants are about, and which of them the kernel can enforce.
#include "host/file_grants.h"

#include <unistd.h>

#include "base/file.h"
#include "host/real_places.h"
#include "tests/support/catch.h"

using namespace tenon;
using Texts = std::vector<std::string>;

namespace {

const host::GlobPlaces places{"/data/me", "", "/home/anna", "/tmp"};

sandbox::broker::FileRules rules_of(const Texts& read, const Texts& write, const Texts& deny,
                                    const host::GlobPlaces& at = places) {
    manifest::Permissions permissions;
    permissions.read = read;
    permissions.write = write;
    base::Problems troubles;
    const sandbox::broker::FileRules rules = host::file_rules_of(permissions, deny, at, troubles);
    CHECK(troubles.empty());
    return rules;
}

// Of one denial.
base::Problems troubles_of(const std::string& denial, sandbox::broker::FileRules& rules) {
    manifest::Permissions permissions;
    permissions.read = {"/**", "/srv/a"};
    base::Problems troubles;
    rules = host::file_rules_of(permissions, {denial}, places, troubles);
    return troubles;
}

// With real folders in it, and links.
class Ground {
public:
    explicit Ground(const Texts& folders) {
        for (const std::string& folder : folders) REQUIRE_FALSE(base::make_folder(path(folder)));
    }
    ~Ground() { base::remove_tree(folder_); }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    void link(const std::string& name, const std::string& to) const {
        REQUIRE(::symlink(path(to).c_str(), path(name).c_str()) == 0);
    }

private:
    const std::string folder_ = host::real_path(base::make_unique_folder(base::temporary_folder(), "grants").take());
};

bool reads(const sandbox::broker::FileRules& rules, const std::string& path) {
    return !sandbox::broker::permit(rules, path, false);
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
    const Ground ground({"real"});
    ground.link("link", "real");
    const std::string real = ground.path("real"), link = ground.path("link");
    CHECK(by_kernel({real + "/**"}, {}, {"read:" + link + "/*.txt"}).empty());
    CHECK(judged(rules_of({real + "/**"}, {}, {"read:" + link + "/*.txt"}), real + "/a.txt") ==
          "denied by the rule \"read:" + link + "/*.txt\"");
    CHECK(judged(rules_of({real + "/** !" + link + "/a"}, {}, {}), real + "/a/b").starts_with("denied by the rule"));
}

TEST_CASE("what is denied behind a link that a wildcard stands for is so by where that leads") {
    const Ground ground({"home/ann", "data/me/.ssh", "data/keys", "data/you"});
    ground.link("home/me", "data/me");
    ground.link("home/you", "data/you");
    ground.link("data/you/.ssh", "data/keys");
    const std::string denial = "read:" + ground.path("home/*/.ssh/**");
    const auto rules = rules_of({ground.path("data/**")}, {}, {denial});
    for (const char* const name : {"data/me/.ssh", "data/me/.ssh/x", "data/you/.ssh/x", "data/keys/x"})
        CHECK(judged(rules, ground.path(name)) == "denied by the rule \"" + denial + "\"");
    CHECK(reads(rules, ground.path("data/me/x")));
    for (const char* const name : {"data/**", "data/me/**", "data/keys/**"})
        CHECK(by_kernel({ground.path(name)}, {}, {denial}).empty());
    CHECK(by_kernel({ground.path("data/other/**")}, {}, {denial}).size() == 1);
    CHECK(by_kernel({ground.path("data/me/**")}, {}, {"read:" + ground.path("home/*/**")}).empty());
    CHECK(by_kernel({ground.path("data/me/**")}, {}, {"read:" + ground.path("home/M?/*.key")}).empty());
}

TEST_CASE("two stars of a denial stand for links, too, and a circle of links ends") {
    const Ground ground({"srv/a/b", "data/c/d"});
    ground.link("srv/a/b/round", "srv");
    ground.link("srv/a/b/away", "data/c");
    ground.link("data/c/d/back", "srv/a");
    const auto rules = rules_of({ground.path("data/**")}, {}, {"read:" + ground.path("srv/**/secret")});
    CHECK_FALSE(reads(rules, ground.path("data/c/secret")));
    CHECK_FALSE(reads(rules, ground.path("data/c/d/secret/x")));
    CHECK(reads(rules, ground.path("data/secret")));
}

TEST_CASE("a denial is looked through as far as it goes, and tells where that is not far enough") {
    const Ground ground({"home/ann", "home/ben", "home/eve"});
    const auto glob = sandbox::broker::Glob::parse(ground.path("home/*/.ssh/**"));
    CHECK(host::real_places(glob.value(), 4).all);
    CHECK_FALSE(host::real_places(glob.value(), 3).all);
    CHECK_FALSE(host::real_places(glob.value(), 2).all);
}

TEST_CASE("a denial with more names behind its wildcards than are looked through is about all names like its last") {
    const Ground ground({"home"});
    for (std::size_t i = 0; i <= host::most_names; ++i)
        REQUIRE_FALSE(base::write_file(ground.path("home/" + std::to_string(i)), ""));
    const std::string denial = "read:" + ground.path("home/*/.ssh/**");
    sandbox::broker::FileRules rules;
    const base::Problems troubles = troubles_of(denial, rules);
    REQUIRE(troubles.size() == 1);
    CHECK(troubles[0].id == "operator.wide-denial");
    CHECK(troubles[0].text == "not all links behind the wildcards of the denial \"" + denial +
                                  "\" could be looked for, so that \"/**/.ssh/**\" is denied");
    CHECK(troubles[0].fix == "name the folders that it is about");
    CHECK(judged(rules, "/data/me/.ssh/x") == "denied by the rule \"" + denial + "\"");
    CHECK(reads(rules, "/data/me/x"));
    CHECK(host::path_rules_of(rules).size() == 1);  // the single file: no whole folder
}

TEST_CASE("a denial of which nobody can tell where it is denies all files") {
    for (const std::string denial : {"read:$home/.ssh/**", "write:$home/.ssh/**"}) {
        manifest::Permissions permissions;
        permissions.read = {"/srv/a/**", "/srv/b"};
        permissions.write = {"/srv/c/**"};
        base::Problems troubles;
        const auto rules = host::file_rules_of(permissions, {denial}, {"/data/me", "", "", "/tmp"}, troubles);
        REQUIRE(troubles.size() == 1);
        CHECK(troubles[0].id == "operator.no-place");
        CHECK(troubles[0].text == "the denial \"" + denial + "\" names no place here, so that all files are denied");
        CHECK(troubles[0].fix == "let HOME and TMPDIR name folders, or write a path");
        CHECK(judged(rules, "/srv/c/d", true) == "denied by the rule \"" + denial + "\"");
        CHECK(reads(rules, "/srv/b") == denial.starts_with("write:"));
        CHECK(host::path_rules_of(rules).size() == (denial.starts_with("write:") ? 3 : 0));
    }
    sandbox::broker::FileRules rules;
    CHECK(troubles_of("read:/srv/" + std::string(300, 'a'), rules).size() == 1);  // no file can have this name
    CHECK_FALSE(reads(rules, "/srv/a"));
}

TEST_CASE("what is denied or left out is so in any case of the letters, what is granted is as it is written") {
    const auto rules = rules_of({"/mnt/Disk/** !/mnt/Disk/Private"}, {}, {"read:/mnt/disk/Secret/**"});
    CHECK(judged(rules, "/mnt/Disk/SECRET/a") == "denied by the rule \"read:/mnt/disk/Secret/**\"");
    CHECK(judged(rules, "/mnt/Disk/private/a") == "denied by the rule \"!/mnt/Disk/Private/**\"");
    CHECK(reads(rules, "/mnt/Disk/a"));
    CHECK(judged(rules, "/mnt/disk/a") == "not granted");
    CHECK(by_kernel({"/mnt/Disk/**", "/mnt/DISK/SECRET"}, {}, {"read:/mnt/disk/Secret/**"}).empty());
}

// To look at a folder can take its time, or mount something; this tells it by the link that is not followed.
TEST_CASE("no exception makes the host look elsewhere for an entry that needs no grant") {
    const Ground ground({"data/me/kept"});
    ground.link("net", "data");
    ground.link("data/me/link", "data/me/kept");
    const host::GlobPlaces at{ground.path("data/me"), "", "", ""};
    const auto elsewhere = rules_of({"$data/** !" + ground.path("net/me/kept")}, {}, {}, at);
    CHECK(reads(elsewhere, ground.path("data/me/kept/a")));
    CHECK_FALSE(reads(rules_of({"$data/** !$data/link"}, {}, {}, at), ground.path("data/me/kept/a")));
}
