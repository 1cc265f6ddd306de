// Finds words that the dictionary does not know. The user's own words come from words.txt in the plugin's data folder;
// settings.toml there can make it slow (settings.h).
#include <pressroom/contract.h>
#include <tenon/plugin.hpp>

#include <atomic>
#include <thread>
#include <unordered_set>

#include "plugins/spell-check/dictionary.h"
#include "plugins/spell-check/settings.h"
#include "plugins/spell-check/words.h"

namespace {

using spell_check::Word;

constexpr std::size_t most_findings = 20;
constexpr std::size_t longest_word = 60;

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// Any thread: what it has is a Dictionary, settings that do not change, and a counter.
class SpellCheck {
public:
    explicit SpellCheck(tenon::Init init)
        : dictionary_(spell_check::folder_with_dictionary(
              {std::string(init.resource_folder()), "/usr/share/hunspell", "/usr/share/myspell/dicts"})),
          settings_(spell_check::read_settings(std::string(init.data_folder()) + "/settings.toml")) {
        dictionary_.add_words_from(std::string(init.data_folder()) + "/words.txt");
    }

    bool before_render(tenon::Call& call, pressroom_page& page) {
        if (settings_.delay.count() != 0 && delayed_++ < settings_.delayed_pages)
            std::this_thread::sleep_for(settings_.delay);
        const std::vector<Word> unknown = unknown_words(tenon::view(page.source));
        // The last place is for the rest, if there is one.
        const std::size_t named = unknown.size() > most_findings ? most_findings - 1 : unknown.size();
        for (std::size_t i = 0; i < named && !call.cancelled(); ++i)
            add(call, page, unknown[i].line, sentence(unknown[i].text));
        if (named < unknown.size())
            add(call, page, unknown[named].line,
                std::to_string(unknown.size() - named) + " more words from here on are not in the dictionary");
        return !unknown.empty();
    }

private:
    // Each word once, where it comes first; "Enum" and "enum" are one.
    std::vector<Word> unknown_words(std::string_view markdown) {
        std::vector<Word> unknown;
        std::unordered_set<std::string> seen;
        for (Word& word : spell_check::words_of(markdown)) {
            if (word.text.size() > longest_word || !seen.insert(lower_case(word.text)).second) continue;
            if (!dictionary_.knows(word.text)) unknown.push_back(std::move(word));
        }
        return unknown;
    }

    std::string sentence(const std::string& word) {
        std::string text = "\"" + word + "\" is not in the dictionary";
        const std::vector<std::string> suggestions = dictionary_.suggestions(word);
        for (std::size_t i = 0; i < suggestions.size(); ++i)
            text += (i == 0 ? "; did you mean \"" : ", \"") + suggestions[i] + "\"";
        return suggestions.empty() ? text : text + "?";
    }

    static void add(tenon::Call& call, pressroom_page& page, std::uint64_t line, const std::string& text) {
        auto finding = tenon::sized<pressroom_finding>();
        finding.severity = PRESSROOM_WARNING;
        finding.source = call.copy("spell-check");
        finding.text = call.copy(text);
        finding.line = line;
        call.append(page.findings, finding);
    }

    spell_check::Dictionary dictionary_;
    const spell_check::Settings settings_;
    std::atomic<std::uint64_t> delayed_{0};
};

}  // namespace

TENON_PLUGIN(SpellCheck, TENON_USES(PRESSROOM_CONTRACT),
             tenon::on<pressroom_before_render_hook, &SpellCheck::before_render>())
