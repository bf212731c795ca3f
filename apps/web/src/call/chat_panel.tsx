import type { ChatMessage } from "@libconf/client";
import { useComputed, useSignal, type Signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { formatList, t } from "../i18n/index.ts";
import { Button, Icon, Select } from "../kit/index.ts";
import { refusalSentence } from "../app/words.ts";
import { toast } from "../kit/index.ts";
import { ChatLine } from "./chat_line.tsx";
import { groupsOf, inThread, partnersOf } from "./chat_list.ts";
import { keepOneStop, moveStop } from "./chat_stops.ts";
import { useCall } from "./model.ts";

const nearEnd = 48;
/** Lines that are drawn of a long talk, and how many come with each wish for older ones. */
const linesAtOnce = 200;
/** Old ones are left out so many at a time: the group at the top is drawn anew with each change of its first line. */
const linesLeft = 50;

/** Messages as a log, and what is being written. What comes new never moves the reader's place. */
export function ChatPanel() {
    const call = useCall();
    const { client } = call;
    const shown = useComputed(() => inThread(client.chat.messages.value, call.thread.value));
    const replyTo = useSignal<string | null>(null);
    const editing = useSignal<string | null>(null);
    return (
        <div class="panel-body chat">
            <ThreadChoice />
            <MessageList
                key={call.thread.value ?? ""}
                shown={shown.value}
                replyTo={replyTo}
                editing={editing}
            />
            <TypingLine />
            <Composer
                key={call.thread.value ?? ""}
                replyTo={replyTo.value}
                onReplyEnd={() => (replyTo.value = null)}
            />
        </div>
    );
}

function ThreadChoice() {
    const call = useCall();
    const { client } = call;
    const thread = call.thread.value;
    const partners = partnersOf(client.chat.messages.value);
    const people = client.people.value.filter((one) => !one.isSelf);
    const may = client.may.value;
    const writable = people.filter(
        (one) =>
            may.privateChat || one.role.value === "moderator" || partners.has(one.id) || one.id === thread,
    );
    const gone = [...partners].filter(([id]) => !people.some((one) => one.id === id));
    const options = [
        { value: "", label: t("call.to-everybody") },
        ...writable.map((one) => ({
            value: one.id,
            label: t("call.privately-to", { name: one.name.value }),
        })),
        ...gone.map(([id, name]) => ({ value: id, label: t("call.privately-gone", { name }) })),
    ];
    return (
        <div class="thread">
            <Select
                label={t("call.chat-with")}
                value={thread ?? ""}
                options={options}
                onChange={(id) => (call.thread.value = id === "" ? null : id)}
            />
            {thread !== null && <p class="hint">{t("call.private-hint")}</p>}
        </div>
    );
}

function MessageList(props: {
    readonly shown: ReturnType<typeof inThread>;
    /** The id of the message that is answered. */
    readonly replyTo: Signal<string | null>;
    /** The key of the one that is written anew. */
    readonly editing: Signal<string | null>;
}) {
    const call = useCall();
    const { client } = call;
    const { shown, replyTo, editing } = props;
    const box = useRef<HTMLDivElement>(null);
    const atEnd = useRef(true);
    const fresh = useSignal(0);
    /** Who reads at the end has the newest lines; who reads further above has all from this one on. */
    const firstKey = useSignal<string | null>(null);
    const kept = firstKey.value === null ? -1 : shown.findIndex((one) => one.key === firstKey.value);
    const spare = Math.max(0, shown.length - linesAtOnce);
    const start = kept >= 0 ? kept : spare - (spare % linesLeft);
    const last = shown[shown.length - 1];
    const count = useRef(shown.length);

    useLayoutEffect(() => {
        const list = box.current;
        if (list === null) return;
        const more = shown.length - count.current;
        count.current = shown.length;
        if (atEnd.current || last?.own === true) {
            list.scrollTop = list.scrollHeight;
            fresh.value = 0;
        } else if (more > 0) fresh.value += more;
    }, [last?.key]);

    useLayoutEffect(() => keepOneStop(box.current));

    let byId: ReadonlyMap<string | null, ChatMessage> | null = null;
    const line = (message: ChatMessage, isFirst: boolean): VNode => {
        let answered: ChatMessage | null = null;
        if (message.replyTo !== null) {
            byId ??= new Map(shown.map((one) => [one.id, one]));
            answered = byId.get(message.replyTo) ?? null;
        }
        const isEdited = editing.value === message.key;
        return <ChatLine key={message.key} {...{ message, isFirst, answered, isEdited, replyTo, editing }} />;
    };

    const toEnd = (): void => {
        const list = box.current;
        if (list !== null) list.scrollTop = list.scrollHeight;
        fresh.value = 0;
    };
    const older = async (): Promise<void> => {
        const list = box.current;
        const before = list?.scrollHeight ?? 0;
        const top = shown[start]?.key;
        if (start === 0) {
            await client.chat
                .loadOlder()
                .catch((error: unknown) => toast(refusalSentence(error), { kind: "bad" }));
        }
        const all = inThread(client.chat.messages.peek(), call.thread.peek());
        const at = all.findIndex((one) => one.key === top);
        firstKey.value = all[Math.max(0, at - linesAtOnce)]?.key ?? null;
        requestAnimationFrame(() => {
            if (list !== null) list.scrollTop += list.scrollHeight - before;
        });
    };
    return (
        <div class="messages-box">
            <div
                class="messages"
                role="log"
                aria-label={t("call.messages")}
                tabIndex={0}
                ref={box}
                onFocusIn={(event) => keepOneStop(event.currentTarget)}
                onFocusOut={(event) => keepOneStop(event.currentTarget)}
                onKeyDownCapture={(event) => moveStop(event.currentTarget, event)}
                onScroll={(event) => {
                    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
                    atEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
                    if (atEnd.current) {
                        fresh.value = 0;
                        firstKey.value = null;
                    } else {
                        firstKey.value ??= shown[start]?.key ?? null;
                    }
                }}
            >
                {(start > 0 || client.chat.more.value) && (
                    <Button kind="quiet" label={t("call.older")} onClick={() => void older()} />
                )}
                {shown.length === 0 && (
                    <p class="empty">
                        {t(call.thread.value === null ? "call.no-messages" : "call.no-private")}
                    </p>
                )}
                {groupsOf(shown.slice(start)).map((group) => (
                    <section key={group[0]!.key} class={group[0]!.own ? "group own" : "group"}>
                        {group.map((message, i) => line(message, i === 0))}
                    </section>
                ))}
            </div>
            {fresh.value > 0 && (
                <button type="button" class="fresh" onClick={toEnd}>
                    <Icon name="chevron-down" />
                    {t("call.new-messages", { count: fresh.value })}
                </button>
            )}
        </div>
    );
}

function TypingLine() {
    const call = useCall();
    const names = call.client.chat.typing.value
        .filter((one) =>
            call.thread.value === null ? !one.private : one.private && one.person.id === call.thread.value,
        )
        .map((one) => one.person.name.value);
    return (
        <p class="typing">
            {names.length === 0
                ? ""
                : names.length > 3
                  ? t("call.many-type")
                  : t("call.types", { count: names.length, names: formatList(names) })}
        </p>
    );
}

function Composer(props: { readonly replyTo: string | null; readonly onReplyEnd: () => void }) {
    const call = useCall();
    const { client } = call;
    const thread = call.thread.value;
    const draftKey = thread ?? "";
    const text = useSignal(call.drafts.get(draftKey) ?? "");
    const field = useRef<HTMLTextAreaElement>(null);
    const may = client.may.value;
    const partner = client.people.value.find((one) => one.id === thread);
    const allowed =
        thread === null
            ? may.chat
            : partner !== undefined && (may.privateChat || partner.role.value === "moderator");
    const answered = client.chat.messages.value.find((one) => one.id === props.replyTo);
    useEffect(() => {
        if (props.replyTo !== null) field.current?.focus();
    }, [props.replyTo]);
    useLayoutEffect(() => {
        const area = field.current;
        if (area === null) return;
        area.style.height = "auto";
        area.style.height = `${Math.min(160, area.scrollHeight + 2)}px`;
    }, [text.value]);
    const to = thread === null ? {} : { to: thread };
    const send = (): void => {
        const words = text.value.trim();
        if (words === "" || !allowed) return;
        text.value = "";
        call.drafts.delete(draftKey);
        client.chat.setTyping(false, to);
        // What fails stays in the list, with its own "try again".
        void client.chat
            .send(words, { ...to, ...(props.replyTo === null ? {} : { replyTo: props.replyTo }) })
            .catch(() => undefined);
        props.onReplyEnd();
        field.current?.focus();
    };
    if (!allowed) {
        return (
            <p class="locked">
                <Icon name="lock" />
                {t(
                    thread === null
                        ? "call.locked-chat"
                        : partner === undefined
                          ? "call.partner-gone"
                          : "call.locked-private-chat",
                )}
            </p>
        );
    }
    return (
        <form
            class="composer"
            onSubmit={(event) => {
                event.preventDefault();
                send();
            }}
        >
            {answered !== undefined && (
                <div class="answering">
                    <Icon name="reply" />
                    <p>
                        <b>{answered.name}</b> {answered.text}
                    </p>
                    <Button
                        icon="close"
                        kind="quiet"
                        iconOnly
                        label={t("call.no-reply")}
                        onClick={props.onReplyEnd}
                    />
                </div>
            )}
            <div class="composer-row">
                <textarea
                    ref={field}
                    rows={1}
                    value={text.value}
                    maxLength={5000}
                    aria-label={t(thread === null ? "call.message" : "call.private-message")}
                    placeholder={t(thread === null ? "call.message" : "call.private-message")}
                    onInput={(event) => {
                        text.value = event.currentTarget.value;
                        call.drafts.set(draftKey, text.value);
                        client.chat.setTyping(text.value !== "", to);
                    }}
                    onKeyDown={(event) => {
                        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
                            event.preventDefault();
                            send();
                        }
                    }}
                />
                <Button
                    submit
                    icon="send"
                    kind="main"
                    iconOnly
                    label={t("call.send")}
                    disabled={text.value.trim() === ""}
                    onClick={() => undefined}
                />
            </div>
        </form>
    );
}
