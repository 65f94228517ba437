#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "record/fold.h"
#include "record/spool.h"

namespace clew::record {

/// Follows a run that goes on: takes in what its spool has gained, and nothing twice. Goes on to
/// the end of the run after its spool was removed from the store. Not thread-safe.
class Follower {
 public:
  explicit Follower(const fs::path& spool) : spool_(spool) {}

  /// Takes in what is new. Throws Error(damaged) as read_spool does.
  void read();
  /// What it all comes to; nothing yet where fold().begun() is false.
  [[nodiscard]] const Fold& fold() const { return fold_; }
  /// The course of a metric from its start to now, by the means of so many points each as leave at
  /// most kHistory of them. Empty for one that is not there.
  static constexpr std::size_t kHistory = 256;
  [[nodiscard]] std::vector<double> history(std::string_view metric) const;
  /// The least step that any series has begun with.
  [[nodiscard]] std::optional<std::int64_t> first_step() const { return first_step_; }

 private:
  /// The means of groups of points; when they get too many, each two become one.
  struct Course {
    std::vector<double> means;
    std::uint64_t group = 1;  ///< points in each
    double sum = 0;           ///< of the group that is not full yet
    std::uint64_t count = 0;
    void add(double value);
  };
  SpoolReader spool_;
  Fold fold_;
  std::vector<Course> courses_;  // by number of the series
  std::optional<std::int64_t> first_step_;
};

}  // namespace clew::record
