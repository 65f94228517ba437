#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/parts.h"
#include "store/store.h"

namespace clew::query {

/// The files of all runs, sealed and live, as they were when the view was made: who made which
/// content, who read it, and under which names. What stands for a sealed run comes from the indexes
/// of the store; live runs, of which there are few, are held in memory. Movable, not thread-safe.
class FileView {
 public:
  /// `live` are runs that are not in the store.
  FileView(std::shared_ptr<store::Store> sealed, std::vector<model::RunParts> live);

  /// As the functions of store::Reader, over live runs too. The last answer of with_digest() is
  /// kept: who begins with a content asks about it from several sides.
  [[nodiscard]] std::vector<store::FileMention> with_digest(const Digest& digest) const;
  [[nodiscard]] std::vector<store::FileMention> makers_of(const Digest& digest) const;
  [[nodiscard]] std::vector<store::FileMention> with_path(std::string_view path) const;
  [[nodiscard]] std::vector<Digest> digests_with_prefix(std::string_view hex,
                                                        std::size_t limit) const;
  /// The files of a run, sorted by path; none when it is not here.
  [[nodiscard]] std::vector<model::File> files(RunId id) const;
  [[nodiscard]] std::optional<model::Run> run(RunId id) const;
  /// Live runs that read a file of this name whose content is not known yet: it is hashed only
  /// after they end.
  [[nodiscard]] std::vector<store::FileMention> live_readers(std::string_view path) const;

 private:
  [[nodiscard]] const model::RunParts* live(RunId id) const;

  std::shared_ptr<store::Store> store_;
  store::Reader sealed_;
  std::vector<model::RunParts> live_;
  std::multimap<Digest, store::FileMention> by_digest_;                  // of live runs
  std::multimap<std::string, store::FileMention, std::less<>> by_path_;  // likewise
  mutable std::optional<Digest> asked_;
  mutable std::vector<store::FileMention> answer_;  // to asked_
};

}  // namespace clew::query
