// The keys that tell people what a plugin is, and the files beside its library.
#include <limits>

#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/name_check.h"
#include "manifest/path_check.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view kinds[] = {"tool",      "instrument", "workflow",  "model",  "theme",
                                      "generator", "field",      "connector", "library"};
constexpr ListRule author_list{64, 0, true};
constexpr ListRule word_list{32};
constexpr ListRule screenshot_list{16};
constexpr ListRule library_list{64};
constexpr TextRule keyword{64, false};

bool is_plain_id(const Value& string, std::string_view path, Diagnostics& out) {
    return check_id(string, path, out);
}

Version read_version(TableReader& root) {
    const Value* value = root.value("version", Value::Kind::string, Need::required);
    if (value == nullptr) return {};
    auto version = Version::parse(value->string);
    if (version.ok()) return version.take();
    root.problems().add("manifest.bad-version", value->at, root.path("version"), version.problem().text,
                        version.problem().fix);
    return {};
}

}  // namespace

void read_about(TableReader& root, Manifest& out) {
    out.id = read_string(root, "id", Need::required, is_plain_id);
    out.name = read_string(root, "name", Need::required, text(one_line));
    out.version = read_version(root);
    out.description = read_string(root, "description", Need::optional, text(prose));
    out.license = read_string(root, "license", Need::optional, text(one_line));
    out.authors = read_strings(root, "authors", author_list, text(one_line));
    if (const auto abi = root.integer("abi", 0, std::numeric_limits<std::uint32_t>::max()))
        out.abi = static_cast<std::uint32_t>(*abi);
    if (const auto kind = read_choice(root, "kind", kinds)) out.kind = kinds[*kind];
    out.keywords = read_strings(root, "keywords", word_list, text(keyword));
    out.category = read_string(root, "category", Need::optional, check_slug);
    out.tags = read_strings(root, "tags", word_list, check_slug);
    out.homepage = read_string(root, "homepage", Need::optional, check_url);
    out.repository = read_string(root, "repository", Need::optional, check_url);
}

void read_files(TableReader& root, Manifest& out) {
    out.icon = read_string(root, "icon", Need::optional, check_relative_path);
    out.screenshots = read_strings(root, "screenshots", screenshot_list, check_relative_path);
    const bool needed = !out.icon.empty() || !out.screenshots.empty();  // they lie in the resources
    out.resources = read_string(root, "resources", needed ? Need::required : Need::optional, check_relative_path);
    out.libraries = read_strings(root, "libraries", library_list, check_relative_path);
}

}  // namespace tenon::manifest
