/* What plugins ask to be allowed, what an operator granted, the log of such decisions, and what this machine can
 * enforce. For the tools of an operator: no host is needed, and nothing of a plugin runs. docs/permissions.md tells all
 * of it.
 *
 * Stores are named by the path of their file, which is opened for the time of the call; several processes may do so at
 * the same time, and a call waits for another process at most 2 s. Answers are JSON, one object and a line's end, in
 * pieces as in stats.h; nothing is written when a function returns less than 0 for another reason than `write`.
 *
 * All return TENON_OK, or less than 0 with the reason in `error`, which may be NULL: TENON_E_INVALID for an argument
 * that makes no sense, TENON_E_NOT_FOUND when there is no such store, TENON_E_REFUSED for a manifest that is wrong or a
 * log that is not as it was written, TENON_E_FULL for more grants than a plugin may have, TENON_E_CANCELLED when
 * `write` returned 0, TENON_E_IO for everything else that is wrong with the store. */
#ifndef TENON_PERMISSIONS_H
#define TENON_PERMISSIONS_H

#include <tenon/stats.h>

TENON_EXTERN_C_BEGIN

/* The requests of a plugin, each with its state: granted, waiting, and so on; what can be typed to change it is beside
 * it. Either of a manifest (its TOML, at most 64 KiB), with or without a store; or, with an empty manifest, all that
 * `plugin` was granted in a store. Writes what share/permissions.schema.json says, without file, problems and
 * exit_code. */
TENON_API TENON_ON_ANY int32_t tenon_permissions(tenon_str store, tenon_str manifest, tenon_str plugin,
                                                 tenon_write_fn write, void* data, tenon_error* error);

/* Decide, and write a row of the audit log for each request, which names `by`: who decides, at most 128 bytes. All of
 * it is on the disk when they return TENON_OK or TENON_E_CANCELLED, else none of it is. `requests` are lines as
 * docs/permissions.md has them, at most 1024. tenon_grant makes a store that is not there. They write {"plugin": ID,
 * "requests": [{"request": TEXT, "changed": BOOLEAN}]} with the requests as they are kept, each once; `write` may be
 * NULL. */
TENON_API TENON_ON_ANY int32_t tenon_grant(tenon_str store, tenon_str plugin, const tenon_str* requests, uint64_t count,
                                           tenon_str by, tenon_write_fn write, void* data, tenon_error* error);
TENON_API TENON_ON_ANY int32_t tenon_revoke(tenon_str store, tenon_str plugin, const tenon_str* requests,
                                            uint64_t count, tenon_str by, tenon_write_fn write, void* data,
                                            tenon_error* error);
/* Whatever the plugin was granted. */
TENON_API TENON_ON_ANY int32_t tenon_revoke_all(tenon_str store, tenon_str plugin, tenon_str by, tenon_write_fn write,
                                                void* data, tenon_error* error);

/* The `last` newest rows of the audit log (at most 10,000 are given), the oldest first; about all plugins when `plugin`
 * is empty. Nothing of it is verified. Writes {"rows": [...]} as in share/audit.schema.json. */
TENON_API TENON_ON_ANY int32_t tenon_audit(tenon_str store, tenon_str plugin, uint64_t last, tenon_write_fn write,
                                           void* data, tenon_error* error);
/* Whether the log is as it was written, and the grants are those of the log: TENON_E_REFUSED when not. `known` is
 * empty, or a mark "NUMBER:HASH" that this function has written: the row has to be there. Writes {"rows": NUMBER,
 * "mark": "NUMBER:HASH"} of the last row. */
TENON_API TENON_ON_ANY int32_t tenon_audit_verify(tenon_str store, tenon_str known, tenon_write_fn write, void* data,
                                                  tenon_error* error);

/* What this machine can enforce for this user and this process, layer by layer, and why not. Asks the kernel and
 * changes nothing; starts two processes that end at once. Writes what share/machine.schema.json says. */
TENON_API TENON_ON_ANY int32_t tenon_machine(tenon_write_fn write, void* data, tenon_error* error);

TENON_EXTERN_C_END

#endif
