#include "model/stretch.h"

#include <cmath>

namespace clew::model {

void Stretch::add(const Point& point) {
  if (count == 0) first_time = point.time;
  last_time = point.time;
  if (point.step) {
    if (!first_step) first_step = point.step;
    last_step = point.step;
  }
  ++count;
  if (std::isnan(point.value)) return;
  if (numbers == 0 || point.value < min) min = point.value;
  if (numbers == 0 || point.value > max) max = point.value;
  ++numbers;
  sum += point.value;
}

double Stretch::mean() const {
  if (numbers == 0) return std::numeric_limits<double>::quiet_NaN();
  return sum / static_cast<double>(numbers);
}

std::vector<Stretch> stretches_of(std::span<const Point> points, std::size_t most) {
  Stretcher stretcher((points.size() + most - 1) / most);
  for (const Point& point : points)
    stretcher.add(point);
  return stretcher.take();
}

}  // namespace clew::model
