// Keeps a campaign's card and budget as its form would have them: the server reckons.
const PAUSE_MS = 400;
const form = document.querySelector("form[data-reckon]");
let timer;
let turn = 0;

async function reckon() {
  turn += 1;
  const mine = turn;
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.reckon, { method: "POST", headers: { accept: "application/json" }, body });
  if (!answer.ok || mine !== turn) return;
  const told = await answer.json();
  for (const part of document.querySelectorAll("[data-part]")) {
    const text = told[part.dataset.part];
    part.textContent = text;
    part.hidden = text === "";
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => reckon().catch(console.warn), PAUSE_MS);
});
