#include <algorithm>
#include <filesystem>
#include <sstream>

#include <mockoauth/conformance/scenario.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/embedded/mockoauth-scenarios.hpp>

namespace mockoauth::conformance {
namespace {

std::string stem(std::string_view path) { return std::filesystem::path(path).stem().string(); }

bool is_path(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

std::vector<EmbeddedFile> embedded() {
  std::vector<EmbeddedFile> files;
  for (const auto& file : scenarios::embedded_scenarios()) {
    if (file.path.ends_with(".yaml")) files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return stem(a.path) < stem(b.path); });
  return files;
}

FileResult<Scenario> parse_named(std::string_view content, const std::string& file) {
  auto scenario = parse_scenario(content, file);
  if (scenario && scenario->id != stem(file)) {
    return tl::unexpected(DataFileError{file, 0, 0, "/id", "the id is \"" + scenario->id + "\" but the file is called \"" + stem(file) + "\""});
  }
  return scenario;
}

FileResult<Scenario> load_file(const std::string& path) {
  auto content = document::read_file(path);
  if (!content) return tl::unexpected(content.error());
  return parse_named(*content, path);
}

DataFileError unknown(const std::string& name, const std::vector<EmbeddedFile>& files) {
  std::vector<std::string> known;
  for (const auto& file : files) known.push_back(stem(file.path));
  auto near = document::nearest(name, known);
  std::string message = "there is no scenario \"" + name + "\"";
  if (near.empty()) near = known;
  message += near.size() == 1 ? "; did you mean " : "; did you mean one of ";
  for (std::size_t i = 0; i < near.size(); ++i) message += (i == 0 ? "" : ", ") + near[i];
  return {"", 0, 0, "", message + "?"};
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  // Iterative with one backtrack point: linear for one star, never exponential.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

FileResult<std::vector<Scenario>> built_in_scenarios() { return select_scenarios("all"); }

FileResult<std::vector<Scenario>> select_scenarios(const std::string& selection) {
  const auto files = embedded();
  std::vector<Scenario> chosen;
  const auto add = [&](FileResult<Scenario> scenario) -> FileResult<void> {
    if (!scenario) return tl::unexpected(scenario.error());
    const bool there = std::any_of(chosen.begin(), chosen.end(), [&](const auto& other) { return other.id == scenario->id; });
    if (!there) chosen.push_back(std::move(*scenario));
    return {};
  };
  std::istringstream names(selection);
  for (std::string name; std::getline(names, name, ',');) {
    if (name.empty()) continue;
    if (is_path(name)) {
      if (auto added = add(load_file(name)); !added) return tl::unexpected(added.error());
      continue;
    }
    const std::string pattern = name == "all" ? "*" : name;
    bool found = false;
    for (const auto& file : files) {
      if (!glob_matches(pattern, stem(file.path))) continue;
      found = true;
      if (auto added = add(parse_named(file.content, "scenarios/" + std::string(file.path))); !added) {
        return tl::unexpected(added.error());
      }
    }
    if (!found) return tl::unexpected(unknown(name, files));
  }
  if (chosen.empty()) return tl::unexpected(unknown(selection, files));
  return chosen;
}

}  // namespace mockoauth::conformance
