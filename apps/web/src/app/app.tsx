import { Announcer, Toasts } from "../kit/index.ts";
import { LandingPage } from "../pages/landing.tsx";
import { OldBrowserPage } from "../pages/old_browser.tsx";
import { NotesPage } from "../pages/notes.tsx";
import { RoomPage } from "../pages/room.tsx";
import { route } from "./route.ts";

const canCall = typeof RTCPeerConnection === "function" && "addTransceiver" in RTCPeerConnection.prototype;

export function App() {
    return (
        <>
            {route.page === "notes" ? (
                <NotesPage room={route.room} pad={route.pad} />
            ) : !canCall ? (
                <OldBrowserPage />
            ) : route.page === "landing" ? (
                <LandingPage />
            ) : (
                <RoomPage room={route.room} />
            )}
            <Toasts />
            <Announcer />
        </>
    );
}
