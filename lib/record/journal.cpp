#include "record/journal.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/encoding.h"

namespace clew::record {
namespace {

constexpr std::size_t kPointsPerRecord = 4096;

}  // namespace

std::string encode_head(const model::Run& run) {
  const std::string row = model::encode_run(run);
  std::string bytes;
  ByteWriter out(bytes);
  out.fixed32(crc32c(row));
  out.raw(row);
  return bytes;
}

std::optional<model::Run> decode_head(std::string_view bytes) {
  if (bytes.size() < 4) return std::nullopt;
  ByteReader in(bytes);
  const std::uint32_t checksum = in.fixed32();
  const std::string_view row = in.raw(in.remaining());
  if (crc32c(row) != checksum) return std::nullopt;
  return model::decode_run(row);
}

void Journal::open(const store::Layout& layout, const model::Run& run) {
  // Made under another name and renamed, so that nobody finds a spool without its lock.
  const fs::path making = layout.live() / concat(".new-", run.id.hex());
  try {
    make_directories(making, 0755);
    auto spool = std::make_unique<SpoolWriter>(making / "spool");
    spool->append(model::BeginEvent{run});
    spool->flush();
    if (spool->failure() != 0) {
      throw system_error(spool->failure(), "write", (making / "spool").string());
    }
    replace_file(making / "head", encode_head(run));
    fs::rename(making, layout.live(run.id));
    head_ = layout.head(run.id);
    spool_ = std::move(spool);
  } catch (const fs::filesystem_error& error) {
    fold_.apply(model::BeginEvent{run});
    throw system_error(error.code().value(), "create", layout.live(run.id).string());
  } catch (const Error&) {
    fold_.apply(model::BeginEvent{run});
    std::error_code ignored;
    fs::remove_all(making, ignored);
    throw;
  }
  fold_.apply(model::BeginEvent{run});
}

void Journal::record(const model::Event& event) {
  write_points();
  fold_.apply(event);
  if (watch_ != nullptr) watch_->after(event);
  if (spool_) spool_->append(event);
  head_is_old_ = true;
}

void Journal::point(std::string_view name, model::MetricSource source, const model::Point& point) {
  Numbers& numbers = numbers_[static_cast<std::size_t>(source)];
  auto found = numbers.find(name);
  if (found == numbers.end()) {
    const auto number = static_cast<std::uint32_t>(fold_.series().size());
    found = numbers.emplace(std::string(name), number).first;
    record(model::SeriesEvent{found->first, source});
  }
  if (watch_ != nullptr) watch_->before_point(found->second, point);
  fold_.add_point(found->second, point);
  pending_.points.push_back({found->second, point});
  if (pending_.points.size() >= kPointsPerRecord) write_points();
  head_is_old_ = true;
}

void Journal::write_points() {
  if (pending_.points.empty()) return;
  if (spool_) {
    model::Event event = std::move(pending_);
    spool_->append(event);
    pending_ = std::get<model::PointsEvent>(std::move(event));
  }
  pending_.points.clear();
}

void Journal::flush() {
  write_points();
  if (spool_) spool_->flush();
}

void Journal::write_head() {
  if (!spool_ || !head_is_old_) return;
  try {
    replace_file(head_, encode_head(fold_.header()));
    head_is_old_ = false;
  } catch (const Error&) {
    // Readers then see an older head; the spool is what counts.
  }
}

}  // namespace clew::record
