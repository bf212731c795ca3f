// How large and how dear each layer may be. Low to high, since Chromium drops from the end when a picture is
// too small for all of them or the machine is too slow; so a small picture uses the first ones.

export interface PictureSize {
    readonly width: number;
    readonly height: number;
}

const kbit = 1000;

interface Layer {
    readonly divide: number;
    readonly kbits: number;
    readonly framesPerSecond: number;
}

/** By how many layers there are. */
const cameraLayers: readonly (readonly Layer[])[] = [
    [{ divide: 1, kbits: 200, framesPerSecond: 20 }],
    [
        { divide: 2, kbits: 150, framesPerSecond: 15 },
        { divide: 1, kbits: 500, framesPerSecond: 30 },
    ],
    [
        { divide: 4, kbits: 150, framesPerSecond: 15 },
        { divide: 2, kbits: 450, framesPerSecond: 25 },
        { divide: 1, kbits: 1500, framesPerSecond: 30 },
    ],
];

const cameraRids = ["q", "h", "f"] as const;
const screenRids = ["h", "f"] as const;

/** Chromium's own table has the same steps: 960 and 480 pixels of the longer side. */
function layersFor(size: PictureSize | null): number {
    if (size === null) return 3;
    const longer = Math.max(size.width, size.height);
    return longer >= 960 ? 3 : longer >= 480 ? 2 : 1;
}

export function cameraEncodings(size: PictureSize | null, simulcast = true): RTCRtpEncodingParameters[] {
    const layers = cameraLayers[layersFor(size) - 1] ?? [];
    const largest = layers.at(-1);
    const used = simulcast || largest === undefined ? layers : [largest];
    return fill(cameraRids, used);
}

export function screenEncodings(kind: "text" | "motion"): RTCRtpEncodingParameters[] {
    const used =
        kind === "text"
            ? [{ divide: 1, kbits: 2500, framesPerSecond: 15 }]
            : [
                  { divide: 2, kbits: 600, framesPerSecond: 30 },
                  { divide: 1, kbits: 3000, framesPerSecond: 30 },
              ];
    return fill(screenRids, used);
}

export function soundEncodings(music: boolean): RTCRtpEncodingParameters[] {
    return [{ maxBitrate: (music ? 128 : 48) * kbit, priority: "high", networkPriority: "high" }];
}

/** The number of encodings is fixed when a transceiver is made: layers that are not used are switched off. */
function fill(rids: readonly string[], used: readonly Layer[]): RTCRtpEncodingParameters[] {
    return rids.map((rid, i) => {
        const layer = used[i];
        if (layer === undefined) return { rid, active: false, scaleResolutionDownBy: 1 };
        return {
            rid,
            active: true,
            scaleResolutionDownBy: layer.divide,
            maxBitrate: layer.kbits * kbit,
            maxFramerate: layer.framesPerSecond,
        };
    });
}

/**
 * Writes `wanted` into what a sender has. Where the server took no simulcast there is one encoding left: it
 * gets the largest.
 */
export function mergeEncodings(
    present: readonly RTCRtpEncodingParameters[],
    wanted: readonly RTCRtpEncodingParameters[],
): RTCRtpEncodingParameters[] {
    if (present.length === wanted.length) return present.map((one, i) => merge(one, wanted[i] ?? {}));
    const largest = wanted.filter((one) => one.active !== false).at(-1) ?? {};
    return present.map((one) => merge(one, largest));
}

function merge(
    present: RTCRtpEncodingParameters,
    wanted: RTCRtpEncodingParameters,
): RTCRtpEncodingParameters {
    const { rid: _, ...values } = wanted;
    const merged = { ...present, ...values };
    // A limit of the picture before must not stay on a layer that has none now.
    if (wanted.maxBitrate === undefined) delete merged.maxBitrate;
    if (wanted.maxFramerate === undefined) delete merged.maxFramerate;
    return merged;
}
