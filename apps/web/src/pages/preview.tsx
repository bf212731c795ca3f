import type { Client, DeviceKind } from "@libconf/client";
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { gauge, isListening, playTestSound, type Gauge } from "../app/level.ts";
import type { OwnMedia } from "../app/own_media.ts";
import { settings } from "../app/settings.ts";
import { deviceSentence } from "../app/words.ts";
import { t } from "../i18n/index.ts";
import { Button, Icon, Meter, Select } from "../kit/index.ts";

/** Own picture with the two switches on it, and what is wrong with the devices. */
export function Preview({ client, own }: { readonly client: Client; readonly own: OwnMedia }) {
    const video = useRef<HTMLVideoElement>(null);
    useSignalEffect(() => {
        const { track } = own.camera.value;
        if (video.current === null) return;
        video.current.srcObject = track === null ? null : new MediaStream([track]);
    });
    const microphone = own.microphone.value;
    const camera = own.camera.value;
    const hasMicrophone = microphone.wanted && microphone.track !== null;
    return (
        <section class="preview" aria-label={t("entry.preview")}>
            <div class="picture dark">
                <video
                    ref={video}
                    class={settings.mirror.value ? "mirrored" : undefined}
                    autoplay
                    playsInline
                    muted
                    hidden={camera.track === null}
                    aria-hidden="true"
                />
                {camera.track === null && (
                    <p class="picture-note" role="status">
                        {note(client, own)}
                    </p>
                )}
                <div class="picture-controls">
                    <Button
                        icon={hasMicrophone ? "mic" : "mic-off"}
                        iconOnly
                        class={hasMicrophone ? "round" : "round off"}
                        label={t(hasMicrophone ? "entry.turn-microphone-off" : "entry.turn-microphone-on")}
                        onClick={() => void own.setMicrophone(!hasMicrophone)}
                    />
                    <Button
                        icon={camera.track === null ? "camera-off" : "camera"}
                        iconOnly
                        class={camera.track === null ? "round off" : "round"}
                        label={t(camera.track === null ? "entry.turn-camera-on" : "entry.turn-camera-off")}
                        onClick={() => void own.setCamera(camera.track === null)}
                    />
                    <Button
                        icon="blur"
                        iconOnly
                        class="round"
                        label={t("entry.blur")}
                        pressed={settings.blur.value}
                        onClick={() => void own.setBlur(!settings.blur.value)}
                    />
                </div>
                <MicrophoneMeter own={own} />
            </div>
            <Faults own={own} />
        </section>
    );
}

function note(client: Client, own: OwnMedia): string {
    if (own.preparing.value) return t("entry.blur-preparing");
    if (own.asking.value) {
        const { microphone, camera } = client.devices.permissions.value;
        if (client.devices.slow.value) return t("entry.asking-slow");
        return microphone === "granted" || camera === "granted" ? t("entry.starting") : t("entry.asking");
    }
    return t("entry.picture-off");
}

/** The level of the open microphone; says so when nothing at all comes from it. */
export function MicrophoneMeter({ own }: { readonly own: OwnMedia }) {
    const measured = useSignal<Gauge | null>(null);
    const track = useComputed(() => (own.microphone.value.wanted ? own.microphone.value.track : null));
    const silent = useSignal(0);
    useSignalEffect(() => {
        const from = track.value;
        silent.value = 0;
        if (from === null) return;
        const made = gauge(from);
        measured.value = made;
        const timer = setInterval(() => {
            if (made.level.peek() > 0.01) {
                silent.value = 0;
                clearInterval(timer);
            } else if (!document.hidden && isListening()) silent.value += 1;
        }, 1000);
        return () => {
            clearInterval(timer);
            made.stop();
            measured.value = null;
        };
    });
    const gaugeNow = measured.value;
    if (gaugeNow === null) return null;
    return (
        <div class="picture-meter">
            <Meter level={gaugeNow.level} label={t("common.level")} />
            {silent.value >= 10 && (
                <p class="picture-warning" role="status">
                    <Icon name="warning" />
                    {t("entry.silent", { device: track.value?.label || t("common.microphone") })}
                </p>
            )}
        </div>
    );
}

function Faults({ own }: { readonly own: OwnMedia }) {
    const faults = (["microphone", "camera"] as const).flatMap((kind) => {
        const { error } = own[kind].value;
        return error === null ? [] : [{ kind, error }];
    });
    if (faults.length === 0) return null;
    return (
        <div class="faults" role="alert">
            {faults.map(({ kind, error }) => (
                <div class="fault" key={kind}>
                    <Icon name="warning" />
                    <p>{deviceSentence(kind, error)}</p>
                    <Button label={t("common.retry")} onClick={() => void own.renew(kind)} />
                </div>
            ))}
        </div>
    );
}

export function DeviceChoices({ client, own }: { readonly client: Client; readonly own: OwnMedia }) {
    const playing = useSignal(false);
    useEffect(() => {
        void client.devices.refresh();
    }, []);
    const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
    return (
        <div class="devices">
            <DeviceChoice kind="microphone" client={client} own={own} />
            <DeviceChoice kind="camera" client={client} own={own} />
            <div class="speaker">
                {canChooseSpeaker && <DeviceChoice kind="speaker" client={client} own={own} />}
                <Button
                    icon="volume"
                    label={t(playing.value ? "entry.testing-speaker" : "entry.test-speaker")}
                    disabled={playing.value}
                    onClick={() => {
                        playing.value = true;
                        void playTestSound(client.devices.chosen.value.speaker)
                            .catch(() => undefined)
                            .finally(() => (playing.value = false));
                    }}
                />
            </div>
        </div>
    );
}

export function DeviceChoice(props: {
    readonly kind: DeviceKind;
    readonly client: Client;
    readonly own: OwnMedia;
}) {
    const { kind, client, own } = props;
    const all = client.devices.lists.value[kind].filter((one) => one.id !== "" && one.id !== "default");
    const chosen = client.devices.chosen.value[kind];
    // Before the browser has allowed a device it tells no ids.
    const isKnown = kind === "speaker" || client.devices.permissions.value[kind] === "granted";
    const options = [
        {
            value: "",
            label: isKnown && all.length === 0 ? t("common.no-device") : t("common.default-device"),
        },
        ...all.map((one, i) => ({
            value: one.id,
            label: one.label === "" ? t("common.unnamed-device", { number: i + 1 }) : one.label,
        })),
    ];
    return (
        <Select
            label={t(`common.${kind}`)}
            value={all.some((one) => one.id === chosen) ? (chosen ?? "") : ""}
            options={options}
            onChange={(id) => void own.choose(kind, id === "" ? null : id)}
        />
    );
}
