#pragma once

#include <string>
#include <string_view>

// The namespaces and the names of identifiers that clew-prov(7) publishes.

namespace clew::prov {

/// Version of the template and the vocabulary; the meaning of a published term never changes.
inline constexpr int template_version = 2;

inline constexpr std::string_view prov_iri = "http://www.w3.org/ns/prov#";
inline constexpr std::string_view xsd_iri = "http://www.w3.org/2001/XMLSchema#";
inline constexpr std::string_view clew_iri = "https://w3id.org/clew/ns#";
inline constexpr std::string_view mls_iri = "http://www.w3.org/ns/mls#";
inline constexpr std::string_view git_iri = "urn:clew:git:";
inline constexpr std::string_view agent_iri = "urn:clew:agent:";
inline constexpr std::string_view group_iri = "urn:clew:group:";
inline constexpr std::string_view run_iri_start = "urn:clew:run:";  ///< then the id and '#'

/// A series of up to so many points is written out in full.
inline constexpr std::size_t inline_points = 10'000;

/// The local part "KIND.NAME" for any name: legal in every serialization of PROV (a letter or '_'
/// first, then [A-Za-z0-9._-], no '.' at the end). A name that does not fit is cut and gets 12 hex
/// digits of its SHA-256, so that different names have different local parts.
[[nodiscard]] std::string local_name(std::string_view kind, std::string_view name);

}  // namespace clew::prov
