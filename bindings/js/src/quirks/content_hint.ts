// Firefox has no `contentHint`. Setting it there makes a property that nobody reads; on a frozen or foreign
// track it may throw. Either way the picture is sent, only less well tuned.
export function hintContent(
    track: MediaStreamTrack,
    hint: "" | "speech" | "music" | "detail" | "text" | "motion",
): void {
    try {
        if ("contentHint" in track) track.contentHint = hint;
    } catch {
        // Not tuned.
    }
}
