// The board's icons, of the same set as the kit's: a 20 px grid, lines of 1.75 px.

const paths = {
    select: "M5 3l10.5 6-4.5 1.5-2 4.5z",
    hand: "M6 11V5.5a1.2 1.2 0 0 1 2.4 0V9M8.4 9V3.7a1.2 1.2 0 0 1 2.4 0V9M10.8 9V4.7a1.2 1.2 0 0 1 2.4 0V10M13.2 10V7a1.2 1.2 0 0 1 2.3 0v5c0 3-2 5.5-5 5.5-2.5 0-3.7-1.2-4.8-3.2L3.6 11a1.2 1.2 0 0 1 2-1.2L6 11",
    pen: "M3.5 16.5l1-4L14 3l3 3-9.5 9.5zM12 5l3 3",
    highlighter: "M6 11l6.5-7.5 4 3.5L10 14.5zM6 11l-1.5 3 2.5 2 3-1.5M3 17.5h14",
    eraser: "M8 16.5L3.5 12l8-8 5.5 5.5-7 7zM7 8.5l5.5 5.5M8 16.5h9",
    line: "M4 16L16 4",
    arrow: "M4 16L16 4M9 4h7v7",
    rectangle: "M3 5h14v10H3z",
    ellipse: "M10 16c4 0 7-2.7 7-6s-3-6-7-6-7 2.7-7 6 3 6 7 6z",
    polygon: "M10 3l7.5 13h-15z",
    text: "M4 5.5V4h12v1.5M10 4v12.5M7.5 16.5h5",
    note: "M3.5 3.5h13v9l-4 4h-9zM12.5 16.5v-4h4",
    stamp: "M4 17h12M5 14h10v-2.5c0-1-1-1.5-2.5-1.5V6.5a2.5 2.5 0 1 0-5 0V10C6 10 5 10.5 5 11.5z",
    laser: "M10 10l-6.5 6.5M12 8l1-1M10 3v2M17 10h-2M14.7 5.3l-1.2 1.2M5.3 5.3l1.2 1.2M14.7 14.7l-1.2-1.2",
    image: "M3 4h14v12H3zM3 13.5l4-4 4 4 2.5-2.5 3.5 3.5M13 7.5v.2",
    undo: "M7 4L3.5 7.5 7 11M3.5 7.5H12a4.5 4.5 0 0 1 0 9H8",
    redo: "M13 4l3.5 3.5L13 11M16.5 7.5H8a4.5 4.5 0 0 0 0 9h4",
    duplicate: "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
    group: "M3 3h3v3H3zM14 3h3v3h-3zM3 14h3v3H3zM14 14h3v3h-3zM6 4.5h8M6 15.5h8M4.5 6v8M15.5 6v8",
    order: "M4 9.5h8v7H4zM8 6.5V3.5h8v8h-1.5",
    align: "M3.5 3v14M6.5 5.5h10v3h-10zM6.5 11.5h6v3h-6z",
    "zoom-in": "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4.5 4.5M9 6.5v5M6.5 9h5",
    "zoom-out": "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4.5 4.5M6.5 9h5",
    fit: "M3 7V4h3M14 4h3v3M17 13v3h-3M6 16H3v-3M7 8h6v4H7z",
    thumbnails: "M3 3.5h5v5H3zM3 11.5h5v5H3zM11 4.5h6M11 7.5h4M11 12.5h6M11 15.5h4",
    documents: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5.5M7.5 13h5.5",
    upload: "M10 13V3.5M6 7.5l4-4 4 4M3.5 13v3.5h13V13",
    download: "M10 3.5V13M6 9l4 4 4-4M3.5 13v3.5h13V13",
    pencils: "M3 14l.7-2.8 6-6 2 2-6 6zM9 16.5l.7-2.8 5.3-5.3 2 2-5.3 5.3z",
    follow: "M2.5 10C5 6.5 7.5 5 10 5s5 1.5 7.5 5c-2.5 3.5-5 5-7.5 5s-5-1.5-7.5-5zM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z",
    present: "M3 3.5h14M4 3.5v8.5h12V3.5M10 12v3M7 17.5l3-2.5 3 2.5",
    up: "M10 16V4M5.5 8.5L10 4l4.5 4.5",
    down: "M10 4v12M5.5 11.5L10 16l4.5-4.5",
    infinite:
        "M10 10c-1.5-2-2.7-3-4.3-3a3 3 0 0 0 0 6c1.6 0 2.8-1 4.3-3s2.7-3 4.3-3a3 3 0 0 1 0 6c-1.6 0-2.8-1-4.3-3z",
    page: "M5 2.5h10v15H5zM10 7.5v5M7.5 10h5",
} as const;

export type BoardIconName = keyof typeof paths;

export function BoardIcon({ name }: { readonly name: BoardIconName }) {
    return (
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d={paths[name]} />
        </svg>
    );
}
