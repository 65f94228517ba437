#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "prov/builder.h"
#include "prov/run_graph.h"

namespace clew::prov {

/// Where a file came from, in the terms of the document: the entity that another run generated.
struct SharedFile {
  std::string entity;
  std::string activity;  ///< of the run that made it, unless that is in the document
  RunId run;
};
/// Of each file of a run, by its place in RunParts::files.
using SharedFiles = std::vector<std::optional<SharedFile>>;

/// Did the run read the file as it found it there? Its digest is that of the state before where the
/// run wrote it later, else of its state.
[[nodiscard]] bool found_and_read(const model::File& file);
[[nodiscard]] const std::string& found_digest(const model::File& file);
[[nodiscard]] bool writes_to(const model::File& file);

/// The identifier of a file as a run left it, in the namespace of the run.
[[nodiscard]] std::string file_name(std::string_view prefix, std::string_view path);

/// Writes the processes and files of one run into a document, by the template of clew-prov(7). A
/// file that the run wrote has an entity for each version of which something is known: as it was
/// found, as each process left it (with processes), and as the run left it.
class FileTemplate {
 public:
  FileTemplate(Builder& out, const RunRecord& record, const GraphOptions& options,
               std::string prefix, const SharedFiles& shared);

  void write();

 private:
  /// An event between a file and an activity.
  struct Event {
    std::string entity;
    std::string activity;
    std::string relation;  // its identifier, empty where nothing refers to it
    std::uint32_t process = 0;
    Time time = 0;
  };
  using Uses = std::vector<const model::FileUse*>;

  void write_processes();
  void write_process(std::size_t index);
  void write_file(std::size_t index);
  void write_read_only(const model::File& file, std::size_t index);
  void write_versions(const model::File& file, std::size_t index);
  void write_chain(const model::File& file, const std::string& found);
  std::string write_found(const model::File& file, std::size_t index);
  void share(const SharedFile& shared, const model::File& file, const std::string& sha256,
             std::uint64_t size);
  void write_removal(const model::File& file, const std::string& entity);
  void write_named();
  void write_parameter_files();
  void write_derivations();
  void infer(const Event& result, const Event& source,
             const std::map<std::string_view, Time>& made);

  void use(const model::File& file, const std::string& entity, const Uses& readers);
  void generate(const model::File& file, const std::string& entity, const Uses& writers,
                std::optional<Time> not_before = std::nullopt);
  void revise(const std::string& newer, const std::string& older);
  [[nodiscard]] std::optional<std::size_t> place_of(const std::string& path) const;
  /// Is the file with this place told in the document?
  [[nodiscard]] bool has_entity(std::optional<std::size_t> index) const;
  [[nodiscard]] std::string found_entity(std::size_t index) const;
  [[nodiscard]] std::string own(std::string_view local) const;
  [[nodiscard]] std::string activity_of(std::uint32_t process) const;
  [[nodiscard]] bool within(std::uint32_t process, Time time) const;
  [[nodiscard]] std::string relation_id(std::string_view kind, std::uint32_t process,
                                        std::string_view path) const;

  Builder& out_;
  const model::RunParts& parts_;
  const GraphOptions& options_;
  std::string prefix_;
  const SharedFiles& shared_;
  std::vector<Event> used_;       // by processes, where derivations are inferred
  std::vector<Event> generated_;  // likewise
  std::int64_t temporary_ = 0;    // files that are left out
  Uses readers_;                  // of the file that is being written
  Uses writers_;                  // likewise
};

}  // namespace clew::prov
