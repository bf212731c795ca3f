// What can be done with what is chosen.

import { t } from "../i18n/index.ts";
import { Button, Menu, type MenuItem } from "../kit/index.ts";
import {
    alignChosen,
    duplicateChosen,
    groupChosen,
    isGrouped,
    isLocked,
    lockChosen,
    removeChosen,
    reorderChosen,
    turnChosen,
    ungroupChosen,
} from "./actions.ts";
import { Bar } from "./bar.tsx";
import { BoardIcon } from "./icons.tsx";
import { useBoard } from "./model.ts";

const alignments = [
    "left",
    "center",
    "right",
    "top",
    "middle",
    "bottom",
    "spread-across",
    "spread-down",
] as const;
const orders = ["front", "forward", "backward", "back"] as const;

export function ChoiceBar() {
    const model = useBoard();
    const shapes = model.chosenShapes.value.filter((one) => one.type !== "group");
    if (shapes.length === 0 || model.tool.value !== "select" || !model.board.mayDraw.value) return null;
    const locked = isLocked(model);
    const mayPatch = shapes.some((one) => model.mayPatch(one));
    const mayRemove = shapes.some((one) => model.mayRemove(one));
    const reason = locked ? t("board.unlock-first") : t("board.not-yours");
    const only = shapes.length === 1 ? shapes[0]! : null;
    const items: MenuItem[] = [
        ...orders.map((how) => ({
            label: t(`board.order-${how}`),
            onSelect: () => reorderChosen(model, how),
        })),
        ...(shapes.length < 2
            ? []
            : alignments.map((how, i) => ({
                  label: t(`board.align-to-${how}`),
                  separator: i === 0,
                  onSelect: () => alignChosen(model, how),
              }))),
        { label: t("board.turn-right"), separator: true, onSelect: () => turnChosen(model, 15) },
        { label: t("board.turn-left"), onSelect: () => turnChosen(model, -15) },
    ];
    return (
        <Bar class="board-choice" label={t("board.choice")}>
            <span class="choice-count">{t("board.chosen", { count: shapes.length })}</span>
            {only !== null && (only.type === "text" || only.type === "note") && (
                <Button
                    iconOnly
                    kind="quiet"
                    icon="edit"
                    label={t("board.write")}
                    disabled={locked || !mayPatch}
                    reason={locked || !mayPatch ? reason : undefined}
                    onClick={() => (model.writing.value = { id: only.id, made: null })}
                />
            )}
            <Button
                iconOnly
                kind="quiet"
                label={t("board.duplicate")}
                shortcut="D"
                picture={<BoardIcon name="duplicate" />}
                onClick={() => duplicateChosen(model)}
            />
            {(shapes.length > 1 || isGrouped(model)) && (
                <Button
                    iconOnly
                    kind="quiet"
                    label={t(isGrouped(model) ? "board.ungroup" : "board.group")}
                    shortcut={isGrouped(model) ? "Ctrl+Shift+G" : "Ctrl+G"}
                    disabled={locked || !mayPatch}
                    reason={locked || !mayPatch ? reason : undefined}
                    picture={<BoardIcon name="group" />}
                    onClick={() => (isGrouped(model) ? ungroupChosen(model) : groupChosen(model))}
                />
            )}
            <Button
                iconOnly
                kind="quiet"
                icon={locked ? "unlock" : "lock"}
                label={t(locked ? "board.unlock" : "board.lock")}
                shortcut="K"
                disabled={!mayPatch}
                reason={mayPatch ? undefined : t("board.not-yours")}
                onClick={() => lockChosen(model, !locked)}
            />
            {mayPatch && !locked && (
                <Menu
                    iconOnly
                    side="above"
                    label={t("board.arrange")}
                    picture={<BoardIcon name="order" />}
                    items={items}
                />
            )}
            <Button
                iconOnly
                kind="quiet"
                icon="delete"
                label={t("board.remove")}
                shortcut="Del"
                disabled={!mayRemove}
                reason={mayRemove ? undefined : reason}
                onClick={() => removeChosen(model)}
            />
        </Bar>
    );
}
