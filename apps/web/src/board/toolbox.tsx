// The strip of tools, and beside it what the next shape will look like.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { redo, undo } from "./actions.ts";
import { Bar } from "./bar.tsx";
import { BoardIcon } from "./icons.tsx";
import { toolKeys } from "./keys.ts";
import { freeTools, tools, useBoard, type ToolName } from "./model.ts";
import { putPicture } from "./paste.ts";
import { StylePanel, sectionsOf } from "./style_panel.tsx";
import { style } from "./style.ts";

export function Toolbox() {
    const model = useBoard();
    const isStyleOpen = useSignal(false);
    const draws = model.board.mayDraw.value;
    const shown = draws ? tools : freeTools;
    const tool = model.tool.value;
    const sections = sectionsOf(model);
    const hasStyle = draws && sections.length > 0;
    // Where the right to draw has ended, the pen is laid down.
    useEffect(() => {
        if (!draws && !freeTools.includes(model.tool.peek())) model.setTool("hand");
        if (draws && model.tool.peek() === "hand") model.setTool("pen");
    }, [draws]);
    return (
        <div class="board-tools">
            <Bar class="board-strip" label={t("board.tools")} isUpright>
                {shown.map((one) => (
                    <ToolButton key={one} name={one} pressed={one === tool} />
                ))}
                {draws && <PictureButton />}
                {draws && <hr />}
                {hasStyle && (
                    <Button
                        iconOnly
                        kind="quiet"
                        class="style-button"
                        label={t("board.style")}
                        expanded={isStyleOpen.value}
                        controls="board-style"
                        picture={<Swatch />}
                        onClick={() => (isStyleOpen.value = !isStyleOpen.value)}
                    />
                )}
                {draws && (
                    <>
                        <Button
                            iconOnly
                            kind="quiet"
                            label={t("board.undo")}
                            shortcut="Ctrl+Z"
                            picture={<BoardIcon name="undo" />}
                            onClick={() => undo(model)}
                        />
                        <Button
                            iconOnly
                            kind="quiet"
                            label={t("board.redo")}
                            shortcut="Ctrl+Shift+Z"
                            picture={<BoardIcon name="redo" />}
                            onClick={() => redo(model)}
                        />
                    </>
                )}
            </Bar>
            {hasStyle && isStyleOpen.value && (
                <StylePanel sections={sections} onClose={() => (isStyleOpen.value = false)} />
            )}
        </div>
    );
}

function ToolButton({ name, pressed }: { readonly name: ToolName; readonly pressed: boolean }) {
    const model = useBoard();
    return (
        <Button
            iconOnly
            kind="quiet"
            label={t(`board.tool-${name}`)}
            pressed={pressed}
            shortcut={toolKeys[name].toUpperCase()}
            picture={<BoardIcon name={name} />}
            onClick={() => {
                // A second press keeps it for more than one shape.
                if (pressed) model.isToolKept.value = !model.isToolKept.value;
                else model.setTool(name);
            }}
        />
    );
}

/** What is drawn next, in its colour and width. */
function Swatch() {
    const model = useBoard();
    const tool = model.tool.value;
    const colour =
        tool === "highlighter"
            ? style.marker.value
            : tool === "note"
              ? style.noteColour.value
              : style.colour.value;
    const width = tool === "highlighter" ? 14 : Math.min(14, 3 + style.width.value);
    return (
        <svg class="swatch" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle cx="10" cy="10" r={width / 2 + 1} fill={colour} />
        </svg>
    );
}

function PictureButton() {
    const model = useBoard();
    const input = useRef<HTMLInputElement>(null);
    return (
        <>
            <Button
                iconOnly
                kind="quiet"
                label={t("board.tool-image")}
                picture={<BoardIcon name="image" />}
                onClick={() => input.current?.click()}
            />
            <input
                ref={input}
                type="file"
                hidden
                accept="image/png,image/jpeg,image/webp,image/gif"
                aria-label={t("board.tool-image")}
                onChange={() => {
                    const file = input.current?.files?.[0];
                    if (file !== undefined) void putPicture(model, file, null);
                    input.current!.value = "";
                }}
            />
        </>
    );
}
