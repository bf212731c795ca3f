import { RequestError, type ErrorCode } from "../protocol/errors.ts";
import { apiAddress, checkName, exportAddress, type PadAddress } from "./addresses.ts";
import { readAuthors, readPad, readPads, readVersions, type VersionPage } from "./read.ts";
import type { Author, ExportFormat, Pad, VersionBytes } from "./types.ts";

/** Gives the token of this person for this room's pads; null: none is needed. */
export type Access = () => Promise<string | null>;

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

    /** A link that downloads it. */
    async exportLink(name: string, format: ExportFormat): Promise<string> {
        return exportAddress(this.#options, name, format, await this.#access());
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
        const token = await this.#access();
        const headers: { [name: string]: string } = {};
        if (token !== null) headers["Authorization"] = `Bearer ${token}`;
        if (body !== undefined) headers["Content-Type"] = "application/json";
        let answer: Response;
        try {
            answer = await (this.#options.fetch ?? fetch)(apiAddress(this.#options, ...below) + query, {
                method,
                headers,
                ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            });
        } catch (error) {
            throw new RequestError("unreachable", String(error));
        }
        if (answer.ok) return answer;
        const said = (await answer.json().catch(() => null)) as { error?: { message?: unknown } } | null;
        const message = said?.error?.message;
        throw new RequestError(
            codes[answer.status] ?? "refused",
            typeof message === "string" ? message : `the server answered ${answer.status}`,
        );
    }
}
