#include "host/host.h"

#include <tenon/reload.h>

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstring>

#include "base/clock.h"
#include "base/file.h"
#include "host/canary.h"
#include "host/leftovers.h"
#include "host/report.h"
#include "host/text.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

constexpr std::uint64_t default_period_ns = 1'000'000;
constexpr std::uint64_t default_drain_ns = 5'000'000'000;
constexpr std::uint64_t default_arena_limit = 256ull * 1024 * 1024;

std::string copy(tenon_str text) {
    return std::string(view_of(text));
}

// The options as this library knows them; what an older application does not have is zero.
base::Result<tenon_host_options> read_options(const tenon_host_options* options) {
    tenon_host_options known{};
    if (options == nullptr) return known;
    if (options->struct_size < sizeof(std::uint32_t))
        return base::Problem{"host.bad-options", "tenon_host_options.struct_size is not set",
                             "Set it to sizeof(tenon_host_options)."};
    std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
    return known;
}

base::Problem bad_option(std::string_view name, std::string_view what, std::string fix) {
    return {"host.bad-options", fmt::format("tenon_host_options.{}: {}", name, what), std::move(fix)};
}

// Whom manifests ask for in [hosts].
base::Check read_identity(const tenon_host_options& options, manifest::System& system) {
    system.host = copy(options.id);
    if (!system.host.empty() && !manifest::is_id(system.host))
        return bad_option("id", fmt::format("\"{}\" is not an id", system.host),
                          "Use a reverse-DNS id such as org.acme.editor.");
    if (options.version.size == 0) return {};
    if (system.host.empty()) return bad_option("version", "there is no id whose version it could be", "Set id, too.");
    base::Result<manifest::Version> version = manifest::Version::parse(view_of(options.version));
    if (!version) return bad_option("version", version.problem().text, version.problem().fix);
    system.host_version = version.take();
    return {};
}

// The operator's file; its first problem, with the number of the others.
base::Check read_operator(const std::string& path, manifest::Operator& words) {
    if (path.empty()) return {};
    base::Result<std::string> text = base::read_file(path, manifest::max_operator_size + 1);
    if (!text) return text.problem();
    manifest::ParsedOperator parsed = manifest::parse_operator(text.value(), path);
    if (!parsed.words) return joined(parsed.problems);
    words = std::move(*parsed.words);
    return {};
}

base::Check read_operation(const tenon_host_options& options, Settings& settings) {
    if (options.breakers != 0 && options.breakers != TENON_BREAKER_METRICS_ONLY)
        return bad_option("breakers", fmt::format("{} is no mode", options.breakers),
                          "Use 0 or TENON_BREAKER_METRICS_ONLY.");
    if (options.stack_signal > static_cast<std::uint32_t>(SIGRTMAX))
        return bad_option("stack_signal", fmt::format("there is no signal {}", options.stack_signal),
                          "Use a signal that nobody else uses, such as SIGRTMIN + 5.");
    const std::uint64_t period = options.watchdog_period_ns;
    if (period != UINT64_MAX && period != 0 && (period < 100'000 || period > 1'000'000'000))
        return bad_option("watchdog_period_ns", fmt::format("{} ns is not between 0.1 ms and 1 s", period),
                          "Leave it 0 for 1 ms, or set UINT64_MAX for no watchdog.");
    if (base::Check problem = read_operator(copy(options.operator_file), settings.words)) return problem;
    settings.watchdog_period_ns = period == UINT64_MAX ? 0 : period == 0 ? default_period_ns : period;
    if (settings.words.watchdog_period && settings.watchdog_period_ns != 0)
        settings.watchdog_period_ns = settings.words.watchdog_period->value;
    if (options.breakers != 0) settings.breakers = options.breakers;
    settings.stack_signal = options.stack_signal;
    if (settings.words.stacks && !settings.words.stacks->value) settings.stack_signal = 0;
    settings.executor = options.executor;
    return {};
}

base::Check read_workers(const tenon_host_options& options, WorkerSettings& workers) {
    if (options.workers > TENON_WORKERS_NONE)
        return bad_option("workers", fmt::format("{} is no mode", options.workers),
                          "Use one of TENON_WORKERS_AS_MANIFEST, _ALL and _NONE.");
    workers.mode = options.workers;
    for (std::uint64_t i = 0; i < options.in_workers.count; ++i) {
        tenon_str id{};
        tenon_span_get(&options.in_workers, i, &id, sizeof id);
        workers.ids.push_back(copy(id));
    }
    if (options.trust > TENON_TRUST_LOCKED)
        return bad_option("trust", fmt::format("{} is no level", options.trust),
                          "Use one of TENON_TRUST_TRUSTED, _STANDARD, _STRICT and _LOCKED.");
    if (workers.mode == TENON_WORKERS_NONE) workers.level = sandbox::Level::trusted;
    if (options.trust != TENON_TRUST_DEFAULT)
        workers.level = static_cast<sandbox::Level>(options.trust - TENON_TRUST_TRUSTED);
    workers.helper = options.worker_file.size != 0 ? copy(options.worker_file) : default_worker();
    return {};
}

constexpr std::uint64_t development_probation_ns = 500'000'000;
constexpr std::uint64_t production_probation_ns = 10'000'000'000;

base::Check read_reloads(const tenon_host_options& options, ReloadSettings& reload) {
    if (options.reload > TENON_RELOAD_NEVER_UNMAP)
        return bad_option("reload", fmt::format("{} is no mode", options.reload),
                          "Use one of TENON_RELOAD_PRODUCTION, _DEVELOPMENT and _NEVER_UNMAP.");
    const bool develops = options.reload == TENON_RELOAD_DEVELOPMENT;
    reload.watch = develops;
    reload.never_unmap = options.reload == TENON_RELOAD_NEVER_UNMAP;
    reload.probation_ns = develops ? development_probation_ns : production_probation_ns;
    reload.canary = options.canary_file.size != 0 ? copy(options.canary_file) : default_canary();
    reload.canary_first = !develops && !reload.canary.empty();
    return {};
}

base::Check read_policy(const tenon_host_options& options, manifest::Policy& policy) {
    if (options.duplicates > TENON_DUPLICATES_PINNED)
        return bad_option("duplicates", fmt::format("{} is no policy", options.duplicates),
                          "Use one of TENON_DUPLICATES_REFUSE, _NEWEST and _PINNED.");
    policy.duplicates = static_cast<manifest::Duplicates>(options.duplicates);
    for (std::uint64_t i = 0; i < options.pins.count; ++i) {
        tenon_pin pin{};
        tenon_span_get(&options.pins, i, &pin, sizeof pin);
        policy.pins.push_back({copy(pin.name), copy(pin.choice)});
    }
    return {};
}

}  // namespace

Host::Host(Settings settings, Log log)
    : settings_(std::move(settings)),
      log_(log),
      table_(this, &ticks_),
      catalogue_(table_, settings_.check, settings_.words),
      listeners_(table_, settings_.drain_timeout_ns),
      reloads_(*this),
      watchdog_(*this, ticks_, settings_.stack_signal) {
    if (settings_.watchdog_period_ns != 0) ticks_.period_ns = settings_.watchdog_period_ns;
}

bool Host::Turn::take(Host& host, For whom) {
    for (;;) {
        std::int32_t nobody = 0;
        if (host.busy_.compare_exchange_strong(nobody, static_cast<std::int32_t>(whom), std::memory_order_acquire)) {
            host.busy_thread_.store(thread_id(), std::memory_order_relaxed);
            return true;
        }
        const bool wait = whom == For::caller && nobody == static_cast<std::int32_t>(For::reloads) &&
                          host.busy_thread_.load(std::memory_order_relaxed) != thread_id();
        if (!wait) return false;
        host.busy_.wait(nobody, std::memory_order_relaxed);
    }
}

Host::Turn::~Turn() {
    if (!taken_) return;
    host_.busy_thread_.store(0, std::memory_order_relaxed);
    host_.busy_.store(0, std::memory_order_release);
    host_.busy_.notify_all();
}

// Its counts go on in the generation that serves; one whose errors the watchdog may be about to judge stays.
void Host::forget_gone() {
    table_.reclaim();
    for (auto at = plugins_.begin(); at != plugins_.end();) {
        Plugin& plugin = **at;
        const bool ended = plugin.reload != 0 && !plugin.module &&
                           (plugin.state == TENON_STATE_UNLOADED || plugin.state == TENON_STATE_FAILED);
        if (!ended || plugin.health.max_errors != 0 || table_.knows(plugin)) {
            ++at;
            continue;
        }
        if (Plugin* const successor = active(plugin.id())) successor->health.absorb(plugin.health);
        {
            const std::lock_guard guard(watched_lock_);
            std::erase(watched_, &plugin);
        }
        at = plugins_.erase(at);
    }
}

void Host::close() noexcept {
    reloads_.stop();
    watchdog_.stop();
    keep_health(*this);
}

Host::~Host() {
    close();
    base::remove_tree(settings_.private_folder);
}

base::Check Host::open() {
    if (!settings_.store_file.empty()) {
        base::Result<Store> store = Store::open(settings_.store_file);
        if (!store) return store.problem();
        store_.emplace(store.take());
    }
    if (settings_.watchdog_period_ns != 0) watchdog_.start();
    if (!settings_.reload.watch) return {};
    const tenon_watch_options by_mode = TENON_WATCH_OPTIONS_INIT;
    return reloads_.watch(by_mode);
}

void Host::execute(void (*task)(void*, std::uint64_t), void* context, std::uint64_t count) noexcept {
    const tenon_executor& given = settings_.executor;
    if (given.execute != nullptr)
        given.execute(given.data, task, context, count);
    else
        executor_.execute(task, context, count);
}

void Host::watch(Plugin& plugin) {
    const std::lock_guard guard(watched_lock_);
    watched_.push_back(&plugin);
}

void Host::each_watched(const std::function<void(Plugin&)>& visit) {
    const std::lock_guard guard(watched_lock_);
    for (Plugin* plugin : watched_) visit(*plugin);
}

base::Result<std::unique_ptr<tenon_host>> Host::create(const tenon_host_options* given) {
    base::Result<tenon_host_options> options = read_options(given);
    if (!options) return options.problem();
    const tenon_host_options& known = options.value();
    Settings settings;
    if (base::Check problem = read_identity(known, settings.system)) return *problem;
    if (base::Check problem = read_policy(known, settings.policy)) return *problem;
    settings.cache_file = copy(known.cache_file);
    settings.store_file = copy(known.store_file);
    if (base::Check problem = read_operation(known, settings)) return *problem;
    if (base::Check problem = read_reloads(known, settings.reload)) return *problem;
    if (base::Check problem = read_workers(known, settings.workers)) return *problem;
    const std::string parent = known.private_folder.size != 0 ? copy(known.private_folder) : base::temporary_folder();
    remove_leftovers(parent);
    base::Result<PrivateFolder> made = make_private_folder(parent);
    if (!made) return made.problem();
    PrivateFolder folder = made.take();
    settings.check = known.check != 0;
    settings.private_folder = std::move(folder.path);
    settings.private_lock = std::move(folder.lock);
    settings.data_folder = known.data_folder.size != 0 ? copy(known.data_folder) : settings.private_folder + "/data";
    settings.drain_timeout_ns = known.drain_timeout_ns != 0 ? known.drain_timeout_ns : default_drain_ns;
    settings.arena_limit = known.arena_limit != 0 ? known.arena_limit : default_arena_limit;
    base::machine_clock();  // calibrated now, and not in the first call that is timed
    auto host = std::make_unique<tenon_host>(std::move(settings), Log(known.log, known.log_data));
    if (base::Check problem = host->open()) return *problem;
    return host;
}

sandbox::Workshop& Host::workshop() {
    if (workshop_ == nullptr) workshop_ = std::make_unique<sandbox::Workshop>();
    return *workshop_;
}

Plugin* Host::active(std::string_view id) {
    for (const std::unique_ptr<Plugin>& plugin : plugins_)
        if (plugin->is_active() && plugin->id() == id) return plugin.get();
    return nullptr;
}

Plugin* Host::meets(const manifest::Dependency& dependency) {
    for (const std::unique_ptr<Plugin>& plugin : plugins_)
        if (plugin->is_active() && host::meets(*plugin, dependency)) return plugin.get();
    return nullptr;
}

const loader::System& Host::system() {
    if (system_ == nullptr) system_ = std::make_unique<loader::System>();
    return *system_;
}

void Host::violation(std::string_view plugin, std::string_view text) noexcept {
    violations_.fetch_add(1, std::memory_order_relaxed);
    log_.write(TENON_LOG_ERROR, plugin, text);
}

}  // namespace tenon::host
