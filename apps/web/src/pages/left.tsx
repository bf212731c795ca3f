import type { Ended } from "@libconf/client";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t, type Key } from "../i18n/index.ts";
import { MessagePage } from "./message.tsx";

const askAgainSeconds = 60;

/** Out of the room: why, and the way back first where there is one. */
export function LeftPage(props: {
    readonly ended: Ended;
    readonly rejoin: () => void;
    readonly takeBack: () => void;
}) {
    const { reason } = props.ended;
    const left = useSignal(reason === "refused" ? askAgainSeconds : 0);
    useEffect(() => {
        if (left.peek() === 0) return;
        const timer = setInterval(() => {
            left.value -= 1;
            if (left.value === 0) clearInterval(timer);
        }, 1000);
        return () => clearInterval(timer);
    }, []);
    const title = t(`entry.${reason}-title` as Key);
    const text = t(`entry.${reason}-text` as Key);
    if (reason === "banned") return <MessagePage title={title} text={text} />;
    if (reason === "replaced") {
        return (
            <MessagePage
                title={title}
                text={text}
                action={{ label: t("entry.take-back"), onClick: props.takeBack }}
            />
        );
    }
    if (!props.ended.canRejoin) return <MessagePage title={title} text={text} />;
    const waits = left.value > 0;
    const label = waits
        ? t("entry.refused-wait", { count: left.value })
        : reason === "refused"
          ? t("entry.refused-again")
          : t("entry.rejoin");
    return (
        <MessagePage title={title} text={text} action={{ label, disabled: waits, onClick: props.rejoin }} />
    );
}
