// Which codecs are offered first; all others stay behind them, so that the server can still choose.

interface Codec {
    readonly mimeType: string;
}

/** Opus with redundancy (RFC 2198) survives loss; browsers without RED just have no such entry. */
export const soundFirst = ["audio/red", "audio/opus"];

/** VP8 has simulcast in every browser. */
export const pictureFirst = ["video/vp8"];

export function inOrder<T extends Codec>(codecs: readonly T[], first: readonly string[]): T[] {
    const rank = (codec: T): number => {
        const at = first.indexOf(codec.mimeType.toLowerCase());
        return at < 0 ? first.length : at;
    };
    return [...codecs].sort((a, b) => rank(a) - rank(b));
}
