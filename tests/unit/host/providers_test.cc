// What the application provides: who is called, when one is withdrawn, and what is wrong with answers.
#include "host/providers.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <tenon/provide.hpp>
#include <thread>

#include "host/provided.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using host::AnswerRules;
using host::Provided;
using host::Providers;
using test::comes_true;

namespace {

using Function = std::function<std::int32_t(const tenon_provider_call&)>;

std::int32_t call(void* data, const tenon_provider_call* with) {
    return (*static_cast<Function*>(data))(*with);
}

constexpr std::uint32_t kind = TENON_REQUEST_DEVICE;

Provided ask(Providers& providers, const AnswerRules& rules,
             sandbox::broker::Deadline until = sandbox::broker::no_deadline) {
    const Providers::Use use(providers, kind);
    if (!use) throw std::logic_error("nobody provides it");
    auto request = sized<tenon_request>();
    request.kind = kind;
    const sandbox::broker::Stop stop;
    return host::ask_provider(use, "org.acme.spell", request, {until, &stop}, rules);
}

// What is wrong with this answer, and what the plugin is told.
std::string fault_of(Function function, const AnswerRules& rules) {
    Providers providers;
    REQUIRE_FALSE(providers.set(kind, call, &function));
    const Provided got = ask(providers, rules);
    CHECK((got.fault.empty() || got.status < 0));
    return got.fault;
}
std::string fault_of(const tenon_answer& answer, const AnswerRules& rules = {.most_output = 4}) {
    return fault_of([&](const tenon_provider_call& asked) { return asked.answer(&asked, &answer), TENON_OK; }, rules);
}

tenon_answer empty() {
    const tenon_answer out = TENON_ANSWER_INIT;
    return out;
}

}  // namespace

TEST_CASE("an answer is copied before the provider returns") {
    Providers providers;
    Function function = [](const tenon_provider_call& asked) {
        CHECK(view(asked.plugin) == "org.acme.spell");
        CHECK(asked.deadline_ns == 0);
        CHECK(asked.is_cancelled(&asked) == 0);
        std::string output = "pear", name = "colour", value = "green";
        const tenon_named named[] = {{str(name), str(value)}};
        tenon_answer answer = empty();
        answer.number = 7;
        answer.output = {output.data(), output.size()};
        answer.named = TENON_SPAN_OF(named, 1);
        asked.answer(&asked, &answer);
        return TENON_OK;
    };
    REQUIRE_FALSE(providers.set(kind, call, &function));
    const Provided got = ask(providers, {.most_output = 4});
    CHECK(got.status == TENON_OK);
    CHECK(got.number == 7);
    CHECK(got.output == "pear");
    CHECK(got.named == host::NamedTexts{{"colour", "green"}});
    CHECK(got.fault.empty());
}

TEST_CASE("answers that are wrong are not taken") {
    tenon_answer answer = empty();
    CHECK(fault_of(answer).empty());
    answer.struct_size = 8;
    CHECK(fault_of(answer) == "its answer is none: look at its size");
    answer = empty();
    answer.output = {"pears", 5};
    CHECK(fault_of(answer) == "its output has 5 bytes, of 4 at most");
    answer.output = {nullptr, 3};
    CHECK(fault_of(answer) == "its output points nowhere");
    answer.output = {"\xFF", 1};
    CHECK(fault_of(answer).empty());
    CHECK(fault_of(answer, {.most_output = 4, .is_text = true}) == "its output is not UTF-8");
    answer = empty();
    answer.error = TENON_STR("\xC0");
    CHECK(fault_of(answer) == "its error is not UTF-8");
    const std::string long_error(4097, 'x');
    answer.error = str(long_error);
    CHECK(fault_of(answer) == "its error has 4097 bytes, of 4096 at most");
    answer.error = {nullptr, 1};
    CHECK(fault_of(answer) == "its error points nowhere");
    answer = empty();
    answer.number = -1;
    CHECK(fault_of(answer).empty());
    CHECK(fault_of(answer, {.counts_tokens = true}) == "it says that -1 tokens were used");
    answer.number = 11;
    CHECK(fault_of(answer, {.counts_tokens = true}).empty());
    CHECK(fault_of(answer, {.counts_tokens = true, .most_tokens = 10}) ==
          "it says that 11 tokens were used, of 10 at most");
}

TEST_CASE("names of answers are as many, as large and as legible as they may be") {
    tenon_answer answer = empty();
    const std::string large(1u << 20, 'x');
    const tenon_named named[] = {{TENON_STR("a"), TENON_STR("b")}};
    answer.named = TENON_SPAN_OF(named, 1);
    CHECK(fault_of(answer).empty());
    const std::vector<tenon_named> many(4097, named[0]);
    answer.named = TENON_SPAN_OF(many.data(), many.size());
    CHECK(fault_of(answer) == "it has 4097 names, of 4096 at most");
    answer.named = {nullptr, 1, sizeof(tenon_named), 0};
    CHECK(fault_of(answer) == "its names point nowhere");
    const tenon_named nowhere[] = {{{nullptr, 4}, {nullptr, 0}}};
    answer.named = TENON_SPAN_OF(nowhere, 1);
    CHECK(fault_of(answer) == "its names point nowhere");
    const tenon_named too_large[] = {{TENON_STR("a"), str(large)}};
    answer.named = TENON_SPAN_OF(too_large, 1);
    CHECK(fault_of(answer) == "its names have more than 1048576 bytes");
    const tenon_named illegible[] = {{TENON_STR("\xED\xA0\x80"), TENON_STR("b")}};
    answer.named = TENON_SPAN_OF(illegible, 1);
    CHECK(fault_of(answer) == "its names are not UTF-8");
}

TEST_CASE("a descriptor is duplicated where one answers, and is never a folder's") {
    tenon_answer answer = empty();
    answer.descriptor = 0;
    CHECK(fault_of(answer) == "it has a descriptor, which answers nothing here: begin with TENON_ANSWER_INIT");
    const AnswerRules rules{.may_be_file = true};
    for (answer.descriptor = 0; answer.descriptor <= 2; ++answer.descriptor)
        CHECK(fault_of(answer, rules) ==
              "it has a descriptor, which answers nothing here: begin with TENON_ANSWER_INIT");
    const base::Fd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), file(::open("/dev/null", O_RDONLY));
    answer.descriptor = folder.get();
    CHECK(fault_of(answer, rules) == "its descriptor is a folder's");
    answer.descriptor = 1'000'000;
    CHECK(fault_of(answer, rules) == "its descriptor 1000000 is not open");

    answer.descriptor = file.get();
    Function function = [&](const tenon_provider_call& asked) { return asked.answer(&asked, &answer), TENON_OK; };
    Providers providers;
    REQUIRE_FALSE(providers.set(kind, call, &function));
    const Provided got = ask(providers, rules);
    CHECK(got.file.get() > file.get());
    CHECK(::fcntl(got.file.get(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(file.get(), F_GETFD) == 0);  // still open, and the application's
}

TEST_CASE("a provider answers once, returns a status and throws nothing") {
    const AnswerRules rules;
    const tenon_answer answer = empty();
    const auto twice = [&](const tenon_provider_call& asked) {
        for (int i = 0; i < 2; ++i) asked.answer(&asked, &answer);
        return TENON_OK;
    };
    CHECK(fault_of(twice, rules) == "it answers twice");
    const auto says = [](std::int32_t status) { return [=](const tenon_provider_call&) { return status; }; };
    CHECK(fault_of(says(TENON_OK), rules) == "it returns TENON_OK without an answer");
    CHECK(fault_of(says(TENON_OK), {.wanted = false}).empty());
    CHECK(fault_of(says(7), rules) == "it returns 7, which is no status of a request");
    const auto throws = [](const tenon_provider_call&) -> std::int32_t { throw std::runtime_error("no"); };
    CHECK(fault_of(throws, rules) == "it throws");
    const auto none = [](const tenon_provider_call& asked) { return asked.answer(&asked, nullptr), TENON_OK; };
    CHECK(fault_of(none, rules) == "its answer is none: look at its size");
}

TEST_CASE("what a provider says no with is told, except what would mean that nobody was told") {
    const auto told = [](std::int32_t status) {
        Function function = [=](const tenon_provider_call&) { return status; };
        Providers providers;
        REQUIRE_FALSE(providers.set(kind, call, &function));
        return ask(providers, {}).status;
    };
    CHECK(told(TENON_E_NOT_FOUND) == TENON_E_NOT_FOUND);
    CHECK(told(TENON_E_FULL) == TENON_E_FULL);
    for (const std::int32_t status : std::initializer_list<std::int32_t>{TENON_E_STATE, TENON_E_GONE, -18, INT32_MIN})
        CHECK(told(status) == TENON_E_FAILED);
}

TEST_CASE("what is wrong, and what the application says, is told with the permission") {
    const auto told = [](const base::Check& problem) {
        return problem ? problem->id + ": " + problem->text + ". " + problem->fix : std::string();
    };
    Provided got;
    CHECK_FALSE(host::problem_of(got, "device:camera"));
    got.status = TENON_E_NOT_FOUND;
    CHECK(told(host::problem_of(got, "device:camera")) ==
          "provider.failed: device:camera: the application says no: -3 without a reason. ");
    got.error = "there is none";
    CHECK(told(host::problem_of(got, "device:camera")) ==
          "provider.failed: device:camera: the application says no: there is none. ");
    got.fault = "it answers twice";
    CHECK(told(host::problem_of(got, "device:camera")) ==
          "provider.bad-answer: device:camera: the application's provider is wrong: it answers twice. "
          "The application has to be mended.");
    CHECK(told(host::no_provider("device:camera", "TENON_REQUEST_DEVICE")) ==
          "provider.none: device:camera: the application does not provide it. The application has to register a "
          "provider of TENON_REQUEST_DEVICE with tenon_host_set_provider.");
}

TEST_CASE("a call of a provider is cancelled when its deadline has passed") {
    Providers providers;
    Function function = [](const tenon_provider_call& asked) {
        CHECK(asked.deadline_ns == 1);
        CHECK(asked.is_cancelled(&asked) == 1);
        return TENON_E_CANCELLED;
    };
    REQUIRE_FALSE(providers.set(kind, call, &function));
    CHECK(ask(providers, {}, 1).status == TENON_E_CANCELLED);
}

TEST_CASE("a provider that is replaced is called no more, and the next one serves while it ends") {
    Providers providers;
    std::atomic<bool> begun{false};
    base::Check inside;
    Function first = [&](const tenon_provider_call& asked) {
        begun = true;
        while (asked.is_cancelled(&asked) == 0) std::this_thread::yield();
        inside = providers.set(TENON_REQUEST_NOTIFY, nullptr, nullptr);
        while (ask(providers, {.wanted = false}).status != TENON_E_NOT_FOUND) std::this_thread::yield();
        return TENON_OK;
    };
    Function second = [](const tenon_provider_call&) { return TENON_E_NOT_FOUND; };
    REQUIRE_FALSE(providers.set(kind, call, &first));
    std::thread asker([&] { ask(providers, {.wanted = false}); });
    REQUIRE(comes_true([&] { return begun.load(); }));
    CHECK_FALSE(providers.set(kind, call, &second));
    asker.join();
    REQUIRE(inside);
    CHECK(inside->id == "provider.from-inside");
    CHECK(inside->text == "a provider cannot be changed from inside a provider");
    CHECK(ask(providers, {.wanted = false}).status == TENON_E_NOT_FOUND);
    CHECK_FALSE(providers.set(kind, nullptr, nullptr));
    CHECK_FALSE(Providers::Use(providers, kind));
}

namespace {

// One that runs until it is let go, though it is cancelled, and the thread that asks it.
class Stubborn {
public:
    explicit Stubborn(Providers& providers) : providers_(providers) {
        REQUIRE_FALSE(providers_.set(kind, call, &function_));
        asker_ = std::thread([this] { ask(providers_, {.wanted = false}); });
        REQUIRE(comes_true([&] { return begun_.load(); }));
    }
    ~Stubborn() {
        let_go();
        asker_.join();
    }
    void* data() { return &function_; }
    void let_go() { free_ = true; }
    bool is_cancelled() const { return cancelled_; }
    bool is_over() const { return over_; }

private:
    std::int32_t run(const tenon_provider_call& asked) {
        begun_ = true;
        while (!free_) {
            if (asked.is_cancelled(&asked) != 0) cancelled_ = true;
            std::this_thread::yield();
        }
        over_ = true;
        return TENON_OK;
    }

    Providers& providers_;
    std::atomic<bool> begun_{false}, cancelled_{false}, free_{false}, over_{false};
    Function function_ = [this](const tenon_provider_call& asked) { return run(asked); };
    std::thread asker_;
};

}  // namespace

TEST_CASE("whoever changes a provider waits for all that were withdrawn before, by whomever") {
    Providers providers;
    Stubborn stubborn(providers);
    Function next = [](const tenon_provider_call&) { return TENON_OK; };
    std::atomic<bool> early{false};
    const auto withdraws = [&](tenon_provider_fn fn, void* data) {
        return std::thread([&, fn, data] {
            (void)providers.set(kind, fn, data);
            if (!stubborn.is_over()) early = true;
        });
    };
    std::thread first = withdraws(call, &next);
    REQUIRE(comes_true([&] { return stubborn.is_cancelled(); }));
    std::thread second = withdraws(nullptr, nullptr), its_own = withdraws(nullptr, stubborn.data());
    REQUIRE(comes_true([&] { return !Providers::Use(providers, kind); }));
    stubborn.let_go();
    first.join();
    second.join();
    its_own.join();
    CHECK_FALSE(early);
}

TEST_CASE("a provider that was replaced does not withdraw the one that came after it") {
    Providers providers;
    Function first = [](const tenon_provider_call&) { return TENON_E_FULL; };
    Function second = [](const tenon_provider_call&) { return TENON_E_NOT_FOUND; };
    REQUIRE_FALSE(providers.set(kind, call, &first));
    REQUIRE_FALSE(providers.set(kind, call, &second));
    CHECK_FALSE(providers.set(kind, nullptr, &first));
    CHECK(ask(providers, {.wanted = false}).status == TENON_E_NOT_FOUND);
    CHECK_FALSE(providers.set(kind, nullptr, &second));
    CHECK_FALSE(Providers::Use(providers, kind));
    CHECK_FALSE(providers.set(kind, nullptr, &second));
}

TEST_CASE("all providers are withdrawn when their calls are over") {
    Providers providers;
    Stubborn stubborn(providers);
    std::atomic<bool> early{false};
    std::thread withdrawing([&] {
        providers.withdraw_all();
        if (!stubborn.is_over()) early = true;
    });
    REQUIRE(comes_true([&] { return stubborn.is_cancelled(); }));
    CHECK_FALSE(Providers::Use(providers, kind));
    stubborn.let_go();
    withdrawing.join();
    CHECK_FALSE(early);
}
