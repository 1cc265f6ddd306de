// Foreign bytes as frames: each is the only frame of the value that is read from it, or it is refused with a reason.
// The first byte says which struct it is a frame of, and for whom.
#include <tenon/status.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/wire.h"
#include "tests/unit/sandbox/wire_contract.h"

using namespace tenon::sandbox;

namespace {

constexpr std::uint32_t structs[] = {TENON_INDEX_parcel, TENON_INDEX_parcel_label, TENON_INDEX_parcel_event,
                                     TENON_INDEX_parcel_care};

const tenon::loader::Contract& contract() {
    static const auto read = tenon::loader::read_contracts(parcel_contract::records, "fuzz");
    if (!read) std::abort();
    return read.value().at(0);
}

// One block, of exactly the size that is asked for.
struct Memory {
    std::unique_ptr<void, decltype(&std::free)> block{nullptr, &std::free};

    static void* alloc(void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
        void* made = nullptr;
        if (posix_memalign(&made, alignment, size) != 0) return nullptr;
        static_cast<Memory*>(self)->block.reset(made);
        return made;
    }
};

void check(bool holds) {
    if (!holds) std::abort();
}

// A value of the host can be written again, and gives the same bytes; into a struct that is there, too.
void check_value(const Wire& wire, std::uint32_t type, const void* value, std::span<const std::byte> frame) {
    std::vector<std::byte> again(frame.size());
    const Encoded encoded = wire.encode(type, value, again);
    check(encoded.status == TENON_OK && encoded.size == frame.size());
    check(std::memcmp(again.data(), frame.data(), frame.size()) == 0);
    check(wire.encode(type, value, std::span(again).first(again.size() - 1)).status == TENON_E_FULL);

    const tenon::loader::Type& described = contract().types[type];
    std::vector<std::uint64_t> into(described.size / 8 + 1);
    const auto size = static_cast<std::uint32_t>(described.size);
    if (described.form == tenon::loader::Type::Form::appendable) std::memcpy(into.data(), &size, sizeof size);
    wire.commit(type, value, into.data());
    check(wire.encode(type, into.data(), {}).status == TENON_E_FULL);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Wire wire(contract());
    if (size == 0) return 0;
    const std::uint32_t type = structs[data[0] % std::size(structs)];
    const auto strictness = data[0] < 128 ? Strictness::worker_side : Strictness::host_side;
    const std::span<const std::byte> frame(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    Memory memory;
    const Decoded there = wire.decode(type, frame, {&memory, &Memory::alloc}, strictness);
    check((there.status == TENON_OK) == (there.value != nullptr));
    check((there.status == TENON_OK) == what_is_wrong(there).empty());
    check((there.status == TENON_E_FAILED) == (there.violation != nullptr));
    if (there.value != nullptr)
        check_value(wire, type, there.value, frame);
    else
        check(there.violation != nullptr || strictness == Strictness::host_side);
    return 0;
}
