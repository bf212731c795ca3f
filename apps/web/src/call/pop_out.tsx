import { render } from "preact";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { CallContext, type CallModel } from "./model.ts";
import { Stage } from "./stage.tsx";
import { CameraButton, HandButton, MicrophoneButton } from "./toolbar.tsx";

interface PictureInPicture {
    readonly window: Window | null;
    requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

function api(): PictureInPicture | null {
    return (globalThis as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture ?? null;
}

export function canPopOut(): boolean {
    return api() !== null || document.pictureInPictureEnabled === true;
}

/** A small window that stays above all others: the stage and what one needs at hand, or else one picture alone. */
export async function popOut(call: CallModel): Promise<void> {
    const own = api();
    if (own === null) return popOutPicture();
    // Where it is open already, this closes it.
    if (own.window !== null) return own.window.close();
    const made = await own.requestWindow({ width: 400, height: 480 }).catch(() => null);
    if (made !== null) fill(made, call);
}

function fill(made: Window, call: CallModel): void {
    const { document: page } = made;
    page.documentElement.lang = document.documentElement.lang;
    page.title = document.title;
    for (const sheet of document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")) {
        page.head.append(page.importNode(sheet));
    }
    page.body.className = "popped-out dark";
    render(
        <CallContext.Provider value={call}>
            <main class="stage-area" aria-label={t("call.stage")}>
                <Stage hasBoard={false} />
            </main>
            <div class="bar" role="group" aria-label={t("call.controls")}>
                <MicrophoneButton alone />
                <CameraButton alone />
                <HandButton />
                <Button
                    icon="leave"
                    iconOnly
                    kind="danger"
                    class="round"
                    label={t("call.leave")}
                    onClick={() => void call.client.leave()}
                />
            </div>
        </CallContext.Provider>,
        page.body,
    );
    call.poppedOut.value = true;
    // The call ends: nobody is left who would look after this window.
    const off = call.atEnd(() => made.close());
    made.addEventListener(
        "pagehide",
        () => {
            off();
            call.poppedOut.value = false;
            render(null, page.body);
        },
        { once: true },
    );
}

/** Browsers without windows of that kind lift one picture out: the largest that is shown. */
async function popOutPicture(): Promise<void> {
    if (document.pictureInPictureElement !== null) return document.exitPictureInPicture();
    const area = (one: HTMLElement): number => one.clientWidth * one.clientHeight;
    const shown = [
        ...document.querySelectorAll<HTMLVideoElement>(".tile video:not([hidden]):not(.mirrored)"),
    ];
    const [largest] = shown.sort((a, b) => area(b) - area(a));
    await largest?.requestPictureInPicture().catch(() => undefined);
}
