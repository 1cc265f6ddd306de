// What a plugin may do itself, what the host does for it, and what neither does: at every level of trust.
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using test::OpenShop;

namespace {

namespace fs = std::filesystem;

constexpr const char* id = "org.tenon.test.does-as-told";

// A folder that is $temp for what is in it, with a file that only the broker can grant, one that the kernel can, and
// one that nobody asks for.
class Place {
public:
    Place() : folder_((fs::temp_directory_path() / "tenon-requests-XXXXXX").string()) {
        REQUIRE(::mkdtemp(folder_.data()) != nullptr);
        fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
        fs::create_directory(path("shelf"));
        for (const char* name : {"shelf/label.txt", "plain.txt", "secret.txt"}) std::ofstream(path(name)) << name;
        ::setenv("TMPDIR", folder_.c_str(), 1);
        ::setenv("SHOP_SECRET", "sesame", 1);
        ::setenv("SHOP_SIGN", "open", 1);
        ::setenv("SHOP_UNASKED", "yes", 1);
    }
    ~Place() {
        ::unsetenv("TMPDIR");
        fs::remove_all(folder_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

    std::string operators_file(const std::string& toml) const {
        std::ofstream(path("operator.toml")) << toml;
        return path("operator.toml");
    }

private:
    std::string folder_;
};

std::vector<std::string> lines;

void keep_line(void*, std::uint32_t, tenon_str plugin, tenon_str text) {
    lines.push_back(std::string(view(plugin)) + ": " + std::string(view(text)));
}

// A shop whose one plugin does as it is told.
class Shop {
public:
    Shop(const Place& place, const std::string& operators_words)
        : file_(place.operators_file(operators_words)), shop_(options(file_)) {
        lines.clear();
        const Report report = shop_.host.load(std::string(TENON_FIXTURES) + "/shop/does_as_told");
        for (std::uint64_t i = 0; i < report.size(); ++i)
            for (const tenon_report_problem& problem : SpanView<tenon_report_problem>(report[i].problems))
                refusal_ += view(problem.text);
    }
    std::string tell(const std::string& what) {
        auto question = sized<shop_question>();
        question.text = str(what);
        auto answer = sized<shop_answer>();
        shop_.scope.reset();
        shop_.ask()(shop_.scope, question, answer);
        if (shop_.scope.error_count() != 0) return shop_.scope.error(0).text;
        return std::string(view(answer.text));
    }
    const std::string& refusal() const { return refusal_; }

private:
    static tenon_host_options options(const std::string& file) {
        tenon_host_options options = test::quiet_options();
        options.operator_file = str(file);
        options.log = keep_line;
        return options;
    }
    std::string file_;
    OpenShop shop_;
    std::string refusal_;
};

std::string told(const std::string& level, const std::string& grants = "") {
    return "[plugins.'org.tenon.test.does-as-told'.sandbox]\nlevel = '" + level + "'\ngrant = [" + grants + "]\n";
}

}  // namespace

TEST_CASE("a trusted plugin gets what its manifest asks for, without grants") {
    const Place place;
    Shop shop(place, told("trusted"));
    CHECK(shop.refusal().empty());
    CHECK(shop.tell("open " + place.path("shelf/label.txt")) == "0: shelf/label.txt");
    CHECK(shop.tell("open " + place.path("plain.txt")) == "0: plain.txt");
    CHECK(shop.tell("open " + place.path("secret.txt")).find("-13: ") == 0);
    CHECK(shop.tell("notify closing time") == "0");
    CHECK(shop.tell("read " + place.path("secret.txt")) == "secret.txt");  // in process nobody is in the way
    CHECK(shop.tell("ask something") == "-2");
}

TEST_CASE("a confined plugin reads what was granted: itself, or through the host where the kernel has no rule") {
    const Place place;
    for (const std::string level : {"standard", "strict"}) {
        Shop shop(place, told(level, "'read:$temp/shelf/*.txt', 'read:$temp/plain.txt', 'env:SHOP_SIGN'"));
        CHECK(shop.refusal().empty());
        CHECK(shop.tell("read " + place.path("plain.txt")) == "plain.txt");
        CHECK(shop.tell("read " + place.path("shelf/label.txt")) == "errno 13");
        CHECK(shop.tell("read " + place.path("secret.txt")) == "errno 13");
        CHECK(shop.tell("read /etc/shadow") == "errno 13");
        CHECK(shop.tell("open " + place.path("shelf/label.txt")) == "0: shelf/label.txt");
        CHECK(shop.tell("env SHOP_SIGN") == "open");
        CHECK(shop.tell("env SHOP_SECRET") == "not there");
        CHECK(shop.tell("env SHOP_UNASKED") == "not there");
    }
}

TEST_CASE("what is denied says who, what, and the command that grants it, to the plugin and in the log") {
    const Place place;
    Shop shop(place, told("standard"));
    const std::string path = place.path("shelf/label.txt");
    const std::string denial = shop.tell("open " + path);
    CHECK(denial.find("-13: ") == 0);
    CHECK(denial.find("read:" + path) != std::string::npos);
    CHECK(denial.find("tenon grant org.tenon.test.does-as-told read:" + path) != std::string::npos);
    REQUIRE_FALSE(lines.empty());
    CHECK(lines.back() == std::string(id) + ": " + denial.substr(5));
    CHECK(shop.tell("notify closing time").find("tenon grant org.tenon.test.does-as-told notifications") !=
          std::string::npos);
}

TEST_CASE("a locked plugin gets nothing, whatever was granted") {
    const Place place;
    Shop shop(place, told("locked", "'read:$temp/plain.txt', 'env:SHOP_SIGN', 'notifications'"));
    CHECK(shop.refusal().empty());
    CHECK(shop.tell("read " + place.path("plain.txt")) == "errno 1");  // no call takes a path
    CHECK(shop.tell("open " + place.path("plain.txt")).find("-13: ") == 0);
    CHECK(shop.tell("env SHOP_SIGN") == "not there");
    CHECK(shop.tell("notify closing time").find("-13: ") == 0);
}
