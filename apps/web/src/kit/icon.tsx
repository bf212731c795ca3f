// One set of line icons on a 20 px grid, drawn for this program; always beside a text or an accessible name.

const mic =
    "M10 2.5a2.5 2.5 0 0 1 2.5 2.5v4.5a2.5 2.5 0 0 1-5 0V5A2.5 2.5 0 0 1 10 2.5zM4.5 9.5a5.5 5.5 0 0 0 11 0M10 15v2.5";
const camera =
    "M2.5 6.5a1.5 1.5 0 0 1 1.5-1.5h7a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H4a1.5 1.5 0 0 1-1.5-1.5zM12.5 9l5-3v8l-5-3";
const screen = "M2.5 4.5h15v9h-15zM7 17h6M10 13.5V17";
const slash = "M3 3l14 14";
const volume = "M3 8h3l4-3.5v11L6 12H3z";

const paths = {
    mic,
    "mic-off": `${mic}${slash}`,
    camera,
    "camera-off": `${camera}${slash}`,
    blur: "M10 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM5 16.5c.3-3 2.200-4.5 5-4.5s4.700 1.500 5 4.500M2.500 5h1.500M2.500 9h1.500M2.500 13h.8M16 5h1.500M16 9h1.500M16.700 13h.8",
    screen: `${screen}M10 11V7M8 8.5L10 6.700l2 1.800`,
    "screen-off": `${screen}${slash}`,
    board: "M3 3.5h14v10H3zM7 17l3-3.5 3 3.5M6 10c1.5-4 3-4 4 0s2 .5 4-3",
    hand: "M6 11V5.5a1.200 1.200 0 0 1 2.400 0V9M8.400 9V3.700a1.200 1.200 0 0 1 2.400 0V9M10.800 9V4.700a1.200 1.200 0 0 1 2.400 0V10M13.200 10V7a1.200 1.200 0 0 1 2.300 0v5c0 3-2 5.5-5 5.5-2.5 0-3.700-1.200-4.800-3.200L3.600 11a1.200 1.200 0 0 1 2-1.200L6 11",
    chat: "M3 4.5h14v9H9l-4 3.5v-3.5H3z",
    people: "M7.5 9.5a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM2 16.5c0-3 2.200-5 5.5-5s5.5 2 5.5 5M13 4.200a2.600 2.600 0 0 1 0 5M14.800 12c2 .6 3.200 2.200 3.200 4.5",
    smile: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.800 11.800c1.700 2.300 4.700 2.300 6.400 0M7.5 8v.2M12.5 8v.2",
    more: "M4.5 10h.1M10 10h.1M15.5 10h.1",
    leave: "M8 3.5H4.5v13H8M12 6.5l4 3.5-4 3.5M16 10H8",
    settings:
        "M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.700 4.700l1.400 1.400M13.900 13.900l1.400 1.400M15.300 4.700l-1.400 1.400M6.100 13.900l-1.400 1.400",
    info: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6.200v.2",
    pin: "M7 2.5h6l-1 6 3 3H5l3-3zM10 11.5v6",
    grid: "M3 3.5h6v5.5H3zM11 3.5h6v5.5h-6zM3 11h6v5.5H3zM11 11h6v5.5h-6z",
    "speaker-layout": "M3 3.5h14v8.5H3zM3 14.5h4v2.5H3zM8 14.5h4v2.5H8zM13 14.5h4v2.5h-4z",
    "full-screen": "M3 7.5V3h4.5M12.5 3H17v4.5M17 12.5V17h-4.5M7.5 17H3v-4.5",
    "pop-out": "M3 4h14v12H3zM10 10.5h7V16h-7z",
    close: "M4.5 4.5l11 11M15.5 4.5l-11 11",
    check: "M3.5 10.5l4.5 4.5 8.5-10",
    search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4.5 4.5",
    lock: "M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9",
    unlock: "M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 5.800-1",
    door: "M4.5 17.5v-15h11v15M2.5 17.5h15M12.5 10v.5",
    send: "M3 10l14-6.5L13 17l-3-5.5zM10 11.5l7-8",
    reply: "M8 4.5L3 9l5 4.5M3 9h8c4 0 6 2.5 6 6.5",
    edit: "M3.5 16.5l.8-3.5L13.5 3.800l2.700 2.700L7 15.700zM11.5 5.800l2.700 2.700",
    delete: "M3.5 5.5h13M8 5.5V3h4v2.5M5.5 5.5l.8 11.5h7.400l.8-11.5M8.5 8.5v5.5M11.5 8.5v5.5",
    warning: "M10 3l8 14H2zM10 8v4.5M10 14.800v.2",
    signal: "M3 15v2M8 11.5V17M13 7.5V17M18 3v14",
    volume: `${volume}M12.5 7.5a3.5 3.5 0 0 1 0 5M14.800 5a7 7 0 0 1 0 10`,
    "volume-off": `${volume}M13 8l4 4M17 8l-4 4`,
    crown: "M3 15.5h14M3.5 13L3 6l4 3 3-5 3 5 4-3-.5 7z",
    away: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2",
    keyboard: "M2 5h16v10H2zM5 8h.1M8 8h.1M11 8h.1M14.5 8h.1M5 11h.1M14.5 11h.1M7.5 12h5",
    language:
        "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM2.5 10h15M10 2.5c5 5 5 10 0 15M10 2.5c-5 5-5 10 0 15",
    copy: "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
    "chevron-down": "M5 8l5 5 5-5",
    "arrow-left": "M16.5 10h-13M8.5 5l-5 5 5 5",
    "arrow-right": "M3.5 10h13M11.5 5l5 5-5 5",
    plus: "M10 4v12M4 10h12",
    moon: "M16.5 12.5A7 7 0 0 1 7.5 3.5a7 7 0 1 0 9 9z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
    return (
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d={paths[name]} />
        </svg>
    );
}
