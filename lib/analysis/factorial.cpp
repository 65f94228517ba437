#include "analysis/factorial.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace clew::analysis {
namespace {

/// Beyond so many parameters only sets of up to kLargestSet are computed one by one.
constexpr std::size_t kAllSets = 10;
constexpr int kLargestSet = 3;

using Set = std::uint64_t;  // of columns, a bit each

/// The runs of one combination of levels.
struct Cell {
  std::size_t runs = 0;
  double mean = 0;
  double squares = 0;  // of the distances from the mean
  void add(double value) {
    // Welford's update: no cancellation.
    ++runs;
    const double before = value - mean;
    mean += before / static_cast<double>(runs);
    squares += before * (value - mean);
  }
};

/// All cells of a design in mixed radix order: the first column changes slowest.
class Grid {
 public:
  explicit Grid(const Table& table) {
    for (const Column& column : table.columns)
      sizes_.push_back(column.levels.size());
    strides_.assign(sizes_.size(), 1);
    for (std::size_t i = sizes_.size(); i-- > 1;)
      strides_[i - 1] = strides_[i] * sizes_[i];
  }

  [[nodiscard]] std::size_t size() const { return strides_[0] * sizes_[0]; }
  [[nodiscard]] std::size_t columns() const { return sizes_.size(); }
  [[nodiscard]] std::size_t levels(std::size_t column) const { return sizes_[column]; }
  [[nodiscard]] std::size_t level(std::size_t cell, std::size_t column) const {
    return cell / strides_[column] % sizes_[column];
  }
  [[nodiscard]] std::size_t cell(const Table& table, std::size_t row) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes_.size(); ++i)
      at += strides_[i] * table.columns[i].level[row];
    return at;
  }
  /// The means over all cells that agree in the columns of a set, one for each of their
  /// combinations, in the order of the cells.
  [[nodiscard]] std::vector<double> means(const std::vector<Cell>& cells, Set set) const {
    std::vector<std::size_t> stride(sizes_.size(), 0);
    std::size_t count = 1;
    for (std::size_t i = sizes_.size(); i-- > 0;) {
      if ((set >> i & 1) == 0) continue;
      stride[i] = count;
      count *= sizes_[i];
    }
    std::vector<double> sums(count, 0);
    for (std::size_t at = 0; at < cells.size(); ++at) {
      std::size_t to = 0;
      for (std::size_t i = 0; i < sizes_.size(); ++i)
        to += stride[i] * level(at, i);
      sums[to] += cells[at].mean;
    }
    for (double& sum : sums)
      sum *= static_cast<double>(count) / static_cast<double>(cells.size());
    return sums;
  }

 private:
  std::vector<std::size_t> sizes_;
  std::vector<std::size_t> strides_;
};

/// Are there as many different rows as there are combinations? Told before any grid is laid out,
/// since of a random search that has more cells than memory.
bool is_full(const Table& table) {
  if (table.columns.empty() || table.columns.size() >= 64) return false;
  std::size_t cells = 1;
  for (const Column& column : table.columns) {
    cells *= column.levels.size();
    if (cells > table.target.size()) return false;
  }
  return true;
}

double variance_of(const std::vector<double>& values, double mean) {
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size());
}

std::vector<std::size_t> members(Set set) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < 64; ++i) {
    if ((set >> i & 1) != 0) columns.push_back(i);
  }
  return columns;
}

/// The sets whose effects are computed, each after all of its subsets.
std::vector<Set> sets_of(std::size_t columns) {
  const int largest = columns <= kAllSets ? static_cast<int>(columns) : kLargestSet;
  std::vector<Set> sets;
  const auto extend = [&](auto& self, Set set, std::size_t from, int size) -> void {
    if (size == 0) {
      sets.push_back(set);
      return;
    }
    for (std::size_t i = from; i < columns; ++i)
      self(self, set | Set{1} << i, i + 1, size - 1);
  };
  for (int size = 1; size <= largest; ++size)
    extend(extend, 0, 0, size);
  return sets;
}

/// How much of the variance chance would seem to explain: what (levels − 1) differences of means
/// come to when all runs are the same but for noise.
double chance_share(const Grid& grid, Set set, double noise, double cells, double variance) {
  double freedom = 1;
  for (const std::size_t column : members(set))
    freedom *= static_cast<double>(grid.levels(column)) - 1;
  return freedom * noise / cells / variance;
}

/// What the cells come to, each weighing the same.
struct Totals {
  double mean = 0;
  double within = 0;  // mean variance in a cell
  double noise = 0;   // variance of a cell's mean that chance makes; 0 without repeats

  Totals(const std::vector<Cell>& cells, std::size_t runs) {
    const auto count = static_cast<double>(cells.size());
    double squares = 0;
    double per_cell = 0;  // the mean of 1 / runs
    for (const Cell& cell : cells) {
      const auto repeats = static_cast<double>(cell.runs);
      mean += cell.mean / count;
      within += cell.squares / repeats / count;
      squares += cell.squares;
      per_cell += 1 / repeats / count;
    }
    const std::size_t freedom = runs - cells.size();
    if (freedom > 0) noise = squares / static_cast<double>(freedom) * per_cell;
  }
};

/// Computes the effects into `out`, of which mean and variance are known; returns what they explain
/// of the variance together.
double add_effects(const Grid& grid, const std::vector<Cell>& cells, bool repeated, double noise,
                   Factorial& out) {
  const bool varies = out.variance > 0;
  std::map<Set, double> variances;
  double explained = 0;
  for (const Set set : sets_of(grid.columns())) {
    Effect effect;
    effect.columns = members(set);
    std::vector<double> means = grid.means(cells, set);
    double variance = variance_of(means, out.mean);
    for (Set part = (set - 1) & set; part != 0; part = (part - 1) & set)
      variance -= variances.at(part);
    variance = std::max(variance, 0.0);
    variances[set] = variance;
    explained += variance;
    if (varies) {
      effect.share = variance / out.variance;
      if (repeated) {
        effect.by_chance =
            chance_share(grid, set, noise, static_cast<double>(cells.size()), out.variance);
      }
    }
    if (effect.columns.size() == 1) effect.means = std::move(means);
    out.effects.push_back(std::move(effect));
  }
  return explained;
}

}  // namespace

std::optional<Factorial> decompose(const Table& table) {
  if (!is_full(table)) return std::nullopt;
  const Grid grid(table);
  std::vector<Cell> cells(grid.size());
  for (std::size_t row = 0; row < table.target.size(); ++row)
    cells[grid.cell(table, row)].add(table.target[row]);

  Factorial out;
  out.cells = cells.size();
  const auto [least, most] = std::minmax_element(
      cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.runs < b.runs; });
  out.fewest = least->runs;
  out.most = most->runs;
  if (out.fewest == 0) return std::nullopt;

  const Totals totals(cells, table.target.size());
  const double between = variance_of(grid.means(cells, ~Set{0}), totals.mean);
  out.mean = totals.mean;
  out.variance = between + totals.within;
  const bool repeated = table.target.size() > cells.size();
  const double explained = add_effects(grid, cells, repeated, totals.noise, out);
  if (out.variance <= 0) return out;
  out.residual = totals.within / out.variance;
  out.further = std::max(0.0, (between - explained) / out.variance);
  // What is left of rounding is no effect.
  if (out.further < 1e-12) out.further = 0;
  return out;
}

}  // namespace clew::analysis
