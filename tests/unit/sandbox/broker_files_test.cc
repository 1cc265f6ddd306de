#include "sandbox/broker/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/file.h"
#include "sandbox/broker/refusal.h"
#include "tests/support/catch.h"

using namespace tenon;
using namespace tenon::sandbox::broker;

namespace {

// A folder for one test, with a file that nobody may get at.
struct Shop {
    std::string root = base::make_unique_folder(base::temporary_folder(), "broker").take();
    Shop() {
        REQUIRE(root.starts_with('/'));
        make("shop/orders");
        make("secret");
        write("secret/key.csv", "outside");
        write("shop/may.csv", "inside");
    }
    ~Shop() { base::remove_tree(root); }
    Shop(const Shop&) = delete;
    Shop& operator=(const Shop&) = delete;
    std::string at(const std::string& name) const { return root + "/" + name; }
    void make(const std::string& name) const { REQUIRE_FALSE(base::make_folder(at(name))); }
    void write(const std::string& name, std::string_view bytes) const {
        REQUIRE_FALSE(base::write_file(at(name), bytes));
    }
    std::string read(const std::string& name) const { return base::read_file(at(name), 1 << 20).take(); }
    void link(const std::string& to, const std::string& name) const {
        REQUIRE(::symlink(to.c_str(), at(name).c_str()) == 0);
    }
    Glob glob(const std::string& text) const { return Glob::parse(at(text)).take(); }
};

using Access = OpenFile::Access;

std::string text_of(const base::Fd& file) {
    return base::read_all(file, "the file", 1 << 20).take();
}

base::Problem problem_of(const base::Result<base::Fd>& result) {
    REQUIRE_FALSE(result);
    return result.problem();
}

}  // namespace

TEST_CASE("a file of a granted glob is opened, and closed where a program is started") {
    const Shop shop;
    const FileBroker broker({{shop.glob("shop/*.csv")}, {}, {}});
    const auto file = broker.open({shop.at("shop/may.csv")});
    REQUIRE(file);
    CHECK(text_of(file.value()) == "inside");
    CHECK((::fcntl(file.value().get(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(file.value().get(), F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_RDONLY);
    CHECK(::write(file.value().get(), "x", 1) == -1);
}

TEST_CASE("what no glob grants is denied with the grant that would do, whether it is there or not") {
    const Shop shop;
    const FileBroker broker({{shop.glob("shop/*.csv")}, {}, {}});
    for (const auto* name : {"secret/key.csv", "secret/none.csv", "shop/orders/1.csv"}) {
        const base::Problem no = problem_of(broker.open({shop.at(name)}));
        CHECK(no.id == "permission.denied");
        CHECK(no.text == "read:" + shop.at(name) + " is not granted");
        CHECK(no.fix == "grant read:" + shop.at(name));
        CHECK(missing_permission(no) == "read:" + shop.at(name));
    }
    const base::Problem no = problem_of(broker.open({shop.at("shop/may.csv"), Access::write}));
    CHECK(no.text == "write:" + shop.at("shop/may.csv") + " is not granted");
    OpenFile truncating{shop.at("shop/may.csv")};
    truncating.truncate = true;
    CHECK(problem_of(broker.open(truncating)).text == no.text);
    CHECK(shop.read("shop/may.csv") == "inside");
}

TEST_CASE("a path that leads up, around or nowhere is refused before anything is looked at") {
    const FileBroker broker({{Glob::parse("/**").take()}, {}, {}});
    const auto text = [&](const std::string& path) {
        const base::Problem no = problem_of(broker.open({path}));
        CHECK(no.id == "broker.bad-path");
        CHECK(no.fix == "ask for an absolute path, with one \"/\" between its parts, and without \".\" and \"..\"");
        return no.text;
    };
    CHECK(text("/shop/../etc/shadow") == "the path \"/shop/../etc/shadow\" has the part \"..\"");
    CHECK(text("/shop/./x") == "the path \"/shop/./x\" has the part \".\"");
    CHECK(text("etc/shadow") == "the path \"etc/shadow\" is not absolute");
    CHECK(text("/etc//shadow") == "the path \"/etc//shadow\" has an empty part");
    CHECK(text("/") == "the path \"/\" has an empty part");
    CHECK(text(std::string("/etc/passwd\0.csv", 16)) == "the path \"/etc/passwd\\x00.csv\" has a control character");
    CHECK(text("/" + std::string(5000, 'a')).ends_with("...\" has 5001 bytes, of 4095 at most"));
    CHECK(text("/" + std::string(256, 'a')).ends_with(" has a part of more than 255 bytes"));
}

TEST_CASE("a rule that denies goes before one that grants, also for what is below") {
    const Shop shop;
    shop.write("shop/orders/1.csv", "first");
    const FileBroker broker({{shop.glob("shop/**")}, {shop.glob("shop/*")}, {shop.glob("shop/orders")}});
    CHECK(broker.open({shop.at("shop/may.csv")}));
    const base::Problem no = problem_of(broker.open({shop.at("shop/orders/1.csv")}));
    CHECK(no.id == "permission.denied");
    CHECK(no.text ==
          "read:" + shop.at("shop/orders/1.csv") + " is denied by the rule \"" + shop.at("shop/orders/**") + "\"");
    CHECK_FALSE(missing_permission(no));
    CHECK_FALSE(broker.stat({shop.at("shop/orders")}));
}

TEST_CASE("what writing is denied can still be read, and the refusal has the rule in the operator's words") {
    const Shop shop;
    const FileBroker broker({{}, {shop.glob("shop/**")}, {{shop.glob("shop/*.csv"), true, "write:$home/shop/*.csv"}}});
    CHECK(broker.open({shop.at("shop/may.csv")}));
    CHECK_FALSE(broker.stat({shop.at("shop/may.csv")}).value().writable);
    CHECK(broker.stat({shop.at("shop/orders")}).value().writable);
    const base::Problem no = problem_of(broker.open({shop.at("shop/may.csv"), Access::write}));
    CHECK(no.id == "permission.denied");
    CHECK(no.text == "write:" + shop.at("shop/may.csv") + " is denied by the rule \"write:$home/shop/*.csv\"");
    CHECK(no.fix == "take the rule \"write:$home/shop/*.csv\" back");
}

TEST_CASE("an exception takes what it matches, and what is below, from its own grant only") {
    const Shop shop;
    shop.write("shop/orders/1.csv", "first");
    const FileGrant most(shop.glob("shop/**"), {shop.glob("shop/orders")});
    const FileBroker broker({{most}, {}, {}});
    CHECK(broker.open({shop.at("shop/may.csv")}));
    const base::Problem no = problem_of(broker.open({shop.at("shop/orders/1.csv")}));
    CHECK(no.id == "permission.denied");
    CHECK(no.text ==
          "read:" + shop.at("shop/orders/1.csv") + " is denied by the rule \"!" + shop.at("shop/orders/**") + "\"");
    CHECK_FALSE(missing_permission(no));
    CHECK(problem_of(broker.open({shop.at("shop/orders/1.csv"), Access::write})).text ==
          "write:" + shop.at("shop/orders/1.csv") + " is not granted");
    const FileBroker other({{most, shop.glob("shop/orders/1.csv")}, {}, {}});
    CHECK(other.open({shop.at("shop/orders/1.csv")}));
    CHECK_FALSE(other.open({shop.at("shop/orders/2.csv")}));
    const FileBroker all({{most}, {shop.glob("shop/orders/*")}, {}});
    CHECK(all.open({shop.at("shop/orders/1.csv"), Access::write}));
}

TEST_CASE("no link is followed, at the end of a path or before, out of a grant or inside of it") {
    const Shop shop;
    shop.link(shop.at("secret/key.csv"), "shop/link.csv");
    shop.link("may.csv", "shop/near.csv");
    shop.link(shop.at("secret"), "shop/folder");
    shop.link("/proc/self/root" + shop.at("secret"), "shop/magic");
    shop.link(shop.at("secret/new.csv"), "shop/dangling.csv");
    const FileBroker broker({{}, {shop.glob("shop/**")}, {}});
    for (const auto* name : {"shop/link.csv", "shop/near.csv", "shop/folder/key.csv", "shop/magic/key.csv"}) {
        const base::Problem no = problem_of(broker.open({shop.at(name)}));
        CHECK(no.id == "broker.link");
        CHECK(no.text == shop.at(name) + " leads through a link");
        CHECK(no.fix == "ask for the path that the link leads to, and let that be granted");
        CHECK_FALSE(broker.stat({shop.at(name)}));
        CHECK(base::open_regular(shop.at(name)));  // the control: without the broker's checks it is there
    }
    OpenFile making{shop.at("shop/dangling.csv"), Access::write};
    making.create = true;
    CHECK(problem_of(broker.open(making)).id == "broker.link");
    CHECK(::access(shop.at("secret/new.csv").c_str(), F_OK) != 0);
    // A folder before the first wildcard is not followed either.
    const FileBroker behind({{shop.glob("shop/folder/*")}, {}, {}});
    CHECK(problem_of(behind.open({shop.at("shop/folder/key.csv")})).id == "broker.link");
}

TEST_CASE("a folder that is swapped for a link in a loop never leads outside") {
    const Shop shop;
    shop.make("shop/swap");
    shop.write("shop/swap/key.csv", "inside");
    shop.link(shop.at("secret"), "shop/other");
    const FileBroker broker({{shop.glob("shop/*/key.csv")}, {}, {}});
    const std::string path = shop.at("shop/swap/key.csv");
    std::atomic<bool> end{false};
    std::thread plugin([&] {
        while (!end)
            ::syscall(SYS_renameat2, AT_FDCWD, shop.at("shop/swap").c_str(), AT_FDCWD, shop.at("shop/other").c_str(),
                      RENAME_EXCHANGE);
    });
    int inside = 0, refused = 0, outside = 0, control = 0;
    for (int i = 0; i < 2'000'000 && (inside < 500 || refused < 500 || control == 0); ++i) {
        const auto file = broker.open({path});
        if (!file)
            ++refused;
        else
            ++(text_of(file.value()) == "inside" ? inside : outside);
        const auto plain = base::open_regular(path);
        if (plain && text_of(plain.value()) == "outside") ++control;
    }
    end = true;
    plugin.join();
    CHECK(outside == 0);
    CHECK(inside >= 500);
    CHECK(refused >= 500);
    CHECK(control > 0);  // without the broker, the swapped link is followed
}

TEST_CASE("only regular files are opened, and nothing of /proc") {
    const Shop shop;
    REQUIRE(::mkfifo(shop.at("shop/pipe").c_str(), 0600) == 0);
    const FileBroker broker({{Glob::parse("/**").take()}, {shop.glob("shop/**")}, {}});
    const auto text = [&](const std::string& path) {
        const base::Problem no = problem_of(broker.open({path}));
        CHECK(no.id == "broker.not-a-file");
        CHECK(no.fix == "ask for a regular file");
        return no.text;
    };
    CHECK(text(shop.at("shop/orders")) == shop.at("shop/orders") + " is a folder");
    CHECK(text(shop.at("shop/pipe")) == shop.at("shop/pipe") + " is a FIFO");
    CHECK(text("/dev/null") == "/dev/null is a device");
    const std::string own = "/proc/" + std::to_string(::getpid()) + "/environ";
    CHECK(text(own) == own + " is a file of /proc, which would tell of the host");
}

TEST_CASE("a file is made only where it may be written, and may be asked to be new") {
    const Shop shop;
    const FileBroker broker({{shop.glob("shop/**")}, {shop.glob("shop/orders/*")}, {}});
    OpenFile making{shop.at("shop/orders/1.csv"), Access::write};
    CHECK(problem_of(broker.open(making)).id == "broker.not-found");
    CHECK(problem_of(broker.open(making)).text == making.path + " does not exist");
    making.create = making.exclusive = true;
    const auto made = broker.open(making);
    REQUIRE(made);
    CHECK(::write(made.value().get(), "one", 3) == 3);
    CHECK(shop.read("shop/orders/1.csv") == "one");
    struct stat facts{};
    REQUIRE(::fstat(made.value().get(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(problem_of(broker.open(making)).id == "broker.exists");
    CHECK(problem_of(broker.open(making)).text == making.path + " is there already");
    making.exclusive = false;
    making.append = true;
    const auto again = broker.open(making);
    REQUIRE(again);
    CHECK(::write(again.value().get(), "two", 3) == 3);
    CHECK(shop.read("shop/orders/1.csv") == "onetwo");
    making.path = shop.at("shop/2.csv");
    CHECK(problem_of(broker.open(making)).text == "write:" + making.path + " is not granted");
    CHECK(::access(making.path.c_str(), F_OK) != 0);
}

TEST_CASE("a file that is larger than may be written is not opened for writing") {
    const Shop shop;
    const FileBroker broker({{}, {shop.glob("shop/*")}, {}, 5});
    const base::Problem no = problem_of(broker.open({shop.at("shop/may.csv"), Access::read_write}));
    CHECK(no.id == "broker.too-large");
    CHECK(no.text == shop.at("shop/may.csv") + " has 6 bytes; files of at most 5 may be written");
    CHECK(broker.open({shop.at("shop/may.csv")}));
    OpenFile emptying{shop.at("shop/may.csv"), Access::write};
    emptying.truncate = true;
    CHECK(broker.open(emptying));
    CHECK(shop.read("shop/may.csv").empty());
}

TEST_CASE("what a file is like is told where it may be read") {
    const Shop shop;
    const FileBroker broker({{shop.glob("shop/**")}, {}, {}});
    const auto file = broker.stat({shop.at("shop/may.csv")});
    REQUIRE(file);
    CHECK(file.value().kind == FileFacts::Kind::file);
    CHECK(file.value().size == 6);
    CHECK(file.value().modified_ns > 1'000'000'000'000'000'000);  // nanoseconds, not seconds
    CHECK_FALSE(file.value().writable);
    CHECK(broker.stat({shop.at("shop/orders")}).value().kind == FileFacts::Kind::folder);
    CHECK(broker.stat({shop.at("shop/none")}).problem().id == "broker.not-found");
    CHECK(broker.stat({shop.at("secret")}).problem().text == "read:" + shop.at("secret") + " is not granted");
}

TEST_CASE("what the system refuses is told in its words") {
    const Shop shop;
    const FileBroker broker({{}, {Glob::parse("/sys/kernel/**").take()}, {}});
    OpenFile making{"/sys/kernel/tenon-was-here", Access::write};
    making.create = true;
    const base::Problem no = problem_of(broker.open(making));
    CHECK(no.id == "broker.io");
    CHECK(no.text.starts_with("/sys/kernel/tenon-was-here cannot be opened: "));
    CHECK(no.fix == "let the host's user open it, or ask for another file");
}
