#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "store/batch_writer.h"
#include "store/rows.h"

// A section is a sequence of items (byte strings), spread over numbered rows of bounded size. The
// payload of a row is pack() of items, each a varint length and its bytes. The digest of a section
// is SHA-256 over all items so written, wherever the rows begin.

namespace clew::store {

class SectionWriter {
 public:
  /// `batch` must outlive the writer.
  SectionWriter(BatchWriter& batch, RunId id, rows::Section section)
      : batch_(batch), id_(id), section_(section) {}

  void add(std::string_view item);
  /// Writes the last row. Nothing may be added afterwards.
  [[nodiscard]] rows::SectionContents finish();

 private:
  void write_row();

  BatchWriter& batch_;
  RunId id_;
  rows::Section section_;
  std::string items_;
  std::uint32_t rows_ = 0;
  Sha256 digest_;
};

/// Calls `visit` with every item of a section that has `rows` rows. Throws Error(damaged) when a
/// row is missing, too many or broken.
void read_section(const KeyValue& database, RunId id, rows::Section section, std::uint64_t rows,
                  const std::function<void(std::string_view item)>& visit);

}  // namespace clew::store
