// tenon-worker: a host starts it to run a plugin outside of its own process.
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>
#include <thread>

#include "sandbox/die_with.h"
#include "sandbox/worker/last_words.h"
#include "sandbox/worker/plugin_side.h"

namespace tenon::sandbox::worker {
namespace {

constexpr int exit_usage = 2;
constexpr int most_groups = 3;  // of memory, tasks, processor time

constexpr const char* help_text =
    "tenon-worker runs one plugin for a host, in a process of its own.\n"
    "\n"
    "Hosts start it themselves, with a socket and shared memory; it has nothing to do without them.\n"
    "To run a plugin in a worker by hand, use `tenon load --workers all`.\n";

Region mapped(Message& message, std::size_t which, std::uint64_t size, Writer writer) {
    if (message.descriptors.size() <= which) give_up("a message of the host has too few descriptors");
    base::Result<Region> region = Region::map(std::move(message.descriptors[which]), size, writer);
    if (!region) give_up(region.problem().text.c_str());
    region.value().close_fd();  // the mapping stays; the plugin's ceiling of descriptors is for its own
    return region.take();
}

std::unique_ptr<Lane> lane_of(Message& message, PluginSide& plugin) {
    Region of_host = mapped(message, 0, outbox_size(lane_room), Writer::host);
    Region of_worker = mapped(message, 1, outbox_size(lane_room), Writer::worker);
    return std::make_unique<Lane>(message.control.lane, LaneEnd::of_worker(std::move(of_worker), std::move(of_host)),
                                  plugin);
}

// What the host sends from then on: lanes, and memory for large letters.
class Attendance {
public:
    Attendance(PluginSide& plugin, Lane& main_lane) : plugin_(plugin) { lanes_[0] = &main_lane; }

    // On a thread of its own, until the host hangs up.
    void attend() noexcept {
        while (std::optional<Message> message = receive(control_descriptor)) take(*message);
        ::_exit(0);
    }

private:
    void take(Message& message) {
        const Control& control = message.control;
        switch (control.what) {
            case Control::What::lane:
                return begin(lane_of(message, plugin_));
            case Control::What::lane_up:
                return plugin_.add_upward(lane_of(message, plugin_));
            case Control::What::annex_of_host:
                return give(message, Writer::host);
            case Control::What::annex_of_worker:
                return give(message, Writer::worker);
            case Control::What::file:
                return give_file(message);
            default:
                give_up("the host says something that is unknown here");
        }
    }

    void begin(std::unique_ptr<Lane> lane) {
        lanes_[lane->number()] = lane.get();
        std::thread([lane = std::move(lane)] {
            prepare_thread();
            lane->serve();
        }).detach();
    }

    Lane& lane_in(const Control& control) {
        Lane* const lane = (control.lane & upwards) != 0 ? plugin_.upward(control.lane) : lanes_[control.lane];
        if (lane == nullptr) give_up("the host names a lane that is not there");
        return *lane;
    }
    void give(Message& message, Writer writer) {
        lane_in(message.control).give(message.control.what, mapped(message, 0, message.control.size, writer));
    }
    void give_file(Message& message) {
        if (message.descriptors.empty()) give_up("a message of the host has too few descriptors");
        lane_in(message.control).give(std::move(message.descriptors.front()));
    }

    PluginSide& plugin_;
    std::map<std::uint32_t, Lane*> lanes_;
};

Order read_order() {
    std::optional<Message> message = receive(control_descriptor);
    if (!message || message->control.what != Control::What::order) give_up("its socket has no order");
    const Region region = mapped(*message, 0, message->control.size, Writer::host);
    const std::span<const std::byte> bytes = region.bytes();
    std::optional<Order> order = decode_order({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!order) give_up("the order is not of this release");
    return std::move(*order);
}

int run(int parent, int groups) {
    if (!die_with(parent)) return exit_usage;  // the host has gone already
    for (const int descriptor : {control_descriptor, bell_descriptor}) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    speak_last_words();
    prepare_thread();
    static PluginSide plugin(read_order());  // other threads use it until the process ends
    plugin.confine(parent, groups);
    std::optional<Message> first = receive(control_descriptor);
    if (!first || first->control.what != Control::What::lane) give_up("its socket has no lane");
    static const std::unique_ptr<Lane> main_lane = lane_of(*first, plugin);
    static Attendance attendance(plugin, *main_lane);
    std::thread([] { attendance.attend(); }).detach();
    main_lane->serve();
    std::fflush(nullptr);
    ::_exit(0);
}

std::optional<int> number_in(std::string_view word) {
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size() || number < 0) return std::nullopt;
    return number;
}

int usage() {
    std::fputs("tenon-worker: hosts start it; see tenon-worker --help\n", stderr);
    return exit_usage;
}

}  // namespace
}  // namespace tenon::sandbox::worker

int main(int argc, char** argv) {
    using namespace tenon::sandbox;
    const std::string_view option = argc > 1 ? argv[1] : "";
    if (argc == 2 && option == "--help") return std::fputs(worker::help_text, stdout) < 0 ? 1 : 0;
    const bool grouped = argc == 5 && std::string_view(argv[3]) == "--groups";
    if ((argc != 3 && !grouped) || option != "--parent") return worker::usage();
    const std::optional<int> parent = worker::number_in(argv[2]);
    const std::optional<int> groups = grouped ? worker::number_in(argv[4]) : 0;
    if (!parent || !groups || *groups > worker::most_groups) return worker::usage();
    return worker::run(*parent, *groups);
}
