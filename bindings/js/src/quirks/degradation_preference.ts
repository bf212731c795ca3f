// What an encoder gives up first when it is short of time or bits. It is in the standard, but not in every
// browser, and lib.dom does not have it; unknown members of a dictionary are ignored by browsers.

export type Degradation = "maintain-framerate" | "maintain-resolution";

export function withDegradation(to: RTCRtpSendParameters, preference: Degradation): RTCRtpSendParameters {
    return Object.assign(to, { degradationPreference: preference });
}
