#include "query/lineage_links.h"

#include <algorithm>
#include <set>

#include "query/lineage.h"

namespace clew::query {

std::optional<Input> input_of(const model::File& file) {
  if ((file.modes() & kReading) == 0) return std::nullopt;
  Input input;
  for (const auto& use : file.uses)
    input.last = std::max(input.last, use.last);
  const model::FileState& state = file.state;
  if (!is_made(file)) {
    input.sha256 = state.sha256;
    input.size = state.size;
    input.digest = state.digest;
  } else {
    // What it read may be what it wrote itself.
    if (state.before_sha256.empty()) return std::nullopt;
    input.sha256 = state.before_sha256;
    input.size = state.before_size;
    input.digest = model::DigestKind::whole;
  }
  // All empty files have the same content.
  if (input.size == 0) input.sha256.clear();
  return input;
}

bool is_made(const model::File& file) {
  constexpr model::FileModes kMaking = model::kWritten | model::kCreated | model::kRenamed;
  return (file.modes() & kMaking) != 0;
}

bool is_output(const model::File& file) {
  return is_made(file) && !file.state.gone && file.state.role != model::Role::temporary;
}

bool newer(const store::FileMention& a, const store::FileMention& b) {
  return a.started != b.started ? a.started > b.started : a.run < b.run;
}

void by_run(std::vector<store::FileMention>& mentions) {
  std::stable_sort(mentions.begin(), mentions.end(), newer);
  mentions.erase(std::unique(mentions.begin(), mentions.end(),
                             [](const auto& a, const auto& b) { return a.run == b.run; }),
                 mentions.end());
}

void rank_makers(std::vector<store::FileMention>& makers, const std::string& path) {
  std::stable_sort(makers.begin(), makers.end(), [&](const auto& a, const auto& b) {
    const bool named_a = a.path == path;
    const bool named_b = b.path == path;
    return named_a != named_b ? named_a : newer(a, b);
  });
  std::set<RunId> seen;
  std::erase_if(makers, [&](const auto& maker) { return !seen.insert(maker.run).second; });
}

Origin origin_of(const FileView& files, const std::vector<std::string>& names,
                 const Digest& digest) {
  Origin origin;
  std::vector<store::FileMention> mentions = files.with_digest(digest);
  std::set<RunId> readers;
  std::vector<store::FileMention> makers;
  for (const auto& mention : mentions) {
    if (mention.made) {
      makers.push_back(mention);
    } else {
      readers.insert(mention.run);
    }
  }
  origin.readers = readers.size();
  // A run that found the content and left it under another name copied it.
  std::erase_if(makers, [&](const store::FileMention& maker) {
    return readers.contains(maker.run) &&
           std::find(names.begin(), names.end(), maker.path) == names.end() &&
           std::any_of(mentions.begin(), mentions.end(), [&](const auto& one) {
             return !one.made && one.run == maker.run && one.path != maker.path;
           });
  });
  if (!makers.empty()) {
    rank_makers(makers, names.empty() ? "" : names.front());
    return {Origin::Kind::made, makers.front().run, origin.readers};
  }
  for (const auto& name : names) {
    for (auto& mention : files.with_path(name)) {
      if (mention.made) makers.push_back(std::move(mention));
    }
  }
  by_run(makers);
  if (makers.empty()) return origin;
  return {Origin::Kind::changed, makers.front().run, origin.readers};
}

}  // namespace clew::query
