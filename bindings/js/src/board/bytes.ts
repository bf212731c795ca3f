// Numbers as bytes: varints of 7 bits, low bits first, at most 2^53 - 1; signed ones in zigzag; lengths in
// sixteenths.

/** What cannot be read: of a newer version, or broken. */
export class UnreadableError extends Error {
    override readonly name = "UnreadableError";
}

/** Lengths travel in so many parts of a unit. */
export const parts = 16;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const toUtf8 = new TextEncoder();

/** Half goes away from zero, as in C++. */
export function rounded(value: number): number {
    return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** The nearest length that can travel. */
export function quantised(length: number): number {
    return rounded(length * parts) / parts;
}

export class ByteReader {
    readonly #bytes: Uint8Array;
    #at = 0;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
    }

    get left(): number {
        return this.#bytes.length - this.#at;
    }

    byte(): number {
        const value = this.#bytes[this.#at];
        if (value === undefined) throw new UnreadableError("the message ends too early");
        this.#at += 1;
        return value;
    }

    varint(): number {
        let value = 0;
        let factor = 1;
        for (let i = 0; i < 8; i += 1) {
            const byte = this.byte();
            value += (byte & 0x7f) * factor;
            if (byte < 0x80) {
                if (value > Number.MAX_SAFE_INTEGER) break;
                return value;
            }
            factor *= 128;
        }
        throw new UnreadableError("a number beyond 2^53");
    }

    signed(): number {
        const value = this.varint();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }

    length(): number {
        return this.varint() / parts;
    }

    signedLength(): number {
        return this.signed() / parts;
    }

    /** A view, no copy. */
    take(count: number): Uint8Array {
        if (count > this.left) throw new UnreadableError("the message ends too early");
        this.#at += count;
        return this.#bytes.subarray(this.#at - count, this.#at);
    }

    bytes(): Uint8Array {
        return this.take(this.varint());
    }

    text(): string {
        return readText(this.bytes());
    }

    rest(): Uint8Array {
        return this.take(this.left);
    }
}

export function readText(bytes: Uint8Array): string {
    try {
        return utf8.decode(bytes);
    } catch {
        throw new UnreadableError("a text that is not UTF-8");
    }
}

export class ByteWriter {
    #bytes = new Uint8Array(64);
    #length = 0;

    get size(): number {
        return this.#length;
    }

    byte(value: number): this {
        this.#room(1);
        this.#bytes[this.#length] = value;
        this.#length += 1;
        return this;
    }

    varint(value: number): this {
        if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`no varint: ${value}`);
        let left = value;
        while (left >= 128) {
            this.byte((left % 128) + 128);
            left = Math.floor(left / 128);
        }
        return this.byte(left);
    }

    signed(value: number): this {
        return this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    }

    length(value: number): this {
        return this.varint(rounded(value * parts));
    }

    signedLength(value: number): this {
        return this.signed(rounded(value * parts));
    }

    put(bytes: Uint8Array): this {
        this.#room(bytes.length);
        this.#bytes.set(bytes, this.#length);
        this.#length += bytes.length;
        return this;
    }

    bytes(bytes: Uint8Array): this {
        return this.varint(bytes.length).put(bytes);
    }

    text(text: string): this {
        return this.bytes(toUtf8.encode(text));
    }

    done(): Uint8Array<ArrayBuffer> {
        return this.#bytes.slice(0, this.#length);
    }

    #room(more: number): void {
        if (this.#length + more <= this.#bytes.length) return;
        const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
        larger.set(this.#bytes.subarray(0, this.#length));
        this.#bytes = larger;
    }
}
