// Safari (16.4 and later) plays through the ear piece, or stops when the phone is locked, unless it is told
// what the sound is for. Nobody else has `navigator.audioSession`.
export function useCallAudio(): void {
    const session = (globalThis as { navigator?: { audioSession?: { type: string } } }).navigator
        ?.audioSession;
    if (session === undefined) return;
    try {
        session.type = "play-and-record";
    } catch {
        // An older draft of the interface.
    }
}
