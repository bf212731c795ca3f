import { signal, type Signal } from "@preact/signals";

export type Politeness = "polite" | "assertive";

interface Said {
    readonly number: number;
    readonly text: string;
}

const said: { readonly [how in Politeness]: Signal<readonly Said[]> } = {
    polite: signal([]),
    assertive: signal([]),
};
const batches: { readonly [how in Politeness]: string[] } = { polite: [], assertive: [] };
const gatherMs: { readonly [how in Politeness]: number } = { polite: 400, assertive: 50 };
const forgetMs = 5000;
let next = 1;

/** Says it to screen readers. What comes within a moment is read in one go; the same sentence once. */
export function announce(text: string, how: Politeness = "polite"): void {
    const batch = batches[how];
    if (batch.includes(text)) return;
    batch.push(text);
    if (batch.length > 1) return;
    setTimeout(() => {
        const made = batch.splice(0).map((one) => ({ number: next++, text: one }));
        said[how].value = [...said[how].peek(), ...made];
        // What stays is the same element, so that nothing is read twice.
        setTimeout(() => {
            said[how].value = said[how].peek().filter((one) => !made.includes(one));
        }, forgetMs);
    }, gatherMs[how]);
}

export function Announcer() {
    return (
        <>
            {(["polite", "assertive"] as const).map((how) => (
                <div key={how} class="hidden" aria-live={how} data-announcer={how}>
                    {said[how].value.map((one) => (
                        <p key={one.number}>{one.text}</p>
                    ))}
                </div>
            ))}
        </>
    );
}
