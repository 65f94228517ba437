#include "store/section_writer.h"

#include "base/bytes.h"
#include "base/error.h"
#include "store/compress.h"

namespace clew::store {
namespace {

constexpr std::size_t kRowSize = 256 << 10;
constexpr std::size_t kLargestRow = std::size_t{1} << 30;  // one item may be large

}  // namespace

void SectionWriter::add(std::string_view item) {
  ByteWriter(items_).string(item);
  if (items_.size() >= kRowSize) write_row();
}

void SectionWriter::write_row() {
  digest_.add(items_);
  std::string payload;
  ByteWriter out(payload);
  pack(out, items_);
  std::string key = rows::part_key(id_, section_, rows_++);
  std::string value = rows::frame(key, payload);
  batch_.put(std::move(key), std::move(value));
  items_.clear();
}

rows::SectionContents SectionWriter::finish() {
  if (!items_.empty()) write_row();
  return {rows_, digest_.finish()};
}

void read_section(const KeyValue& database, RunId id, rows::Section section, std::uint64_t rows,
                  const std::function<void(std::string_view)>& visit) {
  std::uint32_t next = 0;
  const std::string prefix = rows::section_prefix(id, section);
  database.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    if (key != rows::part_key(id, section, next++)) {
      throw rows::damaged(key, "a row before it is missing");
    }
    ByteReader payload(rows::unframe(key, value));
    const std::string items = unpack(payload, kLargestRow);
    if (!payload.at_end()) throw rows::damaged(key, "it is longer than it says");
    for (ByteReader in(items); !in.at_end();)
      visit(in.string());
    return true;
  });
  if (next != rows) throw rows::damaged(prefix, "rows of this section are missing");
}

}  // namespace clew::store
