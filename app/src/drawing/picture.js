// Saves a chart as PNG: the browser draws the SVG, because it has the fonts.
const SCALE = 2;

/** The file's name as the server gives it, without its ending. */
function nameOf(answer) {
  const header = answer.headers.get("content-disposition") ?? "";
  return /filename="?([^";]+)\.svg/.exec(header)?.[1] ?? "chart";
}

async function drawn(svg) {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth * SCALE, image.naturalHeight * SCALE];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function save(source) {
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}`);
  const picture = await drawn(await answer.blob());
  if (!picture) throw new Error("no picture was made");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(picture);
  link.download = `${nameOf(answer)}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

for (const button of document.querySelectorAll("button[data-picture]")) {
  button.dataset.ready = "";
  button.addEventListener("click", () => {
    button.disabled = true;
    const { picture, failed } = button.dataset;
    save(picture)
      .catch((error) => {
        console.warn(error);
        button.textContent = failed;
      })
      .finally(() => {
        button.disabled = false;
      });
  });
}
