#include "tests/containment/prison.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/file.h"

namespace tenon::test {
namespace {

constexpr const char* layer_names[] = {"limits", "privileges", "namespaces", "landlock", "seccomp"};
constexpr const char* level_names[] = {"trusted", "standard", "strict", "locked"};

// The one place that knows how a policy is given.
std::string operator_text(const Walls& walls) {
    std::string without;
    for (std::uint32_t bit = 0; bit < std::size(layer_names); ++bit)
        if ((walls.without & 1u << bit) != 0) without += std::string("\"") + layer_names[bit] + "\", ";
    return std::string("[plugins.\"org.tenon.test.escapist\"]\nisolation = \"") + walls.isolation + "\"\n" +
           "[plugins.\"org.tenon.test.escapist\".sandbox]\nlevel = \"" +
           level_names[static_cast<std::size_t>(walls.level)] + "\"\nwithout = [" + without +
           "]\ngrant = [\"read:$temp/granted/**\"" + walls.grants + "]\n" + walls.more + "\n";
}

std::string written(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
    return path;
}

// Anybody may do anything to it, and it is the worker's even where that is not root's any more.
void open_to_all(const std::string& path, mode_t mode) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    if (as_root()) REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
}

}  // namespace

std::string unguessable() {
    std::random_device random;
    return "secret-" + std::to_string(random()) + std::to_string(random());
}

bool exists(const std::string& path) {
    struct stat found{};
    return ::lstat(path.c_str(), &found) == 0;
}

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

Ground::Ground() : temporary_(std::filesystem::temp_directory_path().string()) {
    folder_ = base::make_unique_folder(temporary_, "tenon-ground-").take();
    REQUIRE(::chmod(folder_.c_str(), 0755) == 0);
    ::setenv("TMPDIR", folder_.c_str(), 1);
    REQUIRE(::mkdir((folder_ + "/data").c_str(), 0755) == 0);
    for (const std::string& path : {data(), outside(), granted(), folder_ + "/other"}) {
        REQUIRE(::mkdir(path.c_str(), 0777) == 0);
        open_to_all(path, 0777);
    }
}

Ground::~Ground() {
    ::setenv("TMPDIR", temporary_.c_str(), 1);
    base::remove_tree(folder_);
}

std::string Ground::secret_in(const std::string& file) const {
    const std::string secret = unguessable();
    open_to_all(written(file, secret), 0666);
    return secret;
}

Prison::Prison(const Ground& ground, Walls walls)
    : data_(ground.folder() + "/data"),
      private_(ground.folder()),
      operator_(written(ground.folder() + "/operator.toml", operator_text(walls))),
      breakers_(walls.breakers),
      host(options()),
      scope((host.offer<escape_contract>(), host)) {
    report_.emplace(host.load(plugin_file()));
}

tenon_host_options Prison::options() const {
    auto options = sized<tenon_host_options>();
    options.log = SharedLog::write;
    options.breakers = breakers_;
    options.log_data = const_cast<SharedLog*>(&log);
    options.worker_file = str(worker_file());
    options.data_folder = str(data_);
    options.private_folder = str(private_);
    options.operator_file = str(operator_);
    return options;
}

bool Prison::drip(tenon::Scope& own, const std::string& name, const std::string& argument) {
    own.reset();
    auto what = sized<escape_attempt>();
    what.name = str(name);
    what.argument = str(argument);
    auto out = sized<escape_outcome>();
    return tenon_hook_call(host.hook<escape_hurry_hook>().raw(), own.raw(), &what, &out) == TENON_HANDLED;
}

pid_t Prison::pid() {
    const Answer answer = attempt("pid");
    if (!answer.answered) return 0;
    const auto pid = static_cast<pid_t>(answer.result);
    const std::string status = look_at_file("/proc/" + std::to_string(pid) + "/status");
    REQUIRE(status.find("\nPPid:\t" + std::to_string(::getpid()) + "\n") != std::string::npos);
    return pid;
}

bool Prison::runs_again() {
    return sandbox_test::eventually([&] { return attempt("pid").answered; });
}

}  // namespace tenon::test
