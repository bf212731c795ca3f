// Documents on their way to the server: how far they are is shown in the list of documents.

import { signal } from "@preact/signals";
import { RequestError } from "@libconf/client";
import { t, formatNumber } from "../i18n/index.ts";
import { toast } from "../kit/index.ts";
import { refusalSentence } from "../app/words.ts";
import type { BoardModel } from "./model.ts";

/** What can be shown: by its name. */
export const acceptedFiles =
    ".pdf,.ppt,.pptx,.odp,.doc,.docx,.odt,.rtf,.xls,.xlsx,.ods,.odg,.txt,.png,.jpg,.jpeg,.webp,.gif,.svg";
/** The server's own limit, told before anything is sent. */
export const uploadBytesMost = 30_000_000;

/** Bytes sent of those documents that are being sent from here, 0 to 1. */
export const sentParts = signal<ReadonlyMap<number, number>>(new Map());

export async function uploadDocument(model: BoardModel, file: File): Promise<void> {
    if (file.size > uploadBytesMost) {
        const most = formatNumber(uploadBytesMost / 1_000_000);
        toast(t("board.too-large", { name: file.name, most }), { kind: "bad" });
        return;
    }
    if (file.size === 0) {
        toast(t("board.empty-file", { name: file.name }), { kind: "bad" });
        return;
    }
    model.sheet.value = "documents";
    try {
        const { document, url } = await model.board.upload(shortName(file.name), file.size);
        await send(document, url, file);
    } catch (error) {
        const why =
            error instanceof RequestError
                ? refusalSentence(error)
                : t("board.upload-broken", { name: file.name });
        toast(why, { kind: "bad", key: `upload ${file.name}` });
    }
}

/** At most 256 bytes, with its ending. */
function shortName(name: string): string {
    const bytes = (text: string): number => new TextEncoder().encode(text).length;
    let [head, tail] = [name, ""];
    const dot = name.lastIndexOf(".");
    if (dot > 0) [head, tail] = [name.slice(0, dot), name.slice(dot)];
    while (head.length > 1 && bytes(head + tail) > 256) head = head.slice(0, -1);
    return head + tail;
}

function send(document: number, url: string, file: File): Promise<void> {
    const tell = (part: number | null): void => {
        const all = new Map(sentParts.peek());
        if (part === null) all.delete(document);
        else all.set(document, part);
        sentParts.value = all;
    };
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("PUT", url);
        request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0);
        request.onloadend = () => tell(null);
        request.onerror = () => reject(new Error("the connection was lost"));
        request.onload = () => {
            // What the converter thinks of it stands in the list of documents.
            if (request.status < 400) resolve();
            else reject(new Error(String(request.status)));
        };
        tell(0);
        request.send(file);
    });
}
