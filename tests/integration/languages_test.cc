// One source in C and one in C++ through several compilers and standard libraries, and one in Rust: all in one host.
#include <algorithm>
#include <map>
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "tests/fixtures/languages/contract/languages.h"
#include "tests/fixtures/languages/contract/speaker.h"
#include "tests/support/catch.h"

namespace {

constexpr char folder[] = TENON_FIXTURES "/languages/plugins";

struct Language {
    std::string id;
    std::string name;
    std::string compiler;
    std::string library;
};

// In the order of their priorities.
const std::vector<Language> languages = {
    {"org.tenon.test.c-gcc", "c-gcc", "gcc", "C"},
    {"org.tenon.test.c-clang", "c-clang", "clang", "C"},
    {"org.tenon.test.cxx-gcc", "cxx-gcc", "gcc", "libstdc++"},
    {"org.tenon.test.cxx-clang", "cxx-clang", "clang", "libstdc++"},
    {"org.tenon.test.cxx-libcxx", "cxx-libcxx", "clang", "libc++"},
    {"org.tenon.test.cxx-libcxx-inside", "cxx-libcxx-inside", "clang", "libc++"},
    {"org.tenon.example.rust", "rust", "rustc", "std"},
};

// The checking host, so that a reply that points into a plugin is counted; it is to count none.
tenon_host_options checking() {
    auto options = tenon::sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.check = 1;
    return options;
}

class Everyone {
public:
    Everyone() : host(checking()) {
        host.offer<languages_contract>();
        const tenon::Report report = host.load(folder);
        for (std::uint64_t i = 0; i < report.size(); ++i) {
            INFO(tenon::view(report[i].text));
            CHECK(report[i].state == TENON_STATE_ACTIVE);
            active.emplace_back(tenon::view(report[i].plugin));
        }
    }

    languages_question question(const std::string& speaker, const char* words) {
        auto asked = tenon::sized<languages_question>();
        asked.speaker = scope.copy(speaker);
        asked.words = tenon::str(words);
        return asked;
    }
    std::int32_t ask(const std::string& speaker, const char* words, languages_answer& answer) {
        return host.hook<languages_answer_hook>()(scope, question(speaker, words), answer);
    }
    void tell(const char* words) {
        auto news = tenon::sized<languages_text>();
        news.words = tenon::str(words);
        host.hook<languages_heard_hook>()(scope, news);
    }
    speaker_facts greet(const std::string& speaker) {
        tenon_service* service = nullptr;
        const std::string id = speaker + ".service/1";
        REQUIRE(tenon_host_service(host.raw(), tenon::str(id), &service, nullptr) == TENON_OK);
        auto greeting = tenon::sized<speaker_greeting>();
        greeting.words = tenon::str("good morning");
        auto facts = tenon::sized<speaker_facts>();
        REQUIRE(tenon_service_call(service, scope.raw(), speaker_greet, &greeting, &facts) == TENON_OK);
        return facts;
    }

    tenon::Host host;
    std::vector<std::string> active;
    tenon::Scope scope{host};
};

}  // namespace

TEST_CASE("plugins from every compiler and language start in one host") {
    Everyone everyone;
    std::vector<std::string> wanted;
    for (const Language& language : languages) wanted.push_back(language.id);
    std::sort(wanted.begin(), wanted.end());
    std::sort(everyone.active.begin(), everyone.active.end());
    CHECK(everyone.active == wanted);
}

TEST_CASE("a value goes through the filters of all languages in the order of their priorities") {
    Everyone everyone;
    auto text = tenon::sized<languages_text>();
    text.words = tenon::str("signed by");
    CHECK(everyone.host.hook<languages_sign_hook>()(everyone.scope, text) == TENON_CHANGED);
    CHECK(tenon::view(text.words) == "signed by c-gcc c-clang cxx-gcc cxx-clang cxx-libcxx cxx-libcxx-inside rust");
    CHECK(text.hands == languages.size());
    CHECK(everyone.scope.error_count() == 0);
}

TEST_CASE("each language answers what is asked of it, in memory that outlives it") {
    Everyone everyone;
    std::map<std::string, languages_answer> answers;
    for (const Language& language : languages) {
        auto answer = tenon::sized<languages_answer>();
        CHECK(everyone.ask(language.id, "hello", answer) == TENON_HANDLED);
        answers[language.name] = answer;
    }
    for (const Language& language : languages) everyone.host.unload(language.id);
    CHECK(tenon_host_violations(everyone.host.raw()) == 0);
    for (const auto& [name, answer] : answers) {
        CHECK(tenon::view(answer.sentence) == "hello,from" + name);
        std::string words;
        for (const languages_word word : tenon::SpanView<languages_word>(answer.words)) {
            CHECK(word.length == word.text.size);
            words += "|" + std::string(tenon::view(word.text));
        }
        CHECK(words == "|hello,|from|" + name);
    }
}

TEST_CASE("nobody answers what is asked of somebody else") {
    Everyone everyone;
    auto answer = tenon::sized<languages_answer>();
    CHECK(everyone.ask("org.tenon.test.cobol", "hello", answer) == TENON_DECLINED);
    CHECK(answer.sentence.size == 0);
    CHECK(everyone.scope.error_count() == 0);
}

TEST_CASE("an error carries the words of its plugin and the plugin's name, in every language") {
    Everyone everyone;
    for (const Language& language : languages) {
        everyone.scope.reset();
        auto answer = tenon::sized<languages_answer>();
        CHECK(everyone.ask(language.id, "fail", answer) == TENON_DECLINED);
        REQUIRE(everyone.scope.error_count() == 1);
        const tenon_error error = everyone.scope.error(0);
        CHECK(error.code == TENON_E_FAILED);
        CHECK(error.text == language.name + " cannot say that");
        CHECK(error.plugin == language.id);
        CHECK(std::string(error.hook) == "org.tenon.test.languages/answer");
    }
}

TEST_CASE("an exception or panic becomes an error inside the plugin") {
    const std::map<std::string, std::string> wanted = {{"cxx-gcc", "basic_string::at"},
                                                       {"cxx-clang", "basic_string::at"},
                                                       {"cxx-libcxx", "basic_string"},
                                                       {"cxx-libcxx-inside", "basic_string"},
                                                       {"rust", "rust does not throw, it panics"}};
    Everyone everyone;
    for (const Language& language : languages) {
        if (!wanted.contains(language.name)) continue;
        everyone.scope.reset();
        auto answer = tenon::sized<languages_answer>();
        CHECK(everyone.ask(language.id, "throw", answer) == TENON_DECLINED);
        REQUIRE(everyone.scope.error_count() == 1);
        const tenon_error error = everyone.scope.error(0);
        CHECK(error.code == TENON_E_EXCEPTION);
        CHECK_THAT(error.text, Catch::Contains(wanted.at(language.name)));
        CHECK(error.plugin == language.id);
    }
}

TEST_CASE("an exception that a handler lets out is an error in the host, whatever library threw it") {
    Everyone everyone;
    everyone.tell("throw");
    std::map<std::string, std::string> thrown;
    for (std::uint64_t i = 0; i < everyone.scope.error_count(); ++i) {
        const tenon_error error = everyone.scope.error(i);
        CHECK(error.code == TENON_E_EXCEPTION);
        thrown[error.plugin] = error.text;
    }
    CHECK(thrown.size() == 4);
    CHECK(thrown["org.tenon.test.cxx-gcc"] == "cxx-gcc did not like to hear that");
    CHECK(thrown["org.tenon.test.cxx-clang"] == "cxx-clang did not like to hear that");
    // The system's libc++ throws by whichever runtime the process has first; one of its own is foreign to the host.
    CHECK_THAT(thrown["org.tenon.test.cxx-libcxx"], Catch::Equals("cxx-libcxx did not like to hear that") ||
                                                        Catch::Equals("an exception that is not a std::exception"));
    CHECK(thrown["org.tenon.test.cxx-libcxx-inside"] == "an exception that is not a std::exception");
}

TEST_CASE("a handler that let an exception out is called again") {
    Everyone everyone;
    everyone.tell("throw");
    everyone.tell("news");
    for (const Language& language : languages)
        CHECK(everyone.greet(language.id).heard == (language.library.starts_with("lib") ? 1 : 2));
}

TEST_CASE("a service of each language is called, and tells what it was made with") {
    Everyone everyone;
    everyone.tell("one");
    everyone.tell("two");
    for (const Language& language : languages) {
        const speaker_facts facts = everyone.greet(language.id);
        CHECK(tenon::view(facts.words) == "good morning, " + language.id);
        CHECK(tenon::view(facts.made_with) == language.compiler);
        CHECK(tenon::view(facts.library) == language.library);
        CHECK(facts.heard == 2);
    }
}

TEST_CASE("plugins of every language go out of memory, also after an exception or panic") {
    Everyone everyone;
    for (const Language& language : languages) {
        auto answer = tenon::sized<languages_answer>();
        everyone.ask(language.id, "throw", answer);
        const tenon::Report report = everyone.host.unload(language.id);
        INFO(language.name << ": " << tenon::view(report[0].text));
        CHECK(report[0].state == TENON_STATE_UNLOADED);
        // Rust's library may leave thread-local variables with destructors behind; the host then says so.
        const std::string reason(tenon::view(report[0].reason));
        if (language.name != "rust" || reason != "unmap.still-referenced") CHECK(reason == "");
    }
    auto text = tenon::sized<languages_text>();
    CHECK(everyone.host.hook<languages_sign_hook>()(everyone.scope, text) == TENON_CONTINUE);
}
