import type { Client, Door } from "@libconf/client";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import type { OwnMedia } from "../app/own_media.ts";
import { roomLink } from "../app/route.ts";
import { settings } from "../app/settings.ts";
import { formatList, language, t } from "../i18n/index.ts";
import { Button, TextField } from "../kit/index.ts";
import { Frame } from "./frame.tsx";
import { DeviceChoices, Preview } from "./preview.tsx";

/** A name, and one click. Devices are offered, never demanded. */
export function PrejoinPage(props: {
    readonly client: Client;
    readonly own: OwnMedia;
    readonly room: string;
    readonly door: Door | null;
    readonly onRefused: (error: unknown) => void;
}) {
    const { client, own, door } = props;
    const given = door?.you?.name ?? null;
    const error = useSignal<string | null>(null);
    const joining = useSignal(false);
    /** Who asks before the room is known comes in as soon as it is. */
    const asked = useSignal(false);
    const field = useRef<HTMLInputElement>(null);
    const title = door?.room.title ?? props.room;
    useEffect(() => {
        // Not where a keyboard would cover half of the page.
        if (matchMedia("(pointer: fine)").matches) field.current?.focus();
    }, []);
    const join = async (): Promise<void> => {
        asked.value = door === null;
        if (asked.value) return;
        const name = given ?? settings.name.value.trim();
        if (name === "") {
            error.value = t("entry.name-empty");
            field.current?.focus();
            return;
        }
        joining.value = true;
        try {
            await client.join({
                name,
                microphone: own.microphone.value.wanted && own.microphone.value.track !== null,
                camera: own.camera.value.track !== null,
                locale: language.value,
            });
        } catch (refused) {
            props.onRefused(refused);
        } finally {
            joining.value = false;
        }
    };
    useEffect(() => {
        if (door !== null && asked.value) void join();
    }, [door]);
    return (
        <Frame title={title}>
            <div class="prejoin">
                <Preview client={client} own={own} />
                <form
                    class="stack"
                    onSubmit={(event) => {
                        event.preventDefault();
                        void join();
                    }}
                >
                    <h1>{title}</h1>
                    {given === null ? (
                        <TextField
                            label={t("entry.your-name")}
                            hint={t("entry.your-name-hint")}
                            autocomplete="name"
                            maxLength={64}
                            value={settings.name.value}
                            error={error.value}
                            inputRef={field}
                            onInput={(value) => {
                                settings.name.value = value;
                                error.value = null;
                            }}
                        />
                    ) : (
                        <p class="given-name">{given}</p>
                    )}
                    <Button
                        submit
                        kind="main"
                        class="wide"
                        label={t(joining.value || asked.value ? "entry.joining" : "entry.join")}
                        disabled={joining.value || asked.value}
                        onClick={() => undefined}
                    />
                    <p class="inside" role="status">
                        {door === null ? t("entry.looking") : insideWords(door)}
                        {door?.room.lobby === true && ` ${t("entry.lobby-hint")}`}
                    </p>
                    <div>
                        <Button
                            icon="copy"
                            kind="quiet"
                            label={t("common.copy-link")}
                            onClick={() => void copyText(roomLink(props.room), t("common.link-copied"))}
                        />
                    </div>
                </form>
                <DeviceChoices client={client} own={own} />
            </div>
        </Frame>
    );
}

export function insideWords(door: Door): string {
    const { people: count, names } = door;
    if (count === 0) return t("entry.nobody-inside");
    if (names === null || names.length === 0) return t("entry.inside", { count });
    if (names.length === count) return t("entry.inside-names", { count, names: formatList(names) });
    return t("entry.inside-names-more", { count: count - names.length, names: names.join(", ") });
}
