import { Client, RequestError } from "@libconf/client";
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { OwnMedia } from "../app/own_media.ts";
import { isRoomName, token } from "../app/route.ts";
import { rememberRoom } from "../app/settings.ts";
import { loadWords, t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import type { CallProps } from "../call/call.tsx";
import { Frame } from "./frame.tsx";
import { LeftPage } from "./left.tsx";
import { MessagePage } from "./message.tsx";
import { PrejoinPage } from "./prejoin.tsx";
import { RefusedPage } from "./refusals.tsx";
import { WaitingPage } from "./waiting.tsx";

const retryMs = 3000;

/** One visit of one room: the client decides which page it is. */
export function RoomPage({ room }: { readonly room: string }) {
    if (!isRoomName(room)) {
        return <MessagePage title={t("entry.unknown-title")} text={t("entry.enter-bad-name")} />;
    }
    // A visit that is over is thrown away as a whole.
    const visit = useSignal(1);
    return (
        <Visit key={visit.value} room={room} again={() => (visit.value += 1)} isFirst={visit.value === 1} />
    );
}

interface VisitProps {
    readonly room: string;
    readonly again: () => void;
    readonly isFirst: boolean;
}

function Visit({ room, again, isFirst }: VisitProps) {
    const [client, own] = useMemo(() => {
        const made = new Client({
            room,
            clientName: "libconf-web",
            ...(token === null ? {} : { token }),
        });
        return [made, new OwnMedia(made)] as const;
    }, []);
    const refused = useSignal<RequestError | null>(null);
    const elsewhere = useSignal(false);
    const Call = useSignal<ComponentType<CallProps> | null>(null);
    const broken = useSignal(false);

    const knock = async (): Promise<void> => {
        try {
            // At the door already: the refusal was about coming in.
            const { value: at } = client.state;
            if (at === "idle" || at === "left") await client.connect();
            refused.value = null;
        } catch (error) {
            refused.value = asRequestError(error);
        }
    };
    const comeBack = async (): Promise<void> => {
        void own.start();
        try {
            await client.resume();
        } catch {
            client.forget();
            await knock();
        }
    };
    const fetchCall = async (): Promise<void> => {
        try {
            const [module] = await Promise.all([import("../call/call.tsx"), loadWords("call")]);
            Call.value = module.default;
        } catch {
            broken.value = true;
        }
    };

    useEffect(() => {
        const begin = async (): Promise<void> => {
            if (isFirst && client.savedSession() !== null) return comeBack();
            if (isFirst && (await client.isOpenElsewhere())) {
                elsewhere.value = true;
                return;
            }
            void own.start();
            await knock();
        };
        void begin();
        // While somebody types his name the call itself is fetched.
        void fetchCall();
        return () => {
            own.dispose();
            client.dispose();
        };
    }, []);

    const isUnreachable = refused.value?.code === "unreachable";
    useEffect(() => {
        if (!isUnreachable) return;
        const timer = setInterval(() => void knock(), retryMs);
        return () => clearInterval(timer);
    }, [isUnreachable]);

    const state = client.state.value;
    useEffect(() => {
        if (state === "in") rememberRoom(room);
        // Out of the room nothing looks or listens.
        if (state === "left") own.close();
    }, [state]);

    if (elsewhere.value) {
        return (
            <Elsewhere
                move={() => {
                    elsewhere.value = false;
                    void own.start();
                    client.moveHere().catch(() => knock());
                }}
                asNew={() => {
                    elsewhere.value = false;
                    void own.start();
                    void knock();
                }}
            />
        );
    }
    if (state === "left" && client.ended.value !== null) {
        return (
            <LeftPage
                ended={client.ended.value}
                rejoin={again}
                takeBack={() => {
                    void own.start();
                    client.resume().catch(again);
                }}
            />
        );
    }
    if (refused.value !== null && (state === "idle" || state === "door" || state === "left")) {
        return <RefusedPage error={refused.value} retry={() => void knock()} />;
    }
    if (state === "waiting") return <WaitingPage client={client} own={own} />;
    if (broken.value && state === "in") {
        return (
            <MessagePage
                title={t("entry.version-title")}
                text={t("entry.version-text")}
                action={{ label: t("entry.reload"), onClick: () => location.reload() }}
            />
        );
    }
    if (state === "in" || state === "reconnecting") {
        // After a reload there is no room yet, until the server has answered.
        if (Call.value !== null && client.room.value !== null)
            return <Call.value client={client} own={own} room={room} />;
        return (
            <Frame title={room}>
                <p role="status">{t("entry.loading-call")}</p>
            </Frame>
        );
    }
    return (
        <PrejoinPage
            client={client}
            own={own}
            room={room}
            door={client.door.value}
            onRefused={(error) => (refused.value = asRequestError(error))}
        />
    );
}

function asRequestError(error: unknown): RequestError {
    return error instanceof RequestError ? error : new RequestError("unreachable", String(error));
}

function Elsewhere(props: { readonly move: () => void; readonly asNew: () => void }) {
    return (
        <MessagePage
            title={t("entry.elsewhere-title")}
            text={t("entry.elsewhere-text")}
            action={{ label: t("entry.elsewhere-move"), onClick: props.move }}
        >
            <p>
                <Button label={t("entry.elsewhere-new")} onClick={props.asNew} />
            </p>
        </MessagePage>
    );
}
