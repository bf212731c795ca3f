import type { Noise } from "@libconf/client";
import { useSignal } from "@preact/signals";
import { settings, type Theme } from "../app/settings.ts";
import { language, languageNames, languages, t } from "../i18n/index.ts";
import { Dialog, Select, Tabs, TextField, Toggle, Button } from "../kit/index.ts";
import { DeviceChoice, MicrophoneMeter } from "../pages/preview.tsx";
import { playTestSound } from "../app/level.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";
import { ShortcutsEditor } from "./shortcuts.tsx";

/** Every change counts at once; there is nothing to save. */
export function SettingsDialog() {
    const call = useCall();
    return (
        <Dialog
            open={call.dialog.value === "settings"}
            title={t("call.settings")}
            class="settings"
            onClose={() => {
                if (call.dialog.value === "settings") call.dialog.value = null;
            }}
        >
            <Tabs
                label={t("call.settings")}
                chosen={call.settingsTab.value}
                onChoose={(id) => (call.settingsTab.value = id)}
                tabs={[
                    { id: "audio", label: t("call.tab-audio"), content: <AudioTab /> },
                    { id: "video", label: t("call.tab-video"), content: <VideoTab /> },
                    { id: "general", label: t("call.tab-general"), content: <GeneralTab /> },
                    { id: "shortcuts", label: t("call.shortcuts"), content: <ShortcutsEditor /> },
                ]}
            />
        </Dialog>
    );
}

function AudioTab() {
    const { client, own } = useCall();
    return (
        <div class="stack">
            <DeviceChoice kind="microphone" client={client} own={own} />
            <MicrophoneMeter own={own} />
            {"setSinkId" in HTMLMediaElement.prototype && (
                <DeviceChoice kind="speaker" client={client} own={own} />
            )}
            <div>
                <Button
                    icon="volume"
                    label={t("entry.test-speaker")}
                    onClick={() =>
                        void playTestSound(client.devices.chosen.value.speaker).catch(() => undefined)
                    }
                />
            </div>
            <Select
                label={t("call.noise")}
                value={settings.noise.value}
                disabled={settings.music.value}
                hint={
                    settings.music.value
                        ? t("call.noise-off-by-music")
                        : settings.noise.value === "strong"
                          ? t("call.noise-strong-hint")
                          : undefined
                }
                options={(["off", "browser", "strong"] as const).map((value) => ({
                    value,
                    label: t(`call.noise-${value}`),
                }))}
                onChange={(value) => void own.setNoise(value as Noise)}
            />
            <Toggle
                label={t("call.music")}
                hint={t("call.music-hint")}
                checked={settings.music.value}
                onChange={(on) => void own.setMusic(on)}
            />
        </div>
    );
}

function VideoTab() {
    const { client, own } = useCall();
    return (
        <div class="stack">
            <DeviceChoice kind="camera" client={client} own={own} />
            <Toggle
                label={t("entry.blur")}
                hint={t(own.preparing.value ? "entry.blur-preparing" : "call.blur-hint")}
                checked={settings.blur.value}
                onChange={(on) => act(own.setBlur(on))}
            />
            <Toggle
                label={t("call.mirror")}
                hint={t("call.mirror-hint")}
                checked={settings.mirror.value}
                onChange={(on) => (settings.mirror.value = on)}
            />
            <Toggle
                label={t("call.hide-self")}
                checked={settings.hideSelf.value}
                onChange={(on) => (settings.hideSelf.value = on)}
            />
            <Toggle
                label={t("call.saver")}
                hint={t("call.saver-hint")}
                checked={settings.saver.value}
                onChange={(on) => act(own.setSaver(on))}
            />
        </div>
    );
}

function GeneralTab() {
    const { client } = useCall();
    const name = useSignal(client.self.value?.name.value ?? "");
    return (
        <div class="stack">
            {client.may.value.rename && (
                <form
                    class="row end"
                    onSubmit={(event) => {
                        event.preventDefault();
                        const wanted = name.value.trim();
                        if (wanted === "") return;
                        settings.name.value = wanted;
                        act(client.rename(wanted));
                    }}
                >
                    <TextField
                        label={t("entry.your-name")}
                        value={name.value}
                        maxLength={64}
                        onInput={(value) => (name.value = value)}
                    />
                    <Button submit label={t("call.save")} onClick={() => undefined} />
                </form>
            )}
            <Select
                label={t("common.language")}
                value={language.value}
                options={languages.map((tag) => ({ value: tag, label: languageNames[tag] }))}
                onChange={(tag) => (settings.language.value = tag)}
            />
            <Select
                label={t("common.theme")}
                value={settings.theme.value}
                options={(["system", "light", "dark"] as const).map((value) => ({
                    value,
                    label: t(`common.theme-${value}`),
                }))}
                onChange={(value) => (settings.theme.value = value as Theme)}
            />
            <Toggle
                label={t("call.sounds")}
                hint={t("call.sounds-hint")}
                checked={settings.sounds.value}
                onChange={(on) => (settings.sounds.value = on)}
            />
        </div>
    );
}
