// What we rely on in what the server sends. Unknown fields pass; a known one of the wrong kind makes the
// message unusable, which is better than a page that fails later and elsewhere.

export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === "string";
export const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
export const flag: Check = (value) => typeof value === "boolean";
export const anything: Check = () => true;

export function oneOf(...values: readonly string[]): Check {
    return (value) => typeof value === "string" && values.includes(value);
}

/** May be absent. */
export function maybe(check: Check): Check {
    return (value) => value === undefined || check(value);
}

/** May be absent or null. */
export function nullable(check: Check): Check {
    return (value) => value === undefined || value === null || check(value);
}

export function list(check: Check): Check {
    return (value) => Array.isArray(value) && value.every(check);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object whose values all pass. */
export function table(check: Check): Check {
    return (value) => isRecord(value) && Object.values(value).every(check);
}

export function fields(wanted: { readonly [name: string]: Check }): Check {
    const all = Object.entries(wanted);
    return (value) => isRecord(value) && all.every(([name, check]) => check(value[name]));
}

/** The same fields, each of which may be absent. */
export function someOf(wanted: { readonly [name: string]: Check }): Check {
    return fields(Object.fromEntries(Object.entries(wanted).map(([name, check]) => [name, maybe(check)])));
}
