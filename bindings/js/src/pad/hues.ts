/** The twelve hues at equal lightness (OKLCH 0.62), as stock clients of Yjs take them. */
export const hueColors: readonly string[] = [
    "#cf5582",
    "#d55948",
    "#c46d01",
    "#a38207",
    "#7c9209",
    "#20a04e",
    "#0f9b89",
    "#0e97a9",
    "#0a8fd1",
    "#617de6",
    "#966cd7",
    "#ba5db3",
];

/** A hue that is one; else one of the twelve that is the same at each time for the same `id`. */
export function hueFrom(hue: unknown, id: string | number): number {
    if (typeof hue === "number" && Number.isInteger(hue) && hue >= 0 && hue < hueColors.length) return hue;
    let sum = 0;
    for (const letter of String(id)) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
    return sum % hueColors.length;
}
