// Applications that were built with another view of a contract than the one on offer.
#include <cstring>
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::OpenGallery;

// The gallery of somebody else's header: it has the same id, and one field is another.
#define OTHER_ITEM(F, T) F(T, u32, struct_size) F(T, u32, number) F(T, str, text) F(T, u64, extra)
TENON_APPENDABLE(other_item, OTHER_ITEM, text);
#define OTHER_ENUMS(E)
#define OTHER_STRUCTS(S) S(other_item, OTHER_ITEM)
#define OTHER_HOOKS(H) H(other, notice, TENON_NOTIFY, other_item, tenon_none, 0, 0)
#define OTHER_SERVICES(S)
#define OTHER_CONTRACT(C) C(other, GALLERY_ID, 1, 0, 0, OTHER_ENUMS, OTHER_STRUCTS, OTHER_HOOKS, OTHER_SERVICES)
TENON_CONTRACT(OTHER_CONTRACT);

namespace {

// The records of the other view, with the struct named as on offer, so that only the field differs.
std::vector<tenon_record> other_view(std::uint32_t kind = TENON_NOTIFY) {
    std::vector<tenon_record> records(std::begin(other_contract::records), std::end(other_contract::records));
    for (tenon_record& record : records) {
        if (std::string(record.name) == "other_item") {
            std::memset(record.name, 0, sizeof record.name);
            std::memcpy(record.name, "gallery_item", 12);
        }
        if (record.kind == TENON_RECORD_HOOK) record.type = kind;
    }
    return records;
}

std::string refusal_of(const OpenGallery& gallery, const std::vector<tenon_record>& records, const char* name,
                       std::int32_t wanted) {
    tenon_hook* hook = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_hook_as(gallery.host.raw(), records.data(), records.size(), str(name), &hook, &error) == wanted);
    return std::string(error.reason) + ": " + error.text;
}

}  // namespace

TEST_CASE("an application whose view of a contract is another is told the field") {
    const OpenGallery gallery;
    CHECK(refusal_of(gallery, other_view(), "notice", TENON_E_MISMATCH) ==
          "contract.field-differs: gallery_item.number: the application has u32 at byte 4 (4 bytes), the host has i32 "
          "at byte 4 (4 bytes)");
    CHECK_THROWS_WITH(gallery.host.hook<other_notice_hook>(), Catch::Matchers::Contains("other_item"));
}

TEST_CASE("an application that takes a hook for another kind is told so") {
    const OpenGallery gallery;
    CHECK(refusal_of(gallery, other_view(TENON_VETO), "notice", TENON_E_MISMATCH) ==
          "contract.hook-kind: hook " GALLERY_ID
          "/notice: the application has VETO, the host has NOTIFY\n"
          "gallery_item.number: the application has u32 at byte 4 (4 bytes), the host has i32 at byte 4 (4 bytes)");
}

TEST_CASE("a view that cannot be read, or lacks the hook, is no view") {
    const OpenGallery gallery;
    std::vector<tenon_record> records = other_view();
    CHECK(refusal_of(gallery, records, "nothing", TENON_E_NOT_FOUND) == "hook.unknown: no hook " GALLERY_ID
                                                                        "/nothing is offered");
    CHECK(refusal_of(gallery, records, "veto", TENON_E_INVALID) ==
          "api.invalid-argument: the hook is not in the records");
    CHECK(refusal_of(gallery, {}, "notice", TENON_E_INVALID) ==
          "api.invalid-argument: the records are NULL or too many");
    records[1].kind = 99;
    CHECK(refusal_of(gallery, records, "notice", TENON_E_INVALID) ==
          "contract.order: the host: record 1 of contract " GALLERY_ID ": there is no record kind 99 here");
    records = other_view();
    records.insert(records.end(), std::begin(shop_contract::records), std::end(shop_contract::records));
    CHECK(refusal_of(gallery, records, "notice", TENON_E_INVALID) ==
          "api.invalid-argument: the records are not one contract");
}
