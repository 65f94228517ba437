#include "query/sql_points.h"

namespace clew::query {
namespace {

using expr::Value;

class Points final : public SqlCursor {
 public:
  Points(const Catalog& catalog, const SqlFilter& filter)
      : catalog_(catalog), filter_(filter), runs_(catalog, filter.run) {}

  bool next() override {
    ++point_;
    while (point_ >= points_.size()) {
      point_ = 0;
      points_.clear();
      if (!next_chunk() && !next_series()) return false;
    }
    return true;
  }

  Value column(std::size_t column) override {
    const model::Point& point = points_[point_];
    switch (column) {
      case 0:
        return Value::text(run_text_);
      case 1:
        return Value::text(names_[name_ - 1]);
      case 2:
        return point.step ? Value::integer(*point.step) : Value();
      case 3:
        time_ = format_time(point.time);
        return Value::text(time_);
      default:
        return Value::real(point.value);
    }
  }

 private:
  bool next_chunk() { return chunks_ && chunks_->next(points_); }

  /// Opens the next series that is asked for; false when there is none.
  bool next_series() {
    chunks_.reset();
    while (name_ == names_.size()) {
      if (!next_run()) return false;
    }
    const std::string& name = names_[name_++];
    if (filter_.step) {
      points_ = catalog_.points_at(run_, name, *filter_.step);
    } else {
      chunks_ = catalog_.chunks(run_, name);
    }
    return true;
  }

  bool next_run() {
    const auto header = runs_.next();
    if (!header) return false;
    model::RunView run(*header);
    run_ = run.id;
    run_text_ = run_.hex();
    names_.clear();
    name_ = 0;
    run.metrics([&](std::string_view name, ByteReader&) {
      if (!filter_.name || *filter_.name == name) names_.emplace_back(name);
    });
    return true;
  }

  const Catalog& catalog_;
  SqlFilter filter_;
  HeaderRows runs_;
  RunId run_;
  std::string run_text_;
  std::vector<std::string> names_;
  std::size_t name_ = 0;
  std::unique_ptr<PointChunks> chunks_;
  std::vector<model::Point> points_;
  std::size_t point_ = SIZE_MAX - 1;
  std::string time_;
};

}  // namespace

std::optional<std::string_view> HeaderRows::next() {
  constexpr std::size_t kPage = 256;
  if (next_ == page_.size()) {
    if (finished_) return std::nullopt;
    page_.clear();
    next_ = 0;
    if (run_) {
      finished_ = true;
      const auto id = RunId::parse(*run_);
      if (id && id->hex() == *run_) page_ = catalog_.row(*id);
    } else {
      page_ = catalog_.row_page(position_, kPage);
      finished_ = page_.empty();
    }
    if (page_.empty()) return std::nullopt;
  }
  return page_[next_++];
}

std::unique_ptr<SqlCursor> open_points(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<Points>(catalog, filter);
}

}  // namespace clew::query
