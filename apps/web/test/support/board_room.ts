// A room with a board in memory: the other end of what a board says, for tests and for the bench. It decides
// as the server does where nobody disagrees; rights, limits and undo are the server's own tests.

import { signal, type Signal } from "@preact/signals";
import { RequestError, type Client, type Line, type LineEvents, type Role } from "@libconf/client";
import type { Author, BoardDocument, Op, PageRef, Rules, Shape, ShapeId, Stage } from "@libconf/client/board";
import { ByteReader, ByteWriter } from "../../../../bindings/js/src/board/bytes.ts";
import {
    idBytes,
    readId,
    readProperties,
    readType,
    typeNumber,
    writeProperties,
} from "../../../../bindings/js/src/board/properties.ts";
import { reduceShape } from "../../../../bindings/js/src/board/reduce.ts";

interface Member {
    readonly author: Author;
    readonly handlers: { readonly [K in keyof LineEvents]: Set<(event: LineEvents[K]) => void> };
    at: PageRef | null;
    isOpen: boolean;
    last: number;
}

export class BoardRoom {
    readonly documents: BoardDocument[] = [];
    readonly authors: Author[] = [];
    readonly asked: [string, object][] = [];
    stage: Stage = {};
    rules: Rules = { mode: "everybody", writers: [], cursors: true };
    sequence = 0;
    readonly #pages = new Map<string, Map<ShapeId, Shape>>();
    readonly #members: Member[] = [];

    addDocument(document: Partial<BoardDocument> & { readonly number: number }): BoardDocument {
        const made: BoardDocument = {
            kind: "blank",
            title: "Pages",
            downloadable: false,
            state: "ready",
            pages: [{ number: 1, width: 1440, height: 810, locked: false, ready: true }],
            ...document,
        };
        this.documents.push(made);
        return made;
    }

    page(at: PageRef): Map<ShapeId, Shape> {
        const key = `${at.document}/${at.page}`;
        const page = this.#pages.get(key) ?? new Map<ShapeId, Shape>();
        this.#pages.set(key, page);
        return page;
    }

    /** Somebody who comes in; what he has of a client is what a board needs. */
    join(name: string, role: Role = "moderator"): Client {
        const number = this.authors.length + 1;
        const author = { number, id: `person-${number}`, name };
        this.authors.push(author);
        const handlers = {
            event: new Set(),
            frame: new Set(),
            welcome: new Set(),
            lost: new Set(),
        } as Member["handlers"];
        const member: Member = { author, handlers, at: null, isOpen: false, last: 0 };
        this.#members.push(member);
        const line: Line = {
            ask: async (type, fields) => {
                this.asked.push([type, fields]);
                await Promise.resolve();
                return this.#answer(member, type, fields as { readonly [name: string]: never });
            },
            send: (frame) => {
                this.#heard(member, new ByteReader(frame));
                return true;
            },
            on: (type, handler) => {
                handlers[type].add(handler);
                return () => handlers[type].delete(handler);
            },
        };
        const person = {
            id: author.id,
            isSelf: true,
            name: signal(name),
            role: signal(role) as Signal<Role>,
        };
        return {
            line,
            self: signal(person),
            people: signal([person]),
            may: signal({ moderate: role === "moderator" }),
        } as unknown as Client;
    }

    /** As if somebody else had done it. */
    change(at: PageRef, ops: readonly Op[], author = 0): void {
        this.#apply(at, ops, author);
        for (const other of this.#members) this.#tellChange(other, at, ops, author);
    }

    tell(type: string, body: object): void {
        for (const { handlers } of this.#members)
            for (const handler of handlers.event)
                handler({ type, body: body as LineEvents["event"]["body"] });
    }

    /** A frame as it is, to everybody. */
    frame(bytes: Uint8Array): void {
        for (const { handlers } of this.#members) for (const handler of handlers.frame) handler(bytes);
    }

    #answer(
        member: Member,
        type: string,
        fields: { readonly [name: string]: never },
    ): { readonly [name: string]: unknown } {
        switch (type) {
            case "board.open":
                member.isOpen = true;
                return {
                    stage: this.stage,
                    rules: this.rules,
                    documents: this.documents,
                    authors: this.authors,
                    you: member.author.number,
                    last: member.last,
                    token: "t",
                    limits: {},
                };
            case "board.look": {
                const at = pageOf(fields);
                member.at = at;
                this.#sendState(member, at);
                return { sequence: this.sequence };
            }
            case "board.stage":
                this.stage = { ...pageOf(fields), leader: member.author.id };
                this.tell("board.stage", this.stage);
                return {};
            case "board.rules":
                this.rules = { ...this.rules, ...fields };
                this.tell("board.rules", this.rules);
                return {};
            case "board.close":
                member.isOpen = false;
                return {};
            case "board.undo":
            case "board.redo":
                return { changed: 0 };
            default:
                throw new RequestError("forbidden", `${type} is not played here`);
        }
    }

    #heard(member: Member, from: ByteReader): void {
        if (from.byte() !== 0x11) return;
        const [number] = [from.varint(), from.varint()];
        const at = { document: from.varint(), page: from.varint() };
        const ops: Op[] = [];
        for (let left = from.varint(); left > 0; left -= 1) {
            const kind = from.varint();
            const id = readId(from.take(8));
            if (kind === 1) ops.push({ kind: "put", id, type: readType(from), given: readProperties(from) });
            else if (kind === 2) ops.push({ kind: "patch", id, patch: readProperties(from) });
            else ops.push({ kind: "remove", id });
        }
        member.last = number;
        this.#apply(at, ops, member.author.number);
        const verdict = new ByteWriter().byte(0x19).varint(number).varint(0).varint(this.sequence).done();
        for (const handler of member.handlers.frame) handler(verdict);
        for (const other of this.#members)
            if (other !== member) this.#tellChange(other, at, ops, member.author.number);
    }

    #apply(at: PageRef, ops: readonly Op[], author: number): void {
        this.sequence += 1;
        const page = this.page(at);
        for (const op of ops) {
            const made = reduceShape(page.get(op.id), op, {
                author,
                time: 1_000_000 + this.sequence,
                sequence: this.sequence,
            });
            if (made === undefined) page.delete(op.id);
            else page.set(op.id, made);
        }
    }

    #tellChange(member: Member, at: PageRef, ops: readonly Op[], author: number): void {
        if (member.at?.document !== at.document || member.at.page !== at.page) return;
        const to = new ByteWriter()
            .byte(0x11)
            .varint(this.sequence)
            .varint(author)
            .varint(1_000_000 + this.sequence);
        to.varint(at.document).varint(at.page).varint(ops.length);
        for (const op of ops) {
            to.byte(["put", "patch", "remove"].indexOf(op.kind) + 1).put(idBytes(op.id));
            if (op.kind === "put") to.varint(typeNumber(op.type));
            if (op.kind === "put") writeProperties(to, op.given);
            if (op.kind === "patch") writeProperties(to, op.patch);
        }
        const bytes = to.done();
        for (const handler of member.handlers.frame) handler(bytes);
    }

    #sendState(member: Member, at: PageRef): void {
        const shapes = [...this.page(at).values()];
        const to = new ByteWriter()
            .byte(0x18)
            .varint(at.document)
            .varint(at.page)
            .varint(this.sequence)
            .varint(3);
        to.varint(shapes.length);
        for (const shape of shapes) {
            to.put(idBytes(shape.id))
                .varint(typeNumber(shape.type))
                .varint(shape.author)
                .varint(shape.lastAuthor);
            to.varint(shape.created)
                .varint(shape.updated - shape.created)
                .varint(shape.version);
            writeProperties(to, shape.given);
        }
        const bytes = to.varint(0).done();
        for (const handler of member.handlers.frame) handler(bytes);
    }
}

function pageOf(fields: { readonly [name: string]: unknown }): PageRef {
    return { document: fields["document"] as number, page: fields["page"] as number };
}
