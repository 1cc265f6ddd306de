#include "tests/unit/host/faulty_disk.h"

#include <cerrno>
#include <new>

namespace tenon::test {

namespace {

// SQLite gives the memory; the real file lies behind it.
struct File : sqlite3_file {
    FaultyDisk* disk;
    std::string* path;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) {
    return *static_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return of(file).real();
}
const sqlite3_io_methods& methods(sqlite3_file* file) {
    return *real(file)->pMethods;
}
FaultyDisk& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<FaultyDisk*>(vfs->pAppData);
}

std::string contents(sqlite3_file* file) {
    sqlite3_int64 size = 0;
    if (methods(file).xFileSize(real(file), &size) != SQLITE_OK) return {};
    std::string bytes(static_cast<std::size_t>(size), '\0');
    methods(file).xRead(real(file), bytes.data(), static_cast<int>(size), 0);
    return bytes;
}

int close(sqlite3_file* file) {
    delete of(file).path;
    return methods(file).xClose(real(file));
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    if (of(file).disk->fails(Fault::broken)) return SQLITE_IOERR_READ;
    return methods(file).xRead(real(file), to, size, at);
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    if (of(file).disk->fails(Fault::broken)) return SQLITE_IOERR_WRITE;
    if (of(file).disk->fails(Fault::full)) return SQLITE_FULL;
    return methods(file).xWrite(real(file), from, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (of(file).disk->fails(Fault::broken)) return SQLITE_IOERR_TRUNCATE;
    return methods(file).xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int) {
    FaultyDisk& disk = *of(file).disk;
    if (disk.fails(Fault::broken)) return SQLITE_IOERR_FSYNC;
    if (!disk.sync) return SQLITE_OK;
    disk.last_synced[*of(file).path] = contents(file);
    return SQLITE_OK;  // no power will fail here but the test's own
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return methods(file).xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) {
    return methods(file).xLock(real(file), level);
}
int unlock(sqlite3_file* file, int level) {
    return methods(file).xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* out) {
    return methods(file).xCheckReservedLock(real(file), out);
}
int file_control(sqlite3_file* file, int what, void* argument) {
    return methods(file).xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file) {
    return methods(file).xSectorSize(real(file));
}
int device_characteristics(sqlite3_file* file) {
    return methods(file).xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    if (of(file).disk->fails(Fault::broken)) return SQLITE_IOERR_SHMMAP;
    return methods(file).xShmMap(real(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return methods(file).xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    methods(file).xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return methods(file).xShmUnmap(real(file), remove);
}

sqlite3_io_methods make_methods(int version) {
    return {version,
            close,
            read,
            write,
            truncate,
            sync,
            file_size,
            lock,
            unlock,
            check_reserved_lock,
            file_control,
            sector_size,
            device_characteristics,
            shm_map,
            shm_lock,
            shm_barrier,
            shm_unmap,
            nullptr,
            nullptr};
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* raw, int flags, int* out_flags) {
    static const sqlite3_io_methods with_shared_memory = make_methods(2);
    static const sqlite3_io_methods without = make_methods(1);
    FaultyDisk& disk = disk_of(vfs);
    raw->pMethods = nullptr;
    if (disk.fails(Fault::broken)) return SQLITE_CANTOPEN;
    File* const file = ::new (static_cast<void*>(raw)) File{};
    file->disk = &disk;
    const int code = disk.real()->xOpen(disk.real(), path, file->real(), flags, out_flags);
    if (code != SQLITE_OK) {
        if (file->real()->pMethods != nullptr) file->real()->pMethods->xClose(file->real());
        return code;
    }
    file->path = new std::string(path != nullptr ? path : "");
    file->pMethods = disk.shared_memory ? &with_shared_memory : &without;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultyDisk& disk = disk_of(vfs);
    if (disk.fails(Fault::broken)) return SQLITE_IOERR_DELETE;
    disk.last_synced.erase(path);
    return disk.real()->xDelete(disk.real(), path, sync_folder);
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    FaultyDisk& disk = disk_of(vfs);
    if (disk.fails(Fault::broken)) return SQLITE_IOERR_ACCESS;
    return disk.real()->xAccess(disk.real(), path, flags, out);
}

}  // namespace

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), own_(*real_) {
    own_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    own_.zName = "faulty disk";
    own_.pNext = nullptr;
    own_.pAppData = this;
    own_.xOpen = open;
    own_.xDelete = remove;
    own_.xAccess = access;
    sqlite3_vfs_register(&own_, 1);
}

FaultyDisk::~FaultyDisk() {
    sqlite3_vfs_unregister(&own_);
    sqlite3_vfs_register(real_, 1);
}

void FaultyDisk::fail(Fault fault, std::uint64_t from, std::uint64_t count) {
    fault_ = fault;
    operations_ = 0;
    from_ = from;
    count_ = count;
}

bool FaultyDisk::fails(Fault kind) {
    if (kind == Fault::broken) ++operations_;
    const std::uint64_t now = operations_ - 1;
    const bool failing = fault_ == kind && now >= from_ && now - from_ < count_;
    if (failing) errno = kind == Fault::full ? ENOSPC : EIO;
    return failing;
}

std::string FaultyDisk::synced(const std::string& path) const {
    const auto found = last_synced.find(path);
    return found != last_synced.end() ? found->second : std::string();
}

}  // namespace tenon::test
