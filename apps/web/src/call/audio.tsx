import type { Person, Source } from "@libconf/client";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { useCall } from "./model.ts";

/** Everybody's sound. The elements stay as long as their people: making new ones is what browsers refuse. */
export function AudioSinks() {
    const { client } = useCall();
    return (
        <div hidden>
            {client.people.value
                .filter((person) => !person.isSelf)
                .flatMap((person) => [
                    <Sink key={`${person.id} m`} person={person} source="microphone" />,
                    <Sink key={`${person.id} s`} person={person} source="screen_audio" />,
                ])}
        </div>
    );
}

function Sink({ person, source }: { readonly person: Person; readonly source: Source }) {
    const call = useCall();
    const element = useRef<HTMLAudioElement>(null);
    useSignalEffect(() => {
        const track = call.client.media.track(person.id, source).value;
        const audio = element.current;
        if (audio === null) return;
        audio.srcObject = track === null ? null : new MediaStream([track]);
        if (track === null) return;
        audio.play().catch((error: Error) => {
            if (error.name === "NotAllowedError") call.audioBlocked.value = true;
        });
    });
    useSignalEffect(() => {
        const speaker = call.client.devices.chosen.value.speaker;
        const audio = element.current;
        if (audio !== null && "setSinkId" in audio)
            void audio.setSinkId(speaker ?? "").catch(() => undefined);
    });
    return <audio ref={element} autoplay data-sound={`${person.id} ${source}`} />;
}

/** Browsers want a click before a page may be heard. */
export function SoundBlocked() {
    const call = useCall();
    if (!call.audioBlocked.value) return null;
    return (
        <div class="sound-blocked" role="alert">
            <Button
                kind="main"
                icon="volume"
                label={t("call.turn-sound-on")}
                onClick={() => {
                    call.audioBlocked.value = false;
                    for (const one of document.querySelectorAll<HTMLAudioElement>("audio[data-sound]")) {
                        void one.play().catch(() => undefined);
                    }
                }}
            />
        </div>
    );
}
