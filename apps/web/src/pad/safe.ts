// What a text may lead to. Everything in a pad was written by somebody, perhaps by a program of his own: it is
// judged when it is pasted, when it is typed, and once more when it is shown.

const schemes: readonly string[] = ["http:", "https:", "mailto:", "tel:"];
const longest = 2000;

/** The address if a link may lead there, made whole where only its scheme is missing; else null. */
export function safeLink(typed: unknown): string | null {
    if (typeof typed !== "string") return null;
    const text = typed.trim();
    // Browsers take control characters out before they look at the scheme.
    if (text === "" || text.length > longest || /[\u0000-\u0020\u007f]/.test(text)) return null;
    const whole = /^[a-z][a-z0-9+.-]*:/i.test(text)
        ? text
        : /^[^\s/@]+@[^\s/@]+\.[^\s/@]+$/.test(text)
          ? `mailto:${text}`
          : /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+([/?#:]|$)/u.test(text)
            ? `https://${text}`
            : null;
    if (whole === null) return null;
    try {
        return schemes.includes(new URL(whole).protocol) ? whole : null;
    } catch {
        return null;
    }
}

/** The path of a picture in this server's own store; else null: nothing is fetched from anywhere else. */
export function ownImage(src: unknown): string | null {
    if (typeof src !== "string" || src.length > longest) return null;
    // "//host" and "/\host" lead elsewhere.
    return /^\/api\/v1\/(?!.*\.\.)[A-Za-z0-9/_.~%?=&-]+$/.test(src) ? src : null;
}
