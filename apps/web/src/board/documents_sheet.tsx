// The documents of the room: upload, order, what is shown, what may be kept.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { BoardDocument } from "@libconf/client/board";
import { t, type Key } from "../i18n/index.ts";
import { Button, Menu, type MenuItem } from "../kit/index.ts";
import { act } from "../call/act.ts";
import { BoardIcon } from "./icons.tsx";
import { useBoard, type BoardModel } from "./model.ts";
import { acceptedFiles, sentParts, uploadDocument } from "./upload.ts";

export function DocumentsSheet() {
    const model = useBoard();
    const { board } = model;
    const isOver = useSignal(false);
    const all = board.documents.value;
    const presents = board.mayPresent.value;
    return (
        <div
            class={`sheet-body${isOver.value ? " over" : ""}`}
            onDragOver={(event) => {
                if (!presents) return;
                event.preventDefault();
                isOver.value = true;
            }}
            onDragLeave={() => (isOver.value = false)}
            onDrop={(event) => {
                event.preventDefault();
                isOver.value = false;
                for (const file of event.dataTransfer?.files ?? []) void uploadDocument(model, file);
            }}
        >
            {presents && <AddButtons />}
            {all.length === 0 && (
                <p class="empty">{t(presents ? "board.no-documents" : "board.no-documents-viewer")}</p>
            )}
            <ul class="documents">
                {all.map((one, i) => (
                    <DocumentRow key={one.number} of={one} at={i} all={all} />
                ))}
            </ul>
        </div>
    );
}

export function AddButtons() {
    const model = useBoard();
    const { board } = model;
    const input = useRef<HTMLInputElement>(null);
    const add = (kind: "blank" | "infinite"): void =>
        act(
            board
                .addDocument(kind, t(kind === "blank" ? "board.title-blank" : "board.title-infinite"))
                .then(async (document) => {
                    const page = board.documents.peek().find((one) => one.number === document)?.pages[0];
                    if (page === undefined) return;
                    await model.board.setStage({ document, page: page.number });
                    model.follow();
                    model.sheet.value = null;
                }),
        );
    return (
        <div class="add-documents">
            <Button
                kind="main"
                label={t("board.upload")}
                picture={<BoardIcon name="upload" />}
                onClick={() => input.current?.click()}
            />
            <input
                ref={input}
                type="file"
                hidden
                multiple
                accept={acceptedFiles}
                aria-label={t("board.upload")}
                onChange={() => {
                    for (const file of input.current?.files ?? []) void uploadDocument(model, file);
                    input.current!.value = "";
                }}
            />
            <Button
                label={t("board.add-blank")}
                picture={<BoardIcon name="page" />}
                onClick={() => add("blank")}
            />
            <Button
                label={t("board.add-infinite")}
                picture={<BoardIcon name="infinite" />}
                onClick={() => add("infinite")}
            />
            <p class="hint">{t("board.upload-hint")}</p>
        </div>
    );
}

interface RowProps {
    readonly of: BoardDocument;
    readonly at: number;
    readonly all: readonly BoardDocument[];
}

function DocumentRow({ of, at, all }: RowProps) {
    const model = useBoard();
    const { board } = model;
    const presents = board.mayPresent.value;
    const isOwn = of.owner === model.client.self.value?.id;
    const isShown = board.stage.value.document === of.number;
    const isBusy = of.state === "uploading" || of.state === "converting";
    const first = of.pages.find((one) => one.ready);
    return (
        <li class={`document${isShown ? " shown" : ""}`}>
            <div class="document-head">
                <BoardIcon
                    name={of.kind === "infinite" ? "infinite" : of.kind === "blank" ? "page" : "documents"}
                />
                <span class="document-title">
                    <b>{of.title}</b>
                    <small>{stateWords(of, isShown)}</small>
                </span>
                {isBusy && (presents || isOwn) && (
                    <Button
                        kind="quiet"
                        iconOnly
                        icon="close"
                        label={t("board.cancel-upload", { title: of.title })}
                        onClick={() => act(board.cancelDocument(of.number))}
                    />
                )}
                {!isBusy && presents && (
                    <Menu
                        icon="more"
                        iconOnly
                        label={t("board.document-actions", { title: of.title })}
                        items={documentItems(model, { of, at, all })}
                    />
                )}
            </div>
            {isBusy && <Progress of={of} />}
            {of.state === "failed" && <Failure of={of} />}
            {first !== undefined && (
                <div class="row wrap">
                    {presents && (
                        <Button
                            label={t(isShown ? "board.shown" : "board.show")}
                            disabled={isShown}
                            onClick={() =>
                                act(
                                    board
                                        .setStage({ document: of.number, page: first.number })
                                        .then(() => model.follow()),
                                )
                            }
                        />
                    )}
                    {!isShown && (
                        <Button
                            kind="quiet"
                            label={t("board.look-alone")}
                            onClick={() => act(model.lookAround({ document: of.number, page: first.number }))}
                        />
                    )}
                </div>
            )}
        </li>
    );
}

function stateWords(of: BoardDocument, isShown: boolean): string {
    if (of.state === "failed") return t("board.state-failed");
    if (of.state === "uploading") return t("board.state-uploading");
    if (of.state === "converting") {
        const { done, of: most } = of.progress ?? { done: 0, of: 0 };
        return most > 0 ? t("board.state-page", { done, most }) : t("board.state-converting");
    }
    const pages = of.kind === "infinite" ? t("board.endless") : t("board.pages", { count: of.pages.length });
    return isShown ? `${pages} · ${t("board.seen-by-all")}` : pages;
}

function Progress({ of }: { readonly of: BoardDocument }) {
    const sent = sentParts.value.get(of.number);
    const part =
        of.state === "uploading"
            ? (sent ?? null)
            : of.progress !== undefined && of.progress.of > 0
              ? of.progress.done / of.progress.of
              : null;
    return (
        <progress
            class="document-progress"
            aria-label={stateWords(of, false)}
            {...(part === null ? {} : { value: part, max: 1 })}
        />
    );
}

/** Those for which we have a sentence. */
const known = [
    "bad_name",
    "empty",
    "too_large",
    "unknown_kind",
    "refused_kind",
    "lying_name",
    "encrypted",
    "broken",
    "archive_too_large",
    "too_many_pages",
    "too_many_pixels",
    "page_too_large",
    "too_slow",
    "office_missing",
    "tool_missing",
    "no_sandbox",
    "disk_full",
    "room_full",
    "queue_full",
    "cancelled",
    "restarted",
    "failed",
];

/** Where we have no sentence of our own it is the server's. */
function Failure({ of }: { readonly of: BoardDocument }) {
    const { board } = useBoard();
    const { code = "", message = "", page } = of.error ?? {};
    const sentence = known.includes(code) ? t(`board.problem-${code}` as Key) : message;
    return (
        <div class="document-problem" role="alert">
            <p>
                {sentence}
                {page !== undefined && ` ${t("board.problem-page", { page })}`}
            </p>
            <Button label={t("board.dismiss")} onClick={() => act(board.removeDocument(of.number))} />
        </div>
    );
}

function documentItems(model: BoardModel, { of, at, all }: RowProps): readonly MenuItem[] {
    const { board } = model;
    return [
        {
            label: t("board.downloadable"),
            checked: of.downloadable,
            onSelect: () => act(board.setDownloadable(of.number, !of.downloadable)),
        },
        {
            label: t("board.move-up"),
            disabled: at === 0,
            separator: true,
            onSelect: () => act(board.moveDocument(of.number, all[at - 1]!.number)),
        },
        {
            label: t("board.move-down"),
            disabled: at === all.length - 1,
            onSelect: () => act(board.moveDocument(of.number, all[at + 2]?.number ?? null)),
        },
        {
            label: t("board.remove-document"),
            icon: "delete",
            danger: true,
            separator: true,
            onSelect: () => act(board.removeDocument(of.number)),
        },
    ];
}
