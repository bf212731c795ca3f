/** What a part of a meeting that is loaded later hears. */
export interface LineEvents {
    /** An event that the client itself does not know. */
    event: { readonly type: string; readonly body: { readonly [name: string]: unknown } };
    /** A binary frame. */
    frame: Uint8Array;
    /** We are in: for the first time, or again after the connection was lost. */
    welcome: Record<never, never>;
    lost: Record<never, never>;
}

/** A client's connection, for parts of a meeting that have messages of their own. */
export interface Line {
    /**
     * As the client's own requests: repeated on the next connection until it is answered, unless `once`.
     * Rejects with `RequestError`.
     */
    ask(
        type: string,
        fields: object,
        options?: { readonly once?: boolean; readonly timeoutMs?: number },
    ): Promise<{ readonly [name: string]: unknown }>;
    /** False: there is no connection, and nothing was sent. */
    send(frame: Uint8Array<ArrayBuffer>): boolean;
    on<K extends keyof LineEvents>(type: K, handler: (event: LineEvents[K]) => void): () => void;
}
