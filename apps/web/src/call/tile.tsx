import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { settings } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { Button, Icon, Menu } from "../kit/index.ts";
import { hueOf } from "./hue.ts";
import type { Size } from "./layouts.ts";
import { useCall, type TileOf } from "./model.ts";
import { personActions } from "./person_actions.ts";

interface TileProps {
    readonly of: TileOf;
    readonly size: Size;
    readonly important?: boolean;
    readonly small?: boolean;
    /** Where it begins in a grid of half columns. */
    readonly column?: number | null;
}

export function Tile({ of, size, important = false, small = false, column = null }: TileProps) {
    const call = useCall();
    const { person, source } = of;
    const video = useRef<HTMLVideoElement>(null);
    const isScreen = source === "screen";
    const hasPicture = isScreen ? person.screen.value : person.camera.value;
    const own = person.isSelf;

    useSignalEffect(() => {
        const element = video.current;
        if (element === null) return;
        const track = own
            ? isScreen
                ? call.client.media.own.value.screen.track
                : call.own.camera.value.track
            : call.client.media.track(person.id, source).value;
        const before = (element.srcObject as MediaStream | null)?.getVideoTracks()[0] ?? null;
        if (before === track) return;
        element.srcObject = track === null ? null : new MediaStream([track]);
        if (track !== null) void element.play().catch(() => undefined);
    });

    const { width, height } = size;
    // The same picture may be in a window of its own, too.
    const view = useMemo(() => Symbol(), []);
    useEffect(() => {
        if (own || !hasPicture) return;
        const apart = video.current?.ownerDocument !== document;
        call.views.show(view, { participant: person.id, source, width, height, important, apart });
        return () => call.views.hide(view);
    }, [of.key, hasPicture, width, height, important]);

    const name = person.name.value;
    const pinned = call.isPinned(of.key);
    const muted = !isScreen && !person.microphone.value;
    const states = [
        own ? t("call.you") : "",
        isScreen ? t("call.shares") : "",
        muted ? t("call.state-muted") : "",
        person.hand.value === null || isScreen ? "" : t("call.state-hand"),
        person.away.value ? t("call.state-away") : "",
        person.here.value ? "" : t("call.state-lost"),
        pinned ? t("call.state-pinned") : "",
    ].filter((one) => one !== "");
    const label = isScreen ? t("call.screen-of", { name }) : name;
    return (
        <div
            role="group"
            class={`tile${isScreen ? " screen" : ""}${small ? " small" : ""}${person.speaking.value && !isScreen ? " speaking" : ""}${person.here.value ? "" : " lost"}`}
            aria-label={[label, ...states].join(", ")}
            data-key={of.key}
            data-person={name}
            data-source={source}
            style={{
                width: `${width}px`,
                height: `${height}px`,
                gridColumn: column === null ? "span 2" : `${column} / span 2`,
            }}
        >
            <video
                ref={video}
                class={own && !isScreen && settings.mirror.value ? "mirrored" : undefined}
                autoplay
                playsInline
                muted
                hidden={!hasPicture}
                aria-hidden="true"
            />
            {!hasPicture && (
                <span class="initials" aria-hidden="true" data-hue={hueOf(person.id)}>
                    {initialsOf(name)}
                </span>
            )}
            <div class="chip" aria-hidden="true">
                {muted && <Icon name="mic-off" />}
                {!muted && !isScreen && <Icon name="mic" />}
                {isScreen && <Icon name="screen" />}
                <span class="chip-name">{own && !isScreen ? t("call.you-named", { name }) : label}</span>
                {person.hand.value !== null && !isScreen && <Icon name="hand" />}
                {person.away.value && <Icon name="away" />}
                {pinned && <Icon name="pin" />}
            </div>
            {!person.here.value && <p class="tile-note">{t("call.comes-back")}</p>}
            <div class="tile-tools">
                {own && isScreen ? (
                    <Button
                        icon="screen-off"
                        label={t("call.stop-sharing")}
                        onClick={() => void call.own.stopScreen()}
                    />
                ) : (
                    <Menu
                        icon="more"
                        iconOnly
                        class="round"
                        label={t("call.actions-for", { name: label })}
                        items={personActions(call, person, of.key)}
                    />
                )}
            </div>
        </div>
    );
}

export function initialsOf(name: string): string {
    const words = name
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "");
    const first = [...(words[0] ?? "?")][0] ?? "?";
    const last = words.length > 1 ? ([...words[words.length - 1]!][0] ?? "") : "";
    return (first + last).toLocaleUpperCase();
}
