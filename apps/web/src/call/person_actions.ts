// Everything that one may do about somebody, by role; the same list in a tile's menu and in the people panel.

import type { Person, Role } from "@libconf/client";
import { t } from "../i18n/index.ts";
import type { MenuItem } from "../kit/index.ts";
import { act } from "./act.ts";
import type { CallModel } from "./model.ts";

const roles: readonly Role[] = ["viewer", "presenter", "moderator"];

/** `tile`: of which tile this is the menu; null: of a line in the list. */
export function personActions(call: CallModel, person: Person, tile: string | null): readonly MenuItem[] {
    const { client } = call;
    const may = client.may.value;
    const items: MenuItem[] = [];
    if (tile !== null) {
        items.push({
            label: t(call.isPinned(tile) ? "call.unpin" : "call.pin"),
            icon: "pin",
            onSelect: () => call.togglePin(tile),
        });
        items.push({
            label: t("call.move-to-start"),
            icon: "arrow-left",
            onSelect: () => (call.moved.value = tile),
        });
        items.push({
            label: t("call.full-screen"),
            icon: "full-screen",
            onSelect: () => {
                // The whole page, so that toasts and menus are in it.
                if (!call.isPinned(tile)) call.togglePin(tile);
                void document.documentElement.requestFullscreen?.().catch(() => undefined);
            },
        });
    }
    if (!person.isSelf) {
        const allowed = may.privateChat || may.moderate || person.role.value === "moderator";
        items.push({
            label: t("call.write-to"),
            icon: "chat",
            disabled: !allowed,
            reason: allowed ? undefined : t("call.locked-private-chat"),
            onSelect: () => call.writeTo(person),
        });
    }
    if (!may.moderate) return items;
    if (!person.isSelf) items.push(...moderation(call, person));
    roles.forEach((role, i) =>
        items.push({
            label: t(`call.role-${role}`),
            checked: person.role.value === role,
            oneOf: true,
            separator: i === 0,
            onSelect: () => act(client.setRole(person.id, role)),
        }),
    );
    if (!person.isSelf && person.role.value !== "moderator") {
        items.push({
            label: t("call.remove"),
            icon: "leave",
            separator: true,
            danger: true,
            onSelect: () => act(client.remove(person.id)),
        });
        items.push({
            label: t("call.ban"),
            icon: "lock",
            danger: true,
            onSelect: () => act(client.remove(person.id, { ban: true })),
        });
    }
    return items;
}

function moderation(call: CallModel, person: Person): readonly MenuItem[] {
    const { client } = call;
    const items: MenuItem[] = [];
    items.push(
        person.microphone.value
            ? {
                  label: t("call.mute"),
                  icon: "mic-off",
                  separator: true,
                  onSelect: () => act(client.mute(person.id)),
              }
            : {
                  label: t("call.ask-unmute"),
                  icon: "mic",
                  separator: true,
                  onSelect: () => act(client.askToUnmute(person.id)),
              },
    );
    if (person.camera.value) {
        items.push({
            label: t("call.turn-camera-off-of"),
            icon: "camera-off",
            onSelect: () => act(client.mute(person.id, "camera")),
        });
    }
    if (person.screen.value) {
        items.push({
            label: t("call.stop-screen-of"),
            icon: "screen-off",
            onSelect: () => act(client.mute(person.id, "screen")),
        });
    }
    if (person.hand.value !== null) {
        items.push({
            label: t("call.lower-hand-of"),
            icon: "hand",
            onSelect: () => act(client.lowerHand(person.id)),
        });
    }
    return items;
}
