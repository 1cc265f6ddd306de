// Files that were a store once: cut, with wrong bytes, mixed up. Every use of them ends with an answer or a problem.
#include <random>

#include "tests/unit/host/faulty_disk.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Store;

namespace {

// How the uses of damaged files ended.
struct Ends {
    std::size_t refused = 0;   // not opened
    std::size_t answered = 0;  // everything worked
    std::size_t failed = 0;    // opened, and then something did not
};

bool explained(const base::Problem& problem) {
    return problem.id.starts_with("store.") && !problem.text.empty() && problem.text.size() < 2000 &&
           problem.text.find_first_of("\x1b\n") == std::string::npos;
}

// Everything that can be asked of a store.
void use(const std::string& path, Ends& ends) {
    base::Result<Store> opened = Store::open(path, {.patience_ms = 10});
    if (!opened) {
        ++ends.refused;
        REQUIRE(explained(opened.problem()));
        return;
    }
    Store store = opened.take();
    std::vector<base::Problem> problems;
    const auto note = [&](const base::Check& check) {
        if (check) problems.push_back(*check);
    };
    const auto all = store.all();
    note(all ? base::Check() : all.problem());
    const auto health = store.health("org.acme.tax");
    note(health ? base::Check() : health.problem());
    const std::vector<host::HealthDelta> deltas{{"org.acme.tax", 1}, {"org.acme.new", 1}};
    note(store.add(deltas));
    note(store.disable("org.acme.spell", "reason", "operator", second));
    note(store.enable("org.acme.tax"));
    note(store.all() ? base::Check() : store.all().problem());
    for (const base::Problem& problem : problems) REQUIRE(explained(problem));
    ++(problems.empty() ? ends.answered : ends.failed);
}

// Some plugins: with `many`, more than one page of them.
void fill(Store& store, int many) {
    std::vector<host::HealthDelta> deltas{{"org.acme.tax", 3, 2, 1, 0, 0, 0, second, second}, {"org.acme.spell", 1}};
    for (int i = 0; i < many; ++i) deltas.push_back({"org.test.n" + std::to_string(i), 1});
    add(store, deltas);
    require_done(store.disable("org.acme.tax", "a reason that is somewhat longer", "operator", second));
}

std::string bytes_of(const std::string& path) {
    return base::read_file(path, 1 << 28).take();
}

// The damaged bytes in the place of the file, with nothing beside it but `log`.
void put(const std::string& path, const std::string& bytes, const std::string& log = {}) {
    base::remove_tree(path + "-wal");
    base::remove_tree(path + "-shm");
    require_done(base::write_file(path, bytes));
    if (!log.empty()) require_done(base::write_file(path + "-wal", log));
}

// A store that was closed: everything is in the file.
std::string closed_store(const Folder& folder, int many) {
    const std::string path = folder / "whole";
    {
        Store store = open_store(path);
        fill(store, many);
    }
    REQUIRE(!std::filesystem::exists(path + "-wal"));
    return bytes_of(path);
}

}  // namespace

TEST_CASE("a store with one wrong byte gives an answer or a problem, wherever the byte is") {
    FaultyDisk disk;
    disk.sync = false;
    const Folder folder;
    const std::string whole = closed_store(folder, 0);
    const unsigned mask = GENERATE(0xffu, 0x01u, 0x80u);
    Ends ends;
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        INFO(at);
        std::string bytes = whole;
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ mask);
        put(folder / "store", bytes);
        use(folder / "store", ends);
    }
    CHECK(ends.refused > 0);
    CHECK(ends.answered > 0);  // most of the file is unused
}

TEST_CASE("a store that is cut gives an answer or a problem, wherever it is cut") {
    FaultyDisk disk;
    disk.sync = false;
    const Folder folder;
    const std::string whole = closed_store(folder, 200);
    Ends ends;
    for (std::size_t size = 0; size < whole.size(); size += 512) {
        INFO(size);
        put(folder / "store", whole.substr(0, size));
        use(folder / "store", ends);
    }
    CHECK(ends.answered == 1);  // the empty file: a new store
    CHECK(ends.refused + ends.failed == (whole.size() - 1) / 512);
    put(folder / "store", whole.substr(0, whole.size() / 2));
    const base::Result<Store> cut = Store::open(folder / "store");
    REQUIRE(!cut);
    CHECK(cut.problem().id == "store.corrupt");
    CHECK(cut.problem().text == folder / "store: the store is damaged: database disk image is malformed");
    CHECK(cut.problem().fix.find("-wal") != std::string::npos);
}

TEST_CASE("a log with wrong bytes, or cut, gives an answer or a problem") {
    FaultyDisk disk;
    disk.sync = false;
    const Folder folder;
    const std::string path = folder / "whole";
    Store store = open_store(path);
    fill(store, 0);
    const std::string whole = bytes_of(path);
    const std::string log = bytes_of(path + "-wal");
    REQUIRE(log.size() > 4 * 4096);
    Ends ends;
    for (std::size_t at = 0; at < log.size(); at += at < 64 ? 1 : 67) {
        INFO(at);
        std::string bytes = log;
        bytes[at] = static_cast<char>(~bytes[at]);
        put(folder / "store", whole, bytes);
        use(folder / "store", ends);
    }
    for (std::size_t size = 0; size < log.size(); size += 512) {
        INFO(size);
        put(folder / "store", whole, log.substr(0, size));
        use(folder / "store", ends);
    }
    // A log with a wrong byte ends before it: what is left is an older state of a sound store.
    CHECK(ends.answered > 0);
}

TEST_CASE("a store with several wrong bytes, in pages of nonsense or doubled, gives an answer or a problem") {
    FaultyDisk disk;
    disk.sync = false;
    const Folder folder;
    const std::string whole = closed_store(folder, 200);
    constexpr std::size_t page = 4096;
    REQUIRE(whole.size() >= 4 * page);
    Ends ends;
    for (unsigned seed = 0; seed < 1500; ++seed) {
        INFO(seed);
        std::mt19937 random(seed);
        const auto below = [&](std::size_t most) { return static_cast<std::size_t>(random()) % most; };
        std::string bytes = whole;
        switch (seed % 4) {
            case 0:  // anywhere
                for (std::size_t i = below(20) + 1; i > 0; --i)
                    bytes[below(bytes.size())] = static_cast<char>(random());
                break;
            case 1: {  // where a page says what is in it
                const std::size_t start = below(bytes.size() / page) * page;
                for (std::size_t i = below(8) + 1; i > 0; --i)
                    bytes[start + (start == 0 ? 100 : 0) + below(60)] = static_cast<char>(random());
                break;
            }
            case 2: {  // one page in the place of another
                const std::string one = bytes.substr((1 + below(bytes.size() / page - 1)) * page, page);
                bytes.replace((1 + below(bytes.size() / page - 1)) * page, page, one);
                break;
            }
            default:  // the header
                for (std::size_t i = below(4) + 1; i > 0; --i) bytes[16 + below(84)] = static_cast<char>(random());
        }
        put(folder / "store", bytes);
        use(folder / "store", ends);
    }
    CHECK(ends.refused > 100);
    CHECK(ends.answered > 100);
}

TEST_CASE("a large store with wrong bytes, which is not looked through when it is opened, does not hang") {
    FaultyDisk disk;
    disk.sync = false;
    const Folder folder;
    {
        open_store(folder / "whole");
        Intruder(folder / "whole")
            .run(
                "INSERT INTO plugin (id, disabled_reason, disabled_since, disabled_by) WITH RECURSIVE n (i) AS "
                "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) "
                "SELECT 'org.test.n' || i, printf('%2000d', i), 1, 'operator' FROM n");
    }
    const std::string whole = bytes_of(folder / "whole");
    REQUIRE(whole.size() > 16u << 20);
    Ends ends;
    for (unsigned seed = 0; seed < 20; ++seed) {
        INFO(seed);
        std::mt19937 random(seed);
        std::string bytes = whole;
        for (std::size_t start = 4096; start < bytes.size(); start += 4096)
            if (random() % 10 == 0) bytes[start + random() % 40] = static_cast<char>(random());
        put(folder / "store", bytes);
        use(folder / "store", ends);
    }
    CHECK(ends.failed > 0);
}
