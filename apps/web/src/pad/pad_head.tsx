import { exportFormats, type ExportFormat } from "@libconf/client/pad";
import type { ComponentChildren } from "preact";
import { settings } from "../app/settings.ts";
import { refusalSentence } from "../app/words.ts";
import { formatList, t } from "../i18n/index.ts";
import { Button, Menu, toast, type MenuItem } from "../kit/index.ts";
import { titleOf, usePad } from "./pad.tsx";

const facesMost = 4;
/** By then the browser has it. */
const keptMs = 60_000;

/** Which notes these are, who is here, and what can be done with the whole of them. */
export function PadHead({ tools }: { readonly tools: ComponentChildren }) {
    const { notes, face } = usePad();
    const open = notes.open.value;
    const isThere = open?.editor.value != null;
    return (
        <div class="pad-head">
            <PadChoice />
            <People />
            {isThere && (
                <>
                    <Button
                        icon="search"
                        kind="quiet"
                        iconOnly
                        label={t("pad.find")}
                        shortcut="Ctrl+F"
                        pressed={face.finding.value}
                        disabled={face.history.value}
                        onClick={() => (face.finding.value = !face.finding.value)}
                    />
                    <MoreMenu />
                </>
            )}
            {tools}
        </div>
    );
}

function PadChoice() {
    const { notes, face } = usePad();
    const open = notes.open.value;
    const pads = notes.pads.value;
    const title = titleOf(notes);
    // A server without a list has one pad.
    if (pads === null || open === null) return <h3 class="pad-title">{title}</h3>;
    const items: MenuItem[] = pads.map((one) => ({
        label: one.title,
        checked: one.name === open.name,
        oneOf: true,
        onSelect: () => {
            face.history.value = false;
            notes.show(one.name);
        },
    }));
    items.push(
        { label: t("pad.new"), icon: "plus", separator: true, onSelect: () => (face.dialog.value = "new") },
        {
            label: t("pad.rename"),
            icon: "edit",
            disabled: !open.session.writable.value,
            reason: open.session.writable.value ? undefined : t("pad.read-only"),
            onSelect: () => (face.dialog.value = "rename"),
        },
    );
    return (
        <h3 class="pad-title">
            <Menu label={title} icon="chevron-down" items={items} />
        </h3>
    );
}

function People() {
    const open = usePad().notes.open.value;
    const people = open?.session.people.value ?? [];
    if (people.length < 2) return null;
    const names = people.map((one) =>
        one.isSelf ? t("pad.you") : one.name === "" ? t("pad.somebody") : one.name,
    );
    const shown = people.slice(0, facesMost);
    const words = t("pad.people-here", { count: people.length, names: formatList(names) });
    return (
        <div class="pad-people" title={words}>
            <span class="hidden">{words}</span>
            {shown.map((one) => (
                <span key={one.client} class="face" data-hue={one.hue} aria-hidden="true">
                    {([...one.name][0] ?? "?").toLocaleUpperCase()}
                </span>
            ))}
            {people.length > facesMost && <small aria-hidden="true">+{people.length - facesMost}</small>}
        </div>
    );
}

function MoreMenu() {
    const { notes, face } = usePad();
    const open = notes.open.value!;
    const items: MenuItem[] = [
        {
            label: t("pad.colors"),
            checked: settings.authorColors.value,
            onSelect: () => (settings.authorColors.value = !settings.authorColors.value),
        },
        {
            label: t("pad.history"),
            icon: "away",
            separator: true,
            onSelect: () => (face.history.value = true),
        },
        { label: t("pad.keys"), icon: "keyboard", onSelect: () => (face.dialog.value = "keys") },
        ...exportFormats.map((format, i): MenuItem => ({
            label: t(`pad.export-${format}`),
            icon: "download",
            separator: i === 0,
            onSelect: () => void download(format),
        })),
    ];
    const { slides } = notes.host;
    if (slides?.may.value === true) {
        items.push({
            label: t("pad.slides"),
            icon: "board",
            separator: true,
            onSelect: () => void toSlides(),
        });
    }
    const toSlides = async (): Promise<void> => {
        const title = titleOf(notes);
        toast(t("pad.slides-begun", { title }), { key: "slides" });
        try {
            await notes.api.slides(open.name);
            slides?.made(title);
        } catch (error) {
            toast(refusalSentence(error), { kind: "bad", key: "slides" });
        }
    };
    const download = async (format: ExportFormat): Promise<void> => {
        try {
            const url = URL.createObjectURL(await notes.api.exportFile(open.name, format));
            const link = document.createElement("a");
            link.href = url;
            link.download = `${open.name}.${format}`;
            link.click();
            setTimeout(() => URL.revokeObjectURL(url), keptMs);
        } catch (error) {
            toast(refusalSentence(error), { kind: "bad" });
        }
    };
    return <Menu label={t("pad.more")} icon="more" iconOnly items={items} />;
}
