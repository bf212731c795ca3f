// Where tiles stand, as arithmetic: nothing here knows the page.

export interface Size {
    readonly width: number;
    readonly height: number;
}

export interface Grid {
    readonly columns: number;
    readonly rows: number;
    readonly tile: Size;
}

export const gap = 4;
const wide = 16 / 9;
const tall = 4 / 5;

/** The number of columns that makes tiles largest, without empty rows. */
export function gridOf(count: number, stage: Size, upright: boolean): Grid {
    const shape = upright ? tall : wide;
    let best: Grid = { columns: 1, rows: Math.max(1, count), tile: { width: 0, height: 0 } };
    for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
        const rows = Math.ceil(count / columns);
        const width = (stage.width - gap * (columns - 1)) / columns;
        const height = (stage.height - gap * (rows - 1)) / rows;
        const fits = Math.max(0, Math.min(width, height * shape));
        if (fits > best.tile.width) {
            best = { columns, rows, tile: { width: Math.floor(fits), height: Math.floor(fits / shape) } };
        }
    }
    return best;
}

/** How many tiles one page has. */
export function pageSize(stage: Size): number {
    return Math.min(stage.width, stage.height) < 480 ? 9 : 49;
}

export function pageCount(count: number, stage: Size): number {
    return Math.max(1, Math.ceil(count / pageSize(stage)));
}

/** Whether a strip of others stands beside (true) or below the focus. */
export function stripIsBeside(stage: Size): boolean {
    return stage.width > stage.height * 1.2 && stage.width >= 640;
}

/** The strip's thickness, and how many tiles it shows; the rest is a number. */
export function stripOf(count: number, stage: Size): { readonly tile: Size; readonly shown: number } {
    const beside = stripIsBeside(stage);
    const width = beside
        ? Math.max(140, Math.min(240, stage.width * 0.18))
        : Math.max(112, Math.min(200, stage.width * 0.28));
    const tile = { width: Math.floor(width), height: Math.floor(width / wide) };
    const room = beside ? stage.height / (tile.height + gap) : stage.width / (tile.width + gap);
    const most = Math.max(1, Math.floor(room));
    return { tile, shown: count <= most ? count : Math.max(1, most - 1) };
}
