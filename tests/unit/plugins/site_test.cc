#include "examples/pressroom/site.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;

// A folder of files that goes away with it.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "site-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void add(const std::string& name, const std::string& text) const {
        fs::create_directories((fs::path(path) / name).parent_path());
        std::ofstream(path + "/" + name, std::ios::binary) << text;
    }
    std::string path;
};

}  // namespace

TEST_CASE("the title is the first heading of level 1, without its emphasis") {
    CHECK(pressroom::title_of("\n## no\n# The `C` *ABI* #\n# later\n", "x.md") == "The C ABI");
    CHECK(pressroom::title_of("text\r\n# CR LF\r\n", "x.md") == "CR LF");
    CHECK(pressroom::title_of("```\n# a comment\n```\n", "guide/first-steps.md") == "first-steps");
    CHECK(pressroom::title_of("", "x.md") == "x");
}

TEST_CASE("documents are found in all folders but hidden ones, those of the root first") {
    const Folder folder;
    folder.add("z.md", "# Z\n");
    folder.add("a/b.md", "# B\n");
    folder.add("a/b.txt", "no");
    folder.add(".hidden/c.md", "# C\n");
    const pressroom::Site site = pressroom::discover({folder.path});
    CHECK(site.rejected.empty());
    REQUIRE(site.documents.size() == 2);
    CHECK(site.documents[0].path == "z.md");
    CHECK(site.documents[1].path == "a/b.md");
    CHECK(site.documents[1].target == "a/b.html");
    CHECK(site.documents[1].title == "B");
    CHECK(site.documents[1].file == folder.path + "/a/b.md");
}

TEST_CASE("two folders get their names in front of their documents") {
    const Folder folder;
    folder.add("one/x.md", "1");
    folder.add("two/x.md", "2");
    const pressroom::Site site = pressroom::discover({folder.path + "/one/", folder.path + "/two"});
    REQUIRE(site.documents.size() == 2);
    CHECK(site.documents[0].path == "one/x.md");
    CHECK(site.documents[1].path == "two/x.md");
}

TEST_CASE("a document that is not UTF-8 is left out and the reason names the byte") {
    const Folder folder;
    folder.add("bad.md", "caf\xe9 x");
    folder.add("good.md", "caf\xc3\xa9");
    const pressroom::Site site = pressroom::discover({folder.path});
    REQUIRE(site.documents.size() == 1);
    REQUIRE(site.rejected.size() == 1);
    CHECK(site.rejected[0].path == folder.path + "/bad.md");
    CHECK(site.rejected[0].why == "is not UTF-8: byte 0xe9 at offset 3; convert it (iconv -t UTF-8)");
}

TEST_CASE("two documents of one name are not written over each other") {
    const Folder folder;
    folder.add("one/x.md", "1");
    folder.add("two/x.md", "2");
    const pressroom::Site site = pressroom::discover({folder.path + "/one/x.md", folder.path + "/two/x.md"});
    CHECK(site.documents.size() == 1);
    REQUIRE(site.rejected.size() == 1);
    CHECK(site.rejected[0].why.starts_with("would be written to the same page as "));
}

TEST_CASE("a source that does not exist is told") {
    const pressroom::Site site = pressroom::discover({"/nowhere/at/all"});
    REQUIRE(site.rejected.size() == 1);
    CHECK(site.rejected[0].why == "there is no such file or folder");
}

TEST_CASE("an empty document is a document") {
    const Folder folder;
    folder.add("empty.md", "");
    REQUIRE(pressroom::discover({folder.path}).documents.size() == 1);
}

TEST_CASE("UTF-8 is checked to its last rule") {
    const auto npos = std::string_view::npos;
    CHECK(pressroom::first_invalid_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == npos);
    for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
        CHECK(pressroom::first_invalid_utf8(std::string("ab") + bad) == 2);
}

TEST_CASE("a file that cannot be written is an error with its path") {
    const Folder folder;
    folder.add("file", "x");
    try {
        pressroom::write_file(folder.path, "file/a.html", "x");
        FAIL("written into a file");
    } catch (const std::runtime_error& e) {
        CHECK(std::string(e.what()).starts_with(folder.path + "/file"));
    }
    pressroom::write_file(folder.path, "new/a.html", "text");
    CHECK(fs::file_size(folder.path + "/new/a.html") == 4);
}
