// A shop whose plugin does as it is told, at the level of trust and with the grants that the test says.
#pragma once

#include <stdlib.h>
#include <tenon/status.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/sanitizer.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"
#include "tests/unit/host/watched_shop.h"

namespace tenon::test {

inline constexpr const char* told_id = "org.tenon.test.does-as-told";
inline constexpr const char* onlooker_id = "org.tenon.test.looks-on";

// A folder that is $temp for what is in it, with a file that only the broker can grant, one that the kernel can, one
// that nobody asks for, notes of which some are an exception, and drafts that may be written.
class Place {
public:
    Place() : folder_((std::filesystem::temp_directory_path() / "tenon-requests-XXXXXX").string()) {
        namespace fs = std::filesystem;
        REQUIRE(::mkdtemp(folder_.data()) != nullptr);
        fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
        for (const char* name : {"shelf", "notes", "notes/private", "drafts", "drafts/final"})
            fs::create_directory(path(name));
        for (const char* name : {"shelf/label.txt", "plain.txt", "secret.txt", "notes/open.txt",
                                 "notes/private/diary.txt", "drafts/one.txt", "drafts/final/two.txt"})
            std::ofstream(path(name)) << name;
        ::setenv("TMPDIR", folder_.c_str(), 1);
        ::setenv("SHOP_SECRET", "sesame", 1);
        ::setenv("SHOP_SIGN", "open", 1);
        ::setenv("SHOP_UNASKED", "yes", 1);
    }
    ~Place() {
        ::unsetenv("TMPDIR");
        std::filesystem::remove_all(folder_);
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

// Sanitizers need more addresses, and other system calls, than a confined worker has. Under them no layer is put on, so
// that all of what the host does for a plugin is tested with them, and nothing of what the kernel denies it.
#if TENON_ADDRESS_SANITIZER
constexpr std::string_view walls = "without = ['limits', 'privileges', 'namespaces', 'landlock', 'seccomp']\n";
#else
constexpr std::string_view walls = "";
#endif

// What an operator's file says of a plugin; `more`: other lines.
inline std::string told(const std::string& level, const std::string& grants = "", const std::string& more = "",
                        const std::string& plugin = told_id) {
    return "[plugins.'" + plugin + "'.sandbox]\nlevel = '" + level + "'\ngrant = [" + grants + "]\n" + more + "\n" +
           (level == "trusted" ? "" : std::string(walls));
}

// A shop whose plugins, by default one, do as they are told. There are no time budgets: how fast the machine is changes
// nothing.
class Shop {
public:
    Shop(const Place& place, const std::string& operators_words, const std::string& store = "",
         const std::vector<std::string>& plugins = {"does_as_told"}, const std::string& data = "",
         std::uint64_t drain_ns = 0)
        : file_(place.operators_file(operators_words)), store_(store), data_(data), shop_(options(drain_ns)) {
        for (const std::string& plugin : plugins) load(plugin);
    }
    void load(const std::string& plugin = "does_as_told") {
        const Report report = shop_.host.load(std::string(TENON_FIXTURES) + "/shop/" + plugin);
        for (std::uint64_t i = 0; i < report.size(); ++i)
            for (const tenon_report_problem& problem : SpanView<tenon_report_problem>(report[i].problems))
                refusal_ += view(problem.text);
    }
    // The state that it is in afterwards.
    std::uint32_t unload(const std::string& plugin = told_id) { return shop_.host.unload(plugin)[0].state; }
    tenon_host* host() const { return shop_.host.raw(); }

    std::string tell(const std::string& what) { return tell_within(0, what); }
    // With a deadline; 0: none.
    std::string tell_within(std::uint64_t left_ns, const std::string& what) {
        auto question = sized<shop_question>();
        question.text = str(what);
        auto answer = sized<shop_answer>();
        shop_.scope.reset();
        if (left_ns != 0) shop_.scope.set_time_left_ns(left_ns);
        shop_.ask()(shop_.scope, question, answer);
        if (shop_.scope.error_count() != 0) return shop_.scope.error(0).text;
        return std::string(view(answer.text));
    }
    const std::string& refusal() const { return refusal_; }
    // What the log says with this in it.
    std::vector<std::string> logged(const std::string& part) const { return log_.with(part); }

private:
    tenon_host_options options(std::uint64_t drain_ns) {
        tenon_host_options options = quiet_options();
        if (drain_ns != 0) options.drain_timeout_ns = drain_ns;
        options.operator_file = str(file_);
        options.store_file = str(store_);
        options.data_folder = str(data_);
        options.log = SharedLog::write;
        options.log_data = &log_;
        options.watchdog_period_ns = UINT64_MAX;
        return options;
    }

    SharedLog log_;
    std::string file_, store_, data_;
    OpenShop shop_;
    std::string refusal_;
};

// As the plugin tells of a request that came to nothing.
inline std::string refused(std::int32_t status, const std::string& text) {
    return std::to_string(status) + ": " + text;
}
inline std::string not_asked_for(const std::string& what, const std::string& plugin = told_id) {
    return refused(TENON_E_REFUSED, what + " is not granted to " + plugin + ", and its manifest does not ask for it");
}
// `request`: as it is typed.
inline std::string not_granted(const std::string& what, const std::string& request, const std::string& store = "FILE") {
    return refused(TENON_E_REFUSED, what + " is not granted to " + told_id + "; to grant it: tenon grant " + told_id +
                                        " " + request + " --store " + store);
}
// As it tells of what is large.
inline std::string in_short(const std::string& bytes) {
    std::uint64_t sum = 0;
    for (const char byte : bytes) sum = sum * 31 + static_cast<unsigned char>(byte);
    return std::to_string(bytes.size()) + " bytes, sum " + std::to_string(sum);
}

}  // namespace tenon::test
