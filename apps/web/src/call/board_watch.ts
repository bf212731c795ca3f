// Whether something is shown on the board, for a call that has not fetched the board itself.

import { signal } from "@preact/signals";
import { RequestError, type Client } from "@libconf/client";
import { t } from "../i18n/index.ts";
import { toast } from "../kit/index.ts";
import type { CallModel } from "./model.ts";

export class BoardWatch {
    /** False: this server has no board. */
    readonly isThere = signal(true);
    readonly #client: Client;
    readonly #staged: () => void;
    readonly #off: (() => void)[];
    #wasStaged = false;

    constructor(client: Client, staged: () => void) {
        this.#client = client;
        this.#staged = staged;
        this.#off = [
            client.line.on("event", ({ type, body }) => {
                if (type === "board.stage") this.#heard(body);
            }),
            client.line.on("welcome", () => this.again()),
        ];
        this.again();
    }

    again(): void {
        this.#client.line.ask("board.open", {}, { once: true }).then(
            ({ stage }) => this.#heard((stage ?? {}) as { readonly document?: unknown }),
            (error: unknown) => {
                if (error instanceof RequestError && error.code === "unknown_type")
                    this.isThere.value = false;
            },
        );
    }

    dispose(): void {
        for (const off of this.#off) off();
    }

    #heard(stage: { readonly document?: unknown }): void {
        const isStaged = stage.document !== undefined;
        const isNew = isStaged && !this.#wasStaged;
        this.#wasStaged = isStaged;
        if (isNew) this.#staged();
    }
}

/** For who has put the board away: it is one press away. */
export function tellOfBoard(call: CallModel): void {
    toast(t("call.board-shown"), {
        key: "board",
        action: { label: t("call.board-open"), run: () => call.showBoard(true) },
    });
}
