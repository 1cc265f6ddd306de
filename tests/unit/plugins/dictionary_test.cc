#include "plugins/spell-check/dictionary.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/machine_has.h"

namespace {

// A dictionary of two words, in a folder that goes away with it.
class SmallDictionary {
public:
    explicit SmallDictionary(const std::string& encoding = "UTF-8") {
        std::string name = (std::filesystem::temp_directory_path() / "dictionary-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder = name;
        std::ofstream(folder + "/en_US.aff") << "SET " << encoding << "\nTRY esianrt\n";
        std::ofstream(folder + "/en_US.dic") << "2\nhouse\nna\xc3\xafve\n";
    }
    ~SmallDictionary() { std::filesystem::remove_all(folder); }
    SmallDictionary(const SmallDictionary&) = delete;
    SmallDictionary& operator=(const SmallDictionary&) = delete;

    std::string folder;
};

}  // namespace

TEST_CASE("a missing dictionary is an error that names the folders and the package") {
    CHECK_THROWS_WITH(spell_check::folder_with_dictionary({"/nowhere", "/elsewhere"}),
                      "no en_US.aff and en_US.dic in /nowhere, /elsewhere; install the dictionary (Debian: "
                      "hunspell-en-us)");
}

TEST_CASE("the first folder that has both files is taken") {
    const SmallDictionary small;
    CHECK(spell_check::folder_with_dictionary({"/nowhere", small.folder}) == small.folder);
}

TEST_CASE("a dictionary knows its words and suggests them") {
    const SmallDictionary small;
    spell_check::Dictionary dictionary(small.folder);
    CHECK(dictionary.knows("house"));
    CHECK(dictionary.knows("na\xc3\xafve"));
    CHECK_FALSE(dictionary.knows("hosue"));
    CHECK(dictionary.suggestions("hosue") == std::vector<std::string>{"house"});
    CHECK(dictionary.suggestions("hous") == std::vector<std::string>{"house"});
    CHECK(dictionary.suggestions("horse-cart").empty());
}

TEST_CASE("words of the user's own list are known; comments in it are not words") {
    const SmallDictionary small;
    spell_check::Dictionary dictionary(small.folder);
    CHECK(dictionary.add_words_from(small.folder + "/words.txt") == 0);
    std::ofstream(small.folder + "/words.txt") << "# ours\ntenon\n\nmortise # its counterpart\n";
    CHECK(dictionary.add_words_from(small.folder + "/words.txt") == 2);
    CHECK(dictionary.knows("tenon"));
    CHECK(dictionary.knows("mortise"));
    CHECK_FALSE(dictionary.knows("ours"));
}

TEST_CASE("a dictionary that cannot be opened is refused with the file and the reason") {
    const SmallDictionary small;
    std::filesystem::remove(small.folder + "/en_US.dic");
    CHECK_THROWS_WITH(spell_check::Dictionary(small.folder),
                      small.folder + "/en_US.dic cannot be opened: No such file or directory");
    std::filesystem::permissions(small.folder + "/en_US.aff", std::filesystem::perms::none);
    if (!tenon::test::machine_has(::geteuid() != 0, "user whom modes stop")) return;
    CHECK_THROWS_WITH(spell_check::Dictionary(small.folder),
                      small.folder + "/en_US.aff cannot be opened: Permission denied");
}

TEST_CASE("a dictionary that is not in UTF-8 is refused") {
    const SmallDictionary small("ISO8859-1");
    CHECK_THROWS_WITH(spell_check::Dictionary(small.folder), small.folder + "/en_US.aff is in ISO8859-1, not in UTF-8");
}
