// The only file that knows yaml-cpp. Its event interface is used, not its nodes: events come one by one, so that limits
// hold before memory is spent.
#include <mockoauth/document/document.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "text.hpp"
#include "yaml_builder.hpp"

namespace mockoauth::document {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::string_view kEndMarker = "...\n";

/// Ends yaml-cpp's parsing; never leaves this file.
struct Stop {};

Place place_of_mark(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class Events final : public YAML::EventHandler {
 public:
  explicit Events(YamlBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) go_on(builder_.refuse_second(place_of_mark(mark)));
  }
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
  int documents_ = 0;
};

/// Reads on without keeping anything: is this YAML at all, and not too deep?
class SyntaxOnly final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark);
  }
  void OnMapEnd() override { --depth_; }

  std::optional<Place> too_deep;

 private:
  void open(const YAML::Mark& mark) {
    if (++depth_ <= YamlBuilder::kMaxDepth) return;
    too_deep = place_of_mark(mark);
    throw Stop();
  }
  std::size_t depth_ = 0;
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

// yaml-cpp takes the start of a bracket that is never closed for a member's name. The second opinion tells which it is.
DataFileError judge_name(const std::string& text, const DataFileError& about_name) {
  SyntaxOnly syntax;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(syntax);
  } catch (const Stop&) {
    const Place place = syntax.too_deep.value_or(Place{});
    return {about_name.file, place.line, place.column, {}, "nested deeper than 64 levels"};
  } catch (const YAML::Exception& error) {
    const Place place = place_of_mark(error.mark);
    return {about_name.file, place.line, place.column, {}, "this is not YAML: " + error.msg};
  }
  return about_name;
}

// Each document ends in a marker: yaml-cpp overlooks an open quote whose last line is empty.
std::string with_end_marker(std::string_view text) {
  std::string marked(text);
  if (!marked.empty() && marked.back() != '\n') marked += '\n';
  return marked.append(kEndMarker);
}

}  // namespace

Result<Document> parse(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kMaxBytes) return refuse(file, {}, "larger than 1 MiB");
  if (const auto bad = find_bad_byte(text)) return refuse(file, place_of_offset(text, bad->offset), bad->message);

  Document document{.file = file};
  YamlBuilder builder(document);
  const std::string marked = with_end_marker(text);
  try {
    std::istringstream stream(marked);
    YAML::Parser parser(stream);
    Events events(builder);
    parser.HandleNextDocument(events);
    if (document.value.is_null()) return refuse(file, {1, 1}, "there is nothing in it");
    parser.HandleNextDocument(events);
  } catch (const Stop&) {
    return tl::unexpected(builder.name_refused() ? judge_name(marked, *builder.error()) : *builder.error());
  } catch (const YAML::Exception& error) {
    const Place place = error.mark.is_null() ? Place{} : place_of_mark(error.mark);
    const bool at_our_marker = error.mark.pos >= static_cast<int>(marked.size() - kEndMarker.size());
    const bool open_quote = at_our_marker && error.msg == YAML::ErrorMsg::DOC_IN_SCALAR;
    return refuse(file, place, "this is not YAML: " + (open_quote ? "a quote is not closed" : error.msg));
  } catch (const std::exception& error) {
    return refuse(file, {}, std::string("this is not YAML: ") + error.what());
  }
  return document;
}

}  // namespace mockoauth::document
