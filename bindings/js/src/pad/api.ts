import { RequestError, type ErrorCode } from "../protocol/errors.ts";
import { apiAddress, checkName, type PadAddress } from "./addresses.ts";
import { readAuthors, readPad, readPads, readVersions, type VersionPage } from "./read.ts";
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
    429: "rate",
    503: "not_saved",
};

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

    async #json(
        method: string,
        below: readonly string[],
        body?: object,
        query: string = "",
    ): Promise<unknown> {
        const answer = await this.#ask(method, below, body, query);
        return answer.json().catch(() => {
            throw new RequestError("unreachable", "the answer is no JSON");
        });
    }

    async #ask(
        method: string,
        below: readonly string[],
        body?: object,
        query: string = "",
    ): Promise<Response> {
        let answer = await this.#send(false, method, below, body, query);
        if (answer.status === 401) answer = await this.#send(true, method, below, body, query);
        if (answer.ok) return answer;
        const said = (await answer.json().catch(() => null)) as { error?: { message?: unknown } } | null;
        const message = said?.error?.message;
        throw new RequestError(
            codes[answer.status] ?? "refused",
            typeof message === "string" ? message : `the server answered ${answer.status}`,
        );
    }

    async #send(
        fresh: boolean,
        method: string,
        below: readonly string[],
        body: object | undefined,
        query: string,
    ): Promise<Response> {
        const token = await this.#access(fresh);
        const headers: { [name: string]: string } = {};
        if (token !== null) headers["Authorization"] = `Bearer ${token}`;
        if (body !== undefined) headers["Content-Type"] = "application/json";
        try {
            return await (this.#options.fetch ?? fetch)(apiAddress(this.#options, ...below) + query, {
                method,
                headers,
                ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            });
        } catch (error) {
            throw new RequestError("unreachable", String(error));
        }
    }
}
