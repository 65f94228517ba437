#pragma once

#include <cstdint>

#include "base/fs.h"

namespace clew::capture {

/// A number that no system call has among its arguments by accident; never 0.
[[nodiscard]] std::uint64_t make_open_token();

/// May the library of hooks/reopen be loaded into this program, found as execvp(3) does from
/// `directory`? Only where that can be known to do no harm: into one that this system's C library
/// loads, that gains no privileges, and that is not built with a sanitizer, whose library insists
/// on being the first.
[[nodiscard]] bool takes_reopen(const std::string& program, const fs::path& directory,
                                const EnvironmentMap& environment);

/// Sets the variables that make the command load the library and the library know its token. It
/// comes last of the libraries that are loaded so: the user's own may insist on being the first.
void equip_reopen(EnvironmentMap& environment, const fs::path& library, std::uint64_t token);

}  // namespace clew::capture
