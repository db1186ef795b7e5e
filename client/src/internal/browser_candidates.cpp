#include "internal/browser_candidates.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace mimir::oauth::internal {
namespace {

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_program(const std::string& name, const std::string& search_path) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) return is_program(name) ? std::optional(name) : std::nullopt;
  std::string_view rest = search_path;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::string folder(rest.substr(0, colon));
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    // An empty or relative entry means the working directory, where anybody may have put a program.
    if (folder.starts_with('/') && is_program(folder + "/" + name)) return folder + "/" + name;
  }
  return std::nullopt;
}

/// Splits at blanks; single and double quotes keep blanks, a backslash keeps the next character except within single
/// quotes. No variable, no substitution: this is no shell. Nothing when a quote is left open.
std::optional<CommandLine> split_words(std::string_view text) {
  CommandLine words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(std::move(word));
  return words;
}

/// `%s` becomes the URL inside its argument; `%%` a percent sign, `%c` nothing (the convention of $BROWSER). The result
/// is never split again, so that the URL's bytes stay one argument. Appended when no `%s` was there.
void insert_url(CommandLine& command, const std::string& url) {
  bool is_inserted = false;
  for (std::size_t i = 1; i < command.size(); ++i) {
    std::string expanded;
    for (std::size_t at = 0; at < command[i].size(); ++at) {
      const std::string_view pair = std::string_view(command[i]).substr(at, 2);
      if (pair == "%s") {
        expanded += url;
        is_inserted = true;
      } else if (pair == "%%") {
        expanded += '%';
      } else if (pair != "%c") {
        expanded += command[i][at];
        continue;
      }
      ++at;
    }
    command[i] = std::move(expanded);
  }
  if (!is_inserted) command.push_back(url);
}

void add_from_variable(std::string_view list, const std::string& path, const std::string& url,
                       std::vector<CommandLine>& candidates) {
  while (!list.empty()) {
    const auto colon = list.find(':');
    auto command = split_words(list.substr(0, colon));
    list.remove_prefix(colon == std::string_view::npos ? list.size() : colon + 1);
    if (!command || command->empty()) continue;
    // A text browser is fine here: the user has named it.
    const auto program = find_program(command->front(), path);
    if (!program) continue;
    command->front() = *program;
    insert_url(*command, url);
    candidates.push_back(std::move(*command));
  }
}

}  // namespace

std::vector<CommandLine> browser_candidates(const EnvironmentLookup& environment, const std::string& url) {
  const auto is_set = [&](std::string_view name) { return !environment(name).value_or("").empty(); };
  if (is_set("NO_BROWSER")) return {};

  const std::string path = environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  std::vector<CommandLine> candidates;
  add_from_variable(environment("BROWSER").value_or(""), path, url, candidates);

  std::vector<std::string> openers;
  // Within WSL the browser is on the other side. Never cmd or explorer, which take URLs apart (CH-BR-11).
  if (is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP")) openers.push_back("wslview");
  // Only what opens a window: www-browser, lynx and the like would take over the terminal (CH-BR-10).
  for (const char* const name : {"xdg-open", "sensible-browser", "x-www-browser", "gnome-open", "kde-open5", "kde-open",
                                 "exo-open", "gio"}) {
    openers.emplace_back(name);
  }
  for (const auto& name : openers) {
    const auto program = find_program(name, path);
    if (!program) continue;
    CommandLine command = {*program};
    if (name == "gio") command.emplace_back("open");
    command.push_back(url);
    candidates.push_back(std::move(command));
  }
  return candidates;
}

}  // namespace mimir::oauth::internal
