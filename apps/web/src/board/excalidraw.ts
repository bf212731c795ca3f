// Files of Excalidraw have their pictures inside; here a picture is an asset of the room, which is uploaded first.

import { pictureTypes } from "./paste.ts";

interface Element {
    readonly type?: unknown;
    readonly isDeleted?: unknown;
    readonly fileId?: unknown;
}

export interface ExcalidrawFile {
    /** Those that its images show and a room takes, by their names there. */
    readonly pictures: ReadonlyMap<string, File>;
    /** The file without their bytes; its images bear the ids of those that are assets by now. */
    textWith(assets: ReadonlyMap<string, string>): string;
}

/** Null where it is no such file. */
export function readExcalidraw(text: string): ExcalidrawFile | null {
    let file: { elements?: unknown; files?: unknown } | null;
    try {
        file = JSON.parse(text) as typeof file;
    } catch {
        return null;
    }
    if (!Array.isArray(file?.elements)) return null;
    const elements = file.elements.filter((one) => typeof one === "object" && one !== null) as Element[];
    const files = (file.files ?? {}) as Record<string, { readonly dataURL?: unknown } | undefined>;
    const pictures = new Map<string, File>();
    for (const { type, isDeleted, fileId } of elements) {
        if (type !== "image" || isDeleted === true || typeof fileId !== "string") continue;
        const picture = pictureOf(fileId, files[fileId]?.dataURL);
        if (picture !== null) pictures.set(fileId, picture);
    }
    const textWith = (assets: ReadonlyMap<string, string>): string => {
        const shown = elements.map((one) =>
            one.type === "image" ? { ...one, fileId: assets.get(String(one.fileId)) ?? null } : one,
        );
        return JSON.stringify({ ...file, elements: shown, files: {} });
    };
    return { pictures, textWith };
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
