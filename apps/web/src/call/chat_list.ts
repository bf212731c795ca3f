// Which messages belong together; nothing here knows the page.

import type { ChatMessage } from "@libconf/client";

const togetherMs = 5 * 60_000;

/** Those of the public talk, or of the private one with that person. */
export function inThread(all: readonly ChatMessage[], partner: string | null): readonly ChatMessage[] {
    if (partner === null) return all.filter((one) => one.to === null);
    return all.filter((one) => one.to !== null && partnerOf(one) === partner);
}

export function partnerOf(message: ChatMessage): string | null {
    if (message.to === null) return null;
    return message.own ? message.to : message.from;
}

/** With whom there was a private talk, and by which name. */
export function partnersOf(all: readonly ChatMessage[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const one of all) {
        const partner = partnerOf(one);
        if (partner === null) continue;
        if (!one.own) found.set(partner, one.name);
        else if (!found.has(partner)) found.set(partner, "…");
    }
    return found;
}

/** What one person said in one go. */
export function groupsOf(messages: readonly ChatMessage[]): readonly (readonly ChatMessage[])[] {
    const groups: ChatMessage[][] = [];
    for (const one of messages) {
        const group = groups[groups.length - 1];
        const before = group?.[group.length - 1];
        const belongs = before !== undefined && before.from === one.from && one.at - before.at < togetherMs;
        if (belongs && one.replyTo === null) group!.push(one);
        else groups.push([one]);
    }
    return groups;
}

export type Piece = { readonly text: string } | { readonly link: string };

/** Text and links; only what is surely a web address becomes one. */
export function piecesOf(text: string): readonly Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"']+/gi)) {
        // A full stop or bracket at the end belongs to the sentence.
        const link = match[0].replace(/[.,;:!?)\]}»]+$/, "");
        if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
        pieces.push({ link });
        from = match.index + link.length;
    }
    if (from < text.length) pieces.push({ text: text.slice(from) });
    return pieces;
}
