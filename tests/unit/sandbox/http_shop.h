// A web server in the test's own process: one thread, one connection at a time, on loopback unless told otherwise.
#pragma once

#include <sys/socket.h>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sandbox_test {

using Asked = boost::beast::http::request<boost::beast::http::string_body>;

// The bytes of an answer.
inline std::string answer(int status, const std::string& headers, const std::string& body) {
    return fmt::format("HTTP/1.1 {} Thus\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{}", status, headers,
                       body.size(), body);
}

class HttpShop {
public:
    // What the handler returns is sent as it is; where it returns nothing, the connection stays open until the end.
    using Handler = std::function<std::string(const Asked&)>;

    explicit HttpShop(Handler handler, const std::string& address = "127.0.0.1", std::uint16_t port = 0)
        : handler_(std::move(handler)),
          door_(io_, {boost::asio::ip::make_address(address), port}),
          thread_([this] { serve(); }) {}
    ~HttpShop() {
        ::shutdown(door_.native_handle(), SHUT_RDWR);
        thread_.join();
    }
    HttpShop(const HttpShop&) = delete;
    HttpShop& operator=(const HttpShop&) = delete;

    std::uint16_t port() const { return port_; }
    std::size_t visits() const {
        const std::lock_guard<std::mutex> guard(lock_);
        return asked_.size();
    }
    Asked last() const {
        const std::lock_guard<std::mutex> guard(lock_);
        return asked_.back();
    }

private:
    void serve() {
        boost::system::error_code error;
        std::vector<boost::asio::ip::tcp::socket> waiting;
        while (true) {
            boost::asio::ip::tcp::socket guest(io_);
            door_.accept(guest, error);
            if (error) return;
            boost::beast::flat_buffer buffer;
            Asked asked;
            boost::beast::http::read(guest, buffer, asked, error);
            if (error) continue;
            {
                const std::lock_guard<std::mutex> guard(lock_);
                asked_.push_back(asked);
            }
            const std::string bytes = handler_(asked);
            if (bytes.empty())
                waiting.push_back(std::move(guest));
            else
                boost::asio::write(guest, boost::asio::buffer(bytes), error);
        }
    }

    Handler handler_;
    mutable std::mutex lock_;
    std::vector<Asked> asked_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor door_;
    const std::uint16_t port_ = door_.local_endpoint().port();
    std::thread thread_;
};

}  // namespace sandbox_test
