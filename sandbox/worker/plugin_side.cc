#include "sandbox/worker/plugin_side.h"

#include <algorithm>
#include <cstring>

#include "loader/image.h"
#include "sandbox/packing.h"
#include "sandbox/worker/call.h"
#include "sandbox/worker/symbols.h"

namespace tenon::sandbox::worker {

namespace {

template <class T>
const T& element(const tenon_span& span, std::uint64_t index) noexcept {
    return *reinterpret_cast<const T*>(static_cast<const char*>(span.data) + index * span.stride);
}

tenon_lifecycle slots_of(const tenon_entry_block& entry) noexcept {
    tenon_lifecycle known{};
    if (entry.lifecycle != nullptr)
        std::memcpy(&known, entry.lifecycle, std::min<std::size_t>(entry.lifecycle->struct_size / 8 * 8, sizeof known));
    return known;
}

std::uint32_t bits_of(const tenon_lifecycle& slots) noexcept {
    return (slots.create != nullptr ? slot_create : 0u) | (slots.start != nullptr ? slot_start : 0u) |
           (slots.stop != nullptr ? slot_stop : 0u) | (slots.destroy != nullptr ? slot_destroy : 0u) |
           (slots.save_state != nullptr ? slot_save_state : 0u) |
           (slots.restore_state != nullptr ? slot_restore_state : 0u) |
           (slots.apply_journal != nullptr ? slot_apply_journal : 0u);
}

}  // namespace

PluginSide::PluginSide(Order order) : order_(std::move(order)) {
    plugin_.ops = plugin_ops();
    plugin_.side = this;
    init_.ops = init_ops();
    init_.side = this;
}

void PluginSide::confine(pid_t parent, int groups) {
    if (order_.policy.empty()) return;
    std::optional<Policy> policy = decode_policy(order_.policy);
    if (!policy) give_up("the policy is not of this release");
    start_.policy = std::move(*policy);
    start_.machine = look_at_kernel();
    start_.parent = parent;
    start_.groups = groups;
    start_.library = order_.library;
    start_.origin = order_.origin;
    unconfined_ = before_the_plugin(start_);
    is_confined_ = !unconfined_;
}

// Nothing of the plugin runs in a worker that is not bound as it should be, and nothing but its constructors before the
// last of the layers is on.
base::Check PluginSide::load() {
    if (unconfined_) return unconfined_;
    if (base::Check problem = load_library()) return problem;
    return is_confined_ ? after_the_plugin(start_) : std::nullopt;
}

base::Check PluginSide::load_library() {
    base::Result<loader::Image> image = loader::read_image_file(library());
    if (!image) return image.problem();
    image.value().path = order_.origin;
    base::Result<std::vector<loader::Contract>> own = loader::read_contracts(image.value().records, order_.origin);
    if (!own) return own.problem();
    own_ = own.take();
    base::Result<Contracts> contracts = Contracts::read(order_.offered, order_.origin);
    if (!contracts) return contracts.problem();
    contracts_.emplace(contracts.take());
    loader::Staged staged;
    staged.path = library();
    know_symbols_of(staged.path.c_str());
    base::Result<loader::Module> module = loader::Module::open(staged, image.value());
    if (!module) return module.problem();
    module_.emplace(module.take());
    slots_ = slots_of(module_->entry());
    return {};
}

Entry PluginSide::describe() {
    const auto number = [this](tenon_handler_fn fn, const Types& types) -> std::uint64_t {
        if (fn == nullptr) return 0;
        functions_.push_back({fn, nullptr, false, types});
        return reinterpret_cast<std::uint64_t>(&functions_.back());
    };
    Entry entry;
    entry.slots = bits_of(slots_);
    const tenon_entry_block& block = module_->entry();
    for (std::uint64_t i = 0; i < block.handlers.count; ++i) {
        const auto& handler = element<tenon_handler>(block.handlers, i);
        const Contracts::Hook hook = contracts_->hook(view(handler.contract), view(handler.hook));
        entry.handlers.push_back(
            {std::string(view(handler.contract)), std::string(view(handler.hook)), number(handler.fn, hook.types)});
    }
    for (std::uint64_t i = 0; i < block.services.count; ++i) {
        const auto& table = element<tenon_service_table>(block.services, i);
        const loader::Service* const own = service_in(own_, view(table.id));
        std::vector<Types> types = own != nullptr ? contracts_->methods(*own) : std::vector<Types>();
        types.resize(table.method_count);
        Entry::Service& service = entry.services.emplace_back();
        service.id = view(table.id);
        for (std::uint64_t method = 0; method < table.method_count; ++method)
            service.methods.push_back(number(table.methods[method], types[method]));
    }
    return entry;
}

void PluginSide::answer_open(Lane& lane, std::uint64_t call) noexcept {
    const base::Check problem = load();
    if (problem) {
        return end_call(lane, call, {TENON_E_REFUSED}, [&](Composer& out) {
            for (const std::string* text : {&problem->id, &problem->text, &problem->fix}) out.text(*text);
        });
    }
    const std::string entry = encode(describe());
    end_call(lane, call, {TENON_OK}, [&](Composer& out) { out.text(entry); });
}

// The slots of the life cycle. Without a slot nothing happens, and that is fine.
void PluginSide::run_slot(Lane& lane, const Letter& letter) noexcept {
    const std::uint64_t number = letter.head.call;
    Call call(*this, lane, {}, letter.head.deadline_ns);
    const auto end = [&](auto&& function) { end_call(lane, number, run_foreign(function), no_parts); };
    switch (letter.head.kind) {
        case Kind::create:
            return end([&] { return slots_.create != nullptr ? slots_.create(&init_, &self_) : TENON_OK; });
        case Kind::start:
            return end([&] { return slots_.start != nullptr ? slots_.start(self_, &init_) : TENON_OK; });
        case Kind::stop:
            return end([&] { return slots_.stop != nullptr ? slots_.stop(self_) : TENON_OK; });
        case Kind::destroy:
            return end([&] {
                if (slots_.destroy != nullptr) slots_.destroy(self_);
                return std::int32_t{TENON_OK};
            });
        case Kind::apply_journal: {
            const std::string entry(letter.text(0));
            return end([&] { return slots_.apply_journal(self_, &call, {entry.data(), entry.size()}); });
        }
        case Kind::restore_state: {
            const std::string schema(letter.text(0));
            const tenon_str data = keep(std::string(letter.text(1)));  // the plugin may
            const tenon_state state{sizeof state,
                                    static_cast<std::uint32_t>(letter.head.detail),
                                    {schema.data(), schema.size()},
                                    {data.data, data.size}};
            return end([&] { return slots_.restore_state(self_, &call, &state); });
        }
        case Kind::save_state: {
            tenon_state state{sizeof state, 0, {nullptr, 0}, {nullptr, 0}};
            const Ended ended = run_foreign([&] { return slots_.save_state(self_, &call, &state); });
            return end_call(lane, number, ended, [&](Composer& out) {
                if (ended.status < 0) return;
                Packer packed;
                const bool nowhere = state.data.data == nullptr;  // the host refuses it, in its words
                packed.u32(state.schema_version);
                packed.u64(nowhere ? state.data.size : 0);
                packed.text(state.schema.data == nullptr ? std::string_view() : view(state.schema));
                out.text(packed.bytes());
                out.bytes(state.data.data, nowhere ? 0 : state.data.size);
            });
        }
        default:
            give_up("the host asks for something that is unknown here");
    }
}

void PluginSide::run(Lane& lane, const Letter& letter) noexcept {
    switch (letter.head.kind) {
        case Kind::invoke:
            return invoke(*this, self_, lane, letter);
        case Kind::run_body:
            return run_body(*this, lane, letter);
        case Kind::open:
            return answer_open(lane, letter.head.call);
        case Kind::close:
            if (module_) module_->close();
            closed_ = true;
            return end_call(lane, letter.head.call, {TENON_OK}, no_parts);
        default:
            return run_slot(lane, letter);
    }
}

Lane& PluginSide::claim() noexcept {
    std::unique_lock guard(lock_);
    if (free_.empty() && rung_ < most_lanes_upwards) {
        ++rung_;
        ring();
    }
    freed_.wait(guard, [this] { return !free_.empty(); });
    Lane& lane = *free_.back();
    free_.pop_back();
    return lane;
}

void PluginSide::release(Lane& lane) noexcept {
    const std::lock_guard guard(lock_);
    free_.push_back(&lane);
    freed_.notify_one();
}

void PluginSide::add_upward(std::unique_ptr<Lane> lane) {
    const std::lock_guard guard(lock_);
    free_.push_back(lane.get());
    upward_.push_back(std::move(lane));
    freed_.notify_one();
}

Lane* PluginSide::upward(std::uint32_t number) {
    const std::lock_guard guard(lock_);
    for (const std::unique_ptr<Lane>& lane : upward_)
        if (lane->number() == number) return lane.get();
    return nullptr;
}

HookHandle& PluginSide::keep(HookHandle handle) {
    const std::lock_guard guard(lock_);
    return hooks_.emplace_back(std::move(handle));
}

ServiceHandle& PluginSide::keep(ServiceHandle handle) {
    const std::lock_guard guard(lock_);
    return services_.emplace_back(std::move(handle));
}

tenon_str PluginSide::keep(std::string text) {
    const std::lock_guard guard(lock_);
    const std::string& kept = texts_.emplace_back(std::move(text));
    return {kept.data(), kept.size()};
}

}  // namespace tenon::sandbox::worker
