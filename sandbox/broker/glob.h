// Globs of paths, as docs/manifest.md has them: `*` is any number of characters inside a part, `?` is one, and `**` is
// a whole part that stands for any number of parts, also none. What is granted is compared byte by byte; what is taken
// out of that in any case of the letters of ASCII, because there are file systems that ignore it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenon::sandbox::broker {

enum class Letters { as_written, in_any_case };

// Whether the path is the folder, or below it.
bool is_in(std::string_view path, std::string_view folder, Letters letters = Letters::as_written);

// Constant once made; used by any thread.
class Glob {
public:
    // An absolute one: $data and its like have been replaced. Problem: "broker.bad-glob".
    static base::Result<Glob> parse(std::string_view text);

    // What `rest` ("/*.txt", or nothing) is below a folder that is really there: whatever the folder's name has stands
    // for itself. Problem: "broker.bad-glob".
    static base::Result<Glob> below(std::string_view folder, std::string_view rest);

    // The same with all that is below what it matches.
    Glob with_all_below() const;

    // Of a path that path_fault() finds nothing wrong with. Takes at most as many steps as the glob and the path have
    // bytes, multiplied.
    bool matches(std::string_view path, Letters letters = Letters::as_written) const;

    // What stands before the first wildcard, in whole parts: "/usr/share" of "/usr/share/d*/words", "/" of "/*". Of a
    // glob without wildcards: all of it.
    const std::string& fixed() const noexcept { return fixed_; }
    const std::string& text() const noexcept { return text_; }
    bool has_wildcards() const noexcept { return fixed_.size() != text_.size(); }

private:
    std::string text_;
    std::string fixed_;
    std::string folder_;              // without wildcards, whatever is in it; without the last slash
    std::vector<std::string> parts_;  // below it
};

// A place that the kernel itself can bind a process to.
struct Root {
    std::string path;
    bool tree = false;  // with all that is below
    friend bool operator==(const Root&, const Root&) = default;
};

// An exact path, or "folder/**"; nothing: such a glob needs the broker.
std::optional<Root> root_of(const Glob& glob);

}  // namespace tenon::sandbox::broker
