#include "record/replay.h"

#include <array>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"

namespace clew::record {
namespace {

constexpr std::string_view kMask = "***";

/// Puts another top in the place of the old one, wherever it stands as a whole path.
std::string moved(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty() || from == to) return text;
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
    const std::size_t end = at + from.size();
    const bool begins = at == 0 || text[at - 1] == '=' || text[at - 1] == ':';
    const bool ends = end == text.size() || text[end] == '/' || text[end] == ':';
    if (at < done || !begins || !ends) continue;
    out += text.substr(done, at - done);
    out += to;
    done = end;
  }
  return out + text.substr(done);
}

/// The words of the command with its secrets in their places again.
std::vector<std::string> unmasked(const std::vector<std::string>& argv,
                                  const std::vector<std::string>& secrets) {
  std::vector<std::string> words = argv;
  std::size_t next = 0;
  std::vector<std::string> missing;
  for (std::string& word : words) {
    const std::size_t at = word.find(kMask);
    if (at == std::string::npos) continue;
    if (next == secrets.size()) {
      missing.push_back(word);
      continue;
    }
    word.replace(at, kMask.size(), secrets[next++]);
  }
  if (!missing.empty()) {
    throw Error(ErrorKind::usage,
                concat("the command has secrets that were not recorded: ", join(missing, ", ")),
                {"give each again, in this order, with '--secret VALUE'"});
  }
  if (next < secrets.size()) {
    throw Error(ErrorKind::usage, "more secrets are given than the command has masked words");
  }
  return words;
}

/// Where programs and libraries are depends on the host.
bool names_places(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames = {
      "PATH",       "LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV",
      "PYTHONHOME", "PYTHONPATH",      "CONDA_EXE",  "CONDA_PREFIX"};
  for (const std::string_view known : kNames) {
    if (name == known) return true;
  }
  return name.starts_with("CONDA_");
}

EnvironmentMap environment_of(const model::RunParts& parts, const ReplayChanges& changes,
                              const std::string& from, const std::string& to) {
  EnvironmentMap environment = changes.environment;
  const bool same_host = parts.run.host.empty() || parts.run.host == capture::host_name();
  std::vector<std::string> missing;
  const Json* recorded = parts.environment.find("variables");
  if (recorded != nullptr && recorded->is_object()) {
    for (const auto& [name, value] : recorded->as_object()) {
      if (!value.is_string() || (!same_host && names_places(name))) continue;
      const std::string& text = value.as_string();
      if (text.find(kMask) == std::string::npos) {
        environment[name] = moved(text, from, to);
      } else if (!changes.environment.contains(name) && !changes.given.contains(name)) {
        missing.push_back(name);
      }
    }
  }
  if (!missing.empty()) {
    throw Error(ErrorKind::usage,
                concat("the value of '", missing.front(), "' was a secret and is not recorded"),
                {concat("give it again with '--env ", missing.front(), "=VALUE'")});
  }
  for (const auto& [name, value] : changes.given)
    environment[name] = value;
  return environment;
}

fs::path directory_of(const model::RunParts& parts, const fs::path& root, const fs::path& tree) {
  const fs::path cwd(parts.run.cwd);
  if (root.empty()) return cwd.empty() || !fs::exists(cwd) ? tree : cwd;
  const fs::path relative = cwd.lexically_relative(root);
  const bool inside = !relative.empty() && *relative.begin() != "..";
  return inside ? (tree / relative).lexically_normal() : cwd;
}

}  // namespace

fs::path root_of(const model::RunParts& parts) {
  return parts.capture.root.empty() ? fs::path(parts.run.code.root) : fs::path(parts.capture.root);
}

Request replay_request(const model::RunParts& parts, const ReplayChanges& changes) {
  const fs::path root = root_of(parts);
  const std::string from = root.string();
  const std::string to = changes.tree.string();
  Request request;
  request.rerun_of = parts.run.id;
  for (const std::string& word : unmasked(parts.run.argv, changes.secrets))
    request.argv.push_back(moved(word, from, to));
  request.argv.insert(request.argv.end(), changes.more.begin(), changes.more.end());
  request.directory = directory_of(parts, root, changes.tree);
  std::error_code ignored;
  fs::create_directories(request.directory, ignored);
  request.environment = environment_of(parts, changes, from, to);
  for (const model::Parameter& param : parts.run.params) {
    if (param.source == model::Source::option) {
      request.params.push_back(concat(param.name, '=', dump_json(param.value)));
    }
  }
  return request;
}

}  // namespace clew::record
