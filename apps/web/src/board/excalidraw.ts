// Files of Excalidraw have their pictures inside; here a picture is an asset of the room, which is uploaded first.

import { pictureTypes } from "./paste.ts";

interface Element {
    readonly type?: unknown;
    readonly isDeleted?: unknown;
    readonly fileId?: unknown;
}

/** The pictures that the file's images show, by their names there; none where it is no such file. */
export function picturesIn(text: string): ReadonlyMap<string, File> {
    const file = read(text);
    const found = new Map<string, File>();
    for (const { type, isDeleted, fileId } of file?.elements ?? []) {
        if (type !== "image" || isDeleted === true || typeof fileId !== "string") continue;
        const picture = pictureOf(fileId, (file?.files?.[fileId] as { dataURL?: unknown })?.dataURL);
        if (picture !== null) found.set(fileId, picture);
    }
    return found;
}

/** The file without its pictures' bytes; its images bear the ids of those that are assets by now. */
export function withAssets(text: string, assets: ReadonlyMap<string, string>): string {
    const file = read(text);
    if (file === null) return text;
    const elements = file.elements.map((one) =>
        one.type === "image" ? { ...one, fileId: assets.get(String(one.fileId)) ?? null } : one,
    );
    return JSON.stringify({ ...file, elements, files: {} });
}

function read(text: string): { elements: readonly Element[]; files?: Record<string, unknown> } | null {
    try {
        const file = JSON.parse(text) as { elements?: unknown; files?: unknown } | null;
        if (!Array.isArray(file?.elements)) return null;
        const elements = file.elements.filter((one) => typeof one === "object" && one !== null) as Element[];
        const files = typeof file.files === "object" && file.files !== null ? file.files : {};
        return { ...file, elements, files: files as Record<string, unknown> };
    } catch {
        return null;
    }
}

function pictureOf(name: string, address: unknown): File | null {
    const parts = typeof address === "string" ? /^data:([a-z/+.-]+);base64,/.exec(address) : null;
    if (parts === null || !pictureTypes.includes(parts[1]!)) return null;
    try {
        const bytes = Uint8Array.from(atob((address as string).slice(parts[0].length)), (one) =>
            one.charCodeAt(0),
        );
        return new File([bytes], name, { type: parts[1]! });
    } catch {
        return null;
    }
}
