// What we ask a browser for. Always `ideal`: a device that cannot do it gives what it can. The one exception
// is a device that the user has just pointed at.

import type { CameraCaptureOptions, MicrophoneOptions, ScreenOptions } from "./types.ts";

/** `exact`: by a click in this visit; `ideal`: remembered from an earlier one. */
export interface WantedDevice {
    readonly id: string;
    readonly exact: boolean;
}

function deviceId(wanted: WantedDevice | null): MediaTrackConstraints {
    if (wanted === null) return {};
    return { deviceId: wanted.exact ? { exact: wanted.id } : { ideal: wanted.id } };
}

export function microphoneConstraints(
    options: MicrophoneOptions,
    wanted: WantedDevice | null,
): MediaTrackConstraints {
    if (options.music === true) {
        return {
            ...deviceId(wanted),
            echoCancellation: false,
            noiseSuppression: false,
            autoGainControl: false,
            channelCount: { ideal: 2 },
        };
    }
    return {
        ...deviceId(wanted),
        echoCancellation: true,
        // A strong processor of the page wants the noise as it is.
        noiseSuppression: (options.noise ?? "browser") === "browser",
        autoGainControl: true,
        channelCount: { ideal: 1 },
    };
}

export function cameraConstraints(
    options: CameraCaptureOptions,
    wanted: WantedDevice | null,
): MediaTrackConstraints {
    const [width, height] = options.small === true ? [640, 360] : [1280, 720];
    return {
        ...deviceId(wanted),
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: 30, max: 30 },
        ...(options.facing === undefined ? {} : { facingMode: { ideal: options.facing } }),
    };
}

/** Several members are newer than lib.dom; browsers ignore what they do not know. */
export function screenConstraints(options: ScreenOptions): DisplayMediaStreamOptions {
    const framesPerSecond = options.kind === "motion" ? 30 : 15;
    const made = {
        video: {
            width: { max: 2560 },
            height: { max: 1600 },
            frameRate: { ideal: framesPerSecond, max: framesPerSecond },
        },
        audio:
            options.sound === true
                ? {
                      echoCancellation: false,
                      noiseSuppression: false,
                      autoGainControl: false,
                      channelCount: { ideal: 2 },
                      // The others must not hear themselves.
                      restrictOwnAudio: true,
                  }
                : false,
        surfaceSwitching: "include",
        selfBrowserSurface: "exclude",
        systemAudio: options.sound === true ? "include" : "exclude",
    };
    return made as DisplayMediaStreamOptions;
}
