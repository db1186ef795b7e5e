#include <mockoauth/document/document.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace mockoauth::document {
namespace {

using Places = std::map<std::string, Place, std::less<>>;

Place nearest_place(const Places& places, std::string_view pointer) {
  for (;;) {
    if (const auto found = places.find(pointer); found != places.end()) return found->second;
    if (pointer.empty()) return {};
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

}  // namespace

std::string DataFileError::to_string() const {
  std::string text = file;
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  text += (text.empty() ? "" : ": ") + message;
  if (!pointer.empty()) text += " (at " + pointer + ")";
  return text;
}

Place Document::place_of(std::string_view pointer) const { return nearest_place(places, pointer); }

Place Document::key_place_of(std::string_view pointer) const {
  const auto found = key_places.find(pointer);
  return found != key_places.end() ? found->second : place_of(pointer);
}

DataFileError Document::error_at(std::string_view pointer, std::string message) const {
  const Place place = place_of(pointer);
  return {file, place.line, place.column, std::string(pointer), std::move(message)};
}

Result<Document> load(const std::filesystem::path& file) {
  constexpr std::streamsize kMoreThanParseTakes = 1024 * 1024 + 1;
  const auto refuse = [&](const std::string& why) {
    return tl::unexpected(DataFileError{file.string(), 0, 0, {}, "cannot be read: " + why});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return refuse("it is a folder");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return refuse(std::generic_category().message(errno == 0 ? EIO : errno));
  std::string text(static_cast<std::size_t>(kMoreThanParseTakes), '\0');
  stream.read(text.data(), kMoreThanParseTakes);
  if (stream.bad()) return refuse("input error");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse(text, file.string());
}

}  // namespace mockoauth::document
