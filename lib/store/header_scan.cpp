#include "store/header_scan.h"

#include "base/bytes.h"
#include "model/encoding.h"
#include "store/section_writer.h"

namespace clew::store {

model::Run complete(const KeyValue& database, rows::Header header) {
  if (header.further == 0) return std::move(header.run);
  const RunId id = header.run.id;
  const auto contents = rows::read_contents(database, id);
  const std::string key = rows::section_prefix(id, rows::Section::contents);
  if (!contents) throw rows::damaged(key, "it is missing");
  auto& metrics = header.run.metrics;
  const std::size_t expected = metrics.size() + header.further;
  read_section(database, id, rows::Section::metrics, contents->metric_rows,
               [&](std::string_view item) {
                 ByteReader in(item);
                 metrics.push_back(model::decode_metric(in));
               });
  if (metrics.size() != expected) throw rows::damaged(key, "metric summaries are missing");
  return std::move(header.run);
}

bool scan_headers(const KeyValue& database, std::string_view from, std::string_view end,
                  const std::function<bool(std::string_view key, std::string_view row)>& visit) {
  bool more = true;
  database.scan(rows::kHeaderPrefix, from, [&](std::string_view key, std::string_view value) {
    if (!end.empty() && key >= end) return false;
    const rows::HeaderRow row = rows::open_header(key, value);
    more = row.further == 0
               ? visit(key, row.run)
               : visit(key, model::encode_run(complete(database, rows::decode_header(key, value))));
    return more;
  });
  return more;
}

}  // namespace clew::store
