// A dictionary of hunspell, made safe for many threads.
#pragma once

#include <hunspell.hxx>
#include <mutex>
#include <string>
#include <vector>

namespace spell_check {

// The folder among `folders` that has en_US.aff and en_US.dic. Throws std::runtime_error, with all of them named,
// when none has.
std::string folder_with_dictionary(const std::vector<std::string>& folders);

// Any thread: hunspell itself is not thread-safe, so that one lock is around it.
class Dictionary {
public:
    // Throws std::runtime_error when the dictionary is not in UTF-8.
    explicit Dictionary(const std::string& folder);

    // Adds the words of a file, one a line, '#' begins a comment; returns how many. None when there is no such file.
    std::size_t add_words_from(const std::string& path);

    bool knows(const std::string& word);
    // At most three known words that are one slip away. Not hunspell's own suggestions: these take some 20 ms a word,
    // and a page has 20 ms for all its words.
    std::vector<std::string> suggestions(const std::string& word);

private:
    std::mutex lock_;
    Hunspell hunspell_;
};

}  // namespace spell_check
