/// Which symbols leave the library. Everything else is hidden.
#pragma once

#if defined(CONF_STATIC)
#define CONF_EXPORT
#else
#define CONF_EXPORT __attribute__((visibility("default")))
#endif
