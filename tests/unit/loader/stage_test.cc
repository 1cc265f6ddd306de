#include "loader/stage.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <csignal>
#include <cstdio>

#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;

namespace {

mode_t mode_of(const std::string& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 07777u;
}

}  // namespace

TEST_CASE("a staged copy has the same bytes, a name of its own and is for its owner alone") {
    const fixtures::Folder folder;
    const std::string bytes(300000, 'x');
    const std::string source = folder.write("a.so", bytes);
    auto staged = stage(source, folder.path() + "/private/host", "com.example.shop", 7);
    REQUIRE(staged);
    CHECK(staged.value().hash == XXH3_64bits(bytes.data(), bytes.size()));
    CHECK(staged.value().folder == folder.path() + "/private/host/com.example.shop.g7");
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(staged.value().hash));
    CHECK(staged.value().path == staged.value().folder + "/com.example.shop.g7." + std::string(digits, 8) + ".so");
    CHECK(tenon::base::read_file(staged.value().path, 1u << 20).value() == bytes);
    CHECK(mode_of(staged.value().path) == 0500);
    CHECK(mode_of(staged.value().folder) == 0700);
    CHECK(tenon::base::list_folder(staged.value().folder).value().size() == 1);
    unstage(staged.value());
    CHECK(tenon::base::list_folder(folder.path() + "/private/host").value().empty());
}

TEST_CASE("a copy outlives changes of its source") {
    const fixtures::Folder folder;
    const std::string source = folder.write("a.so", "first");
    auto staged = stage(source, folder.path() + "/p", "a", 1);
    REQUIRE(staged);
    folder.write("a.so", "second");
    CHECK(tenon::base::read_file(staged.value().path, 100).value() == "first");
}

TEST_CASE("a generation is staged once") {
    const fixtures::Folder folder;
    const std::string source = folder.write("a.so", "x");
    REQUIRE(stage(source, folder.path() + "/p", "a", 1));
    const auto again = stage(source, folder.path() + "/p", "a", 1);
    REQUIRE_FALSE(again);
    CHECK(again.problem().id == "stage.exists");
    CHECK(again.problem().text == folder.path() + "/p/a.g1: there is already a copy of this generation");
    CHECK(stage(source, folder.path() + "/p", "a", 2));
}

TEST_CASE("an id that could lead out of the private folder is refused") {
    const fixtures::Folder folder;
    const std::string source = folder.write("a.so", "x");
    for (const char* id : {"", ".", "..", "../up", "a/b", "a b", "$ORIGIN", "\xff"}) {
        const auto staged = stage(source, folder.path() + "/p", id, 1);
        REQUIRE_FALSE(staged);
        CHECK(staged.problem().id == "stage.bad-id");
        CHECK(staged.problem().text.starts_with("the plugin id \"" + std::string(id) +
                                                "\" cannot be part of a file name"));
    }
    CHECK_FALSE(stage(source, folder.path() + "/p", std::string(161, 'a'), 1));
}

TEST_CASE("what cannot be copied leaves nothing behind") {
    const fixtures::Folder folder;
    const std::string place = folder.path() + "/p";
    CHECK(stage(folder.path(), place, "a", 1).problem().id == "file.not-regular");
    CHECK(stage(folder.path() + "/none", place, "a", 1).problem().id == "file.unreadable");
    CHECK_FALSE(tenon::base::is_folder(place + "/a.g1"));
}

TEST_CASE("a copy that cannot be written whole is refused and leaves nothing behind") {
    const fixtures::Folder folder;
    const std::string source = folder.write("a.so", std::string(300000, 'x'));
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto staged = stage(source, folder.path() + "/p", "a", 1);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(staged);
    CHECK(staged.problem().id == "stage.failed");
    CHECK(staged.problem().text == folder.path() + "/p/a.g1/copy: cannot be written: File too large");
    CHECK_FALSE(tenon::base::is_folder(folder.path() + "/p/a.g1"));
}

TEST_CASE("a source that is not what its size says was changed while it was copied") {
    const fixtures::Folder folder;
    const auto staged = stage("/proc/self/status", folder.path() + "/p", "a", 1);  // a regular file of 0 bytes, it says
    REQUIRE_FALSE(staged);
    CHECK(staged.problem().id == "stage.source-changed");
    CHECK(staged.problem().text == "/proc/self/status: was changed while it was copied");
    CHECK_FALSE(tenon::base::is_folder(folder.path() + "/p/a.g1"));
}

TEST_CASE("a private folder that is a file is refused with its path") {
    const fixtures::Folder folder;
    const std::string source = folder.write("a.so", "x");
    const auto staged = stage(source, source, "a", 1);
    REQUIRE_FALSE(staged);
    CHECK(staged.problem().text.find(source) != std::string::npos);
}
