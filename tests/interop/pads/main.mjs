// Stock clients of Yjs against our pads: prints "ok NAME" or "FAILED NAME why".
// usage: node main.mjs CONF_SERVER FOLDER [--rounds N] [--only TEXT]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { JSDOM } from "jsdom";
import * as Y from "yjs";
import { Client, Server, equal, until } from "./stage.mjs";

const [program, folder] = process.argv.slice(2);
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const rounds = Number(option("--rounds") ?? 5);
const only = option("--only") ?? "";

// ProseMirror and Quill want a document; they get the same one.
const dom = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
const names = ["document", "navigator", "Node", "Element", "HTMLElement", "MutationObserver", "DOMParser", "Range", "Text"];
for (const name of ["window", ...names]) {
    const value = name === "window" ? dom.window : dom.window[name];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
globalThis.getSelection = dom.window.getSelection.bind(dom.window);
globalThis.requestAnimationFrame = dom.window.requestAnimationFrame;
globalThis.cancelAnimationFrame = dom.window.cancelAnimationFrame;
dom.window.document.execCommand ??= () => false;

const { EditorState } = await import("prosemirror-state");
const { EditorView } = await import("prosemirror-view");
const { schema } = await import("prosemirror-schema-basic");
const { ySyncPlugin, yUndoPlugin } = await import("y-prosemirror");
const { default: Quill } = await import("quill");
const { QuillBinding } = await import("y-quill");

function place() {
    return dom.window.document.body.appendChild(dom.window.document.createElement("div"));
}

/** An editor as its own documentation sets it up. */
function proseMirror(doc) {
    const plugins = [ySyncPlugin(doc.getXmlFragment("prosemirror")), yUndoPlugin()];
    const view = new EditorView(place(), { state: EditorState.create({ schema, plugins }) });
    return {
        type: (text) => view.dispatch(view.state.tr.insertText(text, 1)),
        bold: (from, to) => view.dispatch(view.state.tr.addMark(from, to, schema.marks.strong.create())),
        text: () => view.state.doc.textContent,
        end: () => view.destroy(),
    };
}

function quill(doc) {
    const editor = new Quill(place());
    const binding = new QuillBinding(doc.getText("quill"), editor);
    return {
        type: (text) => editor.insertText(0, text, "user"),
        bold: (from, length) => editor.formatText(from, length, "bold", true, "user"),
        text: () => editor.getText(),
        end: () => binding.destroy(),
    };
}

async function withServer(name, settings, body) {
    const data = join(resolve(folder), name);
    mkdirSync(data, { recursive: true });
    const server = await new Server(program, data, settings).start();
    try {
        await body(server);
    } finally {
        await server.kill();
    }
}

const open = ["rooms.open=true"];
const json = { "Content-Type": "application/json" };

const cases = {
    async "stock editors write together, offline too"() {
        await withServer("editors", open, async (server) => {
            const clients = [1, 2, 3].map(() => new Client(server, "board", "notes"));
            await Promise.all(clients.map((one) => one.synced()));
            const editors = clients.map((one) => proseMirror(one.doc));
            editors[0].type("zero ");
            await until("the others have it", () => editors.every((one) => one.text().includes("zero")));
            editors[1].bold(1, 5);
            clients[2].go();
            editors[2].type("offline ");
            editors[0].type("online ");
            await until("those who are there", () => editors[1].text().includes("online"));
            assert(!editors[1].text().includes("offline"));
            clients[2].come();
            await until("all equal", () => equal(clients) && editors.every((one) => one.text().includes("offline")));
            assert.equal(new Set(editors.map((one) => one.text())).size, 1);
            const text = await server.ask("GET", "/api/v1/rooms/board/pads/notes/export?format=txt");
            assert.equal(text.text.trim(), editors[0].text().trim());
            const update = await server.ask("GET", "/api/v1/rooms/board/pads/notes/export?format=update");
            const copy = new Y.Doc();
            Y.applyUpdate(copy, update.bytes);
            assert.deepEqual(
                copy.getXmlFragment("prosemirror").toString(),
                clients[0].doc.getXmlFragment("prosemirror").toString(),
            );
            editors.forEach((one) => one.end());
            clients.forEach((one) => one.end());
        });
    },

    async "Quill and plain Yjs share one text"() {
        await withServer("quill", open, async (server) => {
            const clients = [1, 2, 3].map(() => new Client(server, "board", "text"));
            await Promise.all(clients.map((one) => one.synced()));
            const editors = [quill(clients[0].doc), quill(clients[1].doc)];
            editors[0].type("hello ");
            clients[2].doc.getText("quill").insert(0, "plain 😀 ");
            editors[1].bold(0, 3);
            await until("all equal", () => equal(clients) && editors[1].text().includes("hello"));
            await until("the editors show it", () => editors[0].text() === editors[1].text());
            assert.equal(editors[0].text().trim(), clients[2].doc.getText("quill").toString().trim());
            editors.forEach((one) => one.end());
            clients.forEach((one) => one.end());
        });
    },

    async "an edit that came back survives a kill"() {
        await withServer("kills", open, async (server) => {
            const clients = [1, 2, 3].map(() => new Client(server, "board", "log"));
            await Promise.all(clients.map((one) => one.synced()));
            const watcher = clients[2].doc.getText("t");
            let number = 0;
            for (let round = 0; round < rounds; ++round) {
                // What the watcher has seen was kept; the server dies in the middle of more.
                for (let at = 0; at < 20; ++at)
                    clients[at % 2].doc.getText("t").insert(0, `${number++} `);
                await until("something arrives", () => watcher.toString().includes(`${number - 20} `));
                const seen = watcher.toString().split(" ").filter(Boolean);
                await server.kill();
                // A newcomer, who can only know what was kept.
                const late = new Client(server, "board", "log");
                clients.slice(0, 2).forEach((one) => one.go());
                await server.start();
                await late.synced();
                const kept = new Set(late.doc.getText("t").toString().split(" "));
                for (const one of seen) assert(kept.has(one), `round ${round}: ${one} was passed on and is lost`);
                clients.slice(0, 2).forEach((one) => one.come());
                await until("all are back and equal", () => equal([...clients, late]));
                const words = watcher.toString().split(" ").filter(Boolean);
                assert.equal(words.length, number, `round ${round}: ${words.length} of ${number} words`);
                assert.equal(new Set(words).size, number);
                late.end();
            }
            clients.forEach((one) => one.end());
        });
    },

    async "a token opens what it says"() {
        await withServer("tokens", ["rooms.open=false", 'rooms.secrets=["a secret of more than sixteen bytes"]'], async (server) => {
            const { execFile } = await import("node:child_process");
            const { promisify } = await import("node:util");
            const socket = join(server.folder, "control.sock");
            const token = async (...words) =>
                (await promisify(execFile)(join(program, "../confctl"), ["pad", ...words, "--socket", socket])).stdout.trim();
            const manage = await token("board", "--right", "manage", "--person", "max", "--name", "Max");
            const write = await token("board", "plan", "--person", "ada", "--name", "Ada");
            const other = await token("board", "plan", "--person", "bo", "--name", "Bo");
            const read = await token("board", "plan", "--right", "read", "--person", "rey", "--name", "Rey");
            const bearer = (one) => ({ ...json, Authorization: `Bearer ${one}` });

            assert.equal((await server.ask("GET", "/api/v1/rooms/board/pads")).status, 401);
            assert.equal((await server.ask("GET", "/api/v1/rooms/board/pads", undefined, bearer(`${read}x`))).status, 401);
            assert.equal((await server.ask("GET", "/api/v1/rooms/other/pads", undefined, bearer(manage))).status, 403);
            const made = await server.ask("POST", "/api/v1/rooms/board/pads", JSON.stringify({ name: "plan", title: "The plan" }), bearer(manage));
            assert.equal(made.status, 201, made.text);
            assert.equal((await server.ask("POST", "/api/v1/rooms/board/pads", JSON.stringify({ title: "x" }), bearer(read))).status, 403);

            for (const [wrong, code] of [[undefined, 4401], ["pt1.nonsense", 4401]]) {
                const away = new Client(server, "board", "plan", { token: wrong });
                await until("it is sent away", () => away.refused === code);
                away.end();
            }
            const ada = new Client(server, "board", "plan", { token: write, clientID: 1001 });
            const rey = new Client(server, "board", "plan", { token: read });
            await Promise.all([ada.synced(), rey.synced()]);
            ada.doc.getText("t").insert(0, "by Ada");
            await until("who reads sees it", () => rey.doc.getText("t").toString() === "by Ada");
            rey.doc.getText("t").insert(0, "not ");
            // A client id is its owner's, whoever else says it.
            const thief = new Client(server, "board", "plan", { token: other });
            await thief.synced();
            Y.applyUpdate(thief.doc, Y.encodeStateAsUpdate(ada.doc));
            thief.provider.ws.send(Buffer.concat([Buffer.from([0, 2]), frame(forged())]));
            const names = () => [...ada.provider.awareness.getStates().values()].map((one) => one.user?.name);
            rey.provider.awareness.setLocalStateField("user", { name: "Somebody Else" });
            await until("the name is the token's", () => names().includes("Rey"));
            assert(!names().includes("Somebody Else"));
            const text = await server.ask("GET", "/api/v1/rooms/board/pads/plan/export?format=txt", undefined, bearer(read));
            assert.equal(text.text, "by Ada\n");
            const authors = JSON.parse((await server.ask("GET", "/api/v1/rooms/board/pads/plan/authors", undefined, bearer(read))).text);
            assert.deepEqual(authors.authors.map((one) => [one.id, one.name, one.clients]), [["ada", "Ada", [1001]]]);

            // A lock is felt at once, by who is there.
            const lock = (on) => server.ask("PATCH", "/api/v1/rooms/board/pads/plan", JSON.stringify({ locked: on }), bearer(manage));
            assert.equal((await server.ask("PATCH", "/api/v1/rooms/board/pads/plan", "{\"locked\":true}", bearer(write))).status, 403);
            assert.equal((await lock(true)).status, 200);
            const put = () => server.ask("POST", "/api/v1/rooms/board/pads/plan/content?format=txt", "late", bearer(write));
            assert.equal((await put()).status, 403);
            assert.equal((await lock(false)).status, 200);
            assert.equal((await put()).status, 200);
            for (const one of [ada, rey, thief]) one.end();
        });

        function frame(bytes) {
            const size = [];
            for (let left = bytes.length; ; left >>= 7) {
                size.push(left > 127 ? (left & 127) | 128 : left);
                if (left <= 127) break;
            }
            return Buffer.concat([Buffer.from(size), bytes]);
        }
        function forged() {
            const doc = new Y.Doc();
            doc.clientID = 1001;
            doc.getText("t").insert(0, "a much longer text, said to be Ada's");
            return Buffer.from(Y.encodeStateAsUpdate(doc));
        }
    },

    async "curl makes, writes, reads, and looks at the past"() {
        await withServer("http", open, async (server) => {
            const pads = "/api/v1/rooms/board/pads";
            const empty = JSON.parse((await server.ask("GET", pads)).text);
            assert.deepEqual(empty.pads.map((one) => [one.name, one.changed]), [["notes", 0]]);
            const made = await server.ask("POST", pads, JSON.stringify({ name: "minutes", title: "Minutes", content: "# One\n" }), json);
            assert.equal(made.status, 201, made.text);
            assert.equal((await server.ask("POST", pads, JSON.stringify({ name: "minutes", title: "x" }), json)).status, 409);
            const read = async (format) => (await server.ask("GET", `${pads}/minutes/export?format=${format}`)).text;
            assert.equal(await read("md"), "# One\n");
            await server.ask("POST", `${pads}/minutes/content?format=md`, "**two**\n");
            assert.equal(await read("md"), "# One\n\n**two**\n");
            await server.ask("PUT", `${pads}/minutes/content?format=html`, "<p>three<script>alert(1)</script></p>");
            assert.equal(await read("md"), "three\n");
            assert.match(await read("html"), /<p>three<\/p>/);
            for (const [method, path, body, status] of [
                ["GET", `${pads}/none/export`, undefined, 404],
                ["GET", `${pads}/minutes/export?format=exe`, undefined, 400],
                ["PUT", `${pads}/minutes/content?format=md`, Buffer.from([0xff]), 400],
                ["PUT", `${pads}/minutes/content?format=update`, Buffer.from([1, 2, 3]), 400],
                ["POST", pads, "[]", 400],
                ["POST", pads, JSON.stringify({ title: "" }), 400],
                ["POST", pads, JSON.stringify({ name: "../x", title: "x" }), 400],
                ["DELETE", `${pads}/minutes`, undefined, 403],
                ["GET", `${pads}/minutes/history/99`, undefined, 404],
                ["GET", `${pads}/minutes/history?limit=0`, undefined, 400],
            ]) {
                const answer = await server.ask(method, path, body, body === undefined ? {} : json);
                assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
                assert.equal(typeof JSON.parse(answer.text).error.message, "string");
            }
            // By LibreOffice in the documents' sandbox, where there are both.
            const file = await server.ask("GET", `${pads}/minutes/export?format=pdf`);
            if (file.status === 200) assert.ok(file.text.startsWith("%PDF"), "a PDF is no PDF");
            else assert.ok(file.status === 501 && JSON.parse(file.text).error.message, `a PDF: ${file.status}`);
            // A version ends when the last one has gone.
            const versions = JSON.parse((await server.ask("GET", `${pads}/minutes/history`)).text).versions;
            const client = new Client(server, "board", "minutes");
            await client.synced();
            client.doc.getText("aside").insert(0, "x");
            await until("it is kept", async () => JSON.parse((await server.ask("GET", `${pads}/minutes/authors`)).text).authors.some((one) => one.clients.includes(client.doc.clientID)));
            client.end();
            const later = await until("a version more", async () => {
                const now = JSON.parse((await server.ask("GET", `${pads}/minutes/history`)).text).versions;
                return now.length > versions.length && now;
            });
            const newest = later[0].version;
            const then = new Y.Doc();
            Y.applyUpdate(then, (await server.ask("GET", `${pads}/minutes/history/${newest}`)).bytes);
            assert.equal(then.getText("aside").toString(), "x");
            await server.ask("PUT", `${pads}/minutes/content?format=md`, "four\n");
            const back = await server.ask("POST", `${pads}/minutes/history/${newest}/restore`);
            assert.equal(back.status, 200, back.text);
            assert.equal(await read("md"), "three\n");
            // Pages of others may not write here, even where everybody may.
            const foreign = await server.ask("PUT", `${pads}/minutes/content?format=md`, "x", { Origin: "https://evil.example" });
            assert.equal(foreign.status, 403);
        });
    },

    async "what is no message of Yjs costs its sender's connection alone"() {
        await withServer("hostile", open, async (server) => {
            const good = new Client(server, "board", "notes");
            const bad = new Client(server, "board", "notes");
            await Promise.all([good.synced(), bad.synced()]);
            good.doc.getText("t").insert(0, "good");
            await until("both have it", () => bad.doc.getText("t").toString() === "good");
            const before = Buffer.from(Y.encodeStateAsUpdate(good.doc)).toString("hex");
            const whole = Y.encodeStateAsUpdate(good.doc);
            for (let cut = 1; cut < 15; ++cut)
                bad.provider.ws?.send(Buffer.concat([Buffer.from([0, 2, whole.length - cut]), whole.subarray(0, -cut)]));
            for (let at = 0; at < 10; ++at) bad.provider.ws?.send(Buffer.from([0, 2, 5, 255, 255, 255, 255, at]));
            await until("it is sent away", () => bad.refused === 4413);
            good.doc.getText("t").insert(4, "!");
            const late = new Client(server, "board", "notes");
            await late.synced();
            await until("the others go on", () => late.doc.getText("t").toString() === "good!");
            assert.notEqual(before, "");
            [good, bad, late].forEach((one) => one.end());
        });
    },
};

let failed = 0;
for (const [name, body] of Object.entries(cases)) {
    if (!name.includes(only)) continue;
    const began = Date.now();
    try {
        await body();
        console.log(`ok pads: ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
        failed = 1;
        console.log(`FAILED pads: ${name} ${String(error.message).split("\n").join(" ")}`);
        console.log(error.stack);
    }
}
process.exit(failed);
