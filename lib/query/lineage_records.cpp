#include "query/lineage_records.h"

#include <algorithm>

#include "query/lineage_links.h"

namespace clew::query {

using store::FileMention;

const std::vector<model::File>& LineageRecords::files(RunId id) {
  const auto [place, added] = runs_.try_emplace(id);
  if (added) place->second = view_.files(id);
  return place->second;
}

const std::vector<FileMention>& LineageRecords::makers_of(const std::string& sha256) {
  const auto [place, added] = makers_.try_emplace(sha256);
  if (added) {
    if (const auto digest = digest_from_hex(sha256)) place->second = view_.makers_of(*digest);
  }
  return place->second;
}

bool LineageRecords::copied(RunId run, const std::string& sha256, const std::string& path) {
  const auto elsewhere = [&](const std::string& read) { return read != path; };
  if (runs_.contains(run)) {
    const auto [place, added] = inputs_.try_emplace(run);
    if (added) {
      for (const auto& file : files(run)) {
        if (const auto input = input_of(file))
          place->second[input->sha256].push_back(file.state.path);
      }
    }
    const auto names = place->second.find(sha256);
    return names != place->second.end() &&
           std::any_of(names->second.begin(), names->second.end(), elsewhere);
  }
  const auto [place, added] = readers_.try_emplace(sha256);
  if (added) {
    const auto digest = digest_from_hex(sha256);
    if (!digest) return false;
    for (auto& mention : view_.with_digest(*digest)) {
      if (!mention.made && (mention.modes & kReading) != 0)
        place->second[mention.run].push_back(std::move(mention.path));
    }
  }
  const auto names = place->second.find(run);
  return names != place->second.end() &&
         std::any_of(names->second.begin(), names->second.end(), elsewhere);
}

void LineageRecords::drop_copiers(std::vector<FileMention>& makers, const std::string& sha256,
                                  const std::string& path) {
  std::erase_if(makers, [&](const FileMention& maker) {
    return maker.path != path && !sha256.empty() && copied(maker.run, sha256, maker.path);
  });
}

}  // namespace clew::query
