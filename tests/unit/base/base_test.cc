#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "base/fd.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/problem.h"
#include "base/result.h"
#include "tests/support/catch.h"

using namespace tenon::base;

namespace {

// A folder that goes with the test.
struct Temporary {
    std::string path = make_unique_folder(temporary_folder(), "tenon-base-").take();
    ~Temporary() { remove_tree(path); }
};

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

}  // namespace

TEST_CASE("a descriptor is closed with its owner, and not before it was moved on") {
    int raw = -1;
    {
        Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        raw = first.get();
        Fd second(std::move(first));
        CHECK_FALSE(first);
        CHECK(is_open(raw));
        Fd third;
        third = std::move(second);
        CHECK(third.get() == raw);
    }
    CHECK_FALSE(is_open(raw));
}

TEST_CASE("what was written is read back, up to the limit") {
    const Temporary folder;
    const std::string path = folder.path + "/file";
    REQUIRE_FALSE(write_file(path, std::string(100'000, 'x')));
    CHECK(read_file(path, 100'000).value() == std::string(100'000, 'x'));
    const Result<std::string> too_long = read_file(path, 99'999);
    REQUIRE_FALSE(too_long);
    CHECK(too_long.problem().id == "file.too-large");
    CHECK(too_long.problem().text == path + ": is larger than the limit of 99999 bytes");
}

TEST_CASE("a missing file, a folder and a FIFO are refused without waiting") {
    const Temporary folder;
    CHECK(read_file(folder.path + "/none", 10).problem().text ==
          folder.path + "/none: cannot be read: No such file or directory");
    CHECK(read_file(folder.path, 10).problem().id == "file.not-regular");
    const std::string fifo = folder.path + "/fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(read_file(fifo, 10).problem().text == fifo + ": is not a regular file");
}

TEST_CASE("a folder's entries are sorted, and a missing folder is named") {
    const Temporary folder;
    for (const char* name : {"b", "a", "c"}) REQUIRE_FALSE(write_file(folder.path + "/" + name, ""));
    CHECK(list_folder(folder.path).value() == std::vector<std::string>{"a", "b", "c"});
    CHECK(list_folder(folder.path + "/none").problem().id == "file.unreadable");
}

TEST_CASE("a file is opened relative to a folder, and named by its path") {
    const Temporary folder;
    REQUIRE_FALSE(write_file(folder.path + "/file", "text"));
    const Fd opened(::open(folder.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CHECK(read_all(open_regular_at(opened, "file", "shop/file").value(), "", 10).value() == "text");
    CHECK(open_regular_at(opened, "none", "shop/none").problem().text ==
          "shop/none: cannot be read: No such file or directory");
    CHECK(open_regular_at(opened, ".", "shop").problem().id == "file.not-regular");
}

TEST_CASE("a replaced file is another file, and a failure leaves nothing behind") {
    const Temporary folder;
    const std::string path = folder.path + "/file";
    REQUIRE_FALSE(write_file(path, "old"));
    const Fd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE_FALSE(replace_file(path, "newer"));
    CHECK(read_all(reader, path, 10).value() == "old");
    CHECK(read_file(path, 10).value() == "newer");
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    REQUIRE_FALSE(make_folder(folder.path + "/folder/full"));
    const Check problem = replace_file(folder.path + "/folder", "bytes");
    REQUIRE(problem);
    CHECK(problem->id == "file.unwritable");
    CHECK(problem->text == folder.path + "/folder: cannot be written: Is a directory");
    CHECK(list_folder(folder.path).value() == std::vector<std::string>{"file", "folder"});
    CHECK(replace_file(folder.path + "/none/file", "").value().id == "file.unwritable");
}

TEST_CASE("folders are made with their parents, and what cannot be made is named") {
    const Temporary folder;
    CHECK_FALSE(make_folder(folder.path + "/a/b/c"));
    CHECK(is_folder(folder.path + "/a/b/c"));
    REQUIRE_FALSE(write_file(folder.path + "/file", ""));
    const Check problem = make_folder(folder.path + "/file/below");
    REQUIRE(problem);
    CHECK(problem->id == "file.unwritable");
    const Check taken = make_folder(folder.path + "/file");
    REQUIRE(taken);
    CHECK(taken->text == folder.path + "/file: cannot be written: File exists");
    CHECK_FALSE(make_folder(folder.path + "/a/b/c/"));
    CHECK(write_file(folder.path + "/none/file", "").value().id == "file.unwritable");
    CHECK(make_unique_folder("/proc/none", "x").problem().id == "file.unwritable");
}

TEST_CASE("a link is not followed when writing or removing") {
    const Temporary folder;
    const std::string target = folder.path + "/target";
    REQUIRE_FALSE(write_file(target, "kept"));
    REQUIRE_FALSE(make_folder(folder.path + "/tree"));
    REQUIRE(::symlink(target.c_str(), (folder.path + "/tree/link").c_str()) == 0);
    CHECK(write_file(folder.path + "/tree/link", "gone"));
    remove_tree(folder.path + "/tree");
    CHECK(read_file(target, 10).value() == "kept");
}

TEST_CASE("text is cut on the border of a character") {
    char small[6];
    copy_text(small, sizeof small, "abcd");
    CHECK(std::string(small) == "abcd");
    copy_text(small, sizeof small, "abc\xc3\xa4\xc3\xb6");  // abcäö: 7 bytes
    CHECK(std::string(small) == "abc\xc3\xa4");
    copy_text(small, sizeof small, "abcd\xc3\xa4");
    CHECK(std::string(small) == "abcd");
    copy_text(small, sizeof small, "");
    CHECK(std::string(small).empty());
}

TEST_CASE("a problem goes into a C error as far as its struct_size says") {
    const Problem problem{"some.id", "what happened", "what to do"};
    tenon_error error = TENON_ERROR_INIT;
    to_error(problem, TENON_E_IO, &error);
    CHECK(error.code == TENON_E_IO);
    CHECK(std::string(error.domain) == "tenon");
    CHECK(std::string(error.reason) == "some.id");
    CHECK(std::string(error.text) == "what happened");
    CHECK(std::string(error.fix) == "what to do");

    tenon_error old = TENON_ERROR_INIT;
    old.struct_size = offsetof(tenon_error, reason);
    to_error(problem, TENON_E_IO, &old);
    CHECK(std::string(old.domain) == "tenon");
    CHECK(std::string(old.reason).empty());
    to_error(problem, TENON_E_IO, nullptr);
}

TEST_CASE("problems are listed one a line") {
    CHECK(to_text({{"a", "first", ""}, {"b", "second", ""}}) == "first\nsecond");
    CHECK(to_text({}).empty());
}

TEST_CASE("a result is a value or a problem") {
    Result<int> value = 3;
    CHECK(value.ok());
    CHECK(value.take() == 3);
    const Result<int> problem = Problem{"id", "text", ""};
    CHECK_FALSE(problem.ok());
    CHECK(problem.problem().id == "id");
}

TEST_CASE("work on many things is done once for each of them") {
    for (const std::size_t count : {0u, 1u, 63u, 64u, 1000u}) {
        std::vector<std::atomic<int>> done(count);
        for_each_index(count, [&](std::size_t i) { ++done[i]; });
        for (const std::atomic<int>& times : done) CHECK(times == 1);
    }
}

TEST_CASE("what the work throws arrives where it was asked for") {
    CHECK_THROWS_WITH(for_each_index(1000,
                                     [](std::size_t i) {
                                         if (i == 777) throw std::runtime_error("the 777th is wrong");
                                     }),
                      "the 777th is wrong");
}
