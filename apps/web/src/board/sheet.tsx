// Beside the page: all pages of the document, or all documents of the room.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button, Icon, Menu, toast, type MenuItem } from "../kit/index.ts";
import { act } from "../call/act.ts";
import type { BoardDocument, Page } from "@libconf/client/board";
import { DocumentsSheet } from "./documents_sheet.tsx";
import { useBoard, type BoardModel } from "./model.ts";

export function Sheets() {
    const model = useBoard();
    switch (model.sheet.value) {
        case "documents":
            return (
                <Sheet key="documents" title={t("board.documents")}>
                    <DocumentsSheet />
                </Sheet>
            );
        case "pages":
            return (
                <Sheet key="pages" title={t("board.all-pages")}>
                    <Thumbnails />
                </Sheet>
            );
        default:
            return null;
    }
}

function Sheet({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
    const model = useBoard();
    const heading = useRef<HTMLHeadingElement>(null);
    const opener = useRef<Element | null>(null);
    useLayoutEffect(() => {
        opener.current = document.activeElement;
        heading.current?.focus();
        return () => {
            const back = opener.current;
            if (back instanceof HTMLElement && back.isConnected) back.focus();
        };
    }, []);
    return (
        <section
            class="board-sheet"
            id="board-sheet"
            aria-labelledby="board-sheet-title"
            onKeyDown={(event) => {
                if (event.key !== "Escape" || event.defaultPrevented) return;
                event.preventDefault();
                model.sheet.value = null;
            }}
        >
            <header>
                <h2 id="board-sheet-title" ref={heading} tabIndex={-1}>
                    {title}
                </h2>
                <Button
                    icon="close"
                    kind="quiet"
                    iconOnly
                    label={t("common.close")}
                    onClick={() => (model.sheet.value = null)}
                />
            </header>
            {children}
        </section>
    );
}

function Thumbnails() {
    const model = useBoard();
    const { board } = model;
    const document = board.document.value;
    const current = useRef<HTMLButtonElement>(null);
    useLayoutEffect(() => current.current?.scrollIntoView({ block: "nearest" }), [model.page.value?.number]);
    if (document === null) return null;
    const stage = board.stage.value;
    return (
        <div class="sheet-body">
            <ol class="thumbnails">
                {document.pages.map((page, i) => {
                    const isHere = page.number === model.page.value?.number;
                    const isStaged = stage.document === document.number && stage.page === page.number;
                    return (
                        <li key={page.number}>
                            <button
                                ref={isHere ? current : null}
                                type="button"
                                class="thumbnail"
                                aria-current={isHere ? "page" : undefined}
                                aria-label={[
                                    t("board.page-number", { page: i + 1 }),
                                    isStaged ? t("board.seen-by-all") : "",
                                    page.locked ? t("board.is-locked") : "",
                                    page.ready ? "" : t("board.page-converting"),
                                ]
                                    .filter((one) => one !== "")
                                    .join(", ")}
                                onClick={() =>
                                    act(model.turnTo({ document: document.number, page: page.number }))
                                }
                            >
                                <Thumbnail page={page} address={(path) => board.address(path)} />
                                <span class="thumbnail-number">
                                    {i + 1}
                                    {isStaged && <Icon name="screen" />}
                                    {page.locked && <Icon name="lock" />}
                                </span>
                            </button>
                            {board.mayPresent.value && (
                                <Menu
                                    icon="more"
                                    iconOnly
                                    label={t("board.page-actions", { page: i + 1 })}
                                    items={pageItems(model, document, page, i)}
                                />
                            )}
                        </li>
                    );
                })}
            </ol>
            {board.mayPresent.value && document.state === "ready" && document.kind !== "infinite" && (
                <Button
                    icon="plus"
                    label={t("board.add-page")}
                    onClick={() =>
                        act(
                            board.addPage(document.number).then(async (at) => {
                                await model.turnTo(at);
                            }),
                        )
                    }
                />
            )}
        </div>
    );
}

function Thumbnail({ page, address }: { readonly page: Page; readonly address: (path: string) => string }) {
    const shape = { aspectRatio: page.height === 0 ? "16 / 9" : `${page.width} / ${page.height}` };
    return (
        <span class="thumbnail-paper" style={shape}>
            {page.thumbnail !== undefined && page.ready && (
                <img src={address(page.thumbnail)} alt="" loading="lazy" draggable={false} />
            )}
        </span>
    );
}

function pageItems(model: BoardModel, document: BoardDocument, page: Page, i: number): readonly MenuItem[] {
    const { board } = model;
    const at = { document: document.number, page: page.number };
    const others = document.pages;
    return [
        { label: t("board.look-alone"), onSelect: () => act(model.lookAround(at)) },
        {
            label: t("board.add-page-before"),
            onSelect: () => act(board.addPage(document.number, page.number)),
        },
        {
            label: t("board.move-up"),
            disabled: i === 0,
            separator: true,
            onSelect: () => act(board.movePage(at, others[i - 1]!.number)),
        },
        {
            label: t("board.move-down"),
            disabled: i === others.length - 1,
            onSelect: () => act(board.movePage(at, others[i + 2]?.number ?? null)),
        },
        {
            label: t("board.lock-page"),
            checked: page.locked,
            onSelect: () => act(board.lockPage(at, !page.locked)),
        },
        {
            label: t("board.remove-page"),
            icon: "delete",
            danger: true,
            separator: true,
            disabled: others.length < 2,
            onSelect: () =>
                act(board.removePage(at).then(() => toast(t("board.page-removed", { page: i + 1 })))),
        },
    ];
}
