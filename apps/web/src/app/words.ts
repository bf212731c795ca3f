// Sentences for what a server or a device answered.

import { RequestError, type DeviceErrorCode } from "@libconf/client";
import { t, type Key } from "../i18n/index.ts";

/** The device's own sentence, with its way out. */
export function deviceSentence(kind: "microphone" | "camera", code: DeviceErrorCode): string {
    return t(`entry.${code}-${kind}` as Key);
}

/** For a toast, about something that was asked for inside. */
export function refusalSentence(error: unknown): string {
    if (!(error instanceof RequestError)) return t("common.failed", { why: String(error) });
    if (error.code === "forbidden") return t("common.forbidden");
    if (error.code === "rate") return t("common.too-fast");
    if (error.code === "not_saved") return t("common.not-saved");
    if (error.code === "no_converter") return t("common.no-converter");
    const code: string = error.code;
    if (code === "limit") return t("common.full");
    if (code === "unknown_document" || code === "unknown_page") return t("common.gone");
    if (code === "bad_file") return t("common.bad-file");
    if (code === "not_ready") return t("common.not-ready");
    if (code === "not_made") return t("common.not-made");
    return t("common.failed", { why: error.message });
}
