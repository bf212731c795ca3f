// The board among the pictures of a call. It is fetched when somebody opens it, or shows something on it.

import { signal, useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { BoardViewProps } from "../board/board.tsx";
import { loadWords, t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import type { CallModel } from "./model.ts";

const View = signal<ComponentType<BoardViewProps> | null>(null);

export function BoardStage({ call }: { readonly call: CallModel }) {
    const isBroken = useSignal(false);
    const bring = async (): Promise<void> => {
        isBroken.value = false;
        try {
            const [module] = await Promise.all([import("../board/board.tsx"), loadWords("board")]);
            View.value = module.default;
        } catch {
            isBroken.value = true;
        }
    };
    useEffect(() => {
        if (View.value === null) void bring();
    }, []);
    if (isBroken.value) {
        return (
            <div class="board-loading" role="alert">
                <p>{t("call.board-broken")}</p>
                <Button kind="main" label={t("common.retry")} onClick={() => void bring()} />
            </div>
        );
    }
    if (View.value === null) return <div class="board-loading" aria-busy="true" />;
    return (
        <View.value
            client={call.client}
            room={call.room}
            onClose={() => call.showBoard(false)}
            onGone={() => call.boardWatch.again()}
        />
    );
}
