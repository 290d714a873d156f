// The theorem map: what the statement under the pointer, or found by name, rests on and what rests on it stand out.
addEventListener("DOMContentLoaded", () => {
    const map = document.querySelector(".theorem-map");
    if (!map) return;
    const boxes = [...map.querySelectorAll("a")];
    const titles = new Map(boxes.map((box) => [box.getAttribute("href"), box.querySelector("title").textContent]));
    const rows = [...document.querySelectorAll("tr")].map((row) =>
        [row, ...[...row.cells].slice(0, 2).map((cell) => [...cell.querySelectorAll("a")].map((a) => a.getAttribute("href")))]);
    const below = new Map(), above = new Map([...titles.keys()].map((key) => [key, []]));
    for (const [, [key], rests] of rows.filter(([, [key]]) => titles.has(key))) {
        below.set(key, rests);
        for (const other of rests) above.get(other)?.push(key);
    }
    const reached = (from, next) => {
        const seen = new Set(from);
        for (const key of seen) for (const other of next.get(key) ?? []) seen.add(other);
        return seen;
    };
    const said = document.createElement("p"), search = document.createElement("input");
    Object.assign(search, { type: "search", placeholder: "Find a statement, such as Theorem 6 or coverage" });
    search.setAttribute("aria-label", "Find a statement");
    said.setAttribute("role", "status");
    map.before(search, said);
    const show = (found) => {
        const [down, up] = [reached(found, below), reached(found, above)], on = new Set([...down, ...up]);
        map.classList.toggle("chosen", found.length > 0);
        for (const box of boxes) {
            box.classList.toggle("on", on.has(box.getAttribute("href")));
            box.classList.toggle("found", found.includes(box.getAttribute("href")));
        }
        for (const edge of map.querySelectorAll("g[id*='.html#']"))
            edge.classList.toggle("on", [down, up].some((some) => edge.id.split(" ").every((key) => some.has(key))));
        const count = `rests on ${down.size - found.length} statements; ${up.size - found.length} rest on it`;
        said.textContent = found.length === 1 ? `${titles.get(found[0]).replace("\n", " · ")} · ${count}`
            : found.length ? `${found.length} statements` : search.value ? "No statement has this name."
            : "Point at a statement: what it rests on, and what rests on it, stand out.";
    };
    const named = () => {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const found = words.length ? [...titles].filter(([key, title]) =>
            words.every((word) => `${key} ${title}`.toLowerCase().includes(word))).map(([key]) => key) : [];
        for (const [row, [key]] of rows) row.hidden = words.length > 0 && titles.has(key) && !found.includes(key);
        show(found);
    };
    search.addEventListener("input", named);
    for (const box of boxes) {
        for (const event of ["pointerenter", "focus"]) box.addEventListener(event, () => show([box.getAttribute("href")]));
        for (const event of ["pointerleave", "blur"]) box.addEventListener(event, named);
    }
    named();
});
