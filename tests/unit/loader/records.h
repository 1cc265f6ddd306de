// Writes descriptor records by hand: right ones laid out like a compiler would, and then spoiled ones.
#pragma once

#include <tenon/contract.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "loader/contract.h"
#include "tests/support/catch.h"

namespace tenon::loader::fixtures {

class Records {
public:
    explicit Records(std::string_view id, std::uint32_t major = 1, std::uint32_t minor = 0, std::uint32_t patch = 0) {
        add(TENON_RECORD_CONTRACT, id, major, minor, patch);
    }

    Records& enumeration(std::string_view name, Code code, std::uint64_t size) {
        add(TENON_RECORD_ENUM, name, static_cast<std::uint32_t>(code)).size = size;
        return *this;
    }
    Records& value(std::string_view name, std::int64_t number) {
        add(TENON_RECORD_VALUE, name).offset = static_cast<std::uint64_t>(number);
        return *this;
    }
    Records& frozen(std::string_view name, std::uint32_t alignment = 8) {
        begin(name, TENON_RECORD_FROZEN, alignment);
        return *this;
    }
    // Begins with struct_size and four bytes of padding.
    Records& appendable(std::string_view name) {
        begin(name, TENON_RECORD_APPENDABLE, 8);
        return field(Code::u32, "struct_size", 4).field(Code::pad, "reserved", 4, 0, 4);
    }
    Records& field(Code code, std::string_view name, std::uint64_t size, std::uint32_t of = 0,
                   std::uint32_t count = 1) {
        tenon_record& head = all[struct_];
        const std::uint64_t offset = head.size;
        head.size += size;
        if (!pinned_) head.offset = head.size;
        tenon_record& record = add(TENON_RECORD_FIELD, name, static_cast<std::uint32_t>(code), of, count);
        record.offset = offset;
        record.size = size;
        return *this;
    }
    Records& str(std::string_view name) { return field(Code::str, name, 16); }
    Records& u64(std::string_view name) { return field(Code::u64, name, 8); }
    // The first release of the struct ends here; fields that follow were appended.
    Records& released() {
        pinned_ = true;
        return *this;
    }
    Records& hook(std::string_view name, std::uint32_t kind, std::uint32_t request, std::uint32_t reply) {
        add(TENON_RECORD_HOOK, name, kind, request, reply);
        return *this;
    }
    Records& service(std::string_view id) {
        add(TENON_RECORD_SERVICE, id);
        return *this;
    }
    Records& method(std::string_view name, std::uint32_t request, std::uint32_t reply) {
        add(TENON_RECORD_METHOD, name, 0, request, reply);
        return *this;
    }

    Contract contract() const {
        auto read = read_contracts(all, "records");
        INFO((read ? "" : read.problem().text));
        REQUIRE(read);
        REQUIRE(read.value().size() == 1);
        return read.value()[0];
    }
    std::string refusal() const {
        const auto read = read_contracts(all, "shop.so");
        return read ? "" : read.problem().id + ": " + read.problem().text;
    }

    tenon_record& add(std::uint16_t kind, std::string_view name, std::uint32_t type = 0, std::uint32_t of = 0,
                      std::uint32_t count = 0) {
        tenon_record record{kind, 0, type, of, count, 0, 0, {}};
        std::memcpy(record.name, name.data(), std::min(name.size(), sizeof record.name));
        all.push_back(record);
        return all.back();
    }

    std::vector<tenon_record> all;

private:
    void begin(std::string_view name, std::uint16_t layout, std::uint32_t alignment) {
        struct_ = all.size();
        pinned_ = false;
        add(TENON_RECORD_STRUCT, name, 0, alignment).flags = layout;
    }

    std::size_t struct_ = 0;
    bool pinned_ = false;
};

}  // namespace tenon::loader::fixtures
