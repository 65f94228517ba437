#include "analysis/forest.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <span>

namespace clew::analysis {
namespace {

/// Numbers that are the same with every standard library, whose distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// A whole number below `bound`, by rejection so that all are equally likely.
  std::size_t below(std::size_t bound) {
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
      const std::uint64_t number = engine_();
      if (number < limit) return number % bound;
    }
  }

 private:
  std::mt19937_64 engine_;  // defined bit for bit by the C++ standard
};

struct Split {
  double gain = 0;  ///< by how much the sum of squared errors falls
  Node node;        ///< its column, with what goes where
};

/// What the runs of one level come to.
struct Level {
  std::uint32_t level = 0;
  double count = 0;
  double sum = 0;
};

class Grower {
 public:
  Grower(const Table& table, const ForestOptions& options, Random& random)
      : table_(table), options_(options), random_(random) {
    for (const double value : table.target)
      center_ += value / static_cast<double>(table.target.size());
  }

  Tree grow() {
    const std::size_t runs = table_.target.size();
    Tree tree;
    tree.in_bag.assign(runs, false);
    std::vector<std::uint32_t> sample(runs);
    for (auto& row : sample) {
      row = static_cast<std::uint32_t>(random_.below(runs));
      tree.in_bag[row] = true;
    }
    std::sort(sample.begin(), sample.end());
    // Nodes whose runs still have to be told apart; the runs of a node lie side by side.
    struct Open {
      std::size_t node;
      std::size_t from;
      std::size_t to;
    };
    std::vector<Open> open = {{0, 0, runs}};
    tree.nodes.emplace_back();
    while (!open.empty()) {
      const Open at = open.back();
      open.pop_back();
      const std::span<std::uint32_t> rows(sample.data() + at.from, at.to - at.from);
      tree.nodes[at.node].value = mean(rows);
      auto split = best_split(rows);
      if (!split) continue;
      const auto& level = table_.columns[*split->node.column].level;
      const auto middle = std::stable_partition(rows.begin(), rows.end(), [&](std::uint32_t row) {
        return split->node.takes_yes(level[row]);
      });
      const auto cut = at.from + static_cast<std::size_t>(middle - rows.begin());
      const std::size_t yes = tree.nodes.size();
      tree.nodes.resize(yes + 2);
      split->node.value = tree.nodes[at.node].value;
      split->node.yes = yes;
      split->node.no = yes + 1;
      tree.nodes[at.node] = std::move(split->node);
      open.push_back({yes, at.from, cut});
      open.push_back({yes + 1, cut, at.to});
    }
    return tree;
  }

 private:
  [[nodiscard]] double mean(std::span<const std::uint32_t> rows) const {
    double sum = 0;
    for (const auto row : rows)
      sum += table_.target[row];
    return sum / static_cast<double>(rows.size());
  }

  /// The best split over a sample of the columns; over further ones while those have none.
  std::optional<Split> best_split(std::span<const std::uint32_t> rows) {
    if (rows.size() < 2 * options_.least) return std::nullopt;
    const std::size_t count = table_.columns.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto wanted = std::clamp<std::size_t>(
        static_cast<std::size_t>(std::lround(options_.columns * static_cast<double>(count))), 1,
        count);
    std::optional<Split> best;
    for (std::size_t i = 0; i < count && (i < wanted || !best); ++i) {
      std::swap(order[i], order[i + random_.below(count - i)]);
      auto split = split_on(order[i], rows);
      if (split && (!best || split->gain > best->gain)) best = std::move(split);
    }
    return best;
  }

  std::optional<Split> split_on(std::size_t index, std::span<const std::uint32_t> rows) {
    const Column& column = table_.columns[index];
    std::vector<Level> levels = levels_of(column, rows);
    if (levels.size() < 2) return std::nullopt;
    if (!column.ordered) {
      std::stable_sort(levels.begin(), levels.end(), [](const Level& a, const Level& b) {
        return a.sum * b.count < b.sum * a.count;
      });
    }
    double total = 0;
    for (const Level& level : levels)
      total += level.sum;
    const auto all = static_cast<double>(rows.size());
    const auto least = static_cast<double>(options_.least);
    double count = 0;
    double sum = 0;
    double gain = 0;
    std::size_t cut = 0;
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      count += levels[i].count;
      sum += levels[i].sum;
      if (count < least || all - count < least) continue;
      const double rest = total - sum;
      const double now = sum * sum / count + rest * rest / (all - count) - total * total / all;
      if (now > gain) {
        gain = now;
        cut = i + 1;
      }
    }
    // Rounding alone makes no split of equal values.
    if (cut == 0 || gain <= 1e-14 * (total * total / all + gain)) return std::nullopt;
    Split split{gain, {}};
    split.node.column = index;
    divide(column, levels, cut, all, split.node);
    return split;
  }

  [[nodiscard]] std::vector<Level> levels_of(const Column& column,
                                             std::span<const std::uint32_t> rows) {
    pairs_.clear();
    for (const auto row : rows)
      pairs_.emplace_back(column.level[row], table_.target[row] - center_);
    std::sort(pairs_.begin(), pairs_.end());
    std::vector<Level> levels;
    for (const auto& [level, value] : pairs_) {
      if (levels.empty() || levels.back().level != level) levels.push_back({level, 0, 0});
      levels.back().count += 1;
      levels.back().sum += value;
    }
    return levels;
  }

  /// Says where levels go. Those that no run here has go with their neighbours where they are
  /// ordered, half of a gap to either side; others go where more runs are.
  static void divide(const Column& column, const std::vector<Level>& levels, std::size_t cut,
                     double all, Node& node) {
    if (column.ordered) {
      const std::uint32_t least = levels[cut - 1].level + 1;
      node.below = least + (levels[cut].level - least + 1) / 2;
      return;
    }
    double count = 0;
    for (std::size_t i = 0; i < cut; ++i)
      count += levels[i].count;
    node.left.assign(column.levels.size(), count > all - count);
    for (std::size_t i = 0; i < levels.size(); ++i)
      node.left[levels[i].level] = i < cut;
  }

  const Table& table_;
  const ForestOptions& options_;
  Random& random_;
  double center_ = 0;  // sums are of distances from it, against cancellation
  std::vector<std::pair<std::uint32_t, double>> pairs_;
};

}  // namespace

double Tree::predict(const Table& table, std::size_t row) const {
  std::size_t at = 0;
  while (nodes[at].column) {
    const Node& node = nodes[at];
    at = node.takes_yes(table.columns[*node.column].level[row]) ? node.yes : node.no;
  }
  return nodes[at].value;
}

std::vector<Tree> grow_forest(const Table& table, const ForestOptions& options) {
  Random random(options.seed);
  Grower grower(table, options, random);
  std::vector<Tree> forest;
  forest.reserve(options.trees);
  for (std::size_t i = 0; i < options.trees; ++i)
    forest.push_back(grower.grow());
  return forest;
}

std::optional<double> out_of_bag_r2(const Table& table, const std::vector<Tree>& forest) {
  double errors = 0;
  double squares = 0;
  double mean = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < table.target.size(); ++row) {
    double sum = 0;
    std::size_t trees = 0;
    for (const Tree& tree : forest) {
      if (tree.in_bag[row]) continue;
      sum += tree.predict(table, row);
      ++trees;
    }
    if (trees == 0) continue;
    const double value = table.target[row];
    const double error = value - sum / static_cast<double>(trees);
    errors += error * error;
    // Welford's update of mean and squared distances.
    ++count;
    const double before = value - mean;
    mean += before / static_cast<double>(count);
    squares += before * (value - mean);
  }
  if (count == 0 || squares <= 0) return std::nullopt;
  return 1 - errors / squares;
}

}  // namespace clew::analysis
