// The little that we read and change in SDP (RFC 8866): only what has no API.

const lineEnd = /\r\n|\n/;

/** The number in `o=`: the server has another one for each transport. Null: no SDP. */
export function sessionIdOf(sdp: string): string | null {
    return /^o=\S+ (\d+) /m.exec(sdp)?.[1] ?? null;
}

export type Parameters = ReadonlyMap<string, string>;

/**
 * Changes the format parameters of Opus (RFC 7587 §6.1) in each section. `change` gets the section's mid and
 * what stands there, and returns what shall be added or replaced; null leaves the section alone.
 */
export function changeOpus(sdp: string, change: (mid: string, now: Parameters) => Parameters | null): string {
    const lines = sdp.split(lineEnd);
    const sections: string[][] = [[]];
    for (const line of lines) {
        if (line.startsWith("m=")) sections.push([]);
        sections.at(-1)?.push(line);
    }
    return sections
        .map((section, i) => (i === 0 ? section : changeSection(section, change)))
        .flat()
        .join("\r\n");
}

function changeSection(
    section: readonly string[],
    change: (mid: string, now: Parameters) => Parameters | null,
): readonly string[] {
    const mid = valueOf(section, "a=mid:");
    const payloadType = section
        .map((line) => /^a=rtpmap:(\d+) opus\/48000\/2$/i.exec(line)?.[1])
        .find((type) => type !== undefined);
    if (mid === undefined || payloadType === undefined) return section;
    const head = `a=fmtp:${payloadType} `;
    const present = valueOf(section, head);
    const now = readParameters(present ?? "");
    const changed = change(mid, now);
    if (changed === null) return section;
    const made = head + writeParameters(new Map([...now, ...changed]));
    if (present !== undefined) return section.map((line) => (line.startsWith(head) ? made : line));
    return section.flatMap((line) => (line.startsWith(`a=rtpmap:${payloadType} `) ? [line, made] : [line]));
}

function valueOf(section: readonly string[], head: string): string | undefined {
    return section.find((line) => line.startsWith(head))?.slice(head.length);
}

function readParameters(text: string): Map<string, string> {
    const made = new Map<string, string>();
    for (const part of text.split(";")) {
        const [key = "", value = ""] = part.trim().split("=", 2);
        if (key !== "") made.set(key, value);
    }
    return made;
}

function writeParameters(all: Parameters): string {
    return [...all].map(([key, value]) => (value === "" ? key : `${key}=${value}`)).join(";");
}
