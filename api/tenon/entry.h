/* The one symbol that a plugin exports, and the note that tells the same from the file alone.
 *
 * A plugin in C ends with
 *     TENON_NOTE(TENON_USES(ACME_CONTRACT))
 *     TENON_ENTRY(&lifecycle, handlers, services)
 * where `handlers` is an array of tenon_handler and `services` one of tenon_service_table (TENON_ENTRY_HANDLERS: no
 * services). The manifest comes in through the header that TENON_MANIFEST_HEADER names; tenon_add_plugin() makes it. */
#ifndef TENON_ENTRY_H
#define TENON_ENTRY_H

#include <tenon/plugin.h>

/* The note, FROZEN: an ELF note named "org.tenon/1", type TENON_NOTE_PLUGIN, in a PT_NOTE segment. After this header
 * come `record_count` records, then `manifest_size` bytes of TOML, then zeros up to a multiple of 8. The name is 12
 * bytes long, so that the payload begins at 24 whether notes are aligned to 4 or to 8. A Windows library has the same
 * bytes at the beginning of its section .tenon. */
typedef struct tenon_note_header {
    uint32_t name_size;    /* 12 */
    uint32_t payload_size; /* of all that follows `name` */
    uint32_t note_type;    /* TENON_NOTE_PLUGIN or TENON_NOTE_CONTRACT */
    char name[12];
    uint32_t magic; /* TENON_MAGIC; the payload begins here */
    uint16_t abi_major;
    uint16_t abi_minor_required;
    uint16_t abi_minor_built;
    uint16_t record_size; /* sizeof(tenon_record) */
    uint32_t record_count;
    uint32_t manifest_size;
    uint32_t reserved;
} tenon_note_header;

#define TENON_NOTE_NAME "org.tenon/1"
enum { TENON_NOTE_PLUGIN = 1, TENON_NOTE_CONTRACT = 2 };
TENON_STATIC_ASSERT(sizeof(tenon_note_header) == 48 && offsetof(tenon_note_header, magic) == 24,
                    "tenon_note_header is FROZEN");

/* The entry block, FROZEN: it can be judged before any function of the plugin runs. */
typedef struct tenon_entry_block {
    uint32_t magic; /* TENON_MAGIC */
    uint16_t abi_major;
    uint16_t abi_minor_required;
    uint16_t abi_minor_built;
    uint16_t reserved16;
    uint32_t reserved32;
    const void* note; /* the note's own bytes, as mapped */
    uint64_t note_size;
    const tenon_lifecycle* lifecycle;
    tenon_span handlers; /* of tenon_handler */
    tenon_span services; /* of tenon_service_table */
} tenon_entry_block;
TENON_STATIC_ASSERT(sizeof(tenon_entry_block) == 88, "tenon_entry_block is FROZEN");

#ifdef TENON_MANIFEST_HEADER
#include TENON_MANIFEST_HEADER /* defines TENON_MANIFEST_SIZE and TENON_MANIFEST_BYTES */
#endif

#define TENON_USES(CONTRACT) CONTRACT(TENON_RECORDS)
#define TENON_OFFERS(CONTRACT) CONTRACT(TENON_OFFERED_RECORDS)

#define TENON_NOTE(...) TENON_NOTE_(TENON_NOTE_PLUGIN, TENON_MANIFEST_SIZE, (TENON_MANIFEST_BYTES), __VA_ARGS__)
/* The module of a contract alone: records, no manifest, no entry (tenon_add_contract). */
#define TENON_CONTRACT_NOTE(CONTRACT) TENON_NOTE_(TENON_NOTE_CONTRACT, 0, (0), TENON_OFFERS(CONTRACT))
#define TENON_NOTE_UNWRAP(...) __VA_ARGS__
#define TENON_NOTE_PADDED(size) (((size) + 8u) / 8u * 8u) /* at least one zero behind the text */

#if defined(_WIN32) /* the linker keeps eight characters of a section's name */
#define TENON_NOTE_SECTION ".tenon"
#else
#define TENON_NOTE_SECTION ".note.tenon"
#endif
#if defined(__clang__) /* its address sanitizer would put red zones into the section */
#define TENON_IN_NOTE __attribute__((section(TENON_NOTE_SECTION), used, aligned(8), no_sanitize("address")))
#else
#define TENON_IN_NOTE __attribute__((section(TENON_NOTE_SECTION), used, aligned(8)))
#endif

/* The records are written twice: once to be counted (that array is never emitted), once in their place. */
#define TENON_NOTE_(kind, manifest_bytes, manifest, ...)                                         \
    __attribute__((unused)) static const tenon_record tenon_note_counted[] = {                   \
        __VA_ARGS__{TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};                                    \
    typedef struct tenon_note_image {                                                            \
        tenon_note_header header;                                                                \
        tenon_record records[sizeof(tenon_note_counted) / sizeof(tenon_record)];                 \
        uint8_t manifest_text[TENON_NOTE_PADDED(manifest_bytes)];                                \
    } tenon_note_image;                                                                          \
    TENON_IN_NOTE static const tenon_note_image tenon_note = {                                   \
        {12, sizeof(tenon_note_image) - 24, kind, TENON_NOTE_NAME, TENON_MAGIC, TENON_ABI_MAJOR, \
         TENON_ABI_MINOR_REQUIRED, TENON_ABI_MINOR, sizeof(tenon_record),                        \
         sizeof(tenon_note_counted) / sizeof(tenon_record), manifest_bytes, 0},                  \
        {__VA_ARGS__{TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}},                                   \
        {TENON_NOTE_UNWRAP manifest}};

#define TENON_ENTRY(lifecycle_slots, handler_array, service_array)                                             \
    TENON_ENTRY_(lifecycle_slots, TENON_SPAN_OF(handler_array, sizeof(handler_array) / sizeof(tenon_handler)), \
                 TENON_SPAN_OF(service_array, sizeof(service_array) / sizeof(tenon_service_table)))
#define TENON_ENTRY_HANDLERS(lifecycle_slots, handler_array)                                                   \
    TENON_ENTRY_(lifecycle_slots, TENON_SPAN_OF(handler_array, sizeof(handler_array) / sizeof(tenon_handler)), \
                 TENON_EMPTY_SPAN)
#define TENON_EMPTY_SPAN {0, 0, 0, 0}

#define TENON_ENTRY_(lifecycle_slots, ...)                                          \
    TENON_EXTERN_C TENON_EXPORT const tenon_entry_block tenon_entry;                \
    const tenon_entry_block tenon_entry = {                                         \
        TENON_MAGIC, TENON_ABI_MAJOR, TENON_ABI_MINOR_REQUIRED, TENON_ABI_MINOR, 0, \
        0,           &tenon_note,     sizeof(tenon_note),       lifecycle_slots, __VA_ARGS__};

#endif
