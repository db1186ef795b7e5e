// mockoauth providers: which ones are known, and what is special about one.
#include <algorithm>
#include <iostream>

#include <mockoauth/server/explain.hpp>

#include "../command.hpp"
#include "../selection.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

struct ProvidersOptions {
  bool json = false;
  std::string id;
  std::string variant;
};

std::size_t unverified_count(const std::vector<server::Quirk>& quirks) {
  return static_cast<std::size_t>(std::count_if(quirks.begin(), quirks.end(), [](const auto& q) { return q.unverified; }));
}

int list(const ProvidersOptions& options) {
  Json rows = Json::array();
  std::size_t width = 0;
  for (const auto& id : server::Profile::ids()) width = std::max(width, id.size());
  for (const auto& id : server::Profile::ids()) {
    const auto profile = server::Profile::find(id);
    if (!profile) return complain(profile.error().to_string(), kBench);
    const auto quirks = server::explain(*profile);
    const auto unsure = unverified_count(quirks);
    const auto kind = profile->text("kind");
    if (options.json) {
      rows.push_back(Json::object({{"id", id},
                                   {"title", profile->title()},
                                   {"kind", kind},
                                   {"sure", static_cast<int>(quirks.size() - unsure)},
                                   {"unverified", static_cast<int>(unsure)}}));
    } else {
      std::cout << id << std::string(width - id.size() + 2, ' ') << kind << std::string(9 - kind.size(), ' ')
                << quirks.size() - unsure << " sure, " << unsure << " unverified  " << profile->title() << '\n';
    }
  }
  if (options.json) std::cout << rows.dump_pretty() << '\n';
  return kHeld;
}

Json texts(const std::vector<std::string>& list) {
  Json array = Json::array();
  for (const auto& text : list) array.push_back(Json(text));
  return array;
}

int explain(const ProvidersOptions& options) {
  const auto profile = select_profile(options.id, options.variant);
  if (!profile) return complain(profile.error().to_string(), kUsage);
  const auto quirks = server::explain(*profile);
  if (options.json) {
    Json list = Json::array();
    for (const auto& quirk : quirks) {
      list.push_back(Json::object({{"knob", quirk.knob}, {"says", quirk.sentence}, {"unverified", quirk.unverified}}));
    }
    std::cout << Json::object({{"id", profile->id()},
                               {"title", profile->title()},
                               {"notes", texts(profile->notes())},
                               {"quirks", std::move(list)},
                               {"sources", texts(profile->sources())},
                               {"unverified", texts(profile->unverified())}})
                     .dump_pretty()
              << '\n';
    return kHeld;
  }
  std::cout << profile->title() << "\n\n";
  for (const auto& quirk : quirks) {
    std::cout << (quirk.unverified ? "? " : "  ") << quirk.sentence << "  (" << quirk.knob << ")\n";
  }
  if (!profile->notes().empty()) std::cout << "\nWorth knowing:\n";
  for (const auto& note : profile->notes()) std::cout << "  " << note << '\n';
  std::cout << "\nKnown from:\n";
  for (const auto& source : profile->sources()) std::cout << "  " << source << '\n';
  if (unverified_count(quirks) > 0) std::cout << "\n?: no source settles it.\n";
  return kHeld;
}

}  // namespace

void register_providers(Commands& commands) {
  commands.add({"providers", "List the provider profiles, or explain one", [](CLI::App& app, const Trailing&) {
    auto options = std::make_shared<ProvidersOptions>();
    app.add_flag("--json", options->json, "As JSON");
    auto* one = app.add_subcommand("explain", "Each quirk of a provider in a sentence, with its sources");
    one->add_option("provider", options->id, "A profile's id, ID:VARIANT, or a file")->required();
    one->add_option("--variant", options->variant, "One of the profile's variants");
    one->add_flag("--json", options->json, "As JSON");
    return [options, one] { return one->parsed() ? explain(*options) : list(*options); };
  }});
}

}  // namespace mockoauth::cli
