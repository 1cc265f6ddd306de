#include "loader/companions.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/loader/fixtures.h"

using namespace tenon;
using namespace tenon::loader;

namespace {

// A plugin's folder with something in it, and a folder to copy to.
class Shelf {
public:
    Shelf() {
        std::filesystem::create_directories(from() + "/lib");
        std::filesystem::create_directories(from() + "/assets/pictures");
        std::filesystem::create_directories(to());
        folder_.write("plugin/lib/libink.so.1", "ink");
        folder_.write("plugin/assets/pictures/logo.svg", "<svg/>");
        folder_.write("outside", "secret");
    }
    std::string from() const { return folder_.path() + "/plugin"; }
    std::string to() const { return folder_.path() + "/copy"; }
    std::string outside() const { return folder_.path() + "/outside"; }
    base::Check copy(const Companions& companions) const { return copy_companions(companions, from(), to()); }
    std::string copied(const std::string& path) const { return base::read_file(to() + "/" + path, 1000).value(); }

private:
    fixtures::Folder folder_;
};

}  // namespace

TEST_CASE("libraries and resources come to lie where they lie beside the plugin") {
    const Shelf shelf;
    REQUIRE_FALSE(shelf.copy({{"lib/libink.so.1"}, "assets"}));
    CHECK(shelf.copied("lib/libink.so.1") == "ink");
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
    struct stat facts{};
    REQUIRE(::stat((shelf.to() + "/assets/pictures/logo.svg").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777u) == 0400);
}

TEST_CASE("a link to a file beside the plugin is followed") {
    const Shelf shelf;
    std::filesystem::create_symlink("libink.so.1", shelf.from() + "/lib/libink.so");
    REQUIRE_FALSE(shelf.copy({{"lib/libink.so"}, ""}));
    CHECK(shelf.copied("lib/libink.so") == "ink");
}

TEST_CASE("a companion that is not there is refused with its path") {
    const Shelf shelf;
    base::Check problem = shelf.copy({{"lib/libpaper.so.1"}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-missing");
    CHECK(problem->text ==
          shelf.from() + "/lib/libpaper.so.1: the manifest names it, but it cannot be read: No such file or directory");
    problem = shelf.copy({{}, "drawings"});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-missing");
    problem = shelf.copy({{"lib"}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-missing");
}

TEST_CASE("nothing outside the plugin's folder is copied, whatever links say") {
    const Shelf shelf;
    std::filesystem::create_symlink("../../outside", shelf.from() + "/assets/up");
    base::Check problem = shelf.copy({{}, "assets"});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-outside");
    CHECK(problem->text == shelf.from() + "/assets/up: leads out of the plugin's folder");
    std::filesystem::remove(shelf.from() + "/assets/up");
    std::filesystem::create_symlink(shelf.outside(), shelf.from() + "/lib/libabsolute.so");
    problem = shelf.copy({{"lib/libabsolute.so"}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-outside");
    problem = shelf.copy({{"../outside"}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-outside");
}

TEST_CASE("folders that lead back into themselves end with a refusal") {
    const Shelf shelf;
    std::filesystem::create_symlink(".", shelf.from() + "/assets/again");
    const base::Check problem = shelf.copy({{}, "assets"});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-too-much");
    CHECK(problem->text.ends_with(": folders are more than 32 deep"));
}

TEST_CASE("a FIFO among the resources stays behind and nobody waits for it") {
    const Shelf shelf;
    REQUIRE(::mkfifo((shelf.from() + "/assets/fifo").c_str(), 0600) == 0);
    REQUIRE_FALSE(shelf.copy({{}, "assets"}));
    CHECK_FALSE(std::filesystem::exists(shelf.to() + "/assets/fifo"));
}
