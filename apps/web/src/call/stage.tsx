import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import { roomLink } from "../app/route.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { gridOf, pageCount, pageSize, stripIsBeside, stripOf, type Size } from "./layouts.ts";
import { BoardStage } from "./board_stage.tsx";
import { useCall, type TileOf } from "./model.ts";
import { TileOrder } from "./order.ts";
import { Tile } from "./tile.tsx";

/**
 * The pictures: a grid, or what matters large and the others in a strip. The board is in one stage only: in a
 * second one it would be another pair of eyes.
 */
export function Stage({ hasBoard = true }: { readonly hasBoard?: boolean }) {
    const call = useCall();
    const box = useRef<HTMLDivElement>(null);
    const size = useSignal<Size>({ width: 0, height: 0 });
    const order = useMemo(() => new TileOrder(), []);
    useEffect(() => {
        // The stage may be in a window of its own: that one's clock, since this tab's may stand still.
        const view = (box.current!.ownerDocument.defaultView ?? window) as Window & typeof globalThis;
        let frame = 0;
        const watch = new view.ResizeObserver(([entry]) => {
            view.cancelAnimationFrame(frame);
            // Not at once: what is drawn anew here would be observed again.
            frame = view.requestAnimationFrame(() => {
                if (entry !== undefined) size.value = entry.contentRect;
            });
        });
        watch.observe(box.current!);
        return () => {
            watch.disconnect();
            view.cancelAnimationFrame(frame);
        };
    }, []);
    const stage = size.value;
    const isBoard = hasBoard && call.isBoardOpen.value;
    const { people, waiting } = call.client;
    // Whoever waits at the door needs no invitation, and the notice of it stands where that would.
    const alone = people.value.length < 2 && waiting.value.length === 0 && !isBoard;
    return (
        <div class="stage" ref={box}>
            {stage.width > 0 && <Tiles stage={stage} order={order} isBoard={isBoard} />}
            {alone && <Alone />}
        </div>
    );
}

interface TilesProps {
    readonly stage: Size;
    readonly order: TileOrder;
    readonly isBoard: boolean;
}

function Tiles({ stage, order, isBoard }: TilesProps) {
    const call = useCall();
    const tiles = call.tiles.value;
    const focused = call.focused.value;
    const focusKeys = new Set(focused.map((one) => one.key));
    const byKey = new Map(tiles.map((one) => [one.key, one]));
    const speaker = call.client.speaker.value;
    const self = call.client.self.value;
    // Here, not above: only what is read here draws the tiles anew.
    const moved = call.moved.value;
    if (moved !== null) {
        order.moveToStart(moved);
        queueMicrotask(() => (call.moved.value = null));
    }
    const ids = order.update(
        tiles.map((one) => ({ id: one.key, hasVideo: one.source === "screen" || one.person.camera.value })),
        speaker === null || call.page.value > 0 ? null : `${speaker.id} camera`,
        pageSize(stage),
        self === null ? null : `${self.id} camera`,
    );
    const sorted = ids.flatMap((id) => byKey.get(id) ?? []);
    if (isBoard) return <BoardAndStrip stage={stage} others={sorted} />;
    if (focused.length === 0) return <GridOfTiles stage={stage} tiles={sorted} />;
    return (
        <FocusAndStrip
            stage={stage}
            focused={focused}
            others={sorted.filter((one) => !focusKeys.has(one.key))}
        />
    );
}

function GridOfTiles({ stage, tiles }: { readonly stage: Size; readonly tiles: readonly TileOf[] }) {
    const call = useCall();
    const pages = pageCount(tiles.length, stage);
    const page = Math.min(call.page.value, pages - 1);
    const shown = tiles.slice(page * pageSize(stage), (page + 1) * pageSize(stage));
    const footer = pages > 1 ? 52 : 0;
    const grid = gridOf(
        shown.length,
        { width: stage.width, height: stage.height - footer },
        stage.height > stage.width * 1.1,
    );
    return (
        <>
            <div
                class="grid"
                style={{ gridTemplateColumns: `repeat(${grid.columns * 2}, ${grid.tile.width / 2 - 2}px)` }}
            >
                {shown.map((one, i) => {
                    // The last row stands in the middle.
                    const inLast = shown.length % grid.columns;
                    const isFirstOfLast = inLast > 0 && i === shown.length - inLast;
                    return (
                        <Tile
                            key={one.key}
                            of={one}
                            size={grid.tile}
                            column={isFirstOfLast ? grid.columns - inLast + 1 : null}
                        />
                    );
                })}
            </div>
            {pages > 1 && (
                <div class="pages">
                    <Button
                        icon="arrow-left"
                        iconOnly
                        label={t("call.page-before")}
                        disabled={page === 0}
                        onClick={() => (call.page.value = page - 1)}
                    />
                    <span>{t("call.page", { page: page + 1, pages })}</span>
                    <Button
                        icon="arrow-right"
                        iconOnly
                        label={t("call.page-after")}
                        disabled={page === pages - 1}
                        onClick={() => (call.page.value = page + 1)}
                    />
                </div>
            )}
        </>
    );
}

function FocusAndStrip(props: {
    readonly stage: Size;
    readonly focused: readonly TileOf[];
    readonly others: readonly TileOf[];
}) {
    const { stage, focused, others } = props;
    const beside = stripIsBeside(stage);
    const strip = stripOf(others.length, stage);
    const has = others.length > 0;
    const space: Size = {
        width: stage.width - (has && beside ? strip.tile.width + 8 : 0),
        height: stage.height - (has && !beside ? strip.tile.height + 8 : 0),
    };
    const grid = gridOf(focused.length, space, false);
    // A single one may have all of the space: screens are never cropped, people's pictures fill.
    const large = focused.length === 1 ? space : grid.tile;
    return (
        <div class={`focus ${beside ? "beside" : "below"}`}>
            <div class="large">
                {focused.map((one) => (
                    <Tile key={one.key} of={one} size={large} important />
                ))}
            </div>
            <Strip stage={stage} others={others} />
        </div>
    );
}

function Strip({ stage, others }: { readonly stage: Size; readonly others: readonly TileOf[] }) {
    const call = useCall();
    if (others.length === 0) return null;
    const strip = stripOf(others.length, stage);
    const hidden = others.length - strip.shown;
    return (
        <div class="strip">
            {others.slice(0, strip.shown).map((one) => (
                <Tile key={one.key} of={one} size={strip.tile} small />
            ))}
            {hidden > 0 && (
                <button type="button" class="strip-more" onClick={() => (call.panel.value = "people")}>
                    {t("call.more-people", { count: hidden })}
                </button>
            )}
        </div>
    );
}

/** The board in the middle; whoever shares a screen stands first beside it. */
function BoardAndStrip({ stage, others }: { readonly stage: Size; readonly others: readonly TileOf[] }) {
    const call = useCall();
    const isScreen = (one: TileOf): boolean => one.source === "screen";
    const screens = others.filter(isScreen);
    const people = others.filter((one) => !isScreen(one));
    return (
        <div class={`focus ${stripIsBeside(stage) ? "beside" : "below"}`}>
            <div class="large board-place">
                <BoardStage call={call} />
            </div>
            <Strip stage={stage} others={[...screens, ...people]} />
        </div>
    );
}

/** Nobody else is here: the link, not an empty black page. */
function Alone() {
    const { room } = useCall();
    const link = roomLink(room);
    return (
        <div class="alone">
            <p>{t("call.alone")}</p>
            <div class="row">
                <code>{link}</code>
                <Button
                    icon="copy"
                    label={t("common.copy-link")}
                    onClick={() => void copyText(link, t("common.link-copied"))}
                />
            </div>
        </div>
    );
}
