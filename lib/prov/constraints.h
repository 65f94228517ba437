#pragma once

#include <string>
#include <vector>

#include "prov/lint.h"
#include "prov/names.h"
#include "prov/statements.h"

namespace clew::prov {

/// Checks the statements of one document or bundle against PROV-CONSTRAINTS (W3C Recommendation of
/// 30 April 2013) and for references to what is not declared. Times are compared where both are
/// known; events without one are taken to be in order.
void check_constraints(const std::vector<Statement>& statements, const Names& names,
                       const std::string& place, std::vector<Finding>& findings);

}  // namespace clew::prov
