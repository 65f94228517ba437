#pragma once

#include <string>
#include <vector>

#include "base/fs.h"
#include "base/json.h"

// The parts of basic_environment. `root` stands before every path of the system that they read, for
// tests. What cannot be read is left out, never guessed.

namespace clew::capture {

/// {name, version, kernel, machine}; the first two by os-release(5).
[[nodiscard]] Json read_os(const fs::path& root);

/// {model, count}: the logical processors that the kernel lists.
[[nodiscard]] Json read_cpu(const fs::path& root);

/// Bytes of memory; null when unknown.
[[nodiscard]] Json read_memory(const fs::path& root);

/// The names of the GPUs that the drivers of NVIDIA and AMD list, in their order.
[[nodiscard]] Json read_gpus(const fs::path& root);

/// {name, cpus, memory}: the kind of container around this process and what its control groups
/// (version 2, else 1) allow it; an empty object where there is neither.
[[nodiscard]] Json read_container(const fs::path& root);

/// {path, version}: the interpreter that runs the command, by the name of the program or by its
/// "#!" line; null when there is none. The version of a Python is read from the pyvenv.cfg of its
/// virtual environment or from the name behind its symbolic links.
[[nodiscard]] Json find_interpreter(const std::vector<std::string>& argv, const fs::path& directory,
                                    const EnvironmentMap& variables);

}  // namespace clew::capture
