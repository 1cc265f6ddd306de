#include "loader/source.h"

#include <sys/stat.h>

#include <limits>

#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;

namespace {

void reads_only_what_is_there(const Source& source) {
    char out[4] = {};
    CHECK(source.size() == 6);
    CHECK(source.read(2, out, 4));
    CHECK(std::string_view(out, 4) == "cdef");
    CHECK(source.read(6, out, 0));
    CHECK_FALSE(source.read(3, out, 4));
    CHECK_FALSE(source.read(7, out, 0));
    CHECK_FALSE(source.read(std::numeric_limits<std::uint64_t>::max(), out, 4));
    CHECK_FALSE(source.read(1, out, std::numeric_limits<std::size_t>::max()));
}

}  // namespace

TEST_CASE("memory gives the bytes that it has and no others") {
    reads_only_what_is_there(MemorySource("abcdef"));
}

TEST_CASE("a file gives the bytes that it has and no others") {
    const fixtures::Folder folder;
    auto source = FileSource::open(folder.write("six", "abcdef"));
    REQUIRE(source);
    reads_only_what_is_there(source.value());
}

TEST_CASE("a file that shrinks after it was opened fails to read") {
    const fixtures::Folder folder;
    auto source = FileSource::open(folder.write("six", "abcdef"));
    REQUIRE(source);
    folder.write("six", "abc");
    char out[6];
    CHECK_FALSE(source.value().read(0, out, 6));
}

TEST_CASE("folders, pipes and missing files are no sources") {
    const fixtures::Folder folder;
    const std::string pipe = folder.path() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(FileSource::open(folder.path()).problem().id == "file.not-regular");
    CHECK(FileSource::open(pipe).problem().id == "file.not-regular");
    CHECK(FileSource::open(folder.path() + "/none").problem().id == "file.unreadable");
}
