#pragma once

#include <string>
#include <string_view>

#include "prov/graph.h"

// A document carries a digest of itself in the attribute clew:documentDigest of the agents that
// wrote it, so that a change of any record shows. It is the SHA-256 of the document as to_prov_json
// writes it, with 64 zeros in the place of each such value and with the prefixes prov and xsd
// declared. Layout, order and blank identifiers of the file are no part of it. It finds accident
// and carelessness, not someone who seals anew.

namespace clew::prov {

inline constexpr std::string_view seal_attribute = "clew:documentDigest";
/// What stands in the place of a digest that is not computed yet.
inline constexpr std::string_view blank_seal =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// The digest of a document, whatever the values of its seal, as 64 hex digits.
[[nodiscard]] std::string document_digest(Document document);

/// Puts the digest in the place of the values of all seals. A document without any stays as it is.
void seal(Document& document);

/// The document as to_prov_json writes it after seal(), in about half the time. Its seals must not
/// have been set, that is be 64 zeros, as run_graph makes them without `seal`.
[[nodiscard]] std::string to_sealed_prov_json(const Document& document);

enum class SealState { none, intact, broken };
/// Is the document as it was sealed?
[[nodiscard]] SealState check_seal(const Document& document);

}  // namespace clew::prov
