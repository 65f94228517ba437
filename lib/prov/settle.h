#pragma once

#include <vector>

#include "prov/graph.h"

namespace clew::prov {

/// Takes times away from events that clocks put into an order which PROV does not allow: a usage
/// or invalidation before the generation of its entity, a usage after the invalidation, a revision
/// that is older than what it revises. What happened stays told, its time does not.
void settle_times(std::vector<Record>& records);

}  // namespace clew::prov
