// Files for a plugin that cannot open them itself: those of globs that the kernel knows nothing of.
#pragma once

#include <string>
#include <utility>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/broker/file_rules.h"
#include "sandbox/broker/requests.h"

namespace tenon::sandbox::broker {

// Constant once made; used by any thread. What it opens is a regular file that the path leads to without any link, so
// a plugin that may change folders cannot lead the host to another file. How far a file then grows is for
// RLIMIT_FSIZE of the process that gets the descriptor.
class FileBroker {
public:
    explicit FileBroker(FileRules rules) : rules_(std::move(rules)) {}

    // The descriptor is for the plugin: close-on-exec here. A new file has mode 0600 and is this user's. Problems:
    // "permission.denied", "broker.bad-path", "broker.not-found", "broker.exists", "broker.not-a-file", "broker.link",
    // "broker.too-large", "broker.io".
    base::Result<base::Fd> open(const OpenFile& request) const;

    // Of anything that may be read. Problems: the same.
    base::Result<FileFacts> stat(const StatFile& request) const;

private:
    base::Check permit(const std::string& path, bool change) const;

    FileRules rules_;
};

}  // namespace tenon::sandbox::broker
