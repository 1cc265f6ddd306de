// All that a file tells about itself, whoever it is: nothing of it is run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "loader/contract.h"
#include "loader/image.h"
#include "manifest/manifest.h"

namespace tenon::cli {

// What could be read is there, also when other parts have problems. A plain value.
struct Facts {
    std::string path;
    std::optional<loader::Image> image;          // empty: no Tenon library, or a damaged one
    std::optional<manifest::Manifest> manifest;  // empty: no plugin, or a wrong manifest
    std::vector<loader::Contract> contracts;     // of the note
    base::Problems problems;

    bool is_plugin() const { return image && image->note_type == TENON_NOTE_PLUGIN; }
    bool is_contract() const { return image && image->note_type == TENON_NOTE_CONTRACT; }
    bool unreadable() const;  // the operating system did not let us see it
    const loader::Contract* contract(std::string_view id) const;
    const manifest::ContractUse* use_of(std::string_view contract) const;
};

// Problems: those of loader::read_image_file, loader::judge_abi, manifest::parse_manifest ("FILE!plugin.toml:LINE:...")
// and loader::read_contracts, and "contract.not-in-note" for hooks of the manifest that the note does not describe.
Facts read_facts(const std::string& path);

// What the file is, in words: "plugin com.acme.shop 1.0.0".
std::string title(const Facts& facts);

// A hook that the plugin handles: what the manifest says, and the description in the note.
struct HandledHook {
    const manifest::HookUse* use = nullptr;
    const loader::Contract* contract = nullptr;  // null: not in the note
    const loader::Hook* hook = nullptr;          // null: not in the note
};

// Borrows from `facts`.
std::vector<HandledHook> handled_hooks(const Facts& facts);

// The name of a request or reply type; empty for none.
std::string_view type_name(const loader::Contract& contract, std::uint32_t type);

}  // namespace tenon::cli
