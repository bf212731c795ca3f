// DTX, stereo and Opus' own bitrate have no API in any browser (Chrome's `dtx` encoding parameter never
// shipped): a sender takes them from the remote description's fmtp, a receiver decodes stereo only if its own
// says so.

import { changeOpus, type Parameters } from "../media/sdp.ts";

/** For the remote answer to what we publish; `music` by mid. A mid that is not there is left alone. */
export function tuneSending(answer: string, music: ReadonlyMap<string, boolean>): string {
    return changeOpus(answer, (mid) => {
        const isMusic = music.get(mid);
        if (isMusic === undefined) return null;
        return isMusic ? musicParameters : speechParameters;
    });
}

/** For our own answer to what we receive: whoever plays music is heard in stereo. */
export function tuneReceiving(answer: string): string {
    return changeOpus(answer, () => new Map([["stereo", "1"]]));
}

const musicParameters: Parameters = new Map([
    ["stereo", "1"],
    ["maxaveragebitrate", "128000"],
    ["usedtx", "0"],
]);

const speechParameters: Parameters = new Map([
    ["stereo", "0"],
    ["maxaveragebitrate", "48000"],
    ["usedtx", "1"],
]);
