// Pictures and texts that are pasted or dropped: pictures are uploaded and lie on the page, other files
// become documents.

import { quantised, seenBy, type Point } from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce, toast } from "../kit/index.ts";
import { putShape, pasteCopied } from "./actions.ts";
import { withLines } from "./measure.ts";
import type { BoardModel } from "./model.ts";
import { styleOf } from "./style.ts";
import { uploadDocument } from "./upload.ts";

export const pictureTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** A pasted picture is not larger than this part of what is seen. */
const partMost = 0.6;

export async function pasteFrom(model: BoardModel, data: DataTransfer | null): Promise<void> {
    if (data === null || !model.board.mayDraw.peek()) return;
    const picture = [...data.files].find((one) => pictureTypes.includes(one.type));
    if (picture !== undefined) return putPicture(model, picture, null);
    if (pasteCopied(model)) return;
    const text = data.getData("text/plain").trim();
    if (text !== "") putText(model, text);
}

export async function dropFiles(model: BoardModel, data: DataTransfer | null, at: Point): Promise<void> {
    for (const file of data?.files ?? []) {
        if (pictureTypes.includes(file.type) && model.board.mayDraw.peek()) await putPicture(model, file, at);
        else if (model.board.mayPresent.peek()) void uploadDocument(model, file);
        else toast(t("board.may-not-upload"), { kind: "bad" });
    }
}

function putText(model: BoardModel, text: string): void {
    const seen = seenBy(model.camera.peek(), model.screen.peek());
    const style = styleOf("text");
    const shape = { type: "text", given: style } as Parameters<typeof withLines>[0];
    const given = withLines(shape, {
        ...style,
        text: text.slice(0, 10_000).replaceAll("\r", "").replaceAll("\t", "    "),
        width: quantised(seen.width * partMost),
        x: quantised(seen.x + seen.width * 0.2),
        y: quantised(seen.y + seen.height * 0.2),
    });
    const id = putShape(model, "text", given);
    model.setTool("select");
    model.choose([id]);
}

export async function putPicture(model: BoardModel, file: File, at: Point | null): Promise<void> {
    const size = await createImageBitmap(file).catch(() => null);
    if (size === null) return toast(t("board.bad-picture", { name: file.name }), { kind: "bad" });
    const asset = await uploadAsset(model, file);
    if (asset === null) return;
    const seen = seenBy(model.camera.peek(), model.screen.peek());
    const scale = Math.min(1, (seen.width * partMost) / size.width, (seen.height * partMost) / size.height);
    const [width, height] = [size.width * scale, size.height * scale];
    const center = at ?? { x: seen.x + seen.width / 2, y: seen.y + seen.height / 2 };
    const id = putShape(model, "image", {
        asset,
        x: quantised(center.x - width / 2),
        y: quantised(center.y - height / 2),
        width: quantised(width),
        height: quantised(height),
        title: file.name.slice(0, 256),
    });
    model.setTool("select");
    model.choose([id]);
    announce(t("board.said-picture"));
}

/** Its id in the room; null when it was refused, which has been said. */
export async function uploadAsset(model: BoardModel, file: File): Promise<string | null> {
    try {
        const response = await fetch(model.board.assetPath(model.room), { method: "POST", body: file });
        const answer = (await response.json()) as {
            readonly asset?: unknown;
            readonly error?: { readonly message?: unknown };
        };
        if (response.ok && typeof answer.asset === "string") return answer.asset;
        toast(
            t("board.upload-refused", {
                name: file.name,
                why: String(answer.error?.message ?? response.status),
            }),
            {
                kind: "bad",
            },
        );
    } catch {
        toast(t("board.upload-broken", { name: file.name }), { kind: "bad" });
    }
    return null;
}
