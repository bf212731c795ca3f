// Which page, how large, who draws: the bar above the page. Presenters turn it for everybody, others for
// themselves.

import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { announce, Button, Dialog, Menu, toast, type MenuItem } from "../kit/index.ts";
import { act } from "../call/act.ts";
import { Bar } from "./bar.tsx";
import { exportItems } from "./export.ts";
import { BoardIcon } from "./icons.tsx";
import { useBoard, type BoardModel } from "./model.ts";

export function PageBar({ onClose }: { readonly onClose: () => void }) {
    const model = useBoard();
    const { board } = model;
    const document = board.document.value;
    const page = model.page.value;
    const at = document?.pages.findIndex((one) => one === page) ?? -1;
    const presents = board.mayPresent.value;
    const clearing = useSignal<"page" | "all" | null>(null);
    return (
        <>
            <Bar class="board-pages" label={t("board.page-bar")}>
                <Button
                    iconOnly
                    kind="quiet"
                    label={t("board.documents")}
                    expanded={model.sheet.value === "documents"}
                    controls="board-sheet"
                    picture={<BoardIcon name="documents" />}
                    onClick={() =>
                        (model.sheet.value = model.sheet.value === "documents" ? null : "documents")
                    }
                />
                {page !== null && document !== null && (
                    <>
                        <Button
                            iconOnly
                            kind="quiet"
                            icon="arrow-left"
                            label={t("board.previous")}
                            shortcut="PgUp"
                            disabled={model.neighbour(-1) === null}
                            onClick={() => turn(model, -1)}
                        />
                        <button
                            type="button"
                            class="page-number"
                            aria-expanded={model.sheet.value === "pages"}
                            aria-controls="board-sheet"
                            title={t("board.all-pages")}
                            aria-label={t("board.page-of", { page: at + 1, pages: document.pages.length })}
                            onClick={() =>
                                (model.sheet.value = model.sheet.value === "pages" ? null : "pages")
                            }
                        >
                            {at + 1} / {document.pages.length}
                        </button>
                        <Button
                            iconOnly
                            kind="quiet"
                            icon="arrow-right"
                            label={t("board.next")}
                            shortcut="PgDn"
                            disabled={model.neighbour(1) === null}
                            onClick={() => turn(model, 1)}
                        />
                        <span class="bar-space" />
                        <Button
                            iconOnly
                            kind="quiet"
                            class="wide-only"
                            label={t("board.zoom-out")}
                            shortcut="−"
                            picture={<BoardIcon name="zoom-out" />}
                            onClick={() => model.zoomOut()}
                        />
                        <button
                            type="button"
                            class="page-number wide-only"
                            title={t("board.zoom-page")}
                            aria-label={t("board.zoom-now", { percent: model.percent.value })}
                            onClick={() => model.zoomToPage()}
                        >
                            {t("board.percent", { percent: model.percent.value })}
                        </button>
                        <Button
                            iconOnly
                            kind="quiet"
                            class="wide-only"
                            label={t("board.zoom-in")}
                            shortcut="+"
                            picture={<BoardIcon name="zoom-in" />}
                            onClick={() => model.zoomIn()}
                        />
                        <span class="bar-space" />
                        {presents && <DrawersMenu onClear={(what) => (clearing.value = what)} />}
                        {model.client.may.value.moderate && <HandOverMenu />}
                        <Menu
                            iconOnly
                            label={t("board.save-and-more")}
                            picture={<BoardIcon name="download" />}
                            items={moreItems(model)}
                        />
                    </>
                )}
                {page === null && <span class="bar-space" />}
                <Button iconOnly kind="quiet" icon="close" label={t("board.hide")} onClick={onClose} />
            </Bar>
            <FollowLine />
            <ClearDialog what={clearing.value} onClose={() => (clearing.value = null)} />
        </>
    );
}

function turn(model: BoardModel, by: 1 | -1): void {
    act(model.step(by));
}

/** Who sees something else than the others is told so, with the way back. */
function FollowLine() {
    const model = useBoard();
    if (model.page.value === null || model.isFollowing.value) return null;
    return (
        <p class="board-follow" role="status">
            <span>{t(model.hasStage.value ? "board.looking-around" : "board.nobody-sees")}</span>
            {model.hasStage.value && (
                <Button
                    kind="quiet"
                    label={t("board.follow")}
                    picture={<BoardIcon name="follow" />}
                    onClick={() => model.follow()}
                />
            )}
            {model.board.mayPresent.value && (
                <Button
                    kind="quiet"
                    label={t("board.show-to-all")}
                    picture={<BoardIcon name="present" />}
                    onClick={() => act(model.showToAll())}
                />
            )}
        </p>
    );
}

function DrawersMenu({ onClear }: { readonly onClear: (what: "page" | "all") => void }) {
    const model = useBoard();
    const { board, client } = model;
    const { mode, writers, cursors } = board.rules.value;
    const page = model.page.value;
    const modes = (["presenter", "writers", "everybody"] as const).map((one): MenuItem => ({
        label: t(`board.mode-${one}`),
        checked: mode === one,
        oneOf: true,
        onSelect: () => act(board.setMode(one).then(() => announce(t(`board.mode-${one}`)))),
    }));
    const viewers = client.people.value.filter((one) => one.role.value === "viewer");
    const people =
        mode !== "writers"
            ? []
            : viewers.map((person, i): MenuItem => {
                  const on = writers.includes(person.id);
                  return {
                      label: person.name.value,
                      checked: on,
                      separator: i === 0,
                      onSelect: () => act(board.setWriter(person.id, !on)),
                  };
              });
    const at = board.at.value;
    const items: MenuItem[] = [
        ...modes,
        ...people,
        {
            label: t("board.show-cursors"),
            checked: cursors,
            separator: true,
            onSelect: () => act(board.setCursors(!cursors)),
        },
        {
            label: t("board.lock-page"),
            checked: page?.locked === true,
            onSelect: () => {
                if (at !== null) act(board.lockPage(at, page?.locked !== true));
            },
        },
        {
            label: t("board.clear-page"),
            icon: "delete",
            separator: true,
            danger: true,
            onSelect: () => onClear("page"),
        },
        { label: t("board.clear-all"), icon: "delete", danger: true, onSelect: () => onClear("all") },
    ];
    return (
        <Menu iconOnly label={t("board.who-draws")} picture={<BoardIcon name="pencils" />} items={items} />
    );
}

/** The role of a presenter goes on to somebody else, who leads from then on. */
function HandOverMenu() {
    const model = useBoard();
    const { client } = model;
    const others = client.people.value.filter((one) => !one.isSelf);
    const presenter = others.filter((one) => one.role.value === "presenter");
    const items: MenuItem[] = others.map((person) => ({
        label: person.name.value,
        checked: person.role.value !== "viewer",
        disabled: person.role.value === "moderator",
        reason: person.role.value === "moderator" ? t("board.moderator-presents") : undefined,
        onSelect: () => {
            const takes = person.role.peek() === "presenter";
            act(
                (async () => {
                    if (takes) return client.setRole(person.id, "viewer");
                    await client.setRole(person.id, "presenter");
                    for (const one of presenter) await client.setRole(one.id, "viewer");
                    toast(t("board.handed-over", { name: person.name.peek() }), { key: "hand over" });
                })(),
            );
        },
    }));
    if (items.length === 0)
        items.push({ label: t("board.nobody-else"), disabled: true, onSelect: () => undefined });
    return (
        <Menu iconOnly label={t("board.hand-over")} picture={<BoardIcon name="present" />} items={items} />
    );
}

function moreItems(model: BoardModel): readonly MenuItem[] {
    const { board } = model;
    return [
        ...exportItems(model),
        ...(board.mayDraw.value
            ? [
                  {
                      label: t("board.clear-own"),
                      icon: "delete" as const,
                      separator: true,
                      onSelect: () =>
                          act(
                              board
                                  .clear("own")
                                  .then((count) => announce(t("board.said-removed", { count }))),
                          ),
                  },
              ]
            : []),
        {
            label: t("board.keys"),
            icon: "keyboard",
            separator: true,
            onSelect: () => (model.isHelpOpen.value = true),
        },
    ];
}

function ClearDialog(props: { readonly what: "page" | "all" | null; readonly onClose: () => void }) {
    const { board } = useBoard();
    const what = props.what ?? "page";
    return (
        <Dialog
            open={props.what !== null}
            title={t(`board.clear-${what}`)}
            onClose={props.onClose}
            actions={
                <>
                    <Button label={t("common.cancel")} onClick={props.onClose} />
                    <Button
                        kind="danger"
                        label={t("board.clear-do")}
                        onClick={() => {
                            props.onClose();
                            act(board.clear(what).then((count) => toast(t("board.said-removed", { count }))));
                        }}
                    />
                </>
            }
        >
            <p>{t(`board.clear-${what}-text`)}</p>
        </Dialog>
    );
}
