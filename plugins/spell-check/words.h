// From a CommonMark document to the words that are worth looking up. Thread-safe, pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spell_check {

// A word of prose; `line` is the document's, from 1. Apostrophes are ASCII.
struct Word {
    std::string text;
    std::uint64_t line;
};

// The words of a piece of prose. Left out are identifiers and the like: what has a digit, an underscore, a dot or a
// slash inside, what has a capital after its first letter (CamelCase, ABI), and words of less than three letters.
std::vector<std::string> split_words(std::string_view prose);

// The words of a document. Code, HTML, addresses and the texts of links do not count.
std::vector<Word> words_of(std::string_view markdown);

// All words that one slip away from this one: two letters swapped, one missing, one wrong, one too many; in this order.
// None for words beyond ASCII.
std::vector<std::string> one_slip_from(std::string_view word);

}  // namespace spell_check
