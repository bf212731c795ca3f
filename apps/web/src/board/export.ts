// A page or a document as a file.

import type { ExportFormat } from "@libconf/client/board";
import { formatNumber, t } from "../i18n/index.ts";
import { toast, type MenuItem } from "../kit/index.ts";
import { refusalSentence } from "../app/words.ts";
import { readExcalidraw } from "./excalidraw.ts";
import type { BoardModel } from "./model.ts";
import { uploadAsset } from "./paste.ts";
import { uploadBytesMost } from "./upload.ts";

/** What a file of Excalidraw may have without its pictures. */
const shapesBytesMost = 900_000;

export function exportItems(model: BoardModel): readonly MenuItem[] {
    const document = model.board.document.value;
    const page = model.page.value?.number;
    if (document === null || page === undefined) return [];
    const item = (
        label: string,
        format: ExportFormat,
        how: { readonly page?: number; readonly annotations?: boolean; readonly own?: boolean } = {},
    ): MenuItem => ({ label, onSelect: () => void save(model, document.number, format, how) });
    const mayOriginal = document.kind === "file" && (document.downloadable || model.board.mayPresent.value);
    return [
        item(t("board.export-pdf"), "pdf"),
        item(t("board.export-own"), "pdf", { own: true }),
        item(t("board.export-page-pdf"), "pdf", { page }),
        item(t("board.export-png"), "png", { page }),
        item(t("board.export-svg"), "svg", { page }),
        item(t("board.export-excalidraw"), "excalidraw", { page }),
        ...(mayOriginal ? [{ ...item(t("board.export-original"), "original"), separator: true }] : []),
        ...(model.board.mayDraw.value
            ? [{ label: t("board.import"), separator: true, onSelect: () => importFile(model) }]
            : []),
    ];
}

async function save(
    model: BoardModel,
    document: number,
    format: ExportFormat,
    how: { readonly page?: number; readonly annotations?: boolean; readonly own?: boolean },
): Promise<void> {
    toast(t("board.exporting"), { key: "export" });
    try {
        const path = await model.board.export(document, format, how);
        const link = window.document.createElement("a");
        link.href = path;
        link.download = "";
        link.click();
        toast(t("board.exported"), { key: "export" });
    } catch (error) {
        toast(refusalSentence(error), { kind: "bad", key: "export" });
    }
}

function importFile(model: BoardModel): void {
    const input = window.document.createElement("input");
    input.type = "file";
    input.accept = ".excalidraw,application/json";
    input.onchange = () => {
        const file = input.files?.[0];
        if (file !== undefined) void bring(model, file);
    };
    input.click();
}

async function bring(model: BoardModel, file: File): Promise<void> {
    const refuse = (most: number): void =>
        toast(t("board.too-large", { name: file.name, most: formatNumber(most / 1_000_000) }), {
            kind: "bad",
        });
    if (file.size > uploadBytesMost) return refuse(uploadBytesMost);
    try {
        const text = await file.text();
        const read = readExcalidraw(text);
        const assets = new Map<string, string>();
        // Before anything of it is sent.
        if (new Blob([read?.textWith(assets) ?? text]).size > shapesBytesMost) return refuse(shapesBytesMost);
        for (const [name, picture] of read?.pictures ?? []) {
            const asset = await uploadAsset(model, picture);
            if (asset !== null) assets.set(name, asset);
        }
        const { made, leftOut } = await model.board.importExcalidraw(read?.textWith(assets) ?? text);
        toast(t("board.imported", { made, left: leftOut }));
    } catch (error) {
        toast(refusalSentence(error), { kind: "bad" });
    }
}
