#include "query/frame.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace clew::query {

using expr::Expression;
using expr::Target;
using expr::Value;

/// Loads a frame: every target that a name could stand for is read in one pass, and only then it is
/// known which of them there are.
class FrameLoader {
 public:
  FrameLoader(const Catalog& catalog, const FrameRequest& request)
      : catalog_(catalog),
        request_(request),
        reader_(possible(request), request.now, *frame_.pool_) {}

  Frame load() {
    scan();
    frame_.runs_ = ids_.size();
    frame_.columns_ = request_.values.size();
    frame_.targets_.resize(frame_.columns_);
    for (const FrameValue& value : request_.values)
      frame_.expressions_.push_back(value.expression);
    if (!ids_.empty()) evaluate();
    return std::move(frame_);
  }

 private:
  static std::vector<Target> possible(const FrameRequest& request) {
    std::vector<Target> targets;
    const auto add = [&](const Expression& expression) {
      for (const expr::Reference& name : expression.names()) {
        for (Target& target : expr::possible_targets(name)) {
          if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
            targets.push_back(std::move(target));
          }
        }
      }
    };
    for (const Expression& condition : request.where)
      add(condition);
    for (const FrameValue& value : request.values)
      add(value.expression);
    return targets;
  }

  void scan() {
    const std::size_t width = reader_.targets().size();
    catalog_.each_row([&](model::RunView& run) {
      ids_.push_back(run.id);
      cells_.resize(cells_.size() + width);
      reader_.read(run, std::span(cells_).last(width));
      return true;
    });
    if (!reader_.remote().empty()) read_remote(width);
  }

  void read_remote(std::size_t width) {
    for (const std::size_t target : reader_.remote()) {
      const Target& wanted = reader_.targets()[target];
      if (wanted.kind == Target::Kind::metric && !reader_.seen(target)) continue;
      for (std::size_t row = 0; row < ids_.size(); ++row) {
        cells_[row * width + target] = remote_value(wanted, ids_[row]);
      }
    }
  }

  Value remote_value(const Target& target, RunId id) {
    if (target.kind == Target::Kind::metric) {
      const auto value = catalog_.value_at(id, target.name, *target.step);
      return value ? Value::real(*value) : Value();
    }
    const Json environment = catalog_.environment(id);
    const Json* at = &environment;
    for (const std::string_view member : split(target.name, '.')) {
      at = at->find(member);
      if (at == nullptr) return {};
    }
    const Value value = Value::from_json(*at, *frame_.scratch_);
    return value.is_text() ? Value::text(frame_.pool_->keep(value.as_text())) : value;
  }

  [[nodiscard]] bool seen(Target::Kind kind, std::string_view name) const {
    const auto& targets = reader_.targets();
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i].kind == kind && targets[i].name == name && reader_.seen(i)) return true;
    }
    return false;
  }

  /// All names that there are, for the suggestions of an error.
  [[nodiscard]] std::vector<std::string> all_names(Target::Kind kind) const {
    std::set<std::string, std::less<>> names;
    const auto add = [&](std::string_view name) {
      if (!names.contains(name)) names.emplace(name);
    };
    catalog_.each_row([&](model::RunView& run) {
      if (kind == Target::Kind::param) {
        run.params(
            [&](std::string_view name, const model::JsonView&, model::Source) { add(name); });
      } else {
        run.metrics([&](std::string_view name, ByteReader&) { add(name); });
      }
      return true;
    });
    return {names.begin(), names.end()};
  }

  /// The places of an expression's names among the targets.
  std::vector<std::size_t> bind(const Expression& expression) {
    const expr::Known known = {
        [this](std::string_view name) { return seen(Target::Kind::param, name); },
        [this](std::string_view name) { return seen(Target::Kind::metric, name); },
        [this] { return all_names(Target::Kind::param); },
        [this] { return all_names(Target::Kind::metric); }};
    std::vector<std::size_t> places;
    const auto& targets = reader_.targets();
    for (const expr::Reference& name : expression.names()) {
      const auto found =
          std::find(targets.begin(), targets.end(), expr::resolve(expression, name, known));
      places.push_back(static_cast<std::size_t>(found - targets.begin()));
    }
    return places;
  }

  /// An expression whose names are bound to targets.
  class Bound {
   public:
    Bound(FrameLoader& loader, const Expression& expression, expr::Exact exact)
        : expression_(expression), places_(loader.bind(expression)), names_(places_.size()) {
      for (const std::size_t place : places_) {
        const bool param = loader.reader_.targets()[place].kind == Target::Kind::param;
        as_meant_.push_back(param && exact == expr::Exact::no);
      }
    }

    /// The value of one run, given those of the targets.
    Value of(std::span<const Value> cells, expr::Scratch& scratch) {
      for (std::size_t i = 0; i < places_.size(); ++i) {
        const Value& cell = cells[places_[i]];
        names_[i] = as_meant_[i] && cell.kind() == Value::Kind::real
                        ? Value::real(expr::as_meant(cell.as_real()))
                        : cell;
      }
      return expression_.is_name() ? names_.front() : expression_.evaluate(names_, scratch);
    }
    [[nodiscard]] const std::vector<std::size_t>& places() const { return places_; }

   private:
    const Expression& expression_;
    std::vector<std::size_t> places_;
    std::vector<bool> as_meant_;
    std::vector<Value> names_;
  };

  void evaluate() {
    std::vector<Bound> where;
    for (const Expression& condition : request_.where)
      where.emplace_back(*this, condition, request_.exact);
    std::vector<Bound> values;
    for (std::size_t column = 0; column < request_.values.size(); ++column) {
      const FrameValue& value = request_.values[column];
      values.emplace_back(*this, value.expression, value.exact);
      if (value.expression.is_name()) {
        frame_.targets_[column] = reader_.targets()[values.back().places().front()];
      }
    }
    const std::size_t width = reader_.targets().size();
    expr::Scratch passing;  // of a condition nothing is kept but its truth
    for (std::size_t row = 0; row < ids_.size(); ++row) {
      const auto cells = std::span<const Value>(cells_).subspan(row * width, width);
      passing.clear();
      const bool holds = std::all_of(where.begin(), where.end(), [&](Bound& condition) {
        return condition.of(cells, passing).truth().value_or(false);
      });
      if (!holds) continue;
      frame_.rows_.push_back({ids_[row], frame_.rows_.size()});
      for (Bound& value : values)
        frame_.values_.push_back(value.of(cells, *frame_.scratch_));
    }
  }

  const Catalog& catalog_;
  const FrameRequest& request_;
  Frame frame_;
  TargetValues reader_;
  std::vector<RunId> ids_;
  std::vector<Value> cells_;  // row by row, a place for each target
};

Frame Frame::load(const Catalog& catalog, const FrameRequest& request) {
  return FrameLoader(catalog, request).load();
}

const Target* Frame::target(std::size_t column) const {
  return targets_[column] ? &*targets_[column] : nullptr;
}

void Frame::sort(const std::vector<Order>& orders) {
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    for (const Order& order : orders) {
      const int sign =
          expr::sort_order(values_[a.place * columns_ + order.column],
                           values_[b.place * columns_ + order.column], order.descending);
      if (sign != 0) return sign < 0;
    }
    return false;
  });
}

void Frame::truncate(std::size_t count) {
  if (rows_.size() > count) rows_.resize(count);
}

void Frame::keep_if(const std::function<bool(std::size_t row)>& keep) {
  std::vector<Row> kept;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (keep(row)) kept.push_back(rows_[row]);
  }
  rows_ = std::move(kept);
}

}  // namespace clew::query
