// Full jitter: when a server restarts, a thousand clients must not come in the same second.
const longestMs = [2000, 4000, 8000, 15000] as const;

/** How long to wait before an attempt; `attempt` counts from 0, `random` is from 0 to 1. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
    const longest = longestMs[Math.min(attempt, longestMs.length - 1)] ?? 15000;
    return Math.round(random() * longest);
}
