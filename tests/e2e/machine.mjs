// A second machine: a network namespace whose only way to us is a cable that can be pulled out.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

let machines = 0;

export async function far_machine() {
  const number = 10 + ++machines;
  const [here, near] = [`10.77.${number}.1`, `e2e${number}`];
  // Ends with our end of its input, however we end; and the cable with it.
  const child = spawn('unshare', ['--net', 'sh', '-c', 'echo && exec cat'], {stdio: ['pipe', 'pipe', 'inherit']});
  await new Promise((done, fail) => {
    child.stdout.once('data', done);
    child.once('exit', code => fail(new Error(`unshare ended with ${code}`)));
  });
  const enter = ['nsenter', `--net=/proc/${child.pid}/ns/net`];
  const run = line => {
    const [program, ...words] = line.split(' ');
    execFileSync(program, words);
  };
  const inside = line => run(`${enter.join(' ')} ${line}`);
  const settle = address => {
    inside(`ip addr add ${address}/24 dev far`);
    inside(`ip route replace default via ${here}`);
  };
  run(`ip link add ${near} type veth peer name far netns ${child.pid}`);
  run(`ip addr add ${here}/24 dev ${near}`);
  run(`ip link set ${near} up`);
  inside('ip link set lo up');
  inside('ip link set far up');
  let address = `10.77.${number}.2`;
  settle(address);
  const folder = await mkdtemp(join(tmpdir(), 'libconf-machine-'));
  return {
    /** Of that program on the far machine, as a path. */
    async program(path) {
      const script = join(folder, 'program');
      await writeFile(script, `#!/bin/sh\nexec ${enter.join(' ')} ${path} "$@"\n`, {mode: 0o755});
      return script;
    },
    /** Runs that command on it. */
    inside,
    pull_cable: () => run(`ip link set ${near} down`),
    plug_cable: () => run(`ip link set ${near} up`),
    /** From one network into another one: the old address is gone. */
    move() {
      const old = address;
      address = address.replace(/\d+$/, last => Number(last) + 1);
      inside(`ip addr del ${old}/24 dev far`);
      settle(address);
      return address;
    },
    async end() {
      child.removeAllListeners('exit');
      const gone = new Promise(done => child.once('exit', done));
      child.stdin.end();
      await gone;
      await rm(folder, {recursive: true, force: true});
    },
  };
}
