#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"

namespace clew::capture {

/// What an ELF program says about how it is to be loaded.
struct ElfFacts {
  bool native = true;               ///< 64 bits in this machine's byte order; else no more is known
  std::string interpreter;          ///< its loader; empty for one that is linked statically
  std::vector<std::string> needed;  ///< the names of the libraries that it asks for itself
};

/// nullopt for a file that cannot be read, is no such file, or is damaged. Format: elf(5).
[[nodiscard]] std::optional<ElfFacts> read_elf(const fs::path& file);

/// The file that the kernel loads when it is to execute `file`: that of the first line of a script,
/// otherwise the same.
[[nodiscard]] fs::path program_of(const fs::path& file);

}  // namespace clew::capture
