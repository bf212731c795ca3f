// What has to go when this process goes: in the end, by an error, or by a signal.

const works = new Set();
process.on('exit', () => { for (const work of works) work(); });
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]]) {
  process.on(signal, () => process.exit(128 + number));
}

/** `work` cannot wait for anything. What comes back takes it out again. */
export function at_exit(work) {
  works.add(work);
  return () => works.delete(work);
}
