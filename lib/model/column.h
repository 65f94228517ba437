#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace clew::model {

/// The values that consecutive runs have under one name: a varint that counts them; unless every
/// run has one, the numbers of those that do, each as the difference to the one before (varints);
/// the values, as they stand in a header row. Runs are numbered from 0.
class ColumnWriter {
 public:
  /// Adds the encoded value of a run; runs in ascending order.
  void add(std::uint32_t run, std::string_view value) {
    ByteWriter(numbers_).varint(run - last_);
    last_ = run;
    ++count_;
    values_ += value;
  }
  /// The column of a stretch of `runs` runs.
  [[nodiscard]] std::string finish(std::uint32_t runs) const {
    std::string bytes;
    ByteWriter out(bytes);
    out.varint(count_);
    if (count_ < runs) out.raw(numbers_);
    out.raw(values_);
    return bytes;
  }

 private:
  std::uint32_t count_ = 0;
  std::uint32_t last_ = 0;
  std::string numbers_;
  std::string values_;
};

/// Calls visit(run, in) with each value of a column over `runs` runs. `visit` takes the value, and
/// nothing else, from the ByteReader. Throws Error(damaged).
template <typename Visit>
void read_column(std::string_view bytes, std::uint32_t runs, Visit visit) {
  const auto damaged = [] { return Error(ErrorKind::damaged, "a column has values of no run"); };
  ByteReader values(bytes);
  const std::size_t count = values.count();
  if (count > runs) throw damaged();
  const bool all = count == runs;
  ByteReader numbers = values;
  for (std::size_t i = 0; !all && i < count; ++i)
    values.varint();
  std::uint64_t run = 0;
  for (std::size_t i = 0; i < count; ++i) {
    run = all ? i : run + numbers.varint();
    if (run >= runs) throw damaged();
    visit(static_cast<std::uint32_t>(run), values);
  }
  if (!values.at_end()) throw damaged();
}

}  // namespace clew::model
