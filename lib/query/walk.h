#pragma once

#include <string>
#include <vector>

#include "model/series.h"

namespace clew::query {

/// How far a walk over header rows has come.
struct PagePosition {
  bool begun = false;
  std::string sealed;  ///< position in the store
};

/// A series that is read piece by piece. Must not outlive the catalog that it came from.
class PointChunks {
 public:
  virtual ~PointChunks() = default;
  /// Appends the next points; false at the end.
  virtual bool next(std::vector<model::Point>& points) = 0;
};

}  // namespace clew::query
