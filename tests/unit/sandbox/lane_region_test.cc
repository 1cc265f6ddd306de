// What the kernel refuses to do with memory that a host and a worker share.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "tests/unit/sandbox/lanes.h"

using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;
using tenon::base::Fd;

namespace {

constexpr std::uint64_t size = 10'000;

// 0, or what the kernel has against it.
int error_of(long answer) {
    return answer == 0 ? 0 : errno;
}

int error_of_mapping(int fd, int protection) {
    void* const at = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return errno;
    ::munmap(at, size);
    return 0;
}

bool zeros(std::span<const std::byte> bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

Fd plain_memory(std::uint64_t bytes) {
    Fd fd(::memfd_create("plain", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(fd);
    REQUIRE(::ftruncate(fd.get(), static_cast<off_t>(bytes)) == 0);
    return fd;
}

void* page_of(std::span<const std::byte> bytes) {
    return const_cast<std::byte*>(bytes.data());
}

}  // namespace

TEST_CASE("what the host writes the worker reads, and the other way round") {
    const Region by_host = Region::make(size, Writer::host).take();
    const Region by_worker = Region::make(size, Writer::worker).take();
    const Region read = Region::map(another(by_host.fd()), size, Writer::host).take();
    const Region written = Region::map(another(by_worker.fd()), size, Writer::worker).take();
    REQUIRE(by_host.bytes().size() == size);
    CHECK(zeros(by_host.bytes()));

    by_host.writable()[size - 1] = std::byte{7};
    written.writable()[0] = std::byte{9};
    CHECK(read.bytes()[size - 1] == std::byte{7});
    CHECK(by_worker.bytes()[0] == std::byte{9});
    CHECK(by_worker.writable().empty());
    CHECK(read.writable().empty());
}

TEST_CASE("nobody changes the size of shared memory, nor its seals") {
    for (const Writer writer : {Writer::host, Writer::worker}) {
        const Region region = Region::make(size, writer).take();
        CHECK(error_of(::ftruncate(region.fd(), 0)) == EPERM);
        CHECK(error_of(::ftruncate(region.fd(), 2 * size)) == EPERM);
        CHECK(error_of(::fallocate(region.fd(), 0, 0, 2 * size)) == EPERM);
        CHECK(error_of(::fcntl(region.fd(), F_ADD_SEALS, F_SEAL_WRITE)) == EPERM);
    }
}

TEST_CASE("nobody but the host writes what the host writes") {
    const Region region = Region::make(size, Writer::host).take();
    const Region read = Region::map(another(region.fd()), size, Writer::host).take();
    const std::string path = "/proc/self/fd/" + std::to_string(region.fd());
    const Fd opened_again(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(opened_again);

    for (const int fd : {region.fd(), opened_again.get()}) {
        CHECK(error_of_mapping(fd, PROT_READ | PROT_WRITE) == EPERM);
        CHECK(error_of_mapping(fd, PROT_READ) == 0);
        CHECK(::pwrite(fd, "x", 1, 0) == -1);
        CHECK(error_of(::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)) == EPERM);
    }
    CHECK(error_of(::mprotect(page_of(read.bytes()), 4096, PROT_READ | PROT_WRITE)) == EACCES);
    CHECK(error_of(::madvise(page_of(read.bytes()), 4096, MADV_REMOVE)) == EACCES);
    CHECK(zeros(read.bytes()));
}

TEST_CASE("all pages of shared memory are there before it is used") {
    const Region region = Region::make(size, Writer::worker).take();
    struct stat found{};
    REQUIRE(::fstat(region.fd(), &found) == 0);
    CHECK(static_cast<std::uint64_t>(found.st_blocks) * 512 >= size);
    CHECK((::fcntl(region.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("the mapping lives on without the descriptor") {
    Region region = Region::make(size, Writer::host).take();
    region.close_fd();
    CHECK(region.fd() == -1);
    region.writable()[5] = std::byte{1};
    const Region moved = std::move(region);
    CHECK(moved.bytes()[5] == std::byte{1});
}

TEST_CASE("a worker maps only memory that is what the host says it is") {
    const auto text_of = [](Fd fd, std::uint64_t wanted, Writer writer) {
        const auto mapped = Region::map(std::move(fd), wanted, writer);
        REQUIRE(!mapped);
        CHECK(mapped.problem().id == "worker.wrong-memory");
        CHECK(mapped.problem().fix == "use the host and tenon-worker of one version");
        return mapped.problem().text;
    };
    const std::string begin = "the memory that the host passed to the worker: ";
    const Region by_host = Region::make(size, Writer::host).take();
    const Region by_worker = Region::make(size, Writer::worker).take();

    CHECK(text_of(another(by_host.fd()), size + 1, Writer::host) == begin + "it has 10000 bytes, wanted 10001");
    CHECK(text_of(another(by_host.fd()), size, Writer::worker) == begin + "its seals are 0x17, wanted 0x7");
    CHECK(text_of(another(by_worker.fd()), size, Writer::host) == begin + "its seals are 0x7, wanted 0x17");
    CHECK(text_of(plain_memory(size), size, Writer::worker) == begin + "its seals are 0x0, wanted 0x7");
    CHECK(text_of(Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)), size, Writer::worker) ==
          begin + "it is no memory file: Invalid argument");
    CHECK(text_of(Fd(), size, Writer::worker) == begin + "it is no memory file: Bad file descriptor");
}

TEST_CASE("memory of no size, or of more than the limit, is refused before any is taken") {
    for (const std::uint64_t wrong : {std::uint64_t{0}, largest_region + 1, UINT64_MAX}) {
        const auto region = Region::make(wrong, Writer::host);
        REQUIRE(!region);
        CHECK(region.problem().id == "worker.no-memory");
        CHECK(region.problem().text ==
              std::to_string(wrong) + " bytes of memory to share with a worker: from 1 to 1073741824 can be had");
        CHECK(region.problem().fix == "pass less at a time");
    }
}

TEST_CASE("memory that cannot be had is a problem that says why") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto region = Region::make(size, Writer::host);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE(!region);
    CHECK(region.problem().id == "worker.no-memory");
    CHECK(region.problem().text == "10000 bytes of memory to share with a worker: no memory file: Too many open files");
    CHECK(region.problem().fix == "free memory or descriptors, or raise the limits of the process");
}
