// Which part of a page is seen, as arithmetic: a place on the screen is (place on the page - camera) * zoom.

import type { Box, Point, Size } from "./geometry.ts";

export interface Camera extends Point {
    /** Screen pixels a page unit. */
    readonly zoom: number;
}

/** As often as the page is, when it just fits. */
export const zoomLeast = 0.25;
export const zoomMost = 8;
/** One press of a key or button, one notch of a wheel. */
export const zoomStep = 1.1;
/** Of an endless board, what is seen at first. */
export const endlessView: Size = { width: 1440, height: 810 };

export function toPage(camera: Camera, at: Point): Point {
    return { x: at.x / camera.zoom + camera.x, y: at.y / camera.zoom + camera.y };
}

export function toScreen(camera: Camera, at: Point): Point {
    return { x: (at.x - camera.x) * camera.zoom, y: (at.y - camera.y) * camera.zoom };
}

/** What is seen of the page. */
export function seenBy(camera: Camera, screen: Size): Box {
    return {
        x: camera.x,
        y: camera.y,
        width: screen.width / camera.zoom,
        height: screen.height / camera.zoom,
    };
}

/** All of `box` as large as it goes, in the middle. */
export function fitting(box: Box, screen: Size): Camera {
    const zoom = Math.min(screen.width / box.width, screen.height / box.height);
    if (!(zoom > 0) || !Number.isFinite(zoom)) return { x: box.x, y: box.y, zoom: 1 };
    return {
        x: box.x - (screen.width / zoom - box.width) / 2,
        y: box.y - (screen.height / zoom - box.height) / 2,
        zoom,
    };
}

/** How much larger than just fitting. */
export function magnification(camera: Camera, page: Size, screen: Size): number {
    return camera.zoom / fitting({ x: 0, y: 0, ...page }, screen).zoom;
}

/** Larger by `factor` about a place on the screen, which stays where it is. */
export function zoomedAt(camera: Camera, at: Point, factor: number, page: Size, screen: Size): Camera {
    const whole = fitting({ x: 0, y: 0, ...page }, screen).zoom;
    const zoom = Math.max(whole * zoomLeast, Math.min(whole * zoomMost, camera.zoom * factor));
    const fixed = toPage(camera, at);
    return { x: fixed.x - at.x / zoom, y: fixed.y - at.y / zoom, zoom };
}

/** Moved with the pointer, by so many screen pixels. */
export function moved(camera: Camera, dx: number, dy: number): Camera {
    return { ...camera, x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom };
}

/**
 * A page never leaves the screen: one that is smaller than it stands in the middle, of a larger one a quarter
 * of the screen at most is empty. An endless board goes anywhere.
 */
export function kept(camera: Camera, page: Size, screen: Size, isEndless: boolean): Camera {
    if (isEndless) return camera;
    const along = (at: number, length: number, seen: number): number => {
        if (length <= seen) return (length - seen) / 2;
        const spare = seen / 4;
        return Math.max(-spare, Math.min(length - seen + spare, at));
    };
    return {
        ...camera,
        x: along(camera.x, page.width, screen.width / camera.zoom),
        y: along(camera.y, page.height, screen.height / camera.zoom),
    };
}

/** Two fingers: from where they were to where they are; what lies between them stays between them. */
export function pinched(
    camera: Camera,
    before: readonly [Point, Point],
    after: readonly [Point, Point],
    page: Size,
    screen: Size,
): Camera {
    const length = ([a, b]: readonly [Point, Point]): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
    const center = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const from = center(before);
    const to = center(after);
    const larger = zoomedAt(camera, from, length(after) / length(before), page, screen);
    return moved(larger, to.x - from.x, to.y - from.y);
}

/** So that `box` is seen; as it is where that is so already. */
export function showing(camera: Camera, box: Box, screen: Size): Camera {
    const seen = seenBy(camera, screen);
    const along = (at: number, length: number, from: number, room: number): number => {
        if (length >= room) return at + length / 2 - room / 2;
        return Math.max(at + length - room, Math.min(at, from));
    };
    return {
        ...camera,
        x: along(box.x, box.width, seen.x, seen.width),
        y: along(box.y, box.height, seen.y, seen.height),
    };
}
