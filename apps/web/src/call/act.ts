import { toast } from "../kit/index.ts";
import { refusalSentence } from "../app/words.ts";

/** Asks for something; a refusal becomes a sentence. Nobody waits for it. */
export function act(asked: Promise<unknown>): void {
    asked.catch((error: unknown) => toast(refusalSentence(error), { kind: "bad" }));
}
