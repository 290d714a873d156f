"use strict";
const byId = (id) => document.getElementById(id);
const claims = [...document.querySelectorAll(".claim")];
const words = claims.map((claim) => claim.textContent.toLowerCase());

function open(claim, yes) {
  claim.querySelector(".toggle").setAttribute("aria-expanded", String(yes));
  claim.querySelector(".detail").hidden = !yes;
  claim.querySelectorAll(".evidence").forEach((evidence) => { evidence.open = yes; });
}

function filter() {
  const verdict = byId("verdict").value, section = byId("section").value;
  const asked = byId("search").value.toLowerCase().split(/\s+/);
  claims.forEach((claim, i) => {
    claim.hidden = (verdict && claim.dataset.verdict !== verdict) || (section && claim.dataset.section !== section) ||
      !asked.every((word) => words[i].includes(word));
  });
  const left = claims.filter((claim) => !claim.hidden).length;
  byId("shown").textContent = `${left} of ${claims.length} claims`;
  byId("none").hidden = left > 0;
}

for (const claim of claims) {
  open(claim, false);
  claim.querySelector(".toggle").addEventListener("click", () => open(claim, claim.querySelector(".detail").hidden));
}
for (const id of ["verdict", "section", "search"]) byId(id).addEventListener("input", filter);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("all").addEventListener("click", ({ currentTarget: button }) => {
  const yes = button.getAttribute("aria-pressed") === "false";
  button.setAttribute("aria-pressed", String(yes));
  button.textContent = yes ? "Close all" : "Open all";
  claims.forEach((claim) => open(claim, yes));
});
// A link from a card leads to its claim, which is opened, and shown if it was filtered out.
function follow() {
  const claim = claims.find((one) => `#${one.id}` === location.hash);
  if (!claim) return;
  byId("filters").reset();
  filter();
  open(claim, true);
  claim.scrollIntoView();
}
addEventListener("hashchange", follow);
for (const link of document.querySelectorAll(".from a")) link.addEventListener("click", () => setTimeout(follow));
byId("filters").hidden = false;
filter();
follow();
