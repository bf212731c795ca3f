import { hueFrom } from "@libconf/client/pad";
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { roomPath, token } from "../app/route.ts";
import { settings } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { Button, TextField } from "../kit/index.ts";
import { Frame } from "../pages/frame.tsx";
import { LanguageChoice } from "../pages/frame.tsx";
import { makeNotes, PadView, titleOf } from "./pad.tsx";

export interface NotesWindowProps {
    readonly room: string;
    readonly pad: string;
}

/** Notes alone: for a second screen, or for who is not in the meeting. */
export default function NotesWindow({ room, pad }: NotesWindowProps) {
    const named = useSignal(settings.name.peek().trim() !== "");
    return named.value ? (
        <Alone room={room} pad={pad} />
    ) : (
        <NameForm room={room} done={() => (named.value = true)} />
    );
}

function Alone({ room, pad }: NotesWindowProps) {
    const notes = useMemo(() => {
        const name = settings.name.peek().trim();
        const user = computed(() => ({ name, hue: hueFrom(null, name) }));
        return makeNotes({ room, user, ...(token === null ? {} : { access: async () => token }) }, pad);
    }, []);
    useEffect(() => () => notes.dispose(), []);
    const title = titleOf(notes);
    document.title = `${title} · ${room} · ${t("common.product")}`;
    return (
        <div class="pad-window">
            <header>
                <h1>{room}</h1>
                <a href={roomPath(room)}>{t("pad.to-room")}</a>
                <LanguageChoice />
            </header>
            <main aria-label={t("pad.notes")}>
                <PadView notes={notes} solo />
            </main>
        </div>
    );
}

function NameForm({ room, done }: { readonly room: string; readonly done: () => void }) {
    const text = useMemo(() => signal(""), []);
    const error = useSignal<string | null>(null);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => field.current?.focus(), []);
    return (
        <Frame title={t("pad.notes")} narrow>
            <h1>{t("pad.notes")}</h1>
            <p class="lead">{room}</p>
            <form
                class="card stack"
                onSubmit={(event) => {
                    event.preventDefault();
                    const name = text.value.trim();
                    if (name === "") {
                        error.value = t("pad.name-empty");
                        field.current?.focus();
                        return;
                    }
                    settings.name.value = name;
                    done();
                }}
            >
                <TextField
                    label={t("pad.your-name")}
                    hint={t("pad.your-name-hint")}
                    autocomplete="name"
                    maxLength={64}
                    value={text.value}
                    error={error.value}
                    inputRef={field}
                    onInput={(value) => {
                        text.value = value;
                        error.value = null;
                    }}
                />
                <Button submit kind="main" label={t("pad.open-notes")} onClick={() => undefined} />
            </form>
        </Frame>
    );
}
