// What $BROWSER leads to in a sandbox; not for people.
#include "../../drivers/sandbox.hpp"
#include "../command.hpp"

namespace mockoauth::cli {

void register_browser_walk(Commands& commands) {
  commands.add({"browser-walk", "Walk a login as the sandbox's browser", [](CLI::App& app, const Trailing&) {
    struct Arguments {
      std::string folder;
      std::string url;
    };
    auto arguments = std::make_shared<Arguments>();
    app.add_option("FOLDER", arguments->folder)->required();
    app.add_option("URL", arguments->url)->required();
    return [arguments] { return conformance::internal::run_browser_shim(arguments->folder, arguments->url); };
  }, true});
}

}  // namespace mockoauth::cli
