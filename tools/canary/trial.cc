#include "tools/canary/trial.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <tenon/host.hpp>

namespace tenon::canary {

using loader::CanaryStage;

void Line::reach(CanaryStage stage, std::uint32_t which) {
    stage_ = stage;
    which_ = which;
    send({stage, which, false, {}, {}, {}});
}

void Line::refuse(std::string reason, std::string text, std::string fix) {
    send({stage_, which_, true, std::move(reason), std::move(text), std::move(fix)});
}

void Line::send(const loader::CanaryAnswer& answer) const {
    const std::string bytes = encode(answer);
    std::string_view left(bytes);
    while (!left.empty()) {
        const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;  // nobody listens: what has not been said by the end counts as an end on the way
        left.remove_prefix(static_cast<std::size_t>(sent));
    }
}

namespace {

struct Destroy {
    void operator()(tenon_host* host) const noexcept { tenon_host_destroy(host); }
};
using OwnHost = std::unique_ptr<tenon_host, Destroy>;

void refuse(Line& line, const tenon_error& error) {
    line.refuse(error.reason, error.text, error.fix);
}

OwnHost open_host(const loader::CanaryOrder& order, Line& line) {
    const std::string data = order.folder + "/data";
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.private_folder = str(order.folder);
    options.data_folder = str(data);
    options.id = str(order.host_id);
    options.version = str(order.host_version);
    tenon_host* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    if (tenon_host_create(&options, &raw, &error) < 0) refuse(line, error);
    return OwnHost(raw);
}

// Each contract by itself, as the application may have done; they are in one list.
bool offer(tenon_host* host, std::span<const tenon_record> records, Line& line) {
    while (!records.empty()) {
        std::size_t count = 1;
        while (count < records.size() && records[count].kind != TENON_RECORD_CONTRACT) ++count;
        tenon_error error = TENON_ERROR_INIT;
        if (tenon_host_offer(host, records.data(), count, &error) < 0) {
            refuse(line, error);
            return false;
        }
        records = records.subspan(count);
    }
    return true;
}

// The plugin's id; nothing when it was refused.
std::optional<std::string> load(tenon_host* host, const std::string& library, Line& line) {
    const tenon_str path = str(library);
    tenon_report* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_load(host, &path, 1, &raw, &error);
    const Report report(raw);
    for (std::uint64_t i = 0; i < report.size(); ++i) {
        const tenon_report_row row = report[i];
        if (row.state == TENON_STATE_ACTIVE) continue;
        line.refuse(std::string(view(row.reason)), std::string(view(row.text)), std::string(view(row.fix)));
        return {};
    }
    if (status >= 0 && report.size() != 0) return std::string(view(report[0].plugin));
    if (status < 0)
        refuse(line, error);
    else
        line.refuse("load.refused", library + ": there is no plugin", "Name the plugin's library.");
    return {};
}

}  // namespace

bool try_out(const loader::CanaryOrder& order, Line& line) {
    OwnHost host = open_host(order, line);
    if (host == nullptr || !offer(host.get(), order.contracts, line)) return false;
    std::uint32_t which = 0;
    for (const std::string& library : order.before) {
        line.reach(CanaryStage::before, which++);
        if (!load(host.get(), library, line)) return false;
    }
    line.reach(CanaryStage::loading);
    const std::optional<std::string> id = load(host.get(), order.library, line);
    if (!id) return false;
    line.reach(CanaryStage::unloading);
    tenon_host_unload(host.get(), str(*id), nullptr, nullptr);  // an image that stays is for the real host to judge
    line.reach(CanaryStage::unloading_before);
    host.reset();
    line.reach(CanaryStage::ending);
    return true;
}

}  // namespace tenon::canary
