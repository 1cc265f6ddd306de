// Requests that take long: they end with the call that waits for them, with the plugin, and with its worker; and how
// many a plugin may make. A program may take 30 s; what is cut short is over long before.
#include <signal.h>
#include <unistd.h>
#include <tenon/provide.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

const std::string shell_granted = "'process:/bin/sh -c {script}', 'collection:notes:read-write'";
constexpr auto long_before = std::chrono::seconds(9);

class Watch {
public:
    bool is_early() const { return std::chrono::steady_clock::now() - begin_ < long_before; }

private:
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// A deed that lasts; the file is there once it has begun.
std::string lasting(const std::string& file) {
    return "run /bin/sh script=: > " + file + "; exec sleep 1000";
}

// The process of its plugin; 0: there is none. Programs that run are not in the way: they are begun later.
pid_t worker() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        if (pid_t child = 0; children >> child) return child;
    }
    return 0;
}

// Until it is refused, which comes at last: a minute's worth flows in more slowly than anybody can ask.
std::string worn_out(Shop& shop, const std::string& deed) {
    for (;;) {
        const std::string answer = shop.tell(deed);
        if (answer.starts_with(std::to_string(TENON_E_FULL))) return answer.substr(0, answer.find(';'));
    }
}

}  // namespace

TEST_CASE("a call whose plugin makes a long request ends at the caller's deadline") {
    const Place place;
    const std::string file = place.operators_file(told("standard", shell_granted));
    tenon_host_options options = quiet_options();
    options.operator_file = str(file);
    options.watchdog_period_ns = UINT64_MAX;
    OpenShop shop(options);
    shop.host.load(std::string(TENON_FIXTURES) + "/shop/does_as_told");
    const std::string deed = lasting(place.path("begun"));
    auto question = sized<shop_question>();
    question.text = str(deed);
    auto answer = sized<shop_answer>();
    const Watch watch;
    shop.scope.set_time_left_ns(300'000'000);
    shop.ask()(shop.scope, question, answer);
    CHECK(watch.is_early());
    REQUIRE(shop.scope.error_count() != 0);
    CHECK(shop.scope.error(0).code == TENON_E_DEADLINE);
    CHECK(std::string(shop.scope.error(0).text).find("did not answer before the caller's deadline, and was ended") !=
          std::string::npos);
}

TEST_CASE("a request of a plugin in the host's process ends at the deadline of the call that makes it") {
    const Place place;
    Shop shop(place, told("trusted", shell_granted));
    const Watch watch;
    const std::string answer = shop.tell_within(300'000'000, lasting(place.path("begun")));
    CHECK(watch.is_early());
    INFO(answer);
    CHECK(answer.starts_with(std::to_string(TENON_E_DEADLINE) + ": process:/bin/sh"));
    CHECK(shop.tell("run /bin/sh script=echo again") == "0: 0 again\n");  // which has no deadline
}

TEST_CASE("a plugin in the host's process is unloaded though a call of it waits for a program") {
    const Place place;
    const std::string file = place.path("begun");
    Shop shop(place, told("trusted", shell_granted), "", {"does_as_told"}, "", 100'000'000);
    std::string answer;
    std::thread caller([&] { answer = shop.tell(lasting(file)); });
    REQUIRE(comes_true([&] { return std::filesystem::exists(file); }));
    const Watch watch;
    CHECK(shop.unload() == TENON_STATE_UNLOADED);
    CHECK(watch.is_early());
    caller.join();
    CHECK(answer ==
          refused(TENON_E_CANCELLED,
                  "process:/bin/sh: was cut short: the plugin is unloaded, or its worker has ended; ask before "
                  "the plugin is stopped"));
}

namespace {

constexpr const char* application_id = "org.tenon.test.uses-the-application";
const std::string device_granted = "'device:camera', 'notifications'";

// Longer than what a worker has to come back.
std::int32_t late(const ProviderCall& call) {
    while (!call.is_cancelled()) std::this_thread::yield();
    ::usleep(20'000);
    return call.answer("a picture");
}

}  // namespace

TEST_CASE("a worker lives whose call outlasts its deadline or its budget in the hands of the application") {
    const Place place;
    for (const bool by_deadline : {true, false}) {
        INFO(by_deadline);
        const std::string budget = by_deadline ? "" : "[budget]\nhard = '300 ms'\n";
        const std::string file = place.operators_file(told("standard", device_granted, "", application_id) + budget);
        SharedLog log;
        tenon_host_options options = quiet_options();
        options.operator_file = str(file);
        options.log = SharedLog::write;
        options.log_data = &log;
        options.breakers = 0;  // which end calls
        if (by_deadline) options.watchdog_period_ns = UINT64_MAX;
        OpenShop shop(options);
        shop.host.load(std::string(TENON_FIXTURES) + "/shop/uses_the_application");
        std::atomic<int> calls{0};
        const Provider device(shop.host.raw(), TENON_REQUEST_DEVICE, [&](const ProviderCall& call) {
            ++calls;
            return late(call);
        });
        const auto tell = [&](const std::string& deed) {
            auto question = sized<shop_question>();
            question.text = str(deed);
            auto answer = sized<shop_answer>();
            shop.ask()(shop.scope, question, answer);
            const std::string text = shop.scope.error_count() != 0 ? shop.scope.error(0).text : "";
            shop.scope.reset();
            return text;
        };
        CHECK(tell("notify opened").empty());  // first calls have more time
        const pid_t pid = worker();
        if (by_deadline) shop.scope.set_time_left_ns(300'000'000);
        CHECK(tell("device camera").find("was ended") == std::string::npos);
        CHECK(calls == 1);
        CHECK(worker() == pid);
        CHECK(log.with("was ended").empty());
    }
}

TEST_CASE("what a worker has asked for ends with it, also when no other follows") {
    const Place place;
    Shop shop(place, told("standard", device_granted, "", application_id), "", {"uses_the_application"});
    std::atomic<bool> begun{false}, cancelled{false};
    const Provider device(shop.host(), TENON_REQUEST_DEVICE, [&](const ProviderCall& call) {
        begun = true;
        cancelled = comes_true([&] { return call.is_cancelled(); });
        return call.answer("a picture");
    });
    for (int ends = 0; ends < 3; ++ends) {
        const pid_t pid = worker();
        REQUIRE(pid > 0);
        REQUIRE(::kill(pid, SIGKILL) == 0);
        REQUIRE(comes_true([&] { return shop.tell("notify opened") == "0" && worker() != pid; }));
    }
    CHECK(shop.tell("begin device camera") == "begun");
    REQUIRE(comes_true([&] { return begun.load(); }));
    REQUIRE(::kill(worker(), SIGKILL) == 0);
    REQUIRE(comes_true([&] { return !shop.logged("it stays down").empty(); }));
    CHECK(comes_true([&] { return cancelled.load(); }));
}

TEST_CASE("a plugin is unloaded while a thread of its own waits for a program") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        const std::string file = place.path(level + "-begun");
        Shop shop(place, told(level, shell_granted));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("begin " + lasting(file)) == "begun");
        REQUIRE(comes_true([&] { return std::filesystem::exists(file); }));
        const Watch watch;
        CHECK(shop.unload() == TENON_STATE_UNLOADED);
        CHECK(watch.is_early());
    }
}

TEST_CASE("a host ends while a thread of its plugin waits for a program") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        const std::string file = place.path(level + "-begun");
        auto shop = std::make_unique<Shop>(place, told(level, shell_granted));
        CHECK(shop->tell("begin " + lasting(file)) == "begun");
        REQUIRE(comes_true([&] { return std::filesystem::exists(file); }));
        const Watch watch;
        shop.reset();
        CHECK(watch.is_early());
    }
}

TEST_CASE("a worker is started again though a program of the one before was still running, and may run programs") {
    const Place place;
    Shop shop(place, told("standard", shell_granted));
    const pid_t first = worker();
    REQUIRE(first > 0);
    CHECK(shop.tell("begin " + lasting(place.path("begun"))) == "begun");
    REQUIRE(comes_true([&] { return std::filesystem::exists(place.path("begun")); }));
    const Watch watch;
    REQUIRE(::kill(first, SIGKILL) == 0);
    CHECK(comes_true([&] { return shop.tell("run /bin/sh script=echo again") == "0: 0 again\n"; }));
    CHECK(watch.is_early());
}

TEST_CASE("files are opened, and collections used, so often in a minute and no more") {
    const Place place;
    Shop shop(place, told("trusted"), place.path("store.db"));
    const std::string often = "-17: more than 6000 files opened or looked at a minute";
    CHECK(worn_out(shop, "open " + place.path("plain.txt")) == often);
    CHECK(worn_out(shop, "stat " + place.path("plain.txt")) == often);
    CHECK(worn_out(shop, "fill notes large 1048000") ==
          "-17: more than 67108864 bytes written to collections a minute");
    CHECK(shop.tell("get notes large").starts_with("0: "));  // to read is not to write
    CHECK(worn_out(shop, "get none key") == "-17: more than 60000 uses of collections a minute");
}

TEST_CASE("what takes the values and waits for a grant is named, though other templates of the program are granted") {
    const Place place;
    const std::string id = "org.tenon.test.looks-elsewhere";
    Shop shop(place, told("standard", "'process:/bin/echo one {a}'", "", id), "", {"looks_elsewhere"});
    REQUIRE(shop.refusal().empty());
    CHECK(shop.tell("run /bin/echo a=x") == "0: 0 one x\n");
    for (const std::string template_of : {"two {b}", "three {c}"}) {
        const std::string name = template_of.substr(template_of.size() - 2, 1);
        CHECK(shop.tell("run /bin/echo " + name + "=x") == "-13: process:/bin/echo is not granted to " + id +
                                                               "; to grant it: tenon grant " + id +
                                                               " 'process:/bin/echo " + template_of + "' --store FILE");
    }
    CHECK(shop.tell("run /bin/echo d=x").starts_with("-2: "));
}

TEST_CASE("an address that nobody may dial is not said to need a word of the operator's") {
    const Place place;
    const std::string id = "org.tenon.test.looks-elsewhere";
    for (const std::string more : {"", "allow_private = true"}) {
        Shop shop(place, told("trusted", "", more, id), "", {"looks_elsewhere"});
        CHECK(shop.tell("fetch GET http://0.0.0.0/") ==
              "-13: network:http://0.0.0.0:80: 0.0.0.0 leads to 0.0.0.0, which is not in the public network "
              "(unspecified); ask for a host with a public address");
    }
}

TEST_CASE("what is in the name of a folder is no wildcard") {
    const Place place;
    const std::string odd = place.path("[a]{b}*"), other = place.path("[a]{b}*c");
    for (const std::string& folder : {odd, other}) {
        std::filesystem::create_directories(folder + "/shelf");
        for (const char* name : {"/shelf/label.txt", "/plain.txt"}) std::ofstream(folder + name) << name;
        std::filesystem::permissions(folder, std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
    }
    ::setenv("TMPDIR", odd.c_str(), 1);
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'read:$temp/shelf/*.txt', 'read:$temp/plain.txt'"));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("open " + odd + "/shelf/label.txt") == "0: /shelf/label.txt");
        CHECK(shop.tell("open " + other + "/shelf/label.txt").starts_with("-13: "));
        CHECK(shop.tell("read " + odd + "/plain.txt") == "/plain.txt");
    }
}
