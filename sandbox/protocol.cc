#include "sandbox/protocol.h"

#include <cstring>

#include "sandbox/packing.h"

namespace tenon::sandbox {

std::string encode(const Order& order) {
    Packer out;
    out.text(order.library);
    out.text(order.origin);
    out.text({reinterpret_cast<const char*>(order.offered.data()), order.offered.size() * sizeof(tenon_record)});
    out.text(order.policy);
    return out.bytes();
}

std::optional<Order> decode_order(std::string_view bytes) {
    Unpacker in(bytes);
    Order order;
    order.library = in.text();
    order.origin = in.text();
    const std::string_view records = in.text();
    order.policy = in.text();
    if (!in.done() || records.size() % sizeof(tenon_record) != 0) return std::nullopt;
    order.offered.resize(records.size() / sizeof(tenon_record));
    if (!records.empty()) std::memcpy(static_cast<void*>(order.offered.data()), records.data(), records.size());
    return order;
}

std::string encode(const Entry& entry) {
    Packer out;
    out.u32(entry.slots);
    out.u64(entry.handlers.size());
    for (const Entry::Handler& handler : entry.handlers) {
        out.text(handler.contract);
        out.text(handler.hook);
        out.u64(handler.target);
    }
    out.u64(entry.services.size());
    for (const Entry::Service& service : entry.services) {
        out.text(service.id);
        out.u64(service.methods.size());
        for (const std::uint64_t method : service.methods) out.u64(method);
    }
    return out.bytes();
}

std::optional<Entry> decode_entry(std::string_view bytes) {
    Unpacker in(bytes);
    Entry entry;
    entry.slots = in.u32();
    std::uint64_t all = in.count(24);
    if (all > most_handlers) return std::nullopt;
    for (std::uint64_t left = all; left != 0 && in.ok(); --left) {
        Entry::Handler handler;
        handler.contract = in.text();
        handler.hook = in.text();
        handler.target = in.u64();
        entry.handlers.push_back(std::move(handler));
    }
    const std::uint64_t services = in.count(16);
    if ((all += services) > most_handlers) return std::nullopt;
    for (std::uint64_t left = services; left != 0 && in.ok(); --left) {
        Entry::Service service;
        service.id = in.text();
        std::uint64_t methods = in.count(8);
        if ((all += methods) > most_handlers) return std::nullopt;
        for (; methods != 0 && in.ok(); --methods) service.methods.push_back(in.u64());
        entry.services.push_back(std::move(service));
    }
    if (!in.done()) return std::nullopt;
    return entry;
}

}  // namespace tenon::sandbox
