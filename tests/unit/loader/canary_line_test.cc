// The line between a host and its canary: what is said arrives, and what is not said is not taken for it.
#include "loader/canary_line.h"

#include "tests/support/catch.h"

using namespace tenon::loader;

namespace {

CanaryOrder some_order() {
    CanaryOrder order{4711, "/tmp/of-its-own", "/lib/plugin.so", {"/lib/a.so", "/lib/b.so"}, "org.acme.editor", "2.1.0",
                      {}};
    order.contracts.resize(2);
    order.contracts[0].kind = TENON_RECORD_CONTRACT;
    order.contracts[1].offset = 42;
    return order;
}

CanaryAnswer some_answer() {
    return {CanaryStage::before, 1, true, "plan.missing", "it needs what is not there", "Load it."};
}

}  // namespace

TEST_CASE("an order arrives as it was given") {
    const std::optional<CanaryOrder> order = decode_order(encode(some_order()));
    REQUIRE(order);
    CHECK(order->parent == 4711);
    CHECK(order->folder == "/tmp/of-its-own");
    CHECK(order->library == "/lib/plugin.so");
    CHECK(order->before == std::vector<std::string>{"/lib/a.so", "/lib/b.so"});
    CHECK(order->host_id == "org.acme.editor");
    CHECK(order->host_version == "2.1.0");
    REQUIRE(order->contracts.size() == 2);
    CHECK(order->contracts[0].kind == TENON_RECORD_CONTRACT);
    CHECK(order->contracts[1].offset == 42);
}

TEST_CASE("an order that is cut off, too long or changed in its counts is none") {
    const std::string whole = encode(some_order());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(decode_order(whole.substr(0, size)));
    CHECK_FALSE(decode_order(whole + "x"));
    // Every byte before the records belongs to the head, to a size, to a count or to a text.
    for (std::size_t at = 0; at + 2 * sizeof(tenon_record) < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x80);
        if (const std::optional<CanaryOrder> order = decode_order(changed)) CHECK(order->contracts.size() == 2);
    }
    CanaryOrder without = some_order();
    without.library.clear();
    CHECK_FALSE(decode_order(encode(without)));
    without = some_order();
    without.before[1] = std::string("/lib/b\0.so", 10);
    CHECK_FALSE(decode_order(encode(without)));
}

TEST_CASE("answers arrive whole, however the bytes come") {
    const std::string bytes = encode(CanaryAnswer{CanaryStage::loading, 0, false, {}, {}, {}}) + encode(some_answer());
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
        CanaryAnswers answers;
        std::vector<CanaryAnswer> got;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            answers.add(std::string_view(bytes).substr(at, step));
            while (const std::optional<CanaryAnswer> answer = answers.next()) got.push_back(*answer);
        }
        CHECK_FALSE(answers.garbled());
        CHECK(answers.rest().empty());
        REQUIRE(got.size() == 2);
        CHECK(got[0].stage == CanaryStage::loading);
        CHECK_FALSE(got[0].refused);
        CHECK(got[1].stage == CanaryStage::before);
        CHECK(got[1].which == 1);
        CHECK(got[1].refused);
        CHECK(got[1].reason == "plan.missing");
        CHECK(got[1].text == "it needs what is not there");
        CHECK(got[1].fix == "Load it.");
    }
}

TEST_CASE("long texts of an answer are cut after 4096 bytes") {
    CanaryAnswer answer = some_answer();
    answer.text.assign(100'000, 'x');
    CanaryAnswers answers;
    answers.add(encode(answer));
    const std::optional<CanaryAnswer> got = answers.next();
    REQUIRE(got);
    CHECK(got->text.size() == 4096);
    CHECK(got->fix == "Load it.");
}

TEST_CASE("what is no answer garbles the line at its first wrong byte, for good") {
    const std::string whole = encode(some_answer());
    const auto garbles = [](const std::string& bytes) {
        CanaryAnswers answers;
        answers.add(bytes);
        const bool none = !answers.next();
        answers.add(encode(some_answer()));
        return none && answers.garbled() && !answers.next();
    };
    CHECK(garbles("?"));
    CHECK(garbles(whole.substr(0, 3) + "?"));
    CHECK(garbles(whole.substr(0, 4) + "\xff\xff\xff\x7f"));                           // a size that nobody sends
    for (const std::size_t at : {std::size_t{8}, std::size_t{16}, std::size_t{20}}) {  // stage, refused, size of a text
        std::string changed = whole;
        changed[at] = '\x7f';
        CHECK(garbles(changed));
    }
    std::string longer = whole + "x";
    longer[4] = static_cast<char>(longer[4] + 1);  // bytes behind the last text
    CHECK(garbles(longer));
}
