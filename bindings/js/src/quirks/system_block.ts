// "Not allowed" is one error for two causes. Chromium says "Permission denied by system"; in other browsers a
// site that is allowed and fails nevertheless was stopped by the operating system.
export function isBlockedBySystem(error: { readonly message: string }, permission: string): boolean {
    return /\bsystem\b/i.test(error.message) || permission === "granted";
}
