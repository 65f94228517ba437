#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "query/file_view.h"

namespace clew::query {

/// What a walk through a lineage asks of the records, each thing read once. Refers to its view,
/// which must outlive it.
class LineageRecords {
 public:
  explicit LineageRecords(const FileView& view) : view_(view) {}

  /// The files of a run, sorted by path. Valid as long as this object.
  const std::vector<model::File>& files(RunId id);
  /// The runs that left a content, each with the name that it gave it. Likewise.
  const std::vector<store::FileMention>& makers_of(const std::string& sha256);
  /// Did a run read this content under another name than `path`? Then it has only copied what it
  /// left under that.
  bool copied(RunId run, const std::string& sha256, const std::string& path);
  /// Leaves out the runs that copied the content which is called `path` to another name: they did
  /// not make it.
  void drop_copiers(std::vector<store::FileMention>& makers, const std::string& sha256,
                    const std::string& path);

 private:
  const FileView& view_;
  std::unordered_map<RunId, std::vector<model::File>> runs_;
  std::unordered_map<std::string, std::vector<store::FileMention>> makers_;
  using Names = std::vector<std::string>;
  std::unordered_map<std::string, std::unordered_map<RunId, Names>> readers_;  // of a content
  std::unordered_map<RunId, std::unordered_map<std::string, Names>> inputs_;   // by content
};

}  // namespace clew::query
