#include "prov/anonymous.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "prov/texts.h"

namespace clew::prov {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// Takes names and places out of texts.
class Scrubber {
 public:
  explicit Scrubber(const model::RunParts& parts)
      : roots_{parts.capture.root, parts.run.code.root},
        directory_(parts.run.cwd),
        host_(parts.run.host) {
    // A name such as "a" or "localhost" tells nothing and stands in many words.
    if (host_.size() < 3 || host_ == "localhost") host_.clear();
  }

  /// A text that is nothing but a path.
  [[nodiscard]] std::string path(const std::string& path) const {
    if (!path.starts_with('/')) return path;
    for (const auto& root : roots_) {
      if (const auto below = below_root(path, root)) return *below;
    }
    const auto name = path.substr(path.rfind('/') + 1);
    return concat("outside:", to_hex(sha256(path)).substr(0, 12), '/', name);
  }

  /// A path that was named in the directory of the run.
  [[nodiscard]] std::string named(const std::string& word) const {
    return path(from_root(word, directory_, roots_[0].empty() ? roots_[1] : roots_[0]));
  }

  /// Any text: absolute paths and the host wherever they stand in it.
  [[nodiscard]] std::string text(const std::string& text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      if (starts_path(text, i)) {
        const auto end = std::min(text.find_first_of(" \t\n\r\"'`:,;)]}<>|&", i), text.size());
        out += in_text(text.substr(i, end - i));
        i = end;
      } else if (starts_host(text, i)) {
        out += "host";
        i += host_.size();
      } else {
        out += text[i++];
      }
    }
    return out;
  }

  [[nodiscard]] Json json(const Json& value) const {
    if (value.is_string()) return text(value.as_string());
    if (value.is_array()) {
      auto list = Json::array();
      for (const auto& item : value.as_array())
        list.push(json(item));
      return list;
    }
    if (!value.is_object()) return value;
    auto object = Json::object();
    for (const auto& [key, member] : value.as_object())
      object[text(key)] = json(member);
    return object;
  }

  void texts(std::vector<std::string>& list) const {
    for (auto& item : list)
      item = text(item);
  }

 private:
  static bool starts_path(const std::string& text, std::size_t at) {
    if (text[at] != '/' || at + 1 == text.size()) return false;
    const char next = text[at + 1];
    if (!is_word(next) && next != '.' && next != '~') return false;
    if (at == 0) return true;
    // file:///home/x has three of them.
    if (text[at - 1] == '/') return at >= 7 && text.compare(at - 7, 7, "file://") == 0;
    return !is_word(text[at - 1]) && text[at - 1] != '.' && text[at - 1] != '~' &&
           static_cast<unsigned char>(text[at - 1]) < 0x80;
  }

  [[nodiscard]] bool starts_host(const std::string& text, std::size_t at) const {
    if (host_.empty() || text.compare(at, host_.size(), host_) != 0) return false;
    const auto end = at + host_.size();
    return (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
  }

  [[nodiscard]] std::string in_text(const std::string& found) const {
    const auto slash = found.rfind('/');
    const bool program = found.substr(0, slash).ends_with("/bin") && slash + 1 < found.size();
    for (const auto& root : roots_) {
      if (const auto below = below_root(found, root)) return *below;
    }
    return program ? found.substr(slash + 1) : path(found);
  }

  std::vector<std::string> roots_;
  std::string directory_;
  std::string host_;
};

Json environment(const Json& known, const Scrubber& scrub) {
  static const std::set<std::string_view> personal = {"USER", "LOGNAME", "HOME",     "HOSTNAME",
                                                      "PWD",  "OLDPWD",  "USERNAME", "MAIL"};
  if (!known.is_object()) return scrub.json(known);
  auto out = Json::object();
  for (const auto& [key, value] : known.as_object()) {
    if (key == "host" || key == "user" || key == "cwd") continue;
    if (key != "variables" || !value.is_object()) {
      out[key] = scrub.json(value);
      continue;
    }
    auto variables = Json::object();
    for (const auto& [name, text] : value.as_object()) {
      if (!personal.contains(name)) variables[name] = scrub.json(text);
    }
    out[key] = std::move(variables);
  }
  return out;
}

void scrub_run(model::Run& run, const Scrubber& scrub) {
  run.user.clear();
  run.host.clear();
  run.name = scrub.text(run.name);
  run.group = scrub.text(run.group);
  run.cwd = scrub.path(run.cwd);
  scrub.texts(run.argv);
  scrub.texts(run.tags);
  scrub.texts(run.gaps);
  for (auto& note : run.notes)
    note.text = scrub.text(note.text);
  for (auto& param : run.params) {
    param.value = scrub.json(param.value);
    param.file = scrub.named(param.file);
    for (auto& lost : param.lost) {
      lost.value = scrub.json(lost.value);
      lost.file = scrub.named(lost.file);
    }
  }
  auto& code = run.code;
  code.root.clear();
  code.remote = scrub.text(code.remote);
  for (auto& file : code.unstored)
    file.path = scrub.path(file.path);
}

}  // namespace

model::RunParts anonymous(model::RunParts parts) {
  const Scrubber scrub(parts);
  scrub_run(parts.run, scrub);
  parts.environment = environment(parts.environment, scrub);
  for (auto& change : parts.changes) {
    change.old = scrub.json(change.old);
    change.value = scrub.json(change.value);
    change.cause = scrub.text(change.cause);
  }
  for (auto& artifact : parts.artifacts)
    artifact.path = scrub.named(artifact.path);
  for (auto& process : parts.processes) {
    scrub.texts(process.argv);
    process.cwd = scrub.path(process.cwd);
    process.executable = scrub.path(process.executable);
  }
  for (auto& file : parts.files) {
    file.state.path = scrub.path(file.state.path);
    for (auto& use : file.uses) {
      use.path = scrub.path(use.path);
      use.from = scrub.path(use.from);
    }
  }
  for (auto& firing : parts.firings) {
    firing.values = scrub.json(firing.values);
    firing.result = scrub.text(firing.result);
  }
  parts.capture.root.clear();
  parts.capture.connections.clear();
  scrub.texts(parts.capture.blind);
  parts.capture.environment = scrub.json(parts.capture.environment);
  return parts;
}

}  // namespace clew::prov
