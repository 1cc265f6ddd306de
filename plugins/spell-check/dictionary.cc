#include "plugins/spell-check/dictionary.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "plugins/spell-check/words.h"

namespace spell_check {
namespace {

constexpr const char* name = "/en_US";
constexpr std::size_t most_suggestions = 3;

// Hunspell says nothing of files that it cannot open, and then goes by its default encoding.
std::string readable(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    if (file == nullptr) throw std::runtime_error(path + " cannot be opened: " + std::strerror(errno));
    return path;
}

}  // namespace

std::string folder_with_dictionary(const std::vector<std::string>& folders) {
    std::string tried;
    for (const std::string& folder : folders) {
        std::error_code ignored;
        const bool found = std::filesystem::is_regular_file(folder + name + ".aff", ignored) &&
                           std::filesystem::is_regular_file(folder + name + ".dic", ignored);
        if (found) return folder;
        tried += (tried.empty() ? "" : ", ") + folder;
    }
    throw std::runtime_error("no en_US.aff and en_US.dic in " + tried +
                             "; install the dictionary (Debian: hunspell-en-us)");
}

Dictionary::Dictionary(const std::string& folder)
    : hunspell_{readable(folder + name + ".aff").c_str(), readable(folder + name + ".dic").c_str()} {
    if (hunspell_.get_dict_encoding() != "UTF-8")
        throw std::runtime_error(folder + name + ".aff is in " + hunspell_.get_dict_encoding() + ", not in UTF-8");
}

std::size_t Dictionary::add_words_from(const std::string& path) {
    std::ifstream file(path);
    std::size_t added = 0;
    const std::lock_guard hold(lock_);
    for (std::string line; std::getline(file, line);) {
        const std::string word = line.substr(0, line.find_first_of("# \t\r"));
        if (word.empty()) continue;
        hunspell_.add(word);
        ++added;
    }
    return added;
}

bool Dictionary::knows(const std::string& word) {
    const std::lock_guard hold(lock_);
    return hunspell_.spell(word);
}

std::vector<std::string> Dictionary::suggestions(const std::string& word) {
    const std::lock_guard hold(lock_);
    std::vector<std::string> out;
    for (const std::string& candidate : one_slip_from(word)) {
        if (out.size() == most_suggestions) break;
        const bool fresh = candidate.size() > 1 && std::find(out.begin(), out.end(), candidate) == out.end();
        if (fresh && hunspell_.spell(candidate)) out.push_back(candidate);
    }
    return out;
}

}  // namespace spell_check
