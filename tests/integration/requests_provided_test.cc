// What plugins ask of the application: what it provides, what it does not, and how much of it.
#include <sys/mman.h>
#include <unistd.h>
#include <tenon/provide.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/fd.h"
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* id = "org.tenon.test.uses-the-application";
const std::vector<std::string> plugin = {"uses_the_application"};
const std::vector<std::string> levels = {"trusted", "standard"};
const std::string all_granted =
    "'notifications', 'clipboard:read-write', 'device:camera', 'content:change', "
    "'model:small tokens-per-call=40 tokens-per-day=100', 'model:large tokens-per-call=40', 'model:*'";

std::string granted(const std::string& level, const std::string& grants = all_granted) {
    return told(level, grants, "", id);
}

std::string no(std::int32_t status, const std::string& text) {
    return refused(status, text);
}
std::string not_provided(const std::string& what, const std::string& constant) {
    return no(TENON_E_UNIMPLEMENTED, what +
                                         ": the application does not provide it. The application has to register a "
                                         "provider of " +
                                         constant + " with tenon_host_set_provider.");
}

// A file with this text, to be read from its beginning.
base::Fd file_with(const std::string& text) {
    base::Fd file(::memfd_create("picture", MFD_CLOEXEC));
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
    return file;
}

// An application that has all of it.
class Application {
public:
    explicit Application(tenon_host* host)
        : notify_(host, TENON_REQUEST_NOTIFY, [this](const ProviderCall& call) { return note(call), TENON_OK; }),
          paste_(host, TENON_REQUEST_CLIPBOARD_READ,
                 [this](const ProviderCall& call) { return call.answer(kept(std::string(call.detail()))); }),
          copy_(host, TENON_REQUEST_CLIPBOARD_WRITE,
                [this](const ProviderCall& call) { return keep(std::string(call.detail()), call.input()); }),
          model_(host, TENON_REQUEST_MODEL, [](const ProviderCall& call) { return complete(call); }),
          device_(host, TENON_REQUEST_DEVICE, [](const ProviderCall& call) { return picture(call); }),
          look_(host, TENON_REQUEST_CONTENT_READ,
                [this](const ProviderCall& call) { return call.answer(kept(std::string(call.subject()))); }),
          change_(host, TENON_REQUEST_CONTENT_CHANGE,
                  [this](const ProviderCall& call) { return keep(std::string(call.subject()), call.input()); }) {}

    std::string noted() const {
        const std::lock_guard guard(lock_);
        return noted_;
    }

private:
    void note(const ProviderCall& call) {
        const std::lock_guard guard(lock_);
        noted_ = std::string(call.plugin()) + ": " + std::string(call.subject());
    }
    std::string kept(const std::string& name) const {
        const std::lock_guard guard(lock_);
        const auto found = kept_.find(name);
        return found != kept_.end() ? found->second : std::string();
    }
    std::int32_t keep(const std::string& name, std::string_view value) {
        const std::lock_guard guard(lock_);
        kept_[name] = value;
        return TENON_OK;
    }
    // As many tokens as the prompt says.
    static std::int32_t complete(const ProviderCall& call) {
        const int tokens = std::stoi(std::string(call.input()));
        std::string out = std::string(call.subject()) + " " + std::string(call.detail());
        for (const tenon_named& one : call.named())
            out += " " + std::string(view(one.name)) + "=" + std::string(view(one.value));
        return call.answer(out + ", at most " + std::to_string(call.most_tokens()), tokens);
    }
    static std::int32_t picture(const ProviderCall& call) {
        const base::Fd file = file_with("a picture of the " + std::string(call.detail()));
        tenon_answer answer = TENON_ANSWER_INIT;
        answer.descriptor = file.get();
        return call.answer(answer);
    }

    mutable std::mutex lock_;
    std::map<std::string, std::string> kept_;
    std::string noted_;
    Provider notify_, paste_, copy_, model_, device_, look_, change_;
};

}  // namespace

TEST_CASE("what the application provides is there for a plugin that was granted it") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        REQUIRE(shop.refusal().empty());
        const Application application(shop.host());
        CHECK(shop.tell("copy text/plain apples") == "0");
        CHECK(shop.tell("paste") == "0: apples");
        CHECK(shop.tell("copy text/html <b>") == "0");
        CHECK(shop.tell("paste text/html") == "0: <b>");
        CHECK(shop.tell("paste text/plain") == "0: apples");
        CHECK(shop.tell("model large 7") == "0: 7 large complete style=brief, at most 40");
        CHECK(shop.tell("model other 7") == "0: 7 other complete style=brief, at most 0");
        CHECK(shop.tell("device camera door") == "0: a picture of the door");
        CHECK(shop.tell("change window pears") == "0");
        CHECK(shop.tell("thread look window") == "0: pears");
        CHECK(shop.tell("stuff 16777216") == "0");
        CHECK(shop.tell("look all") == "0: " + in_short(std::string(16777216, 'v')));
        CHECK(shop.tell("notify opened") == "0");
        CHECK(application.noted() == std::string(id) + ": opened");
    }
}

TEST_CASE("what nobody provides is refused with what the application has to do, except notifications") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        CHECK(shop.tell("paste") == not_provided("clipboard:read", "TENON_REQUEST_CLIPBOARD_READ"));
        CHECK(shop.tell("copy text/plain a") == not_provided("clipboard:write", "TENON_REQUEST_CLIPBOARD_WRITE"));
        CHECK(shop.tell("model small 1") == not_provided("model:small", "TENON_REQUEST_MODEL"));
        CHECK(shop.tell("device camera") == not_provided("device:camera", "TENON_REQUEST_DEVICE"));
        CHECK(shop.tell("look window") == not_provided("content:read", "TENON_REQUEST_CONTENT_READ"));
        CHECK(shop.tell("change window a") == not_provided("content:change", "TENON_REQUEST_CONTENT_CHANGE"));
        CHECK(shop.tell("notify opened") == "0");
        CHECK(shop.logged("notification: opened: ").size() == 1);
    }
}

TEST_CASE("what was not granted does not reach the application, and the command that grants it is said") {
    const Place place;
    Shop shop(place, granted("standard", ""), "", plugin);
    const Application application(shop.host());
    const auto denial = [](const std::string& what, const std::string& request) {
        return no(TENON_E_REFUSED, what + " is not granted to " + id + "; to grant it: tenon grant " + id + " " +
                                       request + " --store FILE");
    };
    CHECK(shop.tell("paste") == denial("clipboard:read", "clipboard:read-write"));
    CHECK(shop.tell("copy text/plain a") == denial("clipboard:write", "clipboard:read-write"));
    CHECK(shop.tell("model small 1") == denial("model:small", "'model:small tokens-per-call=40 tokens-per-day=100'"));
    CHECK(shop.tell("model other 1") == denial("model:other", "'model:*'"));
    CHECK(shop.tell("device camera") == denial("device:camera", "device:camera"));
    CHECK(shop.tell("device microphone") == not_asked_for("device:microphone", id));
    CHECK(shop.tell("look window") == denial("content:read", "content:change"));
    CHECK(shop.tell("change window a") == denial("content:change", "content:change"));
    CHECK(shop.tell("notify opened") == denial("notifications", "notifications"));
    CHECK(application.noted().empty());
}

TEST_CASE("requests that are too large do not reach the application") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        const Application application(shop.host());
        const auto large = [](const std::string& what, std::uint64_t size) {
            return no(TENON_E_FULL, what + " has " + std::to_string(size + 1) + " bytes, of " + std::to_string(size) +
                                        " at most; ask in parts");
        };
        CHECK(shop.tell("hoard 1048576") == "0");
        CHECK(shop.tell("hoard 1048577") == large("clipboard:write: the request's input", 1u << 20));
        CHECK(shop.tell("babble 4194305") == large("model:small: the request's input", 4u << 20));
        CHECK(shop.tell("stuff 16777217") == large("content:change: the request's input", 16u << 20));
        CHECK(shop.tell("look " + std::string(4097, 'x')) == large("content:read: the request's subject", 4u << 10));
        CHECK(shop.tell("paste " + std::string(65537, 'x')) ==
              large("clipboard:read: the request's detail", 64u << 10));
    }
}

TEST_CASE("the clipboard is used so often in a minute and no more, and so are models and devices") {
    const Place place;
    Shop shop(place, granted("trusted"), "", plugin);
    const Application application(shop.host());
    // The first use beyond the limit is refused, and beyond what flowed in meanwhile; all of the deeds count as one.
    const auto worn_out = [&](std::uint64_t most, const std::string& what, const std::vector<std::string>& deeds) {
        INFO(what);
        const auto begun = std::chrono::steady_clock::now();
        std::uint64_t uses = 0;
        std::string answer;
        do answer = shop.tell(deeds[uses++ % deeds.size()]);
        while (!answer.starts_with(std::to_string(TENON_E_FULL)));
        const std::chrono::duration<double, std::ratio<60>> minutes = std::chrono::steady_clock::now() - begun;
        CHECK(answer.substr(0, answer.find(';')) ==
              "-17: more than " + std::to_string(most) + " " + what + " a minute");
        CHECK(uses >= most + 1);
        CHECK(uses <= most + 2 + static_cast<std::uint64_t>(minutes.count() * static_cast<double>(most)));
    };
    worn_out(60, "uses of the clipboard", {"paste", "copy text/plain pears"});
    worn_out(60, "calls of models", {"model large 1", "model other 1"});
    worn_out(60, "uses of devices", {"device camera"});
    worn_out(20, "notifications", {"notify opened"});
    worn_out(6000, "uses of the content", {"look window", "change window pears"});
}

namespace {

// These tests take far less than a minute, and what they count must not be of two days.
void let_midnight_pass() {
    constexpr std::int64_t day = 86'400;
    const auto left = [] {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return day - std::chrono::duration_cast<std::chrono::seconds>(now).count() % day;
    };
    while (left() <= 60) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

}  // namespace

TEST_CASE("a plugin uses as many tokens in a day as it was granted, also over a restart") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        let_midnight_pass();
        const std::string store = place.path(level + ".db");
        {
            Shop shop(place, granted(level), store, plugin);
            const Application application(shop.host());
            CHECK(shop.tell("model small 30") == "0: 30 small complete style=brief, at most 40");
            CHECK(shop.tell("model small 40") == "0: 40 small complete style=brief, at most 40");
        }
        Shop shop(place, granted(level), store, plugin);
        const Application application(shop.host());
        CHECK(shop.tell("model small 20") == "0: 20 small complete style=brief, at most 30");
        // It says more than it may, and what it says is counted.
        CHECK(shop.tell("model small 11") ==
              no(TENON_E_FAILED,
                 "model:small: the application's provider is wrong: it says that 11 tokens were used, of 10 at most. "
                 "The application has to be mended."));
        const std::string refusal = shop.tell("model small 1");
        CHECK(refusal.starts_with("-17: model:small: 101 of 100 tokens a day are used; the day ends at 2"));
        CHECK(refusal.ends_with("T00:00:00Z. Wait until then, or ask for more tokens_per_day in the manifest."));
        CHECK(shop.tell("model large 1").starts_with("0: "));
    }
}

TEST_CASE("without a store, what was used of a day is known to the host as long as it lives") {
    const Place place;
    let_midnight_pass();
    Shop shop(place, granted("trusted"), "", plugin);
    const Application application(shop.host());
    for (int i = 0; i < 2; ++i) CHECK(shop.tell("model small 40").starts_with("0: 40 "));
    REQUIRE(shop.unload(id) == TENON_STATE_UNLOADED);
    shop.load("uses_the_application");
    CHECK(shop.tell("model small 20") == "0: 20 small complete style=brief, at most 20");
    CHECK(shop.tell("model small 1").starts_with("-17: model:small: 100 of 100 tokens a day are used; "));
}

TEST_CASE("what a call of a model used is counted, also when the application says no") {
    const Place place;
    let_midnight_pass();
    Shop shop(place, granted("trusted"), "", plugin);
    const Provider model(shop.host(), TENON_REQUEST_MODEL, [](const ProviderCall& call) {
        if (call.input() == "0") return call.answer("", 0);
        return call.refuse("it got stuck", TENON_E_FAILED, std::stoi(std::string(call.input())));
    });
    CHECK(shop.tell("model small 40") == no(TENON_E_FAILED, "model:small: the application says no: it got stuck"));
    CHECK(shop.tell("model small 40") == no(TENON_E_FAILED, "model:small: the application says no: it got stuck"));
    CHECK(shop.tell("model small 20") == no(TENON_E_FAILED, "model:small: the application says no: it got stuck"));
    CHECK(shop.tell("model small 0").starts_with("-17: model:small: 100 of 100 tokens a day are used; "));
}

TEST_CASE("what is a text on the clipboard is UTF-8, however its media type is written") {
    const Place place;
    Shop shop(place, granted("trusted"), "", plugin);
    const Provider paste(shop.host(), TENON_REQUEST_CLIPBOARD_READ,
                         [](const ProviderCall& call) { return call.answer("\xFF"); });
    const std::string illegible = no(TENON_E_FAILED,
                                     "clipboard:read: the application's provider is wrong: its output is not UTF-8. "
                                     "The application has to be mended.");
    for (const char* const type : {"", "text/html", "TEXT/HTML", "Text/plain; charset=latin1"})
        CHECK(shop.tell(std::string("paste ") + type) == illegible);
    for (const char* const type : {"image/png", "texts/html", "tex"})
        CHECK(shop.tell(std::string("paste ") + type) == "0: \xFF");
}

TEST_CASE("a provider in C++ that was replaced takes nothing with it when it goes") {
    const Place place;
    Shop shop(place, granted("trusted"), "", plugin);
    const auto says = [&](const char* text) {
        return std::make_unique<Provider>(shop.host(), TENON_REQUEST_CONTENT_READ,
                                          [text](const ProviderCall& call) { return call.answer(text); });
    };
    std::unique_ptr<Provider> first = says("pears"), second = says("plums");
    first.reset();
    CHECK(shop.tell("look window") == "0: plums");
    second.reset();
    CHECK(shop.tell("look window") == not_provided("content:read", "TENON_REQUEST_CONTENT_READ"));
}

TEST_CASE("a file whose answer cannot cross is not taken for that of the next answer") {
    const Place place;
    // An eighth of its memory crosses at once, and what the first answer has does not.
    Shop shop(place, told("standard", all_granted, "memory = '120 MiB'\n", id), "", plugin);
    REQUIRE(shop.refusal().empty());
    const Provider device(shop.host(), TENON_REQUEST_DEVICE, [](const ProviderCall& call) {
        const base::Fd file = file_with(std::string(call.detail()));
        const std::string large(8u << 20, 'x');
        tenon_answer answer = TENON_ANSWER_INIT;
        answer.descriptor = file.get();
        if (call.detail() == "first") answer.output = {large.data(), large.size()};
        return call.answer(answer);
    });
    CHECK(shop.tell("device camera first") == std::to_string(TENON_E_NO_MEMORY));
    CHECK(shop.tell("device camera second") == "0: second");
    CHECK(shop.tell("device camera third") == "0: third");
}

TEST_CASE("the plugin is told why the application says no, and what it throws") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        const Provider closed(shop.host(), TENON_REQUEST_CONTENT_READ, [](const ProviderCall& call) {
            if (call.subject() == "door") throw std::runtime_error("the door is stuck");
            if (call.subject() == "wall") return std::int32_t{TENON_E_STATE};
            return call.refuse("there is no such part", TENON_E_NOT_FOUND);
        });
        CHECK(shop.tell("look attic") ==
              no(TENON_E_NOT_FOUND, "content:read: the application says no: there is no such part"));
        CHECK(shop.tell("look door") ==
              no(TENON_E_EXCEPTION, "content:read: the application says no: the door is stuck"));
        CHECK(shop.tell("look wall") ==
              no(TENON_E_FAILED, "content:read: the application says no: -1 without a reason"));
    }
}

namespace {

// A provider that runs until nobody waits for it.
class Lasting {
public:
    explicit Lasting(tenon_host* host) : host_(host) {
        REQUIRE(tenon_host_set_provider(host, TENON_REQUEST_DEVICE, run, this, nullptr) == TENON_OK);
    }
    std::atomic<bool> begun{false}, ended{false};
    std::atomic<std::int32_t> inside{0};  // what withdrawing it says there

private:
    static std::int32_t run(void* self, const tenon_provider_call* call) {
        Lasting& lasting = *static_cast<Lasting*>(self);
        tenon_error error = TENON_ERROR_INIT;
        lasting.inside = tenon_host_set_provider(lasting.host_, TENON_REQUEST_DEVICE, nullptr, nullptr, &error);
        if (std::string(error.text) != "a provider cannot be changed from inside a provider") lasting.inside = 0;
        lasting.begun = true;
        while (call->is_cancelled(call) == 0) std::this_thread::yield();
        lasting.ended = true;
        return TENON_E_CANCELLED;
    }
    tenon_host* const host_;
};

}  // namespace

TEST_CASE("a provider is withdrawn while it runs, which waits until it is over, and cannot withdraw itself") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        Lasting lasting(shop.host());
        CHECK(shop.tell("begin device camera") == "begun");
        REQUIRE(comes_true([&] { return lasting.begun.load(); }));
        CHECK(lasting.inside == TENON_E_STATE);
        CHECK_FALSE(lasting.ended);
        CHECK(tenon_host_set_provider(shop.host(), TENON_REQUEST_DEVICE, nullptr, nullptr, nullptr) == TENON_OK);
        CHECK(lasting.ended);
        CHECK(shop.tell("device camera") == not_provided("device:camera", "TENON_REQUEST_DEVICE"));
    }
}

TEST_CASE("a plugin is unloaded while a thread of its own waits for the application") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        Shop shop(place, granted(level), "", plugin);
        Lasting lasting(shop.host());
        CHECK(shop.tell("begin device camera") == "begun");
        REQUIRE(comes_true([&] { return lasting.begun.load(); }));
        CHECK(shop.unload(id) == TENON_STATE_UNLOADED);
        CHECK(comes_true([&] { return lasting.ended.load(); }));
    }
}

namespace {

// A provider that runs until the log says that its plugin was given up, and is cancelled.
class Outlasting {
public:
    explicit Outlasting(const SharedLog& log) : log_(log) {}
    static std::int32_t run(void* self, const tenon_provider_call* call) {
        Outlasting& its = *static_cast<Outlasting*>(self);
        its.begun = true;
        its.was_told = comes_true([&] {
            return !its.log_.with("is out of service but stays mapped").empty() && call->is_cancelled(call) != 0;
        });
        its.over = true;
        return TENON_E_CANCELLED;
    }
    std::atomic<bool> begun{false}, was_told{false}, over{false};

private:
    const SharedLog& log_;
};

}  // namespace

TEST_CASE("a host that ends waits for providers that outlast their plugins") {
    const Place place;
    for (const std::string& level : levels) {
        INFO(level);
        const std::string file = place.operators_file(granted(level));
        SharedLog log;
        Outlasting provider(log);
        tenon_host_options options = quiet_options();
        options.operator_file = str(file);
        options.log = SharedLog::write;
        options.log_data = &log;
        options.watchdog_period_ns = UINT64_MAX;
        options.drain_timeout_ns = 1'000'000;
        auto shop = std::make_unique<OpenShop>(options);
        shop->host.load(std::string(TENON_FIXTURES) + "/shop/" + plugin[0]);
        REQUIRE(tenon_host_set_provider(shop->host.raw(), TENON_REQUEST_DEVICE, Outlasting::run, &provider, nullptr) ==
                TENON_OK);
        std::thread caller([&, hook = shop->ask(), scope = std::make_shared<Scope>(shop->host)] {
            auto question = sized<shop_question>();
            question.text = str("device camera");
            auto answer = sized<shop_answer>();
            hook(*scope, question, answer);
        });
        REQUIRE(comes_true([&] { return provider.begun.load(); }));
        // Left to calls that did not return; reachable to the end of the process, so that it is no leak.
        static auto* const left = new std::vector<tenon_host*>;
        left->push_back(shop->host.raw());
        shop.reset();
        CHECK(provider.over);
        CHECK(provider.was_told);
        caller.join();
    }
}
