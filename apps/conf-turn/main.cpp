// The relay alone.
#include "common/program.hpp"

int main(int argc, char** argv) {
    return conf::apps::run(
        argc, argv,
        {.name = "conf-turn",
         .purpose = "A STUN and TURN server: relays for clients that cannot reach a conference directly."});
}
