// Keys that say what lies above what: strings compared by their bytes, with room for another one between any
// two. A key is a whole number of variable length (its first letter says how long) and a fraction, both of
// base 62.

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Below this one there is nothing, and it is no key itself. */
const bottom = `A${"0".repeat(26)}`;

const digitAt = (text: string, at: number): number => digits.indexOf(text[at] ?? "0");

/** How long the whole-number part is, by its head; null: no head. */
function wholeLength(head: string): number | null {
    if (head >= "a" && head <= "z") return head.charCodeAt(0) - 97 + 2;
    if (head >= "A" && head <= "Z") return 90 - head.charCodeAt(0) + 2;
    return null;
}

function split(key: string): readonly [whole: string, fraction: string] {
    const length = wholeLength(key[0] ?? "");
    if (length === null || key.length < length) throw new RangeError(`not a key: ${key}`);
    return [key.slice(0, length), key.slice(length)];
}

export function isOrderKey(key: string): boolean {
    const length = wholeLength(key[0] ?? "");
    return (
        length !== null &&
        key.length >= length &&
        key !== bottom &&
        /^[0-9A-Za-z]+$/.test(key) &&
        (key.length === length || !key.endsWith("0"))
    );
}

/** Whole plus one; null: there is none. */
function increment(whole: string): string | null {
    const head = whole[0]!;
    const all = [...whole.slice(1)];
    for (let i = all.length - 1; i >= 0; i -= 1) {
        const digit = digits.indexOf(all[i]!) + 1;
        if (digit < digits.length) {
            all[i] = digits[digit]!;
            return head + all.join("");
        }
        all[i] = "0";
    }
    if (head === "Z") return "a0";
    if (head === "z") return null;
    const next = String.fromCharCode(head.charCodeAt(0) + 1);
    if (next > "a") all.push("0");
    else all.pop();
    return next + all.join("");
}

/** Whole minus one; null: there is none. */
function decrement(whole: string): string | null {
    const head = whole[0]!;
    const all = [...whole.slice(1)];
    for (let i = all.length - 1; i >= 0; i -= 1) {
        const digit = digits.indexOf(all[i]!) - 1;
        if (digit >= 0) {
            all[i] = digits[digit]!;
            return head + all.join("");
        }
        all[i] = "z";
    }
    if (head === "a") return "Zz";
    if (head === "A") return null;
    const next = String.fromCharCode(head.charCodeAt(0) - 1);
    if (next < "Z") all.push("z");
    else all.pop();
    return next + all.join("");
}

/** Strictly between two fractions; `b` null: no upper end. */
function middle(a: string, b: string | null): string {
    if (b !== null) {
        let same = 0;
        while (same < b.length && (a[same] ?? "0") === b[same]) same += 1;
        if (same > 0) return b.slice(0, same) + middle(a.slice(same), b.slice(same));
    }
    const low = a === "" ? 0 : digitAt(a, 0);
    const high = b === null ? digits.length : digitAt(b, 0);
    if (high - low > 1) return digits[Math.round((low + high) / 2)]!;
    if (b !== null && b.length > 1) return b[0]!;
    return digits[low]! + middle(a.slice(1), null);
}

/**
 * A key strictly between `a` and `b`; null: an open end. Throws `RangeError` where there is none: `a` not
 * below `b`, or no keys at all.
 */
export function orderBetween(a: string | null, b: string | null): string {
    for (const key of [a, b]) {
        if (key !== null && !isOrderKey(key)) throw new RangeError(`not a key: ${key}`);
    }
    if (a !== null && b !== null && a >= b) throw new RangeError(`${a} is not below ${b}`);
    if (a === null) {
        if (b === null) return "a0";
        const [whole, fraction] = split(b);
        if (whole === bottom) return whole + middle("", fraction);
        if (whole < b) return whole;
        const below = decrement(whole);
        if (below === null) throw new RangeError("there is nothing below");
        return below;
    }
    const [whole, fraction] = split(a);
    if (b === null) return increment(whole) ?? whole + middle(fraction, null);
    const [wholeOfB, fractionOfB] = split(b);
    if (whole === wholeOfB) return whole + middle(fraction, fractionOfB);
    const next = increment(whole);
    return next !== null && next < b ? next : whole + middle(fraction, null);
}

/** `count` keys between the two, in order. */
export function ordersBetween(a: string | null, b: string | null, count: number): readonly string[] {
    if (count <= 0) return [];
    if (count === 1) return [orderBetween(a, b)];
    if (b === null) {
        const keys: string[] = [];
        for (let last = a; keys.length < count; keys.push(last)) last = orderBetween(last, null);
        return keys;
    }
    if (a === null) {
        const keys: string[] = [];
        for (let last: string | null = b; keys.length < count; keys.push(last))
            last = orderBetween(null, last);
        return keys.reverse();
    }
    const left = Math.floor(count / 2);
    const key = orderBetween(a, b);
    return [...ordersBetween(a, key, left), key, ...ordersBetween(key, b, count - left - 1)];
}
