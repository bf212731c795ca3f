// What a page costs, gzipped: the join page at most 60 kB with one language, the call at most 90 kB more, the notes 125 kB
// more than that. Noise removal, blur, the board and the notes come when they are asked for: they lie in folders of
// their own, which nothing may load before.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const out = process.argv[2];
const size = (file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length;
const all = readdirSync(join(out, "assets"), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(out, join(one.parentPath, one.name)));
const isLater = (name) =>
    /^assets\/(effects|board|pad)\//.test(name) || /^assets\/words-\w+-(board|pad)-/.test(name);
const files = all.filter((name) => !isLater(name));
const sum = (names) => names.reduce((all, name) => all + size(name), 0);

const isWords = (name) => name.startsWith("assets/words-");
const isCall = (name) => /^assets\/call-/.test(name);
/** The larger of the two languages, of these areas. */
const words = (areas, among = files) =>
    Math.max(
        ...["en", "fr"].map((tag) =>
            sum(
                among.filter((name) => areas.some((area) => name.startsWith(`assets/words-${tag}-${area}-`))),
            ),
        ),
    );
const join_page =
    size("index.html") +
    sum(files.filter((name) => !isWords(name) && !isCall(name))) +
    words(["common", "entry"]);
const call = sum(files.filter(isCall)) + words(["call"]);
const board = sum(all.filter((name) => name.startsWith("assets/board/"))) + words(["board"], all);
const pad = sum(all.filter((name) => name.startsWith("assets/pad/"))) + words(["pad"], all);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`board ${kB(board)}, notes ${kB(pad)}, when they are opened`);
console.log(`join page ${kB(join_page)}, call ${kB(call)} more`);
const counted = pad > 0 && files.some(isCall) && words(["call"]) > 0 && words(["entry"]) > 0;
// `import("./effects/...")` is later; `import ... from` is at once.
const early = ["index.html", ...files].filter((name) =>
    /(from|import|src=|href=)\s*"[^"]*(effects|board|pad)\//.test(readFileSync(join(out, name), "utf8")),
);
if (early.length > 0) throw new Error(`${early} loads what nobody has asked for`);
if (!counted || !all.some(isLater)) throw new Error("the files have other names: what is measured here?");
process.exit(join_page <= 60_000 && call <= 90_000 && pad <= 125_000 ? 0 : 1);
