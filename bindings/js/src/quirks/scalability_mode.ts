// Temporal layers let the server lower the frame rate without asking for a key frame. Chromium takes
// `scalabilityMode` in `sendEncodings` and throws where no codec can do it; Firefox and Safari do not know
// the member.

export function addTransceiverWithLayers(
    connection: RTCPeerConnection,
    init: RTCRtpTransceiverInit & { sendEncodings: RTCRtpEncodingParameters[] },
): RTCRtpTransceiver {
    const layered = init.sendEncodings.map((one) => Object.assign({ ...one }, { scalabilityMode: "L1T3" }));
    try {
        return connection.addTransceiver("video", { ...init, sendEncodings: layered });
    } catch {
        return connection.addTransceiver("video", init);
    }
}
