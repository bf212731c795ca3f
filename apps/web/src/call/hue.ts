/** One of twelve, the same at each visit. */
export function hueOf(id: string): number {
    let sum = 0;
    for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
    return sum % 12;
}
