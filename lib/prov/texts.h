#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prov/builder.h"

// Texts that several parts of the template make.

namespace clew::prov {

/// Adds a text unless it is empty.
void add_text(Attributes& attributes, std::string name, const std::string& text);
/// clew:argv, and clew:argvBase64 where not all words are UTF-8.
void add_argv(Attributes& attributes, const std::vector<std::string>& argv);
/// A command line as a shell takes it, cut at 200 bytes.
[[nodiscard]] std::string command_label(const std::vector<std::string>& argv);

/// Without "." and "..", by the text alone.
[[nodiscard]] std::string lexically_normal(const std::string& path);
/// The path relative to `root`, "." for the root itself; nullopt for one that is not below it.
[[nodiscard]] std::optional<std::string> below_root(const std::string& path,
                                                    const std::string& root);

/// The path of a file that was named in a directory, as records name files: relative to the root
/// below it. As it was named where there is no root.
[[nodiscard]] std::string from_root(const std::string& path, const std::string& directory,
                                    const std::string& root);

}  // namespace clew::prov
