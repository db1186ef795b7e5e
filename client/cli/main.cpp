#include <program.hpp>

int main(int argc, char** argv) { return mimir::cli::run(argc, argv); }
