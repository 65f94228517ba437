#include "query/compare_files.h"

#include <algorithm>

#include "query/lineage_links.h"

namespace clew::query {
namespace {

using Contents = std::map<std::string, FileContent>;

bool same_content(const FileContent& a, const FileContent& b) {
  if (!a.sha256.empty() && !b.sha256.empty() && a.digest == b.digest) return a.sha256 == b.sha256;
  return a.size == b.size;
}

Contents inputs_found(const model::RunParts& parts) {
  Contents contents;
  for (const auto& file : parts.files) {
    if (file.state.role == model::Role::code || file.state.role == model::Role::temporary) continue;
    const bool read = (file.modes() & kReading) != 0 && !is_made(file);
    const bool before = !file.state.before_sha256.empty();
    if (before) {
      contents.emplace(
          file.state.path,
          FileContent{file.state.before_sha256, file.state.before_size, model::DigestKind::whole});
    } else if (read) {
      contents.emplace(file.state.path,
                       FileContent{file.state.sha256, file.state.size, file.state.digest});
    }
  }
  return contents;
}

Contents outputs_left(const model::RunParts& parts) {
  Contents contents;
  for (const auto& file : parts.files) {
    if (is_output(file)) {
      contents.emplace(file.state.path,
                       FileContent{file.state.sha256, file.state.size, file.state.digest});
    }
  }
  return contents;
}

std::map<std::string, Json> packages_of(const model::RunParts& parts) {
  std::map<std::string, Json> values;
  if (!parts.capture.environment.is_object()) return values;
  for (const auto& [key, member] : parts.capture.environment.as_object()) {
    for (auto& [name, value] : model::flatten(key, member))
      values.insert_or_assign(name, std::move(value));
  }
  return values;
}

std::size_t count_same(const Contents& a, const Contents& b) {
  return static_cast<std::size_t>(std::count_if(a.begin(), a.end(), [&](const auto& one) {
    const auto other = b.find(one.first);
    return other != b.end() && same_content(one.second, other->second);
  }));
}

const model::File* find_file(const model::RunParts& parts, std::string_view path) {
  const auto found =
      std::lower_bound(parts.files.begin(), parts.files.end(), path,
                       [](const model::File& a, std::string_view b) { return a.state.path < b; });
  return found != parts.files.end() && found->state.path == path ? &*found : nullptr;
}

}  // namespace

bool FileComparison::equal() const {
  return inputs.empty() && outputs.empty() && packages.empty();
}

bool files_recorded(const model::RunParts& parts) {
  return parts.capture.mechanism != "none" && parts.capture.level != "off";
}

std::optional<bool> was_read(const model::RunParts& parts, std::string_view path) {
  const model::File* file = find_file(parts, path);
  if (file != nullptr && (file->modes() & kReading) != 0) return true;
  const model::Capture& capture = parts.capture;
  const bool watched = capture.level == "files" || capture.level == "full";
  const bool ended = parts.run.state != model::State::running;
  if (!capture.complete || !watched || !ended) return std::nullopt;
  return false;
}

FileComparison compare_files(const model::RunParts& a, const model::RunParts& b) {
  FileComparison out;
  out.known = files_recorded(a) && files_recorded(b);
  if (!out.known) return out;
  const Contents inputs_a = inputs_found(a);
  const Contents inputs_b = inputs_found(b);
  const Contents outputs_a = outputs_left(a);
  const Contents outputs_b = outputs_left(b);
  out.inputs = differing(inputs_a, inputs_b, same_content);
  out.outputs = differing(outputs_a, outputs_b, same_content);
  out.same_inputs = count_same(inputs_a, inputs_b);
  out.same_outputs = count_same(outputs_a, outputs_b);
  out.packages = differing(packages_of(a), packages_of(b),
                           [](const Json& x, const Json& y) { return x == y; });
  return out;
}

}  // namespace clew::query
