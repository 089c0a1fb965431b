// Ten drawings at once are one long task, in which nothing that was pressed is shown.

/** Does something in a task of its own, so that the browser can paint before it. What is returned calls it off. */
export function inTurn(task: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    task();
  };
  port2.postMessage(null);
  return () => port1.close();
}

/** Does the first now, and each of the others in a task of its own, after the one before. What is returned calls off the rest. */
export function oneByOne(tasks: (() => void)[]): () => void {
  let calledOff = false;
  const go = (at: number) => {
    const task = tasks[at];
    if (calledOff || !task) return;
    task();
    inTurn(() => go(at + 1));
  };
  go(0);
  return () => (calledOff = true);
}
