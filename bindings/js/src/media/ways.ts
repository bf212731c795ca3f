// Which ways to the server were tried, from what a browser tells of its candidates. Pure.

import type { Report } from "./read_stats.ts";
import type { Way } from "./types.ts";

const best: readonly Way["state"][] = ["used", "works", "waiting", "failed"];

/** One entry for each kind of way, with the best that came of it; direct ones first. */
export function waysOf(reports: readonly Report[]): readonly Way[] {
    const byId = new Map(reports.map((one) => [one.id, one]));
    const chosen = new Set(
        reports
            .filter((one) => one.type === "transport")
            .map((one) => String(one["selectedCandidatePairId"] ?? "")),
    );
    const found = new Map<string, Way>();
    for (const pair of reports.filter((one) => one.type === "candidate-pair")) {
        const local = byId.get(String(pair["localCandidateId"]));
        if (local === undefined) continue;
        const by = local["candidateType"] === "relay" ? "relay" : "direct";
        const protocol = by === "relay" ? local["relayProtocol"] : local["protocol"];
        const over = protocol === "tls" || protocol === "tcp" ? protocol : "udp";
        const key = `${by} ${over}`;
        const state = stateOf(pair, chosen);
        const before = found.get(key);
        if (before === undefined || best.indexOf(state) < best.indexOf(before.state)) {
            found.set(key, { by, over, state });
        }
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, way]) => way);
}

function stateOf(pair: Report, chosen: ReadonlySet<string>): Way["state"] {
    if (chosen.has(pair.id) || pair["selected"] === true) return "used";
    switch (pair["state"]) {
        case "succeeded":
            return "works";
        case "failed":
            return "failed";
        default:
            return "waiting";
    }
}
