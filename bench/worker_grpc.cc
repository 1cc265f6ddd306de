// gRPC: its synchronous server and a blocking stub, with their defaults but for the largest message.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "worker.grpc.pb.h"
#include "worker_peers.h"

namespace bench {

namespace {

class Answering final : public Worker::Service {
public:
    explicit Answering(std::size_t size) : size_(size) {}
    grpc::Status Call(grpc::ServerContext*, const Bytes* request, Bytes* reply) override {
        if (request->bytes().size() != size_) return {grpc::StatusCode::INVALID_ARGUMENT, "another size"};
        std::string* const out = reply->mutable_bytes();
        out->resize(reply_size(size_));
        answer(request->bytes().data(), size_, out->data());
        return grpc::Status::OK;
    }

private:
    std::size_t size_;
};

void serve(const std::string& address, std::size_t size) {
    Answering service(size);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&service);
    const auto server = builder.BuildAndStart();
    if (server == nullptr) throw std::runtime_error("gRPC cannot listen");
    server->Wait();
}

struct Client {
    explicit Client(const std::string& address)
        : channel(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())), stub(Worker::NewStub(channel)) {
        if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)))
            throw std::runtime_error("gRPC cannot connect");
    }
    void call(const char* bytes, std::size_t size, char* answered) const {
        grpc::ClientContext context;
        Bytes request, reply;
        request.set_bytes(bytes, size);
        const grpc::Status status = stub->Call(&context, request, &reply);
        if (!status.ok() || reply.bytes().size() != reply_size(size)) throw std::runtime_error(status.error_message());
        std::memcpy(answered, reply.bytes().data(), reply.bytes().size());
    }
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<Worker::Stub> stub;
};

}  // namespace

Crossing grpc_unary() {
    return {"gRPC, Unix socket", [](const Placement& placement, std::size_t size) -> Trip {
                std::string folder = (std::filesystem::temp_directory_path() / "tenon-grpc-XXXXXX").string();
                if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
                const std::string address = "unix:" + folder + "/socket";
                answer_apart(placement.answerer, [&] { serve(address, size); });
                auto client = std::make_shared<Client>(address);
                std::filesystem::remove_all(folder);  // connected for good
                return [client, size](const char* request, char* reply) { client->call(request, size, reply); };
            }};
}

}  // namespace bench
