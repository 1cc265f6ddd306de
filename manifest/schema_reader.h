// The inside of read_schema(): what the keywords of a schema are made of.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/diagnostics.h"
#include "manifest/schema_node.h"
#include "manifest/schema_read.h"
#include "manifest/table_reader.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// The limits of one schema.
inline constexpr std::size_t most_schemas = 1024;
inline constexpr std::size_t most_patterns = 64;
inline constexpr unsigned most_nested_schemas = 32;

// A value of the file, and its path.
struct Spot {
    const Value& value;
    std::string path;

    Spot inner(const Entry& entry) const { return {entry.value, key_path(path, entry.key)}; }
    Spot inner(std::size_t index) const;
};

// A node on its way, and its future place.
struct SchemaDraft {
    SchemaIndex index;
    SchemaNode node;
};

// Reads on after a problem: each function says what is wrong and leaves its target as it was. Borrows the diagnostics.
class SchemaReader {
public:
    explicit SchemaReader(Diagnostics& out) : out_(out), problems_before_(out.count()) {}

    // The number of its node, also if there were problems. The root is the first one.
    SchemaIndex schema(const Spot& spot);
    // After the root: it describes objects, or there is a problem.
    void object_only(const Spot& spot);
    // After that: follows the references, and if nothing was wrong until here, tries defaults and examples.
    void finish();
    SchemaTree take(nlohmann::json document) { return {std::move(tree_.nodes), std::move(document)}; }
    // Whether there was no problem so far.
    bool good() const { return out_.count() == problems_before_; }

    // The parts that keywords read with.
    bool refuse(std::string_view id, const Spot& spot, std::string_view what, std::string fix);
    bool expect(const Spot& spot, Value::Kind kind) { return expect_kind(spot.value, kind, spot.path, out_); }
    void prose(const Spot& spot);
    void dialect(const Spot& spot);
    void types(const Spot& spot, JsonTypes& types);
    void value(const Spot& spot, std::optional<nlohmann::json>& json);
    void choices(const Spot& spot, std::optional<nlohmann::json>& json);
    void initial(const Spot& spot, SchemaDraft& draft);
    void examples(const Spot& spot, SchemaDraft& draft);
    void reference(const Spot& spot, SchemaDraft& draft);
    void definitions(const Spot& spot, SchemaDraft& draft);
    void number(const Spot& spot, std::optional<nlohmann::json>& number);
    void divisor(const Spot& spot, std::optional<nlohmann::json>& number);
    void count(const Spot& spot, std::optional<std::uint64_t>& count);
    void flag(const Spot& spot, bool& flag);
    void pattern(const Spot& spot, std::optional<SchemaPattern>& pattern);
    void format(const Spot& spot, const SchemaFormat*& format);
    void one(const Spot& spot, std::optional<SchemaIndex>& schema);
    void list(const Spot& spot, std::vector<SchemaIndex>& schemas);
    void items(const Spot& spot, ArrayRules& rules);
    void properties(const Spot& spot, ObjectRules& rules);
    void patterns(const Spot& spot, ObjectRules& rules);
    void names(const Spot& spot, std::vector<std::string>& names);
    void dependencies(const Spot& spot, ObjectRules& rules);

private:
    struct Reference {
        SchemaIndex from;
        std::string name;  // of a definition; empty: the root
        Location at;
        std::string path;
    };
    struct Sample {
        SchemaIndex schema;
        nlohmann::json value;
        Location at;
        std::string path;
    };

    void keywords(const Spot& spot, SchemaDraft& draft);
    void lone_reference(const Spot& spot);
    std::optional<SchemaPattern> compile(const std::string& expression, Location at, const std::string& path);
    void resolve();
    void try_samples();

    Diagnostics& out_;
    std::size_t problems_before_;
    SchemaTree tree_;
    unsigned depth_ = 0;
    std::size_t patterns_ = 0;
    std::map<std::string, SchemaIndex, std::less<>> definitions_;
    std::vector<Reference> references_;
    std::vector<Sample> samples_;
};

// What a schema may say, and how it is read.
struct SchemaKeyword {
    std::string_view name;
    void (*read)(SchemaReader& reader, const Spot& spot, SchemaDraft& draft);
};
std::span<const SchemaKeyword> schema_keywords();

// A node that comes back to itself without going into a value of the settings, if there is one.
std::optional<SchemaIndex> find_circle(const SchemaTree& tree);

}  // namespace tenon::manifest
