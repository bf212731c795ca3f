import { RequestError, type ErrorCode } from "../protocol/errors.ts";
import { addressOf, apiAddress, checkName, imagesPath, type PadAddress } from "./addresses.ts";
import {
    readAuthors,
    readImage,
    readPad,
    readPads,
    readSlides,
    readVersions,
    type VersionPage,
} from "./read.ts";
import type { Author, ExportFormat, Pad, VersionBytes } from "./types.ts";

/**
 * Gives the token of this person for this room's pads; null: none is needed. `fresh`: the one before was not
 * good any more.
 */
export type Access = (fresh: boolean) => Promise<string | null>;

export interface PadApiOptions extends PadAddress {
    readonly access?: Access;
    readonly fetch?: typeof fetch;
}

const codes: { readonly [status: number]: ErrorCode } = {
    400: "bad_message",
    401: "bad_token",
    403: "forbidden",
    404: "unknown_room",
    409: "limit",
    413: "limit",
    422: "bad_file",
    429: "rate",
    501: "no_converter",
    503: "not_saved",
};

/** Of a picture; a larger one is refused with `limit`. */
export const imageBytesMost = 10_000_000;

/** The routes of `types.ts` as functions; they reject with `RequestError`. */
export class PadApi {
    readonly #options: PadApiOptions;
    readonly #access: Access;

    constructor(options: PadApiOptions) {
        this.#options = options;
        this.#access = options.access ?? (async () => null);
    }

    async list(): Promise<readonly Pad[]> {
        return readPads(await this.#json("GET", []));
    }

    async create(title: string): Promise<Pad> {
        return readPad(await this.#json("POST", [], { title }));
    }

    async rename(name: string, title: string): Promise<Pad> {
        return readPad(await this.#json("PATCH", [checkName(name)], { title }));
    }

    async authors(name: string): Promise<readonly Author[]> {
        return readAuthors(await this.#json("GET", [checkName(name), "authors"]));
    }

    /** The newest, or those before the version `before`. */
    async history(name: string, before: number | null = null): Promise<VersionPage> {
        const query = before === null ? "" : `?before=${before}`;
        return readVersions(await this.#json("GET", [checkName(name), "history"], undefined, query));
    }

    /** The document as it was then: apply it to an empty one. */
    async version(name: string, version: number): Promise<VersionBytes> {
        const answer = await this.#ask("GET", [checkName(name), "history", String(version)]);
        return new Uint8Array(await answer.arrayBuffer());
    }

    async exportFile(name: string, format: ExportFormat): Promise<Blob> {
        const answer = await this.#ask("GET", [checkName(name), "export"], undefined, `?format=${format}`);
        return answer.blob();
    }

    /** Makes its pages a document of the room; tells its number. For moderators and presenters. */
    async slides(name: string): Promise<number> {
        return readSlides(await this.#json("POST", [checkName(name), "slides"]));
    }

    /**
     * Puts a picture (PNG, JPEG, GIF, WebP, at most `imageBytesMost`) into the room's store.
     * @returns its path, which is what stands in the text.
     */
    async putImage(picture: Blob): Promise<string> {
        const path = imagesPath(this.#options);
        const url = addressOf(this.#options, path);
        const answer = await this.#good((fresh) => this.#fetch(fresh, url, "POST", picture));
        return `${path}/${readImage(await jsonOf(answer))}`;
    }

    /** Where an element of a page can fetch what is at such a path, for as long as the token lives. */
    async imageAddress(path: string): Promise<string> {
        const token = await this.#access(false);
        const url = addressOf(this.#options, path);
        return token === null ? url : `${url}?token=${encodeURIComponent(token)}`;
    }

    async #json(
        method: string,
        below: readonly string[],
        body?: object,
        query: string = "",
    ): Promise<unknown> {
        return jsonOf(await this.#ask(method, below, body, query));
    }

    #ask(method: string, below: readonly string[], body?: object, query: string = ""): Promise<Response> {
        const url = apiAddress(this.#options, ...below) + query;
        return this.#good((fresh) =>
            this.#fetch(fresh, url, method, body === undefined ? undefined : JSON.stringify(body)),
        );
    }

    /** Once more with a fresh token where the last is not good any more. */
    async #good(send: (fresh: boolean) => Promise<Response>): Promise<Response> {
        let answer = await send(false);
        if (answer.status === 401) answer = await send(true);
        if (answer.ok) return answer;
        const said = (await answer.json().catch(() => null)) as { error?: { message?: unknown } } | null;
        const message = said?.error?.message;
        throw new RequestError(
            codes[answer.status] ?? "refused",
            typeof message === "string" ? message : `the server answered ${answer.status}`,
        );
    }

    async #fetch(
        fresh: boolean,
        url: string,
        method: string,
        body: string | Blob | undefined,
    ): Promise<Response> {
        const token = await this.#access(fresh);
        const headers: { [name: string]: string } = {};
        if (token !== null) headers["Authorization"] = `Bearer ${token}`;
        if (typeof body === "string") headers["Content-Type"] = "application/json";
        try {
            return await (this.#options.fetch ?? fetch)(url, {
                method,
                headers,
                ...(body === undefined ? {} : { body }),
            });
        } catch (error) {
            throw new RequestError("unreachable", String(error));
        }
    }
}

async function jsonOf(answer: Response): Promise<unknown> {
    return answer.json().catch(() => {
        throw new RequestError("unreachable", "the answer is no JSON");
    });
}
