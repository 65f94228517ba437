#pragma once

#include <string>

#include "prov/graph.h"

// The serializations of PROV besides PROV-JSON. All give the same bytes for the same document,
// whatever the order of its records, and throw Error(bug) where to_prov_json does, and for a name
// whose prefix is not declared. The document is expected to be sound (prov/lint.h).

namespace clew::prov {

/// PROV-N (W3C Recommendation of 30 April 2013).
[[nodiscard]] std::string to_prov_n(const Document& document);

/// RDF in Turtle (W3C Recommendation of 25 February 2014) with the terms of PROV-O (W3C
/// Recommendation of 30 April 2013). A relation is a triple, and where more is known of it than
/// that, a qualified node besides. Throws Error(usage) for a document with bundles, which Turtle
/// has no place for.
[[nodiscard]] std::string to_turtle(const Document& document);
/// The same in TriG (W3C Recommendation of 25 February 2014): bundles are named graphs.
[[nodiscard]] std::string to_trig(const Document& document);

/// PROV-JSONLD (W3C Member Submission of 25 August 2024): JSON-LD with a typed object for each
/// record. Its context is named by its address.
[[nodiscard]] std::string to_prov_jsonld(const Document& document);

}  // namespace clew::prov
