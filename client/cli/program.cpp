#include <program.hpp>

#include <arguments.hpp>
#include <commands/commands.hpp>
#include <core_dumps.hpp>
#include <leaking_variables.hpp>

namespace mimir::cli {

int run(int argc, const char* const* argv) {
  remove_leaking_variables();
  forbid_core_dumps_unless_allowed();
  const auto parsed = parse_arguments(argc, argv);
  if (const auto* status = std::get_if<int>(&parsed)) return *status;
  return std::visit([](const auto& arguments) { return run_command(arguments); }, std::get<Arguments>(parsed));
}

}  // namespace mimir::cli
