/* The fixture that is right in every way; definitions from CMake spoil one thing each. */
#include <tenon/abi.h>

#if defined(FROM_ANOTHER_MAJOR)
#undef TENON_ABI_MAJOR
#define TENON_ABI_MAJOR 9u
#elif defined(FROM_A_LATER_MINOR)
#undef TENON_ABI_MINOR
#define TENON_ABI_MINOR 7u
#undef TENON_ABI_MINOR_REQUIRED
#define TENON_ABI_MINOR_REQUIRED 6u
#endif

#include <tenon/entry.h>

#include "tests/unit/loader/shop.h"

TENON_NOTE(TENON_USES(SHOP_CONTRACT))

#if defined(WITH_BORROWED_HANDLER)
int32_t somebody_elses_handler(void* self, tenon_call* call, const void* request, void* reply);
#define PRICE somebody_elses_handler
#else
#define PRICE price
static int32_t price(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)call, (void)request, (void)reply;
    return TENON_CHANGED;
}
#endif

static int32_t rate(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)call, (void)request, (void)reply;
    return TENON_OK;
}

static int32_t start(void* self, tenon_init* init) {
    (void)self, (void)init;
    return TENON_OK;
}

static const tenon_lifecycle lifecycle = {.struct_size = sizeof(tenon_lifecycle), .start = start};
static const tenon_handler handlers[] = {{TENON_STR("com.example.shop"), TENON_STR("price"), PRICE}};
static const tenon_handler_fn tax_methods[] = {rate, 0};
static const tenon_service_table services[] = {{TENON_STR("com.example.tax/1"), tax_methods, 2}};

#if defined(WITHOUT_ENTRY)
#elif defined(WITH_ENTRY_OF_ANOTHER_NOTE)
static const tenon_note_image another_note = {
    {12, sizeof(tenon_note_image) - 24, 1, "", 0, 0, 0, 0, 0, 0, 0, 0}, {{0}}, {0}};
TENON_EXPORT extern const tenon_entry_block tenon_entry;
const tenon_entry_block tenon_entry = {
    TENON_MAGIC, TENON_ABI_MAJOR, TENON_ABI_MINOR_REQUIRED, TENON_ABI_MINOR, 0,
    0,           &another_note,   sizeof another_note,      &lifecycle,      {0, 0, 0, 0},
    {0, 0, 0, 0}};
#elif defined(WITH_ENTRY_OF_ANOTHER_ABI)
TENON_EXPORT extern const tenon_entry_block tenon_entry;
const tenon_entry_block tenon_entry = {TENON_MAGIC, TENON_ABI_MAJOR, TENON_ABI_MINOR_REQUIRED, 8,          0,
                                       0,           &tenon_note,     sizeof tenon_note,        &lifecycle, {0, 0, 0, 0},
                                       {0, 0, 0, 0}};
#else
TENON_ENTRY(&lifecycle, handlers, services)
#endif

#if defined(WITH_UNIQUE_SYMBOL)
/* What g++ does for std::make_shared and inline variables, in a form that every compiler accepts. */
__asm__(
    ".pushsection .bss\n"
    ".balign 8\n"
    ".globl there_can_be_only_one\n"
    ".type there_can_be_only_one, @gnu_unique_object\n"
    ".size there_can_be_only_one, 8\n"
    "there_can_be_only_one: .zero 8\n"
    ".popsection\n");
TENON_EXPORT extern uint64_t there_can_be_only_one;
TENON_EXPORT uint64_t* touched = &there_can_be_only_one;
#endif
