// Folders of real libraries, with all that may lie beside them. The time of a scan is an hour after the files were
// made, so that they are settled, where a test does not say otherwise.
#include "loader/scan.h"

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "loader/mapping.h"
#include "tests/unit/loader/fixtures.h"
#include "tests/unit/loader/same_image.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;
using tenon::base::Problems;

namespace {

FileIdentity identity(const std::string& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return identity_of(facts);
}

Stamp in_an_hour() {
    return {::time(nullptr) + 3600, 0};
}

ScanOptions later() {
    ScanOptions options;
    options.now = in_an_hour;
    return options;
}

// A folder to scan.
class Shelf : public Folder {
public:
    Shelf() { REQUIRE(::chmod(path().c_str(), 0755) == 0); }

    std::string put(const std::string& name, const std::string& fixture = "loader_shop") const {
        return write(name, bytes_of(fixture));
    }
    std::string folder(const std::string& name) const {
        REQUIRE_FALSE(tenon::base::make_folder(path() + "/" + name));
        return path() + "/" + name;
    }
    std::string link(const std::string& name, const std::string& target) const {
        REQUIRE(::symlink(target.c_str(), (path() + "/" + name).c_str()) == 0);
        return path() + "/" + name;
    }
    // The rows' paths below the folder.
    std::vector<std::string> names(const Scan& scan) const {
        std::vector<std::string> names;
        for (const ScanRow& row : scan.rows) {
            REQUIRE(row.path.starts_with(path() + "/"));
            names.push_back(row.path.substr(path().size() + 1));
        }
        return names;
    }
};

using Names = std::vector<std::string>;

// "id: text", with the folder's path as ".".
Names problems(const Shelf& shelf, const Problems& all) {
    Names texts;
    for (const tenon::base::Problem& problem : all) {
        CHECK_FALSE(problem.fix.empty());
        std::string text = problem.id + ": " + problem.text;
        for (std::size_t at; (at = text.find(shelf.path())) != std::string::npos;)
            text.replace(at, shelf.path().size(), ".");
        texts.push_back(text);
    }
    return texts;
}

Names problems(const Shelf& shelf, const Scan& scan) {
    return problems(shelf, scan.problems);
}

void check_as_read(const Scan& scan) {
    for (const ScanRow& row : scan.rows) {
        INFO(row.path);
        check_same(row.outcome, read_image_file(row.path));
        CHECK(row.file == identity(row.path));
    }
}

// How many rows came out of the cache.
std::ptrdiff_t cached(const Scan& scan) {
    return std::count_if(scan.rows.begin(), scan.rows.end(), [](const ScanRow& row) { return row.from_cache; });
}

// Changes the file, without a change of its size, until the file system's clock has ticked.
void rewrite_in_place(const std::string& path, const std::string& bytes) {
    const FileIdentity before = identity(path);
    REQUIRE(before.size == bytes.size());
    do {
        const tenon::base::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        REQUIRE(::pwrite(fd.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    } while (identity(path).changed == before.changed);
}

std::string with_another_price(std::string bytes) {
    const std::size_t id = bytes.find("com.example.shop.fixture");
    REQUIRE(id != std::string::npos);
    bytes.replace(id, 24, "com.example.shop.another");
    return bytes;
}

// Runs on a thread that the file system takes for nobody. Where the tests' user is not root, it stays that user, who
// takes his own permission away.
template <class Do>
void as_nobody(Do work) {
    std::thread([&] {
        ::setfsgid(65534);
        ::setfsuid(65534);
        work();
    }).join();
}

}  // namespace

TEST_CASE("each file with the name of a library has a row, by path, as if it were read alone") {
    const Shelf shelf;
    shelf.put("shop.so");
    shelf.put("a contract.so", "loader_shop_contract.contract");
    shelf.put("library.so", "loader_without_note");
    shelf.write("text.so", "not a library");
    shelf.write("text.dll", "nor this");
    shelf.write("empty.so", "");
    shelf.write("cut.so", bytes_of("loader_shop").substr(0, 3000));
    for (const char* other : {"README", "shop.so.1", "so", "shop.so.bak", "Shop.SO", ".hidden.so"}) shelf.put(other);
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(shelf.names(scan) ==
          Names{"a contract.so", "cut.so", "empty.so", "library.so", "shop.so", "text.dll", "text.so"});
    CHECK(problems(shelf, scan).empty());
    CHECK(cached(scan) == 0);
    check_as_read(scan);
    CHECK(refusal(scan.rows[1].outcome).starts_with("image.truncated: " + shelf.path() + "/cut.so: "));
    CHECK(refusal(scan.rows[3].outcome).starts_with("image.no-note: " + shelf.path() + "/library.so: "));
    CHECK(scan.rows[4].outcome.ok());
    for (const ScanRow& row : scan.rows) CHECK_FALSE(find_mapping(row.path));  // nothing of it was loaded
}

TEST_CASE("folders are searched down to the limit, hidden ones are not") {
    const Shelf shelf;
    shelf.folder("a/b/c/d/e");
    shelf.folder(".hidden");
    shelf.folder("library.so");
    for (const char* name : {"top.so", "a/1.so", "a/b/2.so", "a/b/c/3.so", "a/b/c/d/4.so", "a/b/c/d/e/5.so",
                             ".hidden/h.so", "library.so/l.so"})
        shelf.put(name);
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(shelf.names(scan) == Names{"a/1.so", "a/b/2.so", "a/b/c/3.so", "a/b/c/d/4.so", "library.so/l.so", "top.so"});
    CHECK(problems(shelf, scan) ==
          Names{"scan.too-deep: ./a/b/c/d/e: is not searched: it is 5 folders below .; the limit is 4"});
    check_as_read(scan);
    ScanOptions flat;
    flat.max_depth = 0;
    CHECK(shelf.names(tenon::loader::scan(shelf.path(), flat)) == Names{"top.so"});
    ScanOptions deep;
    deep.max_depth = 5;
    CHECK(tenon::loader::scan(shelf.path(), deep).rows.size() == 7);
    CHECK(tenon::loader::scan(shelf.path(), deep).problems.empty());
}

TEST_CASE("too many entries are told, and what was found until then is given") {
    const Shelf shelf;
    for (const char* name : {"a.so", "b.so", "c.so", "d.txt"}) shelf.put(name);
    ScanOptions options;
    options.max_entries = 4;
    CHECK(tenon::loader::scan(shelf.path(), options).problems.empty());
    options.max_entries = 3;
    const Scan scan = tenon::loader::scan(shelf.path(), options);
    CHECK(scan.rows.size() >= 2);
    CHECK(scan.rows.size() <= 3);
    CHECK(problems(shelf, scan) ==
          Names{"scan.too-many: .: there are more than 3 entries below .; the rest is not looked at"});
}

TEST_CASE("what the rows hold has a limit, and what goes beyond is told") {
    const Shelf shelf;
    for (const char* name : {"a.so", "b.so", "c.so"}) shelf.put(name);
    shelf.put("library.so", "loader_without_note");
    ScanOptions options = later();
    const Image image = read_image_file(shelf.path() + "/a.so").take();
    options.max_bytes = image.note.size() * 3;
    const Scan scan = tenon::loader::scan(shelf.path(), options);
    REQUIRE(scan.rows.size() == 4);
    CHECK(scan.rows[0].outcome);
    CHECK(refusal(scan.rows[2].outcome) ==
          "scan.too-many: " + shelf.path() + "/c.so: what the files say of themselves is more than " +
              std::to_string(options.max_bytes) + " bytes with this one; it is left out");
    CHECK(refusal(scan.rows[3].outcome).starts_with("image.no-note: "));
    options.max_bytes = 0;
    for (const ScanRow& row : tenon::loader::scan(shelf.path(), options).rows) CHECK_FALSE(row.outcome);
}

TEST_CASE("what is no folder is told") {
    const Shelf shelf;
    const std::string file = shelf.put("shop.so");
    CHECK(problems(shelf, tenon::loader::scan(file)) ==
          Names{"scan.unreadable: ./shop.so: cannot be searched for plugins: Not a directory"});
    CHECK(problems(shelf, tenon::loader::scan(shelf.path() + "/none")) ==
          Names{"scan.unreadable: ./none: cannot be searched for plugins: No such file or directory"});
    CHECK(problems(shelf, tenon::loader::scan("")) ==
          Names{"scan.unreadable: : cannot be searched for plugins: No such file or directory"});
}

TEST_CASE("slashes behind the folder's name change nothing") {
    const Shelf shelf;
    shelf.put("shop.so");
    CHECK(shelf.names(tenon::loader::scan(shelf.path() + "//")) == Names{"shop.so"});
}

TEST_CASE("links are followed, to files and to folders") {
    const Shelf shelf, elsewhere;
    elsewhere.put("shop.so");
    elsewhere.folder("more");
    elsewhere.put("more/shop.so");
    shelf.link("linked", elsewhere.path());
    shelf.link("file.so", elsewhere.path() + "/shop.so");
    shelf.link("readme", elsewhere.path() + "/shop.so");
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(shelf.names(scan) == Names{"file.so", "linked/more/shop.so", "linked/shop.so"});
    CHECK(problems(shelf, scan).empty());
    CHECK(scan.rows[0].file == scan.rows[2].file);
    check_as_read(scan);
    CHECK(tenon::loader::scan(shelf.path() + "/linked").rows.size() == 2);
}

TEST_CASE("a folder with several names is searched once, under its own") {
    const Shelf shelf;
    shelf.folder("m/own");
    shelf.put("m/own/shop.so");
    shelf.link("a link", "m/own");
    shelf.link("m/a link", "own");
    shelf.link("z link", "m/own");
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(shelf.names(scan) == Names{"m/own/shop.so"});
    CHECK(problems(shelf, scan).empty());
}

TEST_CASE("links that lead in circles are told") {
    const Shelf shelf;
    shelf.put("shop.so");
    shelf.folder("a/b");
    shelf.put("a/b/shop.so");
    shelf.link("a/b/up", "..");
    shelf.link("a/b/top", "../..");
    shelf.link("here", ".");
    shelf.link("self.so", "self.so");
    shelf.link("ping", "pong");
    shelf.link("pong", "ping");
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(shelf.names(scan) == Names{"a/b/shop.so", "shop.so"});
    const std::string circle = ": is a link that leads to itself, or through too many links";
    CHECK(problems(shelf, scan) == Names{"scan.loop: ./a/b/top: leads back to .; it is not followed",
                                         "scan.loop: ./a/b/up: leads back to ./a; it is not followed",
                                         "scan.loop: ./here: leads back to .; it is not followed",
                                         "scan.loop: ./ping" + circle, "scan.loop: ./pong" + circle,
                                         "scan.loop: ./self.so" + circle});
}

TEST_CASE("links to nothing are told") {
    const Shelf shelf;
    shelf.link("gone.so", "nothing.so");
    shelf.link("gone", "/nowhere/at/all");
    shelf.link("strange.so", shelf.write("text", "") + "/below");
    CHECK(problems(shelf, tenon::loader::scan(shelf.path())) ==
          Names{"scan.broken-link: ./gone.so: is a link to nothing", "scan.broken-link: ./gone: is a link to nothing",
                "scan.broken-link: ./strange.so: is a link to nothing"});
}

TEST_CASE("FIFOs, sockets and devices with the name of a library are told, and not opened") {
    const Shelf shelf;
    REQUIRE(::mkfifo((shelf.path() + "/fifo.so").c_str(), 0600) == 0);
    REQUIRE(::mkfifo((shelf.path() + "/fifo").c_str(), 0600) == 0);
    shelf.link("device.so", "/dev/null");
    const tenon::base::Fd listening(::socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = shelf.path() + "/socket.so";
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(::bind(listening.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof address) == 0);
    const Scan scan = tenon::loader::scan(shelf.path());
    CHECK(scan.rows.empty());
    const std::string what = ": has the name of a library, but is not a regular file";
    CHECK(problems(shelf, scan) == Names{"scan.not-regular: ./device.so" + what, "scan.not-regular: ./fifo.so" + what,
                                         "scan.not-regular: ./socket.so" + what});
}

TEST_CASE("a folder and a file without permission are told, and nothing is forgotten for it") {
    const Shelf shelf;
    const std::string secret = shelf.folder("secret");
    shelf.put("secret/shop.so");
    const std::string file = shelf.put("unreadable.so");
    shelf.put("shop.so");
    REQUIRE(::chmod((shelf.path() + "/shop.so").c_str(), 0644) == 0);
    ImageCache cache = ImageCache::open("");
    CHECK(tenon::loader::scan(shelf.path(), later(), &cache).rows.size() == 3);
    REQUIRE(cache.size() == 3);
    REQUIRE(::chmod(file.c_str(), 0) == 0);
    REQUIRE(::chmod(secret.c_str(), 0) == 0);
    Scan scan;
    as_nobody([&] { scan = tenon::loader::scan(shelf.path(), later(), &cache); });
    REQUIRE(::chmod(secret.c_str(), 0700) == 0);
    CHECK(shelf.names(scan) == Names{"shop.so", "unreadable.so"});
    CHECK(scan.rows[0].from_cache);
    CHECK(refusal(scan.rows[1].outcome) == "file.unreadable: " + file + ": cannot be read: Permission denied");
    CHECK(problems(shelf, scan) ==
          Names{"scan.unreadable: ./secret: cannot be searched for plugins: Permission denied"});
    CHECK(cache.find(shelf.path() + "/secret/shop.so", identity(secret + "/shop.so")));
}

TEST_CASE("a link into a folder without permission is told") {
    const Shelf shelf;
    const std::string secret = shelf.folder(".secret");
    shelf.put(".secret/shop.so");
    shelf.link("linked.so", ".secret/shop.so");
    REQUIRE(::chmod(secret.c_str(), 0) == 0);
    Scan scan;
    as_nobody([&] { scan = tenon::loader::scan(shelf.path()); });
    REQUIRE(::chmod(secret.c_str(), 0700) == 0);
    CHECK(scan.rows.empty());
    CHECK(problems(shelf, scan) ==
          Names{"scan.unreadable: ./linked.so: cannot be searched for plugins: Permission denied"});
}

TEST_CASE("what vanishes or changes between listing and opening is told") {
    const Shelf shelf;
    shelf.folder("below");
    for (const char* name : {"file.so", "below/file.so", "stays.so", "fifo.so", "replaced.so"}) shelf.put(name);
    shelf.link("linked.so", "file.so");
    ScanOptions options;
    options.listed = [&] {
        tenon::base::remove_tree(shelf.path() + "/file.so");
        tenon::base::remove_tree(shelf.path() + "/below");
        tenon::base::remove_tree(shelf.path() + "/fifo.so");
        REQUIRE(::mkfifo((shelf.path() + "/fifo.so").c_str(), 0600) == 0);
        tenon::base::remove_tree(shelf.path() + "/replaced.so");
        shelf.link("replaced.so", "replaced.so");
    };
    const Scan scan = tenon::loader::scan(shelf.path(), options);
    CHECK(shelf.names(scan) == Names{"stays.so"});
    CHECK(problems(shelf, scan) ==
          Names{"scan.vanished: ./below/file.so: was there and has vanished",
                "scan.not-regular: ./fifo.so: has the name of a library, but is not a regular file",
                "scan.vanished: ./file.so: was there and has vanished",
                "scan.broken-link: ./linked.so: is a link to nothing",
                "scan.loop: ./replaced.so: is a link that leads to itself, or through too many links"});
}

TEST_CASE("the second scan answers from the cache, and says the same") {
    const Shelf shelf;
    shelf.folder("below");
    shelf.put("shop.so");
    shelf.put("below/library.so", "loader_without_note");
    shelf.put("below/contract.so", "loader_shop_contract.contract");
    shelf.write("text.so", "not a library");
    shelf.write("cut.so", bytes_of("loader_shop").substr(0, 3000));
    ImageCache cache = ImageCache::open(shelf.path() + "/images");
    const Scan cold = tenon::loader::scan(shelf.path(), later(), &cache);
    CHECK(cached(cold) == 0);
    CHECK(cache.size() == 4);  // not the one that was cut off
    REQUIRE_FALSE(cache.save());
    ImageCache next = ImageCache::open(shelf.path() + "/images");
    const Scan warm = tenon::loader::scan(shelf.path(), later(), &next);
    CHECK(shelf.names(warm) == shelf.names(cold));
    CHECK(cached(warm) == 4);
    CHECK_FALSE(warm.rows[2].from_cache);
    check_as_read(cold);
    check_as_read(warm);
}

TEST_CASE("a file that was touched, replaced in place or renamed over is read again") {
    const Shelf shelf;
    const std::string path = shelf.put("shop.so");
    const std::string other = with_another_price(bytes_of("loader_shop"));
    ImageCache cache = ImageCache::open("");
    const auto scan_again = [&] { return tenon::loader::scan(shelf.path(), later(), &cache); };
    scan_again();
    REQUIRE(cached(scan_again()) == 1);
    const FileIdentity before = identity(path);

    SECTION("touched") {
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0);
        while (identity(path) == before) REQUIRE(::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0);
    }
    SECTION("replaced in place, with the size and the time that it had") {
        rewrite_in_place(path, other);
        const struct timespec times[2] = {{before.modified.seconds, before.modified.nanoseconds},
                                          {before.modified.seconds, before.modified.nanoseconds}};
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
        FileIdentity expected = before;
        expected.changed = identity(path).changed;
        REQUIRE(identity(path) == expected);
    }
    SECTION("renamed over") {
        REQUIRE(::rename(shelf.write("new", other).c_str(), path.c_str()) == 0);
    }
    REQUIRE(identity(path) != before);
    const Scan scan = scan_again();
    CHECK(cached(scan) == 0);
    check_as_read(scan);
    CHECK(cached(scan_again()) == 1);
    check_as_read(scan_again());
}

TEST_CASE("what was known of a file that is damaged now is forgotten, also while the file is new") {
    const Shelf shelf;
    const std::string path = shelf.put("shop.so");
    ImageCache cache = ImageCache::open("");
    tenon::loader::scan(shelf.path(), later(), &cache);
    REQUIRE(cache.size() == 1);
    REQUIRE(::truncate(path.c_str(), 3000) == 0);
    const Scan scan = tenon::loader::scan(shelf.path(), {}, &cache);
    CHECK(refusal(scan.rows[0].outcome).starts_with("image.truncated: "));
    CHECK(cache.size() == 0);
}

TEST_CASE("a file that was changed just now is read again until it has settled") {
    const Shelf shelf;
    const std::string path = shelf.put("shop.so");
    const Stamp changed = identity(path).changed;
    ImageCache cache = ImageCache::open("");
    ScanOptions options;
    Stamp now;
    options.now = [&] { return now; };
    const auto scan_again = [&] { return tenon::loader::scan(shelf.path(), options, &cache); };
    now = {changed.seconds + settling_seconds, changed.nanoseconds};
    scan_again();
    CHECK(cache.size() == 0);
    CHECK(cached(scan_again()) == 0);
    now.nanoseconds += 1;
    CHECK(cached(scan_again()) == 0);
    CHECK(cached(scan_again()) == 1);

    // By the system's own clock the file is new, but what is known of it stays known.
    CHECK(cached(tenon::loader::scan(shelf.path(), {}, &cache)) == 1);
    ImageCache fresh = ImageCache::open("");
    tenon::loader::scan(shelf.path(), {}, &fresh);
    const bool is_new = !is_settled(identity(path), {::time(nullptr), 0});
    if (is_new) CHECK(fresh.size() == 0);
}

TEST_CASE("a file from the future is read each time") {
    const Shelf shelf;
    const std::string path = shelf.put("shop.so");
    const struct timespec times[2] = {{::time(nullptr) + 7200, 0}, {::time(nullptr) + 7200, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    ImageCache cache = ImageCache::open("");
    for (int i = 0; i < 2; ++i) CHECK(cached(tenon::loader::scan(shelf.path(), later(), &cache)) == 0);
}

TEST_CASE("entries of files that are gone leave the cache, others stay") {
    const Shelf shelf, elsewhere;
    elsewhere.put("shop.so");
    shelf.folder("below");
    for (const char* name : {"a.so", "b.so", "below/c.so"}) shelf.put(name);
    ImageCache cache = ImageCache::open("");
    tenon::loader::scan(shelf.path(), later(), &cache);
    tenon::loader::scan(elsewhere.path(), later(), &cache);
    REQUIRE(cache.size() == 4);
    tenon::base::remove_tree(shelf.path() + "/a.so");
    tenon::base::remove_tree(shelf.path() + "/below");
    CHECK(cached(tenon::loader::scan(shelf.path(), later(), &cache)) == 1);
    CHECK(cache.size() == 2);
    tenon::base::remove_tree(shelf.path());
    tenon::loader::scan(shelf.path(), later(), &cache);
    CHECK(cache.size() == 1);
}

TEST_CASE("a scan that ended early forgets nothing") {
    const Shelf shelf;
    for (const char* name : {"a.so", "b.so", "c.so"}) shelf.put(name);
    ImageCache cache = ImageCache::open("");
    ScanOptions options = later();
    tenon::loader::scan(shelf.path(), options, &cache);
    options.max_entries = 1;
    CHECK(tenon::loader::scan(shelf.path(), options, &cache).rows.size() == 1);
    CHECK(cache.size() == 3);
}

TEST_CASE("threads and processes may scan with one cache file at once") {
    const Shelf shelf;
    const Folder folder;
    for (int i = 0; i < 12; ++i) shelf.put("p" + std::to_string(i) + ".so");
    const std::string file = folder.path() + "/images";
    const auto work = [&] {
        bool good = true;
        for (int i = 0; i < 20; ++i) {
            ImageCache cache = ImageCache::open(file);
            good = good && !cache.problem();
            if (i % 5 == 0) cache.forget(shelf.path() + "/p1.so");
            const Scan scan = tenon::loader::scan(shelf.path(), later(), &cache);
            good = good && scan.rows.size() == 12 && scan.problems.empty() && cache.size() == 12 && !cache.save();
        }
        return good;
    };
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(work() ? 0 : 1);
        REQUIRE(child > 0);
        children.push_back(child);
    }
    bool first = false, second = false;
    std::thread one([&] { first = work(); });
    std::thread other([&] { second = work(); });
    one.join();
    other.join();
    CHECK(first);
    CHECK(second);
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    const ImageCache cache = ImageCache::open(file);
    CHECK_FALSE(cache.problem());
    CHECK(cache.size() == 12);
    CHECK(tenon::base::list_folder(folder.path()).value() == Names{"images"});
}
