import type { DeviceKind } from "@libconf/client";
import { t } from "../i18n/index.ts";
import type { MenuItem } from "../kit/index.ts";
import { settings } from "../app/settings.ts";
import { act } from "./act.ts";
import type { CallModel } from "./model.ts";

/** The devices behind a button's chevron, and the way to all settings. */
export function deviceItems(call: CallModel, kind: "microphone" | "camera"): readonly MenuItem[] {
    const items = [...ofKind(call, kind)];
    if (kind === "microphone" && "setSinkId" in HTMLMediaElement.prototype) {
        const speakers = ofKind(call, "speaker");
        if (speakers.length > 0) items.push({ ...speakers[0]!, separator: true }, ...speakers.slice(1));
    }
    if (kind === "camera") {
        items.push({
            label: t("entry.blur"),
            checked: settings.blur.value,
            separator: items.length > 0,
            onSelect: () => act(call.own.setBlur(!settings.blur.value)),
        });
    }
    items.push({
        label: t("call.settings"),
        icon: "settings",
        separator: items.length > 0,
        onSelect: () => {
            call.settingsTab.value = kind === "camera" ? "video" : "audio";
            call.dialog.value = "settings";
        },
    });
    return items;
}

function ofKind(call: CallModel, kind: DeviceKind): readonly MenuItem[] {
    const { lists, chosen } = call.client.devices;
    const all = lists.value[kind].filter((one) => one.id !== "");
    const now = chosen.value[kind];
    return all.map((one, i) => ({
        label: one.label === "" ? t("common.unnamed-device", { number: i + 1 }) : one.label,
        oneOf: true,
        checked: now === null ? i === 0 : one.id === now,
        onSelect: () => void call.own.choose(kind, one.id),
    }));
}
