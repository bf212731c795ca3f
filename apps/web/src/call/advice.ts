// What would help: said once, and done only by the user.

import { computed, effect } from "@preact/signals";
import { settings } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { toast } from "../kit/index.ts";
import { act } from "./act.ts";
import type { CallModel } from "./model.ts";

const busyMs = 10_000;
const poorMs = 120_000;
/** On its way to the best path a connection may use another one for a moment. */
const slowPathMs = 4000;

// Chromium alone has it.
declare global {
    interface Navigator {
        readonly connection?: { readonly saveData?: boolean };
    }
}

export function watchAdvice(call: CallModel): () => void {
    const { client, own } = call;
    // Computed: what is measured changes every two seconds, what it means does not.
    const isPoor = computed(() => !settings.saver.value && client.media.quality.value.state === "poor");
    const isBusy = computed(() => {
        const self = client.self.value;
        const blurs = settings.blur.value && own.camera.value.track !== null;
        return blurs && self !== null && client.media.stats(self.id, "camera").value?.limitation === "cpu";
    });
    const save = once(() =>
        toast(t("call.saver-suggest"), {
            key: "saver",
            action: { label: t("call.saver"), run: () => act(own.setSaver(true)) },
        }),
    );
    // Not by itself: the room behind somebody is not shown unasked.
    const sharpen = once(() =>
        toast(t("call.blur-slow"), {
            key: "blur",
            action: { label: t("call.blur-stop"), run: () => act(own.setBlur(false)) },
        }),
    );
    const slowPath = computed(() => {
        const { path } = client.media.transports.value;
        return path === "udp" ? null : path;
    });
    const tellPath = once(() => {
        const path = slowPath.peek();
        if (path === null) return;
        toast(t(`call.slow-${path}`), {
            key: "path",
            action: { label: t("call.why"), run: () => (call.panel.value = "info") },
        });
    });
    if (navigator.connection?.saveData === true && !settings.saver.peek()) save();
    const off = [
        effect(() => (isPoor.value ? after(poorMs, save) : undefined)),
        effect(() => (isBusy.value ? after(busyMs, sharpen) : undefined)),
        effect(() => (slowPath.value === null ? undefined : after(slowPathMs, tellPath))),
    ];
    return () => {
        for (const one of off) one();
    };
}

function after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
}

function once(run: () => void): () => void {
    let done = false;
    return () => {
        if (!done) run();
        done = true;
    };
}
