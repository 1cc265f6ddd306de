// In which order handlers are called, as it comes about while they come and go; and what those may do who only observe.
#include <algorithm>
#include <random>
#include <string>

#include "host/order.h"
#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::item;
using tenon::test::LogBook;
using tenon::test::OpenGallery;
using tenon::test::Wishes;

namespace {

using Notice = gallery_notice_hook;

// A gallery that writes down who is called.
struct Roll : OpenGallery {
    tenon_registration* add(const char* name, const Wishes& wishes = {}) {
        return on<Notice>(name, writes(name), wishes);
    }
    OpenGallery::Handler writes(const std::string& name) {
        return [this, name](auto...) { return called += (called.empty() ? "" : " ") + name, TENON_CONTINUE + 0; };
    }
    std::string order() {
        called.clear();
        call<Notice>();
        return called;
    }
    std::string why(const char* first, const char* second) const {
        char text[512] = "";
        const std::int32_t status = tenon_hook_why(raw<Notice>(), str(first), str(second), text, sizeof text);
        return status < 0 ? std::to_string(status) : text;
    }
    void remove(tenon_registration* registration) { CHECK(host.hook<Notice>().remove(registration)); }
    std::string called;
};

OpenGallery::Handler sets(std::int32_t number, std::int32_t status) {
    return [=](tenon_call*, const gallery_item*, gallery_item* value) { return value->number = number, status; };
}

// A host whose log is kept.
struct Logged {
    LogBook book;
    tenon_host_options options() {
        auto made = sized<tenon_host_options>();
        made.trust = TENON_TRUST_TRUSTED;
        made.log = LogBook::write;
        made.log_data = &book;
        return made;
    }
};

}  // namespace

TEST_CASE("handlers are called by phase, then priority, then name, then who came first") {
    Roll roll;
    roll.add("watch", {TENON_PHASE_OBSERVE, 100});
    roll.add("late", {TENON_PHASE_LATE, 100});
    roll.add("b", {TENON_PHASE_NORMAL, 1});
    roll.add("low", {TENON_PHASE_NORMAL, -1});
    roll.add("a", {TENON_PHASE_NORMAL, 1});
    roll.add("early", {TENON_PHASE_EARLY, -100});
    CHECK(roll.order() == "early a b low late watch");
}

TEST_CASE("wishes are granted against priorities, and end with who had them") {
    Roll roll;
    roll.add("a", {TENON_PHASE_NORMAL, 3});
    roll.add("b", {TENON_PHASE_NORMAL, 2});
    tenon_registration* const first = roll.add("c", {TENON_PHASE_NORMAL, 1, {"a"}});
    CHECK(roll.order() == "b c a");
    tenon_registration* const last = roll.add("d", {TENON_PHASE_NORMAL, 9, {}, {"b", "nobody"}});
    CHECK(roll.order() == "b d c a");
    tenon_registration* const nobody = roll.add("nobody", {TENON_PHASE_NORMAL, -9});  // now the wish counts
    CHECK(roll.order() == "b c a nobody d");
    roll.remove(nobody);
    CHECK(roll.order() == "b d c a");
    roll.remove(first);
    CHECK(roll.order() == "a b d");
    roll.remove(last);
    CHECK(roll.order() == "a b");
    roll.add("e", {TENON_PHASE_NORMAL, 9});
    CHECK(roll.order() == "e a b");
}

TEST_CASE("handlers that would have to run in a circle are refused by name, and nothing changes") {
    Roll roll;
    roll.add("a", {TENON_PHASE_NORMAL, 0, {"b"}});
    roll.add("b", {TENON_PHASE_NORMAL, 0, {"c"}});
    tenon_error error = TENON_ERROR_INIT;
    CHECK(roll.on<Notice>("c", roll.writes("c"), {TENON_PHASE_NORMAL, 5, {"a"}}, &error) == nullptr);
    CHECK(error.code == TENON_E_INVALID);
    CHECK(std::string(error.reason) == "hook.order-cycle");
    CHECK(std::string(error.text) == GALLERY_ID
          "/notice: the order of its handlers is a circle: c runs before a because c wants to be before \"a\"; a runs "
          "before b because a wants to be before \"b\"; b runs "
          "before c because b wants to be before \"c\"");
    CHECK_FALSE(std::string(error.fix).empty());
    CHECK(roll.order() == "a b");
    roll.add("c", {TENON_PHASE_NORMAL, 5});
    CHECK(roll.order() == "a b c");
}

TEST_CASE("why one handler runs before another can be asked") {
    Roll roll;
    roll.add("a", {TENON_PHASE_NORMAL, 3});
    roll.add("b", {TENON_PHASE_NORMAL, 2});
    roll.add("c", {TENON_PHASE_NORMAL, 1, {"a"}});
    roll.add("d", {TENON_PHASE_LATE, 9});
    CHECK(
        roll.why("b", "a") ==
        "b runs before a because a waits for c (c wants to be before \"a\"), and b runs before c: b has priority 2 in "
        "phase normal, c has 1");
    CHECK(roll.why("c", "b") == "b runs before c because b has priority 2 in phase normal, c has 1");
    CHECK(roll.why("a", "c") == "c runs before a because c wants to be before \"a\"");
    CHECK(roll.why("d", "a") == "a runs before d because phase normal comes before phase late");
    CHECK(roll.why("a", "nobody") == std::to_string(TENON_E_NOT_FOUND));
    CHECK(roll.why("a", "a") == std::to_string(TENON_E_NOT_FOUND));
}

TEST_CASE("two hundred handlers that come and go are called in the order that is solved as a whole") {
    for (const bool wishing : {false, true}) {
        CAPTURE(wishing);
        Roll roll;
        std::mt19937 random(wishing ? 7u : 11u);
        std::vector<std::pair<host::Place, tenon_registration*>> there;
        std::uint64_t sequence = 0;
        const auto compare = [&] {
            std::vector<const host::Place*> places;
            for (const auto& [place, registration] : there) places.push_back(&place);
            std::string expected;
            for (const std::size_t index : host::solve(places).order)
                expected += (expected.empty() ? "" : " ") + places[index]->owner;
            CHECK(roll.order() == expected);
        };
        const auto add = [&] {
            host::Place place;
            place.owner = "h" + std::to_string(sequence);
            place.sequence = sequence++;
            place.priority = static_cast<std::int32_t>(random() % 20);
            if (wishing && random() % 4 == 0) place.after.push_back("h" + std::to_string(random() % sequence));
            std::erase(place.after, place.owner);
            there.emplace_back(place,
                               roll.add(place.owner.c_str(), {TENON_PHASE_NORMAL, place.priority, {}, place.after}));
        };
        const auto remove = [&] {
            const auto which = there.begin() + static_cast<std::ptrdiff_t>(random() % there.size());
            roll.remove(which->second);
            there.erase(which);
        };
        for (int i = 0; i < 200; ++i) add();
        compare();
        for (int i = 0; i < 300; ++i) {
            if (random() % 2 == 0 && there.size() < 250)
                add();
            else
                remove();
            if (i % 20 == 0) compare();
        }
        while (there.size() > 3) remove();
        compare();
        while (!there.empty()) remove();
        CHECK(roll.order().empty());
        add();
        compare();
    }
}

TEST_CASE("who observes sees the result and cannot change it") {
    Logged logged;
    OpenGallery gallery(logged.options());
    std::int32_t seen = 0;
    gallery.on<gallery_filter_hook>("watches",
                                    [&](tenon_call*, const gallery_item*, gallery_item* value) {
                                        seen = value->number;
                                        value->number = 1000;
                                        return std::int32_t{TENON_CHANGED};
                                    },
                                    {TENON_PHASE_OBSERVE, 100});
    gallery.on<gallery_filter_hook>("sets", 0, sets(5, TENON_CHANGED));
    gallery_item value = item(1);
    CHECK(gallery.call<gallery_filter_hook>(&value) == TENON_CHANGED);
    CHECK(seen == 5);
    CHECK(value.number == 5);
    CHECK(gallery.host.violations() == 1);
    REQUIRE(logged.book.lines.size() == 1);
    CHECK(logged.book.lines[0] == "watches: changed a value in phase observe");
}

TEST_CASE("a word of who observes counts for nothing") {
    OpenGallery gallery;
    int seen = 0;
    const Wishes observes{TENON_PHASE_OBSERVE};
    const auto says = [&](std::int32_t status) { return [&seen, status](auto...) { return ++seen, status; }; };
    gallery.on<gallery_first_hook>("first", says(TENON_HANDLED), observes);
    gallery.on<gallery_veto_hook>("veto", says(TENON_DENY), observes);
    gallery.on<gallery_strict_veto_hook>("strict", says(TENON_HANDLED), observes);
    gallery.on<gallery_filter_hook>("filter", says(TENON_CHANGED), observes);
    gallery_item value = item();
    CHECK(gallery.call<gallery_first_hook>(&value) == TENON_DECLINED);
    CHECK(gallery.call<gallery_veto_hook>() == TENON_CONTINUE);
    CHECK(gallery.call<gallery_strict_veto_hook>() == TENON_DENY);
    CHECK(gallery.call<gallery_filter_hook>(&value) == TENON_CONTINUE);
    CHECK(seen == 4);
}

TEST_CASE("who observes also sees what was answered or denied before all were asked") {
    OpenGallery gallery;
    std::vector<std::int32_t> seen;
    int skipped = 0;
    const auto watches = [&](tenon_call*, const gallery_item*, gallery_item* answer) {
        return seen.push_back(answer == nullptr ? -1 : answer->number), TENON_CONTINUE + 0;
    };
    for (int i = 0; i < 100; ++i)  // in chunks of their own
        gallery.on<gallery_first_hook>("not asked", -1, [&](auto...) { return ++skipped, TENON_HANDLED + 0; });
    gallery.on<gallery_first_hook>("answers", 0, sets(5, TENON_HANDLED));
    gallery.on<gallery_first_hook>("watches", watches, {TENON_PHASE_OBSERVE});
    gallery.on<gallery_first_hook>("watches, too", watches, {TENON_PHASE_OBSERVE});
    gallery.on<gallery_veto_hook>("denies", 0, [](auto...) { return TENON_DENY + 0; });
    gallery.on<gallery_veto_hook>("watches", watches, {TENON_PHASE_OBSERVE});
    gallery_item value = item();
    CHECK(gallery.call<gallery_first_hook>(&value) == TENON_HANDLED);
    CHECK(gallery.call<gallery_veto_hook>() == TENON_DENY);
    CHECK(seen == std::vector<std::int32_t>{5, 5, -1});
    CHECK(skipped == 0);
}

TEST_CASE("who observes does not make a hook fail that fails closed") {
    OpenGallery gallery;
    gallery.on<gallery_closed_veto_hook>("allows", 0, [](auto...) { return TENON_HANDLED + 0; });
    gallery.on<gallery_closed_veto_hook>("watches", [](auto...) { return TENON_E_FAILED + 0; }, {TENON_PHASE_OBSERVE});
    CHECK(gallery.call<gallery_closed_veto_hook>() == TENON_CONTINUE);
    CHECK(gallery.scope.error_count() == 1);
    CHECK(gallery.row("watches").errors == 1);
    gallery.force("watches", TENON_BREAKER_FORCED_OPEN);
    CHECK(gallery.call<gallery_closed_veto_hook>() == TENON_CONTINUE);
    CHECK(gallery.row("watches").skipped == 1);
}

TEST_CASE("who observes sees that a hook has failed closed") {
    OpenGallery gallery;
    int seen = 0;
    gallery.on<gallery_closed_veto_hook>("fails", 0, [](auto...) { return TENON_E_FAILED + 0; });
    gallery.on<gallery_closed_veto_hook>("watches", [&](auto...) { return ++seen, TENON_CONTINUE + 0; },
                                         {TENON_PHASE_OBSERVE});
    CHECK(gallery.call<gallery_closed_veto_hook>() == TENON_DENY);
    CHECK(seen == 1);
    gallery.on<gallery_closed_notice_hook>("fails, too", 0, [](auto...) { return TENON_E_FAILED + 0; });
    gallery.on<gallery_closed_notice_hook>("watches, too", [&](auto...) { return ++seen, TENON_CONTINUE + 0; },
                                           {TENON_PHASE_OBSERVE});
    for (int i = 0; i < 3; ++i) CHECK(gallery.call<gallery_closed_notice_hook>() == TENON_E_FAILED);
    CHECK(seen == 4);
}

TEST_CASE("of many handlers that are removed none is left behind, whichever is the first of its part") {
    Roll roll;
    std::vector<tenon_registration*> all;
    for (int i = 0; i < 200; ++i) all.push_back(roll.add(("h" + std::to_string(1000 + i)).c_str()));
    for (int i = 1; i < 200; ++i) roll.remove(all[static_cast<std::size_t>(i)]);
    CHECK(roll.order() == "h1000");
    for (int i = 1; i < 200; ++i)
        CHECK(roll.why("h1000", ("h" + std::to_string(1000 + i)).c_str()) == std::to_string(TENON_E_NOT_FOUND));
}
