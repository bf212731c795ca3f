// One question to the user for camera and microphone, and what is left when it fails for one of them.

import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import { deviceError } from "./device_errors.ts";
import { DeviceError, type Permission } from "./types.ts";

export type CaptureKind = "microphone" | "camera";

export interface CaptureRequest {
    readonly kind: CaptureKind;
    readonly constraints: MediaTrackConstraints;
    /** The same without a device of the user's choice. */
    readonly anyDevice: MediaTrackConstraints;
    /** Ids to try when the first device is busy. */
    readonly others: readonly string[];
}

export interface Captured {
    readonly kind: CaptureKind;
    readonly track: MediaStreamTrack | null;
    readonly error: DeviceError | null;
}

/** The user's question is open for a minute; then the page goes on without. */
export const askTimeoutMs = 60_000;

export class Capture {
    readonly #devices: Pick<MediaDevices, "getUserMedia">;
    readonly #clock: Clock;
    readonly #permission: (kind: CaptureKind) => Promise<Permission>;

    constructor(
        devices: Pick<MediaDevices, "getUserMedia">,
        clock: Clock,
        permission: (kind: CaptureKind) => Promise<Permission>,
    ) {
        this.#devices = devices;
        this.#clock = clock;
        this.#permission = permission;
    }

    async open(requests: readonly CaptureRequest[]): Promise<readonly Captured[]> {
        try {
            return await this.#ask(requests);
        } catch (error) {
            const name = (error as { name?: string }).name;
            // Nobody answered: asking again would only open the same question.
            if (name === "TimeoutError" || name === "TypeError") return this.#allFailed(requests, error);
            if (requests.length > 1) return this.#oneByOne(requests, error);
            return this.#second(requests[0], error);
        }
    }

    /** Both at once failed: one of them may still be had. */
    async #oneByOne(requests: readonly CaptureRequest[], error: unknown): Promise<readonly Captured[]> {
        const name = (error as { name?: string }).name;
        if (name === "NotAllowedError") {
            // A user who said no must not be asked twice. Only a kind that was refused for good stands in the
            // way of the other.
            const states = await Promise.all(requests.map((one) => this.#permission(one.kind)));
            const denied = requests.filter((_, i) => states[i] === "denied");
            if (denied.length !== 1) return this.#allFailed(requests, error);
        }
        const results: Captured[] = [];
        for (const one of requests) {
            const refused = name === "NotAllowedError" && (await this.#permission(one.kind)) === "denied";
            results.push(...(refused ? await this.#allFailed([one], error) : await this.open([one])));
        }
        return results;
    }

    /** One kind failed: drop what is too much to ask, or try its neighbours. */
    async #second(request: CaptureRequest | undefined, error: unknown): Promise<readonly Captured[]> {
        if (request === undefined) return [];
        const failed = deviceError(error, request.kind, await this.#permission(request.kind));
        const attempts: MediaTrackConstraints[] = [];
        if (
            failed.code === "overconstrained" ||
            (failed.code === "missing" && "deviceId" in request.constraints)
        ) {
            attempts.push(request.anyDevice);
        } else if (failed.code === "busy") {
            attempts.push(...request.others.map((id) => ({ ...request.anyDevice, deviceId: { exact: id } })));
        }
        for (const constraints of attempts) {
            try {
                return await this.#ask([{ ...request, constraints }]);
            } catch {
                // The first error is the one that says what is wrong.
            }
        }
        return [{ kind: request.kind, track: null, error: failed }];
    }

    async #ask(requests: readonly CaptureRequest[]): Promise<readonly Captured[]> {
        const of = (kind: CaptureKind): MediaTrackConstraints | false =>
            requests.find((one) => one.kind === kind)?.constraints ?? false;
        const stream = await this.#inTime(
            this.#devices.getUserMedia({ audio: of("microphone"), video: of("camera") }),
        );
        return requests.map(({ kind }) => ({
            kind,
            track: (kind === "camera" ? stream.getVideoTracks() : stream.getAudioTracks())[0] ?? null,
            error: null,
        }));
    }

    #inTime(asked: Promise<MediaStream>): Promise<MediaStream> {
        return new Promise((resolve, reject) => {
            const alarm = new Alarm(this.#clock);
            let late = false;
            alarm.set(askTimeoutMs, () => {
                late = true;
                reject(
                    Object.assign(new Error("no answer to the browser's question"), { name: "TimeoutError" }),
                );
            });
            asked.then(
                (stream) => {
                    alarm.clear();
                    // Nobody waits for it any more: the light must not stay on.
                    if (late) for (const track of stream.getTracks()) track.stop();
                    resolve(stream);
                },
                (error: unknown) => {
                    alarm.clear();
                    reject(error as Error);
                },
            );
        });
    }

    #allFailed(requests: readonly CaptureRequest[], error: unknown): Promise<readonly Captured[]> {
        return Promise.all(
            requests.map(async ({ kind }) => ({
                kind,
                track: null,
                error: deviceError(error, kind, await this.#permission(kind)),
            })),
        );
    }
}
