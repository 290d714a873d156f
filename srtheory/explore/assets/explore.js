// What needs no server: the address of a view and its history, a setting that is pinned, and files of the picture.
(() => {
  let moved = 0;
  const asked = () => dash_clientside.set_props("asked", { data: `${location.search || "?"}#${Date.now()}` });
  addEventListener("popstate", asked);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.setting");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    asked();
  });
  const lines = (graph) => graph.data.filter((one) => one.base || one.hoverinfo !== "skip").flatMap((one) =>
    Array.from(one.x, (x, i) => [one.yaxis.slice(1) || 1, `"${one.name}"`, one.base ? one.base[i] + x : x, one.y[i],
      ...(one.customdata ? one.customdata[i] : ["", ""])].map((cell) => cell ?? "").join(",")));
  const text = (id) => document.getElementById(id).textContent, made = () => [...text("commands").split("\n"), text("made")];
  const csv = (graph) => [...[text("title"), ...made()].map((line) => `# ${line}`), "panel,curve,x,y,low,high", ...lines(graph)].join("\n") + "\n";
  // A picture says below what it is made by: Plotly's title has that place.
  const told = (layout) => {
    const below = made().flatMap((line) => line.match(/.{1,150}( |$)|.{150}/g) ?? []), height = 610 + 12 * below.length, y = 1 - 600 / height;
    return { ...layout, paper_bgcolor: "white", margin: { ...layout.margin, t: 40 }, height,
      legend: { ...layout.legend, y },
      annotations: [{ text: text("title"), font: { size: 13 }, xref: "paper", yref: "paper", x: 0, y: 1, yshift: 24, showarrow: false }],
      title: { text: below.join("<br>"), font: { size: 9 }, x: 0, y, yanchor: "top", pad: { l: 10, t: 5 } } };
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { explore: {
    begin: () => [crypto.randomUUID(), location.search || "?"],
    address: (href) => {
      document.body.dataset.view = new URLSearchParams(href).get("view") ?? "tail";
      if (href === "?" || href === location.search) return "";
      // A move that goes on is one step back.
      const step = history.state?.shown && Date.now() - moved > 1000 ? "pushState" : "replaceState";
      history[step]({ shown: true }, "", href);
      moved = Date.now();
      return "";
    },
    pin: (clicks, href, pin) => clicks ? (pin ? "" : href.slice(1)) : dash_clientside.no_update,
    pinned: (pin) => pin ? "Unpin" : "Pin to compare",
    file: () => {
      const form = dash_clientside.callback_context.triggered_id?.slice(4), graph = document.querySelector(".js-plotly-plot");
      if (!form) return "";
      const filename = `explore_${new URLSearchParams(location.search).get("view")}`;
      const layout = told(graph.layout), { height } = layout;
      if (form !== "csv") Plotly.downloadImage({ data: graph.data, layout }, { format: form, filename, width: 900, height, scale: 2 });
      else Object.assign(document.createElement("a"), {
        download: `${filename}.csv`, href: URL.createObjectURL(new Blob([csv(graph)], { type: "text/csv" })) }).click();
      return "";
    },
  } });
})();
