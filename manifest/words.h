// How foreign text appears in our own: quoted, cut, and with the nearest name that does exist.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tenon::manifest {

// The text, cut after at most `limit` bytes on a UTF-8 boundary ("..." says so). Control characters and bytes that are
// not UTF-8 are written as \xNN, so that no terminal obeys them.
std::string printable(std::string_view text, std::size_t limit);

// The same between double quotes.
std::string in_quotes(std::string_view text, std::size_t limit = 80);  // "quoted" would find std::quoted for strings

// The name that somebody who wrote `word` most likely meant: the smallest Damerau-Levenshtein distance (of adjacent
// transpositions), the first of equals, at most a third of the word's length and never more than 3; empty if none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

// The text as one word of a POSIX shell: between single quotes where it needs them. For commands that people paste.
std::string shell_word(std::string_view text);

}  // namespace tenon::manifest
