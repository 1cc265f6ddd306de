// The addresses are pinned twice: libcurl is told what the name leads to, so that it asks nobody; and each socket is
// opened by us, which sees where it would go, whatever libcurl took that from.
#include "sandbox/broker/exchange.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "sandbox/broker/headers.h"
#include "sandbox/broker/refusal.h"
#include "sandbox/broker/sigpipe.h"

namespace tenon::sandbox::broker {

using base::Problem;
using base::Result;

namespace {

using Easy = std::unique_ptr<CURL, void (*)(CURL*)>;
using Multi = std::unique_ptr<CURLM, void (*)(CURLM*)>;

// A list of texts that libcurl reads, and does not own.
class List {
public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { ::curl_slist_free_all(first_); }
    bool add(const std::string& text) {
        curl_slist* const longer = ::curl_slist_append(first_, text.c_str());
        if (longer != nullptr) first_ = longer;
        return longer != nullptr;
    }
    curl_slist* get() const { return first_; }

private:
    curl_slist* first_ = nullptr;
};

// What the callbacks fill in. None of them may let an exception through libcurl.
struct Receiver {
    const Exchange& order;
    Fetched answer;
    std::uint64_t& bytes;
    bool too_large = false;

    bool count(std::size_t more) noexcept {
        bytes += more;
        too_large = bytes > order.response_bytes;
        return !too_large;
    }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* context) noexcept try {
    Receiver& to = *static_cast<Receiver*>(context);
    if (!to.count(size)) return 0;
    to.answer.body.append(data, size);
    return size;
} catch (...) {
    return 0;
}

void add_header(Fetched& answer, std::string_view line) {
    if (line.starts_with("HTTP/")) return answer.headers.clear();  // of an answer that another one follows
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return;
    std::string_view value = line.substr(colon + 1);
    const std::size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
    value.remove_prefix(begin);
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    answer.headers.emplace_back(line.substr(0, colon), value);
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* context) noexcept try {
    Receiver& to = *static_cast<Receiver*>(context);
    if (!to.count(size)) return 0;
    add_header(to.answer, std::string_view(data, size));
    return size;
} catch (...) {
    return 0;
}

std::uint16_t port_of(const sockaddr* address) noexcept {
    return ntohs(address->sa_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(address)->sin6_port
                                                : reinterpret_cast<const sockaddr_in*>(address)->sin_port);
}

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* wish) noexcept {
    const Exchange& order = static_cast<Receiver*>(context)->order;
    const std::optional<Address> address = address_of(&wish->addr);
    const bool judged = address && std::ranges::find(order.addresses, *address) != order.addresses.end();
    if (!judged || port_of(&wish->addr) != order.url.port) return CURL_SOCKET_BAD;
    return ::socket(wish->family, wish->socktype | SOCK_CLOEXEC, wish->protocol);
}

// "example.org:443:192.0.2.1,[2001:db8::1]"
std::string pin(const Exchange& order) {
    std::string all;
    for (const Address& address : order.addresses)
        all += fmt::format("{}{}", all.empty() ? "" : ",",
                           address.v6 ? fmt::format("[{}]", to_text(address)) : to_text(address));
    return fmt::format("{}:{}:{}", order.url.host, order.url.port, all);
}

// True once all options have been taken: one that libcurl does not know must not be left out in silence.
class Options {
public:
    explicit Options(CURL* handle) : handle_(handle) {}
    template <class Value>
    void set(CURLoption option, Value value) {
        fine_ = fine_ && ::curl_easy_setopt(handle_, option, value) == CURLE_OK;
    }
    bool fine() const { return fine_; }

private:
    CURL* handle_;
    bool fine_ = true;
};

void set_reach(Options& options, const Exchange& order, Receiver& receiver, const List& pins) {
    options.set(CURLOPT_CURLU, order.url.parsed.get());
    options.set(CURLOPT_PROTOCOLS_STR, "http,https");
    options.set(CURLOPT_FOLLOWLOCATION, 0L);
    options.set(CURLOPT_PROXY, "");  // else the environment's
    options.set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (pins.get() != nullptr) options.set(CURLOPT_RESOLVE, pins.get());
    options.set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    options.set(CURLOPT_OPENSOCKETDATA, &receiver);
    options.set(CURLOPT_SSL_VERIFYPEER, 1L);
    options.set(CURLOPT_SSL_VERIFYHOST, 2L);
    options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!order.authorities.empty()) options.set(CURLOPT_CAINFO, order.authorities.c_str());
}

void set_request(Options& options, const Exchange& order, const List& headers) {
    const Fetch& request = order.request;
    options.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    options.set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "HEAD") options.set(CURLOPT_NOBODY, 1L);
    if (request.method == "GET" || request.method == "HEAD") return;
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    options.set(CURLOPT_POSTFIELDS, request.body.data());
    options.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_answer(Options& options, const Exchange& order, Receiver& receiver, char* error) {
    const long left_ms = order.patience.left_ms();
    options.set(CURLOPT_TIMEOUT_MS, std::max(left_ms, 1L));
    options.set(CURLOPT_CONNECTTIMEOUT_MS, std::max(left_ms, 1L));
    options.set(CURLOPT_NOSIGNAL, 1L);
    options.set(CURLOPT_WRITEFUNCTION, &take_body);
    options.set(CURLOPT_WRITEDATA, &receiver);
    options.set(CURLOPT_HEADERFUNCTION, &take_header);
    options.set(CURLOPT_HEADERDATA, &receiver);
    options.set(CURLOPT_ERRORBUFFER, error);
}

// A header without a value is written with a semicolon; the two that libcurl adds by itself are taken away.
bool add_headers(List& list, const Headers& headers) {
    bool fine = list.add("Expect:");
    if (find_header(headers, "Content-Type") == nullptr) fine = fine && list.add("Content-Type:");
    for (const auto& [name, value] : headers)
        fine = fine && list.add(value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
    return fine;
}

Problem failed(const Receiver& receiver, CURLcode code, const char* detail) {
    const std::string who = receiver.order.url.permission();
    if (receiver.too_large)
        return {"broker.too-large",
                fmt::format("{}: the answer has more than {} bytes", who, receiver.order.response_bytes),
                "ask for less, or in parts (the header Range)"};
    if (code == CURLE_OPERATION_TIMEDOUT)
        return {"broker.timeout", fmt::format("{}: no answer in time", who), "try again later"};
    return {"broker.unreachable",
            fmt::format("{}: {}", who, *detail != '\0' ? shown(detail) : ::curl_easy_strerror(code)),
            "look at the server, and at the network of this machine"};
}

CURLcode end_of(CURLM* multi) {
    int left = 0;
    const CURLMsg* const message = ::curl_multi_info_read(multi, &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

// As curl_easy_perform, which cannot be told to stop at once. Nothing: it was stopped.
std::optional<CURLcode> converse(CURLM* multi, const Patience& patience) {
    for (int running = 1;;) {
        if (patience.stopped()) return std::nullopt;
        if (::curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
        if (running == 0) return end_of(multi);
        const int wait_ms = std::min(patience.wait_ms(), 1000);
        if (::curl_multi_poll(multi, nullptr, 0, wait_ms, nullptr) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
        if (wait_ms == 0) return CURLE_OPERATION_TIMEDOUT;
    }
}

std::optional<CURLcode> perform(CURL* handle, const Patience& patience) {
    const Multi multi(::curl_multi_init(), [](CURLM* its) { ::curl_multi_cleanup(its); });
    if (!multi || ::curl_multi_add_handle(multi.get(), handle) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
    const std::optional<CURLcode> code = converse(multi.get(), patience);
    ::curl_multi_remove_handle(multi.get(), handle);
    return code;
}

}  // namespace

Result<Fetched> exchange(const Exchange& order, std::uint64_t& received) {
    received = 0;
    Receiver receiver{order, {}, received};
    std::array<char, CURL_ERROR_SIZE> error{};
    const Easy handle(::curl_easy_init(), ::curl_easy_cleanup);
    List pins, headers;
    if (!handle || (!order.url.literal && !pins.add(pin(order))) || !add_headers(headers, order.request.headers))
        return failed(receiver, CURLE_OUT_OF_MEMORY, "");
    Options options(handle.get());
    set_reach(options, order, receiver, pins);
    set_request(options, order, headers);
    set_answer(options, order, receiver, error.data());
    if (!options.fine()) return failed(receiver, CURLE_UNKNOWN_OPTION, "");
    const WithoutSigpipe quiet;
    const std::optional<CURLcode> code = perform(handle.get(), order.patience);
    if (!code) return stopped(order.url.permission());
    if (*code != CURLE_OK) return failed(receiver, *code, error.data());
    long status = 0;
    ::curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    receiver.answer.status = static_cast<std::uint32_t>(status);
    receiver.answer.url = order.url.text;
    return std::move(receiver.answer);
}

}  // namespace tenon::sandbox::broker
