// The real tenon-worker with a policy, and what its plugin says when it is created.
#pragma once

#include <tenon/plugin.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/arena.h"
#include "base/file.h"
#include "loader/image.h"
#include "loader/stage.h"
#include "sandbox/client.h"
#include "tests/support/catch.h"

namespace sandbox_test {

namespace sandbox = tenon::sandbox;

struct Watcher final : sandbox::Superior {
    sandbox::Limits limits(const tenon_call*) noexcept override { return {}; }
    void lost(const tenon_call*) noexcept override {}
    std::int32_t fail(tenon_call*, std::int32_t code, const tenon::base::Problem&) noexcept override { return code; }
    void printed(std::string_view line) noexcept override {
        const std::lock_guard guard(lock);
        output.append(line).append("\n");
    }
    void ended(const tenon::base::Problem& why) noexcept override {
        const std::lock_guard guard(lock);
        end = why.text;
    }
    std::mutex lock;
    std::string output, end;
};

// The init that the plugin is given: it keeps what is said with fail.
struct Init : tenon_init {
    Init();
    std::string said;
};
inline constexpr tenon_init_ops init_ops = {
    sizeof(tenon_init_ops),
    0,
    [](tenon_init*) -> tenon_plugin* { return nullptr; },
    [](tenon_init*, tenon_str, tenon_service**) { return std::int32_t{TENON_E_NOT_FOUND}; },
    [](tenon_init*, tenon_str, tenon_str, tenon_hook**) { return std::int32_t{TENON_E_NOT_FOUND}; },
    [](tenon_init*) { return tenon_str{nullptr, 0}; },
    [](tenon_init*) { return tenon_str{nullptr, 0}; },
    [](tenon_init* init, int32_t code, tenon_str text) {
        static_cast<Init*>(init)->said.assign(text.data, text.size);
        return code;
    },
};
inline Init::Init() {
    ops = &init_ops;
}

// A call from the outside, of which a handler needs memory only.
struct Call : tenon_call {
    Call();
    tenon::base::Arena arena{std::uint64_t{1} << 24};
};
inline constexpr tenon_call_ops call_ops = {
    sizeof(tenon_call_ops),
    0,
    [](tenon_call* call, uint64_t size, uint64_t alignment) {
        return static_cast<Call*>(call)->arena.alloc(size, alignment);
    },
    [](tenon_call*, int32_t code, tenon_str) { return code; },
    [](const tenon_call*) { return 0u; },
    [](const tenon_call*) { return UINT64_MAX; },
    [](tenon_call*, tenon_hook*, const void*, void*) { return std::int32_t{TENON_DECLINED}; },
    [](tenon_call*, tenon_service*, uint32_t, const void*, void*) { return std::int32_t{TENON_E_NOT_FOUND}; },
    [](const tenon_call*, tenon_error*) { return std::int32_t{TENON_E_NOT_FOUND}; },
    [](tenon_call*) { return std::int32_t{TENON_OK}; },
    [](tenon_call*, const void*) { return std::int32_t{TENON_OK}; },
    [](tenon_call*, tenon_pending**) { return std::int32_t{TENON_E_INVALID}; },
};
inline Call::Call() {
    ops = &call_ops;
}

// A private copy of a plugin's library, below a folder that only this user may enter.
class Copy {
public:
    explicit Copy(const std::string& library)
        : folder_(tenon::base::make_unique_folder(tenon::base::temporary_folder(), "confined-").take()),
          image_(tenon::loader::read_image_file(library).take()),
          staged_(tenon::loader::stage(library, folder_, "org.tenon.test.inside", 1).take()) {}
    ~Copy() { tenon::base::remove_tree(folder_); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    const std::string& folder() const { return folder_; }
    sandbox::ClientOptions options(sandbox::Policy policy) const {
        sandbox::ClientOptions options;
        options.helper = TENON_WORKER_PROGRAM;
        options.name = "inside";
        options.library = staged_.path;
        options.origin = image_.path;
        options.own = image_.records;
        options.offered = image_.records;
        options.policy = std::move(policy);
        return options;
    }

private:
    std::string folder_;
    tenon::loader::Image image_;
    tenon::loader::Staged staged_;
};

inline sandbox::Policy policy_of(sandbox::Level level) {
    sandbox::Policy policy;
    policy.level = level;
    return policy;
}

}  // namespace sandbox_test
