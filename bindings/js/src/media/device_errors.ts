// The browser's errors as causes that a user can do something about.

import { isBlockedBySystem } from "../quirks/system_block.ts";
import { DeviceError, type DeviceErrorCode, type Permission } from "./types.ts";

export function deviceError(error: unknown, kind: DeviceError["kind"], permission: Permission): DeviceError {
    const { name, message } = error as { name?: string; message?: string };
    return new DeviceError(codeOf(name ?? "", message ?? "", permission), kind, message || String(error));
}

function codeOf(name: string, message: string, permission: Permission): DeviceErrorCode {
    switch (name) {
        case "NotAllowedError":
        case "SecurityError":
        // Old Chromium.
        case "PermissionDeniedError":
            return isBlockedBySystem({ message }, permission) ? "blocked-system" : "blocked-browser";
        case "NotFoundError":
        case "DevicesNotFoundError":
            return "missing";
        case "OverconstrainedError":
            return "overconstrained";
        case "TimeoutError":
            return "timeout";
        case "TypeError":
        case "InvalidStateError":
            return "unsupported";
        default:
            // NotReadableError, AbortError, TrackStartError: the device is there and does not start.
            return "busy";
    }
}
