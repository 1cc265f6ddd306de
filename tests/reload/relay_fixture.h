// A host that offers the contract of tests/fixtures/reload/relay.h, and plugins for it of which each reload is another
// build: a copy with the next serial number in it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/sanitizer.h"
#include "tests/fixtures/reload/relay.h"
#include "tests/fixtures/reload/shared_tally.h"
#include "tests/reload/reload_fixture.h"

namespace tenon::test {

// Under sanitizers everything takes ten times as long, and memory is theirs to count.
inline constexpr bool sanitized = TENON_ADDRESS_SANITIZER || TENON_THREAD_SANITIZER;

inline std::string text_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Waits for what must come; false after 30 s, which only a fault can take.
inline bool comes(const std::function<bool()>& condition) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > late) return false;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

class TemporaryFolder {
public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "tenon-relay-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// One plugin's file, in a folder of its own.
class RelayFile {
public:
    explicit RelayFile(const std::string& plugin)
        : bytes_(text_of_file(ReloadShop::build_of(plugin, "a"))), id_("org.tenon.test." + plugin) {
        std::replace(id_.begin(), id_.end(), '_', '-');
        at_ = bytes_.find(RELAY_SERIAL_MARK);
        if (at_ == std::string::npos) throw std::runtime_error(plugin + " has no serial number");
        at_ += sizeof RELAY_SERIAL_MARK - 1;
        put_next();
    }
    const std::string& id() const { return id_; }
    std::string path() const { return folder_.path() + "/plugin.so"; }
    std::uint64_t serial() const { return serial_; }

    // The next build takes the file's place, as an installer does: at once.
    void put_next() {
        std::string digits = std::to_string(++serial_);
        digits.insert(0, 8 - digits.size(), '0');
        bytes_.replace(at_, 8, digits);
        std::ofstream(folder_.path() + "/next", std::ios::binary) << bytes_;
        std::filesystem::rename(folder_.path() + "/next", path());
    }

private:
    TemporaryFolder folder_;
    std::string bytes_, id_;
    std::size_t at_ = 0;
    std::uint64_t serial_ = 0;
};

inline relay_item relay_question(std::uint64_t number, const SharedTally* tally = nullptr) {
    auto item = sized<relay_item>();
    item.number = number;
    item.tally = tally == nullptr ? 0 : tally->name();
    return item;
}

// A host with the relay contract, and files that it has loaded.
class RelayHost {
public:
    explicit RelayHost(const std::vector<std::string>& plugins, tenon_host_options options = reload_options()) {
        options.private_folder = str(private_folder.path());
        host = std::make_unique<Host>(options);
        host->offer<relay_contract>();
        for (const std::string& plugin : plugins) {
            files.push_back(std::make_unique<RelayFile>(plugin));
            const Report report = host->load(files.back()->path());
            REQUIRE(report.all_active());
        }
        desk = host->service<relay_desk_service>();
    }
    RelayFile& file(std::size_t index = 0) const { return *files[index]; }
    Reloaded reload(std::size_t index = 0, const tenon_reload_options& options = at_once()) const {
        file(index).put_next();
        return tenon::reload(host->raw(), file(index).id(), &options);
    }
    // Generations of it that lie in memory, this process's or a worker's.
    std::size_t mapped(std::size_t index = 0) const {
        return mapped_files(private_folder.path(), file(index).id() + ".g");
    }
    Reloaded record(std::uint64_t number) const {
        for (Reloaded& one : reloads(host->raw()))
            if (one.number == number) return std::move(one);
        return {};
    }
    template <class H>
    Hook<H> hook() const {
        return host->hook<H>();
    }

    TemporaryFolder private_folder;
    std::unique_ptr<Host> host;
    Service<relay_desk_service> desk;
    std::vector<std::unique_ptr<RelayFile>> files;
};

// Somebody who calls all hooks and the service, one after another, and sees whether each call is answered once, and
// never by an older build than the one before.
class RelayCaller {
public:
    explicit RelayCaller(const RelayHost& relay)
        : filter_(relay.hook<relay_filter_hook>()),
          first_(relay.hook<relay_first_hook>()),
          notice_(relay.hook<relay_notice_hook>()),
          veto_(relay.hook<relay_veto_hook>()),
          collect_(relay.hook<relay_collect_hook>()),
          around_(relay.hook<relay_around_hook>()),
          parallel_(relay.hook<relay_parallel_hook>()),
          added_(relay.hook<relay_added_hook>()),
          desk_(relay.desk),
          scope_(*relay.host) {}

    std::uint64_t calls = 0, lost = 0, stray = 0, failed = 0, older = 0;

    void call_all() {
        call_two_and_desk();
        ask([&](const relay_item& question) { return noticed(notice_(scope_, question) == TENON_CONTINUE); });
        ask([&](const relay_item& question) { return noticed(veto_.allows(scope_, question)); });
        ask([&](const relay_item& question) { return collected(collect_, question); });
        ask([&](const relay_item& question) { return collected(parallel_, question); });
        ask([&](const relay_item& question) { return collected(added_, question); });
        ask([&](const relay_item& question) {
            auto answer = sized<relay_item>();
            around_.around(scope_, &question, &answer, [](const relay_item* asked, relay_item* reply) {
                reply->number = asked->number;
                return TENON_HANDLED;
            });
            return answer;
        });
    }
    void call_two_and_desk() {
        ask([&](const relay_item& question) {
            relay_item item = question;
            return filter_(scope_, item) == TENON_CHANGED ? item : relay_item{};
        });
        ask([&](const relay_item& question) {
            auto answer = sized<relay_item>();
            return first_(scope_, question, answer) == TENON_HANDLED ? answer : relay_item{};
        });
        ask([&](const relay_item& question) { return desk_.ask<relay_desk_stamp_method>(scope_, question); });
    }
    void add_to(RelayCaller& sum) const {
        sum.calls += calls;
        sum.lost += lost;
        sum.stray += stray;
        sum.failed += failed;
        sum.older += older;
    }

private:
    template <class Call>
    void ask(Call&& call) {
        ++calls;
        tally_->calls = 0;
        scope_.reset();
        relay_item answer{};
        try {
            answer = call(relay_question(calls, &tally_));
        } catch (const Error&) {
            ++failed;
            return;
        }
        failed += scope_.error_count();
        if (answer.serial == 0)
            ++lost;
        else if (answer.number != calls + 1)
            ++stray;
        else if (answer.serial < newest_)
            ++older;
        newest_ = std::max(newest_, answer.serial);
    }
    // As if it had been an answer.
    relay_item noticed(bool well) const {
        relay_item answer = relay_question(tally_->calls == 1 && well ? tally_->last_number + 1 : 0);
        answer.serial = tally_->calls == 0 ? 0 : tally_->last_serial.load();
        return answer;
    }
    template <class H>
    relay_item collected(const Hook<H>& hook, const relay_item& question) {
        const SpanView<relay_item> all = hook.collect(scope_, question);
        relay_item answer{};
        for (const relay_item& one : all) answer = one;
        if (all.size() > 1) answer.number = 0;
        return answer;
    }

    Hook<relay_filter_hook> filter_;
    Hook<relay_first_hook> first_;
    Hook<relay_notice_hook> notice_;
    Hook<relay_veto_hook> veto_;
    Hook<relay_collect_hook> collect_;
    Hook<relay_around_hook> around_;
    Hook<relay_parallel_hook> parallel_;
    Hook<relay_added_hook> added_;
    Service<relay_desk_service> desk_;
    Scope scope_;
    SharedTally tally_;
    std::uint64_t newest_ = 0;
};

// A thread that is inside the plugin's handler of `stays` until it is let go.
class StuckCall {
public:
    explicit StuckCall(const RelayHost& relay) {
        std::promise<std::int32_t> said;
        std::future<std::int32_t> thread = said.get_future();
        thread_ = std::thread([this, &relay, said = std::move(said)]() mutable {
            said.set_value(static_cast<std::int32_t>(::gettid()));
            Scope scope(*relay.host);
            relay.hook<relay_stays_hook>()(scope, relay_question(1, &tally_));
        });
        id_ = thread.get();
        REQUIRE(comes([this] { return tally_->calls == 1; }));
    }
    ~StuckCall() { let_go(); }
    StuckCall(const StuckCall&) = delete;
    StuckCall& operator=(const StuckCall&) = delete;

    std::int32_t thread_id() const { return id_; }
    std::uint64_t serial() const { return tally_->last_serial; }
    void let_go() {
        tally_->may_go = true;
        if (thread_.joinable()) thread_.join();
    }

    // The plugin removes the handler that it has added, from inside of that call, and returns.
    void let_go_and_remove() {
        tally_->removes = true;
        let_go();
    }

private:
    SharedTally tally_;
    std::int32_t id_ = 0;
    std::thread thread_;
};

}  // namespace tenon::test
