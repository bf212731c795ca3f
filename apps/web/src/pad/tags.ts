// HTML from elsewhere, written anew before a browser reads it: every sign "<" in it is one of ours, with names and
// attributes from a list. Parsing what was pasted as it is would do nothing either, yet each style and each handler in
// it would be reported as a breach of the page's policy.

const names = new Set(
    (
        "p div span br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code kbd samp a b strong i em u s del strike " +
        "table thead tbody tfoot tr td th img input"
    ).split(" "),
);
const attributes = new Set(
    "href src alt start colspan rowspan checked data-tasks data-task data-pm-slice".split(" "),
);
/** Not a word of these is text; within, nothing else begins. */
const raw = new Set("script style xmp iframe noembed noframes textarea title plaintext".split(" "));
/** Not a word of these is text. */
const silent = new Set(
    "head svg math object template select button audio video canvas noscript form datalist".split(" "),
);
/** What a style means to us, as an attribute that the schema reads. */
const meanings: readonly (readonly [RegExp, string])[] = [
    [/(^|;)\s*font-weight\s*:\s*(bold|bolder|[6-9]00)\b/i, "data-strong"],
    [/(^|;)\s*font-weight\s*:\s*(normal|400)\b/i, "data-plain"],
    [/(^|;)\s*font-style\s*:\s*italic\b/i, "data-em"],
    [/(^|;)\s*text-decoration(-line)?\s*:[^;]*\bunderline\b/i, "data-underline"],
    [/(^|;)\s*text-decoration(-line)?\s*:[^;]*\bline-through\b/i, "data-strike"],
];

interface Tag {
    readonly name: string;
    readonly isEnd: boolean;
    readonly attributes: ReadonlyMap<string, string>;
    /** Behind its ">". */
    readonly end: number;
}

const space = /\s/;

/** The tag that begins at `at`; null: it has no end. */
function readTag(html: string, at: number): Tag | null {
    let i = at + 1;
    const isEnd = html[i] === "/";
    if (isEnd) i += 1;
    const word = (stop: RegExp): string => {
        const from = i;
        while (i < html.length && !stop.test(html[i]!)) i += 1;
        return html.slice(from, i);
    };
    const name = word(/[\s/>]/).toLowerCase();
    const found = new Map<string, string>();
    for (;;) {
        while (i < html.length && (space.test(html[i]!) || html[i] === "/")) i += 1;
        if (i >= html.length) return null;
        if (html[i] === ">") return { name, isEnd, attributes: found, end: i + 1 };
        const from = i;
        const attribute = word(/[\s/>=]/).toLowerCase();
        while (i < html.length && space.test(html[i]!)) i += 1;
        let value = "";
        if (html[i] === "=") {
            i += 1;
            while (i < html.length && space.test(html[i]!)) i += 1;
            const quote = html[i];
            if (quote === '"' || quote === "'") {
                const close = html.indexOf(quote, i + 1);
                if (close < 0) return null;
                value = html.slice(i + 1, close);
                i = close + 1;
            } else value = word(/[\s>]/);
        }
        if (attribute !== "" && !found.has(attribute)) found.set(attribute, value);
        // A lone "=" is no attribute, and must not hold us.
        if (i === from) i += 1;
    }
}

function escaped(text: string): string {
    return text.replace(/[<>"]/g, (one) => (one === "<" ? "&lt;" : one === ">" ? "&gt;" : "&quot;"));
}

function written({ name, isEnd, attributes: given }: Tag): string {
    if (isEnd) return `</${name}>`;
    // Of all fields only boxes to tick mean something.
    if (name === "input" && given.get("type")?.toLowerCase() !== "checkbox") return "";
    let made = `<${name}`;
    for (const [attribute, value] of given) {
        if (attributes.has(attribute)) made += ` ${attribute}="${escaped(value)}"`;
    }
    const style = given.get("style") ?? "";
    for (const [pattern, attribute] of meanings) if (pattern.test(style)) made += ` ${attribute}`;
    return `${made}>`;
}

export function rewriteHtml(html: string): string {
    const lower = html.toLowerCase();
    let made = "";
    let skipped: string | null = null;
    let depth = 0;
    for (let at = 0; at < html.length;) {
        const next = html.indexOf("<", at);
        const text = html.slice(at, next < 0 ? html.length : next);
        if (skipped === null) made += text.replaceAll(">", "&gt;");
        if (next < 0) break;
        if (html.startsWith("<!--", next)) {
            const close = html.indexOf("-->", next + 4);
            if (close < 0) break;
            at = close + 3;
        } else if (/[!?]/.test(html[next + 1] ?? "")) {
            const close = html.indexOf(">", next);
            if (close < 0) break;
            at = close + 1;
        } else if (!/^<\/?[a-z]/i.test(html.slice(next, next + 3))) {
            if (skipped === null) made += "&lt;";
            at = next + 1;
        } else {
            const tag = readTag(html, next);
            if (tag === null) break;
            at = tag.end;
            if (raw.has(tag.name) && !tag.isEnd) {
                const close = lower.indexOf(`</${tag.name}`, at);
                if (close < 0) break;
                at = close;
            } else if (skipped !== null) {
                if (tag.name === skipped) depth += tag.isEnd ? -1 : 1;
                if (depth === 0) skipped = null;
            } else if (silent.has(tag.name) && !tag.isEnd) {
                skipped = tag.name;
                depth = 1;
            } else if (names.has(tag.name)) made += written(tag);
        }
    }
    return made;
}
