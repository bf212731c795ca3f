import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatDuration, t, type Key } from "../i18n/index.ts";
import { Icon } from "../kit/index.ts";
import { useCall } from "./model.ts";

/** Which room, how long, how good the connection is. */
export function TopBar() {
    const call = useCall();
    const { client } = call;
    const room = client.room.value;
    return (
        <header class="top">
            <h1>{room?.title ?? call.room}</h1>
            <Clock />
            <span class="top-space" />
            <Connection />
            <span class="top-people">{t("common.people-count", { count: client.people.value.length })}</span>
        </header>
    );
}

function Clock() {
    const { client } = useCall();
    const now = useSignal(Date.now());
    useEffect(() => {
        const timer = setInterval(() => (now.value = Date.now()), 1000);
        return () => clearInterval(timer);
    }, []);
    const started = client.room.value?.started ?? 0;
    if (started === 0) return null;
    return (
        <time role="timer" aria-label={t("call.running-for")}>
            {formatDuration(now.value + client.clockOffset.value - started)}
        </time>
    );
}

/** Nothing while all is well; else a word, and the reason behind a click. */
function Connection() {
    const call = useCall();
    const { state, reason } = call.client.media.quality.value;
    const poor = state !== "good";
    const relayed = call.client.media.transports.value.path === "relay";
    const word = t(`call.quality-${state}` as Key);
    return (
        <button
            type="button"
            class={`connection ${state}`}
            title={reason === null ? word : `${word}: ${t(`call.reason-${reason}` as Key)}`}
            onClick={() => call.toggle("info")}
        >
            <Icon name={state === "lost" ? "warning" : "signal"} />
            <span class={poor ? undefined : "hidden"}>{word}</span>
            {relayed && <span class="hidden">{t("call.path-relay")}</span>}
        </button>
    );
}
