// What a worker says of its plugin, as a module that the host calls.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "sandbox/client.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

std::string refusal_text(const Letter& letter, std::size_t part) {
    return escaped(std::string(letter.text(part).substr(0, 64 * 1024)));
}

// Its names go into messages.
bool is_clean(const Entry& entry) {
    const auto clean = [](const std::string& name) { return escaped(name) == name; };
    return std::all_of(entry.handlers.begin(), entry.handlers.end(),
                       [&](const Entry::Handler& one) { return clean(one.contract) && clean(one.hook); }) &&
           std::all_of(entry.services.begin(), entry.services.end(),
                       [&](const Entry::Service& one) { return clean(one.id); });
}

// Nothing if it cannot be meant.
std::optional<Entry> said_of_plugin(const Letter& letter) {
    constexpr std::size_t largest = 16u << 20;
    if (letter.parts[0].size() > largest) return std::nullopt;
    std::optional<Entry> entry = decode_entry(std::string(letter.text(0)));
    return entry && is_clean(*entry) ? std::move(entry) : std::nullopt;
}

}  // namespace

base::Problem Client::not_understood(const char* what) const {
    return {"worker.broke-protocol", fmt::format("{}: {}", options_.name, what),
            "The plugin overwrites memory that is not its own, or is hostile."};
}

base::Check Client::load() {
    const HeldSeat seat(lanes_, lanes_.claim_this(0));
    Letter letter;
    Talk::End end;
    base::Check problem;
    {
        Talk talk(*this, *seat->lane, nullptr, nullptr, nullptr);
        talk.limit(base::monotonic_ns() + options_.start_timeout_ns);
        Head head;
        head.kind = Kind::open;
        end = talk.run(head, [](Composer&) {}, letter);
    }
    if (!end.arrived)
        problem = end.why;
    else if (end.status < 0)
        problem = base::Problem{refusal_text(letter, 0), refusal_text(letter, 1), refusal_text(letter, 2)};
    else if (const std::optional<Entry> entry = said_of_plugin(letter))
        problem =
            handlers_.empty() && methods_.empty() && block_.magic == 0 ? understand(*entry) : understand_again(*entry);
    else
        problem = not_understood("what its worker says of the plugin is not to be understood");
    if (problem && problem->id == "worker.broke-protocol") condemn(*problem);
    loaded_.store(!problem, std::memory_order_release);
    return problem;
}

namespace {

bool same_shape(const Entry& a, const Entry& b) {
    const auto handler = [](const Entry::Handler& x, const Entry::Handler& y) {
        return x.contract == y.contract && x.hook == y.hook;
    };
    const auto service = [](const Entry::Service& x, const Entry::Service& y) {
        return x.id == y.id && std::equal(x.methods.begin(), x.methods.end(), y.methods.begin(), y.methods.end(),
                                          [](std::uint64_t m, std::uint64_t n) { return (m == 0) == (n == 0); });
    };
    return a.slots == b.slots &&
           std::equal(a.handlers.begin(), a.handlers.end(), b.handlers.begin(), b.handlers.end(), handler) &&
           std::equal(a.services.begin(), a.services.end(), b.services.begin(), b.services.end(), service);
}

Client& of_self(void* self) {
    return *static_cast<Client*>(self);
}

tenon_lifecycle slots_for(std::uint32_t bits) {
    tenon_lifecycle slots{};
    slots.struct_size = sizeof slots;
    // The host gives `out_self` what the module says (Module::self).
    slots.create = [](tenon_init* init, void** self) { return of_self(*self).run_slot(Kind::create, init); };
    slots.start = [](void* self, tenon_init* init) { return of_self(self).run_slot(Kind::start, init); };
    slots.stop = [](void* self) { return of_self(self).run_slot(Kind::stop, nullptr); };
    slots.destroy = [](void* self) { static_cast<void>(of_self(self).run_slot(Kind::destroy, nullptr)); };
    if ((bits & slot_save_state) != 0)
        slots.save_state = [](void* self, tenon_call* call, tenon_state* out) {
            return of_self(self).save_state(call, out);
        };
    if ((bits & slot_restore_state) != 0)
        slots.restore_state = [](void* self, tenon_call* call, const tenon_state* state) {
            return of_self(self).restore_state(call, *state);
        };
    if ((bits & slot_apply_journal) != 0)
        slots.apply_journal = [](void* self, tenon_call* call, tenon_bytes entry) {
            return of_self(self).apply_journal(call, entry);
        };
    return slots;
}

tenon_str borrowed(const std::string& text) {
    return {text.data(), text.size()};
}

}  // namespace

// The tables that the host reads in place of the plugin's own.
base::Check Client::understand(const Entry& entry) {
    said_ = entry;
    for (const Entry::Handler& handler : said_.handlers) {
        const Contracts::Hook hook = contracts_->hook(handler.contract, handler.hook);
        handlers_.emplace_back(this, handler.target, hook.types, hook.kind, 0);
        handler_table_.push_back({borrowed(handler.contract), borrowed(handler.hook), call_thunk});
    }
    for (const Entry::Service& service : said_.services) {
        const loader::Service* const own = service_in(own_, service.id);
        std::vector<Types> types = own != nullptr ? contracts_->methods(*own) : std::vector<Types>();
        types.resize(service.methods.size());
        std::deque<Thunk>& thunks = methods_.emplace_back();
        std::vector<tenon_handler_fn>& functions = method_table_.emplace_back();
        for (std::size_t method = 0; method < service.methods.size(); ++method) {
            thunks.emplace_back(this, service.methods[method], types[method], 0, 0);
            functions.push_back(service.methods[method] != 0 ? call_thunk : nullptr);
        }
        service_table_.push_back({borrowed(service.id), functions.data(), functions.size()});
    }
    slots_ = slots_for(entry.slots);
    block_ = {TENON_MAGIC,
              TENON_ABI_MAJOR,
              TENON_ABI_MINOR_REQUIRED,
              TENON_ABI_MINOR,
              0,
              0,
              nullptr,
              0,
              &slots_,
              {handler_table_.data(), handler_table_.size(), sizeof(tenon_handler), 0},
              {service_table_.data(), service_table_.size(), sizeof(tenon_service_table), 0}};
    return {};
}

// A worker that is started again has the same plugin; only the numbers of its functions are new. Calls that will find
// no lane may look at all else meanwhile.
base::Check Client::understand_again(const Entry& entry) {
    if (!same_shape(entry, said_)) return not_understood("its new worker says something else of the plugin");
    for (std::size_t i = 0; i < entry.handlers.size(); ++i) handlers_[i].target.store(entry.handlers[i].target);
    for (std::size_t i = 0; i < entry.services.size(); ++i)
        for (std::size_t method = 0; method < entry.services[i].methods.size(); ++method)
            methods_[i][method].target.store(entry.services[i].methods[method]);
    return {};
}

bool Client::contains(const void*) const {
    return false;  // nothing of the plugin is in this process
}

}  // namespace tenon::sandbox
