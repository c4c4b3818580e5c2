// A wire to the server that can be cut: a phone that visits through it loses
// the network, with everything in it that asks by itself.
import { connect, createServer } from "node:net";

/** Opens a wire to `origin`; `wire.origin` is its other end. */
export async function openWire(origin) {
  const { hostname, port } = new URL(origin);
  const open = new Set();
  let whole = true;
  const end = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((listening) => end.listen(0, "127.0.0.1", listening));
  const cut = () => {
    whole = false;
    open.forEach((socket) => socket.destroy());
  };
  return {
    origin: `http://127.0.0.1:${end.address().port}`,
    cut,
    mend: () => (whole = true),
    close: () => {
      cut();
      end.close();
    },
  };
}
