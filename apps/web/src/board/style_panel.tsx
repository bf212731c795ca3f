// Colours, widths and the rest: for the next shape, and for those that are chosen.

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { figures, fills, heads, has, stamps, type Patch, type ShapeType } from "@libconf/client/board";
import { t, type Key } from "../i18n/index.ts";
import { Button, Select, Toggle } from "../kit/index.ts";
import { restyleChosen } from "./actions.ts";
import { withLines } from "./measure.ts";
import { useBoard, type BoardModel } from "./model.ts";
import { painted } from "./paint.ts";
import { colourName } from "./names.ts";
import {
    colours,
    eraserSizes,
    fontSizes,
    markerColours,
    markerWidths,
    paleColours,
    style,
    widths,
} from "./style.ts";

export type Section =
    | "colour"
    | "marker"
    | "note-colour"
    | "width"
    | "marker-width"
    | "fill"
    | "dash"
    | "heads"
    | "figure"
    | "stamp"
    | "font"
    | "opacity"
    | "eraser";

const ofType: { readonly [type in ShapeType]?: readonly Section[] } = {
    pen: ["colour", "width", "opacity"],
    highlighter: ["marker", "marker-width", "opacity"],
    rectangle: ["colour", "width", "fill", "dash", "opacity"],
    ellipse: ["colour", "width", "fill", "dash", "opacity"],
    polygon: ["figure", "colour", "width", "fill", "dash", "opacity"],
    line: ["colour", "width", "dash", "opacity"],
    arrow: ["colour", "width", "dash", "heads", "opacity"],
    text: ["colour", "font", "opacity"],
    note: ["note-colour", "font"],
    stamp: ["stamp", "colour", "opacity"],
    image: ["opacity"],
};

/** What can be said of what is chosen, or of what the tool makes next. */
export function sectionsOf(model: BoardModel): readonly Section[] {
    const tool = model.tool.value;
    if (tool === "eraser") return ["eraser"];
    if (tool !== "select") return ofType[tool as ShapeType] ?? [];
    const all = new Set<Section>();
    for (const shape of model.chosenShapes.value) for (const one of ofType[shape.type] ?? []) all.add(one);
    return [...all];
}

export function StylePanel(props: { readonly sections: readonly Section[]; readonly onClose: () => void }) {
    const model = useBoard();
    const panel = useRef<HTMLDivElement>(null);
    useEffect(() => {
        panel.current?.querySelector<HTMLElement>("input:checked, input, button")?.focus();
    }, []);
    const set = <T,>(to: Signal<T>, value: T, patch: Patch): void => {
        to.value = value;
        if (model.tool.peek() !== "select") return;
        if (has("text", Object.keys(patch)[0] as never)) restyleTexts(model, patch);
        else restyleChosen(model, patch);
    };
    const section: { readonly [name in Section]: () => ComponentChildren } = {
        colour: () => (
            <Colours
                label={t("board.style-colour")}
                palette={colours}
                value={style.colour.value}
                free
                onChange={(colour) => set(style.colour, colour, { colour })}
            />
        ),
        marker: () => (
            <Colours
                label={t("board.style-colour")}
                palette={markerColours}
                value={style.marker.value}
                onChange={(colour) => set(style.marker, colour, { colour })}
            />
        ),
        "note-colour": () => (
            <Colours
                label={t("board.style-note")}
                palette={paleColours}
                value={style.noteColour.value}
                onChange={(colour) => set(style.noteColour, colour, { fill_colour: colour })}
            />
        ),
        width: () => (
            <Choices
                label={t("board.style-width")}
                all={widths.map(String)}
                value={String(style.width.value)}
                name={(one) => t("board.width", { width: Number(one) })}
                picture={(one) => <Line width={Number(one) / 1.6} />}
                onChange={(one) => set(style.width, Number(one), { stroke_width: Number(one) })}
            />
        ),
        "marker-width": () => (
            <Choices
                label={t("board.style-width")}
                all={markerWidths.map(String)}
                value={String(style.markerWidth.value)}
                name={(one) => t("board.width", { width: Number(one) })}
                picture={(one) => <Line width={Number(one) / 4} />}
                onChange={(one) => set(style.markerWidth, Number(one), { stroke_width: Number(one) })}
            />
        ),
        fill: () => (
            <>
                <Choices
                    label={t("board.style-fill")}
                    all={fills}
                    value={style.fill.value}
                    name={(one) => t(`board.fill-${one}` as Key)}
                    picture={(one) => (
                        <svg
                            viewBox="0 0 20 20"
                            width="20"
                            height="20"
                            aria-hidden="true"
                            class={`fill-${one}`}
                        >
                            <rect x="3" y="3" width="14" height="14" rx="2" />
                        </svg>
                    )}
                    onChange={(fill) =>
                        set(style.fill, fill, {
                            fill,
                            ...(fill === "none" ? {} : { fill_colour: style.fillColour.value }),
                        })
                    }
                />
                {style.fill.value !== "none" && (
                    <Colours
                        label={t("board.style-fill-colour")}
                        palette={{ ...paleColours, red: colours.red, black: colours.black }}
                        value={style.fillColour.value}
                        free
                        onChange={(colour) => set(style.fillColour, colour, { fill_colour: colour })}
                    />
                )}
            </>
        ),
        dash: () => (
            <Choices
                label={t("board.style-dash")}
                all={["solid", "dashed", "dotted"] as const}
                value={style.dash.value}
                name={(one) => t(`board.dash-${one}` as Key)}
                picture={(one) => (
                    <Line width={2.5} dash={{ solid: "", dashed: "5 4", dotted: "0 4" }[one]} />
                )}
                onChange={(dash) => set(style.dash, dash, { dash })}
            />
        ),
        heads: () => (
            <div class="style-pair">
                <Select
                    label={t("board.style-start")}
                    value={style.startHead.value}
                    options={heads.map((value) => ({ value, label: t(`board.head-${value}` as Key) }))}
                    onChange={(value) => {
                        const head = value as (typeof heads)[number];
                        set(style.startHead, head, { start_head: head });
                    }}
                />
                <Select
                    label={t("board.style-end")}
                    value={style.endHead.value}
                    options={heads.map((value) => ({ value, label: t(`board.head-${value}` as Key) }))}
                    onChange={(value) => {
                        const head = value as (typeof heads)[number];
                        set(style.endHead, head, { end_head: head });
                    }}
                />
            </div>
        ),
        figure: () => (
            <Choices
                label={t("board.style-figure")}
                all={figures}
                value={style.figure.value}
                name={(one) => t(`board.figure-${one}` as Key)}
                picture={(figure) => <Sample type="polygon" given={{ figure }} />}
                onChange={(figure) => set(style.figure, figure, { figure })}
            />
        ),
        stamp: () => (
            <Choices
                label={t("board.style-stamp")}
                all={stamps}
                value={style.stamp.value}
                name={(one) => t(`board.stamp-${one}` as Key)}
                picture={(stamp) => <Sample type="stamp" given={{ stamp }} />}
                onChange={(stamp) => set(style.stamp, stamp, { stamp })}
            />
        ),
        font: () => (
            <>
                <Choices
                    label={t("board.style-size")}
                    all={fontSizes.map(String)}
                    value={String(style.fontSize.value)}
                    name={(one) => t(`board.size-${one}` as Key)}
                    picture={(one) => <b>{t(`board.size-${one}-short` as Key)}</b>}
                    onChange={(one) => set(style.fontSize, Number(one), { font_size: Number(one) })}
                />
                <Choices
                    label={t("board.style-font")}
                    all={["sans", "serif", "mono"] as const}
                    value={style.font.value}
                    name={(one) => t(`board.font-${one}` as Key)}
                    picture={(one) => <span class={`font-${one}`}>Aa</span>}
                    onChange={(font) => set(style.font, font, { font })}
                />
                <Choices
                    label={t("board.style-align")}
                    all={["start", "middle", "end"] as const}
                    value={style.align.value}
                    name={(one) => t(`board.align-${one}` as Key)}
                    picture={(one) => <Lines align={one} />}
                    onChange={(align) => set(style.align, align, { align })}
                />
            </>
        ),
        opacity: () => <Opacity onChange={(opacity) => set(style.opacity, opacity, { opacity })} />,
        eraser: () => (
            <>
                <Toggle
                    label={t("board.erase-whole")}
                    hint={t("board.erase-whole-hint")}
                    checked={style.eraseWhole.value}
                    onChange={(on) => (style.eraseWhole.value = on)}
                />
                <Choices
                    label={t("board.style-width")}
                    all={eraserSizes.map(String)}
                    value={String(style.eraserSize.value)}
                    name={(one) => t("board.width", { width: Number(one) })}
                    picture={(one) => <Line width={Number(one) / 2.6} />}
                    onChange={(one) => (style.eraserSize.value = Number(one))}
                />
            </>
        ),
    };
    return (
        <div
            ref={panel}
            class="board-style"
            id="board-style"
            role="group"
            aria-label={t("board.style")}
            onKeyDown={(event) => {
                if (event.key !== "Escape") return;
                event.preventDefault();
                event.stopPropagation();
                props.onClose();
                document.querySelector<HTMLElement>(".style-button")?.focus();
            }}
        >
            <header>
                <h3>{t("board.style")}</h3>
                <Button
                    icon="close"
                    kind="quiet"
                    iconOnly
                    label={t("common.close")}
                    onClick={props.onClose}
                />
            </header>
            {props.sections.map((one) => (
                <div key={one} class="style-section">
                    {section[one]()}
                </div>
            ))}
        </div>
    );
}

/** Letters of another size break into other lines. */
function restyleTexts(model: BoardModel, patch: Patch): void {
    const rest = model.changeable().filter((one) => one.type !== "text" && one.type !== "note");
    const texts = model.changeable().filter((one) => !rest.includes(one));
    if (rest.length > 0) restyleChosen(model, patch);
    if (rest.length > 0 || texts.length === 0) return;
    model.board.change(texts.map((one) => ({ kind: "patch", id: one.id, patch: withLines(one, patch) })));
}

/** Radio buttons that look like pictures. */
function Choices<T extends string>(props: {
    readonly label: string;
    readonly all: readonly T[];
    readonly value: string;
    readonly name: (one: T) => string;
    readonly picture: (one: T) => ComponentChildren;
    readonly onChange: (one: T) => void;
}) {
    const name = useId();
    return (
        <fieldset class="style-choices">
            <legend>{props.label}</legend>
            {props.all.map((one) => (
                <label key={one} title={props.name(one)}>
                    <input
                        type="radio"
                        name={name}
                        value={one}
                        checked={one === props.value}
                        aria-label={props.name(one)}
                        onChange={() => props.onChange(one)}
                    />
                    <span aria-hidden="true">{props.picture(one)}</span>
                </label>
            ))}
        </fieldset>
    );
}

function Colours(props: {
    readonly label: string;
    readonly palette: { readonly [name: string]: string };
    readonly value: string;
    /** Any colour may be taken. */
    readonly free?: boolean;
    readonly onChange: (colour: string) => void;
}) {
    const name = useId();
    const all = Object.values(props.palette);
    return (
        <fieldset class="style-choices colours">
            <legend>{props.label}</legend>
            {all.map((colour) => (
                <label key={colour} title={colourName(colour)}>
                    <input
                        type="radio"
                        name={name}
                        value={colour}
                        checked={colour === props.value}
                        aria-label={colourName(colour)}
                        onChange={() => props.onChange(colour)}
                    />
                    <span class="colour" style={{ background: colour }} aria-hidden="true" />
                </label>
            ))}
            {props.free === true && (
                <label
                    class={all.includes(props.value) ? "free" : "free chosen"}
                    title={t("board.other-colour")}
                >
                    <input
                        type="color"
                        value={props.value}
                        aria-label={t("board.other-colour")}
                        onChange={(event) => props.onChange(event.currentTarget.value)}
                    />
                </label>
            )}
        </fieldset>
    );
}

function Opacity({ onChange }: { readonly onChange: (percent: number) => void }) {
    return (
        <label class="style-opacity">
            <span>{t("board.style-opacity", { percent: style.opacity.value })}</span>
            <input
                type="range"
                min="10"
                max="100"
                step="10"
                value={style.opacity.value}
                onInput={(event) => (style.opacity.value = Number(event.currentTarget.value))}
                onChange={(event) => onChange(Number(event.currentTarget.value))}
            />
        </label>
    );
}

function Line({ width, dash = "" }: { readonly width: number; readonly dash?: string }) {
    return (
        <svg viewBox="0 0 24 24" width="24" height="24" class="line-sample">
            <path d="M5 12H19" stroke-width={width} stroke-dasharray={dash} />
        </svg>
    );
}

function Lines({ align }: { readonly align: "start" | "middle" | "end" }) {
    const from = { start: 4, middle: 7, end: 10 }[align];
    return (
        <svg viewBox="0 0 24 24" width="24" height="24" class="line-sample thin">
            <path d={`M4 7H20M${from} 12H${from + 10}M4 17H20`} />
        </svg>
    );
}

function Sample({ type, given }: { readonly type: "polygon" | "stamp"; readonly given: Patch }) {
    const shape = { type, given: { width: 20, height: 20, ...given } } as Parameters<typeof painted>[0];
    const [first] = painted(
        shape,
        () => undefined,
        () => "",
    );
    const { d, transform, fill } = first!.attributes;
    return (
        <svg
            viewBox="-2 -2 24 24"
            width="24"
            height="24"
            class={fill === "none" ? "sample" : "sample filled"}
        >
            <path d={String(d)} transform={transform === undefined ? "" : String(transform)} />
        </svg>
    );
}
