// What each kind of hook makes of its handlers' results.
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::item;
using tenon::test::OpenGallery;

namespace {

using Results = std::vector<std::int32_t>;

// A handler that does nothing but return, and is counted.
OpenGallery::Handler returns(std::int32_t status, int* calls = nullptr) {
    return [=](tenon_call*, const gallery_item*, gallery_item*) {
        if (calls != nullptr) ++*calls;
        return status;
    };
}

// The verdict of a dispatch to handlers with these results, in this order.
template <class H>
std::int32_t verdict_of(const Results& results, int* calls = nullptr) {
    OpenGallery gallery;
    for (const std::int32_t result : results) gallery.on<H>("one", 0, returns(result, calls));
    gallery_item value = item();
    auto collection = sized<tenon_collection>();
    void* const reply = H::kind == TENON_COLLECT ? static_cast<void*>(&collection) : &value;
    return gallery.call<H>(reply);
}

OpenGallery::Handler emits(std::initializer_list<int> numbers, std::int32_t status = TENON_CONTINUE) {
    return [numbers = std::vector<int>(numbers), status](tenon_call* call, const gallery_item*, gallery_item*) {
        for (const int number : numbers) {
            const gallery_item one = item(number);
            CHECK(tenon_call_emit(call, &one) == TENON_OK);
        }
        return status;
    };
}

std::vector<int> numbers_of(const tenon_collection& collection) {
    std::vector<int> numbers;
    for (const gallery_item& one : SpanView<gallery_item>(collection.items)) numbers.push_back(one.number);
    return numbers;
}

}  // namespace

TEST_CASE("a veto ends the dispatch, and who comes after is not asked") {
    int calls = 0;
    CHECK(verdict_of<gallery_veto_hook>({TENON_CONTINUE, TENON_DENY, TENON_HANDLED}, &calls) == TENON_DENY);
    CHECK(calls == 2);
}

TEST_CASE("whoever says \"allowed\" does not keep a later handler from denying") {
    int calls = 0;
    CHECK(verdict_of<gallery_veto_hook>({TENON_HANDLED, TENON_DENY}, &calls) == TENON_DENY);
    CHECK(calls == 2);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_HANDLED, TENON_DENY}) == TENON_DENY);
}

TEST_CASE("a hook without a veto allows, and one that denies by default wants somebody who allows") {
    CHECK(verdict_of<gallery_veto_hook>({}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_veto_hook>({TENON_CONTINUE, TENON_HANDLED}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_strict_veto_hook>({}) == TENON_DENY);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_CONTINUE, TENON_CONTINUE}) == TENON_DENY);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_CONTINUE, TENON_HANDLED}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_HANDLED, TENON_CONTINUE}) == TENON_CONTINUE);
}

TEST_CASE("an error is no verdict") {
    CHECK(verdict_of<gallery_veto_hook>({TENON_E_FAILED}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_veto_hook>({TENON_E_FAILED, TENON_DENY}) == TENON_DENY);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_E_FAILED}) == TENON_DENY);
    CHECK(verdict_of<gallery_strict_veto_hook>({TENON_E_FAILED, TENON_HANDLED}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_notice_hook>({TENON_E_FAILED}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_first_hook>({TENON_E_FAILED, TENON_HANDLED}) == TENON_HANDLED);
}

TEST_CASE("a hook that fails closed ends with its first error") {
    int calls = 0;
    CHECK(verdict_of<gallery_closed_veto_hook>({TENON_HANDLED, TENON_E_FAILED, TENON_HANDLED}, &calls) == TENON_DENY);
    CHECK(calls == 2);
    CHECK(verdict_of<gallery_closed_notice_hook>({TENON_CONTINUE, -100, TENON_CONTINUE}, &calls) == -100);
    CHECK(calls == 4);
    CHECK(verdict_of<gallery_closed_veto_hook>({TENON_HANDLED}) == TENON_CONTINUE);
}

TEST_CASE("a hook that fails closed does not go on without a handler whose breaker is open") {
    OpenGallery gallery;
    int calls = 0;
    gallery.on<gallery_closed_veto_hook>("guard", 1, returns(TENON_HANDLED, &calls));
    gallery.on<gallery_closed_veto_hook>("second", 0, returns(TENON_HANDLED, &calls));
    gallery.on<gallery_closed_notice_hook>("clerk", 1, returns(TENON_CONTINUE, &calls));
    gallery.force("guard", TENON_BREAKER_FORCED_OPEN);
    gallery.force("clerk", TENON_BREAKER_FORCED_OPEN);
    CHECK(gallery.call<gallery_closed_veto_hook>() == TENON_DENY);
    CHECK(gallery.call<gallery_closed_notice_hook>() == TENON_E_SKIPPED);
    CHECK(calls == 0);
    REQUIRE(gallery.scope.error_count() == 2);
    const tenon_error error = gallery.scope.error(0);
    CHECK(error.code == TENON_E_SKIPPED);
    CHECK(std::string(error.reason) == "call.skipped");
    CHECK(std::string(error.text) == "the handler's breaker is open, and the hook does not go on without it");
    CHECK(std::string(error.fix) == "See the handler's row in the statistics; tenon_host_set_breaker resets it.");
    CHECK(std::string(error.plugin) == "guard");
    CHECK(std::string(error.hook) == GALLERY_ID "/closed_veto");
    CHECK(gallery.row("guard").skipped == 1);
}

TEST_CASE("elsewhere a handler whose breaker is open is left out without an error") {
    OpenGallery gallery;
    int calls = 0;
    gallery.on<gallery_veto_hook>("guard", 1, returns(TENON_DENY, &calls));
    gallery.force("guard", TENON_BREAKER_FORCED_OPEN);
    CHECK(gallery.call<gallery_veto_hook>() == TENON_CONTINUE);
    CHECK(calls == 0);
    CHECK(gallery.scope.error_count() == 0);
    CHECK(gallery.row("guard").skipped == 1);
}

TEST_CASE("results that a kind does not know mean the same as going on") {
    for (const std::int32_t odd : {TENON_CHANGED + 0, TENON_DECLINED + 0, TENON_PENDING + 0, 77, INT32_MAX}) {
        CAPTURE(odd);
        int calls = 0;
        CHECK(verdict_of<gallery_veto_hook>({odd, TENON_DENY}, &calls) == TENON_DENY);
        CHECK(verdict_of<gallery_first_hook>({odd, TENON_HANDLED}, &calls) == TENON_HANDLED);
        CHECK(verdict_of<gallery_notice_hook>({odd, odd}, &calls) == TENON_CONTINUE);
        CHECK(verdict_of<gallery_collect_hook>({odd, odd}, &calls) == TENON_CONTINUE);
        CHECK(calls == 8);
        if (odd != TENON_CHANGED) CHECK(verdict_of<gallery_filter_hook>({odd, odd}) == TENON_CONTINUE);
        CHECK(verdict_of<gallery_around_hook>({odd, TENON_HANDLED}) == odd);
    }
    for (const std::int32_t odd : {TENON_HANDLED + 0, TENON_DENY + 0})
        CHECK(verdict_of<gallery_notice_hook>({odd, odd}) == TENON_CONTINUE);
    CHECK(verdict_of<gallery_filter_hook>({TENON_CONTINUE, TENON_CHANGED, TENON_CONTINUE}) == TENON_CHANGED);
    CHECK(verdict_of<gallery_first_hook>({TENON_DENY}) == TENON_DECLINED);
    CHECK(verdict_of<gallery_first_hook>({}) == TENON_DECLINED);
}

TEST_CASE("a result that a kind does not know means the same in every dispatch, also in those that are timed") {
    OpenGallery gallery;
    int after = 0;
    gallery.on<gallery_notice_hook>("odd", 1, returns(TENON_PENDING));
    gallery.on<gallery_notice_hook>("next", 0, returns(TENON_CONTINUE, &after));
    for (int i = 0; i < 300; ++i) CHECK(gallery.call<gallery_notice_hook>() == TENON_CONTINUE);
    CHECK(after == 300);
    CHECK(gallery.scope.error_count() == 0);
    CHECK(gallery.row("odd").timed > 0);
    CHECK(gallery.row("odd").errors == 0);
}

TEST_CASE("what handlers add is collected in their order") {
    OpenGallery gallery;
    gallery.on<gallery_collect_hook>("second", 1, emits({3}));
    gallery.on<gallery_collect_hook>("first", 2, emits({1, 2}));
    gallery.on<gallery_collect_hook>("nothing", 1, emits({}));
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(numbers_of(collection) == std::vector{1, 2, 3});
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(collection.items.count == 3);  // it begins empty each time
}

TEST_CASE("a collection that does not say its size is refused") {
    OpenGallery gallery;
    gallery.on<gallery_collect_hook>("one", 0, emits({1}));
    tenon_collection collection{};
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_E_INVALID);
    CHECK(gallery.call<gallery_collect_hook>(nullptr) == TENON_E_INVALID);
}

TEST_CASE("what handlers of a failing kind have added is taken back") {
    OpenGallery gallery;
    gallery.on<gallery_collect_hook>("first", 3, emits({1}));
    gallery.on<gallery_collect_hook>("fails", 2, emits({2, 3}, TENON_E_FAILED));
    gallery.on<gallery_collect_hook>("throws", 1, [](tenon_call* call, const gallery_item*, gallery_item*) -> int32_t {
        const gallery_item one = item(4);
        tenon_call_emit(call, &one);
        throw std::runtime_error("no more");
    });
    gallery.on<gallery_collect_hook>("last", 0, emits({5}));
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(numbers_of(collection) == std::vector{1, 5});
    CHECK(gallery.scope.error_count() == 2);
}

TEST_CASE("a full collection takes no more, and the next handlers run all the same") {
    OpenGallery gallery;
    std::vector<std::int32_t> statuses;
    const auto add_two = [&](tenon_call* call, const gallery_item*, gallery_item*) {
        for (int i = 0; i < 2; ++i) {
            const gallery_item one = item(i);
            statuses.push_back(tenon_call_emit(call, &one));
        }
        return TENON_CONTINUE;
    };
    gallery.on<gallery_collect_hook>("one", 1, add_two);
    gallery.on<gallery_collect_hook>("other", 0, add_two);
    auto collection = sized<tenon_collection>();
    collection.limit = 3;
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(statuses == std::vector<std::int32_t>{TENON_OK, TENON_OK, TENON_OK, TENON_E_FULL});
    CHECK(numbers_of(collection) == std::vector{0, 1, 0});
}

TEST_CASE("a collection grows, and has a limit also when the caller names none") {
    OpenGallery gallery;
    std::uint64_t taken = 0;
    gallery.on<gallery_collect_hook>("endless", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        for (gallery_item one = item(); tenon_call_emit(call, &one) == TENON_OK; ++one.number) ++taken;
        return TENON_CONTINUE;
    });
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(taken == 65536);
    const std::vector<int> numbers = numbers_of(collection);
    REQUIRE(numbers.size() == 65536);
    CHECK(numbers.front() == 0);
    CHECK(numbers[40000] == 40000);
    CHECK(numbers.back() == 65535);
}

TEST_CASE("elements of older and newer handlers are brought to the length of the type on offer") {
    struct Longer {
        gallery_item item;
        std::uint64_t beyond[4];
    };
    OpenGallery gallery;
    gallery.on<gallery_collect_hook>("mixed", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        gallery_item older = item(1, "older");
        older.struct_size = offsetof(gallery_item, extra);
        older.extra = 99;  // not the older type's: not to be read
        CHECK(tenon_call_emit(call, &older) == TENON_OK);
        Longer newer{item(2, "newer"), {1, 2, 3, 4}};
        newer.item.struct_size = sizeof newer;
        newer.item.extra = 7;
        CHECK(tenon_call_emit(call, &newer) == TENON_OK);
        gallery_item cut = item(3);
        cut.struct_size = offsetof(gallery_item, text);  // less than every version has
        CHECK(tenon_call_emit(call, &cut) == TENON_E_INVALID);
        CHECK(tenon_call_emit(call, nullptr) == TENON_E_INVALID);
        return TENON_CONTINUE;
    });
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    REQUIRE(collection.items.count == 2);
    CHECK(collection.items.stride == sizeof(gallery_item));
    const auto* const items = static_cast<const gallery_item*>(collection.items.data);
    CHECK(items[0].struct_size == offsetof(gallery_item, extra));
    CHECK(items[0].extra == 0);
    CHECK(view(items[0].text) == "older");
    CHECK(items[1].struct_size == sizeof(gallery_item));
    CHECK(items[1].extra == 7);
    CHECK(items[1].number == 2);
}

TEST_CASE("only a collecting hook's handler may add elements, also inside of one") {
    OpenGallery gallery;
    std::int32_t nested = 0;
    gallery.on<gallery_notice_hook>("inside", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        const gallery_item one = item(1);
        nested = tenon_call_emit(call, &one);
        return TENON_CONTINUE;
    });
    gallery.on<gallery_collect_hook>("outer", 0, [&](tenon_call* call, const gallery_item* asked, gallery_item*) {
        CHECK(tenon_call_hook(call, gallery.raw<gallery_notice_hook>(), asked, nullptr) == TENON_CONTINUE);
        const gallery_item one = item(2);
        return tenon_call_emit(call, &one);
    });
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(nested == TENON_E_STATE);
    CHECK(numbers_of(collection) == std::vector{2});
    CHECK(gallery.scope.error_count() == 0);
}

TEST_CASE("C++ asks for a collection or a permission, and handlers add to a sink") {
    OpenGallery gallery;
    bool full = false;
    gallery.on<gallery_collect_hook>("one", 0, [&](tenon_call* raw, const gallery_item* asked, gallery_item*) {
        Call call(raw);
        return with_arguments<gallery_collect_hook>(
            [&](Call&, const gallery_item& request, Sink<gallery_item>& sink) {
                CHECK(sink.add(item(request.number + 1)));
                full = !sink.add(item(request.number + 2));
                return std::int32_t{TENON_CONTINUE};
            },
            call, asked, nullptr);
    });
    const auto found = gallery.host.hook<gallery_collect_hook>().collect(gallery.scope, item(41));
    REQUIRE(found.size() == 2);
    CHECK((*found.begin()).number == 42);
    CHECK_FALSE(full);
    const auto veto = gallery.host.hook<gallery_veto_hook>();
    CHECK(veto.allows(gallery.scope, item()));
    gallery.on<gallery_veto_hook>("guard", 0, returns(TENON_DENY));
    CHECK_FALSE(veto.allows(gallery.scope, item()));
}

TEST_CASE("COLLECT gives handlers no reply to write to, and empties a collection that is used again") {
    OpenGallery gallery;
    auto found = sized<tenon_collection>();
    const void* seen = &found;
    tenon_registration* const only =
        gallery.on<gallery_collect_hook>("only", [&](tenon_call* call, auto*, auto* reply) {
            seen = reply;
            const gallery_item one = item(7);
            return tenon_call_emit(call, &one);
        });
    CHECK(gallery.call<gallery_collect_hook>(&found) == TENON_CONTINUE);
    CHECK(found.items.count == 1);
    CHECK(seen == nullptr);
    CHECK(gallery.host.hook<gallery_collect_hook>().remove(only));
    CHECK(gallery.call<gallery_collect_hook>(&found) == TENON_CONTINUE);
    CHECK(found.items.count == 0);
    CHECK(found.items.data == nullptr);
}
