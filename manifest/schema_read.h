// From a tree of values to a schema.
#pragma once

#include <optional>
#include <string>

#include "manifest/config_schema.h"
#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// What a schema has to describe: settings are an object.
enum class SchemaRoot { object, any };

// Reads [config]. Nothing if there is a problem; `path` is that of the table. Defaults and examples have to fit their
// schemas. Problems: "manifest.bad-schema", "manifest.bad-pattern", "manifest.bad-reference", "manifest.bad-default",
// and those of the other keys ("manifest.unknown-key", "manifest.wrong-type", ...). Any thread.
std::optional<ConfigSchema> read_schema(const Value& schema, const std::string& path, SchemaRoot root,
                                        Diagnostics& out);

}  // namespace tenon::manifest
