// A provider of the application that calls the plugin which asks it, so that the plugin asks it again, and so on.
#include <tenon/provide.hpp>

#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* id = "org.tenon.test.uses-the-application";

// An application whose content is what the plugin says of the content.
class Circle {
public:
    explicit Circle(tenon_host* host)
        : host_(host),
          provider_(host, TENON_REQUEST_CONTENT_READ, [this](const ProviderCall& call) { return provide(call); }) {
        REQUIRE(tenon_host_hook(host, str(SHOP_ID), str("ask"), &hook_, nullptr) == TENON_OK);
    }
    int rounds() const { return rounds_; }
    int refusals() const { return refusals_; }

private:
    std::int32_t provide(const ProviderCall& call) {
        if (++rounds_ > 1000) return call.refuse("nothing ends this");  // before the stack does
        tenon_scope* scope = nullptr;
        if (tenon_scope_create(host_, &scope) != TENON_OK) return call.refuse("there is no scope");
        const std::int32_t status = ask_again(call, scope);
        tenon_scope_destroy(scope);
        return status;
    }
    std::int32_t ask_again(const ProviderCall& call, tenon_scope* scope) {
        auto question = sized<shop_question>();
        question.text = str("look window");
        auto answer = sized<shop_answer>();
        const std::int32_t verdict = tenon_hook_call(hook_, scope, &question, &answer);
        if (verdict == TENON_HANDLED) return call.answer(view(answer.text));
        ++refusals_;
        return call.refuse("the hook says " + std::to_string(verdict));
    }

    tenon_host* const host_;
    tenon_hook* hook_ = nullptr;
    int rounds_ = 0, refusals_ = 0;
    Provider provider_;
};

}  // namespace

TEST_CASE("a plugin and a provider that call each other come to an end at the limit of nested calls, with an error") {
    const Place place;
    for (const char* const level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'content:change'", "", id), "", {"uses_the_application"});
        REQUIRE(shop.refusal().empty());
        const Circle circle(shop.host());
        const std::string said = shop.tell("look window");
        const std::string too_deep = std::to_string(TENON_E_TOO_DEEP);
        CHECK(said.ends_with(
            refused(TENON_E_FAILED, "content:read: the application says no: the hook says " + too_deep)));
        CHECK(said.starts_with("0: 0: "));  // each round passes on what the inner one said
        CHECK(circle.rounds() == static_cast<int>(TENON_MAX_DEPTH));
        CHECK(circle.refusals() == 1);
        CHECK(shop.tell("look window") == said);
    }
}
