// The only file that knows yaml-cpp. Its event interface is used, not its nodes: events come one by one, so that limits
// hold before memory is spent.
#include <mockoauth/document/document.hpp>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "text.hpp"
#include "yaml_builder.hpp"

namespace mockoauth::document {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;

/// Ends yaml-cpp's parsing; never leaves this file.
struct Stop {};

Place place_of_mark(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class Events final : public YAML::EventHandler {
 public:
  explicit Events(YamlBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    go_on(builder_.scalar(place_of_mark(mark), "?", "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    go_on(builder_.alias(place_of_mark(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    go_on(builder_.scalar(place_of_mark(mark), tag, value, anchor));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    go_on(builder_.open(place_of_mark(mark), tag, false, anchor));
  }
  void OnSequenceEnd() override { go_on(builder_.close()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    go_on(builder_.open(place_of_mark(mark), tag, true, anchor));
  }
  void OnMapEnd() override { go_on(builder_.close()); }

 private:
  static void go_on(bool ok) {
    if (!ok) throw Stop();
  }
  YamlBuilder& builder_;
};

class NoEvents final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { place = place_of_mark(mark); throw Stop(); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  Place place;
};

/// Reads from memory without a copy.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // std::streambuf wants char*, but a get area is only read.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

Place place_of_offset(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(newline == std::string_view::npos ? offset : offset - newline - 1) + 1};
}

tl::unexpected<DataFileError> refuse(const std::string& file, Place place, std::string message) {
  return tl::unexpected(DataFileError{file, place.line, place.column, {}, std::move(message)});
}

}  // namespace

Result<Document> parse(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kMaxBytes) return refuse(file, {}, "larger than 1 MiB");
  if (const auto bad = find_bad_byte(text)) return refuse(file, place_of_offset(text, bad->offset), bad->message);

  Document document{.file = file};
  YamlBuilder builder(document);
  NoEvents second;
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    Events events(builder);
    parser.HandleNextDocument(events);
    if (!builder.has_value()) return refuse(file, {1, 1}, "there is nothing in it");
    parser.HandleNextDocument(second);
  } catch (const Stop&) {
    if (builder.error()) return tl::unexpected(*builder.error());
    return refuse(file, second.place, "only one document may be in a file");
  } catch (const YAML::Exception& error) {
    const bool placed = !error.mark.is_null();
    return refuse(file, placed ? place_of_mark(error.mark) : Place{}, "this is not YAML: " + error.msg);
  } catch (const std::exception& error) {
    return refuse(file, {}, std::string("this is not YAML: ") + error.what());
  }
  return document;
}

}  // namespace mockoauth::document
