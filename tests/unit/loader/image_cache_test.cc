#include "loader/image_cache.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <thread>
#include <vector>

#include "loader/image_cache_format.h"
#include "tests/unit/loader/fixtures.h"
#include "tests/unit/loader/same_image.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;
using tenon::base::Problem;
using tenon::base::Result;

namespace {

const FileIdentity some_file{1, 2, 3, {4, 5}, {6, 7}};

// An image in which no field is as it was made, and whose parts are not where they lie in a note.
Image unusual_image() {
    Image image;
    image.path = "shop.so";
    image.platform = "windows-x86_64";
    image.abi_major = 1;
    image.abi_minor_required = 2;
    image.abi_minor_built = 3;
    image.note_type = 4;
    image.note_address = 0x123456789abc;
    image.note = std::string("not\0a note", 10);
    image.manifest = "id = \"elsewhere\"";
    image.records.resize(2);
    image.records[0] = {1, 2, 3, 4, 5, 6, 7, "first"};
    image.records[1] = {8, 9, 10, 11, 12, 13, 14, "second"};
    image.entry_address = 15;
    image.needed = {"libc.so.6", "", "libm.so.6"};
    image.soname = "libshop.so";
    image.versions = {{"libc.so.6", "GLIBC_2.34"}, {"libm.so.6", "GLIBC_2.29"}};
    image.build_id = "0123456789abcdef";
    return image;
}

Result<Image> through_bytes(const Result<Image>& answer, std::string_view path) {
    std::optional<Result<Image>> again = decode_outcome(encode_outcome(answer), path);
    REQUIRE(again);
    return *again;
}

// The bytes of a cache of two small answers.
std::string small_cache() {
    const std::string image = encode_outcome(unusual_image());
    const std::string refusal = encode_outcome(Problem{"image.no-note", "other.so: has none", "Build it again."});
    return encode_cache({{"other.so", some_file, refusal}, {"shop.so", some_file, image}});
}

// Puts the right checksum behind bytes that were changed.
std::string with_checksum(std::string bytes) {
    bytes.resize(bytes.size() - 8);
    const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
    return bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

// What a cache of these bytes says: "id: text", or "" and its number of entries.
std::string said_by(const std::string& bytes, std::size_t* count = nullptr) {
    const Result<std::vector<CacheEntry>> entries = decode_cache(bytes, "images");
    if (!entries) return entries.problem().id + ": " + entries.problem().text;
    for (const CacheEntry& entry : entries.value()) REQUIRE(decode_outcome(entry.outcome, entry.path));
    if (count != nullptr) *count = entries.value().size();
    return "";
}

std::string damage(const std::string& what) {
    return "cache.damaged: images: " + what + "; what it said is read from the libraries again";
}

ImageCache cache_with(const std::string& file, std::size_t answers) {
    ImageCache cache = ImageCache::open(file);
    for (std::size_t i = 0; i < answers; ++i) cache.keep("p" + std::to_string(i) + ".so", some_file, unusual_image());
    return cache;
}

std::string problem_of(const ImageCache& cache) {
    return cache.problem() ? cache.problem()->id + ": " + cache.problem()->text : "";
}

}  // namespace

TEST_CASE("what read_image said is said again, field by field") {
    for (const char* name : {"loader_shop", "loader_shop_contract.contract", "loader_with_thread_local",
                             "loader_from_a_later_minor", "loader_without_note", "loader_without_entry"}) {
        INFO(name);
        const Result<Image> read = read_image_file(path_of(name));
        check_same(through_bytes(read, path_of(name)), read);
    }
    check_same(through_bytes(unusual_image(), "shop.so"), unusual_image());
    Image none;
    none.path = "none.so";
    check_same(through_bytes(none, "none.so"), none);
    const Problem refusal{"image.no-note", "shop.so: is a library, but has no Tenon note", "It is not a plugin."};
    check_same(through_bytes(refusal, "shop.so"), refusal);
}

TEST_CASE("records and manifest are kept once, in the note") {
    const Result<Image> read = read_image_file(path_of("loader_shop"));
    REQUIRE(read);
    CHECK(encode_outcome(read).size() < read.value().note.size() + 1024);
}

TEST_CASE("an answer is given for the very file that it is about") {
    ImageCache cache = ImageCache::open("");
    cache.keep("shop.so", some_file, unusual_image());
    REQUIRE(cache.find("shop.so", some_file));
    CHECK_FALSE(cache.find("./shop.so", some_file));
    const auto changed = [](auto change) {
        FileIdentity file = some_file;
        change(file);
        return file;
    };
    for (const FileIdentity& other :
         {changed([](FileIdentity& file) { ++file.device; }), changed([](FileIdentity& file) { ++file.inode; }),
          changed([](FileIdentity& file) { ++file.size; }),
          changed([](FileIdentity& file) { ++file.modified.seconds; }),
          changed([](FileIdentity& file) { ++file.modified.nanoseconds; }),
          changed([](FileIdentity& file) { ++file.changed.seconds; }),
          changed([](FileIdentity& file) { ++file.changed.nanoseconds; })})
        CHECK_FALSE(cache.find("shop.so", other));
}

TEST_CASE("a later answer takes the place of an earlier one, and can be forgotten") {
    ImageCache cache = ImageCache::open("");
    cache.keep("shop.so", some_file, unusual_image());
    Image newer = unusual_image();
    newer.soname = "newer";
    cache.keep("shop.so", some_file, newer);
    CHECK(cache.size() == 1);
    CHECK(cache.find("shop.so", some_file)->value().soname == "newer");
    cache.forget("shop.so");
    CHECK(cache.size() == 0);
    CHECK_FALSE(cache.find("shop.so", some_file));
}

TEST_CASE("only final refusals are kept: a damaged file may be one that is being written") {
    ImageCache cache = ImageCache::open("");
    for (const char* id : {"image.no-note", "image.not-elf", "image.wrong-machine"}) {
        cache.keep("a.so", some_file, Problem{id, "text", "fix"});
        REQUIRE(cache.find("a.so", some_file));
        CHECK(cache.find("a.so", some_file)->problem().id == id);
    }
    for (const char* id : {"image.truncated", "image.bad-elf", "image.bad-note", "file.unreadable"}) {
        cache.keep("a.so", some_file, Problem{id, "text", "fix"});
        CHECK_FALSE(cache.find("a.so", some_file));
    }
}

TEST_CASE("a very large answer is not kept") {
    ImageCache cache = ImageCache::open("");
    Image image = unusual_image();
    image.note.resize(max_outcome_size);
    cache.keep("a.so", some_file, image);
    CHECK(cache.size() == 0);
}

TEST_CASE("a file is settled when both of its stamps are older than two seconds") {
    const auto file = [](Stamp modified, Stamp changed) { return FileIdentity{1, 2, 3, modified, changed}; };
    const Stamp old{98, 499};
    CHECK(is_settled(file(old, old), {100, 500}));
    CHECK_FALSE(is_settled(file(old, old), {100, 499}));
    CHECK_FALSE(is_settled(file({98, 500}, old), {100, 500}));
    CHECK_FALSE(is_settled(file(old, {98, 500}), {100, 500}));
    CHECK_FALSE(is_settled(file({INT64_MAX, 0}, old), {100, 500}));
    CHECK(is_settled(file({INT64_MIN, 0}, {INT64_MIN, 0}), {100, 500}));
}

TEST_CASE("a saved cache says the same to the next that opens it, and is its owner's alone") {
    const Folder folder;
    const std::string file = folder.path() + "/below/images";
    ImageCache cache = cache_with(file, 3);
    CHECK(problem_of(cache).empty());
    REQUIRE_FALSE(cache.save());
    struct stat facts{};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0600);
    ImageCache again = ImageCache::open(file);
    CHECK(problem_of(again).empty());
    CHECK(again.size() == 3);
    REQUIRE(again.find("p1.so", some_file));
    Image expected = unusual_image();
    expected.path = "p1.so";
    check_same(*again.find("p1.so", some_file), expected);
    ImageCache moved = std::move(again);
    REQUIRE(moved.find("p2.so", some_file));
}

TEST_CASE("a cache that did not change is not written") {
    const Folder folder;
    const std::string file = folder.path() + "/images";
    CHECK_FALSE(ImageCache::open(file).save());
    CHECK_FALSE(tenon::base::read_file(file, 1));
    REQUIRE_FALSE(cache_with(file, 1).save());
    ImageCache cache = ImageCache::open(file);
    REQUIRE(::unlink(file.c_str()) == 0);
    CHECK_FALSE(cache.save());
    CHECK_FALSE(tenon::base::read_file(file, 1));
    cache.forget("p0.so");
    CHECK_FALSE(cache.save());
    CHECK(ImageCache::open(file).size() == 0);
}

TEST_CASE("what is gone from below a folder is forgotten, and nothing else") {
    ImageCache cache = ImageCache::open("");
    for (const char* path : {"shop/a.so", "shop/b/c.so", "shopping/a.so", "shop", "/shop/a.so"})
        cache.keep(path, some_file, unusual_image());
    cache.forget_gone("shop", [](std::string_view path) { return path == "shop/b/c.so"; });
    CHECK(cache.size() == 4);
    CHECK_FALSE(cache.find("shop/a.so", some_file));
    cache.forget_gone("", [](std::string_view) { return false; });
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find("/shop/a.so", some_file));
}

TEST_CASE("a cache with a flipped bit anywhere is empty and says that it is damaged") {
    const std::string whole = small_cache();
    std::size_t count = 0;
    REQUIRE(said_by(whole, &count).empty());
    REQUIRE(count == 2);
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (const unsigned bit : {0u, 3u, 7u}) {
            std::string bytes = whole;
            bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ (1u << bit));
            INFO("byte " << i << ", bit " << bit);
            const bool is_format = i >= 8 && i < 12;  // the format's number: another version
            std::size_t entries = 0;
            const std::string said = said_by(bytes, &entries);
            CHECK(entries == 0);
            CHECK(said == (is_format ? "" : damage(i < 8 ? "is not an image cache" : "its checksum is wrong")));
        }
}

TEST_CASE("a cache that was cut off anywhere, or has more behind it, is damaged") {
    const std::string whole = small_cache();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size << " bytes");
        CHECK(said_by(whole.substr(0, size)) == damage(size < 12   ? "is not an image cache"
                                                       : size < 20 ? "is cut off"
                                                                   : "its checksum is wrong"));
    }
    CHECK(said_by(whole + '\0') == damage("its checksum is wrong"));
}

TEST_CASE("a cache of nonsense with the right checksum is read without harm") {
    const std::string whole = small_cache();
    for (std::size_t i = 12; i + 8 < whole.size(); ++i)
        for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
            std::string bytes = whole;
            bytes[i] = static_cast<char>(value);
            INFO("byte " << i << " is " << value);
            std::size_t entries = 0;
            const std::string said = said_by(with_checksum(bytes), &entries);
            CHECK((said.empty() ? entries == 0 || entries == 2 : said.starts_with("cache.damaged: images: ")));
        }
}

TEST_CASE("each kind of nonsense is told") {
    const std::string outcome = encode_outcome(unusual_image());
    CHECK(said_by(encode_cache({{"b.so", some_file, outcome}, {"a.so", some_file, outcome}})) ==
          damage("entry 2 of 2 is not in order"));
    CHECK(said_by(encode_cache({{"a.so", some_file, outcome}, {"a.so", some_file, outcome}})) ==
          damage("entry 2 of 2 is not in order"));
    CHECK(said_by(encode_cache({{"a.so", some_file, outcome.substr(0, 30)}})) == damage("entry 1 of 1 makes no sense"));
    CHECK(said_by(encode_cache({{"a.so", some_file, outcome + '\0'}})) == damage("entry 1 of 1 makes no sense"));
    CHECK(said_by(encode_cache({{"a.so", some_file, ""}})) == damage("entry 1 of 1 makes no sense"));
    std::string bytes = small_cache();
    bytes[12] = 1;  // the number of entries
    CHECK(said_by(with_checksum(bytes)) == damage("there are bytes behind its 1 entries"));
    bytes[12] = 3;
    CHECK(said_by(with_checksum(bytes)) == damage("entry 3 of 3 makes no sense"));
    bytes = small_cache();
    bytes[23] = '\x7f';  // the length of the stamp
    CHECK(said_by(with_checksum(bytes)) == damage("its header makes no sense"));
}

TEST_CASE("a cache of another version of Tenon is empty, which is no problem") {
    std::string bytes = small_cache();
    const std::size_t version = bytes.find("tenon ");
    REQUIRE(version != std::string::npos);
    bytes[version + 6] = '7';
    std::size_t count = 99;
    CHECK(said_by(with_checksum(bytes), &count).empty());
    CHECK(count == 0);

    const Folder folder;
    const std::string file = folder.write("images", with_checksum(bytes));
    ImageCache cache = ImageCache::open(file);
    CHECK(problem_of(cache).empty());
    CHECK(cache.size() == 0);
    REQUIRE_FALSE(cache.save());
    CHECK(tenon::base::read_file(file, 1000).value().size() < bytes.size());  // it is today's, and empty
}

TEST_CASE("a damaged cache is told and replaced") {
    const Folder folder;
    const std::string file = folder.write("images", small_cache() + "x");
    ImageCache cache = ImageCache::open(file);
    CHECK(problem_of(cache) ==
          "cache.damaged: " + file + ": its checksum is wrong; what it said is read from the libraries again");
    CHECK(cache.size() == 0);
    cache.keep("a.so", some_file, unusual_image());
    REQUIRE_FALSE(cache.save());
    CHECK(ImageCache::open(file).size() == 1);
    CHECK(problem_of(ImageCache::open(file)).empty());
}

TEST_CASE("a cache that is too large is not read") {
    const Folder folder;
    const std::string file = folder.write("images", "");
    REQUIRE(::truncate(file.c_str(), off_t{max_cache_size} + 1) == 0);
    CHECK(problem_of(ImageCache::open(file)) ==
          "cache.damaged: " + file +
              ": has 268435457 bytes; the limit is 268435456; what it said is read from the "
              "libraries again");
}

TEST_CASE("a cache that others may write is not trusted, and left alone") {
    const Folder folder;
    const std::string file = folder.write("images", small_cache());
    for (const mode_t mode : {0620u, 0602u, 0666u}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        ImageCache cache = ImageCache::open(file);
        CHECK(problem_of(cache) == "cache.untrusted: " + file +
                                       ": the image cache is not trusted: others may write it "
                                       "(mode 0" +
                                       std::to_string(mode >> 6) + std::to_string(mode >> 3 & 7) +
                                       std::to_string(mode & 7) + ")");
        CHECK(cache.size() == 0);
        cache.keep("a.so", some_file, unusual_image());
        CHECK_FALSE(cache.save());
        CHECK((tenon::base::read_file(file, 10000).value() == small_cache()));
    }
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    CHECK(ImageCache::open(file).size() == 2);
}

TEST_CASE("a cache of another user is not trusted") {
    const Folder folder;
    const bool is_root = ::geteuid() == 0;
    const std::string file = is_root ? folder.write("images", small_cache()) : "/etc/passwd";
    if (is_root) REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
    CHECK(problem_of(ImageCache::open(file)) ==
          "cache.untrusted: " + file + ": the image cache is not trusted: it belongs to user " +
              (is_root ? "65534, not to user 0" : "0, not to user " + std::to_string(::geteuid())));
}

TEST_CASE("a link, a folder and a device are no caches, and are not replaced by one") {
    const Folder folder;
    const std::string link = folder.path() + "/link";
    REQUIRE(::symlink(folder.write("images", small_cache()).c_str(), link.c_str()) == 0);
    CHECK(problem_of(ImageCache::open(link)) ==
          "cache.untrusted: " + link + ": the image cache is not trusted: it is a symbolic link");
    const std::string fifo = folder.path() + "/fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    for (const std::string& file : {folder.path(), fifo, std::string("/dev/null")}) {
        ImageCache cache = ImageCache::open(file);
        CHECK(problem_of(cache) ==
              "cache.untrusted: " + file + ": the image cache is not trusted: it is not a regular file");
    }
    ImageCache cache = ImageCache::open(fifo);
    cache.keep("a.so", some_file, unusual_image());
    CHECK_FALSE(cache.save());
    struct stat facts{};
    REQUIRE(::stat(fifo.c_str(), &facts) == 0);
    CHECK(S_ISFIFO(facts.st_mode));
}

TEST_CASE("a cache whose path leads nowhere is told, and one that cannot be written, too") {
    const Folder folder;
    const std::string below_a_file = folder.write("file", "") + "/images";
    CHECK(problem_of(ImageCache::open(below_a_file)) ==
          "cache.unreadable: " + below_a_file + ": the image cache cannot be read: Not a directory");
    ImageCache cache = cache_with("/proc/none/images", 1);
    const tenon::base::Check problem = cache.save();
    REQUIRE(problem);
    CHECK(problem->id == "file.unwritable");
    CHECK(cache.save());  // it is still to be written
}

TEST_CASE("of those that save at once one is left, whole") {
    const Folder folder;
    const std::string file = folder.path() + "/images";
    REQUIRE_FALSE(cache_with(file, 1).save());
    const auto save_often = [&](std::size_t answers) {
        for (int i = 0; i < 50; ++i) {
            ImageCache cache = cache_with(file, answers);
            if (cache.problem() || cache.save()) return false;
        }
        return true;
    };
    bool first = false, second = false;
    std::thread one([&] { first = save_often(40); });
    std::thread other([&] { second = save_often(90); });
    one.join();
    other.join();
    CHECK(first);
    CHECK(second);
    CHECK(problem_of(ImageCache::open(file)).empty());
    const std::size_t left = ImageCache::open(file).size();
    CHECK((left == 40 || left == 90));
    CHECK(tenon::base::list_folder(folder.path()).value() == std::vector<std::string>{"images"});
}
