#include <mockoauth/wire/listener.hpp>
