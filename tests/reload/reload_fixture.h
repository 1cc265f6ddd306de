// A shop, and one plugin whose file a test replaces by other builds of it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <tenon/reload.hpp>

#include "tests/support/catch.h"
#include "tests/support/mapped.h"
#include "tests/support/open_shop.h"

namespace tenon::test {

inline tenon_host_options reload_options(std::uint32_t mode = TENON_RELOAD_PRODUCTION) {
    tenon_host_options options = quiet_options();
    options.reload = mode;
    return options;
}

// No canary, no probation: what the transaction itself does.
inline tenon_reload_options at_once() {
    tenon_reload_options options = TENON_RELOAD_OPTIONS_INIT;
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    options.probation_ns = UINT64_MAX;
    return options;
}

class ReloadShop : public OpenShop {
public:
    explicit ReloadShop(const char* plugin, const char* build = "a",
                        const tenon_host_options& options = reload_options())
        : OpenShop(options), plugin_(plugin), id_("org.tenon.test." + std::string(plugin)) {
        for (char& c : id_)
            if (c == '_') c = '-';
        std::string folder = (std::filesystem::temp_directory_path() / "tenon-reload-XXXXXX").string();
        if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = folder;
        put(build);
        REQUIRE(host.load(path()).all_active());
    }
    ~ReloadShop() { std::filesystem::remove_all(folder_); }

    std::string path() const { return folder_ + "/plugin.so"; }
    const std::string& id() const { return id_; }
    static std::string build_of(const std::string& plugin, const std::string& build) {
        return std::string(TENON_FIXTURES) + "/reload/" + plugin + "/" + build + ".so";
    }
    // Puts another build in the plugin's place, as an installer does: at once.
    void put(const std::string& build) const {
        std::filesystem::copy_file(build_of(plugin_, build), folder_ + "/next",
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::rename(folder_ + "/next", path());
    }
    Reloaded reload(const tenon_reload_options& options = at_once()) {
        return tenon::reload(host.raw(), id_, &options);
    }
    Reloaded reload_to(const std::string& build, const tenon_reload_options& options = at_once()) {
        put(build);
        return reload(options);
    }

    std::string answer(std::string_view text = "who are you?") {
        auto question = sized<shop_question>();
        question.text = str(text);
        auto reply = sized<shop_answer>();
        scope.reset();
        return ask()(scope, question, reply) == TENON_HANDLED ? std::string(view(reply.text)) : "(nobody)";
    }
    void sell(int times = 1) {
        const auto article = sized<shop_article>();
        for (int i = 0; i < times; ++i) sold()(scope, article);
    }

private:
    std::string plugin_, id_, folder_;
};

// Of this process's memory, or its workers'.
inline std::size_t mapped_generations(const std::string& id) {
    return mapped_files(id + ".g", "");
}

}  // namespace tenon::test
