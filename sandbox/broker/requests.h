// What a confined plugin may ask of the host, and the answers: plain values, without thread rules. Every request is
// foreign: who serves it checks it all.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tenon::sandbox::broker {

struct OpenFile {
    enum class Access : std::uint32_t { read, write, read_write };
    std::string path;  // absolute, without "." and ".."
    Access access = Access::read;
    bool create = false;     // if it is not there
    bool exclusive = false;  // with create: it must not be there
    bool truncate = false;
    bool append = false;

    // Whether anything of the file system changes by it, or may be changed with what it gives.
    bool changes() const noexcept { return access != Access::read || create || truncate; }
};

struct StatFile {
    std::string path;
};

struct FileFacts {
    enum class Kind : std::uint32_t { file, folder, other };
    Kind kind = Kind::other;
    std::uint64_t size = 0;        // bytes
    std::int64_t modified_ns = 0;  // since 1970
    bool writable = false;         // by the grants; the system may say no nevertheless
};

using Headers = std::vector<std::pair<std::string, std::string>>;  // name, value

struct Fetch {
    std::string method;  // GET, HEAD, POST, PUT, PATCH, DELETE
    std::string url;
    Headers headers;
    std::string body;
};

struct Fetched {
    std::uint32_t status = 0;
    std::string url;  // whose answer it is, after redirects
    Headers headers;
    std::string body;
};

struct RunProgram {
    std::string program;                                      // as the grant has it
    std::vector<std::pair<std::string, std::string>> values;  // what each {name} of the arguments stands for
    std::string input;
};

struct Ran {
    bool exited = true;  // else it was ended by a signal
    int status = 0;      // the exit status, or the signal's number
    std::string output;
    std::string errors;
};

struct Notify {
    enum class Urgency : std::uint32_t { low, usual, critical };
    std::string title;
    std::string text;
    Urgency urgency = Urgency::usual;
};

// Of a collection: a key has at most one value.
struct ReadItem {
    std::string collection, key;
};
struct WriteItem {
    std::string collection, key, value;
};
struct RemoveItem {
    std::string collection, key;
};
// Keys in the order of their bytes.
struct ListItems {
    std::string collection;
    std::string prefix;
    std::string after;  // keys behind this one
    std::uint32_t most = 100;
};

using Request = std::variant<OpenFile, StatFile, Fetch, RunProgram, Notify, ReadItem, WriteItem, RemoveItem, ListItems>;

}  // namespace tenon::sandbox::broker
