"""libnice's agents through our relay."""

import certificates
import harness
from harness import case, require


def connect(transport, user, password):
    relay = certificates.relay()
    before = relay.metrics()
    command = [harness.helper("interop_nice"), transport, *relay.at(transport), user, password]
    with harness.Child(command, "interop_nice") as pair:
        status = pair.wait(60)
        text = pair.output()
    require(status == 0, text)
    require(text.count("relayed to relayed, 200 received, 0 wrong") == 2, text)
    after = relay.metrics()
    name = "conf_turn_allocations_created_total"
    require(after[name] >= before[name] + 2, "the relay saw no allocations of it")
    return "200 messages each way"


@case("libnice forced relay udp")
def over_udp():
    return connect("udp", harness.USER, harness.PASSWORD)


@case("libnice forced relay tcp")
def over_tcp():
    return connect("tcp", harness.USER, harness.PASSWORD)
