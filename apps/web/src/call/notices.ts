// What happens in the room as toasts, announcements and sounds. Nobody is told who speaks.

import { effect } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { announce, dismissToast, toast } from "../kit/index.ts";
import { deviceSentence } from "../app/words.ts";
import { act } from "./act.ts";
import type { CallModel } from "./model.ts";
import { play } from "./sounds.ts";

/** Beyond so many people nobody wants to hear who comes and goes. */
const joinsToldMost = 8;

export function watchNotices(call: CallModel): () => void {
    const { client, own } = call;
    const off: (() => void)[] = [];
    const few = (): boolean => client.people.peek().length <= joinsToldMost;
    let handWasUp = false;

    off.push(
        client.on("muted", ({ source, by }) => {
            const name = by?.name.peek();
            const what = source === "camera" ? "camera" : source === "microphone" ? "microphone" : "screen";
            toast(
                name === undefined
                    ? t(`call.turned-off-${what}-lock`)
                    : t(`call.turned-off-${what}`, { name }),
                { key: `off ${source}` },
            );
        }),
        client.on("unmute-asked", ({ by }) =>
            toast(t("call.unmute-asked", { name: by?.name.peek() ?? t("call.somebody") }), {
                key: "unmute",
                action: { label: t("entry.turn-microphone-on"), run: () => act(own.setMicrophone(true)) },
            }),
        ),
        client.on("person-joined", (person) => {
            if (few()) announce(t("call.joined", { name: person.name.peek() }));
        }),
        client.on("person-left", ({ person }) => {
            if (few()) announce(t("call.left", { name: person.name.peek() }));
        }),
        client.on("waiting-joined", (guest) => {
            play("waiting");
            const count = client.waiting.peek().length;
            if (count > 1) {
                toast(t("call.waiting", { count }), {
                    key: "waiting",
                    action: { label: t("call.let-all-in"), run: () => act(client.admitAll()) },
                });
            } else {
                toast(t("call.waits", { name: guest.name }), {
                    key: "waiting",
                    action: { label: t("call.let-in"), run: () => act(client.admit(guest.id)) },
                });
            }
        }),
        client.on("waiting-left", () => {
            if (client.waiting.peek().length === 0) dismissToast("waiting");
        }),
        client.on("chat-message", (message) => {
            if (message.own || call.unread.peek() === 0) return;
            play("message");
            announce(t("call.says", { name: message.name, text: message.text }));
        }),
        client.on("admitted", () => play("in")),
        client.on("reconnected", () => announce(t("call.back"))),
        client.on("track-ended", ({ source }) => {
            if (source === "microphone" || source === "camera") {
                toast(deviceSentence(source, "missing"), { kind: "bad" });
            }
        }),
        client.devices.on("lost", ({ device, fallback }) => {
            if (device.kind === "speaker") return;
            toast(t("call.device-lost", { name: device.label }), { key: "device" });
            if (fallback !== null) void own.choose(device.kind, null);
        }),
        client.devices.on("found", ({ device }) =>
            toast(t("call.device-found", { name: device.label || t(`common.${device.kind}`) }), {
                key: "device",
                action: { label: t("call.use-it"), run: () => void own.choose(device.kind, device.id) },
            }),
        ),
        effect(() => {
            for (const kind of ["microphone", "camera"] as const) {
                const { error } = own[kind].value;
                if (error !== null)
                    toast(deviceSentence(kind, error), { kind: "bad", key: `device ${kind}` });
            }
        }),
        effect(() => {
            const up = client.self.value?.hand.value != null;
            if (handWasUp && !up) play("lowered");
            if (handWasUp !== up) announce(t(up ? "call.hand-is-up" : "call.hand-is-down"));
            handWasUp = up;
        }),
        watchState(
            () => own.microphone.value.wanted && own.microphone.value.track !== null,
            (on) => announce(t(on ? "entry.microphone-on" : "entry.microphone-off")),
        ),
        watchState(
            () => own.camera.value.track !== null,
            (on) => announce(t(on ? "entry.camera-on" : "entry.camera-off")),
        ),
        watchState(
            () => own.screen.value,
            (on) => announce(t(on ? "call.sharing" : "call.not-sharing")),
        ),
        watchState(
            () => client.people.value.filter((one) => one.hand.value !== null && !one.isSelf).length,
            (count, before) => {
                if (count > before && client.may.peek().moderate) announce(t("call.hands-up", { count }));
            },
        ),
    );
    return () => {
        for (const one of off) one();
    };
}

/** Calls when the value is another one than before; not at the start. */
function watchState<T>(read: () => T, changed: (now: T, before: T) => void): () => void {
    let before: T | undefined;
    let first = true;
    return effect(() => {
        const now = read();
        if (!first && now !== before) changed(now, before as T);
        first = false;
        before = now;
    });
}
