#pragma once

#include <arguments.hpp>

namespace mimir::cli {

/// One command each, in the file of its name. @returns the exit status.
int run_command(const ConnectArguments& arguments);
int run_command(const StatusArguments& arguments);
int run_command(const TokenArguments& arguments);
int run_command(const RefreshArguments& arguments);
int run_command(const LogoutArguments& arguments);
int run_command(const AccountsArguments& arguments);
int run_command(const DoctorArguments& arguments);
int run_command(const ConfigArguments& arguments);
int run_command(const FetchArguments& arguments);
int run_command(const WhoamiArguments& arguments);

}  // namespace mimir::cli
