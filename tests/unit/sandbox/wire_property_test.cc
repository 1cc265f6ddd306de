// What holds for every frame, tried on random values with fixed seeds.
#include <random>

#include "base/arena.h"
#include "host/clone.h"
#include "tests/unit/sandbox/parcels.h"

using namespace tenon;
using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;
using loader::Code;
using loader::Type;

namespace {

// Random values; one field in `fault_in` is wrong in a way that a copier must see. 0: none is.
class RandomParcels {
public:
    RandomParcels(std::mt19937& random, std::size_t fault_in) : random_(random), fault_in_(fault_in) {}

    const void* make(std::uint32_t index) {
        const Type& type = parcels().types[index];
        char* const at = block(type.size);
        fill(type, at, type.size, 0);
        return at;
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    bool faulty() { return fault_in_ != 0 && below(fault_in_) == 0; }

    // Of exactly that size, so that the address sanitizer sees each byte too much.
    char* block(std::size_t size) {
        auto& made = blocks_.emplace_back(std::make_unique<char[]>(size));
        for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>(random_());
        return made.get();
    }

    void fill(const Type& type, char* at, std::uint64_t available, int depth) {
        for (const loader::Field& field : type.fields)
            if (field.offset + field.size <= available) fill(field, at + field.offset, depth);
        if (type.form != Type::Form::appendable) return;
        auto size = static_cast<std::uint32_t>(below(3) != 0 ? available : 4 + below(available - 3));
        if (faulty()) size = static_cast<std::uint32_t>(below(4));
        std::memcpy(at, &size, sizeof size);
    }
    void fill(const loader::Field& field, char* at, int depth) {
        switch (field.code) {
            case Code::str:
            case Code::bytes:
                return fill_bytes(at);
            case Code::nested:
                return fill(parcels().types[field.of], at, field.size, depth);
            case Code::list:
                if (Code{field.of} == Code::str)
                    return fill_span(16, 16, at, 4, [&](char* e, std::uint64_t) { fill_bytes(e); });
                return fill_span(1, 8, at, 4, [](char*, std::uint64_t) {});
            case Code::span: {
                const Type& type = parcels().types[field.of];
                const auto least = type.form == Type::Form::appendable ? 4u : 1u;
                return fill_span(least, static_cast<std::uint32_t>(type.size), at, depth > 2 ? 1 : 3,
                                 [&](char* e, std::uint64_t stride) {
                                     fill(type, e, std::min<std::uint64_t>(stride, type.size), depth + 1);
                                 });
            }
            default:
                for (std::uint64_t i = 0; i < field.size; ++i) at[i] = static_cast<char>(random_());
        }
    }
    void fill_bytes(char* at) {
        tenon_bytes bytes{nullptr, below(3) == 0 ? 0 : below(20)};
        if (bytes.size != 0 || below(2) == 0) bytes.data = block(bytes.size);
        if (faulty()) bytes.data = nullptr;
        std::memcpy(at, &bytes, sizeof bytes);
    }
    // Elements as described, longer, or shorter.
    template <class Fill>
    void fill_span(std::uint32_t least, std::uint32_t size, char* at, std::size_t most, Fill&& fill_element) {
        const std::uint32_t strides[] = {size, size, static_cast<std::uint32_t>(size + below(20)),
                                         static_cast<std::uint32_t>(least + below(size - least + 1))};
        tenon_span span{nullptr, below(most), strides[below(4)], static_cast<std::uint32_t>(below(2))};
        char* const elements = block(span.count * span.stride);
        for (std::uint64_t i = 0; i < span.count; ++i) fill_element(elements + i * span.stride, span.stride);
        span.data = elements;
        if (faulty()) span.stride = static_cast<std::uint32_t>(below(least));
        if (faulty()) span.data = nullptr;
        std::memcpy(at, &span, sizeof span);
    }

    std::mt19937& random_;
    std::size_t fault_in_;
    std::deque<std::unique_ptr<char[]>> blocks_;
};

constexpr std::uint32_t structs[] = {TENON_INDEX_parcel_point, TENON_INDEX_parcel_care, TENON_INDEX_parcel_label,
                                     TENON_INDEX_parcel_event, TENON_INDEX_parcel,      TENON_INDEX_parcel};

}  // namespace

TEST_CASE("random values make frames that make the same frames again, also from a value that was committed") {
    std::mt19937 random(4);
    for (int i = 0; i < 3000; ++i) {
        const std::uint32_t type = structs[random() % std::size(structs)];
        Frame frame;
        {
            RandomParcels values(random, 0);
            frame = framed(type, values.make(type));
        }
        Blocks blocks;
        const Decoded there = decoded(frame, blocks, Strictness::worker_side, type);
        INFO(what_is_wrong(there));
        REQUIRE(there.status == TENON_OK);
        REQUIRE(framed(type, there.value) == frame);
        const std::uint64_t size = parcels().types[type].size;
        std::vector<std::uint64_t> into(size / 8 + 1);
        std::memcpy(into.data(), there.value, sizeof(std::uint32_t));  // its struct_size
        wire().commit(type, there.value, into.data());
        Blocks again;
        const Decoded other = decoded(framed(type, into.data()), again, Strictness::worker_side, type);
        REQUIRE(other.status == TENON_OK);
    }
}

TEST_CASE("what cannot be copied cannot cross, for the same reason") {
    std::mt19937 random(11);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::uint32_t type = structs[random() % std::size(structs)];
        RandomParcels values(random, 40);
        const void* const value = values.make(type);
        base::Arena arena(64 << 20);
        const std::int32_t status = host::clone(parcels(), type, value, arena).status;
        const Encoded encoded = wire().encode(type, value, {});
        REQUIRE(encoded.status == (status == TENON_OK ? TENON_E_FULL : status));
        refused += status == TENON_OK ? 0 : 1;
    }
    CHECK(refused > 300);
    CHECK(refused < 2700);
}

TEST_CASE("random changes of random frames do no harm") {
    std::mt19937 random(5);
    int values_seen = 0, violations = 0;
    for (int i = 0; i < 3000; ++i) {
        RandomParcels values(random, 0);
        Frame frame = framed(TENON_INDEX_parcel, values.make(TENON_INDEX_parcel));
        for (std::size_t changes = 1 + random() % 3; changes != 0; --changes) {
            const std::size_t at = random() % frame.size();
            frame[at] = static_cast<std::byte>(random());
        }
        Blocks blocks;
        const Decoded there = decoded(frame, blocks, Strictness::worker_side);
        if (there.status == TENON_OK) {
            REQUIRE(framed(TENON_INDEX_parcel, there.value) == frame);
            ++values_seen;
        } else {
            REQUIRE(there.violation != nullptr);
            ++violations;
        }
    }
    CHECK(values_seen > 100);
    CHECK(violations > 100);
}
