// A wire to the server that can be cut: a phone that visits through it loses
// the network, with everything in it that asks by itself.
import { connect, createServer } from "node:net";

/** Opens a wire to `origin`; `wire.origin` is its other end. */
export async function openWire(origin) {
  const { hostname, port } = new URL(origin);
  const open = new Set();
  let whole = true;
  let mute = false;
  const end = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      if (one === far && mute) one.resume();
      else one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((listening) => end.listen(0, "127.0.0.1", listening));
  const drop = () => open.forEach((socket) => socket.destroy());
  const cut = () => {
    whole = false;
    drop();
  };
  return {
    origin: `http://127.0.0.1:${end.address().port}`,
    cut,
    /** What is asked arrives; what is answered is lost. */
    loseAnswers: () => {
      [whole, mute] = [true, true];
      drop();
    },
    mend: () => {
      if (mute) drop();
      [whole, mute] = [true, false];
    },
    close: () => {
      cut();
      end.close();
    },
  };
}
