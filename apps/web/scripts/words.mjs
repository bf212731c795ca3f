// Both languages have the same words with the same blanks.
import { readFileSync, readdirSync } from "node:fs";

const root = new URL("../src/i18n/", import.meta.url);
const faults = [];

/** Every text by its key; a plural by its key and form. */
function texts(language, file) {
    const words = JSON.parse(readFileSync(new URL(`${language}/${file}`, root), "utf8"));
    const all = new Map();
    for (const [key, value] of Object.entries(words)) {
        if (typeof value === "string") all.set(key, value);
        else for (const [form, text] of Object.entries(value)) all.set(`${key} (${form})`, text);
    }
    return all;
}

const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

for (const file of readdirSync(new URL("en/", root))) {
    const en = texts("en", file);
    const fr = texts("fr", file);
    for (const [key, text] of en) {
        const other = fr.get(key);
        if (other === undefined) faults.push(`fr/${file}: ${key} is missing`);
        else if (other.trim() === "") faults.push(`fr/${file}: ${key} is empty`);
        else if (`${blanks(other)}` !== `${blanks(text)}`) {
            // "1 person" may leave the number out.
            if (!key.endsWith("(one)")) faults.push(`fr/${file}: ${key} has other blanks than in English`);
        }
    }
    for (const key of fr.keys()) if (!en.has(key)) faults.push(`en/${file}: ${key} is missing`);
    for (const [key, text] of fr) {
        // A line may not break before these.
        if (/ [:;?!»]|« /.test(text)) faults.push(`fr/${file}: ${key} wants a non-breaking space`);
    }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
