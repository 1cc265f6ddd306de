#include "sandbox/broker/glob.h"

#include "tests/support/catch.h"

using namespace tenon::sandbox::broker;

namespace {

Glob glob(std::string_view text) {
    auto parsed = Glob::parse(text);
    REQUIRE(parsed);
    return parsed.take();
}

bool matches(std::string_view text, std::string_view path) {
    return glob(text).matches(path);
}

std::string fault_of_glob(std::string_view text) {
    const auto parsed = Glob::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.problem().id == "broker.bad-glob");
    CHECK(parsed.problem().fix == "write it as in \"/usr/share/dict/*\" or \"/srv/shop/**\"");
    return parsed.problem().text;
}

}  // namespace

TEST_CASE("a star and a question mark stay inside a part, two stars are any number of parts") {
    CHECK(matches("/shop/orders", "/shop/orders"));
    CHECK_FALSE(matches("/shop/orders", "/shop/orders/1"));
    CHECK_FALSE(matches("/shop/orders", "/shop/order"));
    CHECK(matches("/shop/*.csv", "/shop/may.csv"));
    CHECK(matches("/shop/*.csv", "/shop/.csv"));
    CHECK_FALSE(matches("/shop/*.csv", "/shop/may/1.csv"));
    CHECK_FALSE(matches("/shop/*.csv", "/shop/may.csv.bak"));
    CHECK(matches("/shop/?.csv", "/shop/1.csv"));
    CHECK_FALSE(matches("/shop/?.csv", "/shop/12.csv"));
    CHECK_FALSE(matches("/shop/?.csv", "/shop/.csv"));
    CHECK(matches("/shop/**", "/shop"));
    CHECK(matches("/shop/**", "/shop/a/b/c"));
    CHECK_FALSE(matches("/shop/**", "/shops"));
    CHECK(matches("/shop/**/may/*", "/shop/may/1"));
    CHECK(matches("/shop/**/may/*", "/shop/a/may/b/may/1"));
    CHECK_FALSE(matches("/shop/**/may/*", "/shop/a/may"));
    CHECK(matches("/**", "/etc/shadow"));
    CHECK_FALSE(matches("/*", "/etc/shadow"));
    CHECK(matches("/a*b*c", "/axxbyybzzc"));
    CHECK_FALSE(matches("/a*b*c", "/axxbyybzz"));
}

TEST_CASE("a question mark is one character, however many bytes that has") {
    CHECK(matches("/caf?", "/caf\u00e9"));
    CHECK_FALSE(matches("/caf??", "/caf\u00e9"));
    CHECK_FALSE(matches("/caf*??", "/caf\u00e9"));
    CHECK(matches("/*??", "/\u20ac1"));
}

TEST_CASE("a glob of many stars is decided without trying all ways") {
    std::string stars = "/", path = "/";
    for (int i = 0; i < 60; ++i) stars += "a*";
    stars += "b";
    path += std::string(250, 'a');
    CHECK_FALSE(matches(stars, path));  // a matcher that tries all ways would not end
    std::string deep, folders;
    for (int i = 0; i < 20; ++i) deep += "/**/a";
    for (int i = 0; i < 300; ++i) folders += "/a";
    CHECK(matches(deep, folders));
    CHECK_FALSE(matches(deep + "/b", folders));
}

TEST_CASE("what is in the name of a real folder stands for itself") {
    const auto below = [](const std::string& folder, const std::string& rest) {
        return Glob::below(folder, rest).value();
    };
    const Glob odd = below("/home/[a]{b}*", "/**/*.txt");
    CHECK(odd.matches("/home/[a]{b}*/label.txt"));
    CHECK(odd.matches("/home/[a]{b}*/shelf/label.txt"));
    CHECK_FALSE(odd.matches("/home/[a]{b}c/label.txt"));
    CHECK_FALSE(odd.matches("/home/[a]{b}*c/label.txt"));
    CHECK_FALSE(odd.matches("/home/a/label.txt"));
    CHECK(below("/a*", "").matches("/a*"));
    CHECK_FALSE(below("/a*", "").matches("/ab"));
    CHECK_FALSE(below("/a*", "").matches("/a*/b"));
    CHECK(below("/", "/a?").matches("/ab"));
    CHECK(root_of(below("/a*", "/**")) == Root{"/a*", true});
    CHECK(root_of(below("/a*", "")) == Root{"/a*", false});
    CHECK(root_of(below("/a*", "/b")) == Root{"/a*/b", false});
    CHECK_FALSE(root_of(odd));
    CHECK(Glob::below("/a/../b", "/*").problem().id == "broker.bad-glob");
    CHECK(Glob::below("/a", "/[b]").problem().id == "broker.bad-glob");
}

TEST_CASE("a glob can be made to match all that is below what it matches, and keeps its fixed part") {
    for (const Glob& wide : {glob("/srv/*.d").with_all_below(), Glob::below("/srv", "/*.d").value().with_all_below()}) {
        CHECK(wide.text() == "/srv/*.d/**");
        CHECK(wide.fixed() == "/srv");
        CHECK(wide.matches("/srv/a.d"));
        CHECK(wide.matches("/srv/a.d/b/c"));
        CHECK_FALSE(wide.matches("/srv/a"));
        CHECK(wide.with_all_below().text() == wide.text());
    }
    CHECK(Glob::below("/a*", "").value().with_all_below().matches("/a*/b"));
    CHECK_FALSE(Glob::below("/a*", "").value().with_all_below().matches("/ab/c"));
}

TEST_CASE("letters of ASCII can be compared in any case, also in the name of a real folder and behind wildcards") {
    const auto in_any_case = [](const Glob& one, std::string_view path) {
        CHECK_FALSE(one.matches(path));
        return one.matches(path, Letters::in_any_case);
    };
    CHECK(in_any_case(glob("/srv/*/Secret?.txt"), "/SRV/a/sECRET1.TXT"));
    CHECK(in_any_case(Glob::below("/mnt/Disk", "/**/.ssh/**").value(), "/mnt/disk/me/.SSH/key"));
    CHECK_FALSE(in_any_case(glob("/srv/a"), "/srv/b"));
    CHECK_FALSE(in_any_case(glob("/srv/@"), "/srv/`"));
    CHECK(is_in("/SRV/a", "/srv", Letters::in_any_case));
    CHECK_FALSE(is_in("/SRV/a", "/srv"));
    CHECK_FALSE(is_in("/srvs", "/srv"));
    CHECK(is_in("/srv", "/srv"));
    CHECK(is_in("/srv", "/"));
}

TEST_CASE("what is no glob is named with what is wrong") {
    CHECK(fault_of_glob("shop/*") == "the glob \"shop/*\" is not absolute");
    CHECK(fault_of_glob("/shop/../etc") == "the glob \"/shop/../etc\" has the part \"..\"");
    CHECK(fault_of_glob("/shop//x") == "the glob \"/shop//x\" has an empty part");
    CHECK(fault_of_glob("/shop/") == "the glob \"/shop/\" has an empty part");
    CHECK(fault_of_glob("/shop/[ab]") == "the glob \"/shop/[ab]\" has a backslash, a bracket or a brace");
    CHECK(fault_of_glob("/shop/a**") == "the glob \"/shop/a**\" has \"**\" inside a part");
    CHECK(fault_of_glob("/a\nb") == "the glob \"/a\\x0Ab\" has a control character");
    CHECK(fault_of_glob("/a\xff") == "the glob \"/a\\xFF\" is not UTF-8");
    CHECK(fault_of_glob("") == "the glob \"\" is not absolute");
    CHECK(fault_of_glob(std::string(5000, '/')).ends_with("...\" has 5000 bytes, of 4095 at most"));
}

TEST_CASE("an exact file and a whole folder are the kernel's, all else needs the broker") {
    CHECK(root_of(glob("/etc/hosts")) == Root{"/etc/hosts", false});
    CHECK(root_of(glob("/srv/shop/**")) == Root{"/srv/shop", true});
    CHECK(root_of(glob("/**")) == Root{"/", true});
    for (const auto* text : {"/srv/*", "/srv/?", "/srv/**/a", "/srv/*/**", "/**/**"}) CHECK_FALSE(root_of(glob(text)));
    CHECK(glob("/usr/share/d*/words").fixed() == "/usr/share");
    CHECK(glob("/*").fixed() == "/");
}
