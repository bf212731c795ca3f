import type { ChatMessage } from "@libconf/client";
import { useSignal, type Signal } from "@preact/signals";
import { Component } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import { formatTime, t } from "../i18n/index.ts";
import { Button, Icon, Menu, type MenuItem } from "../kit/index.ts";
import { act } from "./act.ts";
import { piecesOf } from "./chat_list.ts";
import { useCall } from "./model.ts";
import { emojis } from "./reactions.tsx";

export interface ChatLineProps {
    readonly message: ChatMessage;
    readonly isFirst: boolean;
    /** Null: none, or one that is not there any more. */
    readonly answered: ChatMessage | null;
    readonly isEdited: boolean;
    readonly replyTo: Signal<string | null>;
    readonly editing: Signal<string | null>;
}

/** One message: who, when, what, and what others thought of it. Drawn again only when something of that is new. */
export class ChatLine extends Component<ChatLineProps> {
    override shouldComponentUpdate(next: ChatLineProps): boolean {
        const { props } = this;
        return (Object.keys(next) as (keyof ChatLineProps)[]).some((name) => next[name] !== props[name]);
    }

    override render() {
        return <Line {...this.props} />;
    }
}

function Line(props: ChatLineProps) {
    const { message, isFirst, answered } = props;
    const { client } = useCall();
    const textId = useId();
    return (
        <article class={`line ${message.state}`} data-key={message.key}>
            {isFirst && (
                <header>
                    <b>{message.own ? t("call.you-chat") : message.name}</b>
                    {message.to !== null && (
                        <span class="private">
                            <Icon name="lock" />
                            {t("call.private")}
                        </span>
                    )}
                    <time dateTime={new Date(message.at).toISOString()}>{formatTime(message.at)}</time>
                </header>
            )}
            {message.replyTo !== null && (
                <p class="quoted">
                    <Icon name="reply" />
                    {answered === null
                        ? t("call.older-message")
                        : t("call.answers", { name: answered.name, text: answered.text.slice(0, 80) })}
                </p>
            )}
            {props.isEdited ? (
                <EditField message={message} onEnd={() => (props.editing.value = null)} />
            ) : message.deleted ? (
                <p class="text gone">{t("call.deleted")}</p>
            ) : (
                <p class="text" id={textId}>
                    {piecesOf(message.text).map((piece) =>
                        "link" in piece ? (
                            <a href={piece.link} target="_blank" rel="noopener noreferrer nofollow">
                                {piece.link}
                            </a>
                        ) : (
                            piece.text
                        ),
                    )}
                    {message.edited !== null && <small> {t("call.edited")}</small>}
                </p>
            )}
            {message.state === "sending" && <small class="state">{t("call.sending")}</small>}
            {message.state === "failed" && (
                <div class="row wrap failed">
                    <small>{t("call.not-sent", { why: message.error ?? "" })}</small>
                    <Button
                        label={t("common.retry")}
                        onClick={() => void client.chat.retry(message.key).catch(() => undefined)}
                    />
                    <Button
                        kind="quiet"
                        label={t("call.discard")}
                        onClick={() => client.chat.discard(message.key)}
                    />
                </div>
            )}
            {message.reactions.length > 0 && <Reactions message={message} />}
            {message.id !== null && !message.deleted && !props.isEdited && (
                <LineMenu {...props} textId={textId} />
            )}
        </article>
    );
}

function Reactions({ message }: { readonly message: ChatMessage }) {
    const { client } = useCall();
    const name = (id: string): string =>
        client.people.value.find((one) => one.id === id)?.name.value ?? t("call.somebody");
    return (
        <div class="row wrap line-reactions">
            {message.reactions.map((one) => (
                <button
                    key={one.emoji}
                    type="button"
                    aria-pressed={one.own}
                    aria-label={t("call.reacted", { emoji: one.emoji, count: one.people.length })}
                    title={one.people.map(name).join(", ")}
                    onClick={() => act(client.chat.react(message.id!, one.emoji, !one.own))}
                >
                    {one.emoji} {one.people.length}
                </button>
            ))}
        </div>
    );
}

/** Of all messages one is a tab stop, which the list says (`keepOneStop`). */
function LineMenu({ message, replyTo, editing, textId }: ChatLineProps & { readonly textId: string }) {
    const { client } = useCall();
    const may = client.may.value;
    const items: MenuItem[] = [
        { label: t("call.reply"), icon: "reply", onSelect: () => void (replyTo.value = message.id) },
        {
            label: t("common.copy"),
            icon: "copy",
            onSelect: () => void copyText(message.text, t("common.copied")),
        },
    ];
    emojis.slice(0, 5).forEach((emoji, i) =>
        items.push({
            label: t("call.react-with", { emoji }),
            checked: message.reactions.some((one) => one.emoji === emoji && one.own),
            separator: i === 0,
            onSelect: () => {
                const has = message.reactions.some((one) => one.emoji === emoji && one.own);
                act(client.chat.react(message.id!, emoji, !has));
            },
        }),
    );
    if (message.own) {
        items.push({
            label: t("call.edit"),
            icon: "edit",
            separator: true,
            onSelect: () => void (editing.value = message.key),
        });
    }
    if (message.own || may.moderate) {
        items.push({
            label: t("call.delete"),
            icon: "delete",
            danger: true,
            separator: !message.own,
            onSelect: () => act(client.chat.remove(message.id!)),
        });
    }
    return (
        <div class="line-menu">
            <Menu
                icon="more"
                iconOnly
                label={
                    message.own ? t("call.own-actions") : t("call.message-actions", { name: message.name })
                }
                describedBy={textId}
                tabIndex={-1}
                items={items}
            />
        </div>
    );
}

function EditField({ message, onEnd }: { readonly message: ChatMessage; readonly onEnd: () => void }) {
    const { client } = useCall();
    const text = useSignal(message.text);
    const field = useRef<HTMLTextAreaElement>(null);
    useEffect(() => field.current?.focus(), []);
    const save = (): void => {
        const words = text.value.trim();
        if (words !== "" && words !== message.text) act(client.chat.edit(message.id!, words));
        onEnd();
    };
    return (
        <form
            class="edit"
            onSubmit={(event) => {
                event.preventDefault();
                save();
            }}
        >
            <textarea
                ref={field}
                rows={2}
                maxLength={5000}
                aria-label={t("call.edit")}
                value={text.value}
                onInput={(event) => (text.value = event.currentTarget.value)}
                onKeyDown={(event) => {
                    if (event.key === "Escape") {
                        event.preventDefault();
                        event.stopPropagation();
                        onEnd();
                    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
                        event.preventDefault();
                        save();
                    }
                }}
            />
            <div class="row">
                <Button submit kind="main" label={t("call.save")} onClick={() => undefined} />
                <Button kind="quiet" label={t("common.cancel")} onClick={onEnd} />
            </div>
        </form>
    );
}
