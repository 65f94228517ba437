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
    for (const CellBlock& block : blocks_)
      frame_.runs_ += block.ids.size();
    frame_.columns_ = request_.values.size();
    frame_.targets_.resize(frame_.columns_);
    for (const FrameValue& value : request_.values)
      frame_.expressions_.push_back(value.expression);
    if (frame_.runs_ > 0) evaluate();
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
    const auto visit = [&](model::RunView& run) {
      if (blocks_.empty() || blocks_.back().full()) blocks_.emplace_back(width, store::kGroupSize);
      reader_.add(run, blocks_.back());
      return true;
    };
    const auto take = [&](const store::RowGroup& group) {
      if (!reader_.in_groups()) return false;
      try {
        blocks_.push_back(reader_.read(group));
      } catch (const Error& error) {
        // The header rows have the same, and `clew verify` tells what is wrong with the columns.
        if (error.kind() != ErrorKind::damaged) throw;
        return false;
      }
      return true;
    };
    catalog_.each_row(visit, take);
    for (CellBlock& block : blocks_)
      read_remote(block);
  }

  void read_remote(CellBlock& block) {
    for (const std::size_t target : reader_.remote()) {
      const Target& wanted = reader_.targets()[target];
      if (wanted.kind == Target::Kind::metric && !reader_.seen(target)) continue;
      for (std::size_t run = 0; run < block.ids.size(); ++run)
        block.place(target, run) = remote_value(wanted, block.ids[run]);
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
        : reader_(loader.reader_),
          expression_(expression),
          places_(loader.bind(expression)),
          names_(places_.size()) {
      for (const std::size_t place : places_) {
        const bool param = reader_.targets()[place].kind == Target::Kind::param;
        as_meant_.push_back(param && exact == expr::Exact::no);
      }
    }

    /// The value of one run.
    Value of(const CellBlock& block, std::size_t run, expr::Scratch& scratch) {
      for (std::size_t i = 0; i < places_.size(); ++i)
        names_[i] = name(block, run, i);
      return expression_.is_name() ? names_.front() : expression_.evaluate(names_, scratch);
    }
    [[nodiscard]] const std::vector<std::size_t>& places() const { return places_; }

   private:
    [[nodiscard]] Value name(const CellBlock& block, std::size_t run, std::size_t i) const {
      const Value value = reader_.value(block, places_[i], run);
      if (!as_meant_[i] || value.kind() != Value::Kind::real) return value;
      return Value::real(expr::as_meant(value.as_real()));
    }

    TargetValues& reader_;
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
    choose(where, values);
    sort();
    for (const Chosen& chosen : chosen_) {
      const CellBlock& block = blocks_[chosen.block];
      frame_.ids_.push_back(block.ids[chosen.run]);
      for (Bound& value : values)
        frame_.values_.push_back(value.of(block, chosen.run, *frame_.scratch_));
    }
  }

  /// A run that meets the conditions.
  struct Chosen {
    std::uint32_t block = 0;
    std::uint32_t run = 0;    // in the block
    std::uint32_t place = 0;  // among the chosen ones, of its keys
  };

  /// Finds the runs that meet the conditions, with the values that they are sorted by.
  void choose(std::vector<Bound>& where, std::vector<Bound>& values) {
    expr::Scratch passing;  // of a condition nothing is kept but its truth
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
      const CellBlock& cells = blocks_[block];
      for (std::uint32_t run = 0; run < cells.ids.size(); ++run) {
        passing.clear();
        const bool holds = std::all_of(where.begin(), where.end(), [&](Bound& condition) {
          return condition.of(cells, run, passing).truth().value_or(false);
        });
        if (!holds) continue;
        chosen_.push_back({block, run, static_cast<std::uint32_t>(chosen_.size())});
        for (const FrameOrder& order : request_.orders)
          keys_.push_back(values[order.column].of(cells, run, *frame_.scratch_));
      }
    }
    frame_.matched_ = chosen_.size();
  }

  /// Puts the chosen runs into order, as far as they are wanted.
  void sort() {
    const std::size_t most = std::min(request_.most, chosen_.size());
    const auto end = chosen_.begin() + static_cast<std::ptrdiff_t>(most);
    const auto comes_before = [this](const Chosen& a, const Chosen& b) {
      const int sign = order_of(a, b);
      return sign != 0 ? sign < 0 : a.place < b.place;  // equals stay as they were
    };
    if (most < chosen_.size()) {
      std::partial_sort(chosen_.begin(), end, chosen_.end(), comes_before);
    } else {
      std::sort(chosen_.begin(), end, comes_before);
    }
    chosen_.erase(end, chosen_.end());
  }

  [[nodiscard]] int order_of(const Chosen& a, const Chosen& b) const {
    const std::size_t width = request_.orders.size();
    for (std::size_t i = 0; i < width; ++i) {
      const int sign = expr::sort_order(keys_[a.place * width + i], keys_[b.place * width + i],
                                        request_.orders[i].descending);
      if (sign != 0) return sign;
    }
    return 0;
  }

  const Catalog& catalog_;
  const FrameRequest& request_;
  Frame frame_;
  TargetValues reader_;
  std::vector<CellBlock> blocks_;
  std::vector<Chosen> chosen_;
  std::vector<Value> keys_;  // of the chosen runs, a place for each order
};

Frame Frame::load(const Catalog& catalog, const FrameRequest& request) {
  return FrameLoader(catalog, request).load();
}

const Target* Frame::target(std::size_t column) const {
  return targets_[column] ? &*targets_[column] : nullptr;
}

}  // namespace clew::query
