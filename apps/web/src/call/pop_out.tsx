import { render } from "preact";
import { CallContext, type CallModel } from "./model.ts";
import { Stage } from "./stage.tsx";

interface PictureInPicture {
    requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

function api(): PictureInPicture | null {
    return (globalThis as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture ?? null;
}

export function canPopOut(): boolean {
    return api() !== null;
}

/**
 * A small window that stays above all others (Document Picture-in-Picture); the stage in it is another one.
 */
export async function popOut(call: CallModel): Promise<void> {
    const made = await api()
        ?.requestWindow({ width: 400, height: 480 })
        .catch(() => null);
    if (made == null) return;
    const { document: page } = made;
    page.documentElement.lang = document.documentElement.lang;
    page.title = document.title;
    for (const sheet of document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")) {
        page.head.append(page.importNode(sheet));
    }
    page.body.className = "popped-out dark";
    render(
        <CallContext.Provider value={call}>
            <main class="stage-area">
                <Stage hasBoard={false} />
            </main>
        </CallContext.Provider>,
        page.body,
    );
    call.poppedOut.value = true;
    made.addEventListener(
        "pagehide",
        () => {
            call.poppedOut.value = false;
            render(null, page.body);
        },
        { once: true },
    );
}
