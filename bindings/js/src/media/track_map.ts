// Who is to be seen and heard where: sections of the receiving transport to tracks by participant and source.

import type { WireTrack } from "../protocol/types.ts";
import { trackKey } from "./types.ts";

export type TrackMap = ReadonlyMap<string, MediaStreamTrack>;

/** `trackOf`: null for a section that is not there (yet). */
export function mapTracks(
    assigned: readonly WireTrack[],
    trackOf: (mid: string) => MediaStreamTrack | null,
): TrackMap {
    const made = new Map<string, MediaStreamTrack>();
    for (const { mid, participant, source } of assigned) {
        const track = trackOf(mid);
        if (track !== null) made.set(trackKey(participant, source), track);
    }
    return made;
}

export function sameTracks(a: TrackMap, b: TrackMap): boolean {
    return a.size === b.size && [...a].every(([key, track]) => b.get(key) === track);
}
