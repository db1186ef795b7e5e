#include <algorithm>
#include <stdexcept>

#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/embedded/mockoauth-conformance-data.hpp>

namespace mockoauth::conformance {
namespace {

// The file is part of the program: a broken one is a broken build, which a test of the catalogue shows.
std::vector<Row> read_rows() {
  for (const auto& file : data::embedded_data()) {
    if (file.path != "catalogue/rows.yaml") continue;
    const auto document = document::parse(file.content, std::string(file.path));
    if (!document) throw std::logic_error(document.error().to_string());
    std::vector<Row> rows;
    for (const auto& row : *document->value.as_array()) {
      rows.push_back({row.string_at("id").value(), row.string_at("level").value(), row.string_at("clause").value(),
                      row.string_at("says").value()});
    }
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
    return rows;
  }
  throw std::logic_error("catalogue/rows.yaml is not embedded");
}

}  // namespace

const std::vector<Row>& catalogue() {
  static const std::vector<Row> rows = read_rows();
  return rows;
}

const Row* find_row(std::string_view id) {
  const auto& rows = catalogue();
  const auto found = std::lower_bound(rows.begin(), rows.end(), id, [](const Row& row, std::string_view wanted) { return row.id < wanted; });
  return found != rows.end() && found->id == id ? &*found : nullptr;
}

}  // namespace mockoauth::conformance
