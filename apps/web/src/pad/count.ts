// How long a text is.

import type { Node } from "prosemirror-model";

/** Words; of scripts that put no spaces between them each sign is one. */
export function wordsOf(text: string): number {
    const found = text.match(
        /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{N}\p{M}])+(?:['’.-](?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{N}\p{M}]+)*/gu,
    );
    return found?.length ?? 0;
}

export function countWords(doc: Node): number {
    return wordsOf(doc.textBetween(0, doc.content.size, "\n", " "));
}
