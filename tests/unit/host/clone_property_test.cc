// What holds for every deep copy, tried on random values with fixed seeds.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "tests/unit/host/crates.h"

using namespace tenon;
using namespace tenon::host::fixtures;
using base::Arena;
using host::Cloned;
using loader::Code;
using loader::Type;

namespace {

// All that a value says, by its descriptor, without addresses.
class Printer {
public:
    static std::string print(std::uint32_t type, const void* value) {
        return Printer().of(crates().types[type], static_cast<const char*>(value), UINT64_MAX);
    }

private:
    template <class T>
    static T load(const char* at) {
        T value{};
        std::memcpy(&value, at, sizeof value);
        return value;
    }

    std::string of(const Type& type, const char* at, std::uint64_t available) {
        if (type.form == Type::Form::appendable)
            available = std::min<std::uint64_t>(available, load<std::uint32_t>(at));
        std::string out = type.name + "{";
        for (const loader::Field& field : type.fields)
            if (field.offset + field.size <= available) out += field.name + "=" + of(field, at + field.offset) + " ";
        return out + "}";
    }
    std::string of(const loader::Field& field, const char* at) {
        if (field.code == Code::nested) return of(crates().types[field.of], at, field.size);
        if (field.code == Code::str || field.code == Code::bytes) return raw(load<tenon_bytes>(at));
        if (field.code != Code::list && field.code != Code::span) return raw({at, field.size});
        const auto span = load<tenon_span>(at);
        std::string out = fmt::format("{} of {}:", span.count, span.stride);
        for (std::uint64_t i = 0; i < span.count; ++i) {
            const char* const element = static_cast<const char*>(span.data) + i * span.stride;
            if (field.code == Code::span)
                out += of(crates().types[field.of], element, span.stride);
            else
                out += Code{field.of} == Code::str ? raw(load<tenon_bytes>(element)) : raw({element, span.stride});
        }
        return out;
    }
    static std::string raw(tenon_bytes bytes) {
        const auto* const begin = static_cast<const unsigned char*>(bytes.data);
        return fmt::format("{:02x}", fmt::join(begin, begin + bytes.size, ""));
    }
};

// Random values that own their memory until they are destroyed.
class RandomCrates {
public:
    explicit RandomCrates(std::mt19937& random) : random_(random) {}
    ~RandomCrates() { scribble(); }
    RandomCrates(const RandomCrates&) = delete;
    RandomCrates& operator=(const RandomCrates&) = delete;

    const void* make(std::uint32_t index) {
        const Type& type = crates().types[index];
        char* const at = block(type.size);
        fill(type, at, 0);
        return at;
    }
    // Overwrites all that was made.
    void scribble() {
        for (auto& [memory, size] : blocks_) std::memset(memory.get(), 0xee, size);
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }

    // Of exactly that size, so that the address sanitizer sees each byte too much.
    char* block(std::size_t size) {
        auto& made = blocks_.emplace_back(std::make_unique<char[]>(size), size);
        for (std::size_t i = 0; i < size; ++i) made.first[i] = static_cast<char>(random_());
        return made.first.get();
    }

    void fill(const Type& type, char* at, int depth) {
        for (const loader::Field& field : type.fields) fill(field, at + field.offset, depth);
        const auto size = static_cast<std::uint32_t>(type.size);
        if (type.form == Type::Form::appendable) std::memcpy(at, &size, sizeof size);
    }
    void fill(const loader::Field& field, char* at, int depth) {
        switch (field.code) {
            case Code::str:
            case Code::bytes:
                return fill_bytes(at);
            case Code::nested:
                return fill(crates().types[field.of], at, depth);
            case Code::list:
                return fill_span(
                    Code{field.of} == Code::str ? 16 : 4, at,
                    [&](char* element) {
                        if (Code{field.of} == Code::str) fill_bytes(element);
                    },
                    4);
            case Code::span:
                return fill_span(
                    crates().types[field.of].size, at,
                    [&](char* element) { fill(crates().types[field.of], element, depth + 1); }, depth > 2 ? 1 : 3);
            default:
                for (std::uint64_t i = 0; i < field.size; ++i) at[i] = static_cast<char>(random_());
        }
    }
    void fill_bytes(char* at) {
        tenon_bytes bytes{nullptr, below(3) == 0 ? 0 : below(20)};
        if (bytes.size != 0 || below(2) == 0) bytes.data = block(bytes.size);
        std::memcpy(at, &bytes, sizeof bytes);
    }
    // Elements of a type that has grown since have more bytes than the contract describes.
    template <class Fill>
    void fill_span(std::size_t size, char* at, Fill&& fill_element, std::size_t most) {
        tenon_span span{nullptr, below(most), static_cast<std::uint32_t>(size + below(2) * below(20)), 0};
        char* const elements = block(span.count * span.stride);
        for (std::uint64_t i = 0; i < span.count; ++i) fill_element(elements + i * span.stride);
        span.data = elements;
        std::memcpy(at, &span, sizeof span);
    }

    std::mt19937& random_;
    std::deque<std::pair<std::unique_ptr<char[]>, std::size_t>> blocks_;
};

}  // namespace

TEST_CASE("copies of random values read the same after the originals were overwritten and freed") {
    std::mt19937 random(4);
    base::Arena arena(plenty);
    for (int i = 0; i < 2000; ++i) {
        const std::uint32_t type = std::array<std::uint32_t, 3>{TENON_INDEX_crate_point, TENON_INDEX_crate_label,
                                                                TENON_INDEX_crate}[random() % 3];
        std::string original;
        Cloned cloned;
        {
            RandomCrates values(random);
            const void* const value = values.make(type);
            original = Printer::print(type, value);
            cloned = host::clone(crates(), type, value, arena);
            CHECK(Printer::print(type, value) == original);
        }
        REQUIRE(cloned.status == TENON_OK);
        REQUIRE(Printer::print(type, cloned.value) == original);
        arena.reset();
    }
}

TEST_CASE("a copy that is larger than the arena's limit is not made, at whichever allocation that is") {
    std::mt19937 random(7);
    RandomCrates values(random);
    const void* const value = values.make(TENON_INDEX_crate);
    std::uint64_t least = 0;
    int refused = 0;
    for (std::uint64_t limit = 0;; ++limit) {
        base::Arena arena(limit);
        const Cloned cloned = host::clone(crates(), TENON_INDEX_crate, value, arena);
        least = limit;
        if (cloned.status == TENON_OK) break;
        REQUIRE(cloned.status == TENON_E_NO_MEMORY);
        REQUIRE(cloned.value == nullptr);
        ++refused;
    }
    CHECK(least > sizeof(crate));
    CHECK(refused > 100);
}
