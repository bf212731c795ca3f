// Why the connection is as it is, in words; and the same as a text to be sent to whoever can help.

import type { Client, Way } from "@libconf/client";
import { formatNumber, t, type Key } from "../i18n/index.ts";

export interface Fact {
    readonly name: string;
    readonly value: string;
}

/** What is known of the connection and of one's own picture; what is not known is left out. */
export function factsOf(client: Client): readonly Fact[] {
    const { path, publish, receive } = client.media.transports.value;
    const link = client.media.link.value;
    const self = client.self.value;
    const own = self === null ? null : client.media.stats(self.id, "camera").value;
    const facts: readonly (readonly [Key, string | null])[] = [
        ["call.row-path", path === null ? null : t(`call.path-${path}` as Key)],
        ["call.row-sending", t(`call.transport-${publish}` as Key)],
        ["call.row-receiving", t(`call.transport-${receive}` as Key)],
        ["call.row-round-trip", milliseconds(link?.roundTripMs)],
        ["call.row-loss", link?.loss == null ? null : `${formatNumber(Math.round(link.loss * 1000) / 10)} %`],
        ["call.row-jitter", milliseconds(link?.jitterMs)],
        [
            "call.row-rate",
            own?.bitsPerSecond == null
                ? null
                : `${formatNumber(Math.round(own.bitsPerSecond / 1000))} kbit/s`,
        ],
        [
            "call.row-picture",
            own?.width == null
                ? null
                : `${own.width} × ${own.height}${own.framesPerSecond == null ? "" : `, ${Math.round(own.framesPerSecond)}/s`}`,
        ],
        ["call.row-codec", own?.codec ?? null],
        [
            "call.row-limit",
            own?.limitation == null || own.limitation === "none"
                ? null
                : t(`call.limit-${own.limitation}` as Key),
        ],
    ];
    return facts.flatMap(([key, value]) => (value === null ? [] : [{ name: t(key), value }]));
}

export function wayWords(way: Way): Fact {
    return { name: t(`call.way-${way.by}-${way.over}` as Key), value: t(`call.way-is-${way.state}` as Key) };
}

export function qualityWords(client: Client): string {
    const { state, reason } = client.media.quality.value;
    const word = t(`call.quality-${state}` as Key);
    return reason === null ? word : `${word}. ${t(`call.reason-${reason}` as Key)}`;
}

export async function reportOf(client: Client): Promise<string> {
    const ways = await client.media.ways();
    const lines = [...factsOf(client), ...ways.map(wayWords)];
    return [
        qualityWords(client),
        ...lines.map(({ name, value }) => `${name}: ${value}`),
        navigator.userAgent,
    ].join("\n");
}

function milliseconds(value: number | null | undefined): string | null {
    return value == null ? null : `${formatNumber(Math.round(value))} ms`;
}
