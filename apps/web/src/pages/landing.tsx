import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { go, newRoomName, readEntered, roomPath } from "../app/route.ts";
import { forgetRooms, recentRooms } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { Button, Icon, TextField } from "../kit/index.ts";
import { Frame } from "./frame.tsx";

/** Two actions: a new room, or one that exists. */
export function LandingPage() {
    const text = useSignal("");
    const error = useSignal<string | null>(null);
    const field = useRef<HTMLInputElement>(null);
    const enter = (): void => {
        const found = readEntered(text.value, location.origin);
        if ("to" in found) {
            go(found.to);
            return;
        }
        error.value =
            found.problem === "empty"
                ? t("entry.enter-empty")
                : found.problem === "other-host"
                  ? t("entry.enter-other-host", { host: found.host })
                  : t("entry.enter-bad-name");
        field.current?.focus();
    };
    return (
        <Frame title={t("entry.landing-title")} narrow>
            <h1>{t("entry.landing-title")}</h1>
            <p class="lead">{t("entry.landing-lead")}</p>
            <div class="card stack">
                <div>
                    <Button
                        kind="main"
                        icon="plus"
                        label={t("entry.new-room")}
                        onClick={() => go(roomPath(newRoomName()))}
                    />
                    <p class="hint">{t("entry.new-room-hint")}</p>
                </div>
                <hr />
                <form
                    class="enter"
                    onSubmit={(event) => {
                        event.preventDefault();
                        enter();
                    }}
                >
                    <TextField
                        label={t("entry.enter-label")}
                        hint={t("entry.enter-hint")}
                        value={text.value}
                        error={error.value}
                        spellcheck={false}
                        inputRef={field}
                        onInput={(value) => {
                            text.value = value;
                            error.value = null;
                        }}
                    />
                    <Button submit label={t("entry.enter")} icon="arrow-right" onClick={() => undefined} />
                </form>
            </div>
            {recentRooms.value.length > 0 && (
                <section aria-labelledby="recent">
                    <div class="row between">
                        <h2 id="recent">{t("entry.recent")}</h2>
                        <Button kind="quiet" label={t("entry.recent-forget")} onClick={forgetRooms} />
                    </div>
                    <ul class="rooms">
                        {recentRooms.value.map((name) => (
                            <li key={name}>
                                <a class="card" href={roomPath(name)}>
                                    <Icon name="door" />
                                    <span>{name}</span>
                                </a>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
        </Frame>
    );
}
