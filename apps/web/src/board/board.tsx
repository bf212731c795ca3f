// The board on the stage of a call. Loaded when somebody opens it.

import { effect, useSignal } from "@preact/signals";
import type { Client } from "@libconf/client";
import { Board, get } from "@libconf/client/board";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { announce, Button, toast } from "../kit/index.ts";
import { act } from "../call/act.ts";
import { ChoiceBar } from "./choice_bar.tsx";
import { AddButtons } from "./documents_sheet.tsx";
import { KeysDialog } from "./help.tsx";
import { BoardContext, BoardModel, useBoard } from "./model.ts";
import { PageBar } from "./page_bar.tsx";
import { pasteFrom } from "./paste.ts";
import { Sheets } from "./sheet.tsx";
import { Surface } from "./surface.tsx";
import { Toolbox } from "./toolbox.tsx";
import "../styles/board.css";

export interface BoardViewProps {
    readonly client: Client;
    readonly room: string;
    readonly onClose: () => void;
    /** The board has said that it hears of nothing any more. */
    readonly onGone: () => void;
}

export default function BoardView({ client, room, onClose, onGone }: BoardViewProps) {
    const [board, model] = useMemo(() => {
        const made = new Board(client);
        return [made, new BoardModel(made, client, room)] as const;
    }, []);
    const root = useRef<HTMLDivElement>(null);
    const isLost = useSignal(false);
    useEffect(() => {
        board.open().catch(() => (isLost.value = true));
        const ends = [watchBoard(model), listenToPaste(model)];
        return () => {
            for (const end of ends) end();
            board.close();
            model.dispose();
            board.dispose();
            onGone();
        };
    }, []);
    const hasPage = model.page.value !== null;
    return (
        <BoardContext.Provider value={model}>
            <div class="board" ref={root} role="region" aria-label={t("board.board")}>
                <PageBar onClose={onClose} />
                <div class="board-body">
                    {isLost.value ? (
                        <NotOpen
                            retry={() => {
                                isLost.value = false;
                                board.open().catch(() => (isLost.value = true));
                            }}
                        />
                    ) : hasPage ? (
                        <>
                            <Toolbox />
                            <Surface />
                            <ChoiceBar />
                            <PageText />
                        </>
                    ) : (
                        <Nothing />
                    )}
                    <Sheets />
                </div>
                <KeysDialog />
            </div>
        </BoardContext.Provider>
    );
}

function NotOpen({ retry }: { readonly retry: () => void }) {
    return (
        <div class="board-nothing" role="alert">
            <p>{t("board.not-open")}</p>
            <Button kind="main" label={t("common.retry")} onClick={retry} />
        </div>
    );
}

/** Nothing is shown yet: what will be here, and the step that fills it. */
function Nothing() {
    const model = useBoard();
    const { board } = model;
    if (board.state.value !== "open") return <div class="board-nothing" aria-busy="true" />;
    if (!board.mayPresent.value)
        return (
            <div class="board-nothing">
                <p>{t("board.nothing-viewer")}</p>
            </div>
        );
    return (
        <div class="board-nothing">
            <p>{t("board.nothing")}</p>
            <AddButtons />
        </div>
    );
}

/** What stands on a slide, for those who cannot see it. */
function PageText() {
    const { board, page } = useBoard();
    const words = useSignal("");
    const path = page.value?.text;
    useEffect(() => {
        words.value = "";
        if (path === undefined) return;
        const stop = new AbortController();
        fetch(board.address(path), { signal: stop.signal })
            .then(async (answer) => {
                if (answer.ok) words.value = await answer.text();
            })
            .catch(() => undefined);
        return () => stop.abort();
    }, [path]);
    if (words.value.trim() === "") return null;
    return (
        <section class="hidden" aria-label={t("board.page-text")}>
            <p>{words.value}</p>
        </section>
    );
}

/** What others do, in words; what of ours was not done, where somebody waits for it. */
function watchBoard(model: BoardModel): () => void {
    const { board } = model;
    let pageBefore: number | null = null;
    let drewBefore: boolean | null = null;
    let ledBefore: boolean | null = null;
    const off = [
        board.on("refused", ({ reason }) => {
            const sentence = refusals[reason];
            if (sentence !== undefined) toast(t(sentence), { kind: "bad", key: "board refused" });
        }),
        effect(() => {
            const page = model.page.value;
            const document = board.document.value;
            if (page === null || document === null || page.number === pageBefore) return;
            pageBefore = page.number;
            const at = document.pages.indexOf(page) + 1;
            announce(t("board.said-page", { page: at, pages: document.pages.length, title: document.title }));
        }),
        effect(() => {
            if (model.page.value === null) return;
            const draws = board.mayDraw.value;
            if (drewBefore !== null && draws !== drewBefore)
                toast(t(draws ? "board.may-draw-now" : "board.may-not-draw-now"), { key: "board draws" });
            drewBefore = draws;
        }),
        effect(() => {
            const presents = board.mayPresent.value;
            if (ledBefore === false && presents && board.state.value === "open") {
                const { document, page } = board.stage.peek();
                toast(t("board.you-present"), { key: "board presents" });
                // Who was given the role leads from the page that all see.
                if (document !== undefined && page !== undefined) act(board.setStage({ document, page }));
            }
            ledBefore = presents;
        }),
        board.shapes.on((ids) => {
            for (const id of ids ?? []) {
                const shape = board.shapes.shapes.get(id);
                if (shape === undefined || shape.author === board.you.peek() || shape.version <= 0) continue;
                if (shape.type !== "note" && shape.type !== "text") continue;
                const name = board.authors.peek().get(shape.author)?.name;
                if (name !== undefined && shape.created === shape.updated)
                    announce(t("board.said-writes", { name, text: get(shape, "text") }));
            }
        }),
    ];
    return () => {
        for (const one of off) one();
    };
}

const refusals: {
    readonly [reason: string]:
        | "board.refused-limit"
        | "board.refused-locked"
        | "board.refused-kept"
        | "board.refused-rate";
} = {
    limit: "board.refused-limit",
    locked: "board.refused-locked",
    not_kept: "board.refused-kept",
    rate: "board.refused-rate",
};

/** Pictures and shapes from the clipboard, unless they are meant for a field. */
function listenToPaste(model: BoardModel): () => void {
    const paste = (event: ClipboardEvent): void => {
        const at = document.activeElement;
        const isField = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement;
        const isElsewhere = at !== document.body && at?.closest(".board") == null;
        if (isField || isElsewhere || at?.closest("[contenteditable=true]") != null) return;
        event.preventDefault();
        void pasteFrom(model, event.clipboardData);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
}
