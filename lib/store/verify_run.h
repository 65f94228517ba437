#pragma once

#include <set>
#include <string>

#include "store/rows.h"
#include "store/verify.h"

namespace clew::store {

using Found = std::function<void(const Damage&)>;

/// Checks one run of the store: header, sections, series, output, indexes and its entry in the seal
/// log. Adds the digests of the files that it keeps among the objects to `kept`. Internal to
/// verify(). Not thread-safe.
class RunCheck {
 public:
  RunCheck(const KeyValue& database, const Layout& layout, RunId id, const Found& found)
      : database_(database), layout_(layout), id_(id), found_(found), reader_(database, layout) {}

  /// The points that were read.
  std::uint64_t run(std::set<std::string>& kept);

 private:
  template <typename Check>
  bool check(const std::string& part, Check body);
  void tell(const std::string& part, std::string problem) {
    found_({id_, part, std::move(problem)});
  }
  void expect(bool right, const std::string& part, const char* problem);

  void check_header(const rows::Contents& contents);
  void check_sections(const rows::Contents& contents);
  void check_all_series(const rows::Contents& contents);
  void check_series(const std::string& name, const rows::SeriesEntry& entry);
  void check_files(std::set<std::string>& kept);
  void check_output(const rows::Contents& contents);
  void check_log(const rows::Contents& contents);

  const KeyValue& database_;
  const Layout& layout_;
  RunId id_;
  const Found& found_;
  Reader reader_;
  std::uint64_t points_ = 0;
};

}  // namespace clew::store
