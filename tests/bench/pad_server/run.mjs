// Many writers in one pad, and many pads: prints a table, and "ok CLAIM" or "FAILED CLAIM" for what is promised.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { Server, WebSocket, until } from "../../interop/pads/stage.mjs";

const program = process.argv[2];
const quick = process.argv.includes("--quick");
const jsonFile = process.argv.includes("--json") ? process.argv[process.argv.indexOf("--json") + 1] : null;
const writers = quick ? 40 : 200;
const seconds = quick ? 3 : 15;
const editsPerSecond = 5;
const watchers = 10;
const idlePads = quick ? 500 : 10_000;
const p99MaxMs = 50;
const idleMaxMiB = 200 * 1e6 / 2 ** 20;

const markLength = 8; // "~" and seven digits of base 36

function varUint(into, value) {
    for (; value > 127; value = Math.floor(value / 128)) into.push((value % 128) | 128);
    into.push(value);
}

/** The update of one more word of a writer: one item behind his last one. */
function edit(client, clock, mark) {
    const update = [1, 1];
    varUint(update, client);
    varUint(update, clock);
    if (clock === 0) {
        update.push(4, 1, 1, "t".charCodeAt(0));
    } else {
        update.push(0x84);
        varUint(update, client);
        varUint(update, clock - 1);
    }
    update.push(markLength, ...Buffer.from(mark), 0);
    const frame = [0, 2];
    varUint(frame, update.length);
    return Buffer.from([...frame, ...update]);
}

function cpuSeconds(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryMiB(pid) {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) / 1024;
}

/** Part of the time in which some task waited for a core. */
function pressure() {
    try {
        return Number(/total=(\d+)/.exec(readFileSync("/proc/pressure/cpu", "latin1"))[1]) / 1e6;
    } catch {
        return 0;
    }
}

async function write(server) {
    const sent = new Map();
    const found = Array.from({ length: watchers }, () => new Map());
    let messages = 0;
    let closed = 0;
    const sockets = [];
    for (let at = 0; at < writers; ++at) {
        const socket = new WebSocket(server.address("/pad/bench/pad", "ws"), { perMessageDeflate: false });
        await new Promise((then, fail) => socket.on("open", then).on("error", fail));
        socket.send(Buffer.from([0, 0, 1, 0]));
        socket.on("close", () => ++closed);
        const notes = found[at % Math.floor(writers / watchers) === 0 ? at / Math.floor(writers / watchers) : -1];
        socket.on("message", (data) => {
            ++messages;
            if (notes === undefined || data[1] !== 2) return;
            const now = performance.now();
            for (const [mark] of data.toString("latin1").matchAll(/~[0-9a-z]{7}/g))
                if (!notes.has(mark)) notes.set(mark, now);
        });
        sockets.push(socket);
    }
    const cpu = cpuSeconds(server.process.pid);
    const began = performance.now();
    let number = 0;
    const clocks = new Array(writers).fill(0);
    const total = writers * editsPerSecond * seconds;
    // One edit after the other, evenly: what is late is sent at once.
    await new Promise((then) => {
        const timer = setInterval(() => {
            const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * writers * editsPerSecond));
            for (; number < due; ++number) {
                const who = number % writers;
                const mark = "~" + number.toString(36).padStart(7, "0");
                sent.set(mark, performance.now());
                sockets[who].send(edit(1_000_000 + who, clocks[who], mark));
                clocks[who] += markLength;
            }
            if (number === total) {
                clearInterval(timer);
                then();
            }
        }, 1);
    });
    await until("every edit is everywhere", () => found.every((one) => one.size === total), 60_000).catch(() => {});
    const busy = (performance.now() - began) / 1000;
    const used = cpuSeconds(server.process.pid) - cpu;
    const latencies = [];
    for (const one of found) for (const [mark, when] of one) latencies.push(when - sent.get(mark));
    latencies.sort((a, b) => a - b);
    const part = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
    const wasClosed = closed;
    for (const one of sockets) one.terminate();
    return {
        writers,
        edits: total,
        missing: total * watchers - latencies.length,
        closed: wasClosed,
        p50_ms: part(0.5),
        p99_ms: part(0.99),
        max_ms: latencies.at(-1),
        messages_out: messages,
        server_core: used / busy,
        cpu_us_an_edit: (used / total) * 1e6,
    };
}

async function rest(server) {
    const before = memoryMiB(server.process.pid);
    let next = 0;
    const worker = async () => {
        for (let at = next++; at < idlePads; at = next++) {
            const path = `/api/v1/rooms/r${Math.floor(at / 100)}/pads/p${at % 100}/content?format=md`;
            const answer = await server.ask("PUT", path, `# Pad ${at}\n\nSome words that stand in it.\n`);
            if (answer.status !== 200) throw new Error(`pad ${at}: ${answer.status} ${answer.text}`);
        }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    return { pads: idlePads, before_mib: before, mib: memoryMiB(server.process.pid) };
}

const folder = mkdtempSync(join(tmpdir(), "conf-bench-pad-"));
const server = await new Server(program, folder, ["rooms.open=true", "http.limits.connections_per_address=0"], {
    core: cpus().length > 1 ? 1 : 0,
}).start();
const waited = pressure();
const began = performance.now();
let results;
try {
    const writing = await write(server);
    results = { writing, idle: await rest(server) };
} finally {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
}
results.pressure = (pressure() - waited) / ((performance.now() - began) / 1000);
results.machine = `${cpus()[0].model}, ${cpus().length} cores, Linux ${release()}`;

const { writing, idle } = results;
const number = (value, digits = 1) => value.toFixed(digits);
console.log(`${results.machine}; some task waited for a core in ${number(100 * results.pressure)} % of the time`);
console.log(`writers ${writing.writers}  edits ${writing.edits}  p50 ${number(writing.p50_ms)} ms  p99 ${number(writing.p99_ms)} ms  most ${number(writing.max_ms)} ms  CPU an edit ${number(writing.cpu_us_an_edit)} us  server's core ${number(100 * writing.server_core)} %`);
console.log(`idle pads ${idle.pads}  server ${number(idle.mib)} MiB (${number(idle.before_mib)} before)`);
const claim = (holds, what) => {
    console.log(`${holds ? "ok" : "FAILED"} pads: ${what}`);
    if (!holds) process.exitCode = 1;
};
claim(writing.missing === 0 && writing.closed === 0, `${writing.edits} edits of ${writing.writers} writers arrive, ${writing.missing} missing`);
if (quick) {
    claim(writing.p99_ms < 1000, `edits arrive within a second: p99 ${number(writing.p99_ms)} ms`);
} else {
    claim(writing.p99_ms < p99MaxMs, `p99 from an edit to its receipt ${number(writing.p99_ms)} ms, under ${p99MaxMs}`);
}
claim(idle.mib <= idleMaxMiB, `${idle.pads} idle pads: ${number(idle.mib)} MiB, at most ${number(idleMaxMiB)}`);
if (jsonFile !== null) writeFileSync(jsonFile, JSON.stringify(results, null, 1) + "\n");
